//! Which pull request the event of a job names, in the form of a webhook. Pure but for reading the file.

use crate::ci::gitea::Repository;
use crate::ci::github::pull_request_in;
use crate::ci::is_commit;
use crate::error::Problem;
use crate::log_problem;
use crate::messages::{GitHubMessage, PullRequestPlace};
use crate::publish::forge::event_file::read_event;
use serde_json::Value;

/// A pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Its number.
    pub(super) number: u64,
    /// The head that the job was started for, where the event names it.
    pub(super) head: Option<String>,
    /// Whether it comes from another repository, where that is known.
    pub(super) is_from_fork: Option<bool>,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventTarget {
    /// The pull request.
    PullRequest(Known),
    /// Only this commit; pull requests have to be asked for.
    Commit(String),
    /// That there is none.
    Nothing,
}

impl EventTarget {
    /// Where a comment goes, for people.
    pub(super) fn place(&self) -> Option<PullRequestPlace> {
        match self {
            Self::PullRequest(known) => Some(PullRequestPlace::Number(known.number)),
            Self::Commit(sha) => Some(PullRequestPlace::OfCommit(sha.clone())),
            Self::Nothing => None,
        }
    }

    /// The pull request, where it is known.
    pub(super) const fn known(&self) -> Option<&Known> {
        match self {
            Self::PullRequest(known) => Some(known),
            Self::Commit(_) | Self::Nothing => None,
        }
    }

    /// The commit this run is about.
    pub(super) fn commit(&self) -> Option<&str> {
        match self {
            Self::PullRequest(known) => known.head.as_deref(),
            Self::Commit(sha) => Some(sha),
            Self::Nothing => None,
        }
    }
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
        return Ok((EventTarget::PullRequest(Known { number, ..Known::default() }), None));
    }
    let Some(path) = &repository.event_path else { return Ok((in_event(repository, &Value::Null), None)) };
    match read_event(path) {
        Ok(event) => Ok((in_event(repository, &event), None)),
        Err(problem) => {
            let Some(known) = in_ref(repository) else { return Err(problem) };
            let what = GitHubMessage::RefForEvent { why: Box::new(problem.what) };
            Ok((EventTarget::PullRequest(known), Some(Problem { what: what.into(), ..problem })))
        }
    }
}

fn in_event(repository: &Repository, event: &Value) -> EventTarget {
    let by_commit = |sha: Option<String>| sha.map_or(EventTarget::Nothing, EventTarget::Commit);
    match repository.event_name.as_str() {
        "push" => by_commit(commit(&event["after"]).filter(|sha| !sha.bytes().all(|byte| byte == b'0'))),
        "workflow_dispatch" | "schedule" => {
            by_commit(Some(repository.sha.clone()).filter(|sha| is_commit(sha)))
        }
        "issue_comment" => match event["issue"]["number"].as_u64() {
            Some(number) if event["is_pull"] == true || event["issue"]["pull_request"].is_object() => {
                EventTarget::PullRequest(Known { number, ..Known::default() })
            }
            Some(_) | None => EventTarget::Nothing,
        },
        _ => in_pull_request(event)
            .or_else(|| in_ref(repository))
            .map_or(EventTarget::Nothing, EventTarget::PullRequest),
    }
}

/// `pull_request` and its relatives.
fn in_pull_request(event: &Value) -> Option<Known> {
    let pull_request = &event["pull_request"];
    let number = pull_request["number"].as_u64().or_else(|| event["number"].as_u64())?;
    let head = &pull_request["head"];
    // The repository of a fork can be gone already.
    let is_from_fork = pull_request["base"]["repo"]["full_name"]
        .as_str()
        .or_else(|| event["repository"]["full_name"].as_str())
        .map(|target| head["repo"]["full_name"] != target);
    Some(Known { number, head: commit(&head["sha"]), is_from_fork })
}

/// `refs/pull/12/head`, whose commit is the head of the pull request.
fn in_ref(repository: &Repository) -> Option<Known> {
    let (number, kind) = pull_request_in(&repository.git_ref)?;
    let head = Some(repository.sha.clone()).filter(|sha| kind == "head" && is_commit(sha));
    Some(Known { number, head, is_from_fork: None })
}

/// A commit, which will stand in a path.
pub(super) fn commit(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|sha| is_commit(sha)).map(str::to_owned)
}
