//! `check` and `start` without TASK_ID: the one task of the project that checks the branch of this job.

use crate::kit::forge::{Fault, Forge, pull_request};
use crate::kit::scenario::{Story, Task, is_held, refuses, scenario, succeeded};
use crate::kit::{Run, World};
use crate::snapshot::{Table, assert_shown, lines_with};

const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
const CHECK: [&str; 5] = ["check", "--project-id", PROJECT, "--report", "none"];

fn of(name: &str, repository: &str, branch: &str) -> Task {
    succeeded().with(|task| {
        task.name = name.to_owned();
        task.repository = repository.to_owned();
        task.branch = Some(branch.to_owned());
        task.project = Some(PROJECT.to_owned());
    })
}

fn id(letter: &str) -> String {
    letter.repeat(32)
}

/// Tasks of `main` on both forges, of `feature` on GitLab, and two of `release`.
fn tasks() -> Story {
    let (github, gitlab) = ("git@github.com:acme/widget.git", "https://gitlab.example.com/acme/widget");
    scenario()
        .task_named(&id("a"), of("widget", github, "main"))
        .task_named(&id("b"), of("widget release", github, "release"))
        .task_named(&id("c"), of("演示 again", "https://github.com/acme/widget", "release"))
        .task_named(&id("d"), of("gadget", "https://github.com/acme/gadget", "main"))
        .task_named(&id("e"), of("mirror", gitlab, "feature"))
        .task_named(&id("f"), of("mirror of main", gitlab, "main"))
}

/// In a job of GitHub about a branch.
fn on_branch(world: &World, forge: &Forge, branch: &str, arguments: &[&str]) -> Run {
    let mut run = world.run_on_github(forge, "push", arguments);
    run.env("GITHUB_REF", &format!("refs/heads/{branch}")).env("GITHUB_REF_NAME", branch);
    run
}

/// In a job of GitHub about a pull request.
fn on_pull_request(world: &World, forge: &Forge, arguments: &[&str]) -> Run {
    let mut run = world.run_on_github(forge, "pull_request", arguments);
    run.env("GITHUB_REF", "refs/pull/12/merge").env("GITHUB_HEAD_REF", "feature");
    run
}

/// As if its id had been typed, down to the key of the comment.
#[test]
fn the_task_of_the_branch_is_found() {
    let world = World::new(tasks());
    let forge = Forge::new();
    let mut table = Table::default();
    let ended = on_branch(&world, &forge, "main", &CHECK).finish().expect(0);
    assert_eq!(ended.result()["tasks"][0]["task_id"], id("a").as_str());
    assert_eq!(ended.outputs()["task-id"], id("a"));
    table.add("GitHub, a branch", &lines_with(&ended.stderr, "checks branch"));
    let arguments = ["start", "--project-id", PROJECT];
    let ended = on_branch(&world, &forge, "main", &arguments).finish().expect(0);
    assert_eq!(ended.outputs()["task-id"], id("a"));
    let mut run = world.run_on_gitlab(&forge, &["check", "--report", "none", "--publish", "none"]);
    run.env("CODEARTS_PROJECT_ID", PROJECT).env("CI_COMMIT_REF_NAME", "main").env("CI_COMMIT_BRANCH", "main");
    let ended = run.without("CI_MERGE_REQUEST_IID").finish().expect(0);
    assert_eq!(ended.result()["tasks"][0]["task_id"], id("f").as_str());
    table.add("GitLab, a branch", &lines_with(&ended.stderr, "checks branch"));
    assert_shown!("a_task_that_is_found", table.text());
}

