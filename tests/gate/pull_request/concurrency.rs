//! Two processes on one pull request: the first began before somebody pushed. Its run is stopped, the second has the verdict, and
//! the comment is the second's, whichever of them ends later.

use super::place::{PLACES, Place};
use super::{OTHER_HEAD, parent, side_by_side};
use crate::kit::forge::{Forge, HEAD, pull_request};
use crate::kit::scenario::{Story, Task, calls, is_held, refuses, returns, scenario, task};
use crate::kit::{Ended, Run, TASK, World};
use codearts_gate::sandbox::scenario::CREATED_TASK;
use serde_json::json;
use std::time::Duration;

const CHECK: [&str; 10] =
    ["check", TASK, "--pull-request", "auto", "--report", "none", "--gate", "off", "--scope", "all"];

/// The first task that is created in the sandbox.
const FIRST_CREATED: &str = "38de28feb118d922369397b586034123";

/// A service with the full task of the branch that the pull request leads to, and with merge-request tasks like this.
fn service(merge_request_task: Task) -> Story {
    scenario().task_named(TASK, parent(task())).task_named(CREATED_TASK, merge_request_task)
}

/// A job of the pull request that begins when this is its head.
fn job(world: &World, forge: &Forge, head: &str, more: &[&str]) -> Run {
    Place::GitHub.job(world, forge, head, &[&CHECK[..], more].concat())
}

fn old(world: &World, forge: &Forge) -> Run {
    job(world, forge, HEAD, &["--head-interval", "200ms"])
}

fn new(world: &World, forge: &Forge) -> Run {
    job(world, forge, OTHER_HEAD, &[])
}

#[track_caller]
fn assert_is_of_second(forge: &Forge, world: &World, first: &Ended, second: &Ended) {
    assert_outcomes(forge, first, second);
    assert_eq!(world.sandbox.created_tasks(), [""; 0], "{}\n{}", first.stderr, second.stderr);
}

#[track_caller]
fn assert_outcomes(forge: &Forge, first: &Ended, second: &Ended) {
    assert_outcomes_at(Place::GitHub, forge, first, second);
}

#[track_caller]
fn assert_outcomes_at(place: Place, forge: &Forge, first: &Ended, second: &Ended) {
    assert_eq!(first.result()["outcome"], "stale", "{}", first.stderr);
    assert_comment_of_second(place, forge, first, second);
}

#[track_caller]
fn assert_comment_of_second(place: Place, forge: &Forge, first: &Ended, second: &Ended) {
    assert_eq!(second.result()["tasks"][0]["pull_request"]["head"], OTHER_HEAD);
    let comments = place.comments(forge);
    let [comment] = &comments[..] else { panic!("{comments:?}") };
    assert!(comment.contains(&OTHER_HEAD[..12]), "{comment}\n{}", first.stderr);
    assert!(comment.contains("CodeArts Check passed"), "{comment}");
}

/// The first keeps its task at most where the second has begun a run in it.
#[track_caller]
fn assert_left_is_named(world: &World, first: &Ended) {
    let left = world.sandbox.created_tasks();
    let is_kept = |id: &String| first.stderr.contains(&format!("merge-request task {id} was not deleted"));
    assert!(left.len() <= 1 && left.iter().all(is_kept), "{left:?}\n{}", first.stderr);
}

/// The first deletes its task after the second has found it and before that starts a run in it.
#[test]
fn the_first_deletes_the_task_that_the_second_found() {
    let held = calls("merge-requests").nth([2]);
    let world = World::new(service(task().takes("3s")).when(held, is_held()));
    let forge = Forge::with(pull_request(12));
    let first = old(&world, &forge);
    let first_watched = first.spawn_watched();
    world.wait_for("run", 1);
    forge.push(12, OTHER_HEAD);
    let second = new(&world, &forge);
    let second_watched = second.spawn_watched();
    let first = first.wait_watched(first_watched).expect(6);
    world.wait_until_received("merge-requests", 2);
    world.release();
    let second = second.wait_watched(second_watched).expect(0);
    assert_is_of_second(&forge, &world, &first, &second);
    assert_eq!(world.sandbox.all_runs_started(), 2);
}

/// The second waits for the end of the first's run, which is stopped, or has begun its own when the first wants to delete the
/// task.
#[test]
fn the_second_waits_for_the_run_of_the_first() {
    side_by_side(&["300ms", "1500ms"], |head_interval| {
        let world = World::new(service(task().takes("4s")));
        let forge = Forge::with(pull_request(12));
        let first = job(&world, &forge, HEAD, &["--head-interval", head_interval]);
        let first_watched = first.spawn_watched();
        world.wait_for("run", 1);
        forge.push(12, OTHER_HEAD);
        let second = new(&world, &forge);
        let second_watched = second.spawn_watched();
        let first = first.wait_watched(first_watched).expect(6);
        let second = second.wait_watched(second_watched).expect(0);
        assert_outcomes(&forge, &first, &second);
        assert_left_is_named(&world, &first);
        // The second's first run goes with the task where the first deletes it just then.
        assert!((2..=3).contains(&world.sandbox.all_runs_started()), "{}", second.stderr);
        None
    });
}

