//! The pull request: found, with one comment of the gate that shows the result of the job.

use super::job::{COMMENTS, passing, run};
use crate::kit::forge::{Comment, Fault, Forge};
use crate::kit::scenario::{FAILED, STOPPED, endless, task};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};

/// Two runs leave one comment, which shows what has changed; nothing is sent when nothing has.
#[test]
fn two_runs_leave_one_comment() {
    let forge = Forge::new();
    run(&forge, "pull_request", passing(), &[]).expect(0);
    let worse = passing().findings([2, 1, 1, 9]);
    run(&forge, "pull_request", worse, &["--publish", "comment"]).expect(0);
    {
        let state = forge.state();
        assert_eq!(state.comments.len(), 1);
        let body = &state.comments[0].body;
        assert!(body.contains("| 2 (+2) | 1 | 1 (−3) | 9 | 13 (−1) |"), "{body}");
    }
    assert_eq!((forge.requests(COMMENTS).len(), forge.requests("PATCH ").len()), (1, 1));
    let body = forge.requests("PATCH ")[0]["body"].clone();
    assert_eq!(forge.state().comments[0].body, body);
    // The same result as before, to the letter.
    for _ in 0..2 {
        run(&forge, "pull_request", endless(), &["--publish", "comment", "--timeout", "2s", "--start"])
            .expect(2);
        assert_eq!(forge.requests("PATCH ").len(), 2);
    }
    // Another key, another comment.
    run(&forge, "pull_request", passing(), &["--publish", "comment", "--comment-key", "nightly"]).expect(0);
    assert_eq!(forge.state().comments.len(), 2);
}

/// Anybody can copy the marker; comments of others are left alone, also on later pages. A duplicate of the gate's own
/// comment, left by a race, is removed.
#[test]
fn only_the_gates_own_comment_is_edited() {
    let forge = Forge::new();
    let mark = format!("<!-- codearts-gate:{TASK} -->\nold");
    let logins =
        ["mallory", "dev1", "github-actions", "github-actions[bot]", "mallory", "github-actions[bot]"];
    forge.state().comments = (1..)
        .zip(logins)
        .map(|(id, login)| Comment {
            id,
            login: login.to_owned(),
            is_bot: login.ends_with("[bot]"),
            body: mark.clone(),
        })
        .collect();
    run(&forge, "pull_request", passing(), &["--publish", "comment"]).expect(0);
    let state = forge.state();
    let left: Vec<(u64, bool)> =
        state.comments.iter().map(|comment| (comment.id, comment.body == mark)).collect();
    assert_eq!(left, [(1, true), (2, true), (3, true), (4, false), (5, true)]);
}

/// Older servers have no GraphQL, and job tokens have no user. Where GitHub only fails to name the user of the token,
/// guessing could leave a second comment.
#[test]
fn the_user_of_a_token_is_not_guessed() {
    let forge = Forge::new();
    let body = format!("<!-- codearts-gate:{TASK} -->\nold");
    let own = Comment { id: 7, login: "github-actions[bot]".to_owned(), is_bot: true, body };
    forge.state().comments = vec![own.clone()];
    forge.state().faults = vec![Fault::new("POST /graphql", &[], 404)];
    run(&forge, "pull_request", passing(), &["--publish", "comment"]).expect(0);
    assert_eq!(forge.state().comments.len(), 1);
    assert_eq!(forge.requests(COMMENTS).len(), 0);
    forge.state().comments = vec![own];
    forge.state().faults = vec![Fault::new("POST /graphql", &[], 502)];
    run(&forge, "pull_request", passing(), &["--publish", "comment"]).expect(5);
    assert_eq!(forge.state().comments.len(), 1);
    assert_eq!(forge.requests(COMMENTS).len(), 0);
}

/// The pull request shows the result of the job, also when one of the publishing targets is what failed.
#[test]
fn pull_request_and_job_agree() {
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new(COMMENTS, &[], 403)];
    run(&forge, "pull_request", passing(), &["--publish", "comment,check-run"]).expect(5);
    assert_eq!(forge.state().check_runs[0]["conclusion"], "failure");
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new("POST /repos/acme/widget/check-runs", &[], 403)];
    run(&forge, "pull_request", passing(), &["--publish", "comment,check-run"]).expect(5);
    let state = forge.state();
    assert_eq!(state.comments.len(), 1);
    assert_shown!("a_check_run_that_failed", lines_with(&state.comments[0].body, "### "));
}

