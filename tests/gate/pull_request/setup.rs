//! What a pull request needs, and what is said where it is missing. Nothing is created then.

use super::{CHECK, PROJECT, parent_with, story, traces};
use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{Story, returns, task};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::json;

#[test]
fn the_full_task_must_fit() {
    let usual = || story(task().ends_at_poll(1));
    let silent = json!({"task_id": TASK, "critical_count": 0, "major_count": 0, "minor_count": 0,
                        "suggestion_count": 0, "issue_count": 0, "is_access": 1});
    let cases: [(&str, Story, &[&str], i32); 8] = [
        (
            "another repository",
            parent_with(|script| script.repository = "https://github.com/acme/other.git".to_owned()),
            &[],
            64,
        ),
        ("another branch", parent_with(|script| script.branch = Some("release/2".to_owned())), &[], 64),
        ("no project", parent_with(|script| script.project = None), &[], 64),
        ("the project is given", parent_with(|script| script.project = None), &["--project-id", PROJECT], 0),
        ("no languages", parent_with(|script| script.languages.clear()), &[], 64),
        (
            "the languages are given",
            parent_with(|script| script.languages.clear()),
            &["--task-languages", "Java, cpp"],
            0,
        ),
        ("an endpoint is given", usual(), &["--task-endpoint-id", "5a4d-77"], 0),
        (
            "CodeArts does not describe the task",
            usual().when("task-info", returns(json!({"result": {}}))).when("summary", returns(silent)),
            &["--project-id", PROJECT, "--gate", "off"],
            0,
        ),
    ];
    let mut table = Table::default();
    for (name, story, more, code) in cases {
        let world = World::new(story);
        let forge = Forge::with(pull_request(12));
        let arguments = [&CHECK[..], more].concat();
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish();
        let shown: Vec<&str> = ended.stderr.lines().filter(|line| !line.starts_with("::")).collect();
        table.add(name, &shown.join("\n"));
        assert_eq!(ended.code, code, "{name}\n{}", ended.stderr);
        assert_eq!(traces(&world), (usize::from(code == 0), 0), "{name}");
    }
    assert_shown!("set_up_of_pull_requests", table.text());
}

#[test]
fn the_options_are_refused_where_they_mean_nothing() {
    let world = World::new(story(task()));
    let forge = Forge::with(pull_request(12));
    let on_github: [&[&str]; 5] = [
        &["check", TASK, "--ref", "pull"],
        &["check", TASK, "--task-languages", "java"],
        &["check", TASK, "--pull-request", "seven"],
        &["check", TASK, "--pull-request", "0"],
        &["check", TASK, "--pull-request", "auto", "--task-languages", "ja va"],
    ];
    let mut table = Table::default();
    for arguments in on_github {
        let ended = world.run_on_github(&forge, "pull_request", arguments).finish().expect(64);
        let shown: Vec<&str> = ended.stderr.lines().filter(|line| !line.starts_with("::")).collect();
        table.add(arguments[2..].join(" "), &shown.join("\n"));
    }
    let ended = world.run(&CHECK).finish().expect(64);
    table.add("outside of a job", &ended.stderr);
    assert_eq!(world.calls("*").len(), 0, "nothing was sent");
    // These need the forge.
    let ended = world.run_on_github(&forge, "issue_comment-on-issue", &CHECK).finish().expect(64);
    table.add("a comment on an issue", &ended.stderr);
    let ended = world
        .run_on_github(&forge, "pull_request", &["check", TASK, "--pull-request", "99", "--report", "none"])
        .finish()
        .expect(64);
    table.add("a number that does not exist", &ended.stderr);
    assert_eq!(traces(&world), (0, 0));
    assert_shown!("mistakes_about_pull_requests", table.text());
}

/// The pull request of a fork gets no secrets: one clear line, and no request.
#[test]
fn a_fork_without_secrets() {
    let world = World::new(story(task()));
    let forge = Forge::with(pull_request(13).of_fork());
    let mut run = world.run_on_github(&forge, "pull_request-fork", &CHECK);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    let ended = run.finish().expect(64);
    assert_shown!("a_fork_without_secrets", ended.stderr.as_str());
    assert_eq!(world.calls("*").len(), 0);
    assert_eq!(forge.requests("").len(), 0);
}

#[test]
fn a_fork_with_secrets_is_checked() {
    let world = World::new(story(task().ends_at_poll(1)));
    let forge = Forge::with(pull_request(13).of_fork());
    let ended = world.run_on_github(&forge, "pull_request-fork", &CHECK).finish();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(ended.result()["tasks"][0]["pull_request"]["number"], 13);
}

/// Without the option the task is judged as CodeArts has it; log and comment say which code that is.
#[test]
fn without_the_option_another_branch_is_a_warning() {
    for (name, branch) in [("another", "main"), ("the_same", "feature")] {
        let world = World::new(parent_with(|script| script.branch = Some(branch.to_owned())));
        let forge = Forge::with(pull_request(12));
        let mut run =
            world.run_on_github(&forge, "pull_request", &["check", TASK, "--start", "--report", "none"]);
        run.env("GITHUB_HEAD_REF", "feature").env("GITHUB_REF", "refs/pull/12/merge");
        let ended = run.finish().expect(0);
        assert_shown!(
            format!("without_the_option_{name}"),
            lines_with(&ended.stderr, "this result is about")
        );
        let comment = forge.state().comments[0].body.clone();
        assert_eq!(comment.contains("not the code of this pull request"), name == "another", "{comment}");
        assert_eq!(ended.result()["tasks"][0]["branch"], branch);
    }
}
