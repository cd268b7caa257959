//! The comment on the pull request, the status of its commit, and what the runner gets.

use super::job::{COMMENTS, event, passing, run, same};
use crate::kit::forge::{Comment, Fault, Forge, GITEA_TOKEN, HEAD};
use crate::kit::scenario::FAILED;
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::json;

const LIST: &str = "GET /api/v1/repos/acme/widget/issues/12/comments";

#[test]
fn two_runs_leave_one_comment() {
    let forge = Forge::new();
    let ended = run(&forge, passing(), same, &[]).expect(0);
    let output = std::fs::read_to_string(ended.reports.parent().expect("a directory").join("output"));
    let url = "https://gitea.example/acme/widget/pulls/12#issuecomment-91";
    assert!(output.is_ok_and(|text| text.contains(&format!("comment-url={url}\n"))), "{}", ended.stderr);
    assert!(!ended.stderr.contains("::warning") && !ended.stderr.contains("::error"), "{}", ended.stderr);
    {
        let state = forge.state();
        let body = &state.comments[0].body;
        assert!(
            body.starts_with(&format!("<!-- codearts-gate:{TASK} -->\n### ✅ CodeArts Check passed\n")),
            "{body}"
        );
        assert!(body.contains("https://gitea.example/acme/widget/actions/runs/9"), "{body}");
        // Only archives are kept.
        let artifact = &state.artifacts[0];
        assert_eq!((artifact.version, artifact.stored_type.as_str()), (4, "application/zip"));
        assert!(state.gitea.statuses.is_empty());
    }
    run(&forge, passing().findings([2, 1, 4, 9]), same, &[]).expect(0);
    let state = forge.state();
    assert_eq!(state.comments.len(), 1);
    assert!(
        state.comments[0].body.contains("| 2 (+2) | 1 | 4 | 9 | 16 (+2) |"),
        "{}",
        state.comments[0].body
    );
    let api = |line: &str| line.contains(" /api/v1/");
    assert!(state.requests.iter().filter(|(line, _)| api(line)).count() <= 6, "{:?}", state.requests);
}

/// A copy of the mark is a stranger's comment. The token of a job has no user; a person's does.
#[test]
fn only_the_gates_own_comment_is_edited() {
    let mark = format!("<!-- codearts-gate:{TASK} -->\nold");
    for (user, own) in [(None, "gitea-actions"), (None, "forgejo-actions"), (Some("Gate-Bot"), "gate-bot")] {
        let forge = Forge::new();
        forge.state().gitea.user = user;
        let logins = ["mallory", own, "mallory", own];
        let comment = |(id, login): (u64, &str)| Comment {
            id,
            login: login.to_owned(),
            is_bot: false,
            body: mark.clone(),
        };
        let talk = (100..220).map(|id| Comment { body: "text".to_owned(), ..comment((id, "dev1")) });
        forge.state().comments = talk.chain((1..).zip(logins).map(comment)).collect();
        run(&forge, passing(), same, &["--publish", "comment"]).expect(0);
        let state = forge.state();
        let left: Vec<(u64, bool)> =
            state.comments.iter().skip(120).map(|comment| (comment.id, comment.body == mark)).collect();
        assert_eq!(left, [(1, true), (2, false), (3, true)], "{own}");
    }
}

/// Each refusal is explained, and so is a list that cannot be believed.
#[test]
fn refusals_are_explained() {
    let refused = |request, status| Fault::new(request, &[], status);
    let said = |message: &str, fault: Fault| Fault { body: json!({"message": message}), ..fault };
    let cut = Fault { body: json!([]), headers: &[("x-total-count", "3")], ..refused(LIST, 200) };
    let cases = [
        ("list refused", refused(LIST, 403)),
        ("list of nothing", said("odd", refused(LIST, 200))),
        ("list that is cut", cut),
        ("bad token", refused(COMMENTS, 401)),
        ("no right", refused(COMMENTS, 403)),
        ("gone", refused(COMMENTS, 404)),
        ("archived", said("repo is archived", refused(COMMENTS, 423))),
    ];
    let mut table = Table::default();
    for (name, fault) in cases {
        let forge = Forge::new();
        forge.state().faults = vec![fault];
        let ended = run(&forge, passing(), same, &[]).expect(0);
        assert_eq!(forge.state().comments.len(), 0, "{name}");
        let stderr = ended.stderr.replace(forge.origin().trim_start_matches("http://"), "HOST");
        table.add(name, &lines_with(&stderr, "comment: "));
    }
    assert_shown!("refusals_of_gitea", table.text());
}