/// Unwritable files of the runner are found before a pass is published.
#[test]
fn files_are_tested_before_the_pull_request_is_written() {
    for variable in ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
        let forge = Forge::new();
        let world = World::new(passing());
        let arguments = ["check", TASK, "--publish", "summary,outputs,comment,check-run"];
        let mut run = world.run_on_github(&forge, "pull_request", &arguments);
        let ended = run.env(variable, "/nonexistent/file").finish().expect(5);
        let state = forge.state();
        assert_shown!("files_that_cannot_be_written", lines_with(&state.comments[0].body, "### "));
        assert_eq!(state.check_runs[0]["conclusion"], "failure");
        assert_eq!(ended.result()["outcome"], "report-failed");
        assert!(ended.stderr.contains(&format!("{variable} (`/nonexistent/file`)")), "{}", ended.stderr);
        // And reported once.
        let warnings = ["warning: not published as summary:", "warning: not published as outputs:"]
            .map(|warning| ended.stderr.matches(warning).count());
        assert_eq!(warnings.iter().sum::<usize>(), 1, "{}", ended.stderr);
    }
}

/// Faults on the comment: 502 before and after it was written, all forms of rate limits.
#[test]
fn faults_leave_one_comment() {
    let limit: Value =
        serde_json::from_str(include_str!("../../data/github/error-403-rate-limit.json")).expect("JSON");
    let cases = [
        Fault::new(COMMENTS, &[1], 502),
        Fault::new(COMMENTS, &[1, 2], 500),
        Fault { is_done: true, ..Fault::new(COMMENTS, &[1], 0) },
        Fault { headers: &[("retry-after", "1")], ..Fault::new(COMMENTS, &[1], 429) },
        Fault { body: limit, ..Fault::new(COMMENTS, &[1], 403) },
        Fault {
            headers: &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")],
            ..Fault::new(COMMENTS, &[1], 403)
        },
        Fault::new("GET /repos/acme/widget/issues/12/comments", &[1, 2], 503),
        Fault { body: json!("<html>"), ..Fault::new("GET /repos/acme/widget/issues/12/comments", &[1], 502) },
    ];
    for fault in cases {
        let forge = Forge::new();
        forge.state().faults = vec![fault.clone()];
        let ended = run(&forge, "pull_request", passing(), &["--publish", "comment,outputs"]);
        assert_eq!(ended.code, 0, "{fault:?}: {}", ended.stderr);
        assert_eq!(forge.state().comments.len(), 1, "{fault:?}");
        assert!(ended.outputs()["comment-url"].ends_with("#issuecomment-900001"), "{fault:?}");
    }
}

/// The token of a pull request from a fork is read-only: a warning, the same exit code, the text in the summary.
#[test]
fn the_comment_of_a_fork_is_in_the_summary() {
    let refusal: Value =
        serde_json::from_str(include_str!("../../data/github/error-403-integration.json")).expect("JSON");
    let fault = Fault { body: refusal, ..Fault::new("POST /repos/acme/widget/issues/13/comments", &[], 403) };
    let failing = || task().before(FAILED);
    let mut table = Table::default();
    for (task, code) in [(passing(), 0), (failing(), 1)] {
        let forge = Forge::new();
        forge.state().faults = vec![fault.clone()];
        let ended = run(&forge, "pull_request-fork", task, &[]).expect(code);
        table.add(
            format!("exit {code}, log"),
            &lines_with(&ended.stderr, "warning: not published as comment: "),
        );
        let port = forge.origin().rsplit(':').next().expect("a port");
        table.add(format!("exit {code}, summary"), &ended.summary().replace(port, "PORT"));
        assert_eq!(forge.state().comments.len(), 0);
    }
    assert_shown!("a_fork", table.text());
    // Named, it must succeed; a verdict on the code still wins.
    for (task, code) in [(passing(), 5), (failing(), 1)] {
        let forge = Forge::new();
        forge.state().faults = vec![fault.clone()];
        run(&forge, "pull_request-fork", task, &["--publish", "summary,comment"]).expect(code);
    }
}

/// The pull request is found for every kind of event, or the log says that there is none.
#[test]
fn the_pull_request_is_found() {
    let cases = [
        ("pull_request", Some(12)),
        ("pull_request_target", Some(13)),
        ("issue_comment-on-pr", Some(12)),
        ("merge_group", Some(12)),
        ("push", Some(12)),
        ("workflow_run-same-repo", Some(12)),
        ("workflow_run-fork", Some(12)),
        // The pull request has moved on since.
        ("push-moved-on", None),
        ("push-branch-deleted", None),
        ("issue_comment-on-issue", None),
    ];
    let mut table = Table::default();
    for (event, number) in cases {
        let forge = Forge::new();
        let ended = run(&forge, event, passing(), &[]).expect(0);
        let posted =
            |number| forge.requests(&format!("POST /repos/acme/widget/issues/{number}/comments")).len();
        assert_eq!(
            (posted(12), posted(13)),
            (usize::from(number == Some(12)), usize::from(number == Some(13))),
            "{event}"
        );
        let reason = lines_with(&ended.stderr, "comment: ");
        assert_eq!(reason.contains("#issuecomment-"), number.is_some(), "{event}: {reason}");
        if number.is_none() {
            table.add(event, &reason);
        }
    }
    assert_shown!("no_pull_request", table.text());
}

