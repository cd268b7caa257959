//! `start` and `check --run`: a run is started in one process and waited for in another.

use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{
    FAILED, SUCCEEDED, Story, Task, calls, endless, is_held, refuses, scenario, task,
};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};
use std::path::Path;

const START: [&str; 2] = ["start", TASK];
const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";

/// Starts a run. Returns where the file of it is, as long as the run is kept.
#[track_caller]
fn start(run: Run) -> (Run, String) {
    run.finish().expect(0);
    let file = run.reports().join("run.json").to_str().expect("UTF-8").to_owned();
    (run, file)
}

fn read(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("the file")).expect("JSON")
}

/// The full task of the branch that pull request 12 leads to.
fn parent(task: Task) -> Story {
    scenario().task(task.with(|script| {
        script.repository = "https://github.com/acme/widget.git".to_owned();
        script.branch = Some("main".to_owned());
        script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
    }))
}

#[test]
fn a_run_is_started_once_and_waited_for_elsewhere() {
    for (status, code) in [(SUCCEEDED, 0), (FAILED, 1)] {
        let world =
            World::new(scenario().task(task().before(SUCCEEDED).stale_polls(3).ends_at_poll(6).ends(status)));
        let (_kept, file) = start(world.run(&START));
        assert_eq!(world.calls("run").len(), 1);
        assert_eq!(world.calls("stop").len(), 0);
        let written = read(&file);
        let run = written["tasks"][0]["run_id"].as_str().expect("an id").to_owned();
        assert_eq!(written["tasks"][0]["task_id"], TASK);
        let ended = world.run(&["check", "--run", &file, "--report", "none"]).finish().expect(code);
        assert_eq!(ended.result()["tasks"][0]["run_id"], run.as_str());
        assert_eq!(ended.result()["tasks"][0]["started_by"], "this-job");
        // The same run by its id. Nothing is known from before it, so a failure takes half a minute to be certain.
        if status == SUCCEEDED {
            let ended = world.run(&["check", TASK, "--run", &run, "--report", "none"]).finish().expect(code);
            assert_eq!(ended.result()["tasks"][0]["started_by"], "another");
        }
        assert_eq!(world.calls("run").len(), 1);
    }
}

#[test]
fn several_runs_stand_in_one_file() {
    let world = World::new(scenario().task(task().ends_at_poll(2)));
    let ids = ["a".repeat(32), "b".repeat(32)];
    let (_kept, file) = start(world.run(&["start", &ids[0], &ids[1]]));
    let ended = world.run(&["check", "--run", &file, "--report", "none"]).finish().expect(0);
    let tasks = ended.result()["tasks"].as_array().expect("tasks").clone();
    assert_eq!(
        tasks.iter().map(|task| &task["task_id"]).collect::<Vec<_>>(),
        [&json!(ids[0]), &json!(ids[1])]
    );
    assert_eq!(world.calls("run").len(), 2);
}

/// Steps of GitHub Actions get the ids.
#[test]
fn later_steps_get_the_ids() {
    let world = World::new(parent(task().ends_at_poll(2)));
    let forge = Forge::with(pull_request(12));
    let ended = world.run_on_github(&forge, "pull_request", &START).finish().expect(0);
    let outputs = ended.outputs();
    assert_eq!(outputs["task-id"], TASK);
    assert_eq!(outputs["run-id"].len(), 32, "{outputs:?}");
    assert_shown!("a_start", ended.stderr.as_str());
}

#[test]
fn the_code_of_a_pull_request_is_checked_in_two_steps() {
    let world = World::new(parent(task().ends_at_poll(3)));
    let forge = Forge::with(pull_request(12));
    let arguments = ["start", TASK, "--pull-request", "auto"];
    let (_kept, file) = start(world.run_on_github(&forge, "pull_request", &arguments));
    let created = world.sandbox.created_tasks();
    assert_eq!(created.len(), 1);
    let merge_request = &read(&file)["tasks"][0]["merge_request"];
    assert_eq!(merge_request["task_id"], created[0].as_str());
    assert_eq!(merge_request["parent_name"], "sandbox", "by which the result is shown");
    let arguments = ["check", "--run", &file, "--report", "none", "--gate", "off"];
    let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(0);
    let result = &ended.result()["tasks"][0];
    assert_eq!(
        (&result["task_id"], &result["pull_request"]["parent_task_id"]),
        (&json!(created[0]), &json!(TASK))
    );
    assert_eq!(result["pull_request"]["number"], 12);
    assert_eq!(world.calls("run").len(), 1);
    assert_eq!(world.sandbox.created_tasks(), [""; 0], "deleted by whoever waited");
}

