//! Merge requests of CodeArts Repo: one comment of the gate, which is resolved while it is green.

use crate::kit::forge::{Discussion, Fault, Forge, HEAD, REPO_URL, pull_request};
use crate::kit::scenario::{FAILED, Story, Task, scenario, succeeded, task};
use crate::kit::{Ended, Run, TASK, World};
use serde_json::json;

const DISCUSSIONS: &str = "POST /v4/repositories/2111111/merge-requests/12/discussions";
const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";

fn run_with(forge: &Forge, story: impl Into<Story>, change: impl Fn(&mut Run), more: &[&str]) -> Ended {
    let world = World::new(story);
    let mut run = world.run_on_codearts(forge, &[&["check", TASK, "--report", "none"], more].concat());
    change(&mut run);
    run.finish()
}

fn run(forge: &Forge, story: impl Into<Story>, more: &[&str]) -> Ended {
    run_with(forge, story, |_| {}, more)
}

fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9])
}

fn foreign(note: u64, author: u64, body: &str) -> Discussion {
    Discussion { note, author, body: body.to_owned(), is_resolved: false }
}

/// Requests since the last call.
fn requests(forge: &Forge) -> Vec<String> {
    std::mem::take(&mut forge.state().requests).into_iter().map(|(line, _)| line).collect()
}

#[test]
fn one_comment_follows_the_gate() {
    let forge = Forge::new();
    forge.state().repo = (1..=120).map(|note| foreign(note, 9, "looks good")).collect();
    run(&forge, passing(), &[]).expect(0);
    // The repository, two pages, the comment, and its state.
    assert_eq!(requests(&forge).len(), 5);
    let own = |forge: &Forge| forge.state().repo[120].clone();
    let first = own(&forge);
    assert!(first.body.starts_with(&format!("<!-- codearts-gate:{TASK} -->\n")), "{}", first.body);
    assert!(first.is_resolved);

    run(&forge, passing().findings([2, 1, 4, 9]), &["--max-critical", "0"]).expect(4);
    assert_eq!(requests(&forge).len(), 5);
    let second = own(&forge);
    assert!(!second.is_resolved && second.body.contains("| 2 (+2) |"), "{}", second.body);

    run(&forge, passing().before(FAILED), &[]).expect(1);
    assert_eq!(forge.state().repo.len(), 121);
    assert!(!own(&forge).is_resolved);
}

/// Whether hidden marks are kept is not documented: the last line shows which discussion it is.
#[test]
fn a_discussion_without_its_hidden_marks_is_found() {
    let forge = Forge::new();
    forge.state().drops_marks = true;
    run(&forge, passing(), &[]).expect(0);
    run(&forge, passing().findings([2, 1, 4, 9]), &["--max-critical", "0"]).expect(4);
    let state = forge.state();
    assert_eq!(state.repo.len(), 1);
    assert!(state.repo[0].body.starts_with("### ") && !state.repo[0].is_resolved, "{}", state.repo[0].body);
}

#[test]
fn comments_of_strangers_stay() {
    let forge = Forge::new();
    let mark = format!("<!-- codearts-gate:{TASK} -->\nold");
    // Two of one stranger cost one request.
    forge.state().repo = vec![foreign(1, 9, &mark), foreign(2, 9, &mark), foreign(3, 5, &mark)];
    run(&forge, passing(), &["--publish", "comment"]).expect(0);
    assert_eq!(requests(&forge).len(), 5);
    let bodies: Vec<bool> = forge.state().repo.iter().map(|entry| entry.body == mark).collect();
    assert_eq!(bodies, [true, true, false]);

    let forge = Forge::new();
    forge.state().repo = vec![foreign(1, 9, &mark)];
    run(&forge, passing(), &[]).expect(0);
    run(&forge, passing().findings([0, 2, 4, 9]), &[]).expect(0);
    let bodies: Vec<bool> = forge.state().repo.iter().map(|entry| entry.body == mark).collect();
    assert_eq!(bodies, [true, false]);

    // More than are tried: no comment is better than one in each run.
    let forge = Forge::new();
    forge.state().repo = (1..=6).map(|note| foreign(note, 10 + note, &mark)).collect();
    let ended = run(&forge, passing(), &[]).expect(0);
    assert!(ended.stderr.contains("4 other users carry the mark"), "{}", ended.stderr);
    assert_eq!(forge.state().repo.len(), 6);
}

/// A discussion that could not be settled is not written a second time.
#[test]
fn a_discussion_that_stays_open_is_a_comment() {
    let forge = Forge::new();
    let body = json!({"error_code": "CH.1", "error_msg": "refused"});
    forge.state().faults = vec![Fault { body, ..Fault::new("PUT ", &[], 403) }];
    run(&forge, passing(), &[]).expect(0);
    assert_eq!(forge.requests(DISCUSSIONS).len(), 1);
    assert_eq!(forge.state().repo.len(), 1);
}

#[test]
fn what_is_missing_is_named() {
    let forge = Forge::new();
    let unnamed = |run: &mut Run| {
        run.without("CODEARTS_REPO_ENDPOINT");
    };
    let ended = run_with(&forge, passing(), unnamed, &[]).expect(0);
    assert!(ended.stderr.contains("CODEARTS_REPO_ENDPOINT"), "{}", ended.stderr);
    let elsewhere = |run: &mut Run| {
        run.env("REPO_URL", "https://codehub.example/acme/other.git");
    };
    let ended = run_with(&forge, passing(), elsewhere, &[]).expect(0);
    assert!(ended.stderr.contains("lists no repository"), "{}", ended.stderr);
    let ended = run(&forge, passing(), &["--publish", "comment,check-run"]).expect(64);
    assert!(ended.stderr.contains("check-run"), "{}", ended.stderr);
    let with_path = |run: &mut Run| {
        run.env("CODEARTS_REPO_ENDPOINT", "https://h.example/v4");
    };
    run_with(&forge, passing(), with_path, &[]).expect(64);
    assert!(forge.requests("POST").is_empty());
}

#[test]
fn the_code_of_a_merge_request_is_checked() {
    let story = |task: Task| {
        scenario().task(task.with(|script| {
            REPO_URL.clone_into(&mut script.repository);
            script.branch = Some("main".to_owned());
            script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
        }))
    };
    let mode = ["--pull-request", "auto", "--scope", "all"];
    let forge = Forge::new();
    let ended = run(&forge, story(task().ends_at_poll(1)), &mode).expect(0);
    let asked = requests(&forge);
    // The repository, four looks at the head, the discussions, the comment, and its state.
    assert_eq!(asked.len(), 8, "{asked:#?}");
    let known = &ended.result()["tasks"][0]["pull_request"];
    assert_eq!((&known["forge"], &known["head"]), (&json!("codearts-repo"), &json!(HEAD)));
    assert!(forge.state().repo[0].is_resolved);

    let forge = Forge::with(pull_request(12).moves_to(OTHER_HEAD).at_look(3));
    run(&forge, story(task().ends_at_poll(1)), &mode).expect(6);
    assert!(forge.state().repo.iter().all(|entry| !entry.is_resolved));

    let forge = Forge::new();
    let ended = run(&forge, story(task().ends_at_poll(1)), &["--pull-request", "auto"]).expect(64);
    assert!(ended.stderr.contains("CodeArts Repo does not list"), "{}", ended.stderr);
    assert!(ended.stderr.contains("--scope all") && requests(&forge).is_empty(), "{}", ended.stderr);
}
