//! The end of a run on GitHub: ids at once, usage errors, signals and time limits.

use super::job::{COMMENTS, passing, pdf_of};
use crate::kit::forge::{Fault, Forge};
use crate::kit::scenario::{endless, pdf, succeeded};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
#[cfg(unix)]
use std::process::Child;

/// Sends SIGTERM.
#[cfg(unix)]
fn terminate(child: &Child) {
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
}

/// `--report-timeout` ends publishing, whatever a server asks for.
#[test]
fn publishing_ends_in_time() {
    for status in [429, 503] {
        let forge = Forge::new();
        forge.state().faults =
            vec![Fault { headers: &[("retry-after", "60")], ..Fault::new(COMMENTS, &[], status) }];
        let world = World::new(passing());
        let arguments = ["check", TASK, "--publish", "comment", "--report-timeout", "3s"];
        let mut run = world.run_on_github(&forge, "pull_request", &arguments);
        run.without("CODEARTS_MAX_PAUSE").finish().expect(5);
        // The server asked for a minute before each try.
        assert_eq!(forge.requests(COMMENTS).len(), 1, "{status}");
    }
}

/// A usage error is an output for later steps and is shown on the page of the run.
#[test]
fn a_usage_error_is_an_output_and_an_annotation() {
    let forge = Forge::new();
    let world = World::new(passing());
    let ended = world.run_on_github(&forge, "push", &["check", "no/id"]).finish().expect(64);
    assert_eq!((ended.outputs()["exit-code"].as_str(), ended.outputs()["outcome"].as_str()), ("64", "usage"));
    let mut table = Table::default();
    table.add("no/id", &lines_with(&ended.stderr, "::error title=CodeArts Check%3A usage::`no/id`"));
    assert!(ended.summary().contains("undecided: nothing was checked"), "{}", ended.summary());
    // Also where not even the arguments can be read; a pass of an earlier step does not stay behind.
    let mut run = world.run_on_github(&forge, "push", &["check", TASK]);
    run.env("CODEARTS_PUBLISH", "sumary");
    std::fs::create_dir(run.reports()).expect("a directory");
    std::fs::write(run.reports().join("result.json"), r#"{"outcome": "passed"}"#).expect("a file");
    let ended = run.finish().expect(64);
    assert_eq!(
        (ended.outputs()["exit-code"].as_str(), ended.result()["outcome"].as_str()),
        ("64", Some("usage"))
    );
    table.add(
        "sumary",
        &lines_with(&ended.stderr, "::error title=CodeArts Check%3A usage::`CODEARTS_PUBLISH=sumary`"),
    );
    assert_shown!("a_usage_error_on_github", table.text());
    // As far as the rest of the command line shows where.
    let elsewhere = run.reports().join("elsewhere");
    std::fs::create_dir(&elsewhere).expect("a directory");
    let path = elsewhere.to_str().expect("UTF-8").to_owned();
    let arguments = ["check", TASK, "--report-dir", &path, "--json", "--publish", "none", "--bogus"];
    let ended = world.run_on_github(&forge, "push", &arguments).finish().expect(64);
    assert!(
        elsewhere.join("result.json").exists() && ended.stdout.contains("\"exit_code\": 64"),
        "{}",
        ended.stdout
    );
    assert!(ended.outputs().is_empty() && !ended.stderr.contains("::error"), "{}", ended.stderr);
    // A value is never a workflow command, whatever it contains.
    for variable in ["CODEARTS_START", "CODEARTS_RETENTION_DAYS"] {
        let mut run = world.run_on_github(&forge, "push", &["check", TASK]);
        let ended = run.env(variable, "x\n::error::pwned\n##[error]pwned").finish().expect(64);
        assert!(!ended.stderr.lines().any(|line| line.starts_with("::error::")), "{}", ended.stderr);
        assert!(!ended.stderr.contains("##["), "{}", ended.stderr);
    }
    let ended = world.run_on_github(&forge, "push", &["report", "no/id"]).finish().expect(64);
    assert_eq!(ended.outputs()["exit-code"], "64");
    let cases: [&[&str]; 6] = [
        &["check", TASK, "--publish", "auto,comment"],
        &["check", TASK, "--task-url", "javascript:alert(1)"],
        &["check", TASK, "--publish", "artifact", "--report", "none"],
        &["check", TASK, "--comment-key", "a --> b"],
        &["check", TASK, "--retention-days", "500"],
        &["report", TASK, "--publish", "comment"],
    ];
    for arguments in cases {
        world.run_on_github(&forge, "push", arguments).finish().expect(64);
    }
    // Targets that are named need a forge.
    world.run(&["check", TASK, "--publish", "comment"]).finish().expect(64);
    assert_eq!(forge.state().requests.len(), 0);
}

/// The ids are there for later steps even when this one is killed.
#[cfg(unix)]
#[test]
fn ids_are_outputs_as_soon_as_they_are_known() {
    let forge = Forge::new();
    let world = World::new(endless());
    let run = world.run_on_github(&forge, "push", &["check", TASK, "--start", "--timeout", "30s"]);
    let outputs = || std::fs::read_to_string(run.reports().with_file_name("output")).expect("the file");
    let mut child = run.spawn();
    while !outputs().contains("run-id=") && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().expect("killed");
    let _ = child.wait();
    let text = outputs();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, format!("task-id={TASK}").as_str()), "{text}");
    assert!(lines[1].starts_with("run-id=") && lines[1].len() > 20, "{text}");
}