/// The pull request moved on between the two steps: the run is stopped, and nothing passes.
#[test]
fn a_run_of_an_outdated_commit_is_stopped() {
    let world = World::new(parent(endless()));
    let forge = Forge::with(pull_request(12));
    let arguments = ["start", TASK, "--pull-request", "auto"];
    let (_kept, file) = start(world.run_on_github(&forge, "pull_request", &arguments));
    forge.push(12, OTHER_HEAD);
    let arguments = ["check", "--run", &file, "--report", "none"];
    let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(6);
    assert_eq!(ended.result()["outcome"], "stale");
    assert_eq!(world.calls("stop").len(), 1);
    assert_shown!("an_outdated_run", lines_with(&ended.stderr, "error"));
}

/// The same if it leads to another branch now, whose rules are others.
#[test]
fn a_run_for_another_target_is_stopped() {
    let world = World::new(parent(endless()));
    let forge = Forge::with(pull_request(12).retargeted_at_look("release", 3));
    let arguments = ["start", TASK, "--pull-request", "auto"];
    let (_kept, file) = start(world.run_on_github(&forge, "pull_request", &arguments));
    let arguments = ["check", "--run", &file, "--report", "none"];
    world.run_on_github(&forge, "pull_request", &arguments).finish().expect(6);
    assert_eq!(world.calls("stop").len(), 1);
    assert_eq!(world.sandbox.created_tasks(), [""; 0]);
}

/// The file belongs to the pull request of its job: one of another would put its result there.
#[test]
fn a_file_of_another_pull_request_is_refused() {
    let world = World::new(parent(endless()));
    let forge = Forge::with(pull_request(12));
    forge.state().pull_requests.push(pull_request(7).branches("fix", "main"));
    let on_github = |event: &str, arguments: &[&str]| world.run_on_github(&forge, event, arguments);
    let (of_7, seven) = start(on_github("pull_request", &["start", TASK, "--pull-request", "7"]));
    let (_kept, twelve) = start(on_github("pull_request", &["start", TASK, "--pull-request", "12"]));
    let (_kept, none) = start(world.run(&["start", &"c".repeat(32)]));
    let elsewhere = of_7.directory().join("elsewhere.json");
    let text = std::fs::read_to_string(&twelve).expect("the file").replace("acme/widget", "acme/other");
    std::fs::write(&elsewhere, text).expect("written");
    let elsewhere = elsewhere.to_str().expect("UTF-8");
    let before = forge.requests("").len();
    let cases: [(&str, &str, &str, &[&str]); 5] = [
        ("another number", "pull_request", &seven, &[]),
        ("another repository", "pull_request", elsewhere, &[]),
        ("another number was typed", "schedule", &seven, &["--pull-request", "8"]),
        ("none in the file", "pull_request", &none, &["--pull-request", "auto"]),
        ("none in the file, in a job about none", "schedule", &none, &["--pull-request", "12"]),
    ];
    let mut table = Table::default();
    for (name, event, file, more) in cases {
        let arguments = [&["check", "--run", file, "--report", "none"], more].concat();
        let mut run = on_github("pull_request", &arguments);
        run.env("GITHUB_EVENT_NAME", event);
        if event == "schedule" {
            run.env("GITHUB_EVENT_PATH", "/nonexistent");
        }
        let ended = run.finish().expect(64);
        table.add(name, &lines_with(&ended.stderr, "error").replace(file, "FILE"));
    }
    assert_shown!("a_file_of_another_pull_request", table.text());
    assert_eq!(forge.requests("").len(), before, "nothing was written");
    assert_eq!(world.sandbox.created_tasks().len(), 2, "nor deleted");
}

/// A fixed `--ref` of the start stays fixed.
#[test]
fn a_fixed_ref_is_passed_on() {
    for (more, runs) in [(&["--ref", "pull"][..], 1), (&[], 2)] {
        let fails = task().ends_at_poll(1).with(|script| script.fetches_with = Some("nothing".to_owned()));
        let world = World::new(parent(fails));
        let forge = Forge::with(pull_request(12));
        let arguments = [&["start", TASK, "--pull-request", "auto"], more].concat();
        let (_kept, file) = start(world.run_on_github(&forge, "pull_request", &arguments));
        let arguments = ["check", "--run", &file, "--report", "none"];
        world.run_on_github(&forge, "pull_request", &arguments).finish().expect(1);
        assert_eq!(world.calls("run").len(), runs, "{more:?}");
    }
}

