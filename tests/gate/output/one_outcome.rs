//! The exit code, `result.json`, the outputs and the pages name one outcome, also where writing one of them fails.
#![cfg(unix)]

use crate::kit::forge::{Fault, Forge};
use crate::kit::scenario::{FAILED, Task, job, pdf, succeeded, task};
use crate::kit::{Ended, Run, TASK, World};
use crate::snapshot::{assert_shown, lines_with};
use serde_json::Value;
use std::fs;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

fn finished() -> Task {
    succeeded().pdf(pdf())
}

/// A gate on GitHub whose upload is held after the first results are written.
fn held_up(world: &World, forge: &Forge, arguments: &[&str]) -> Run {
    let wait = Fault { headers: &[("retry-after", "2")], ..Fault::new("POST /twirp", &[1], 503) };
    forge.state().faults = vec![wait];
    let mut run = world.run_on_github(forge, "pull_request", arguments);
    run.without("CODEARTS_MAX_PAUSE");
    run
}

/// Waits until the upload is held.
fn wait_for_upload(forge: &Forge) {
    let begun = Instant::now();
    while forge.requests("POST /twirp").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no upload");
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(100));
}

/// Limits the size of files that the process can write from now on.
#[cfg(target_os = "linux")]
fn limit_files(child: &Child, bytes: u64) {
    let limit = format!("--fsize={bytes}:{bytes}");
    let done = Command::new("prlimit").args(["--pid", &child.id().to_string(), &limit]).status();
    assert!(done.expect("prlimit of util-linux").success());
}

/// Every file, output and page names the outcome of the exit code.
#[track_caller]
fn assert_one_outcome(ended: &Ended, name: &str) {
    let result = fs::read(ended.reports.join("result.json")).ok();
    if let Some(result) = result {
        let result: Value = serde_json::from_slice(&result).expect("JSON");
        assert_eq!(
            (result["outcome"].as_str(), result["exit_code"].as_i64()),
            (Some(name), Some(ended.code.into()))
        );
    }
    let output = fs::read_to_string(ended.reports.with_file_name("output")).expect("the file");
    let values = |name: &str| -> Vec<String> {
        let begin = format!("{name}=");
        output.lines().filter_map(|line| line.strip_prefix(&begin)).map(str::to_owned).collect()
    };
    if let Some(last) = values("outcome").last() {
        assert_eq!(last, name, "{output}");
        assert_eq!(values("exit-code").last(), Some(&ended.code.to_string()), "{output}");
    } else {
        assert!(values("exit-code").is_empty() && values("verdict").is_empty(), "{output}");
    }
    let summary = ended.summary();
    assert!(summary.is_empty() || summary.contains(name), "{summary}");
    for ending in ["md", "html", "junit.xml"] {
        let page = fs::read_to_string(ended.reports.join(format!("{TASK}.{ending}"))).unwrap_or_default();
        assert!(page.is_empty() || page.contains(name), "{ending}: {page}");
    }
}

/// The disk is full before the last results can be written, at once and only for larger files.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_pass() {
    for bytes in [20, 1500] {
        let (forge, world) = (Forge::new(), World::new(finished()));
        let more = ["aaaa", "bbbb", "cccc"];
        let arguments = ["check", TASK, more[0], more[1], more[2], "--report", "pdf,markdown,html,junit"];
        let run = held_up(&world, &forge, &arguments);
        let child = run.spawn();
        wait_for_upload(&forge);
        let first = fs::read_to_string(run.reports().join("result.json")).expect("the first");
        assert_eq!(first.matches("\"outcome\": \"passed\"").count(), 5, "{first}");
        limit_files(&child, bytes);
        let ended = run.wait(child).expect(5);
        assert_one_outcome(&ended, "report-failed");
        let comment = &forge.state().comments[0].body.clone();
        assert!(comment.contains("report-failed"), "{comment}");
        if bytes == 1500 {
            assert_eq!(ended.outputs()["exit-code"], "5");
        }
    }
}

/// Standard output that cannot be written is a failure; one without a reader is not.
#[cfg(target_os = "linux")]
#[test]
fn a_document_that_is_not_printed_is_a_failure() {
    let (forge, world) = (Forge::new(), World::new(finished()));
    let arguments = ["check", TASK, "--json", "--report", "pdf,markdown"];
    let run = world.run_on_github(&forge, "pull_request", &arguments);
    let child = run.spawn_through_shell("exec \"$0\" \"$@\" >/dev/full");
    let ended = run.wait(child).expect(5);
    assert_shown!("document_that_is_not_printed", lines_with(&ended.stderr, "os error 28"));
    assert_one_outcome(&ended, "report-failed");
    assert_eq!((ended.outputs()["exit-code"].as_str(), ended.result()["exit_code"].as_i64()), ("5", Some(5)));
    assert!(forge.state().comments[0].body.contains("report-failed"));

    // It does not hide another verdict.
    let failed = World::new(task().before(FAILED));
    let run = failed.run(&["check", TASK, "--json"]);
    let ended = run.wait(run.spawn_through_shell("exec \"$0\" \"$@\" >/dev/full")).expect(1);
    assert_eq!(ended.result()["outcome"], "check-failed");
    let run = failed.run(&["check", TASK, "--json", "--timeout", "0"]);
    let ended = run.wait(run.spawn_through_shell("exec \"$0\" \"$@\" >/dev/full")).expect(64);
    assert_shown!("document_of_a_usage_error_that_is_not_printed", lines_with(&ended.stderr, "os error 28"));

    let builds = World::new(job().before(1));
    let mut run = builds.run(&["build", "48c66c6002964721be537cdc6ce0297b", "--json"]);
    run.env("CODEARTS_BUILD_ENDPOINT", &builds.sandbox.origin());
    let ended = run.wait(run.spawn_through_shell("exec \"$0\" \"$@\" >/dev/full")).expect(5);
    assert_eq!(ended.result()["exit_code"], 5);
}

/// The reports are removed after they were written: without them the check does not pass.
#[test]
fn reports_that_disappear_are_missing() {
    let (forge, world) = (Forge::new(), World::new(finished()));
    let run = held_up(&world, &forge, &["check", TASK]);
    let child = run.spawn();
    wait_for_upload(&forge);
    fs::remove_dir_all(run.reports()).expect("removed");
    let ended = run.wait(child).expect(5);
    assert_one_outcome(&ended, "report-failed");
    assert_eq!(ended.result()["exit_code"], 5);
    assert!(ended.stderr.contains(&format!("{TASK}.pdf")), "{}", ended.stderr);
}
