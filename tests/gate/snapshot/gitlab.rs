//! What GitLab CI gets: the log with its sections, the note, the status, the variables for later jobs.

use super::{assert_shown, shown};
use crate::kit::forge::Forge;
use crate::kit::scenario::{Task, pdf, succeeded};
use crate::kit::{TASK, World};

fn run(name: &str, task: Task, more: &[&str], code: i32) {
    let (world, forge) = (World::new(task), Forge::new());
    let arguments: Vec<&str> = ["check", TASK].iter().chain(more).copied().collect();
    let ended = world.run_on_gitlab(&forge, &arguments).finish().expect(code);
    assert_shown!(format!("log_on_gitlab_{name}"), shown(&ended));
    assert_shown!(format!("note_on_gitlab_{name}"), forge.state().gitlab.notes[0].body);
    let variables = std::fs::read_to_string(ended.reports.join("codearts-gate.env")).expect("the file");
    assert_shown!(format!("variables_on_gitlab_{name}"), variables);
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
fn a_status() {
    let (world, forge) = (World::new(succeeded().gate(0)), Forge::new());
    let arguments = ["check", TASK, "--report", "none", "--publish", "check-run"];
    world.run_on_gitlab(&forge, &arguments).finish().expect(4);
    let statuses = forge.state().gitlab.statuses.clone();
    let shown = statuses.iter().map(|(place, status)| format!("{place}\n{status:#}\n"));
    assert_shown!("status_on_gitlab", shown.collect::<String>());
}
