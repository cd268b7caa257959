//! What is read of a merge request: which one it is, its head, and the lines that it changes.

use super::job::{CHECK, same, without_token};
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

/// The commit of the job.
const SHA: &str = HEAD;
const NEXT: &str = "4444444444444444444444444444444444444444";
const REQUEST: &str = "GET /api/v4/projects/1001/merge_requests/12";
const OF_PATH: &str = "GET /api/v4/projects/acme%2Fwidget/merge_requests/12";

fn review(forge: &Forge, change: impl Fn(&mut Run)) -> Review {
    let mut run = World::new(succeeded()).run_on_gitlab(forge, &CHECK);
    change(&mut run);
    Review::of(&run)
}

/// A pipeline of a branch.
fn of_branch(run: &mut Run) {
    run.without("CI_MERGE_REQUEST_IID").env("CI_COMMIT_BRANCH", "feature");
}

fn changed(pull_request: PullRequest, faults: Vec<Fault>) -> ChangedLines {
    let forge = Forge::with(pull_request);
    forge.state().faults = faults;
    let review = review(&forge, same);
    let found = review.pull_request(None).expect("a merge request").pull_request;
    review.changed_lines(&found).expect("lines")
}

#[test]
fn a_merge_request_is_read_whole() {
    let forge = Forge::with(pull_request(12).head(SHA).of_fork().title("a\n/close").branches("f/x", "main"));
    let found = review(&forge, same).pull_request(None).expect("a merge request");
    assert_eq!(found.job_head.as_deref(), Some(SHA));
    let read = &found.pull_request;
    assert_eq!((read.forge, read.number, read.head.as_str()), (ForgeName::GitLab, 12, SHA));
    assert_eq!((read.repository.as_str(), read.is_from_fork), ("acme/widget", true));
    assert_eq!(read.repository_url, "https://gitlab.example.com/acme/widget");
    assert_eq!((read.source_branch.as_str(), read.target_branch.as_str()), ("f/x", "main"));
    assert_eq!(read.title, "a /close");
    assert_eq!(forge.requests("GET ").len(), 1);
}

