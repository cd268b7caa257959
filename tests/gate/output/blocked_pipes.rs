//! Nothing that blocks delays the exit: log readers that have stopped, pipes where files are expected.
#![cfg(unix)]

use crate::kit::scenario::{CHECKING, Task, endless, succeeded};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use std::io::{PipeReader, PipeWriter, Write as _, pipe};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any working run takes, even on a slow machine.
const FOR_EVER: Duration = Duration::from_secs(60);
/// A pipe that could not be written for so long is full.
const FULL_AFTER: Duration = Duration::from_millis(300);

/// A full pipe; it is not read while the reader is kept.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, writer) = pipe().expect("a pipe");
    let mut filler = writer.try_clone().expect("a clone");
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    // Blocks until the reader is gone.
    thread::spawn(move || {
        while filler.write_all(b"x").is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let mut last = 0;
    loop {
        thread::sleep(FULL_AFTER);
        let now = written.load(Ordering::SeqCst);
        if now > 0 && now == last {
            return (reader, writer);
        }
        last = now;
    }
}

/// How the process ended; kills it, and fails, if it does not.
fn end_of(child: &mut Child, what: &str) -> ExitStatus {
    let begun = Instant::now();
    while begun.elapsed() < FOR_EVER {
        if let Some(status) = child.try_wait().expect("a process") {
            return status;
        }
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("killed");
    panic!("{what}: it hangs");
}

fn slow() -> Task {
    endless().before(CHECKING)
}

#[test]
fn a_stopped_log_reader_blocks_neither_timeout_nor_signal() {
    for options in [&["--log-format", "json"], &["-v", "--json"]] {
        let world = World::new(slow());
        let arguments = [&["check", TASK, "--timeout", "2s"][..], options].concat();
        let run = world.run(&arguments);
        let ((_reader, stderr), (_out, stdout)) = (full_pipe(), full_pipe());
        let mut child = run.spawn_into(stdout.into(), stderr.into());
        assert_eq!(end_of(&mut child, "--timeout").code(), Some(2), "{options:?}");
        assert!(run.reports().join("result.json").exists());
    }
    let world = World::new(slow());
    let mut run = world.run(&["check", TASK, "-v"]);
    run.env("GITHUB_ACTIONS", "true").env("CODEARTS_GATE_ACTION", "true");
    let ((_reader, stderr), (_out, stdout)) = (full_pipe(), full_pipe());
    let mut child = run.spawn_into(stdout.into(), stderr.into());
    let begun = Instant::now();
    while world.calls("progress").is_empty() {
        assert!(begun.elapsed() < FOR_EVER, "never asked");
        thread::sleep(Duration::from_millis(5));
    }
    let script = format!("kill -TERM {}", child.id());
    assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
    assert_eq!(end_of(&mut child, "SIGTERM").code(), Some(143));
}

fn fifo(run: &Run, name: &str) -> String {
    let path = run.reports().with_file_name(name);
    let path = path.to_str().expect("UTF-8").to_owned();
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    path
}

/// A pipe without a writer blocks for ever, and `/dev/zero` never ends.
#[test]
fn pipes_and_devices_are_rejected() {
    let cases: [(&str, &[&str], &str); 5] = [
        ("CODEARTS_CA_FILE", &["check", TASK, "--endpoint", "https://check.invalid"], "--ca-file"),
        ("CODEARTS_BASELINE", &["check", TASK, "--max-issues", "0"], "baseline"),
        ("CODEARTS_WRITE_BASELINE", &["check", TASK, "--max-issues", "0"], "--write-baseline"),
        ("HUAWEICLOUD_SDK_CREDENTIALS_FILE", &["check", TASK, "--auth", "profile"], "profile"),
        ("CODEARTS_SCENARIO_FILE", &["sandbox", "--port", "0"], "scenario"),
    ];
    let mut table = Table::default();
    for (variable, arguments, place) in cases {
        for is_pipe in [true, false] {
            let world = World::new(succeeded());
            let mut run = world.run(arguments);
            let file = if is_pipe { fifo(&run, place) } else { "/dev/zero".to_owned() };
            run.env(variable, &file);
            let mut child = run.spawn();
            let code = end_of(&mut child, variable).code();
            // The harness reads all remaining files.
            let _ = is_pipe.then(|| std::fs::remove_file(&file));
            let ended = run.wait(child).expect(64);
            assert_eq!(code, Some(64));
            table.add(format!("{variable}={}", if is_pipe { "PIPE" } else { &file }), &ended.stderr);
        }
    }
    assert_shown!("pipes_and_devices", table.text());
}

/// Files in the environment of a job are not needed for the verdict.
#[test]
fn pipes_in_the_environment_do_not_change_the_verdict() {
    let world = World::new(succeeded());
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    let pipes = ["event", "output", "summary"].map(|name| fifo(&run, name));
    run.env("GITHUB_ACTIONS", "true").env("GITHUB_REPOSITORY", "acme/widget");
    run.env("GITHUB_EVENT_NAME", "pull_request").env("GITHUB_TOKEN", "x");
    run.env("GITHUB_API_URL", "http://127.0.0.1:9").env("CODEARTS_REPORT_TIMEOUT", "2s");
    for (variable, path) in
        ["GITHUB_EVENT_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].into_iter().zip(&pipes)
    {
        run.env(variable, path);
    }
    let mut child = run.spawn();
    end_of(&mut child, "pipes");
    pipes.iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
    let ended = run.wait(child).expect(0);
    let lines = pipes.iter().map(|path| lines_with(&ended.stderr, path)).collect::<String>();
    assert_shown!("pipes_in_the_surroundings", lines);
}

/// Kubernetes mounts its files as links; those are files.
#[test]
fn links_to_files_are_accepted() {
    let world = World::new(succeeded());
    let mut run = world.run(&["check", TASK, "--auth", "profile", "--report", "none"]);
    let directory = run.reports().with_file_name("mount");
    std::fs::create_dir_all(directory.join("..data-1")).expect("a directory");
    let profile = format!(
        "[basic]\nak = {}\nsk = {}\n",
        codearts_gate::sandbox::ACCESS_KEY,
        codearts_gate::sandbox::SECRET_KEY
    );
    let outside = tempfile::tempdir().expect("a directory");
    std::fs::write(outside.path().join("credentials"), profile).expect("a file");
    let link = directory.join("credentials");
    std::os::unix::fs::symlink(outside.path().join("credentials"), &link).expect("a link");
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    run.env("HUAWEICLOUD_SDK_CREDENTIALS_FILE", link.to_str().expect("UTF-8"));
    // The harness searches the remaining files for secrets, and a link leads to the profile itself.
    let child = run.spawn();
    let output = child.into_child().wait_with_output().expect("the binary");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