/// The first has stopped its run, and the second has begun another one in the same task before it could be deleted.
#[test]
fn the_task_of_another_run_is_kept() {
    let held = calls("stop").nth([1]);
    let world = World::new(service(task().takes("3s")).when(held, is_held()));
    let forge = Forge::with(pull_request(12));
    let first = old(&world, &forge);
    let first_watched = first.spawn_watched();
    world.wait_for("run", 1);
    forge.push(12, OTHER_HEAD);
    world.wait_until_received("stop", 1);
    let second = new(&world, &forge);
    let second_watched = second.spawn_watched();
    world.wait_for("run", 2);
    world.release();
    let first = first.wait_watched(first_watched).expect(6);
    let second = second.wait_watched(second_watched).expect(0);
    assert_outcomes(&forge, &first, &second);
    let [left] = &world.sandbox.created_tasks()[..] else { panic!("{}", first.stderr) };
    assert!(first.stderr.contains(&format!("merge-request task {left} was not deleted")), "{}", first.stderr);
}

/// About a second apart, as jobs are that follow one another.
#[test]
fn the_second_comes_a_moment_later() {
    let cases =
        [(Place::GitHub, true), (Place::GitHub, false), (Place::GitLab, true), (Place::GitLab, false)];
    side_by_side(&cases, |&(place, lists_created_tasks)| {
        let story = place.story(task().takes("3s"));
        let world = World::new(story.with(|settings| settings.lists_created_tasks = lists_created_tasks));
        let forge = Forge::with(pull_request(12));
        let first = place.job(&world, &forge, HEAD, &[&CHECK[..], &["--head-interval", "200ms"]].concat());
        let first_watched = first.spawn_watched();
        std::thread::sleep(Duration::from_secs(1));
        forge.push(12, OTHER_HEAD);
        let second = place.job(&world, &forge, OTHER_HEAD, &CHECK);
        let second_watched = second.spawn_watched();
        let first = first.wait_watched(first_watched).expect(6);
        let second = second.wait_watched(second_watched).expect(0);
        assert_outcomes_at(place, &forge, &first, &second);
        assert_left_is_named(&world, &first);
        None
    });
}

/// The first learns that it is outdated only when the second has written its comment.
#[test]
fn the_first_ends_last() {
    side_by_side(&PLACES, |&place| {
        let held = calls("summary").nth([1]);
        let story = place.story(task().ends_at_poll(2)).when(held, is_held());
        let world = World::new(story.with(|settings| settings.lists_created_tasks = false));
        let forge = Forge::with(pull_request(12));
        let first = place.job(&world, &forge, HEAD, &[&CHECK[..], &["--head-interval", "1ms"]].concat());
        let first_watched = first.spawn_watched();
        world.wait_until_received("summary", 1);
        forge.push(12, OTHER_HEAD);
        let second = place.job(&world, &forge, OTHER_HEAD, &CHECK).finish().expect(0);
        world.release();
        let first = first.wait_watched(first_watched).expect(6);
        assert_outcomes_at(place, &forge, &first, &second);
        assert_eq!(world.sandbox.created_tasks(), [""; 0], "{}", first.stderr);
        None
    });
}

/// The first runs out of time, which says nothing about the newer commit.
#[test]
fn the_first_times_out_last() {
    let of_first = calls("progress").from(2).of(FIRST_CREATED);
    let story = service(task().ends_at_poll(2)).when(of_first, returns(json!({"task_status": 0})));
    let world = World::new(story.with(|settings| settings.lists_created_tasks = false));
    let forge = Forge::with(pull_request(12));
    let first = job(&world, &forge, HEAD, &["--timeout", "3s"]);
    let first_watched = first.spawn_watched();
    world.wait_for("run", 1);
    forge.push(12, OTHER_HEAD);
    let second = new(&world, &forge).finish().expect(0);
    let first = first.wait_watched(first_watched).expect(2);
    assert_comment_of_second(Place::GitHub, &forge, &first, &second);
    assert_eq!(first.result()["tasks"][0]["pull_request"]["head_at_end"], OTHER_HEAD);
}

/// A job that begins after the push knows from its event that it is outdated.
#[test]
fn the_first_begins_last() {
    let world = World::new(service(task().ends_at_poll(2)));
    let forge = Forge::with(pull_request(12).head(OTHER_HEAD));
    let second = new(&world, &forge).finish().expect(0);
    let first = old(&world, &forge).finish().expect(6);
    assert_is_of_second(&forge, &world, &first, &second);
    assert_eq!(world.sandbox.all_runs_started(), 1);
}

/// The first deletes the task just when the second has begun its run in it, which is gone with the task.
#[test]
fn a_task_that_is_deleted_below_a_run_is_replaced() {
    let found = "c".repeat(32);
    let full = parent(task()).with(|script| script.merge_requests = [(12, found.clone())].into());
    let is_gone = calls("progress").from(2).of(&found);
    let story = scenario().task_named(TASK, full).task_named(&found, task()).task_named(CREATED_TASK, task());
    let world = World::new(story.when(is_gone, refuses(400, "CC.00000001.400")));
    let forge = Forge::with(pull_request(12).head(OTHER_HEAD));
    let ended = new(&world, &forge).finish().expect(0);
    let [created] = &world.calls("task-delete")[..] else { panic!("{}", ended.stderr) };
    assert_ne!(created.task.as_ref(), Some(&found), "one that was found is never deleted");
    assert_eq!(ended.result()["tasks"][0]["task_id"].as_str(), created.task.as_deref());
    assert_eq!(world.sandbox.all_runs_started(), 2);
}
