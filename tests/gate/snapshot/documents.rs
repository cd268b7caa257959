//! `result.json`, and the log of several tasks at once.

use super::{assert_shown, on_both, shown};
use crate::kit::{Run, TASK, World};
use serde_json::json;

/// An id of a task.
fn id(number: usize) -> String {
    format!("{number:032x}")
}

fn result(run: &Run, code: i32) -> String {
    let ended = run.finish().expect(code);
    std::fs::read_to_string(ended.reports.join("result.json")).expect("result.json")
}

/// Three tasks that end in three ways.
fn three() -> World {
    let task = |status: i64| json!({"before": status, "pdf": {"duration": "1ms"}});
    World::new(&json!({"tasks": {id(1): task(2), id(2): task(1), id(3): task(3)}}).to_string())
}

#[test]
fn result_of_a_check() {
    let world = World::new(r#"{"tasks": {"*": {"before": 2, "pdf": {"duration": "1ms"}}}}"#);
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
    let world = World::new(r#"{"jobs": {"*": {"duration": "1ms", "result": "FAILURE", "log_lines": 2}}}"#);
    let mut run = world.run(&["build", TASK, "--start"]);
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    assert_shown!("result_of_a_build", result(&run, 1));
}

#[test]
fn json_log() {
    let world = World::new(r#"{"tasks": {"*": {"before": 3}}}"#);
    let run = world.run(&["check", TASK, "--log-format", "json"]);
    assert_shown!("json_log", shown(&run.finish().expect(3)));
}

/// The order of lines about different tasks is chance: sorted.
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
        let done = json!({"before": 2, "pdf": {"duration": "1ms"}});
        let world = World::new(&json!({"tasks": {"*": done, id(7): {"before": 1}}}).to_string());
        let mut run = world.run(&arguments);
        run.env("TERM", "xterm-256color");
        (world, run)
    };
    assert_shown!("log_of_a_batch", on_both(prepare, 1));
}
