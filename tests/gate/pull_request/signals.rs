//! A signal at each moment of a check of a pull request: it ends within five seconds, stops the run that it has started and no
//! other, and deletes the task that it has created once the result is on disk and nothing may run in it any more. The log names
//! what is left.
#![cfg(unix)]

use super::place::{PLACES, Place};
use super::{CHECK, OTHER_HEAD, PROJECT, side_by_side};
use crate::kit::forge::{self, Forge, HEAD, pull_request};
use crate::kit::scenario::{FAILED, Story, Task, calls, endless, is_held, is_late, refuses, returns, task};
use crate::kit::{Ended, TASK, World};
use crate::signals::signal;
use codearts_gate::sandbox::scenario::FailingStepScript;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// From the signal to the end.
const LIMIT: Duration = Duration::from_secs(5);
/// A merge-request task that was there before.
const FOUND: &str = "cccccccccccccccccccccccccccccccc";
/// Another full task of the target branch.
const OTHER: &str = "dddddddddddddddddddddddddddddddd";
/// The task is deleted, and the log says so.
const DELETED: &str = "deleted merge-request task {task}";
const KEPT: &str = "merge-request task {task} was not deleted: its run may still be going on";
const LACKS: &str = "merge-request task {task} was not deleted: not all of its results are on disk";
const NOT_DELETED: &str = "hint: delete it with `DELETE /v2/tasks/{task}`";

/// When the signal comes.
#[derive(Clone, Copy)]
enum When {
    /// So many requests of a kind have arrived at CodeArts.
    Received(&'static str, u32),
    /// The pull request is looked at for the n-th time.
    Look(usize),
}

use When::{Look, Received};

/// A moment, and what is to be seen after a signal.
struct Moment {
    name: &'static str,
    story: fn(Place) -> Story,
    /// A look at the pull request that is never answered.
    hangs: Option<usize>,
    /// A look at which its head has moved.
    moves: Option<usize>,
    more: &'static [&'static str],
    when: When,
    runs: usize,
    stops: usize,
    /// How many created tasks are left, and what the log says of one.
    left: usize,
    says: &'static str,
}

impl Moment {
    fn wait_for(&self, place: Place, world: &World, forge: &Forge) {
        match self.when {
            Received(call, number) => world.wait_until_received(call, number),
            Look(number) => place.wait_for_look(forge, number),
        }
    }
}

/// Of a check that is stopped in mid-wait and leaves nothing.
const USUAL: Moment = Moment {
    name: "",
    story: |place| place.story(endless()),
    hangs: None,
    moves: None,
    more: &[],
    when: Received("progress", 3),
    runs: 1,
    stops: 1,
    left: 0,
    says: DELETED,
};
/// Of one that has started nothing.
const EARLY: Moment = Moment { runs: 0, stops: 0, ..USUAL };
/// Of one whose run has failed.
const LATE: Moment = Moment { stops: 0, ..USUAL };
/// Of one whose run has succeeded: its results are not on disk yet.
const UNREAD: Moment = Moment { story: |place| place.story(ended()), left: 1, says: LACKS, ..LATE };

fn ended() -> Task {
    task().ends_at_poll(1)
}

/// A task that the parent lists, in which this runs.
fn found(place: Place, found: Task) -> Story {
    let full = endless().with(|script| script.merge_requests = [(12, FOUND.to_owned())].into());
    let own = found.with(|script| script.branch = Some("feature".to_owned()));
    place.story(full).task_named(FOUND, own)
}

/// A run that fails because the code cannot be fetched, until it is fetched in the other way.
fn fetched_otherwise(place: Place) -> Story {
    let other = match place {
        Place::GitHub => "merge_request",
        Place::GitLab => "pull",
    };
    place.story(task().takes("2s").with(|script| script.fetches_with = Some(other.to_owned())))
}

fn fails_to_compile() -> Task {
    ended().ends(FAILED).failing_step(FailingStepScript {
        name: "Compile".to_owned(),
        log: "javac: cannot find symbol".to_owned(),
        analysis: String::new(),
        faq: String::new(),
    })
}

