//! Answers that are not the service's own, and answers that cannot be read.

use super::retries::{check_cases, quick_task};
use crate::kit::scenario::{answers, returns, scenario, succeeded};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Fault;
use serde_json::{Value, json};

/// Answers that are not the service's own: from proxies, sign-in pages, load balancers.
fn foreign() -> Vec<(String, Fault)> {
    let page = "<!DOCTYPE html><html><body>Please sign in</body></html>";
    let mut foreign: Vec<(String, Fault)> = Vec::new();
    for status in [302, 400, 403, 404, 405, 410, 451] {
        for (name, body) in [
            ("page", json!(page)),
            ("empty answer", Value::Null),
            ("object without a code", json!({"message": "Forbidden"})),
            ("number of somebody else", json!({"code": status, "message": "blocked"})),
        ] {
            let answer = answers(status).body(body);
            let answer =
                if status == 302 { answer.header("Location", "http://127.0.0.1:1/") } else { answer };
            foreign.push((format!("{status}, {name}"), answer.into()));
        }
    }
    for body in [json!({"status": "error", "error": null, "result": null}), json!({"success": false})] {
        foreign.push((body.to_string(), returns(body).into()));
    }
    foreign
}

/// Whatever the status: an answer that is not from the service decides nothing about the task, however often it is
/// repeated.
#[test]
fn foreign_answers_are_not_rejections() {
    let mut cases = Vec::new();
    for (name, fault) in foreign() {
        for (call, on) in [("progress", 1), ("run", 1), ("pdf-start", 1), ("pdf-state", 1), ("pdf-file", 1)] {
            cases.push((format!("{name} on {call}"), vec![(call, on, fault.clone())], "passed"));
        }
        let several = (3..9).map(|on| ("progress", on, fault.clone())).collect();
        cases.push((format!("{name} for a while"), several, "passed"));
    }
    check_cases(cases, true);
}

/// When they persist, the service counts as unreachable, and the log shows what was returned instead.
#[test]
fn persistent_foreign_answers_are_unavailable() {
    let mut table = Table::default();
    for status in [302, 403, 404] {
        for start in ["0", "1"] {
            let page = answers(status).body("<html>Please sign in</html>");
            let world = World::new(scenario().when("*", page));
            let mut run = world.run(&["check", TASK, "--timeout", "30s"]);
            let ended = run.env("CODEARTS_START", start).finish().expect(69);
            assert!(ended.stderr.contains(&format!("HTTP {status}")), "{}", ended.stderr);
            table.add(
                format!("HTTP {status}, CODEARTS_START={start}"),
                &lines_with(&ended.stderr, "error: 2b31"),
            );
            assert!(world.calls("progress").len() > 3, "{}", ended.stderr);
        }
    }
    assert_shown!("answers_of_others_that_last", table.text());
}

/// A list of runs that only a load balancer reports as missing counts as missing once that is repeated.
#[test]
fn a_repeated_foreign_404_is_a_missing_call() {
    let world = World::new(scenario().task(quick_task()).when("last-jobs", answers(404)));
    world.run(&["check", TASK, "--start", "--report", "none"]).finish().expect(0);
}

/// An answer that cannot be read is explained, and a byte order mark is skipped.
#[test]
fn an_unreadable_answer_is_explained() {
    let cases = [
        ("{\"task_status\": 2", 69, "line 1 column 17"),
        ("{\"task_status\": 2,\n \"a\": x}", 69, "line 2 column 7"),
        ("\u{feff}{\"task_status\": 2}", 0, ""),
    ];
    let mut table = Table::default();
    for (body, code, place) in cases {
        let world = World::new(scenario().task(succeeded()).when("progress", returns(body)));
        let ended = world.run(&["check", TASK, "--report", "none"]).finish().expect(code);
        assert!(ended.stderr.contains(place), "{}", ended.stderr);
        table.add(format!("{body:?}"), &lines_with(&ended.stderr, TASK));
    }
    assert_shown!("unreadable_answers", table.text());
}
