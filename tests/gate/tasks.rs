//! `tasks`: which check tasks a project has.

use crate::kit::scenario::{Story, Task, refuses, scenario, succeeded, task};
use crate::kit::{Run, World};
use crate::snapshot::{Table, assert_shown, shown};
use codearts_gate::sandbox::scenario::Paging;
use serde_json::{Value, json};

const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";

fn of(task: Task, name: &str, repository: &str, branch: &str) -> Task {
    task.with(|task| {
        task.name = name.to_owned();
        task.repository = repository.to_owned();
        task.branch = Some(branch.to_owned());
    })
}

fn four_tasks() -> Story {
    let id = |letter: &str| letter.repeat(32);
    scenario()
        .task_named(&id("a"), of(succeeded(), "widget", "git@example.com:acme/widget.git", "main"))
        .task_named(&id("b"), of(succeeded(), "演示 release", "https://example.com/acme/widget", "release"))
        .task_named(&id("c"), of(task(), "never checked", "https://example.com/acme/gadget.git", "main"))
        .task_named(
            &id("d"),
            of(
                task(),
                "\u{1b}[31mred\r\n::error::x\u{202e}",
                "https://user:canary-of-a-task@example.com/x/y",
                "main",
            ),
        )
}

fn list(world: &World, arguments: &[&str]) -> Run {
    world.run(&[&["tasks", "--project-id", PROJECT], arguments].concat())
}

#[test]
fn tasks_are_listed() {
    let world = World::new(four_tasks());
    let mut table = Table::default();
    table.add("all", &shown(&list(&world, &[]).finish().expect(0)));
    let cases: [&[&str]; 3] = [
        &["--repository", "https://EXAMPLE.com/acme/widget.git"],
        &["--branch", "main", "-q"],
        &["--repository", "ssh://git@example.com/acme/widget", "--branch", "release", "--json"],
    ];
    for arguments in cases {
        table.add(arguments.join(" "), &shown(&list(&world, arguments).finish().expect(0)));
    }
    assert_shown!("tasks", table.text());
}

#[test]
fn the_document_is_all_of_standard_output() {
    let world = World::new(four_tasks());
    let ended = list(&world, &["--json"]).finish().expect(0);
    let document: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(document.as_array().map(Vec::len), Some(4));
    let expected = json!({
        "id": "c".repeat(32), "name": "never checked", "repository": "https://example.com/acme/gadget.git",
        "branch": "main", "last_check": null, "created": "2026-11-22T03:21:11Z",
    });
    assert_eq!(document[2], expected);
    assert!(!ended.stdout.contains("canary"), "{}", ended.stdout);
    let ended = list(&world, &["--branch", "other", "--json"]).finish().expect(0);
    assert_eq!(ended.stdout, "[]\n");
}

#[test]
fn the_project_may_come_from_its_variable() {
    let world = World::new(four_tasks().with(|settings| settings.tasks_offset = Paging::PagesFromOne));
    let mut run = world.run(&["tasks"]);
    let ended = run.env("CODEARTS_PROJECT_ID", PROJECT).env("CODEARTS_BRANCH", "release").finish().expect(0);
    assert_eq!(ended.stdout.lines().count(), 2, "{}", ended.stdout);
    assert_eq!(world.calls("tasks").len(), 1);
}

#[test]
fn what_cannot_be_listed_is_explained() {
    let mut table = Table::default();
    let mut add = |case: &str, story: Story, arguments: &[&str], code: i32| {
        let ended = World::new(story).run(&[&["tasks"], arguments].concat()).finish().expect(code);
        assert_eq!(ended.stdout, "", "{case}");
        table.add(case, &ended.stderr);
    };
    let of_project = ["--project-id", PROJECT];
    add("no project", four_tasks(), &[], 64);
    add("no id", four_tasks(), &["--project-id", "../x"], 64);
    add("no address", four_tasks(), &[&of_project[..], &["--repository", "acme/widget"]].concat(), 64);
    add("no task", scenario().without_tasks_and_jobs(), &of_project, 0);
    add("none of this branch", four_tasks(), &[&of_project[..], &["--branch", "other"]].concat(), 0);
    let unknown = || refuses(200, "CC.00050013");
    add("unknown project", four_tasks().when("tasks", unknown()), &of_project, 64);
    add("no permission", four_tasks().when("tasks", refuses(200, "CC.00050010")), &of_project, 77);
    assert_shown!("tasks_that_are_not_listed", table.text());
}