/// A file that somebody else has written could name any task, the full one of another branch among them.
#[test]
fn a_task_that_only_a_file_calls_created_is_not_deleted() {
    let victim = "e".repeat(32);
    let choices = [("auto", true), ("auto", false), ("always", true), ("always", false)];
    let cases = choices.into_iter().flat_map(|choice| [(choice, false), (choice, true)]);
    for ((choice, names_run), names_branch) in cases {
        let full = parent(task().ends_at_poll(1));
        let other = task().ends_at_poll(1).with(|script| script.branch = Some("release".to_owned()));
        let world = World::new(full.task_named(&victim, other));
        let forge = Forge::with(pull_request(12));
        let arguments = ["start", TASK, "--pull-request", "auto"];
        let (_kept, file) = start(world.run_on_github(&forge, "pull_request", &arguments));
        let (_victim, of_victim) = start(world.run(&["start", &victim]));
        let mut forged = read(&file);
        forged["tasks"][0]["merge_request"]["task_id"] = json!(victim);
        forged["tasks"][0]["run_id"] =
            if names_run { read(&of_victim)["tasks"][0]["run_id"].clone() } else { Value::Null };
        if names_branch {
            forged["pull_request"]["source_branch"] = json!("release");
        }
        std::fs::write(&file, forged.to_string()).expect("written");
        let arguments = ["check", "--run", &file, "--report", "none", "--delete-task", choice];
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish();
        assert_ne!(ended.code, 0, "{choice} {names_run}");
        assert_eq!(world.calls("task-delete").len(), 0, "{choice} {names_run}\n{}", ended.stderr);
        let why = format!("merge-request task {victim} was not deleted: ");
        assert!(ended.stderr.contains(&why), "{choice} {names_run}\n{}", ended.stderr);
        assert!(!ended.stderr.contains("delete it"), "{}", ended.stderr);
    }
}

#[test]
fn a_run_that_another_followed_is_outdated() {
    let world = World::new(scenario().task(task().ends_at_poll(1)));
    let (_kept, file) = start(world.run(&START));
    world.run(&["check", TASK, "--report", "none"]).finish().expect(0);
    world.run(&["check", TASK, "--start", "--report", "none"]).finish().expect(0);
    let ended = world.run(&["check", "--run", &file, "--report", "none"]).finish();
    // Where the service still shows how the first ended, that is its result.
    assert!([0, 6].contains(&ended.code), "{}", ended.stderr);
    let unordered = World::new(scenario().task(task().ends_at_poll(1)).ignoring_run_ids());
    let (_kept, file) = start(unordered.run(&START));
    unordered.run(&["check", TASK, "--report", "none"]).finish().expect(0);
    unordered.run(&["check", TASK, "--start", "--report", "none"]).finish().expect(0);
    let ended = unordered.run(&["check", "--run", &file, "--report", "none"]).finish().expect(6);
    assert_eq!(ended.result()["outcome"], "stale");
}

#[test]
fn a_run_whose_task_is_gone_is_outdated() {
    let world = World::new(scenario().task_named(TASK, task()));
    let (_kept, file) = start(world.run(&START));
    let gone = std::fs::read_to_string(&file).expect("the file").replace(TASK, &"f".repeat(32));
    std::fs::write(&file, gone).expect("written");
    let world = World::new(scenario().without_tasks_and_jobs());
    let ended = world.run(&["check", "--run", &file, "--report", "none"]).finish().expect(6);
    assert_shown!("a_run_that_is_gone", lines_with(&ended.stderr, "error"));
}

#[test]
fn mistakes_about_runs_are_refused() {
    let world = World::new(scenario().task(task().ends_at_poll(1)));
    let (starting, file) = start(world.run(&START));
    let requests = world.calls("progress").len();
    let broken = starting.directory().join("broken.json");
    std::fs::write(&broken, "{\"schema\": 1}").expect("written");
    let broken = broken.to_str().expect("UTF-8");
    let hostile = starting.directory().join("hostile.json");
    let text = std::fs::read_to_string(&file).expect("the file").replace(TASK, "../../x");
    std::fs::write(&hostile, text).expect("written");
    let hostile = hostile.to_str().expect("UTF-8");
    let other = "c".repeat(32);
    let cases: [(&str, &[&str]); 8] = [
        ("a file that is missing", &["check", "--run", "./none.json"]),
        ("another file", &["check", "--run", broken]),
        ("ids that are paths", &["check", "--run", hostile]),
        ("another task", &["check", &other, "--run", &file]),
        ("a start", &["check", "--run", &file, "--start"]),
        ("a run without a task", &["check", "--run", "d163535d0bbbbbbb81d6a7654443eaaa"]),
        ("a run of two tasks", &["check", TASK, &other, "--run", "d163535d0bbbbbbb81d6a7654443eaaa"]),
        ("neither file nor id", &["check", TASK, "--run", "a b"]),
    ];
    let mut table = Table::default();
    for (name, arguments) in cases {
        let ended = world.run(arguments).finish().expect(64);
        let place = Path::new(&file).parent().and_then(Path::parent).expect("a directory");
        table.add(name, &ended.stderr.replace(place.to_str().expect("UTF-8"), "DIRECTORY"));
    }
    assert_shown!("mistakes_about_runs", table.text());
    assert_eq!(world.calls("progress").len(), requests, "nothing was sent");
}