#[test]
fn the_task_of_a_pull_request_is_found_by_its_branches() {
    let world = World::new(tasks());
    let forge = Forge::with(pull_request(12));
    let comment_key = |arguments: &[&str]| {
        let forge = Forge::with(pull_request(12));
        let ended = on_pull_request(&world, &forge, arguments).finish().expect(0);
        let key = id("a");
        assert!(forge.everything().contains(&key), "{}", forge.everything());
        ended
    };
    let mode = ["--pull-request", "auto", "--gate", "off"];
    let ended = comment_key(&[&CHECK[..], &mode].concat());
    assert_eq!(ended.result()["tasks"][0]["pull_request"]["parent_task_id"], id("a").as_str());
    // Asked once, although both the search and the check need it.
    let identified = lines_with(&ended.stderr, "from `feature`");
    assert!(identified.lines().count() <= 1, "{identified}");
    // Without the mode it is the task of the branch that would be merged.
    let mut run = world.run_on_gitlab(&forge, &[&CHECK[..], &["--publish", "none"]].concat());
    run.env("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature");
    let ended = run.finish().expect(0);
    assert_eq!(ended.result()["tasks"][0]["task_id"], id("e").as_str());
}

#[test]
fn a_task_that_is_not_found_is_explained() {
    let forge = Forge::with(pull_request(12));
    let mut table = Table::default();
    let mut add = |case: &str, story: Story, run: &dyn Fn(&World) -> Run, code: i32| {
        let world = World::new(story);
        let ended = run(&world).finish().expect(code);
        assert_eq!(ended.result()["exit_code"], code, "{case}");
        assert_eq!(world.calls("run").len(), 0, "{case}");
        table.add(case, &ended.stderr);
    };
    add("none of the branch", tasks(), &|world| on_branch(world, &forge, "fix", &CHECK), 64);
    let alone = || scenario().task_named(&id("d"), of("gadget", "https://github.com/acme/gadget", "main"));
    add("none of the repository", alone(), &|world| on_branch(world, &forge, "main", &CHECK), 64);
    add("several", tasks(), &|world| on_branch(world, &forge, "release", &CHECK), 64);
    let many = (0..13).fold(scenario(), |story, number| {
        let task = of(&format!("task {number}"), "https://github.com/acme/widget", "main");
        story.task_named(&format!("{number:032}"), task)
    });
    add("very many", many, &|world| on_branch(world, &forge, "main", &CHECK), 64);
    let denied = tasks().when("tasks", refuses(200, "CC.00050010"));
    add("denied", denied, &|world| on_branch(world, &forge, "main", &CHECK), 77);
    let unknown = tasks().when("tasks", refuses(200, "CC.00050013"));
    add("unknown project", unknown, &|world| on_branch(world, &forge, "main", &CHECK), 64);
    let checks = ["check", "--report", "none"];
    add("no project", tasks(), &|world| on_branch(world, &forge, "main", &checks), 64);
    add("no CI", tasks(), &|world| world.run(&CHECK), 64);
    let of_fork = Forge::with(pull_request(12).of_fork());
    let from_fork = |world: &World| {
        let mut run = world.run_on_gitlab(&of_fork, &CHECK);
        run.env("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "2002");
        run.env("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "feature");
        run
    };
    add("a fork", tasks(), &from_fork, 64);
    let denying = Forge::with(pull_request(12));
    denying.state().faults.push(Fault::new("GET /repos/acme/widget/pulls/12", &[], 403));
    let arguments = [&CHECK[..], &["--pull-request", "auto"]].concat();
    let no_pull_request = |world: &World| on_pull_request(world, &denying, &arguments);
    add("a pull request that may not be read", tasks(), &no_pull_request, 77);
    assert_shown!("tasks_that_are_not_found", table.text());
}

/// A search that hangs does not hold up a signal.
#[test]
#[cfg(unix)]
fn a_signal_ends_the_search() {
    let world = World::new(tasks().when("tasks", is_held()));
    let forge = Forge::new();
    let run = on_branch(&world, &forge, "main", &CHECK);
    let child = run.spawn();
    world.wait_until_received("tasks", 1);
    crate::signals::signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    assert_eq!(ended.result()["outcome"], "cancelled");
}
