//! How CodeArts is asked: which ref, which task, and what becomes of that.

use super::place::Place;
use super::{CHECK, OTHER_HEAD, story, traces};
use crate::kit::forge::{Forge, HEAD, pull_request};
use crate::kit::scenario::{FAILED, SUCCEEDED, Task, answers, calls, endless, is_held, task};
use crate::kit::{TASK, World};
use crate::signals::signal;
use crate::snapshot::{assert_shown, lines_with};
use codearts_gate::sandbox::scenario::FailingStepScript;
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
        let world = World::new(Place::GitLab.story(task().ends_at_poll(1)));
        Place::GitLab.job(&world, &forge, HEAD, &arguments).finish().expect(0);
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

/// GitLab sends none at first. After a failure of another kind nothing is tried again.
#[test]
fn the_other_ref_is_tried_on_gitlab_and_only_after_a_failed_fetch() {
    let fetching = |works: &str| {
        let works = Some(works.to_owned());
        task().ends_at_poll(1).with(|script| script.fetches_with = works)
    };
    let compile = FailingStepScript {
        name: "Compile".to_owned(),
        log: "javac: cannot find symbol".to_owned(),
        analysis: String::new(),
        faq: String::new(),
    };
    let cases: [(&str, Task, i32, &[Value]); 4] = [
        ("found at once", fetching("merge_request"), 0, &[Value::Null]),
        ("found as pull", fetching("pull"), 0, &[Value::Null, json!("pull")]),
        ("never found", fetching("nothing"), 1, &[Value::Null, json!("pull")]),
        ("does not compile", task().ends_at_poll(1).ends(FAILED).failing_step(compile), 1, &[Value::Null]),
    ];
    for (name, task, code, expected) in cases {
        let world = World::new(Place::GitLab.story(task));
        let forge = Forge::with(pull_request(12));
        let ended = Place::GitLab.job(&world, &forge, HEAD, &CHECK).finish();
        assert_eq!((ended.code, refs(&world).as_slice()), (code, expected), "{name}\n{}", ended.stderr);
        assert_eq!(traces(&world).1, 0, "{name}");
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

/// The task has what could not be read, until somebody has seen it.
#[test]
fn a_task_whose_results_are_missing_is_left() {
    for call in ["summary", "findings"] {
        for (choice, left) in [("auto", 1), ("always", 0)] {
            let world = World::new(story(task().ends_at_poll(1)).when(call, answers(503)));
            let forge = Forge::with(pull_request(12));
            let arguments = ["check", TASK, "--pull-request", "auto", "--report", "json", "--delete-task"];
            let arguments = [&arguments[..], &[choice, "--report-timeout", "2s"]].concat();
            let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(69);
            assert_eq!(world.sandbox.created_tasks().len(), left, "{call} {choice}\n{}", ended.stderr);
        }
    }
}

/// A deletion that hangs is broken off, and looked after once more within the time that is left.
#[cfg(unix)]
#[test]
fn a_signal_does_not_wait_for_the_deletion() {
    let world = World::new(story(task().ends_at_poll(1)).when(calls("task-delete").nth([1]), is_held()));
    let forge = Forge::with(pull_request(12));
    let run = world.run_on_github(&forge, "pull_request", &[&CHECK[..], &["--gate", "off"]].concat());
    let watched = run.spawn_watched();
    world.wait_until_received("task-delete", 1);
    signal(&watched.child, "TERM");
    let ended = run.wait_watched(watched).expect(143);
    assert_eq!(ended.result()["outcome"], "cancelled");
    assert_eq!(forge.state().comments.len(), 0, "nothing is published");
    assert!(ended.stderr.contains("\ndeleted merge-request task"), "{}", ended.stderr);
    assert_eq!(world.sandbox.created_tasks(), [""; 0], "{}", ended.stderr);
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

/// The head moves while the end of an active run is waited for: none is started, and the wait ends soon.
#[test]
fn nothing_is_started_after_a_wait_in_which_the_head_moved() {
    let found = "b".repeat(32);
    let full = task().with(|script| {
        script.merge_requests.insert(12, found.clone());
    });
    for (active, interval) in [(task().takes("1s"), "1m"), (endless(), "100ms")] {
        let world = World::new(story(full.clone()).task_named(&found, active.before(0).ends(SUCCEEDED)));
        let forge = Forge::with(pull_request(12).moves_to(OTHER_HEAD).at_look(3));
        let arguments = [&CHECK[..], &["--head-interval", interval]].concat();
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(6);
        assert_eq!(world.sandbox.runs_started(&found), 0, "{interval}\n{}", ended.stderr);
        assert_eq!(world.calls("stop").len(), 0, "it is somebody else's");
    }
}

/// What people read at each end.
#[test]
fn what_people_read() {
    let one = || pull_request(12).file("src/net/reader.c", "@@ -0,0 +1,3 @@\n+one\n+two\n+three");
    let moving = || pull_request(12).moves_to(OTHER_HEAD).at_look(3);
    let usual = |gate: Value| story(task().ends_at_poll(1).gate(gate));
    let elsewhere = task().ends_at_poll(1).with(|script| script.branch = Some("elsewhere".to_owned()));
    let cases = [
        ("passed", one(), usual(json!(1)), 0),
        ("failed", one(), usual(Value::Null), 4),
        ("moved_in_mid_wait", moving(), story(endless()), 6),
        ("was_not_what_was_checked", one(), usual(json!(1)).task_named("mr", elsewhere), 6),
        ("has_no_finding_on_its_lines", pull_request(12), usual(Value::Null), 0),
    ];
    for (name, one, story, code) in cases {
        let forge = Forge::with(one);
        let world = World::new(story);
        let arguments = ["check", TASK, "--pull-request", "auto", "--head-interval", "100ms"];
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(code);
        assert_shown!(format!("a_pull_request_that_{name}"), ended.stderr.as_str());
        let comments = forge.state().comments.clone();
        assert_shown!(format!("the_comment_of_a_pull_request_that_{name}"), comments[0].body.as_str());
        assert_shown!(
            format!("the_result_of_a_pull_request_that_{name}"),
            format!("{:#}", ended.result()["tasks"][0]["pull_request"])
        );
    }
}

/// A finding in the log leads to its line, for readers that are said to make links.
#[test]
fn findings_in_the_log_are_links() {
    for (forced, is_link) in [("1", true), ("0", false)] {
        let forge =
            Forge::with(pull_request(12).file("src/net/reader.c", "@@ -0,0 +1,3 @@\n+one\n+two\n+three"));
        let world = World::new(story(task().ends_at_poll(1).gate(Value::Null)));
        let mut run = world.run_on_github(&forge, "pull_request", &["check", TASK, "--pull-request", "auto"]);
        let ended = run.env("CLICOLOR_FORCE", "1").env("FORCE_HYPERLINK", forced).finish().expect(4);
        let link = format!("\u{1b}]8;;https://github.com/acme/widget/blob/{HEAD}/src/net/reader.c#L");
        assert_eq!(ended.stderr.contains(&link), is_link, "{}", ended.stderr);
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
    let state = forge.state();
    let [artifact] = &state.artifacts[..] else { panic!("{:?}", state.artifacts) };
    assert_eq!(
        (artifact.name.as_str(), artifact.stored_type.as_str()),
        (format!("{TASK}.html").as_str(), "text/html")
    );
    assert_shown!("no_pdf_of_a_pull_request", lines_with(&ended.stderr, "PDF"));
}
