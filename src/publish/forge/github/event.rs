//! Which pull request the event of a job names (`ci/github`, section 3). Pure but for reading the file.

use crate::ci::github::{QUEUE_PREFIX, Repository, pull_request_in};
use crate::ci::{is_commit, parse_number};
use crate::error::Problem;
use crate::log_problem;
use crate::messages::{GitHubMessage, PullRequestPlace};
use crate::publish::forge::event_file::read_event;
use serde_json::Value;

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PullRequest {
    /// Its number.
    pub(super) number: u64,
    /// The commit this run is about, where the event names it; the pull request may have moved on since.
    pub(super) head_sha: Option<String>,
    /// Whether it comes from another repository, so that the token may only read.
    pub(super) is_from_fork: bool,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventTarget {
    /// The pull request.
    PullRequest(PullRequest),
    /// Only its number, and the commit that merges it for this run.
    Merge(u64, String),
    /// Only a number that somebody typed; an issue may have it.
    Typed(u64),
    /// Only this commit; pull requests have to be asked for.
    Commit(String),
    /// Only this head, `owner:branch`, and its commit.
    Head(String, String),
    /// That there is none.
    Nothing,
}

impl EventTarget {
    /// Where a comment goes, for people.
    pub(super) fn place(&self) -> Option<PullRequestPlace> {
        match self {
            Self::PullRequest(PullRequest { number, .. }) | Self::Merge(number, _) | Self::Typed(number) => {
                Some(PullRequestPlace::Number(*number))
            }
            Self::Commit(sha) => Some(PullRequestPlace::OfCommit(sha.clone())),
            Self::Head(head, _) => Some(PullRequestPlace::OfHead(head.clone())),
            Self::Nothing => None,
        }
    }

    /// The number, where it is known.
    pub(super) const fn number(&self) -> Option<u64> {
        match self {
            Self::PullRequest(PullRequest { number, .. }) | Self::Merge(number, _) | Self::Typed(number) => {
                Some(*number)
            }
            Self::Commit(_) | Self::Head(..) | Self::Nothing => None,
        }
    }

    /// Whether it comes from another repository, where that is known.
    pub(super) const fn is_from_fork(&self) -> Option<bool> {
        match self {
            Self::PullRequest(found) => Some(found.is_from_fork),
            Self::Merge(..) | Self::Typed(_) | Self::Commit(_) | Self::Head(..) | Self::Nothing => None,
        }
    }

    /// The commit this run is about.
    pub(super) fn commit(&self) -> Option<&str> {
        match self {
            Self::PullRequest(found) => found.head_sha.as_deref(),
            Self::Commit(sha) | Self::Head(_, sha) => Some(sha),
            Self::Merge(..) | Self::Typed(_) | Self::Nothing => None,
        }
    }
}

/// Reads the event; where it does not name one, the ref and the commit of the run are left.
pub(super) fn in_event(name: &str, event: &Value, git_ref: &str, sha: &str) -> EventTarget {
    let target = match name {
        "workflow_run" => in_workflow_run(event),
        "check_suite" => in_check(event, &event["check_suite"]),
        "check_run" => in_check(event, &event["check_run"]),
        "merge_group" => in_merge_group(&event["merge_group"]),
        "issue_comment" => in_issue_comment(&event["issue"]),
        "push" => commit(&event["after"]).filter(|after| !is_zero(after)).map(EventTarget::Commit),
        _ => in_pull_request(event),
    };
    let by_commit = || {
        // Of a push, only where nothing is known of it: one that deletes a branch runs on another commit.
        let is_its_own = matches!(name, "workflow_dispatch" | "schedule" | "repository_dispatch")
            || name == "push" && event["after"].is_null();
        Some(EventTarget::Commit(sha.to_owned())).filter(|_| is_its_own && is_commit(sha))
    };
    target.or_else(|| in_ref(git_ref, sha)).or_else(by_commit).unwrap_or(EventTarget::Nothing)
}

/// `refs/pull/12/merge`, whose commit merges the pull request, or `refs/pull/12/head`, whose commit is its head.
fn in_ref(git_ref: &str, sha: &str) -> Option<EventTarget> {
    let (number, kind) = pull_request_in(git_ref)?;
    let sha = Some(sha.to_owned()).filter(|sha| is_commit(sha));
    Some(match (kind, sha) {
        ("merge", Some(sha)) => EventTarget::Merge(number, sha),
        ("head", head_sha) => EventTarget::PullRequest(PullRequest { number, head_sha, is_from_fork: false }),
        _ => EventTarget::PullRequest(PullRequest { number, head_sha: None, is_from_fork: false }),
    })
}

/// `pull_request` and its relatives.
fn in_pull_request(event: &Value) -> Option<EventTarget> {
    let pull_request = &event["pull_request"];
    let number = pull_request["number"].as_u64().or_else(|| event["number"].as_u64())?;
    let head = &pull_request["head"];
    // The repository of a fork can be gone already.
    let is_from_fork = head["repo"]["full_name"] != event["repository"]["full_name"];
    Some(EventTarget::PullRequest(PullRequest { number, head_sha: commit(&head["sha"]), is_from_fork }))
}

fn in_issue_comment(issue: &Value) -> Option<EventTarget> {
    // An issue that is not a pull request lacks this.
    issue["pull_request"].as_object()?;
    let number = issue["number"].as_u64()?;
    Some(EventTarget::PullRequest(PullRequest { number, head_sha: None, is_from_fork: false }))
}

/// For forks the list is empty.
fn in_workflow_run(event: &Value) -> Option<EventTarget> {
    let run = &event["workflow_run"];
    let head_sha = commit(&run["head_sha"]);
    let is_from_fork = run["head_repository"]["full_name"] != run["repository"]["full_name"];
    if let Some(number) = listed(event, run) {
        return Some(EventTarget::PullRequest(PullRequest { number, head_sha, is_from_fork }));
    }
    let owner = text(&run["head_repository"]["owner"]["login"])?;
    let branch = text(&run["head_branch"])?;
    Some(EventTarget::Head(format!("{owner}:{branch}"), head_sha?))
}

/// A check suite or a check run. Which repository its commit is in is not named, but those of forks are never listed.
fn in_check(event: &Value, check: &Value) -> Option<EventTarget> {
    let head_sha = commit(&check["head_sha"]);
    match listed(event, check) {
        Some(number) => Some(EventTarget::PullRequest(PullRequest { number, head_sha, is_from_fork: false })),
        None => head_sha.map(EventTarget::Commit),
    }
}

/// The pull request of this repository in a list that can name those of others with the same commit; none where there are
/// several: which of them are open is for the API to show.
fn listed(event: &Value, of: &Value) -> Option<u64> {
    let repository = Some(&event["repository"]["id"]).filter(|id| id.is_u64())?;
    let is_of_repository = |entry: &&Value| entry["base"]["repo"]["id"] == *repository;
    let mut found = of["pull_requests"].as_array()?.iter().filter(is_of_repository);
    let number = found.next()?["number"].as_u64();
    number.filter(|_| found.next().is_none())
}

/// The number stands in the name of the queue's branch: `.../pr-12-<sha>`.
fn in_merge_group(group: &Value) -> Option<EventTarget> {
    let name = group["head_ref"].as_str()?.trim_start_matches("refs/heads/").strip_prefix(QUEUE_PREFIX)?;
    let (_, tail) = name.rsplit_once("/pr-")?;
    let number = parse_number(tail.split('-').next()?)?;
    let head_sha = commit(&group["head_sha"]);
    Some(EventTarget::PullRequest(PullRequest { number, head_sha, is_from_fork: false }))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A commit, which will stand in a path.
pub(super) fn commit(value: &Value) -> Option<String> {
    text(value).filter(|sha| is_commit(sha))
}

/// Of a push that deletes a branch.
fn is_zero(sha: &str) -> bool {
    sha.bytes().all(|byte| byte == b'0')
}

/// What the job's event is about, or its ref where the file of the event cannot be read.
///
/// # Errors
/// When neither does.
pub(super) fn target_of(repository: &Repository) -> Result<EventTarget, Problem> {
    let (target, problem) = read_target(repository)?;
    if let Some(problem) = problem {
        log_problem!(warn, problem);
    }
    Ok(target)
}

/// As [`target_of`], with what there is to warn of.
///
/// # Errors
/// The same.
pub(super) fn read_target(repository: &Repository) -> Result<(EventTarget, Option<Problem>), Problem> {
    if let Some(number) = repository.typed_number {
        return Ok((EventTarget::Typed(number), None));
    }
    let target =
        |event: &Value| in_event(&repository.event_name, event, &repository.git_ref, &repository.sha);
    let Some(path) = &repository.event_path else { return Ok((target(&Value::Null), None)) };
    match read_event(path) {
        Ok(event) => Ok((target(&event), None)),
        Err(problem) => {
            let Some(target) = in_ref(&repository.git_ref, &repository.sha) else { return Err(problem) };
            let what = GitHubMessage::RefForEvent { why: Box::new(problem.what) };
            Ok((target, Some(Problem { what: what.into(), ..problem })))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HEAD: &str = "2222222222222222222222222222222222222222";
    const MERGE: &str = "3333333333333333333333333333333333333333";

    fn example(name: &str) -> Value {
        let path = format!("{}/tests/data/github/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&std::fs::read(path).expect("the event")).expect("JSON")
    }

    fn pull_request(number: u64, is_from_fork: bool) -> EventTarget {
        EventTarget::PullRequest(PullRequest { number, head_sha: Some(HEAD.to_owned()), is_from_fork })
    }

    #[test]
    fn every_kind_of_event() {
        let without_head =
            EventTarget::PullRequest(PullRequest { number: 12, head_sha: None, is_from_fork: false });
        let cases = [
            ("pull_request", "pull_request", pull_request(12, false)),
            ("pull_request-fork", "pull_request", pull_request(13, true)),
            ("pull_request-fork-deleted", "pull_request", pull_request(13, true)),
            ("pull_request_target", "pull_request_target", pull_request(13, true)),
            ("pull_request", "pull_request_review", pull_request(12, false)),
            ("issue_comment-on-pr", "issue_comment", without_head.clone()),
            ("issue_comment-on-issue", "issue_comment", EventTarget::Nothing),
            ("merge_group", "merge_group", pull_request(12, false)),
            ("push", "push", EventTarget::Commit(HEAD.to_owned())),
            ("push-branch-deleted", "push", EventTarget::Nothing),
            ("workflow_run-same-repo", "workflow_run", pull_request(12, false)),
            (
                "workflow_run-fork",
                "workflow_run",
                EventTarget::Head("outsider:feature".to_owned(), HEAD.to_owned()),
            ),
        ];
        for (file, name, expected) in cases {
            assert_eq!(
                in_event(name, &example(&format!("event-{file}")), "refs/heads/main", MERGE),
                expected,
                "{file} as {name}"
            );
        }
    }

    /// A commit can be in pull requests of other repositories, whose numbers mean others here.
    #[test]
    fn a_workflow_run_lists_foreign_pull_requests_too() {
        let mut event = example("event-workflow_run-same-repo");
        let mut foreign = event["workflow_run"]["pull_requests"][0].clone();
        foreign["number"] = json!(7);
        foreign["base"]["repo"]["id"] = json!(9999);
        event["workflow_run"]["pull_requests"] = json!([foreign, event["workflow_run"]["pull_requests"][0]]);
        assert_eq!(in_event("workflow_run", &event, "", MERGE), pull_request(12, false));
        event["workflow_run"]["pull_requests"] = json!([foreign]);
        let head = EventTarget::Head("acme:feature".to_owned(), HEAD.to_owned());
        assert_eq!(in_event("workflow_run", &event, "", MERGE), head);
        // One branch can lead to two of this repository.
        let mut own = example("event-workflow_run-same-repo")["workflow_run"]["pull_requests"].take();
        let mut other = own[0].clone();
        other["number"] = json!(8);
        own.as_array_mut().expect("a list").push(other);
        event["workflow_run"]["pull_requests"] = own;
        assert_eq!(in_event("workflow_run", &event, "", MERGE), head);
    }

    #[test]
    fn the_ref_is_the_last_resort() {
        let of_ref = |git_ref: &str, sha: &str| in_event("pull_request", &json!({}), git_ref, sha);
        let known = |head_sha: Option<&str>| {
            let head_sha = head_sha.map(str::to_owned);
            EventTarget::PullRequest(PullRequest { number: 12, head_sha, is_from_fork: false })
        };
        assert_eq!(of_ref("refs/pull/12/merge", MERGE), EventTarget::Merge(12, MERGE.to_owned()));
        assert_eq!(of_ref("refs/pull/12/merge", ""), known(None));
        assert_eq!(of_ref("refs/pull/12/head", HEAD), known(Some(HEAD)));
        assert_eq!(of_ref("refs/pull/12/head", "main"), known(None));
        for hostile in ["x", "+12", "-1", "", "12x", "..", "99999999999999999999999"] {
            assert_eq!(
                of_ref(&format!("refs/pull/{hostile}/merge"), MERGE),
                EventTarget::Nothing,
                "{hostile}"
            );
        }
        let event = |name: &str, event: Value| in_event(name, &event, "refs/heads/main", HEAD);
        assert_eq!(event("schedule", json!({})), EventTarget::Commit(HEAD.to_owned()));
        assert_eq!(event("push", Value::Null), EventTarget::Commit(HEAD.to_owned()));
        assert_eq!(event("push", json!({"after": "0".repeat(40)})), EventTarget::Nothing);
        assert_eq!(event("push", json!({"after": "../../user"})), EventTarget::Nothing);
        assert_eq!(event("pull_request_target", Value::Null), EventTarget::Nothing);
    }

    #[test]
    fn events_of_checks_list_the_pull_requests_of_their_commit() {
        for name in ["check_suite", "check_run"] {
            let mut event = example(&format!("event-{name}"));
            assert_eq!(in_event(name, &event, "refs/heads/main", MERGE), pull_request(12, false));
            let foreign = event[name]["pull_requests"][0].clone();
            for list in [json!([foreign]), json!([]), Value::Null] {
                event[name]["pull_requests"] = list;
                let commit = EventTarget::Commit(HEAD.to_owned());
                assert_eq!(in_event(name, &event, "refs/heads/main", MERGE), commit);
            }
            event[name]["head_sha"] = json!("../x");
            assert_eq!(in_event(name, &event, "refs/heads/main", MERGE), EventTarget::Nothing);
        }
    }
}
