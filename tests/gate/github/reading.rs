//! What is read of a pull request: which one it is, its head, and the lines that it changes.

use super::job::CHECK;
use crate::kit::forge::{Fault, Forge, HEAD, PullRequest, pull_request};
use crate::kit::review::{Review, shown};
use crate::kit::scenario::succeeded;
use crate::kit::{Run, World};
use crate::snapshot::{Table, assert_shown};
use codearts_gate::model::changed_lines::ChangedLines;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::model::pull_request::ForgeName;
use codearts_gate::publish::ReviewError;
use serde_json::{Value, json};

const PULL: &str = "GET /repos/acme/widget/pulls/12";
const NEXT: &str = "4444444444444444444444444444444444444444";

fn job(forge: &Forge, event: &str) -> Run {
    World::new(succeeded()).run_on_github(forge, event, &CHECK)
}

fn review(forge: &Forge) -> Review {
    Review::of(&job(forge, "pull_request"))
}

fn changed(pull_request: PullRequest) -> (ChangedLines, usize) {
    let forge = Forge::with(pull_request);
    let review = review(&forge);
    let found = review.pull_request(None).expect("a pull request").pull_request;
    let lines = review.changed_lines(&found).expect("lines");
    (lines, forge.requests(&format!("{PULL}/files")).len())
}

/// Which number a job is about, and which head it was started for.
#[test]
fn every_event_leads_to_its_pull_request() {
    let cases = [
        ("pull_request", Some((12, Some(HEAD)))),
        ("pull_request_target", Some((13, Some(HEAD)))),
        ("pull_request-fork", Some((13, Some(HEAD)))),
        ("issue_comment-on-pr", Some((12, None))),
        // Its commit merges the pull request with others.
        ("merge_group", Some((12, None))),
        ("push", Some((12, Some(HEAD)))),
        ("workflow_run-same-repo", Some((12, Some(HEAD)))),
        ("workflow_run-fork", Some((12, Some(HEAD)))),
        ("check_suite", Some((12, Some(HEAD)))),
        ("push-moved-on", None),
        ("push-branch-deleted", None),
        ("issue_comment-on-issue", None),
    ];
    for (event, expected) in cases {
        let forge = Forge::new();
        forge.state().pull_requests.push(pull_request(13).of_fork());
        let found = Review::of(&job(&forge, event)).pull_request(None);
        match (found, expected) {
            (Ok(found), Some((number, head))) => {
                assert_eq!((found.pull_request.number, found.job_head.as_deref()), (number, head), "{event}");
                assert_eq!(found.pull_request.is_from_fork, number == 13, "{event}");
            }
            (Err(ReviewError::NotFound(_)), None) => {}
            (found, _) => panic!("{event}: {found:?}"),
        }
    }
}

#[test]
fn a_pull_request_is_read_whole() {
    let hostile = "\u{1b}[31m::error::\n  a\u{202e}b";
    let forge = Forge::with(pull_request(12).of_deleted_fork().title(hostile).branches("fix/a b", "release"));
    let found = review(&forge).pull_request(None).expect("a pull request");
    let read = &found.pull_request;
    assert_eq!((read.forge, read.number, read.head.as_str()), (ForgeName::GitHub, 12, HEAD));
    assert_eq!((read.repository.as_str(), read.is_from_fork), ("acme/widget", true));
    assert_eq!(read.repository_url, "https://github.com/acme/widget.git");
    assert_eq!((read.source_branch.as_str(), read.target_branch.as_str()), ("fix/a b", "release"));
    assert_eq!(read.title, "[31m::error:: a b");
    assert_eq!(forge.requests("GET ").len(), 1);
}

/// The ref names it where the event file does not, and the commit of the run shows whether the head is still the same.
#[test]
fn the_head_of_the_job_is_known_by_its_merge_commit() {
    for (moves, expected) in [(false, Some(HEAD)), (true, None)] {
        let forge = Forge::new();
        let mut run = job(&forge, "pull_request");
        run.env("GITHUB_EVENT_PATH", "/nonexistent").env("GITHUB_REF", "refs/pull/12/merge");
        if moves {
            run.env("GITHUB_SHA", NEXT);
        }
        let found = Review::of(&run).pull_request(None).expect("a pull request");
        assert_eq!(found.job_head.as_deref(), expected);
        assert_eq!(forge.requests("GET ").len(), 1);
    }
}

