//! The pull request of a job whose event holds little, nothing, or too much.

use super::job::{CHECK, COMMENTS, passing, run};
use crate::kit::forge::Forge;
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};

/// A job of pull request 12, on its merge commit.
fn of_pull_request<'a>(run: &'a mut Run, event_path: &str) -> &'a mut Run {
    run.env("GITHUB_REF", "refs/pull/12/merge").env("GITHUB_HEAD_REF", "feature");
    run.env("GITHUB_EVENT_PATH", event_path)
}

/// The ref names the pull request when the event file does not, and one warning names the variable.
#[test]
fn the_ref_is_used_when_the_event_file_cannot_be_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let cases = [
        "/nonexistent/event.json".to_owned(),
        directory.path().to_str().expect("UTF-8").to_owned(),
        write("empty.json", ""),
        write("cut.json", "{\"pull_request\": {\"num"),
        write("list.json", "[]"),
        write("odd.json", r#"{"pull_request": {"number": "12/../../x"}, "number": -1}"#),
    ];
    for path in cases {
        let forge = Forge::new();
        let world = World::new(passing());
        let mut run = world.run_on_github(&forge, "pull_request", &CHECK);
        let ended = of_pull_request(&mut run, &path).finish().expect(0);
        assert_eq!(forge.requests(COMMENTS).len(), 1, "{path}: {}", ended.stderr);
        let is_readable = path.ends_with("list.json") || path.ends_with("odd.json");
        let warnings = ended.stderr.matches("warning: using the pull request in GITHUB_REF: ").count();
        assert_eq!(warnings, usize::from(!is_readable), "{path}: {}", ended.stderr);
    }
    // A byte order mark is not part of the text.
    let event = include_str!("../../data/github/event-pull_request.json");
    let path = write("bom.json", &format!("\u{feff}{event}"));
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run_on_github(&forge, "pull_request", &CHECK);
    let ended = run.env("GITHUB_EVENT_PATH", &path).finish().expect(0);
    assert_eq!(forge.requests(COMMENTS).len(), 1, "{}", ended.stderr);
    assert!(!ended.stderr.contains("GITHUB_EVENT_PATH"), "{}", ended.stderr);
}

/// Without the event the check run goes to the head whose merge commit this job runs on, or nowhere.
#[test]
fn the_head_is_the_one_whose_merge_commit_the_job_runs_on() {
    let head = "2".repeat(40);
    for (merge, code) in [("3".repeat(40), 0), ("4".repeat(40), 5)] {
        let forge = Forge::new();
        let world = World::new(passing());
        let arguments = ["check", TASK, "--publish", "comment,check-run"];
        let mut run = world.run_on_github(&forge, "pull_request", &arguments);
        let ended = of_pull_request(&mut run, "/nonexistent").env("GITHUB_SHA", &merge).finish().expect(code);
        let state = forge.state();
        assert_eq!(state.comments.len(), 1, "{}", ended.stderr);
        let heads: Vec<&Value> = state.check_runs.iter().map(|run| &run["head_sha"]).collect();
        assert_eq!(heads, vec![head.as_str(); usize::from(code == 0)], "{}", ended.stderr);
    }
}

/// Where neither the ref nor the event names a pull request, the reason names the variable.
#[test]
fn an_event_that_cannot_be_read_is_named_by_its_variable() {
    let forge = Forge::new();
    let world = World::new(passing());
    let arguments = ["check", TASK, "--publish", "comment"];
    let mut run = world.run_on_github(&forge, "pull_request_target", &arguments);
    let ended = run.env("GITHUB_EVENT_PATH", "/nonexistent").finish().expect(5);
    assert!(ended.stderr.contains("GITHUB_EVENT_PATH (`/nonexistent`)"), "{}", ended.stderr);
}

/// Check suites and check runs list the pull requests of their commit: those of this repository count.
#[test]
fn events_of_checks_name_their_pull_request() {
    let mut table = Table::default();
    for event in ["check_suite", "check_run"] {
        let forge = Forge::new();
        let ended = run(&forge, event, passing(), &["--publish", "comment,check-run"]).expect(0);
        assert_eq!(forge.requests(COMMENTS).len(), 1, "{event}: {}", ended.stderr);
        assert_eq!(forge.state().check_runs[0]["head_sha"], "2".repeat(40), "{event}");
        // The workflow runs on the default branch, so its commit is not what was checked.
        let ended = run(&forge, event, passing(), &["--publish", "sarif"]).expect(5);
        table.add(event, &lines_with(&ended.stderr, "warning: not published as sarif: "));
    }
    assert_shown!("events_of_checks", table.text());
}

/// A commit that is not one never becomes part of an address.
#[test]
fn hostile_values_are_not_taken_for_commits() {
    let forge = Forge::new();
    let world = World::new(passing());
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("event.json");
    std::fs::write(&path, json!({"after": "../../../user?x=", "ref": "refs/heads/main"}).to_string())
        .expect("a file");
    let mut run = world.run_on_github(&forge, "push", &CHECK);
    let ended = run.env("GITHUB_EVENT_PATH", path.to_str().expect("UTF-8")).finish().expect(0);
    let asked = forge.requests("GET ").len();
    assert_eq!(asked, 0, "{:?}", forge.state().requests);
    assert_shown!("a_hostile_commit", lines_with(&ended.stderr, "comment: "));
}
