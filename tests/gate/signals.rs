//! SIGINT, SIGTERM and SIGHUP: an orderly end within five seconds.
#![cfg(unix)]

use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{
    CHECKING, SUCCEEDED, answers, calls, endless, is_held, pdf, scenario, stalls_after, succeeded, task,
};
use crate::kit::{Ended, Run, TASK, World};
use crate::pull_request::story;
use crate::snapshot::{assert_shown, lines_with};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub(crate) fn signal(child: &Child, name: &str) {
    let script = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
}

/// What the log contains as soon as a signal is noticed.
const SHUTTING_DOWN: &str = "cancelled; shutting down";
/// Time for an effect that must not happen; no result depends on it.
const A_MOMENT: Duration = Duration::from_millis(200);

/// Runs it until so many requests of one kind have arrived, then sends the signal.
fn cancel(world: &World, run: &Run, (call, number): (&'static str, u32), name: &str, code: i32) -> Ended {
    let child = run.spawn();
    world.wait_until_received(call, number);
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

/// Starts that may be in flight at the same time.
const STARTS: usize = 16;

#[test]
fn a_started_run_is_stopped() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let world = World::new(endless());
        let run = world.run(&["check", TASK, "--start"]);
        let ended = cancel(&world, &run, ("progress", 4), name, code);
        assert_eq!(world.calls("stop").len(), 1);
        assert!(ended.result()["tasks"][0]["run_id"].is_string());
    }
}

#[test]
fn a_run_of_others_is_not_stopped() {
    let world = World::new(endless().before(CHECKING));
    let run = world.run(&["check", TASK]);
    cancel(&world, &run, ("progress", 2), "TERM", 143);
    assert_eq!(world.calls("stop").len(), 0);
}

#[test]
fn a_start_in_flight_is_stopped_too() {
    let world = World::new(scenario().task(endless()).when("run", is_held()));
    let run = world.run(&["check", TASK, "--start"]);
    let watched = run.spawn_watched();
    world.wait_until_received("run", 1);
    signal(&watched.child, "TERM");
    watched.wait_for_log(SHUTTING_DOWN);
    world.release();
    run.wait_watched(watched).expect(143);
    assert_eq!((world.sandbox.runs_started(TASK), world.calls("stop").len()), (1, 1));
}

/// A service that hangs does not delay the exit by more than five seconds.
#[test]
fn a_hanging_service_does_not_hold_up_the_end() {
    let world = World::new(scenario().task(endless()).when("stop", is_held()));
    let run = world.run(&["check", TASK, "--start"]);
    let ended = cancel(&world, &run, ("progress", 4), "TERM", 143);
    assert_shown!("stop_that_hangs", lines_with(&ended.stderr, "/stop)"));
}

/// In the middle of the transfer; what was known stays known.
#[test]
fn a_cancelled_download_leaves_no_file() {
    let world = World::new(scenario().task(succeeded().pdf(pdf())).when("pdf-file", stalls_after(9000)));
    let run = world.run(&["check", TASK]);
    let ended = cancel(&world, &run, ("pdf-file", 1), "TERM", 143);
    assert_eq!(ended.files(), ["result.json"]);
    assert_eq!(ended.result()["tasks"][0]["outcome"], "passed");
}

/// While the PDF is brought to the disk: it stays whole under its own name, or not at all. A signal that finds the process at its end
/// shows nothing, so the next one is sent to another.
#[test]
fn a_pdf_on_its_way_to_the_disk_is_dropped() {
    const BYTES: usize = 60_000_000;
    const TRIES: usize = 10;
    let world = World::new(scenario().task(succeeded().pdf(pdf().bytes(BYTES))));
    let cancelled = || {
        let run = world.run(&["check", TASK]);
        let child = run.spawn();
        let has_come = || {
            let mut entries = std::fs::read_dir(run.reports()).into_iter().flatten().flatten();
            entries.any(|entry| entry.metadata().is_ok_and(|about| about.len() == BYTES as u64))
        };
        let begun = Instant::now();
        while !has_come() {
            assert!(begun.elapsed() < Duration::from_secs(60), "no PDF");
            sleep(Duration::from_millis(1));
        }
        signal(&child, "TERM");
        Some(run.wait(child)).filter(|ended| ended.code != 0)
    };
    let ended = (0..TRIES).find_map(|_| cancelled()).expect("a signal in time").expect(143);
    let mut expected = vec!["result.json".to_owned()];
    if ended.result()["tasks"][0]["report"].is_object() {
        expected.insert(0, format!("{TASK}.pdf"));
    }
    assert_eq!(ended.files(), expected);
}