/// A number that was asked for beats the event, which need not be there.
#[test]
fn a_number_can_be_asked_for() {
    let forge = Forge::new();
    forge.state().pull_requests.push(pull_request(7));
    let cases = [("pull_request", 12, Some(HEAD)), ("pull_request", 7, None), ("schedule", 7, None)];
    for (event, number, job_head) in cases {
        let mut run = job(&forge, "pull_request");
        run.env("GITHUB_EVENT_NAME", event);
        if event == "schedule" {
            run.env("GITHUB_EVENT_PATH", "/nonexistent");
        }
        let found = Review::of(&run).pull_request(Some(number)).expect("a pull request");
        assert_eq!((found.pull_request.number, found.job_head.as_deref()), (number, job_head), "{event}");
    }
}

/// The head is asked for with the mark of the last answer, and moves while the job runs.
#[test]
fn the_head_moves() {
    let forge = Forge::with(pull_request(12).moves_to(NEXT).at_look(4));
    let review = review(&forge);
    let found = review.pull_request(None).expect("a pull request").pull_request;
    let heads: Vec<String> = (0..4).map(|_| review.head(&found).expect("a head")).collect();
    assert_eq!(heads, [HEAD, HEAD, NEXT, NEXT]);
    forge.push(12, HEAD);
    assert_eq!(review.head(&found).as_deref(), Ok(HEAD));
    assert_eq!(forge.requests(PULL).len(), 6);
    // The first answer, and those after which the head had moved.
    assert_eq!(forge.state().sent_whole, 3);
}

#[test]
fn changed_lines_are_those_of_the_new_files() {
    let (lines, requests) = changed(
        pull_request(12)
            .file("src/a.c", "@@ -1,2 +1,3 @@\n a\n+b\n c\n@@ -9,2 +10,2 @@\n-d\n+D\n e")
            .file_without_patch("logo.png")
            .cut_file("src/cut.c", "@@ -0,0 +1,2 @@\n+a\n+b", 9)
            .file("src/broken.c", "@@ -0,0 +1,200 @@\n+a")
            .file("src/huge.c", "@@ -0,0 +4294967295,1000000 @@\n+a")
            .removed_file("src/gone.c")
            .renamed_file("old.c", "new.c")
            .removed_file("link")
            .file("link", "@@ -0,0 +20 @@\n+y")
            .files_a_page(3),
    );
    assert_eq!(requests, 3);
    assert!(!lines.misses_files());
    for (path, line, expected) in [
        ("src/a.c", Some(1), false),
        ("src/a.c", Some(2), true),
        ("src/a.c", Some(10), true),
        ("src/a.c", Some(11), false),
        ("link", Some(20), true),
        ("link", Some(21), false),
        ("src/a.c", None, true),
        ("logo.png", Some(1), true),
        ("src/cut.c", Some(500), true),
        ("src/broken.c", Some(500), true),
        ("src/huge.c", Some(1), true),
        ("src/gone.c", None, false),
        ("new.c", Some(1), false),
        ("new.c", None, true),
        ("old.c", None, false),
        ("other.c", None, false),
    ] {
        assert_eq!(lines.touches(path, line), expected, "{path} {line:?}");
    }
}

/// What is not listed counts as changed where not all files are listed.
#[test]
fn an_incomplete_list_leaves_nothing_out() {
    let file = |pull_request: PullRequest| pull_request.file("a.c", "@@ -0,0 +1 @@\n+a");
    let many =
        (0..31).fold(pull_request(12), |it, index| it.file(&format!("{index}.c"), "@@ -0,0 +1 @@\n+a"));
    for (pull_request, requests) in [
        (file(pull_request(12)).hides_files(1), 1),
        (file(pull_request(12)).repeats_its_first_page(), 2),
        (file(file(pull_request(12))), 1),
        (many.files_a_page(1), 30),
    ] {
        let (lines, asked) = changed(pull_request);
        assert!(lines.misses_files() && lines.touches("unlisted.c", Some(7)));
        assert_eq!(asked, requests);
    }
}

