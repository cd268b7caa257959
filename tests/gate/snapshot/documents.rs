//! `result.json`, and the log of several tasks at once.

use super::{assert_shown, on_both, shown};
use crate::kit::scenario::{FAILED, STOPPED, job, pdf, scenario, succeeded, task};
use crate::kit::{Run, TASK, World};

/// An id of a task.
fn id(number: usize) -> String {
    format!("{number:032x}")
}

fn result(run: &Run, code: i32) -> String {
    let ended = run.finish().expect(code);
    std::fs::read_to_string(ended.reports.join("result.json")).expect("result.json")
}

/// Three tasks with three outcomes.
fn three() -> World {
    let story = scenario().task_named(&id(1), succeeded().pdf(pdf()));
    World::new(story.task_named(&id(2), task().before(FAILED)).task_named(&id(3), task().before(STOPPED)))
}

#[test]
fn result_of_a_check() {
    let world = World::new(succeeded().pdf(pdf()));
    assert_shown!("result_of_a_check", result(&world.run(&["check", TASK, "--max-major", "5"]), 0));
    let run = world.run(&["check", TASK, "--json", "--quiet"]);
    assert_shown!("result_on_standard_output", shown(&run.finish().expect(0)));
    let run = world.run(&["check", TASK, "--json", "--max-major", "many"]);
    assert_shown!("result_of_a_usage_error", shown(&run.finish().expect(64)));
}

#[test]
fn result_of_several_checks() {
    let world = three();
    assert_shown!("result_of_several_checks", result(&world.run(&["check", &id(1), &id(2), &id(3)]), 1));
}

#[test]
fn result_of_a_build() {
    let world = World::new(job().ends_at_poll(1).ends("FAILURE").log_lines(2));
    let mut run = world.run(&["build", TASK, "--start"]);
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    assert_shown!("result_of_a_build", result(&run, 1));
}

#[test]
fn json_log() {
    let world = World::new(task().before(STOPPED));
    let run = world.run(&["check", TASK, "--log-format", "json"]);
    assert_shown!("json_log", shown(&run.finish().expect(3)));
}

/// The order of lines about different tasks varies, so they are sorted.
#[test]
fn log_of_several_checks() {
    let world = three();
    let ended = world.run(&["check", &id(1), &id(2), &id(3)]).finish().expect(1);
    let mut lines: Vec<&str> = ended.stderr.lines().collect();
    lines.sort_unstable();
    assert_shown!("log_of_several_checks", lines.join("\n"));
}

/// More than eight are shown as one.
#[test]
fn log_of_a_batch() {
    let ids: Vec<String> = (1..=12).map(id).collect();
    let arguments: Vec<&str> = ["check"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let prepare = || {
        let world =
            World::new(scenario().task(succeeded().pdf(pdf())).task_named(&id(7), task().before(FAILED)));
        let mut run = world.run(&arguments);
        run.env("TERM", "xterm-256color");
        (world, run)
    };
    assert_shown!("log_of_a_batch", on_both(prepare, 1));
}