fn moments() -> Vec<Moment> {
    let held = |moment: Moment, name, story, call, number| Moment {
        name,
        story,
        when: Received(call, number),
        ..moment
    };
    vec![
        // Before the task is created.
        Moment { name: "identified", hangs: Some(1), when: Look(1), says: "", ..EARLY },
        Moment {
            says: "",
            ..held(
                EARLY,
                "looked for",
                |p| p.story(task()).when("merge-requests", is_held()),
                "merge-requests",
                1,
            )
        },
        Moment {
            says: "",
            ..held(EARLY, "languages", |p| p.story(task()).when("rulesets", is_held()), "rulesets", 1)
        },
        Moment {
            left: 1,
            says: "a task without a run may be left in CodeArts",
            ..held(
                EARLY,
                "creation hangs",
                |p| p.story(task()).when("task-create", is_held()),
                "task-create",
                1,
            )
        },
        held(
            EARLY,
            "creation in flight",
            |p| p.story(task()).when("task-create", is_late("700ms")),
            "task-create",
            1,
        ),
        // Between its creation and its run.
        Moment { name: "head before the run", hangs: Some(2), when: Look(2), ..EARLY },
        held(
            EARLY,
            "status before the run",
            |p| p.story(task()).when(calls("progress").nth([1]), is_held()),
            "progress",
            1,
        ),
        held(
            EARLY,
            "runs before the run",
            |p| p.story(task()).when(calls("last-jobs").nth([1]), is_held()),
            "last-jobs",
            1,
        ),
        Moment {
            stops: 0,
            left: 1,
            says: KEPT,
            ..held(USUAL, "start hangs", |p| p.story(endless()).when("run", is_held()), "run", 1)
        },
        held(USUAL, "start in flight", |p| p.story(endless()).when("run", is_late("700ms")), "run", 1),
        // Queued.
        Moment {
            says: "",
            ..held(EARLY, "queued behind another run", |p| found(p, endless().before(0)), "progress", 2)
        },
        held(
            EARLY,
            "queued in a created task",
            |p| {
                let active = json!({"error_code": "CC.00050015", "error_msg": "task is running"});
                let story = p.story(task()).when(calls("run"), returns(active));
                story.when(calls("progress").nth([2]), is_held())
            },
            "progress",
            2,
        ),
        // While it runs.
        Moment { name: "mid-wait", ..USUAL },
        Moment { name: "mid-wait, found task", story: |p| found(p, endless()), says: "", ..USUAL },
        Moment {
            name: "mid-wait, runs are not stopped",
            more: &["--stop-on-cancel", "never"],
            stops: 0,
            left: 1,
            says: KEPT,
            ..USUAL
        },
        Moment {
            name: "mid-wait, tasks stay",
            more: &["--delete-task", "never"],
            left: 1,
            says: "",
            ..USUAL
        },
        Moment {
            name: "mid-wait, stop is refused",
            story: |p| p.story(endless()).when("stop", refuses(403, "APIGW.0302")),
            left: 1,
            says: KEPT,
            ..USUAL
        },
        held(
            Moment { left: 1, says: NOT_DELETED, ..USUAL },
            "start in flight, all is slow",
            // Each well within its own limit; what is left of four seconds is too short for the look before the deletion.
            |p| {
                let story = p.story(endless()).when("run", is_late("1100ms")).when("stop", is_late("1750ms"));
                let story = story.when(calls("progress").from(2), is_late("750ms"));
                story.when(calls("last-jobs").from(2), is_late("750ms")).when("task-delete", is_held())
            },
            "run",
            1,
        ),
        held(Moment { runs: 2, ..USUAL }, "second run", fetched_otherwise, "run", 2),
        Moment {
            more: &[OTHER, "--project-id", PROJECT],
            runs: 2,
            stops: 2,
            ..held(USUAL, "two tasks", |p| p.story(endless()), "run", 2)
        },
        // What the first request has stopped is not stopped again.
        Moment {
            moves: Some(3),
            more: &["--head-interval", "100ms"],
            stops: 0,
            ..held(
                USUAL,
                "stop of an outdated run",
                |p| p.story(endless()).when(calls("stop").nth([1]), is_held()),
                "stop",
                1,
            )
        },
        // After its end.
        Moment { name: "head after the run", hangs: Some(3), when: Look(3), ..UNREAD },
        held(UNREAD, "findings", |p| p.story(ended()).when("findings", is_held()), "findings", 1),
        held(UNREAD, "summary", |p| p.story(ended()).when("summary", is_held()), "summary", 1),
        Moment { name: "changed lines", hangs: Some(4), when: Look(4), ..UNREAD },
        held(
            LATE,
            "failed step",
            |p| p.story(fails_to_compile()).when("log-detail", is_held()),
            "log-detail",
            1,
        ),
        // While it is deleted.
        Moment {
            left: 1,
            says: NOT_DELETED,
            ..held(
                LATE,
                "last look before the deletion",
                |p| p.story(ended()).when(calls("progress").from(3), is_held()),
                "progress",
                3,
            )
        },
    ]
}