/// What each failure means for the caller, and its advice.
#[test]
fn each_failure_has_its_kind() {
    let refusal: Value =
        serde_json::from_str(include_str!("../../data/github/error-403-integration.json")).expect("JSON");
    let wrong = |body: Value| Fault { body, ..Fault::new(PULL, &[], 200) };
    let whole = || pull_request(12).on_github();
    let without = |path: &[&str], value: Value| {
        let mut body = whole();
        *path.iter().fold(&mut body, |at, name| &mut at[*name]) = value;
        wrong(body)
    };
    let cases = [
        ("no permission", Fault { body: refusal, ..Fault::new(PULL, &[], 403) }, Outcome::Denied),
        (
            "bad token",
            Fault { body: json!({"message": "Bad credentials"}), ..Fault::new(PULL, &[], 401) },
            Outcome::Denied,
        ),
        (
            "not visible",
            Fault { body: json!({"message": "Not Found"}), ..Fault::new(PULL, &[], 404) },
            Outcome::Denied,
        ),
        (
            "long limit",
            Fault {
                headers: &[("retry-after", "3600")],
                body: json!({"message": "You have exceeded a secondary rate limit"}),
                ..Fault::new(PULL, &[], 403)
            },
            Outcome::Unavailable,
        ),
        ("down", Fault { body: json!("<html>"), ..Fault::new(PULL, &[], 502) }, Outcome::Unavailable),
        ("moved", Fault::new(PULL, &[], 301), Outcome::Unavailable),
        ("a list", wrong(json!([1])), Outcome::Unavailable),
        ("another number", without(&["number"], json!(13)), Outcome::Unavailable),
        ("no head", without(&["head"], Value::Null), Outcome::Unavailable),
        ("a head that is not a commit", without(&["head", "sha"], json!("../../x")), Outcome::Unavailable),
        ("a branch that is a number", without(&["head", "ref"], json!(7)), Outcome::Unavailable),
        ("no base", without(&["base"], json!("main")), Outcome::Unavailable),
    ];
    let mut table = Table::default();
    for (name, fault, outcome) in cases {
        let forge = Forge::new();
        forge.state().faults = vec![fault];
        let error = review(&forge).pull_request(None).expect_err(name);
        assert_eq!(error.outcome(), outcome, "{name}: {error}");
        table.add(name, &shown(&forge, error));
    }
    let forge = Forge::new();
    let error = review(&forge).pull_request(Some(99)).expect_err("no such number");
    assert_eq!(error.outcome(), Outcome::Usage);
    table.add("no such number", &shown(&forge, error));
    let job_without = |name: &str| {
        let mut run = job(&forge, "pull_request");
        run.without(name);
        Review::of(&run).pull_request(None).expect_err(name)
    };
    for (name, outcome) in [("GITHUB_TOKEN", Outcome::Denied), ("GITHUB_REPOSITORY", Outcome::Usage)] {
        let error = job_without(name);
        assert_eq!(error.outcome(), outcome, "{name}");
        table.add(format!("without {name}"), &shown(&forge, error));
    }
    assert_shown!("reading_a_pull_request", table.text());
}

/// A limit that ends soon is waited for.
#[test]
fn a_short_limit_is_waited_for() {
    let forge = Forge::new();
    forge.state().faults = vec![Fault { headers: &[("retry-after", "1")], ..Fault::new(PULL, &[1, 2], 429) }];
    assert!(review(&forge).pull_request(None).is_ok());
}

/// Repositories that are gone, and a list that is not one.
#[test]
fn odd_answers_are_read_safely() {
    let forge = Forge::new();
    let mut body = pull_request(12).on_github();
    body["base"]["repo"] =
        json!({"clone_url": "https://user:secret@github.com/x", "html_url": "javascript:x"});
    forge.state().faults = vec![Fault { body, ..Fault::new(PULL, &[1], 200) }];
    let review = review(&forge);
    let found = review.pull_request(None).expect("a pull request").pull_request;
    assert_eq!(found.repository_url, "https://github.com/acme/widget");
    // A server that does not count the files.
    let mut uncounted = pull_request(12).on_github();
    uncounted["changed_files"] = Value::Null;
    forge.state().faults = vec![Fault { body: uncounted, ..Fault::new(PULL, &[2], 200) }];
    assert!(review.changed_lines(&found).expect("lines").misses_files());
    for body in [json!({"message": "odd"}), json!("files"), json!(7)] {
        forge.state().faults =
            vec![Fault { body, ..Fault::new("GET /repos/acme/widget/pulls/12/files", &[], 200) }];
        let error = review.changed_lines(&found).expect_err("no list");
        assert_eq!(error.outcome(), Outcome::Unavailable);
    }
    let entries =
        json!([{"filename": 7}, 3, {"filename": "b.c", "status": 1, "patch": ["@@"], "additions": -1}]);
    let files = "GET /repos/acme/widget/pulls/12/files";
    forge.state().faults = vec![Fault { body: entries, ..Fault::new(files, &[], 200) }];
    let lines = review.changed_lines(&found).expect("lines");
    assert!(lines.misses_files() && lines.touches("b.c", Some(1_000_000)));
}
