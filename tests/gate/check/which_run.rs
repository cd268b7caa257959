//! Which run a status belongs to: stale results, lost starts, runs of others.

use crate::kit::scenario::{
    CHECKING, FAILED, STOPPED, SUCCEEDED, answers, calls, endless, is_late, loses_the_answer, refuses,
    resets, returns, scenario, succeeded, task,
};
use crate::kit::{TASK, World};
use crate::snapshot::{assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Fault;
use serde_json::json;

/// A start without a report; these tests end long before the timeout.
const START: [&str; 7] = ["check", TASK, "--start", "--report", "none", "--timeout", "1m"];

/// The result of the previous run does not count, however long it is shown, with and without the calls that identify
/// runs.
#[test]
fn a_stale_success_does_not_count() {
    for (has_last_jobs, knows_job_id) in [(true, true), (true, false), (false, true), (false, false)] {
        for (before, after, code) in [
            (SUCCEEDED, FAILED, 1),
            (FAILED, SUCCEEDED, 0),
            (SUCCEEDED, SUCCEEDED, 0),
            (SUCCEEDED, STOPPED, 3),
        ] {
            let stale = task().before(before).stale_polls(8).ends_at_poll(16).ends(after);
            let world = World::new(scenario().task(stale).with(|settings| {
                settings.has_last_jobs = has_last_jobs;
                settings.knows_job_id = knows_job_id;
            }));
            let ended = world.run(&START).finish();
            assert_eq!(
                ended.code, code,
                "{before} then {after}, last-jobs {has_last_jobs}, job_id {knows_job_id}:\n{}",
                ended.stderr
            );
            assert_eq!(world.calls("run").len(), 1);
        }
    }
}

/// A stale success that never goes away ends as timed out, not as a pass.
#[test]
fn a_success_that_stays_stale_is_never_a_pass() {
    let stale = succeeded().stale_for_ever().ends_at_poll(1);
    let world = World::new(scenario().task(stale).without_list_of_runs().ignoring_run_ids());
    let ended =
        world.run(&["check", TASK, "--start", "--report", "none", "--timeout", "2s"]).finish().expect(2);
    assert_shown!("a_stale_success", ended.result()["tasks"][0]["reason"].as_str().expect("a reason"));
}

/// Another run is active, and the service still shows the success of the previous one: neither attaching nor a rejected
/// start may take that for the result.
#[test]
fn a_stale_success_of_another_run_is_not_a_pass() {
    for arguments in [
        &["check", TASK][..],
        &["check", TASK, "--start"],
        &["check", TASK, "--start", "--if-running", "queue"],
    ] {
        let world = World::new(succeeded().stale_polls(8).ends_at_poll(16).ends(FAILED));
        assert!(world.sandbox.start_foreign_run(TASK).is_some());
        let mut run = world.run(arguments);
        let ended = run.env("CODEARTS_REPORT", "none").env("CODEARTS_TIMEOUT", "1m").finish();
        assert_eq!(ended.code, 1, "{arguments:?}:\n{}", ended.stderr);
        assert_eq!(world.calls("stop").len(), 0);
        // A rejected start is not sent again and again.
        assert!(world.calls("run").len() < 20, "{}", world.calls("run").len());
    }
}

/// The answer to the start is lost, runs are not listed, and the old success is still shown.
#[test]
fn a_lost_start_and_a_stale_success_are_not_a_pass() {
    let stale = succeeded().stale_polls(8).ends_at_poll(16).ends(FAILED);
    let service = scenario().task(stale).without_list_of_runs().ignoring_run_ids();
    let world = World::new(service.when(calls("run").nth([1]), loses_the_answer()));
    let ended = world.run(&START).finish().expect(1);
    assert_eq!(world.sandbox.runs_started(TASK), 1, "{}", ended.stderr);
}

/// A status that is null for a moment does not prove that the old success is new.
#[test]
fn a_passing_null_does_not_make_an_old_success_new() {
    for has_last_jobs in [true, false] {
        let service = scenario().task(succeeded().ends_at_poll(4).ends(FAILED));
        let world = World::new(
            service
                .with(|settings| settings.has_last_jobs = has_last_jobs)
                .when(calls("progress").nth([1]), returns(json!({"task_status": null})))
                .when(calls("run").nth([1]), resets()),
        );
        let ended = world.run(&START).finish().expect(1);
        assert_eq!(world.sandbox.runs_started(TASK), 1, "{}", ended.stderr);
    }
}

/// Another run starts right after the end of the started one: the verdict is that of the started run.
#[test]
fn a_newer_run_does_not_hide_the_verdict() {
    let world = World::new(task().takes("2s").ends(FAILED));
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "1m", "--poll-interval", "1s"]);
    let child = run.without("CODEARTS_MAX_PAUSE").spawn();
    world.wait_for("run", 1);
    world.start_foreign_run_when_idle(TASK);
    run.wait(child).expect(1);
    assert_eq!(world.sandbox.runs_started(TASK), 2);
}

