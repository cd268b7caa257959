//! The report directory: one gate at a time, nothing outside the checkout, nothing left from earlier runs.
#![cfg(unix)]

use crate::kit::forge::Forge;
use crate::kit::scenario::{CHECKING, Task, calls, endless, is_held, pdf, scenario, succeeded};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command};

fn finished() -> Task {
    succeeded().pdf(pdf())
}
fn running() -> Task {
    endless().before(CHECKING)
}

fn signal(child: &Child, name: &str) {
    let script = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
}

fn fill(directory: &Path, names: &[&str]) {
    fs::create_dir_all(directory).expect("a directory");
    for name in names {
        fs::write(directory.join(name), "old").expect("a file");
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a listing");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

/// A second gate in the same directory is rejected and touches nothing; a killed gate leaves no lock.
#[test]
fn one_gate_at_a_time() {
    let world = World::new(running());
    let first = world.run(&["check", TASK]);
    let child = first.spawn();
    world.wait_for("progress", 1);
    let reports = first.reports();
    let pdf = format!("{TASK}.pdf");
    fill(&reports, &[&pdf]);
    let reports_text = reports.to_str().expect("UTF-8");
    let finished = World::new(finished());
    let mut table = Table::default();
    for arguments in [
        &["check", TASK][..],
        &["report", TASK],
        &["check", TASK, "--timeout", "0"],
        &["check", "--no-such-option"],
        &["build", "48c66c6002964721be537cdc6ce0297b"],
    ] {
        let mut second = finished.run(arguments);
        second.env("CODEARTS_BUILD_ENDPOINT", &finished.sandbox.origin());
        let ended = second.env("CODEARTS_REPORT_DIR", reports_text).finish().expect(64);
        if !["--timeout", "--no-such-option"].iter().any(|option| arguments.contains(option)) {
            for fact in [reports_text, "`--report-dir`"] {
                assert!(ended.stderr.contains(fact), "{arguments:?}: {}", ended.stderr);
            }
            table.add(arguments.join(" "), &ended.stderr);
        }
        assert_eq!(names(&reports), [pdf.as_str()], "{arguments:?}");
    }
    assert_shown!("one_gate_at_a_time", table.text());
    signal(&child, "TERM");
    let ended = first.wait(child).expect(143);
    assert_eq!(ended.result()["outcome"], "cancelled");

    let asked = world.calls("progress").len();
    let mut killed = first.spawn();
    world.wait_for("progress", asked + 1);
    killed.kill().expect("killed");
    killed.wait().expect("an end");
    let mut next = finished.run(&["check", TASK]);
    next.env("CODEARTS_REPORT_DIR", reports_text).finish().expect(0);
}

/// It does not overwrite the values for later jobs either, which are in that directory.
#[test]
fn a_second_gate_on_gitlab_overwrites_nothing() {
    let world = World::new(running());
    let forge = Forge::new();
    let first = world.run(&["check", TASK]);
    let mut child = first.spawn();
    world.wait_for("progress", 1);
    let dotenv = first.reports().join("codearts-gate.env");
    for arguments in [&["check", TASK][..], &["report", TASK], &["check", "--no-such-option"]] {
        fs::write(&dotenv, "old").expect("a file");
        let mut second = world.run_on_gitlab(&forge, arguments);
        second.env("CODEARTS_REPORT_DIR", first.reports().to_str().expect("UTF-8")).finish().expect(64);
        assert_eq!(fs::read_to_string(&dotenv).expect("a file"), "old", "{arguments:?}");
    }
    child.kill().expect("killed");
    child.wait().expect("an end");
}

/// `doctor` may run beside a running gate.
#[test]
fn doctor_runs_beside_a_gate() {
    let world = World::new(running());
    let run = world.run(&["check", TASK]);
    let mut child = run.spawn();
    world.wait_for("progress", 1);
    let mut doctor = world.run(&["doctor", TASK]);
    let ended = doctor.env("CODEARTS_REPORT_DIR", run.reports().to_str().expect("UTF-8")).finish();
    child.kill().expect("killed");
    child.wait().expect("an end");
    let expected = format!("ok: report directory: `{}`", run.reports().display());
    assert!(ended.stderr.contains(&expected), "{}", ended.stderr);
}

/// The code under review cannot lead the report out of the checkout.
#[test]
fn a_link_out_of_the_checkout_is_rejected() {
    let world = World::new(finished());
    let outside = tempfile::tempdir().expect("a directory");
    let old = ["result.json".to_owned(), format!("{TASK}.pdf")];
    fill(outside.path(), &[&old[0], &old[1]]);
    let before = names(outside.path());
    let checkout = |run: &Run| run.reports().parent().expect("the checkout").to_owned();

    let arguments = [
        &["check", TASK][..],
        &["report", TASK],
        &["check", TASK, "--timeout", "0"],
        &["check", "--no-such-option"],
    ];
    let mut table = Table::default();
    for (number, arguments) in arguments.into_iter().enumerate() {
        let mut run = world.run(arguments);
        symlink(outside.path(), checkout(&run).join("link")).expect("a link");
        // As it stands in the checkout, and below it.
        let named = if number % 2 == 0 { "link" } else { "link/deeper" };
        run.env("CODEARTS_REPORT_DIR", named);
        let child = run.spawn();
        let output = child.into_child().wait_with_output().expect("an end");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(64), "{stderr}");
        if number < 2 {
            table.add(arguments.join(" "), &stderr);
        }
        assert_eq!(names(outside.path()), before, "{arguments:?}");
        let kept =
            old.iter().all(|name| fs::read_to_string(outside.path().join(name)).expect("a file") == "old");
        assert!(kept, "{arguments:?}");
    }
    assert_shown!("a_link_in_the_checkout", table.text());
    // A directory that the user names is allowed, and so is a link within the checkout.
    let mut run = world.run(&["report", TASK]);
    run.env("CODEARTS_REPORT_DIR", outside.path().to_str().expect("UTF-8")).finish().expect(0);
    let mut run = world.run(&["report", TASK]);
    fs::create_dir(checkout(&run).join("real")).expect("a directory");
    symlink("real", checkout(&run).join("link")).expect("a link");
    run.env("CODEARTS_REPORT_DIR", "link").finish().expect(0);
    assert_eq!(names(&checkout(&run).join("real")), [format!("{TASK}.pdf")]);
    let beside = tempfile::tempdir().expect("a directory");
    symlink(outside.path(), beside.path().join("link")).expect("a link");
    let mut run = world.run(&["report", TASK]);
    run.env("CODEARTS_REPORT_DIR", beside.path().join("link").to_str().expect("UTF-8")).finish().expect(0);
}

/// Temporary files of a killed run are removed; other files stay.
#[test]
fn temporary_files_of_killed_runs_are_removed() {
    let world = World::new(finished());
    let run = world.run(&["check", TASK]);
    let strange =
        [".codearts-gate-.part", ".codearts-gate-AbC1dE.part.txt", ".codearts-gate-my notes.part", "x.part"];
    fill(&run.reports(), &[".codearts-gate-AbC1dE.part", ".codearts-gate-000000.part"]);
    fill(&run.reports(), &strange);
    fs::create_dir(run.reports().join(".codearts-gate-folder.part")).expect("a directory");
    run.finish().expect(0);
    let mut expected: Vec<String> = strange.iter().map(|name| (*name).to_owned()).collect();
    expected.extend([
        format!("{TASK}.pdf"),
        "result.json".to_owned(),
        ".codearts-gate-folder.part".to_owned(),
    ]);
    expected.sort();
    assert_eq!(names(&run.reports()), expected);
}

/// After a usage error nothing of an earlier pass remains; other files stay.
#[test]
fn earlier_files_are_removed_even_after_a_usage_error() {
    let world = World::new(finished());
    let of_task =
        ["pdf", "sarif", "junit.xml", "codequality.json", "checkstyle.xml", "json", "md", "html", "csv"];
    let of_task = of_task.map(|ending| format!("{TASK}.{ending}"));
    let of_task: Vec<&str> = of_task.iter().map(String::as_str).collect();
    let others = ["README.md", "aaaa.pdf", "index.html"];
    let mistakes: [&[&str]; 5] = [
        &["check", TASK, "--timeout", "0"],
        &["check", TASK, "--no-such-option"],
        &["check", TASK, "--max-critical", "many"],
        // Only the earlier result names the task.
        &["check", "--no-such-option"],
        &["check", "not-an-id"],
    ];
    for arguments in mistakes {
        let run = world.run(arguments);
        fill(&run.reports(), &of_task);
        fill(&run.reports(), &others);
        fill(&run.reports(), &["codearts-gate.env", "codearts-gate.annotations.json"]);
        let old = serde_json::json!({"schema": 1, "tool": "codearts-gate 0.1.0", "outcome": "passed", "tasks": [{"task_id": TASK}]});
        fs::write(run.reports().join("result.json"), old.to_string()).expect("a file");
        let ended = run.finish().expect(64);
        assert_eq!(
            names(&ended.reports),
            ["README.md", "aaaa.pdf", "index.html", "result.json"],
            "{arguments:?}"
        );
        assert_eq!(ended.result()["outcome"], "usage");
    }
    for option in [&["--report-timeout", "0"][..], &["--no-such-option"]] {
        let run = world.run(&[&["report", TASK], option].concat());
        fill(&run.reports(), &of_task);
        let ended = run.finish().expect(64);
        let names = names(&ended.reports);
        assert!(
            !names.contains(&format!("{TASK}.pdf")) && names.contains(&format!("{TASK}.sarif")),
            "{names:?}"
        );
    }
    // A usage error of `build` leaves the files of checks alone.
    let run = world.run(&["build", "48c66c6002964721be537cdc6ce0297b", "--timeout", "0"]);
    fill(&run.reports(), &of_task);
    let ended = run.finish().expect(64);
    assert_eq!(names(&ended.reports).len(), of_task.len() + 1);
}

/// The directory is removed while the check runs: it is created again.
#[test]
fn a_removed_directory_is_created_again() {
    let world =
        World::new(scenario().task(succeeded().pdf(pdf())).when(calls("pdf-state").nth([1]), is_held()));
    let run = world.run(&["check", TASK]);
    let child = run.spawn();
    world.wait_until_received("pdf-state", 1);
    fs::remove_dir_all(run.reports()).expect("removed");
    world.release();
    let ended = run.wait(child).expect(0);
    assert_eq!(ended.files(), [format!("{TASK}.pdf"), "result.json".to_owned()]);
}
