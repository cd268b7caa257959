//! The log on standard error, one document on standard output.

use crate::kit::scenario::{CHECKING, FAILED, STOPPED, Task, answers, pdf, scenario, succeeded, task};
use crate::kit::{Run, TASK, World};
use serde_json::Value;
use std::io::Read as _;

fn finished() -> Task {
    succeeded().pdf(pdf())
}

#[test]
fn standard_output_holds_only_the_document() {
    let world = World::new(finished());
    let ended = world.run(&["check", TASK, "--json"]).finish().expect(0);
    let printed: Value = serde_json::from_str(&ended.stdout).expect("one document");
    assert_eq!(printed, ended.result());
    assert_eq!(
        ended.stdout,
        std::fs::read_to_string(ended.reports.join("result.json")).expect("result.json")
    );
    assert!(world.run(&["check", TASK]).finish().stdout.is_empty());
}

/// A log line for every change, no control characters, the ids early, the verdict last.
#[test]
fn a_log_is_plain_lines() {
    let world = World::new(task().ends_at_poll(3).pdf(pdf()));
    let ended = world.run(&["check", TASK, "--start"]).finish().expect(0);
    assert!(ended.stderr.bytes().all(|byte| byte == b'\n' || byte >= b' '), "{:?}", ended.stderr);
    let run_id = ended.result()["tasks"][0]["run_id"].as_str().expect("an id").to_owned();
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let position = |part: &str| {
        lines.iter().position(|line| line.contains(part)).unwrap_or_else(|| panic!("{part} in {lines:#?}"))
    };
    let report = format!("{TASK}.pdf");
    let story = [world.sandbox.origin().as_str(), &run_id, &report, "(exit 0)"].map(position);
    assert!(story.is_sorted() && story[3] + 1 == lines.len(), "{lines:#?}");
}

#[test]
fn log_lines_can_be_json() {
    let world = World::new(finished());
    let ended = world.run(&["check", TASK, "--log-format", "json", "-v"]).finish().expect(0);
    for line in ended.stderr.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(line["time"].is_string() && line["level"].is_string() && line["message"].is_string());
    }
    assert!(ended.stderr.contains("/v2/tasks/") && ended.stderr.contains("HTTP 200"));
}

#[test]
fn quiet_logs_only_warnings_and_errors() {
    let world = World::new(finished());
    assert_eq!(world.run(&["check", TASK, "-q"]).finish().expect(0).stderr, "");
    let world = World::new(task().before(STOPPED));
    let ended = world.run(&["check", TASK, "-q"]).finish().expect(3);
    assert_eq!(ended.stderr.lines().count(), 3, "{}", ended.stderr);
}

/// What an earlier run left is not taken for the result of one that could not be set up: five descriptors are enough for
/// files, not for the runtime.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_cannot_be_set_up_leaves_its_own_document() {
    let run = Run::new(&["check", TASK]);
    std::fs::create_dir_all(run.reports()).expect("a directory");
    std::fs::write(run.reports().join("result.json"), "{}").expect("an old result");
    // Another test's terminal may have been handed down as 3 or 4.
    let ended =
        run.wait(run.spawn_through_shell("exec 3>&- 4>&-; ulimit -n 5 && exec \"$0\" \"$@\"")).expect(70);
    assert_eq!(ended.result()["outcome"], "internal", "{}", ended.stderr);
}

/// An old result cannot be mistaken for a new one.
#[test]
fn results_of_an_earlier_run_are_removed() {
    let world = World::new(task().before(FAILED));
    let run = world.run(&["check", TASK]);
    std::fs::create_dir_all(run.reports()).expect("a directory");
    for name in ["result.json".to_owned(), format!("{TASK}.pdf")] {
        std::fs::write(run.reports().join(name), "an old pass").expect("a file");
    }
    let ended = run.finish().expect(1);
    assert_eq!(ended.files(), ["result.json"]);
    assert_eq!(ended.result()["outcome"], "check-failed");
}

/// An old pass cannot be mistaken for the result of a usage error, and `doctor` removes nothing.
#[test]
fn a_usage_error_leaves_its_document_and_doctor_none() {
    let world = World::new(scenario());
    let run = world.run(&["check", TASK, "--timeout", "0", "--json"]);
    std::fs::create_dir_all(run.reports()).expect("a directory");
    std::fs::write(run.reports().join("result.json"), "an old pass").expect("a file");
    let ended = run.finish().expect(64);
    let result = ended.result();
    assert_eq!((result["verdict"].as_str(), result["exit_code"].as_i64()), (Some("undecided"), Some(64)));
    assert!(result["reason"].as_str().is_some_and(|reason| reason.contains("--timeout 0")), "{result}");
    assert_eq!(serde_json::from_str::<Value>(&ended.stdout).expect("one document"), result);

    let evidence = ended.stdout;
    for command in ["doctor", "report"] {
        let run = world.run(&[command, TASK]);
        std::fs::create_dir_all(run.reports()).expect("a directory");
        std::fs::write(run.reports().join("result.json"), &evidence).expect("a file");
        let ended = run.finish();
        assert_eq!(std::fs::read_to_string(ended.reports.join("result.json")).expect("a file"), evidence);
    }
}

/// A closed standard error is not a failure.
#[cfg(unix)]
#[test]
fn closed_streams_change_nothing() {
    let world = World::new(task().before(CHECKING).ends_at_poll(5).pdf(pdf()));
    let run = world.run(&["check", TASK, "--json", "-v"]);
    let mut child = run.spawn();
    let mut first = [0; 1];
    child.stderr.as_mut().expect("a pipe").read_exact(&mut first).expect("a byte");
    drop(child.stderr.take());
    drop(child.stdout.take());
    let ended = run.wait(child).expect(0);
    assert_eq!(ended.result()["outcome"], "passed");
}

/// A hostile service controls neither the terminal nor the CI.
#[test]
fn hostile_text_is_harmless() {
    let hostile = "\u{1b}[2J\r\n::error::forged\n##[add-mask]x\u{202e}";
    let body = serde_json::json!({"error_code": "CC.00050010", "error_msg": hostile});
    let world = World::new(scenario().when("progress", answers(403).body(body)));
    let ended = world.run(&["check", TASK]).finish().expect(77);
    assert!(ended.stderr.contains("forged"), "{}", ended.stderr);
    assert!(!ended.stderr.contains(['\u{1b}', '\r', '\u{202e}']), "{:?}", ended.stderr);
    assert!(!ended.stderr.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##[")));
    let ended = world.run(&["check", TASK, "--log-format", "json", "--json"]).finish().expect(77);
    assert!(!ended.stderr.contains("##[") && !ended.stdout.contains("##["), "{}", ended.stderr);
    let reason = ended.result()["tasks"][0]["reason"].to_string();
    assert!(reason.contains("##[add-mask]x"), "{reason}");
}

#[test]
fn version_and_help_touch_nothing() {
    let ended = Run::new(&["--version"]).finish().expect(0);
    assert_eq!(ended.stdout, format!("codearts-gate {}\n", env!("CARGO_PKG_VERSION")));
    assert!(!ended.reports.exists());
}
