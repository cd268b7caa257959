//! What GitHub Actions gets: the log with its commands, the comment, the summary, the outputs.

use super::{assert_shown, shown};
use crate::kit::forge::Forge;
use crate::kit::scenario::{FAILED, Task, pdf, succeeded, task};
use crate::kit::{Ended, TASK, World};

fn run(name: &str, task: Task, more: &[&str], code: i32) {
    let (world, forge) = (World::new(task), Forge::new());
    let arguments: Vec<&str> = ["check", TASK].iter().chain(more).copied().collect();
    let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(code);
    assert_shown!(format!("log_on_github_{name}"), shown(&ended));
    assert_shown!(format!("comment_on_github_{name}"), forge.state().comments[0].body);
    assert_shown!(format!("summary_on_github_{name}"), ended.summary());
    assert_shown!(format!("outputs_on_github_{name}"), outputs(&ended));
}

fn outputs(ended: &Ended) -> String {
    ended.outputs().iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

#[test]
fn a_pass() {
    run("of_a_pass", succeeded().pdf(pdf()), &[], 0);
}

#[test]
fn a_failed_gate() {
    let task = succeeded().gate(0).pdf(pdf());
    run("of_a_failed_gate", task, &["--max-major", "0"], 4);
}

#[test]
fn a_failed_check() {
    run("of_a_failed_check", task().before(FAILED), &[], 1);
}

#[test]
fn a_check_run() {
    let (world, forge) = (World::new(succeeded().gate(0)), Forge::new());
    let arguments = ["check", TASK, "--report", "none", "--publish", "check-run"];
    world.run_on_github(&forge, "pull_request", &arguments).finish().expect(4);
    let check_run = serde_json::to_string_pretty(&forge.state().check_runs[0]).expect("JSON");
    assert_shown!("check_run_on_github", check_run);
}