/// A run that was stopped at its timeout is not stopped again when the other tasks are cancelled.
#[test]
fn a_run_is_stopped_once() {
    let world = World::new(
        scenario()
            .task_named("aa", endless())
            .task_named("bb", task().ends_at_poll(2).pdf(pdf().takes("1h"))),
    );
    let run = world.run(&["check", "aa", "bb", "--start", "--timeout", "2s"]);
    let child = run.spawn();
    world.wait_for("stop", 1);
    // The other export is polled meanwhile.
    world.wait_for("pdf-state", world.calls("pdf-state").len() + 3);
    signal(&child, "TERM");
    run.wait(child).expect(143);
    let stopped: Vec<_> = world.calls("stop").into_iter().filter_map(|call| call.task).collect();
    assert_eq!(stopped, ["aa"]);
}

/// A login that hangs does not prevent the stop from logging in.
#[test]
fn a_hanging_login_does_not_hold_up_the_stop() {
    let world =
        World::new(scenario().task(endless()).when(calls("token").nth([2, 3]), is_held()).token_life("2s"));
    let run = world.run_with_password(&["check", TASK, "--start"]);
    let child = run.spawn();
    // The second login hangs in the background, the third when the session is over.
    world.wait_until_received("token", 3);
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!(world.calls("stop").len(), 1);
}

/// Nothing new is started after the signal.
#[test]
fn no_run_is_started_after_the_signal() {
    let world = World::new(
        scenario()
            .task(endless())
            .when(calls("run").of("aa"), is_held())
            .when(calls("last-jobs").of("bb"), is_held()),
    );
    let run = world.run(&["check", "aa", "bb", "--start"]);
    let watched = run.spawn_watched();
    world.wait_until_received("run", 1);
    world.wait_until_received("last-jobs", 2);
    signal(&watched.child, "TERM");
    watched.wait_for_log(SHUTTING_DOWN);
    world.release();
    run.wait_watched(watched).expect(143);
    assert_eq!((world.sandbox.runs_started("aa"), world.sandbox.runs_started("bb")), (1, 0));
}

