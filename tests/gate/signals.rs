//! SIGINT, SIGTERM and SIGHUP: an orderly end within five seconds.
#![cfg(unix)]

use crate::kit::{Run, TASK, World};
use crate::snapshot::{assert_shown, lines_with};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

fn signal(child: &Child, name: &str) {
    let script = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
}

/// Waits until the sandbox has served this call.
fn wait_for(world: &World, call: &str) {
    let begun = Instant::now();
    while world.calls(call).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no {call}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn cancel(world: &World, run: &Run, call: &str, name: &str, code: i32) -> crate::kit::Ended {
    let child = run.spawn();
    wait_for(world, call);
    std::thread::sleep(Duration::from_millis(100));
    let sent = Instant::now();
    signal(&child, name);
    let ended = run.wait(child).expect(code);
    assert!(sent.elapsed() < Duration::from_secs(5), "{:?}", sent.elapsed());
    let result = ended.result();
    assert_eq!(
        (result["outcome"].as_str(), result["exit_code"].as_i64()),
        (Some("cancelled"), Some(code.into()))
    );
    ended
}

/// Starts that are under way at once.
const STARTS: usize = 16;
const SLOW: &str = r#"{"tasks": {"*": {"duration": "1h"}}}"#;

#[test]
fn our_own_run_is_stopped() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let world = World::new(SLOW);
        let run = world.run(&["check", TASK, "--start"]);
        let ended = cancel(&world, &run, "run", name, code);
        assert_eq!(world.calls("stop").len(), 1);
        assert!(ended.result()["tasks"][0]["run_id"].is_string());
    }
}

#[test]
fn somebody_elses_run_goes_on() {
    let world = World::new(r#"{"tasks": {"*": {"before": 0, "duration": "1h"}}}"#);
    let run = world.run(&["check", TASK]);
    cancel(&world, &run, "progress", "TERM", 143);
    assert_eq!(world.calls("stop").len(), 0);
}

#[test]
fn a_start_that_is_on_its_way_is_stopped_too() {
    let world = World::new(
        r#"{"tasks": {"*": {"duration": "1h"}},
            "faults": [{"call": "run", "fault": {"kind": "delay", "by": "600ms"}}]}"#,
    );
    let run = world.run(&["check", TASK, "--start"]);
    let child = run.spawn();
    wait_for(&world, "last-jobs");
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!((world.sandbox.runs_started(TASK), world.calls("stop").len()), (1, 1));
}

/// A service that hangs does not keep us: five seconds are all there is.
#[test]
fn a_hanging_service_does_not_hold_up_the_end() {
    let world = World::new(
        r#"{"tasks": {"*": {"duration": "1h"}},
            "faults": [{"call": "stop", "fault": {"kind": "delay", "by": "1h"}}]}"#,
    );
    let run = world.run(&["check", TASK, "--start"]);
    let ended = cancel(&world, &run, "run", "TERM", 143);
    assert_shown!("stop_that_hangs", lines_with(&ended.stderr, "/stop)"));
}

/// In the middle of the transfer; what was known stays known.
#[test]
fn a_download_is_given_up_without_a_trace() {
    let world = World::new(
        r#"{"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms"}}},
            "faults": [{"call": "pdf-file", "fault": {"kind": "stall", "after": 9000}}]}"#,
    );
    let run = world.run(&["check", TASK]);
    let ended = cancel(&world, &run, "pdf-file", "TERM", 143);
    assert_eq!(ended.files(), ["result.json"]);
    assert_eq!(ended.result()["tasks"][0]["outcome"], "passed");
}

/// A run that was stopped at its timeout is not stopped again when the rest is cancelled.
#[test]
fn a_run_is_stopped_once() {
    let world = World::new(
        r#"{"tasks": {"aa": {"duration": "1h"}, "bb": {"duration": "50ms", "pdf": {"duration": "1h"}}}}"#,
    );
    let run = world.run(&["check", "aa", "bb", "--start", "--timeout", "500ms"]);
    cancel(&world, &run, "stop", "TERM", 143);
    let stopped: Vec<_> = world.calls("stop").into_iter().filter_map(|call| call.task).collect();
    assert_eq!(stopped, ["aa"]);
}

/// A login that hangs does not keep the stop from logging in.
#[test]
fn a_hanging_login_does_not_hold_up_the_stop() {
    let world = World::new(
        r#"{"token_life": "1800ms", "tasks": {"*": {"duration": "1h"}},
            "faults": [{"call": "token", "on": [2, 3], "fault": {"kind": "delay", "by": "1h"}}]}"#,
    );
    let run = world.run_with_password(&["check", TASK, "--start"]);
    let child = run.spawn();
    wait_for(&world, "run");
    // The second login hangs in the background, the third when the session is over.
    std::thread::sleep(Duration::from_millis(2200));
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!(world.calls("stop").len(), 1);
}

/// Nothing new is begun after the signal.
#[test]
fn no_run_is_started_after_the_signal() {
    let world = World::new(
        r#"{"tasks": {"*": {"duration": "1h"}},
            "faults": [{"call": "run", "task": "aa", "fault": {"kind": "delay", "by": "900ms"}},
                       {"call": "last-jobs", "task": "bb", "fault": {"kind": "delay", "by": "600ms"}}]}"#,
    );
    let run = world.run(&["check", "aa", "bb", "--start"]);
    let child = run.spawn();
    wait_for(&world, "progress");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!((world.sandbox.runs_started("aa"), world.sandbox.runs_started("bb")), (1, 0));
}

