//! Whose summary is it? The answer about a task may be about the next run.

use crate::kit::{Ended, TASK, World};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const BUSY: &str = r#"{"error_code": "APIGW.0202", "error_msg": "scripted"}"#;

/// Waits for the first of these calls; the one after it is answered late.
fn wait_for(world: &World, call: &str) {
    let begun = Instant::now();
    while world.calls(call).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no {call}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A check during which somebody's next run begins, after the first `call` and before the second is answered. `first`: the
/// answer to the first.
fn overtaken(settings: &Value, call: &str, first: &Value, arguments: &[&str]) -> Ended {
    let mut scenario = settings.clone();
    let before = if arguments.contains(&"--start") { 1 } else { 2 };
    scenario["tasks"] = json!({"*": {"before": before, "duration": "300ms"}});
    scenario["faults"] = json!([
        {"call": call, "on": [1], "fault": first},
        {"call": call, "on": [2], "fault": {"kind": "delay", "by": "900ms"}},
    ]);
    let world = World::new(&scenario.to_string());
    let all: Vec<&str> = ["check", TASK].iter().chain(arguments).copied().collect();
    let run = world.run(&all);
    let child = run.spawn();
    wait_for(&world, call);
    assert!(world.sandbox.start_foreign_run(TASK));
    run.wait(child)
}

/// The run's own summary says nothing about the gate, and the task's is another run's by then.
#[test]
fn the_gate_of_the_next_run_does_not_count() {
    let silent = json!({"kind": "answer", "status": 200, "body": {"task_id": TASK, "is_access": null}});
    let busy = json!({"kind": "answer", "status": 503, "body": BUSY});
    for first in [&silent, &busy] {
        for start in [&["--start"][..], &[]] {
            let ended = |more: &[&str]| {
                let arguments = [&["--report", "none"], start, more].concat();
                overtaken(&json!({}), "summary", first, &arguments)
            };
            let required = ended(&["--gate", "required"]).expect(4);
            let task = required.result()["tasks"][0].clone();
            assert_eq!(
                (&task["status"], &task["gate"]["service"]),
                (&json!(2), &json!("unknown")),
                "{first}"
            );
            assert!(task["reason"].as_str().expect("text").contains("another run"), "{task}");
            let auto = ended(&[]).expect(0);
            assert_eq!(auto.result()["tasks"][0]["gate"]["service"], "unknown");
            assert_eq!(auto.result()["tasks"][0]["counts"], Value::Null);
            assert!(auto.stderr.contains("another run"), "{}", auto.stderr);
            let threshold = ended(&["--max-issues", "99"]).expect(4);
            assert_eq!(threshold.result()["tasks"][0]["gate"]["thresholds"][0]["actual"], Value::Null);
        }
    }
}

/// A service that answers about runs is believed about this run, whatever came since.
#[test]
fn an_answer_about_the_run_counts_whatever_came_since() {
    let busy = json!({"kind": "answer", "status": 503, "body": BUSY});
    for settings in
        [json!({"summary_knows_job_id": true}), json!({"summary_knows_job_id": true, "has_last_jobs": false})]
    {
        let arguments = ["--report", "none", "--gate", "required", "--max-issues", "99", "--start"];
        let ended = overtaken(&settings, "summary", &busy, &arguments).expect(0);
        assert_eq!(ended.result()["tasks"][0]["gate"]["service"], "passed", "{settings}");
    }
}

/// Whose summary it is, is not known: `auto` goes on as it always did, `required` does not let it pass.
#[test]
fn a_service_without_a_list_of_runs() {
    for start in [&["--start"][..], &[]] {
        let world =
            || World::new(r#"{"has_last_jobs": false, "tasks": {"*": {"before": 2, "duration": "300ms"}}}"#);
        let run = |more: &[&str]| {
            let arguments = [&["check", TASK, "--report", "none"], start, more].concat();
            world().run(&arguments).finish()
        };
        let auto = run(&["--max-issues", "99"]).expect(0);
        assert_eq!(auto.result()["tasks"][0]["gate"]["service"], "passed");
        let required = run(&["--gate", "required"]).expect(4);
        assert_eq!(required.result()["tasks"][0]["gate"]["service"], "unknown");
        assert!(required.stderr.contains("does not list its runs"), "{}", required.stderr);
        run(&["--gate", "required", "--allow", "gate-failed"]).expect(0);
    }
    let refused = World::new(
        &json!({"has_last_jobs": false, "tasks": {"*": {"before": 2, "is_access": 0}}}).to_string(),
    );
    refused.run(&["check", TASK, "--report", "none"]).finish().expect(4);
}

/// Findings are the task's, so a list that somebody's next run may have changed is compared with no baseline.
#[test]
fn the_findings_of_the_next_run_are_not_compared() {
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("baseline.json");
    let path = path.to_str().expect("UTF-8");
    let scenario = r#"{"tasks": {"*": {"before": 2, "duration": "300ms"}}}"#;
    World::new(scenario)
        .run(&["check", TASK, "--report", "none", "--write-baseline", path])
        .finish()
        .expect(0);
    let busy = json!({"kind": "answer", "status": 503, "body": BUSY});
    let arguments = ["--report", "none", "--baseline", path, "--max-issues", "0"];
    let ended = overtaken(&json!({}), "findings", &busy, &arguments).expect(69);
    assert!(ended.stderr.contains("another run"), "{}", ended.stderr);
    // Nor do they become a baseline. Where they are only listed, that is said.
    let fresh = keep.path().join("fresh.json");
    let arguments = ["--report", "none", "--write-baseline", fresh.to_str().expect("UTF-8")];
    overtaken(&json!({}), "findings", &busy, &arguments).expect(5);
    assert!(!fresh.exists());
    let ended =
        overtaken(&json!({}), "findings", &busy, &["--report", "json", "--max-issues", "14"]).expect(0);
    assert!(ended.stderr.contains("another run"), "{}", ended.stderr);
}
