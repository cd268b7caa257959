//! The whole log of each outcome, in a CI and on a terminal.

use super::{assert_shown, on_both, screen};
use crate::kit::{Run, TASK, World};
use serde_json::{Value, json};

/// A job of CodeArts Build.
const JOB: &str = "48c66c6002964721be537cdc6ce0297b";

/// One task, and what goes wrong.
fn scenario(task: &Value, faults: &Value) -> Value {
    let mut task = task.clone();
    if task.get("pdf").is_none() {
        task["pdf"] = json!({"duration": "1ms"});
    }
    json!({"tasks": {"*": task}, "faults": faults})
}

fn check(scenario: &Value, more: &[&str]) -> (World, Run) {
    let world = World::new(&scenario.to_string());
    let arguments: Vec<&str> = ["check", TASK].iter().chain(more).copied().collect();
    let mut run = world.run(&arguments);
    run.env("TERM", "xterm-256color");
    (world, run)
}

/// `answer` to the first looks at a run, so that their number does not depend on the time.
fn checking(looks: &[u32]) -> Value {
    let body = json!({"task_status": 0, "progress": {"ratio": "50%", "info": "checking"}});
    json!([{"call": "progress", "on": looks, "fault": {"kind": "answer", "status": 200, "body": body}}])
}

#[test]
fn passed() {
    let scenario = scenario(&json!({"before": 2}), &json!([]));
    assert_shown!("passed", on_both(|| check(&scenario, &[]), 0));
    assert_shown!("passed_without_a_report", on_both(|| check(&scenario, &["--report", "none"]), 0));
}

#[test]
fn passed_after_a_start() {
    let scenario = scenario(&json!({"duration": "1ms"}), &checking(&[2]));
    assert_shown!("passed_after_a_start", on_both(|| check(&scenario, &["--start"]), 0));
}

#[test]
fn check_failed() {
    let scenario = scenario(&json!({"before": 1}), &json!([]));
    assert_shown!("check_failed", on_both(|| check(&scenario, &[]), 1));
}

#[test]
fn stopped() {
    let scenario = scenario(&json!({"before": 3}), &json!([]));
    assert_shown!("stopped", on_both(|| check(&scenario, &[]), 3));
    assert_shown!("stopped_but_allowed", on_both(|| check(&scenario, &["--allow", "stopped"]), 0));
}

#[test]
fn timed_out() {
    let scenario = scenario(&json!({"before": 0, "duration": "1h", "progress": "stuck"}), &json!([]));
    assert_shown!("timed_out", on_both(|| check(&scenario, &["--timeout", "2s"]), 2));
}

/// What is drawn while a run goes on; how often, and what comes after the percentage, is chance.
#[test]
fn bar() {
    let scenario = scenario(&json!({"before": 0, "duration": "1h", "progress": "stuck"}), &json!([]));
    let (_world, run) = check(&scenario, &["--timeout", "2s"]);
    let (written, _) = screen::run(&run, |_| ());
    let bar = written.split(['\r', '\n', '\u{1b}']).find(|drawn| drawn.contains("50 %")).expect("a bar");
    let (bar, _) = bar.split_once(" %").expect("a percentage");
    assert_shown!("bar", format!("{} %", bar.trim_start_matches("[2K")));
}

#[test]
fn gate_failed() {
    let scenario = scenario(&json!({"before": 2, "is_access": 0}), &json!([]));
    assert_shown!(
        "gate_failed",
        on_both(|| check(&scenario, &["--max-major", "0", "--max-issues", "20"]), 4)
    );
}

#[test]
fn report_failed() {
    let failure = json!({"duration": "1ms", "failure": "no template"});
    let scenario = scenario(&json!({"before": 2, "pdf": failure}), &json!([]));
    assert_shown!("report_failed", on_both(|| check(&scenario, &[]), 5));
}

#[test]
fn usage() {
    let without_key = || {
        let (world, mut run) = check(&scenario(&json!({}), &json!([])), &[]);
        run.without("HUAWEICLOUD_SDK_SK");
        (world, run)
    };
    assert_shown!("usage", on_both(without_key, 64));
}

#[test]
fn unavailable() {
    let nowhere = || {
        let (world, mut run) = check(&scenario(&json!({}), &json!([])), &[]);
        run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1");
        (world, run)
    };
    assert_shown!("unavailable", on_both(nowhere, 69));
}

#[test]
fn denied() {
    let refusal = json!({"error_code": "CC.00050010", "error_msg": "no permission"});
    let fault = json!([{"call": "*", "fault": {"kind": "answer", "status": 200, "body": refusal}}]);
    let scenario = scenario(&json!({}), &fault);
    assert_shown!("denied", on_both(|| check(&scenario, &[]), 77));
}

fn build(script: &Value, more: &[&str]) -> (World, Run) {
    let world = World::new(&json!({"jobs": {JOB: script}}).to_string());
    let arguments: Vec<&str> = ["build", JOB].iter().chain(more).copied().collect();
    let mut run = world.run(&arguments);
    run.without("CODEARTS_ENDPOINT").env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    run.env("TERM", "xterm-256color");
    (world, run)
}

#[test]
fn build_failed() {
    let script = json!({"duration": "1ms", "result": "FAILURE", "log_lines": 3});
    assert_shown!("build_failed", on_both(|| build(&script, &["--start"]), 1));
}

#[test]
fn build_passed() {
    let script = json!({"duration": "1ms", "log_lines": 3});
    assert_shown!("build_passed", on_both(|| build(&script, &["--start", "--follow"]), 0));
}
