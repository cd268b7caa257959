//! Which run a status belongs to: runs that replace each other, with answers scripted one by one.

use crate::kit::scenario::{Calls, answers, calls, refuses, resets, returns, scenario, succeeded};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Fault;
use serde_json::{Value, json};

/// Some calls and their faults.
type Step = (Calls, Fault);

/// One answer for the calls with these numbers.
fn on(call: &str, numbers: &[u32], body: &Value) -> Step {
    (calls(call).nth(numbers), returns(body.clone()).into())
}

/// All calls from this number on.
fn from(call: &str, number: u32, body: &Value) -> Step {
    (calls(call).from(number), returns(body.clone()).into())
}

fn status(status: i64) -> Value {
    json!({"task_status": status, "progress": {"ratio": null}})
}

fn checking(percent: u32) -> Value {
    json!({"task_status": 0, "progress": {"ratio": format!("{percent}%")}})
}

fn runs(last: &str, last_successful: &str) -> Value {
    json!({"result": {"last_job_id": last, "last_success_job_id": last_successful}})
}

/// The list of runs is unavailable.
fn down(calls: Calls) -> Step {
    (calls, answers(503).into())
}

fn world(steps: Vec<Step>) -> World {
    let story = scenario().task(succeeded());
    World::new(steps.into_iter().fold(story, |story, (calls, fault)| story.when(calls, fault)))
}

/// Runs `check` against these answers; the exit code, the reason, and what was stopped.
fn check(options: &[&str], steps: Vec<Step>) -> (i32, String, usize) {
    let world = world(steps);
    let arguments = [&["check", TASK, "--report", "none", "--timeout", "6s"][..], options].concat();
    let ended = world.run(&arguments).finish();
    let reason = ended.result()["tasks"][0]["reason"].as_str().unwrap_or_default().to_owned();
    (ended.code, reason, world.calls("stop").len())
}

const OWN: &str = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f";

fn started() -> Step {
    from("run", 1, &json!({"exec_id": OWN}))
}

/// A replica that lags shows the success of the earlier run once more, while the list does not name the started run as
/// successful.
#[test]
fn one_stale_success_is_not_a_pass() {
    let started_run = vec![
        started(),
        on("last-jobs", &[1], &runs("old", "old")),
        from("last-jobs", 2, &runs(OWN, "old")),
        on("progress", &[1], &status(2)),
        on("progress", &[2], &checking(40)),
        on("progress", &[3], &status(2)),
        from("progress", 4, &status(1)),
    ];
    assert_eq!(check(&["--start"], started_run).0, 1);
    let attached = vec![
        from("last-jobs", 1, &runs("seen", "old")),
        on("progress", &[1], &checking(40)),
        on("progress", &[2], &status(2)),
        from("progress", 3, &status(1)),
    ];
    assert_eq!(check(&[], attached).0, 1);
}

/// A success that persists is believed although the list does not confirm it; that takes longer than one poll.
#[test]
fn a_success_that_persists_is_a_pass() {
    let faults = vec![
        started(),
        on("last-jobs", &[1], &runs("old", "old")),
        from("last-jobs", 2, &runs(OWN, "old")),
        on("progress", &[1], &status(2)),
        on("progress", &[2], &checking(40)),
        from("progress", 3, &status(2)),
    ];
    assert_eq!(check(&["--start"], faults).0, 0);
}

/// The list is missing, and another run succeeds.
#[test]
fn without_a_list_the_next_run_does_not_count() {
    let faults = vec![
        started(),
        (calls("last-jobs"), refuses(404, "APIGW.0101").into()),
        on("progress", &[1], &status(1)),
        on("progress", &[2], &checking(80)),
        on("progress", &[3], &checking(5)),
        on("progress", &[4], &checking(60)),
        from("progress", 5, &status(2)),
    ];
    let (code, reason, stops) = check(&["--start"], faults);
    assert_eq!((code, stops), (2, 0), "{reason}");
    assert_shown!("the_next_run_without_a_list", reason);
}

/// The list was available before the start and is unavailable for a while: a success waits for it.
#[test]
fn an_unavailable_list_hides_no_other_run() {
    let faults = vec![
        started(),
        on("last-jobs", &[1], &runs("old", "old")),
        down(calls("last-jobs").nth((2..40).collect::<Vec<_>>())),
        from("last-jobs", 40, &runs("next", "next")),
        on("progress", &[1], &status(2)),
        on("progress", &[2, 3], &checking(80)),
        from("progress", 4, &status(2)),
    ];
    let (code, reason, stops) = check(&["--start"], faults);
    assert_eq!((code, stops), (2, 0), "{reason}");
    assert!(reason.contains(OWN) && reason.contains("next"), "{reason}");
    // It never comes back.
    let faults = vec![
        started(),
        on("last-jobs", &[1], &runs("old", "old")),
        down(calls("last-jobs").from(2)),
        on("progress", &[1], &status(2)),
        on("progress", &[2, 3], &checking(80)),
        from("progress", 4, &status(2)),
    ];
    assert_eq!(check(&["--start"], faults).0, 2);
}