/// A signal during publishing ends the process cleanly.
#[cfg(unix)]
#[test]
fn a_signal_ends_publishing() {
    let forge = Forge::new();
    let world = World::new(passing());
    forge.state().faults =
        vec![Fault { headers: &[("retry-after", "60")], ..Fault::new("POST /twirp", &[], 503) }];
    let mut run = world.run_on_github(&forge, "push", &["check", TASK]);
    run.without("CODEARTS_MAX_PAUSE");
    let child = run.spawn();
    forge.wait_for("POST /twirp", 1);
    terminate(&child);
    let ended = run.wait(child).expect(143);
    assert_eq!(
        (ended.outputs()["exit-code"].as_str(), ended.result()["exit_code"].as_i64()),
        ("143", Some(143))
    );
    // What was fetched is there.
    assert!(!pdf_of(&ended).is_empty());
}

/// A cancelled process never passes, whatever else fails or is allowed.
#[cfg(unix)]
#[test]
fn a_cancelled_process_stays_cancelled() {
    let forge = Forge::new();
    let world = World::new(passing());
    let slow = Fault {
        headers: &[("retry-after", "60")],
        ..Fault::new("POST /repos/acme/widget/check-runs", &[], 503)
    };
    forge.state().faults = vec![Fault::new(COMMENTS, &[], 403), slow];
    let arguments = ["check", TASK, "--publish", "comment,check-run", "--allow", "report-failed"];
    let mut run = world.run_on_github(&forge, "pull_request", &arguments);
    run.without("CODEARTS_MAX_PAUSE");
    let child = run.spawn();
    forge.wait_for("POST /repos/acme/widget/check-runs", 1);
    terminate(&child);
    let ended = run.wait(child).expect(143);
    assert_eq!(ended.result()["outcome"], "cancelled");

    // A failure after the signal, which comes after the verdict.
    let world = World::new(succeeded().pdf(pdf().takes("1h")));
    let arguments = ["check", TASK, "--publish", "summary,outputs", "--allow", "report-failed"];
    let mut run = world.run_on_github(&forge, "push", &arguments);
    let child = run.env("GITHUB_STEP_SUMMARY", "/nonexistent/file").spawn();
    world.wait_for("pdf-state", 1);
    terminate(&child);
    run.wait(child).expect(143);

    // A comment that was written already no longer shows a pass.
    let world = World::new(passing());
    forge.state().faults.remove(0);
    let arguments = ["check", TASK, "--publish", "comment,check-run"];
    let mut run = world.run_on_github(&forge, "pull_request", &arguments);
    run.without("CODEARTS_MAX_PAUSE");
    let before = forge.requests("POST /repos/acme/widget/check-runs").len();
    let child = run.spawn();
    forge.wait_for("POST /repos/acme/widget/check-runs", before + 1);
    terminate(&child);
    run.wait(child).expect(143);
    assert!(
        forge.state().comments[0].body.contains("undecided: cancelled\n"),
        "{}",
        forge.state().comments[0].body
    );
}

/// The pull request is looked for while the artifact store hangs.
#[test]
#[cfg(unix)]
fn the_pull_request_is_found_beside_a_slow_store() {
    let (forge, world) = (Forge::new(), World::new(passing()));
    forge.state().faults = vec![Fault::stall("POST /twirp/")];
    let mut child = world.run_on_github(&forge, "push", &["check", TASK]).spawn();
    forge.wait_for("POST /twirp/", 1);
    forge.wait_for("GET /repos/acme/widget", 1);
    child.kill().expect("a child");
    child.wait().expect("a child");
}