/// With many tasks most starts have not been sent when the signal arrives; they are never sent. A start without an
/// answer does not prove whose run is active, so nothing is stopped, and the log says so.
#[test]
fn a_run_that_was_never_started_is_not_stopped() {
    let world = World::new(scenario().task(endless()).when("run", is_held()));
    let ids: Vec<String> = (0..60).map(|id| format!("{id:032x}")).collect();
    let run = world
        .run(&["check", "--start"].into_iter().chain(ids.iter().map(String::as_str)).collect::<Vec<_>>());
    let child = run.spawn();
    let is_started = |id: &&String| world.sandbox.runs_started(id) > 0;
    let begun = Instant::now();
    while ids.iter().filter(is_started).count() < STARTS {
        assert!(begun.elapsed() < Duration::from_secs(60), "no run");
        sleep(Duration::from_millis(5));
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

/// The service has just rejected this job's start because another run is active: that run must not be stopped.
#[test]
fn a_run_of_a_rejected_start_is_not_stopped() {
    let world = World::new(
        scenario()
            .task(endless().before(SUCCEEDED).stale_for_ever())
            .when(calls("last-jobs").nth([2]), is_held()),
    );
    assert!(world.sandbox.start_foreign_run(TASK).is_some());
    let run = world.run(&["check", TASK, "--start"]);
    cancel(&world, &run, ("last-jobs", 2), "TERM", 143);
    assert_eq!(world.calls("stop").len(), 0);
}

/// A signal while the run is being stopped for another reason: whether it is still active is checked again.
#[test]
fn an_interrupted_stop_is_repeated() {
    let world = World::new(scenario().task(endless()).when(calls("stop").nth([1]), is_held()));
    let run = world.run(&["check", TASK, "--start", "--timeout", "2s"]);
    let child = run.spawn();
    world.wait_until_received("stop", 1);
    signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    // The first request was carried out, though its answer never came.
    assert_shown!("stop_that_is_done_again", lines_with(&ended.stderr, "(cancelled)"));
}

/// A rejected start is not repeated after the signal either.
#[test]
fn a_throttled_start_is_not_repeated_after_the_signal() {
    let world = World::new(
        scenario().task(endless()).when(calls("run").nth([1]), answers(429).header("Retry-After", "5")),
    );
    let mut run = world.run(&["check", TASK, "--start"]);
    run.without("CODEARTS_MAX_PAUSE");
    let child = run.spawn();
    world.wait_for("run", 1);
    sleep(A_MOMENT);
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!((world.calls("run").len(), world.sandbox.runs_started(TASK)), (1, 0));
}

/// `doctor` deletes the task that it is just creating.
#[test]
fn what_doctor_creates_is_deleted_after_the_signal() {
    let world = World::new(story(task()).when("task-create", is_held()));
    let forge = Forge::with(pull_request(12));
    let run = world.run_on_github(&forge, "pull_request", &["doctor", TASK, "--pull-request", "auto"]);
    let child = run.spawn();
    world.wait_until_received("task-create", 1);
    signal(&child, "TERM");
    sleep(A_MOMENT);
    world.release();
    let ended = run.wait(child).expect(143);
    assert_eq!(world.sandbox.created_tasks(), [""; 0], "{}", ended.stderr);
    assert_eq!(world.calls("task-delete").len(), 1, "{}", ended.stderr);
}

/// While IAM hangs, the token that is still valid stops the run.
#[test]
fn a_hanging_renewal_does_not_hold_up_the_stop() {
    let story = scenario().task(endless()).token_life("4s");
    let world = World::new(story.when(calls("token").from(2), is_held()));
    let run = world.run_with_password(&["check", TASK, "--start"]);
    let child = run.spawn();
    world.wait_until_received("token", 2);
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!(world.calls("stop").len(), 1);
}

/// Under Jenkins SIGINT, SIGHUP and SIGQUIT arrive ignored; SIGTERM must still work.
#[test]
fn inherited_ignored_signals_do_not_matter() {
    let world = World::new(endless());
    let run = world.run(&["check", TASK, "--start"]);
    let child = run.spawn_through_shell("trap '' HUP INT QUIT; exec \"$0\" \"$@\"");
    world.wait_for("progress", 3);
    signal(&child, "TERM");
    run.wait(child).expect(143);
    assert_eq!(world.calls("stop").len(), 1);
}

/// A gate started with `nohup` outlives the terminal.
#[cfg(target_os = "linux")]
#[test]
fn an_ignored_hangup_stays_ignored() {
    let story = scenario().task(task().ends_at_poll(6).pdf(pdf()));
    let world = World::new(story.when(calls("progress").nth([4]), is_held()));
    let run = world.run(&["check", TASK, "--start"]);
    let child = run.spawn_through_shell("trap '' HUP; exec \"$0\" \"$@\"");
    world.wait_until_received("progress", 4);
    signal(&child, "HUP");
    sleep(A_MOMENT);
    world.release();
    run.wait(child).expect(0);
    assert_eq!(world.calls("stop").len(), 0);
}

/// A limit on the size of files counts as a disk error, and does not kill the process.
#[test]
fn a_limit_on_file_size_does_not_kill_the_process() {
    let world = World::new(succeeded().pdf(pdf().bytes(50_000)));
    let run = world.run(&["check", TASK]);
    let child = run.spawn_through_shell("ulimit -f 8; exec \"$0\" \"$@\"");
    let ended = run.wait(child).expect(5);
    assert_shown!("file_that_is_too_large", lines_with(&ended.stderr, TASK));
    assert_eq!(ended.files(), ["result.json"]);
}