/// Sends the signal at its moment, and what came of it.
fn end(place: Place, moment: &Moment, (name, code): (&str, i32)) -> (World, Forge, Ended) {
    let is_deleted = moment.says == DELETED;
    let story = (moment.story)(place);
    let world = World::new(if is_deleted { story.when("task-delete", is_held()) } else { story });
    let one = pull_request(12);
    let forge = Forge::with(match moment.moves {
        Some(look) => one.moves_to(OTHER_HEAD).at_look(look),
        None => one,
    });
    if let Some(look) = moment.hangs {
        forge.state().faults = vec![place.at_look(look, &forge::Fault::stall(""))];
    }
    let run = place.job(&world, &forge, HEAD, &[&CHECK[..], moment.more].concat());
    let child = run.spawn();
    moment.wait_for(place, &world, &forge);
    let sent = Instant::now();
    signal(&child, name);
    if is_deleted {
        world.wait_until_received("task-delete", 1);
        let on_disk = std::fs::read(run.reports().join("result.json")).expect("the result comes first");
        let result: Value = serde_json::from_slice(&on_disk).expect("a whole file");
        assert_eq!(result["exit_code"], code, "{}", moment.name);
        world.release();
    }
    let ended = run.wait(child);
    assert!(sent.elapsed() < LIMIT, "{}: {:?}\n{}", moment.name, sent.elapsed(), ended.stderr);
    (world, forge, ended)
}

fn wrong(place: Place, moment: &Moment, (name, code): (&str, i32)) -> Option<String> {
    let (world, forge, ended) = end(place, moment, (name, code));
    let result = ended.result();
    let own = &result["tasks"][0];
    let names = own["task_id"].as_str().unwrap_or_default();
    let says = moment.says.replace("{task}", names);
    // What hangs is not among the calls.
    let deleted = world.sandbox.received("task-delete") > 0;
    let seen = json!({
        "code": [ended.code, result["exit_code"]], "outcome": result["outcome"],
        "runs": world.sandbox.all_runs_started(), "stops": world.calls("stop").len(),
        "left": world.sandbox.created_tasks().len(), "says": ended.stderr.contains(&says),
        "deleted": deleted, "comments": place.comments(&forge),
    });
    let is_deleted = [DELETED, NOT_DELETED].contains(&moment.says) && moment.left == 0;
    let expected = json!({
        "code": [code, code], "outcome": "cancelled",
        "runs": moment.runs, "stops": moment.stops, "left": moment.left, "says": true,
        "deleted": is_deleted, "comments": [],
    });
    (seen != expected).then(|| {
        let name = moment.name;
        format!("{name} on {place:?}:\n{seen}\nexpected\n{expected}\n{}", ended.stderr)
    })
}

/// Each moment on one forge, those at which the forge hangs on both.
#[test]
fn an_orderly_end_at_every_moment() {
    let moments = moments();
    let numbered = moments.iter().enumerate();
    let cases: Vec<(Place, &Moment, (&str, i32))> = numbered
        .flat_map(|(number, moment)| {
            let places = PLACES.into_iter().enumerate();
            let chosen = places.filter(move |(place, _)| moment.hangs.is_some() || number % 2 == *place);
            let signal = if moment.name == "mid-wait" { ("INT", 130) } else { ("TERM", 143) };
            chosen.map(move |(_, place)| (place, moment, signal))
        })
        .collect();
    side_by_side(&cases, |(place, moment, signal)| wrong(*place, moment, *signal));
}

/// Another job has found the task that this one has created, and has begun a run in it.
#[test]
fn a_run_of_another_job_in_a_created_task_is_left_alone() {
    let held = calls("last-jobs").nth([1]);
    let world = World::new(Place::GitLab.story(endless()).when(held, is_held()));
    let forge = Forge::with(pull_request(12));
    let run = Place::GitLab.job(&world, &forge, HEAD, &CHECK);
    let child = run.spawn();
    world.wait_until_received("last-jobs", 1);
    let created = world.sandbox.created_tasks().remove(0);
    assert!(world.sandbox.start_foreign_run(&created).is_some());
    world.release();
    world.wait_for("progress", 3);
    signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    assert_eq!((world.calls("stop").len(), world.calls("task-delete").len()), (0, 0), "{}", ended.stderr);
    let says = format!("merge-request task {created} was not deleted: another run has begun in it");
    assert!(ended.stderr.contains(&says), "{}", ended.stderr);
}

