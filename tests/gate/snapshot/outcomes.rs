//! The whole log of each outcome, in a CI and on a terminal.

use super::{assert_shown, on_both, screen};
use crate::kit::scenario::{
    CHECKING, FAILED, Job, STOPPED, Story, Task, endless, job, pdf, refuses, scenario, succeeded, task,
};
use crate::kit::{Run, TASK, World};
use codearts_gate::sandbox::scenario::ProgressShape;

/// A job of CodeArts Build.
const JOB: &str = "48c66c6002964721be537cdc6ce0297b";

fn check(story: impl Into<Story>, more: &[&str]) -> (World, Run) {
    let world = World::new(story);
    let arguments: Vec<&str> = ["check", TASK].iter().chain(more).copied().collect();
    let mut run = world.run(&arguments);
    run.env("TERM", "xterm-256color");
    (world, run)
}

/// A run that does not end.
fn checking() -> Task {
    endless().before(CHECKING).progress(ProgressShape::Stuck)
}

#[test]
fn passed() {
    let done = || succeeded().pdf(pdf());
    assert_shown!("passed", on_both(|| check(done(), &[]), 0));
    assert_shown!("passed_without_a_report", on_both(|| check(done(), &["--report", "none"]), 0));
}

#[test]
fn passed_after_a_start() {
    let quick = || task().ends_at_poll(3).progress(ProgressShape::Stuck).pdf(pdf());
    assert_shown!("passed_after_a_start", on_both(|| check(quick(), &["--start"]), 0));
}

#[test]
fn check_failed() {
    assert_shown!("check_failed", on_both(|| check(task().before(FAILED), &[]), 1));
}

#[test]
fn stopped() {
    let stopped = || task().before(STOPPED);
    assert_shown!("stopped", on_both(|| check(stopped(), &[]), 3));
    assert_shown!("stopped_but_allowed", on_both(|| check(stopped(), &["--allow", "stopped"]), 0));
}

#[test]
fn timed_out() {
    assert_shown!("timed_out", on_both(|| check(checking(), &["--timeout", "2s"]), 2));
}

/// What is drawn while a run is active. How often it is drawn, and what follows the percentage, varies.
#[test]
fn bar() {
    let (_world, run) = check(checking(), &["--timeout", "2s"]);
    let (written, _) = screen::run(&run, |_| ());
    let bar = written.split(['\r', '\n', '\u{1b}']).find(|drawn| drawn.contains("50 %")).expect("a bar");
    let (bar, _) = bar.split_once(" %").expect("a percentage");
    assert_shown!("bar", format!("{} %", bar.trim_start_matches("[2K")));
}

#[test]
fn gate_failed() {
    let not_passed = || succeeded().gate(0).pdf(pdf());
    let limits = ["--max-major", "0", "--max-issues", "20"];
    assert_shown!("gate_failed", on_both(|| check(not_passed(), &limits), 4));
}

#[test]
fn report_failed() {
    let without_template = || succeeded().pdf(pdf().fails("no template"));
    assert_shown!("report_failed", on_both(|| check(without_template(), &[]), 5));
}

#[test]
fn usage() {
    let without_key = || {
        let (world, mut run) = check(task(), &[]);
        run.without("HUAWEICLOUD_SDK_SK");
        (world, run)
    };
    assert_shown!("usage", on_both(without_key, 64));
}

#[test]
fn unavailable() {
    let nowhere = || {
        let (world, mut run) = check(task(), &[]);
        run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1");
        (world, run)
    };
    assert_shown!("unavailable", on_both(nowhere, 69));
}

#[test]
fn denied() {
    let refusing = || scenario().when("*", refuses(200, "CC.00050010"));
    assert_shown!("denied", on_both(|| check(refusing(), &[]), 77));
}

fn build(job: Job, more: &[&str]) -> (World, Run) {
    let world = World::new(job);
    let arguments: Vec<&str> = ["build", JOB].iter().chain(more).copied().collect();
    let mut run = world.run(&arguments);
    run.without("CODEARTS_ENDPOINT").env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    run.env("TERM", "xterm-256color");
    (world, run)
}

/// Not a mistake of the user: without file descriptors the runtime cannot start.
#[cfg(target_os = "linux")]
#[test]
fn internal() {
    let run = Run::new(&["check", TASK]);
    // Another test's terminal may have been handed down as 3.
    let ended = run.wait(run.spawn_through_shell("exec 3>&-; ulimit -n 4 && exec \"$0\" \"$@\"")).expect(70);
    assert_shown!("internal", super::shown(&ended));
}

#[test]
fn build_failed() {
    let failing = || job().ends_at_poll(2).ends("FAILURE").log_lines(3);
    assert_shown!("build_failed", on_both(|| build(failing(), &["--start"]), 1));
}

#[test]
fn build_passed() {
    let passing = || job().ends_at_poll(2).log_lines(3);
    assert_shown!("build_passed", on_both(|| build(passing(), &["--start", "--follow"]), 0));
}