/// The start never arrived, and a lagging list names the previous run only now.
#[test]
fn an_old_success_is_not_the_run_of_a_lost_start() {
    let faults = vec![
        (calls("run"), resets()),
        on("last-jobs", &[1], &runs("older", "older")),
        from("last-jobs", 2, &runs("old", "old")),
        from("progress", 1, &status(2)),
    ];
    let (code, reason, _) = check(&["--start"], faults);
    assert_eq!(code, 2, "{reason}");
    assert_shown!("a_lost_start_and_an_old_success", reason);
}

/// Another run appears after a lost start: it is waited for, never stopped, and `result.json` shows it.
#[test]
fn the_possible_run_of_a_lost_start_is_never_stopped() {
    let world = world(vec![
        (calls("run"), resets()),
        on("last-jobs", &[1], &runs("old", "old")),
        from("last-jobs", 2, &runs("foreign", "old")),
        on("progress", &[1], &status(2)),
        from("progress", 2, &checking(30)),
    ]);
    let ended = world.run(&["check", TASK, "--start", "--timeout", "2s"]).finish().expect(2);
    assert_eq!(world.calls("stop").len(), 0, "{}", ended.stderr);
    assert_eq!(ended.result()["tasks"][0]["started_by"], "unknown");
    assert_shown!("what_a_lost_start_perhaps_began", lines_with(&ended.stderr, "may have been started"));
}

/// A null status, which also appears in transitions, does not prove that the service obeys run ids.
#[test]
fn null_does_not_prove_that_run_ids_are_obeyed() {
    let null = json!({"task_status": null});
    let faults = vec![
        started(),
        on("last-jobs", &[1], &runs("old", "old")),
        from("last-jobs", 2, &runs(OWN, "old")),
        on("progress", &[1, 2, 4, 6], &status(2)),
        on("progress", &[3, 5], &null),
        from("progress", 7, &status(1)),
    ];
    let (code, reason, _) = check(&["--start"], faults);
    assert_eq!(code, 1, "{reason}");
}

/// Attached: the run that was seen and printed fails between two polls, and the next run succeeds.
#[test]
fn the_run_that_was_attached_to_is_not_replaced() {
    let world = world(vec![
        on("last-jobs", &[1], &runs("seen", "old")),
        from("last-jobs", 2, &runs("next", "next")),
        on("progress", &[1, 2], &checking(40)),
        from("progress", 3, &status(2)),
    ]);
    let ended = world.run(&["check", TASK, "--report", "none", "--timeout", "6s"]).finish().expect(2);
    let task = &ended.result()["tasks"][0];
    assert_eq!((task["run_id"].as_str(), task["started_by"].as_str()), (Some("seen"), Some("another")));
    let mut table = Table::default();
    table.add("the reason", task["reason"].as_str().unwrap_or_default());
    table.add("the log", &lines_with(&ended.stderr, "run seen"));
    assert_shown!("the_run_that_was_attached_to", table.text());
    assert!(!ended.stderr.contains(": run next"), "{}", ended.stderr);
}

/// A start that returns the id of the previous run has not started a known run.
#[test]
fn a_start_that_names_the_previous_run_is_not_a_pass() {
    let faults = vec![
        from("run", 1, &json!({"exec_id": "old"})),
        from("last-jobs", 1, &runs("old", "old")),
        from("progress", 1, &status(2)),
    ];
    let (code, reason, stops) = check(&["--start"], faults);
    assert_eq!((code, stops), (2, 0), "{reason}");
}

/// The status from before the start was behind, which the list of runs showed: what it becomes next may be the earlier run's. The
/// list never names the started run.
#[test]
fn a_status_that_the_list_belied_does_not_change_into_a_success() {
    const OLD: &str = "11111111111111111111111111111111";
    for (behind, shown, last_successful, expected) in [(3, 2, OLD, 2), (2, 3, "", 2)] {
        let steps = vec![
            on("progress", &[1, 2], &status(behind)),
            from("progress", 3, &status(shown)),
            from("last-jobs", 1, &runs(OLD, last_successful)),
            started(),
        ];
        let (code, reason, _) = check(&["--start"], steps);
        assert_eq!(code, expected, "{behind} {shown}: {reason}");
    }
}
