//! What becomes of a merge-request task that was created: it goes when its results are on disk, and only then.

use super::{CHECK, side_by_side, story};
use crate::kit::World;
use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{Story, calls, is_held, refuses, returns, succeeded};
use crate::signals::signal;
use serde_json::json;

const LACKS: &str = "was not deleted: not all of its results are on disk";

/// (what happens, how the check is called) -> (exit code, what becomes of the task, and what the log says of it)
#[test]
fn a_task_goes_when_its_results_are_on_disk() {
    let ended = || succeeded().ends_at_poll(1);
    let no_list = |task| story(task).when("findings", refuses(403, "APIGW.0302"));
    let elsewhere = ended().with(|script| script.branch = Some("elsewhere".to_owned()));
    let of_another_branch = story(ended()).task_named("mr", elsewhere);
    let shows_nothing = story(ended()).when(calls("progress").from(3), refuses(400, "CC.00000001.400"));
    let not_deleted = story(ended()).when("task-delete", refuses(400, "CC.00000001.400"));
    let earlier = json!({"result": {"last_job_id": "f".repeat(32), "last_success_job_id": "f".repeat(32)}});
    let used = story(ended()).when(calls("last-jobs").nth([1]), returns(earlier));
    let cases: [(&str, Story, &[&str], i32, bool, &str); 8] = [
        ("all is there", story(ended()), &["--gate", "off"], 0, true, "deleted merge-request task"),
        (
            "a failed gate",
            no_list(ended().gate(0)),
            &["--scope", "all", "--report", "sarif"],
            4,
            false,
            LACKS,
        ),
        ("nothing decided", no_list(ended()), &["--max-issues", "0"], 77, false, LACKS),
        ("runs from before", used, &["--gate", "off"], 0, false, "has runs that this job did not start"),
        ("another branch", of_another_branch, &["--gate", "off"], 6, true, "deleted merge-request task"),
        // It is there, whatever a look shows; and a deletion that is refused is none.
        ("a look that is refused", shows_nothing, &["--gate", "off"], 0, true, "deleted merge-request task"),
        ("a deletion that is refused", not_deleted, &["--gate", "off"], 0, false, "could not delete"),
        ("kept on purpose", story(ended()), &["--gate", "off", "--delete-task", "never"], 0, false, ""),
    ];
    side_by_side(&cases, |(name, story, more, code, is_deleted, says)| {
        let world = World::new(story.clone());
        let forge = Forge::with(pull_request(12));
        let ended = world.run_on_github(&forge, "pull_request", &[&CHECK[..4], more].concat()).finish();
        let is_gone = world.sandbox.created_tasks().is_empty();
        let seen = (ended.code, is_gone, ended.stderr.contains(says));
        (seen != (*code, *is_deleted, true)).then(|| format!("{name}: {seen:?}\n{}", ended.stderr))
    });
}

/// The check has ended, and its findings are still read.
#[test]
fn a_task_stays_when_a_signal_comes_before_its_results() {
    let world = World::new(story(succeeded().ends_at_poll(1)).when("findings", is_held()));
    let forge = Forge::with(pull_request(12));
    let arguments = [&CHECK[..4], &["--report", "sarif", "--scope", "all"]].concat();
    let run = world.run_on_github(&forge, "pull_request", &arguments);
    let child = run.spawn();
    world.wait_until_received("findings", 1);
    signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    assert_eq!(world.calls("task-delete").len(), 0);
    assert!(ended.stderr.contains(LACKS), "{}", ended.stderr);
}

/// A disk that is full keeps the task, and nobody is sent to the report of the full task.
#[test]
fn a_task_stays_when_its_results_cannot_be_written() {
    let world = World::new(story(succeeded().ends_at_poll(1)));
    let forge = Forge::with(pull_request(12));
    let run = world.run_on_github(&forge, "pull_request", &[&CHECK[..], &["--gate", "off"]].concat());
    let child = run.spawn_through_shell("ulimit -f 0; exec \"$0\" \"$@\"");
    let ended = run.wait(child).expect(5);
    assert_eq!(world.calls("task-delete").len(), 0);
    assert!(ended.stderr.contains(LACKS), "{}", ended.stderr);
    assert!(!ended.stderr.contains("codearts-gate report"), "{}", ended.stderr);
}