/// A person's token that may not read its user is not taken for that of a job, whose comments would be others.
#[test]
fn a_missing_scope_is_not_guessed_around() {
    let forge = Forge::new();
    let body = format!("<!-- codearts-gate:{TASK} -->\nold");
    let login = "gate-bot".to_owned();
    forge.state().comments = vec![Comment { id: 1, login, is_bot: false, body }];
    let why = "token does not have at least one of required scope(s), required=[read:user]";
    forge.state().faults =
        vec![Fault { body: json!({"message": why}), ..Fault::new("GET /api/v1/user", &[], 403) }];
    let ended = run(&forge, passing(), same, &["--publish", "comment"]).expect(5);
    assert!(ended.stderr.contains("`read:user`"), "{}", ended.stderr);
    assert_eq!(forge.requests(COMMENTS).len(), 0);
}

#[test]
fn the_status_is_that_of_the_head() {
    let forge = Forge::new();
    run(&forge, passing(), same, &["--publish", "status"]).expect(0);
    run(&forge, passing().before(FAILED), same, &["--publish", "check-run"]).expect(1);
    let statuses = forge.state().gitea.statuses.clone();
    let states: Vec<_> = statuses.iter().map(|(sha, status)| (sha.as_str(), &status["state"])).collect();
    assert_eq!(states, [(HEAD, &json!("success")), (HEAD, &json!("failure"))]);
    assert_eq!(statuses[0].1["context"], format!("codearts/{TASK}"));
    assert_eq!(statuses[0].1["target_url"], "https://gitea.example/acme/widget/actions/runs/9");
    forge.state().faults = vec![Fault::new("POST /api/v1/repos/acme/widget/statuses", &[], 403)];
    let ended = run(&forge, passing(), same, &["--publish", "status"]).expect(5);
    assert!(ended.stderr.contains("GITEA_TOKEN"), "{}", ended.stderr);
    run(&forge, passing(), same, &["--publish", "annotations"]).expect(64);
}

/// A fork has no token, or one that may only read: one or two lines.
#[test]
fn a_fork_is_no_failure() {
    let forge = Forge::new();
    let without = |run: &mut Run| {
        run.without("GITHUB_TOKEN");
    };
    let ended = run(&forge, passing(), without, &[]).expect(0);
    assert_eq!(forge.requests("GET /api/v1").len() + forge.requests("POST /api/v1").len(), 0);
    assert_shown!("without_a_token", lines_with(&ended.stderr, "GITEA_TOKEN"));
    let of_fork = |run: &mut Run| {
        let text = json!({"number": 12, "pull_request": {"number": 12, "head": {"sha": HEAD, "repo": {"full_name": "outsider/widget"}},
                          "base": {"repo": {"full_name": "acme/widget"}}}});
        event(run, "pull_request", &text.to_string());
    };
    forge.state().faults = vec![Fault::new(COMMENTS, &[], 403)];
    let ended = run(&forge, passing(), of_fork, &[]).expect(0);
    assert!(ended.stderr.contains("from a fork is read-only"), "{}", ended.stderr);
}

/// On Jenkins, where only the server that is named gets the token.
#[test]
fn jenkins_comments_on_a_named_server() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run(&["check", TASK, "--publish", "comment"]);
    run.env("JENKINS_URL", "https://j/").env("CHANGE_ID", "12").env("GITEA_TOKEN", GITEA_TOKEN);
    run.env("GITEA_API_URL", forge.origin());
    run.env("CHANGE_URL", &format!("{}/acme/widget/pulls/12", forge.origin()));
    forge.state().gitea.user = Some("gate-bot");
    run.finish().expect(0);
    assert_eq!(forge.state().comments.len(), 1);
}
