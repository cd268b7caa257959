//! Whose summary is it? The answer about a task may be about the next run.

use crate::kit::scenario::{
    Answer, FAILED, Story, calls, is_held, refuses, returns, scenario, succeeded, task,
};
use crate::kit::{Ended, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};

/// The service is busy at the first request.
fn busy() -> Answer {
    refuses(503, "APIGW.0202")
}

/// A check during which another run starts, after the first `call` and before the second is answered. `first`: the
/// answer to the first.
fn overtaken(service: Story, call: &'static str, first: Answer, arguments: &[&str]) -> Ended {
    let task = if arguments.contains(&"--start") { task().before(FAILED) } else { succeeded() };
    let story = service.task(task.ends_at_poll(2)).when(calls(call).nth([1]), first);
    let world = World::new(story.when(calls(call).nth([2]), is_held()));
    let run = world.run(&[&["check", TASK], arguments].concat());
    let child = run.spawn();
    world.wait_until_received(call, 2);
    assert!(world.sandbox.start_foreign_run(TASK).is_some());
    world.release();
    run.wait(child)
}

/// The run's own summary has no gate, and the task's summary belongs to another run by then.
#[test]
fn the_gate_of_the_next_run_does_not_count() {
    let silent = returns(json!({"task_id": TASK, "is_access": null}));
    let mut table = Table::default();
    for (name, first) in [("no gate", silent), ("busy", busy())] {
        for start in [&["--start"][..], &[]] {
            let ended = |more: &[&str]| {
                let arguments = [&["--report", "none"], start, more].concat();
                overtaken(scenario(), "summary", first.clone(), &arguments)
            };
            let required = ended(&["--gate", "required"]).expect(4);
            let task = required.result()["tasks"][0].clone();
            assert_eq!((&task["status"], &task["gate"]["service"]), (&json!(2), &json!("unknown")), "{name}");
            let name = format!("{name} {}", start.concat());
            table.add(format!("{name}, required"), task["reason"].as_str().expect("text"));
            let auto = ended(&[]).expect(0);
            assert_eq!(auto.result()["tasks"][0]["gate"]["service"], "unknown");
            assert_eq!(auto.result()["tasks"][0]["counts"], Value::Null);
            table.add(format!("{name}, auto"), &lines_with(&auto.stderr, "another run"));
            let threshold = ended(&["--max-issues", "99"]).expect(4);
            assert_eq!(threshold.result()["tasks"][0]["gate"]["thresholds"][0]["actual"], Value::Null);
        }
    }
    assert_shown!("the_gate_of_the_next_run", table.text());
}

/// A service that answers by run is believed about this run, whichever runs followed.
#[test]
fn an_answer_about_the_run_counts_whatever_came_since() {
    let of_a_run = || scenario().summary_of_a_run();
    for service in [of_a_run(), of_a_run().without_list_of_runs()] {
        let arguments = ["--report", "none", "--gate", "required", "--max-issues", "99", "--start"];
        let ended = overtaken(service, "summary", busy(), &arguments).expect(0);
        assert_eq!(ended.result()["tasks"][0]["gate"]["service"], "passed");
    }
}

/// It is unknown which run the summary belongs to: `auto` continues as usual, `required` does not let it pass.
#[test]
fn a_service_without_a_list_of_runs() {
    let mut table = Table::default();
    for start in [&["--start"][..], &[]] {
        let world = || World::new(scenario().task(succeeded().ends_at_poll(3)).without_list_of_runs());
        let run = |more: &[&str]| {
            let arguments = [&["check", TASK, "--report", "none"], start, more].concat();
            world().run(&arguments).finish()
        };
        let auto = run(&["--max-issues", "99"]).expect(0);
        assert_eq!(auto.result()["tasks"][0]["gate"]["service"], "passed");
        let required = run(&["--gate", "required"]).expect(4);
        assert_eq!(required.result()["tasks"][0]["gate"]["service"], "unknown");
        table.add(start.concat(), required.result()["tasks"][0]["reason"].as_str().expect("text"));
        run(&["--gate", "required", "--allow", "gate-failed"]).expect(0);
    }
    assert_shown!("a_service_without_a_list_of_runs", table.text());
    let refused = World::new(scenario().task(succeeded().gate(0)).without_list_of_runs());
    refused.run(&["check", TASK, "--report", "none"]).finish().expect(4);
}

/// Findings belong to the task, so a list that another run may have changed is not compared with a baseline.
#[test]
fn the_findings_of_the_next_run_are_not_compared() {
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("baseline.json");
    let path = path.to_str().expect("UTF-8");
    World::new(succeeded())
        .run(&["check", TASK, "--report", "none", "--write-baseline", path])
        .finish()
        .expect(0);
    let mut table = Table::default();
    let arguments = ["--report", "none", "--baseline", path, "--max-issues", "0"];
    let ended = overtaken(scenario(), "findings", busy(), &arguments).expect(69);
    table.add("compared", &lines_with(&ended.stderr, "another run"));
    // They do not become a baseline either. Where they are only listed, the log says so.
    let fresh = keep.path().join("fresh.json");
    let arguments = ["--report", "none", "--write-baseline", fresh.to_str().expect("UTF-8")];
    overtaken(scenario(), "findings", busy(), &arguments).expect(5);
    assert!(!fresh.exists());
    let listed = ["--report", "json", "--max-issues", "14"];
    let ended = overtaken(scenario(), "findings", busy(), &listed).expect(0);
    table.add("listed", &lines_with(&ended.stderr, "another run"));
    assert_shown!("findings_of_the_next_run", table.text());
}