/// Before it is known which task is checked.
#[test]
fn a_search_for_the_full_task_ends_too() {
    let cases: [(Place, Story, Option<usize>); 3] = [
        (Place::GitHub, Place::GitHub.story(task()), Some(1)),
        (Place::GitLab, Place::GitLab.story(task()), Some(1)),
        (Place::GitLab, Place::GitLab.story(task()).when("tasks", is_held()), None),
    ];
    side_by_side(&cases, |(place, story, hangs)| {
        let world = World::new(story.clone());
        let forge = Forge::with(pull_request(12));
        forge.state().faults =
            hangs.map(|look| place.at_look(look, &forge::Fault::stall(""))).into_iter().collect();
        let arguments = ["check", "--project-id", PROJECT, "--pull-request", "auto", "--report", "none"];
        let run = place.job(&world, &forge, HEAD, &arguments);
        let child = run.spawn();
        match hangs {
            Some(look) => place.wait_for_look(&forge, *look),
            None => world.wait_until_received("tasks", 1),
        }
        let sent = Instant::now();
        signal(&child, "TERM");
        let ended = run.wait(child);
        let result = ended.result();
        let seen = json!([ended.code, result["exit_code"], result["outcome"], place.comments(&forge)]);
        let is_wrong = seen != json!([143, 143, "cancelled", []]) || sent.elapsed() >= LIMIT;
        is_wrong.then(|| format!("{place:?} {hangs:?} {:?}: {seen}\n{}", sent.elapsed(), ended.stderr))
    });
}

/// `start` leaves no file, so it stops what it has started; what may go on is named.
#[test]
fn a_cancelled_start_names_what_it_leaves() {
    let cases = [
        ("creation hangs", 0, 1, "a task without a run may be left in CodeArts"),
        ("creation in flight", 0, 0, DELETED),
        ("head before the run", 0, 0, DELETED),
        ("runs before the run", 0, 0, DELETED),
        ("start hangs", 1, 1, KEPT),
        ("start in flight", 1, 0, DELETED),
        ("start in flight, all is slow", 1, 1, NOT_DELETED),
    ];
    let moments = moments();
    side_by_side(&cases, |&(name, runs, left, says)| {
        let place = Place::GitHub;
        let moment = moments.iter().find(|moment| moment.name == name).expect("a moment");
        let world = World::new((moment.story)(place));
        let forge = Forge::with(pull_request(12));
        let hangs = moment.hangs.map(|look| place.at_look(look, &forge::Fault::stall("")));
        forge.state().faults = hangs.into_iter().collect();
        let run = place.job(&world, &forge, HEAD, &["start", TASK, "--pull-request", "auto"]);
        let child = run.spawn();
        moment.wait_for(place, &world, &forge);
        let sent = Instant::now();
        signal(&child, "TERM");
        let ended = run.wait(child);
        let created = ended.stderr.split_once("created merge-request task ").map(|(_, rest)| &rest[..32]);
        let says = says.replace("{task}", created.unwrap_or_default());
        let has_file = ended.reports.join("run.json").exists();
        let seen = json!([
            ended.code,
            has_file,
            world.sandbox.all_runs_started(),
            world.sandbox.created_tasks().len(),
            ended.stderr.contains(&says),
            sent.elapsed() < LIMIT,
        ]);
        (seen != json!([143, false, runs, left, true, true]))
            .then(|| format!("{name}: {seen}\n{}", ended.stderr))
    });
}

/// The run that `start` has begun is this pipeline's, and so is its task: both go.
#[test]
fn the_run_of_a_file_is_stopped() {
    let world = World::new(Place::GitLab.story(endless()).when("task-delete", is_held()));
    let forge = Forge::with(pull_request(12));
    let starting = Place::GitLab.job(&world, &forge, HEAD, &["start", TASK, "--pull-request", "auto"]);
    let ended = starting.finish().expect(0);
    let file = ended.reports.join("run.json");
    let file = file.to_str().expect("UTF-8");
    let run = Place::GitLab.job(&world, &forge, HEAD, &["check", "--run", file, "--report", "none"]);
    let child = run.spawn();
    world.wait_for("progress", 3);
    signal(&child, "INT");
    world.wait_until_received("task-delete", 1);
    assert!(run.reports().join("result.json").exists());
    world.release();
    let ended = run.wait(child).expect(130);
    assert_eq!((world.calls("run").len(), world.calls("stop").len()), (1, 1), "{}", ended.stderr);
    let task = ended.result()["tasks"][0]["task_id"].as_str().expect("an id").to_owned();
    assert!(ended.stderr.contains(&DELETED.replace("{task}", &task)), "{}", ended.stderr);
}
