//! How CodeArts is asked: which ref, which task, and what becomes of that.

use super::{CHECK, parent, story, traces};
use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{SUCCEEDED, endless, scenario, task};
use crate::kit::{TASK, World};
use crate::snapshot::{assert_shown, lines_with};
use serde_json::{Value, json};

/// The bodies of the starts.
fn refs(world: &World) -> Vec<Value> {
    let bodies = world.calls("run").into_iter();
    bodies.map(|call| serde_json::from_slice::<Value>(&call.body).expect("JSON")["ref"].clone()).collect()
}

#[test]
fn each_forge_has_its_ref() {
    let (pull, merge_request) = (json!("pull"), json!("merge_request"));
    let cases = [
        ("auto", pull.clone(), Value::Null),
        ("pull", pull.clone(), pull),
        ("merge-request", merge_request.clone(), merge_request),
        ("none", Value::Null, Value::Null),
    ];
    for (choice, on_github, on_gitlab) in cases {
        let arguments = [&CHECK[..], &["--ref", choice, "--gate", "off"]].concat();
        let forge = Forge::with(pull_request(12));
        let world = World::new(story(task().ends_at_poll(1)));
        world.run_on_github(&forge, "pull_request", &arguments).finish().expect(0);
        assert_eq!(refs(&world), [on_github], "{choice}");
        let gitlab = parent(task().ends_at_poll(1))
            .with(|script| script.repository = "https://gitlab.example.com/acme/widget.git".to_owned());
        let gitlab = scenario().task(gitlab);
        let world = World::new(gitlab);
        let mut run = world.run_on_gitlab(&forge, &arguments);
        run.env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", crate::kit::forge::HEAD);
        run.finish().expect(0);
        assert_eq!(refs(&world), [on_gitlab], "{choice}");
    }
}

/// CodeArts could not fetch the code: the other way is tried once, in `auto` only.
#[test]
fn the_other_ref_is_tried_once() {
    let cases: [(&str, &str, i32, &[Value]); 4] = [
        ("auto", "merge_request", 0, &[json!("pull"), json!("merge_request")]),
        ("auto", "nothing", 1, &[json!("pull"), json!("merge_request")]),
        ("auto", "pull", 0, &[json!("pull")]),
        ("pull", "merge_request", 1, &[json!("pull")]),
    ];
    for (choice, works, code, expected) in cases {
        let fetching = task().ends_at_poll(1).with(|script| script.fetches_with = Some(works.to_owned()));
        let world = World::new(story(fetching));
        let forge = Forge::with(pull_request(12));
        let arguments = [&CHECK[..], &["--ref", choice, "--gate", "off"]].concat();
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish();
        assert_eq!(
            (ended.code, refs(&world).as_slice()),
            (code, expected),
            "{choice} {works}\n{}",
            ended.stderr
        );
    }
}

/// A merge-request task that was there is used, and stays; one that was made is deleted.
#[test]
fn only_a_task_that_was_made_here_is_deleted() {
    let found = "b".repeat(32);
    for (choice, is_listed, left) in [
        ("auto", true, true),
        ("always", true, true),
        ("auto", false, false),
        ("always", false, false),
        ("never", false, true),
    ] {
        let full = task().ends_at_poll(1).with(|script| {
            if is_listed {
                script.merge_requests.insert(12, found.clone());
            }
        });
        let own = task().ends_at_poll(1).with(|script| script.branch = Some("feature".to_owned()));
        let world = World::new(story(full).task_named(&found, own));
        let forge = Forge::with(pull_request(12));
        let arguments = [&CHECK[..], &["--delete-task", choice, "--gate", "off"]].concat();
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(0);
        let task = ended.result()["tasks"][0]["task_id"].clone();
        assert_eq!(task == found.as_str(), is_listed, "{choice}");
        assert_eq!(world.calls("task-create").len(), usize::from(!is_listed));
        assert_eq!(world.calls("task-delete").len(), usize::from(!left), "{choice} {is_listed}");
        assert_ne!(task, TASK, "the full task is never run");
    }
}

/// Its run may go on: the log says which task is left.
#[test]
fn a_task_whose_run_may_go_on_is_left() {
    let world = World::new(story(endless()));
    let forge = Forge::with(pull_request(12));
    let arguments = [&CHECK[..], &["--timeout", "2s", "--stop-on-cancel", "never"]].concat();
    let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(2);
    assert_eq!(traces(&world), (1, 1));
    let created = world.sandbox.created_tasks().remove(0);
    assert!(
        ended.stderr.contains(&format!("merge-request task {created} was not deleted")),
        "{}",
        ended.stderr
    );
}

/// An active run may have fetched an older commit.
#[test]
fn an_active_run_is_never_the_one_to_wait_for() {
    let found = "b".repeat(32);
    let full = task().with(|script| {
        script.merge_requests.insert(12, found.clone());
    });
    for (policy, code, runs) in [("attach", 0, 1), ("queue", 0, 1), ("fail", 2, 0)] {
        let active = task().before(0).takes("2s").ends(SUCCEEDED);
        let active = active.with(|script| script.branch = Some("feature".to_owned()));
        let world = World::new(story(full.clone()).task_named(&found, active));
        let forge = Forge::with(pull_request(12));
        let arguments = [&CHECK[..], &["--if-running", policy, "--gate", "off"]].concat();
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish();
        let accepted = world.sandbox.runs_started(&found);
        assert_eq!((ended.code, accepted), (code, runs), "{policy}\n{}", ended.stderr);
    }
}

/// What people read when all is well, and when the gate failed.
#[test]
fn what_people_read() {
    for (name, gate, code) in [("passed", json!(1), 0), ("failed", Value::Null, 4)] {
        let forge =
            Forge::with(pull_request(12).file("src/net/reader.c", "@@ -0,0 +1,3 @@\n+one\n+two\n+three"));
        let world = World::new(story(task().ends_at_poll(1).gate(gate)));
        let ended =
            world.run_on_github(&forge, "pull_request", &["check", TASK, "--pull-request", "auto"]).finish();
        let ended = ended.expect(code);
        assert_shown!(format!("a_pull_request_that_{name}"), ended.stderr.as_str());
        let comments = forge.state().comments.clone();
        assert_shown!(format!("the_comment_of_a_pull_request_that_{name}"), comments[0].body.as_str());
        assert_shown!(
            format!("the_result_of_a_pull_request_that_{name}"),
            format!("{:#}", ended.result()["tasks"][0]["pull_request"])
        );
    }
}

/// No PDF is made of the merge-request task: the page is uploaded instead.
#[test]
fn the_page_stands_in_for_a_pdf() {
    let world = World::new(story(task().ends_at_poll(1).pdf(crate::kit::scenario::pdf().fails("no report"))));
    let forge = Forge::with(pull_request(12));
    let ended =
        world.run_on_github(&forge, "pull_request", &["check", TASK, "--pull-request", "auto"]).finish();
    let ended = ended.expect(0);
    assert!(ended.result()["tasks"][0]["report"].is_null());
    let page = &ended.result()["tasks"][0]["files"][0];
    assert_eq!(page["format"], "html");
    assert!(page["url"].as_str().is_some_and(|url| url.contains("/artifacts/")), "{page}");
    assert_eq!(forge.state().artifacts.len(), 1);
    assert_shown!("no_pdf_of_a_pull_request", lines_with(&ended.stderr, "PDF"));
}