/// Of many tasks most starts have not been sent when the signal comes; they never are. Those that have no answer yet are not known to
/// have begun what runs there, so nothing is stopped, which is said.
#[test]
fn what_was_never_started_is_not_stopped() {
    let world = World::new(
        r#"{"tasks": {"*": {"duration": "1h"}}, "faults": [{"call": "run", "fault": {"kind": "delay", "by": "3s"}}]}"#,
    );
    let ids: Vec<String> = (0..60).map(|id| format!("{id:032x}")).collect();
    let run = world
        .run(&["check", "--start"].into_iter().chain(ids.iter().map(String::as_str)).collect::<Vec<_>>());
    let child = run.spawn();
    let is_started = |id: &&String| world.sandbox.runs_started(id) > 0;
    let begun = Instant::now();
    while ids.iter().filter(is_started).count() < STARTS {
        assert!(begun.elapsed() < Duration::from_secs(20), "no run");
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    let started: Vec<&String> = ids.iter().filter(is_started).collect();
    assert_eq!(started.len(), STARTS);
    assert_eq!(world.calls("stop").len(), 0, "{}", ended.stderr);
    // The lines about single tasks come in any order.
    let lines = ended.stderr.lines().filter(|line| !line.contains(&"0".repeat(28)));
    assert_shown!("cancelled_batch", lines.collect::<Vec<_>>().join("\n"));
}

/// The service has just refused our start because of somebody's run: that one is not ours to stop.
#[test]
fn a_refused_start_owns_nothing() {
    let world = World::new(
        r#"{"tasks": {"*": {"before": 2, "stale_for": "1h", "duration": "1h"}},
            "faults": [{"call": "last-jobs", "on": [2], "fault": {"kind": "delay", "by": "1h"}}]}"#,
    );
    assert!(world.sandbox.start_foreign_run(TASK));
    let run = world.run(&["check", TASK, "--start"]);
    cancel(&world, &run, "run", "TERM", 143);
    assert_eq!(world.calls("stop").len(), 0);
}

/// A signal while our run is being stopped for another reason: whether it still runs is looked at again.
#[test]
fn a_stop_that_is_broken_off_is_done_again() {
    let world = World::new(
        r#"{"tasks": {"*": {"duration": "1h"}},
            "faults": [{"call": "stop", "on": [1], "fault": {"kind": "delay", "by": "1h"}}]}"#,
    );
    let run = world.run(&["check", TASK, "--start", "--timeout", "500ms"]);
    let child = run.spawn();
    wait_for(&world, "run");
    std::thread::sleep(Duration::from_millis(800));
    signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    // The first request was carried out, though its answer never came.
    assert_shown!("stop_that_is_done_again", lines_with(&ended.stderr, "(cancelled)"));
}

/// Neither is a refused start repeated after the signal.
#[test]
fn a_throttled_start_is_not_repeated_after_the_signal() {
    let world = World::new(
        r#"{"tasks": {"*": {"duration": "1h"}},
            "faults": [{"call": "run", "on": [1], "fault": {"kind": "answer", "status": 429, "headers": {"Retry-After": "1"}}}]}"#,
    );
    let mut run = world.run(&["check", TASK, "--start"]);
    run.without("CODEARTS_MAX_PAUSE");
    let child = run.spawn();
    wait_for(&world, "run");
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!((world.calls("run").len(), world.sandbox.runs_started(TASK)), (1, 0));
}

/// While IAM hangs, the token that still serves stops the run.
#[test]
fn a_hanging_renewal_does_not_hold_up_the_stop() {
    let later: Vec<u32> = (2..100).collect();
    let world = World::new(&format!(
        r#"{{"token_life": "4s", "tasks": {{"*": {{"duration": "1h"}}}},
            "faults": [{{"call": "token", "on": {later:?}, "fault": {{"kind": "delay", "by": "1h"}}}}]}}"#
    ));
    let run = world.run_with_password(&["check", TASK, "--start"]);
    let child = run.spawn();
    wait_for(&world, "run");
    // It lasts 3 to 4 s, because servers tell their clock in whole seconds; renewed after three quarters of that.
    std::thread::sleep(Duration::from_millis(2900));
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!(world.calls("stop").len(), 1);
}

/// Under Jenkins SIGINT, SIGHUP and SIGQUIT arrive ignored; SIGTERM must still work.
#[test]
fn inherited_ignored_signals_do_not_matter() {
    let world = World::new(SLOW);
    let run = world.run(&["check", TASK, "--start"]);
    let child = run.spawn_through_shell("trap '' HUP INT QUIT; exec \"$0\" \"$@\"");
    wait_for(&world, "run");
    std::thread::sleep(Duration::from_millis(100));
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!(world.calls("stop").len(), 1);
}

/// Whoever starts the gate with `nohup` wants it to outlive the terminal.
#[cfg(target_os = "linux")]
#[test]
fn an_ignored_hangup_stays_ignored() {
    let world = World::new(r#"{"tasks": {"*": {"duration": "1500ms", "pdf": {"duration": "10ms"}}}}"#);
    let run = world.run(&["check", TASK, "--start"]);
    let child = run.spawn_through_shell("trap '' HUP; exec \"$0\" \"$@\"");
    wait_for(&world, "run");
    std::thread::sleep(Duration::from_millis(100));
    signal(&child, "HUP");
    run.wait(child).expect(0);
    assert_eq!(world.calls("stop").len(), 0);
}

/// A limit on the size of files is a disk that refuses, not an end.
#[test]
fn a_limit_on_files_does_not_kill() {
    let world = World::new(r#"{"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms", "bytes": 50000}}}}"#);
    let run = world.run(&["check", TASK]);
    let child = run.spawn_through_shell("ulimit -f 8; exec \"$0\" \"$@\"");
    let ended = run.wait(child).expect(5);
    assert_shown!("file_that_is_too_large", lines_with(&ended.stderr, TASK));
    assert_eq!(ended.files(), ["result.json"]);
}
