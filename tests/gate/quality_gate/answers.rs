//! What an answer means: numbers, words, contradictions, duplicate names, and HTTP statuses. Only a clear answer is a
//! pass.

use crate::kit::scenario::{answers, scenario, succeeded};
use crate::kit::{Ended, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};

/// A check that succeeded, whose summary is this text.
fn judge(summary: &str, arguments: &[&str]) -> Ended {
    answered("summary", 200, summary, arguments)
}

/// A check in which one call always receives this answer.
fn answered(call: &str, status: u16, body: &str, arguments: &[&str]) -> Ended {
    let world = World::new(scenario().task(succeeded()).when(call, answers(status).body(body)));
    let all: Vec<&str> = ["check", TASK, "--timeout", "1m"].iter().chain(arguments).copied().collect();
    let mut run = world.run(&all);
    if !arguments.contains(&"--report") {
        run.env("CODEARTS_REPORT", "none");
    }
    run.finish()
}

/// A summary with these further fields.
fn with(fields: &str) -> String {
    format!(
        r#"{{"task_id": "{TASK}", "issue_count": 0, "critical_count": 0, "major_count": 0, "minor_count": 0, "suggestion_count": 0{}{fields}}}"#,
        if fields.is_empty() { "" } else { ", " }
    )
}

/// Each form of a gate in `auto`: the exit code, what `result.json` calls it, and the value that is quoted.
#[test]
fn every_form_of_a_gate() {
    let passed = |fields| (fields, 0, "passed", None);
    let denied = |fields| (fields, 4, "not-passed", None);
    let quoted = |fields, value| (fields, 0, "unknown", Some(value));
    let cases = [
        passed(r#""is_access": 1.0"#),
        passed(r#""is_access": 1e0"#),
        passed(r#""is_access": " 1.0 ""#),
        denied(r#""is_access": 0.0"#),
        denied(r#""is_access": 0e0"#),
        denied(r#""is_access": -0.0"#),
        denied(r#""is_access": "0.0""#),
        denied(r#""is_access": "00""#),
        denied(r#""is_access": "FAILED""#),
        denied(r#""is_access": "not_passed""#),
        denied(r#""is_access": "Not Passed""#),
        denied(r#""is_access": "未通过""#),
        denied(r#""review_result": "质量门禁未通过""#),
        denied(r#""review_result": "不通过""#),
        denied(r#""review_result": "failure""#),
        denied(r#""review_result": "rejected""#),
        // Contradictions: a "not passed" wins.
        denied(r#""is_access": 1, "review_result": "error""#),
        denied(r#""is_access": 0, "review_result": "success""#),
        denied(r#""is_access": 1, "result": {"is_access": 0}"#),
        denied(r#""is_access": true, "result": {"info": {"is_access": "false"}}"#),
        denied(r#""is_access": 1, "result": {"info": {"reviewResult": "not passed"}}"#),
        denied(r#""is_access": "xyz", "review_result": "FAIL""#),
        quoted(r#""is_access": "xyz""#, "xyz"),
        quoted(r#""is_access": "passed""#, "passed"),
        quoted(r#""is_access": 2"#, "2"),
        quoted(r#""is_access": [1]"#, "[1]"),
        quoted(r#""review_result": "maybe\n::debug::x""#, "maybe"),
        (r#""is_access": null"#, 0, "unknown", None),
        (r#""is_access": "  ""#, 0, "unknown", None),
        ("", 0, "unknown", None),
    ];
    let mut table = Table::default();
    for (fields, code, service, value) in cases {
        let ended = judge(&with(fields), &[]);
        assert_eq!(ended.code, code, "{fields}: {}", ended.stderr);
        assert_eq!(ended.result()["tasks"][0]["gate"]["service"], service, "{fields}");
        if service == "unknown" {
            table.add(fields, &lines_with(&ended.stderr, "gate"));
        }
        if let Some(value) = value {
            let value = format!("`{value}");
            assert!(ended.stderr.contains(&value), "{fields}: {}", ended.stderr);
            let required = judge(&with(fields), &["--gate", "required"]).expect(4).result();
            let reason = required["tasks"][0]["reason"].as_str().expect("text");
            assert!(reason.contains(&value), "{reason}");
            table.add(format!("{fields}, required"), reason);
        }
    }
    assert_shown!("every_form_of_a_gate", table.text());
}

/// A duplicate name in one object leaves open which value counts, so the answer cannot be read.
#[test]
fn duplicate_names_are_unreadable() {
    let counts =
        r#""issue_count": 0, "critical_count": 0, "major_count": 0, "minor_count": 0, "suggestion_count": 0"#;
    let summaries = [
        (with(r#""is_access": 0, "is_access": 1"#), &[][..]),
        (with(r#""is_access": 0, "is_acces\u0073": 1"#), &[]),
        (with(r#""review_result": "error", "review_result": "success""#), &[]),
        (with(r#""is_access": 1, "result": {"info": {"is_access": 0, "is_access": 1}}"#), &[]),
        (
            format!(r#"{{"task_id": "t", "is_access": 1, "critical_count": 9, {counts}}}"#),
            &["--max-critical", "0"],
        ),
    ];
    let mut table = Table::default();
    for (body, arguments) in summaries {
        let result = judge(&body, arguments).expect(69).result();
        table.add(body, result["tasks"][0]["reason"].as_str().expect("a reason"));
    }
    for body in [r#"{"task_status": 1, "task_status": 2}"#, r#"{"task_status": 2, "a": {"b": 1, "b": 2}}"#] {
        assert_eq!(
            answered("progress", 200, body, &[]).expect(69).result()["verdict"],
            "undecided",
            "{body}"
        );
    }
    let rows = r#"{"total": 1, "defects": [{"defect_id": "a", "file_path": "a.c", "line_number": "1", "defect_level": "0", "defect_level": "3"}]}"#;
    for body in
        [rows, r#"{"total": 9, "total": 0, "defects": []}"#, r#"{"total": 0, "defects": [], "defects": []}"#]
    {
        let ended = answered("findings", 200, body, &["--report", "json"]).expect(5);
        table.add(body, &lines_with(&ended.stderr, "report-failed"));
    }
    assert_shown!("names_that_come_twice", table.text());
}

/// Only 200 to 204 count as success.
#[test]
fn http_statuses_that_are_not_a_success() {
    let good = with(r#""is_access": 1"#);
    for status in [200, 201, 202, 203] {
        answered("summary", status, &good, &["--gate", "required"]).expect(0);
        answered("progress", status, r#"{"task_status": 2}"#, &[]).expect(0);
    }
    for status in [206, 207, 226, 299] {
        let ended = answered("summary", status, &good, &[]).expect(69);
        assert!(ended.stderr.contains(&format!("HTTP {status}")), "{}", ended.stderr);
        answered("progress", status, r#"{"task_status": 2}"#, &[]).expect(69);
    }
    // A 205 has no body, whatever is sent with it.
    answered("progress", 205, "", &[]).expect(69);
}
