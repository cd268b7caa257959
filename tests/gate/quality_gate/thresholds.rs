//! The quality gate of the service and thresholds, as exit codes of the real binary.

use crate::kit::scenario::{
    answers, breaks_after, calls, pdf, refuses, resets, returns, scenario, shows_a_web_page, succeeded,
};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown};
use codearts_gate::sandbox::scenario::Fault;
use serde_json::{Value, json};

/// The gate in a summary; `None`: it is missing.
fn summary(is_access: Option<&Value>) -> Value {
    let mut body = json!({
        "task_id": TASK, "issue_count": 6,
        "critical_count": "0", "major_count": 1, "minor_count": "2", "suggestion_count": 3,
    });
    if let Some(is_access) = is_access {
        body["is_access"] = is_access.clone();
    }
    body
}

fn world(answer: &Value) -> World {
    World::new(scenario().task(succeeded()).when("summary", returns(answer.clone())))
}

/// is_access × `--gate` × thresholds met or not → exit code.
#[test]
fn gate_mode_and_threshold_to_exit_code() {
    let passed = [json!(1), json!("1"), json!(true)];
    let not_passed = [json!(0), json!("0"), json!(false)];
    let clear = passed
        .iter()
        .map(|value| (Some(value), "passed"))
        .chain(not_passed.iter().map(|value| (Some(value), "not-passed")));
    let (null, text) = (json!(null), json!("abc"));
    let unsaid = [Some(&null), None, Some(&text)].map(|value| (value, "unknown"));
    let mut cases = 0;
    let mut table = Table::default();
    for (is_access, service) in clear.chain(unsaid) {
        let world = world(&summary(is_access));
        for mode in ["auto", "required", "off"] {
            for (threshold, is_met) in
                [(None, true), (Some("--max-major=1"), true), (Some("--max-major=0"), false)]
            {
                let is_service_content = match mode {
                    "auto" => service != "not-passed",
                    "required" => service == "passed",
                    _ => true,
                };
                let code = if is_service_content && is_met { 0 } else { 4 };
                let mut arguments = vec!["check", TASK, "--report", "none", "--gate", mode];
                arguments.extend(threshold);
                let ended = world.run(&arguments).finish().expect(code);
                let result = ended.result();
                let shown = is_access.map_or("no is_access".to_owned(), |value| format!("is_access {value}"));
                let name = format!("{shown}, --gate {mode} {}", threshold.unwrap_or_default());
                let task = &result["tasks"][0];
                assert_eq!(result["outcome"], if code == 0 { "passed" } else { "gate-failed" }, "{name}");
                if mode == "off" && threshold.is_none() {
                    assert_eq!(task.get("gate"), None, "{name}");
                } else {
                    assert_eq!(task["gate"]["service"], service, "{name}");
                    assert_eq!(task["gate"]["mode"], mode, "{name}");
                }
                if threshold.is_some() {
                    let shown = &task["gate"]["thresholds"][0];
                    let limit = u64::from(is_met);
                    assert_eq!(
                        shown,
                        &json!({"name": "major", "limit": limit, "actual": 1, "passed": is_met})
                    );
                }
                let reason = task["reason"].as_str().expect("a reason");
                table.add(name, reason);
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 9 * 3 * 3);
    assert_shown!("the_whole_table", table.text());
}

/// Each threshold compares its own number; a number that the service does not report is never met.
#[test]
fn every_threshold_counts_its_own_number() {
    let mut with_new = summary(Some(&json!(1)));
    with_new["new_count"] = json!(5);
    for (name, count) in [("critical", "0"), ("major", "1"), ("minor", "1"), ("suggestion", "3")] {
        with_new[format!("new_{name}_count")] = json!(count);
    }
    let world = world(&with_new);
    let cases = [
        ("--max-critical", 0),
        ("--max-major", 1),
        ("--max-minor", 2),
        ("--max-suggestion", 3),
        ("--max-issues", 6),
        ("--max-new-critical", 0),
        ("--max-new-major", 1),
        ("--max-new-minor", 1),
        ("--max-new-suggestion", 3),
        ("--max-new-issues", 5),
    ];
    for (option, actual) in cases {
        let limit = actual.to_string();
        let ended = world.run(&["check", TASK, "--report", "none", option, &limit]).finish().expect(0);
        let shown = ended.result()["tasks"][0]["gate"]["thresholds"][0].clone();
        assert_eq!((&shown["actual"], &shown["passed"]), (&json!(actual), &json!(true)), "{option}");
        if actual > 0 {
            let less = (actual - 1).to_string();
            world.run(&["check", TASK, "--report", "none", option, &less]).finish().expect(4);
        }
    }
    let silent = self::world(&summary(Some(&json!(1))));
    let ended = silent.run(&["check", TASK, "--report", "none", "--max-new-issues", "9"]).finish().expect(4);
    assert_eq!(ended.result()["tasks"][0]["gate"]["thresholds"][0]["actual"], Value::Null);
    assert_shown!(
        "no_number_of_new_findings",
        ended.result()["tasks"][0]["reason"].as_str().expect("a reason")
    );
    let uncounted = self::world(&json!({"task_id": TASK, "is_access": 1}));
    uncounted.run(&["check", TASK, "--report", "none", "--max-issues", "9"]).finish().expect(4);
}

/// The outcome of a check that succeeded when its summary cannot be read.
#[test]
fn a_gate_that_cannot_be_read() {
    let refused = |status, code| Fault::from(refuses(status, code));
    let cases = [
        // Lost contact decides nothing, so it is not a pass.
        (resets(), "auto", None, 69),
        (refused(503, "APIGW.0202"), "auto", None, 69),
        (shows_a_web_page(), "required", None, 69),
        (resets(), "off", None, 0),
        (resets(), "off", Some("--max-major=0"), 69),
        // Without permission to read it: `auto` lets it pass, a stricter setting does not.
        (refused(403, "CC.00050010"), "auto", None, 0),
        (refused(403, "CC.00050010"), "required", None, 77),
        (refused(403, "CC.00050010"), "auto", Some("--max-major=0"), 77),
        (refused(401, "APIGW.0301"), "auto", None, 77),
        // Rejected without a useful reason, and answers that are not a summary.
        (refused(400, "CC.00050000"), "auto", None, 69),
        (returns(json!({})).into(), "auto", None, 69),
        (answers(200).into(), "auto", None, 69),
        (returns(json!({"result": {}})).into(), "auto", None, 69),
        // The service knows no such call.
        (refused(404, "APIGW.0101"), "auto", None, 0),
        (refused(404, "APIGW.0101"), "required", None, 4),
        (refused(404, "APIGW.0101"), "off", Some("--max-major=0"), 4),
    ];
    for (fault, mode, threshold, code) in cases {
        let world = World::new(scenario().task(succeeded()).when("summary", fault.clone()));
        let mut arguments = vec!["check", TASK, "--report", "none", "--gate", mode];
        arguments.extend(threshold);
        let ended = world.run(&arguments).finish().expect(code);
        let result = ended.result();
        assert_eq!(result["exit_code"], code, "{fault:?} {mode} {threshold:?}: {}", ended.stderr);
        assert_eq!(result["tasks"][0]["status"], 2);
    }
}

/// Newer deployments are asked about the run; older ones, which reject that question, about the task.
#[test]
fn the_summary_is_requested_by_run() {
    let older = calls("summary").nth([1]);
    let world = World::new(scenario().task(succeeded()).when(older, refuses(400, "CC.00000001")));
    let ended = world.run(&["check", TASK, "--report", "none"]).finish().expect(0);
    let asked = world.calls("summary");
    let runs: Vec<bool> =
        asked.iter().map(|call| call.query.iter().any(|(name, _)| name == "job_id")).collect();
    assert_eq!(runs, [true, false]);
    assert_eq!(ended.result()["tasks"][0]["gate"]["service"], "passed");
}

/// A single unusable answer is requested again; what the run's summary lacks may come from the task's.
#[test]
fn one_bad_summary_decides_nothing() {
    for body in [json!({}), Value::Null, json!({"task_id": TASK, "is_access": null})] {
        let denied = scenario().task(succeeded().gate(0));
        let world = World::new(denied.when(calls("summary").nth([1]), returns(body)));
        world.run(&["check", TASK, "--report", "none"]).finish().expect(4);
    }
}

/// A verdict on the code is not hidden by a report failure, and the report is there to explain it.
#[test]
fn a_failed_gate_keeps_its_exit_code_and_its_report() {
    let denied = scenario().task(succeeded().gate(0).pdf(pdf()));
    let world = World::new(denied.clone());
    let ended = world.run(&["check", TASK]).finish().expect(4);
    assert!(ended.reports.join(format!("{TASK}.pdf")).exists());
    let world = World::new(denied.when("pdf-file", breaks_after(100)));
    let ended = world.run(&["check", TASK]).finish().expect(4);
    assert_eq!(ended.result()["tasks"][0]["report"], Value::Null);
    world.run(&["check", TASK, "--allow", "gate-failed"]).finish().expect(0);
}