/// A start that fails leaves no file that could be taken for its own.
#[test]
fn a_start_that_fails_leaves_no_file() {
    let world = World::new(scenario().when("run", refuses(400, "CC.00050011")));
    for (arguments, code) in
        [(&START[..], 77), (&["start", TASK, "--timeout", "soon"], 64), (&["start", "a b"], 64)]
    {
        let starting = world.run(arguments);
        let path = starting.reports().join("run.json");
        std::fs::create_dir_all(starting.reports()).expect("a directory");
        std::fs::write(&path, "{}").expect("an earlier file");
        starting.finish().expect(code);
        assert!(!path.exists(), "{arguments:?}");
    }
    assert_eq!(world.calls("run").len(), 1);
}

#[test]
fn a_cancelled_start_ends_at_once() {
    let world = World::new(scenario().task(endless().before(0)));
    let run = world.run(&["start", TASK, "--if-running", "queue"]);
    let watched = run.spawn_watched();
    world.wait_for("progress", 2);
    crate::signals::signal(&watched.child, "TERM");
    let ended = run.wait_watched(watched).expect(143);
    assert_eq!(world.calls("run").len(), 0);
    assert!(!ended.files().contains(&"run.json".to_owned()));
}

/// Without the file nobody could wait for the others, so they are stopped, and what was made for them is deleted.
#[test]
fn a_start_of_which_one_fails_leaves_no_run() {
    let other = "c".repeat(32);
    let refusal = || refuses(400, "CC.00050011");
    let world = World::new(scenario().task(endless()).when(calls("run").of(&other), refusal()));
    let ended = world.run(&["start", TASK, &other]).finish().expect(77);
    let stops: Vec<_> = world.calls("stop").into_iter().map(|call| call.task).collect();
    assert_eq!(stops, [Some(TASK.to_owned())]);
    assert_shown!("a_start_of_which_one_fails", ended.stderr.as_str());

    let world = World::new(parent(endless()).when(calls("run").nth([2]), refusal()));
    let forge = Forge::with(pull_request(12));
    let arguments = ["start", TASK, &other, "--pull-request", "auto"];
    let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(77);
    assert_eq!((world.calls("run").len(), world.calls("stop").len()), (2, 1), "{}", ended.stderr);
    assert_eq!(world.sandbox.created_tasks(), [""; 0], "{}", ended.stderr);
    assert_eq!(world.calls("task-delete").len(), 2);
}

/// The same where the file cannot be written.
#[test]
fn a_start_whose_file_fails_leaves_no_run() {
    let world = World::new(scenario().task(endless()).when(calls("run").nth([1]), is_held()));
    let run = world.run(&START);
    let watched = run.spawn_watched();
    world.wait_until_received("run", 1);
    std::fs::create_dir_all(run.reports().join("run.json/in-the-way")).expect("a directory");
    world.release();
    let ended = run.wait_watched(watched).expect(64);
    assert_eq!(world.calls("stop").len(), 1, "{}", ended.stderr);
}

/// The signal comes while one run has been started, and the other waits for its turn.
#[test]
fn a_cancelled_start_stops_what_it_started() {
    let busy = "c".repeat(32);
    let world = World::new(scenario().task(endless()).task_named(&busy, endless().before(0)));
    let run = world.run(&["start", TASK, &busy, "--if-running", "queue"]);
    let watched = run.spawn_watched();
    world.wait_for("run", 1);
    watched.wait_for_log("queued behind another run");
    crate::signals::signal(&watched.child, "TERM");
    let ended = run.wait_watched(watched).expect(143);
    let stops: Vec<_> = world.calls("stop").into_iter().map(|call| call.task).collect();
    assert_eq!(stops, [Some(TASK.to_owned())]);
    assert!(!ended.files().contains(&"run.json".to_owned()));
}