/// Of the variables, of a branch whose merge request has to be asked for, and of a number that was asked for.
#[test]
fn every_pipeline_leads_to_its_merge_request() {
    let open = || {
        vec![json!({"iid": 12, "project_id": 1001, "state": "opened", "source_branch": "feature",
                              "source_project_id": 1001})]
    };
    let merged_result = |run: &mut Run| {
        run.env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", NEXT);
    };
    let listed = |run: &mut Run| {
        of_branch(run);
        run.env("CI_OPEN_MERGE_REQUESTS", "acme/widget!12");
    };
    type Change<'a> = &'a dyn Fn(&mut Run);
    let cases: [(&str, Change<'_>, Option<u64>, Option<(u64, Option<&str>)>); 7] = [
        ("merge request", &same, None, Some((12, Some(SHA)))),
        ("merged result", &merged_result, None, Some((12, Some(NEXT)))),
        ("branch, listed", &listed, None, Some((12, Some(SHA)))),
        ("branch, asked for", &of_branch, None, Some((12, Some(SHA)))),
        ("its own number", &same, Some(12), Some((12, Some(SHA)))),
        ("another number", &same, Some(7), Some((7, None))),
        ("no such number", &of_branch, Some(99), None),
    ];
    for (name, change, number, expected) in cases {
        let forge = Forge::with(pull_request(12).of_deleted_fork());
        forge.state().pull_requests.push(pull_request(7));
        forge.state().gitlab.merge_requests = open();
        match (review(&forge, change).pull_request(number), expected) {
            (Ok(found), Some((number, head))) => {
                assert_eq!((found.pull_request.number, found.job_head.as_deref()), (number, head), "{name}");
                assert_eq!(found.pull_request.is_from_fork, number == 12, "{name}");
            }
            (Err(ReviewError::NotFound(_)), None) => {}
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
    // Neither the pipeline nor its branch has one.
    let tag = |run: &mut Run| {
        run.without("CI_MERGE_REQUEST_IID");
    };
    for change in [&tag as Change<'_>, &of_branch] {
        let error = review(&Forge::new(), change).pull_request(None).expect_err("none");
        assert_eq!(error.outcome(), Outcome::Usage, "{error}");
    }
}

#[test]
fn the_head_moves() {
    let forge = Forge::with(pull_request(12).moves_to(NEXT).at_look(3));
    let review = review(&forge, same);
    let found = review.pull_request(None).expect("a merge request").pull_request;
    let heads: Vec<String> = (0..3).map(|_| review.head(&found).expect("a head")).collect();
    assert_eq!(heads, [found.head.as_str(), NEXT, NEXT]);
    forge.push(12, NEXT);
    assert_eq!(review.head(&found).as_deref(), Ok(NEXT));
    assert_eq!((forge.requests(REQUEST).len(), forge.requests(OF_PATH).len()), (1, 4));
}

#[test]
fn changed_lines_are_those_of_the_new_files() {
    let files = || {
        pull_request(12)
            .file("src/a.c", "@@ -1,2 +1,3 @@\n a\n+b\n c\n")
            .file_without_patch("src/huge.c")
            .file("logo.png", "Binary files a/logo.png and b/logo.png differ\n")
            .file("src/cut.c", "@@ -0,0 +1,200 @@\n+a\n")
            .removed_file("src/gone.c")
            .renamed_file("old.c", "new.c")
    };
    // Servers before 15.7 know only the older call.
    let without_diffs =
        vec![Fault::new("GET /api/v4/projects/acme%2Fwidget/merge_requests/12/diffs", &[], 404)];
    for (pull_request, faults) in [(files().files_a_page(2), Vec::new()), (files(), without_diffs)] {
        let lines = changed(pull_request, faults);
        assert!(!lines.misses_files());
        for (path, line, expected) in [
            ("src/a.c", Some(1), false),
            ("src/a.c", Some(2), true),
            ("src/huge.c", Some(500), true),
            ("logo.png", Some(1), true),
            ("src/cut.c", Some(500), true),
            ("src/gone.c", None, false),
            ("new.c", Some(1), false),
            ("new.c", None, true),
            ("old.c", None, false),
        ] {
            assert_eq!(lines.touches(path, line), expected, "{path} {line:?}");
        }
    }
}

/// What is not listed counts as changed where not all files are listed; also where GitLab has not made the diff yet.
#[test]
fn an_incomplete_list_leaves_nothing_out() {
    let file = |pull_request: PullRequest| pull_request.file("a.c", "@@ -0,0 +1 @@\n+a");
    let many =
        (0..31).fold(pull_request(12), |it, index| it.file(&format!("{index}.c"), "@@ -0,0 +1 @@\n+a"));
    let mut unprepared = pull_request(12).on_gitlab();
    unprepared["changes_count"] = Value::Null;
    let unprepared = Fault { body: unprepared, ..Fault::new(OF_PATH, &[1], 200) };
    for (pull_request, faults) in [
        (file(pull_request(12)).hides_files(1), Vec::new()),
        (file(pull_request(12)).repeats_its_first_page(), Vec::new()),
        (many.files_a_page(1), Vec::new()),
        (pull_request(12), vec![unprepared]),
    ] {
        let lines = changed(pull_request, faults);
        assert!(lines.misses_files() && lines.touches("unlisted.c", Some(7)));
    }
}

/// What each failure means for the caller, and its advice.
#[test]
fn each_failure_has_its_kind() {
    let wrong = |body: Value| Fault { body, ..Fault::new(REQUEST, &[], 200) };
    let without = |path: &[&str], value: Value| {
        let mut body = pull_request(12).on_gitlab();
        *path.iter().fold(&mut body, |at, name| &mut at[*name]) = value;
        wrong(body)
    };
    let refused = |status, body: Value| Fault { body, ..Fault::new(REQUEST, &[], status) };
    let cases = [
        ("no right", refused(403, json!({"message": "403 Forbidden"})), Outcome::Denied),
        ("bad token", refused(401, json!({"message": "401 Unauthorized"})), Outcome::Denied),
        ("not visible", refused(404, json!({"message": "404 Project Not Found"})), Outcome::Denied),
        ("down", Fault::new(REQUEST, &[], 502), Outcome::Unavailable),
        ("a list", wrong(json!([1])), Outcome::Unavailable),
        ("another number", without(&["iid"], json!(13)), Outcome::Unavailable),
        ("a head that is not a commit", without(&["sha"], json!("../../x")), Outcome::Unavailable),
        ("a path that climbs", without(&["references", "full"], json!("../../x!12")), Outcome::Unavailable),
        ("no branch", without(&["target_branch"], json!("")), Outcome::Unavailable),
    ];
    let mut table = Table::default();
    for (name, fault, outcome) in cases {
        let forge = Forge::new();
        let is_bad_head = name.starts_with("a head");
        let mut fault = fault;
        if is_bad_head {
            fault.body["diff_refs"] = Value::Null;
        }
        forge.state().faults = vec![fault];
        let error = review(&forge, same).pull_request(None).expect_err(name);
        assert_eq!(error.outcome(), outcome, "{name}: {error}");
        table.add(name, &shown(&forge, error));
    }
    let forge = Forge::new();
    let error = review(&forge, without_token).pull_request(None).expect_err("no token");
    assert_eq!(error.outcome(), Outcome::Denied);
    table.add("without GITLAB_TOKEN", &shown(&forge, error));
    forge.state().faults = vec![refused(401, json!({"message": "401 Unauthorized"}))];
    let job_token = |run: &mut Run| {
        let token = run.variable("GITLAB_TOKEN").expect("a token");
        run.env("CI_JOB_TOKEN", &token);
    };
    let error = review(&forge, job_token).pull_request(None).expect_err("the token of the job");
    assert_eq!(error.outcome(), Outcome::Denied);
    table.add("token of the job", &shown(&forge, error));
    assert_shown!("reading_a_merge_request", table.text());
}