/// A run that was started later by others is not stopped.
#[test]
fn a_newer_run_is_not_stopped() {
    let newer = json!({"result": {"last_job_id": "newer", "last_success_job_id": null}});
    let world = World::new(scenario().task(endless()).when(calls("last-jobs").from(2), returns(newer)));
    let ended = world.run(&["check", TASK, "--start", "--timeout", "2s"]).finish().expect(2);
    assert_eq!(world.calls("stop").len(), 0);
    assert_shown!("a_newer_run_is_not_stopped", lines_with(&ended.stderr, "another"));
}

/// A list of runs that was rejected once proves nothing later: without earlier ids, no id is new.
#[test]
fn a_list_that_was_missing_once_makes_no_old_run_new() {
    let refusals = [refuses(404, "APIGW.0101"), refuses(200, "CC.00050010"), answers(503)];
    for refusal in refusals.map(Fault::from) {
        let service = scenario().task(succeeded().ends_at_poll(4).ends(FAILED));
        let world = World::new(
            service.when(calls("last-jobs").nth([1]), refusal.clone()).when(calls("run").nth([1]), resets()),
        );
        let ended = world.run(&START).finish();
        assert_eq!((ended.code, world.sandbox.runs_started(TASK)), (1, 1), "{refusal:?}: {}", ended.stderr);
    }
}

/// The status changes from the old success to running between two requests: that proves nothing about `job_id`.
#[test]
fn a_status_that_flips_between_questions_proves_nothing() {
    let flips = scenario().task(succeeded().stale_polls(1).ends_at_poll(8).ends(FAILED)).ignoring_run_ids();
    let world = World::new(flips.when(calls("last-jobs").nth([2]), is_late("3s")));
    world.run(&START).finish().expect(1);
}

/// A list that lags, is empty or is broken neither makes a verdict nor hides one.
#[test]
fn an_unhelpful_list_of_runs_changes_no_verdict() {
    let older = || returns(json!({"result": {"last_job_id": "older", "last_success_job_id": "older"}}));
    let empty = || returns(json!({"result": null}));
    let none = || returns(json!({}));
    let broken = || answers(503);
    // (list, status before, whether a run is started)
    let cases = [
        (older(), Some(CHECKING), true),
        (empty(), Some(SUCCEEDED), true),
        (none(), None, true),
        (broken(), Some(SUCCEEDED), true),
        (older(), Some(CHECKING), false),
        (empty(), Some(FAILED), false),
        (broken(), Some(FAILED), false),
    ];
    for (list, before, is_started) in cases {
        let service = scenario().task(task().before(before).ends_at_poll(8).ends(FAILED));
        let world = World::new(service.when("last-jobs", list.clone()));
        let start: &[&str] = if is_started { &["--start"] } else { &[] };
        let ended = world.run(&[&["check", TASK, "--timeout", "1m"], start].concat()).finish();
        assert_eq!(ended.code, 1, "{list:?} {before:?} {start:?}: {}", ended.stderr);
    }
    // The list names the previous run as the latest, so the started one is stopped at the timeout.
    let world = World::new(scenario().task(endless().before(SUCCEEDED)).when("last-jobs", older()));
    world.run(&["check", TASK, "--start", "--timeout", "2s"]).finish().expect(2);
    assert_eq!(world.calls("stop").len(), 1);
}

/// Attached, the list fails at first while the old success is shown.
#[test]
fn an_attached_success_waits_for_the_list() {
    let stale = scenario().task(succeeded().stale_polls(8).ends_at_poll(16).ends(FAILED));
    let world = World::new(stale.when(calls("last-jobs").nth([1, 2, 3]), resets()));
    assert!(world.sandbox.start_foreign_run(TASK).is_some());
    world.run(&["check", TASK, "--timeout", "1m"]).finish().expect(1);
}

/// Another run starts between two polls, on a server that does not know `job_id`.
#[test]
fn a_success_is_found_behind_the_next_run() {
    let world = World::new(scenario().task(task().takes("2s")).ignoring_run_ids());
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "1m", "--report", "none"]);
    let child = run.without("CODEARTS_MAX_PAUSE").spawn();
    world.wait_for("run", 1);
    world.start_foreign_run_when_idle(TASK);
    run.wait(child).expect(0);
}