/// The commit people look at is the head of the pull request, not the merge commit.
#[test]
fn a_check_run_is_made_once_on_the_head() {
    let head = "2222222222222222222222222222222222222222";
    let post = "POST /repos/acme/widget/check-runs";
    for fault in
        [None, Some(Fault { is_done: true, ..Fault::new(post, &[1], 0) }), Some(Fault::new(post, &[1], 502))]
    {
        let forge = Forge::new();
        forge.state().faults = fault.into_iter().collect();
        run(&forge, "pull_request", task().before(STOPPED), &["--publish", "check-run"]).expect(3);
        let state = forge.state();
        assert_eq!(state.check_runs.len(), 1);
        let run = &state.check_runs[0];
        assert_eq!((&run["head_sha"], &run["conclusion"]), (&json!(head), &json!("failure")));
        // The check run of another gate must not replace this one.
        assert_eq!(run["name"], format!("CodeArts Check ({TASK})"));
        assert_eq!(run["details_url"], "https://github.com/acme/widget/actions/runs/555/attempts/1");
        assert!(run["output"]["title"].as_str().is_some_and(|title| title.contains("stopped")), "{run}");
    }
    // The commit that the event names, also where no pull request is found; never the branch of the workflow itself.
    let forge = Forge::new();
    forge.state().faults =
        vec![Fault { body: json!([]), ..Fault::new("GET /repos/acme/widget/pulls", &[], 200) }];
    run(&forge, "workflow_run-fork", passing(), &["--publish", "check-run"]).expect(0);
    assert_eq!(forge.state().check_runs[0]["head_sha"], head);
    for event in ["push-branch-deleted", "issue_comment-on-pr", "issue_comment-on-issue"] {
        run(&forge, event, passing(), &["--publish", "check-run"]).expect(5);
    }
    assert_eq!(forge.state().check_runs.len(), 1);
}

/// Values of events and variables become part of API paths, so they are validated: a commit, a repository.
#[test]
fn values_in_api_paths_are_validated() {
    let event = |after: &str| json!({"after": after, "ref": "refs/heads/main"}).to_string();
    let sha = "2222222222222222222222222222222222222222";
    let cases = [
        ("..", "acme/widget"),
        ("../../../../../user", "acme/widget"),
        ("%2e%2e/%2e%2e/issues/12", "acme/widget"),
        ("2222222?x=1#", "acme/widget"),
        (sha, "acme/widget/../../user"),
        (sha, "acme/.."),
        (sha, "../widget"),
    ];
    for (after, repository) in cases {
        let forge = Forge::new();
        let world = World::new(passing());
        let mut run = world.run_on_github(&forge, "push", &["check", TASK, "--publish", "comment,check-run"]);
        let path = run.reports().with_file_name("event.json");
        std::fs::write(&path, event(after)).expect("the event");
        run.env("GITHUB_EVENT_PATH", path.to_str().expect("UTF-8")).env("GITHUB_REPOSITORY", repository);
        let ended = run.finish().expect(5);
        assert_eq!(forge.everything(), "", "{after} {repository}: {}", ended.stderr);
    }
}

/// A token crosses the network in plain text only where that was allowed; then it works.
#[test]
fn plain_http_to_a_forge_must_be_allowed() {
    for is_allowed in [false, true] {
        let forge = Forge::new();
        let world = World::new(passing());
        let arguments = ["check", TASK, "--publish", "comment", "--allow-http"];
        let arguments = &arguments[..arguments.len() - usize::from(!is_allowed)];
        let mut run = world.run_on_github(&forge, "pull_request", arguments);
        run.env("GITHUB_API_URL", "http://forge.example")
            .env("GITHUB_GRAPHQL_URL", "http://forge.example/graphql");
        // The network of that host.
        run.env("HTTP_PROXY", forge.origin());
        let ended = run.finish().expect(if is_allowed { 0 } else { 5 });
        assert_eq!(forge.state().comments.len(), usize::from(is_allowed), "{}", ended.stderr);
        assert_eq!(ended.stderr.contains("`--allow-http`"), !is_allowed, "{}", ended.stderr);
        assert_eq!(forge.everything().is_empty(), !is_allowed);
    }
}
