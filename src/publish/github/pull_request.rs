//! Which pull request this run is about (`ci/github`, section 3). Reading the event is pure; where it does not tell,
//! the API is asked.

use super::api::{Api, Order};
use crate::ci::github::Job;
use crate::ci::is_commit;
use crate::http::error::CallError;
use crate::text::without_mark;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Largest event file that is read; GitHub's own limit for a payload is 25 MB.
const EVENT_LIMIT: u64 = 32 * 1024 * 1024;
/// Where merge queues keep their branches.
const QUEUE_PREFIX: &str = "gh-readonly-queue/";

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PullRequest {
    /// Its number.
    pub(super) number: u64,
    /// The commit this run is about, where the event tells; the pull request may have moved on since.
    pub(super) head_sha: Option<String>,
    /// Whether it comes from another repository, so that the token may only read.
    pub(super) is_from_fork: bool,
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The pull request.
    PullRequest(PullRequest),
    /// Only this commit; pull requests have to be asked for.
    Commit(String),
    /// Only this head, `owner:branch`, and its commit.
    Head(String, String),
    /// That there is none.
    Nothing,
}

impl Told {
    /// Which pull request it is, for people.
    pub(super) fn describe(&self) -> Option<String> {
        match self {
            Self::PullRequest(found) => Some(format!("pull request {}", found.number)),
            Self::Commit(sha) => Some(format!("the open pull request of commit {sha} is asked for")),
            Self::Head(head, _) => Some(format!("the open pull request of {head} is asked for")),
            Self::Nothing => None,
        }
    }

    /// The commit this run is about.
    pub(super) fn commit(&self) -> Option<&str> {
        match self {
            Self::PullRequest(found) => found.head_sha.as_deref(),
            Self::Commit(sha) | Self::Head(_, sha) => Some(sha),
            Self::Nothing => None,
        }
    }
}

/// Reads the event.
pub(super) fn in_event(name: &str, event: &Value, git_ref: &str, sha: &str) -> Told {
    let told = match name {
        "workflow_run" => in_workflow_run(event),
        "merge_group" => in_merge_group(&event["merge_group"]),
        "issue_comment" => in_issue_comment(&event["issue"]),
        "push" => commit(&event["after"]).filter(|after| !is_zero(after)).map(Told::Commit),
        _ => in_pull_request(event),
    };
    let by_ref = || {
        let number = git_ref.strip_prefix("refs/pull/")?.split_once('/')?.0.parse().ok()?;
        Some(Told::PullRequest(PullRequest { number, head_sha: None, is_from_fork: false }))
    };
    let by_commit = || {
        let has_branch = matches!(name, "workflow_dispatch" | "schedule" | "repository_dispatch");
        (has_branch && is_commit(sha)).then(|| Told::Commit(sha.to_owned()))
    };
    told.or_else(by_ref).or_else(by_commit).unwrap_or(Told::Nothing)
}

/// `pull_request` and its relatives.
fn in_pull_request(event: &Value) -> Option<Told> {
    let pull_request = &event["pull_request"];
    let number = pull_request["number"].as_u64().or_else(|| event["number"].as_u64())?;
    let head = &pull_request["head"];
    // The repository of a fork can be gone already.
    let is_from_fork = head["repo"]["full_name"] != event["repository"]["full_name"];
    Some(Told::PullRequest(PullRequest { number, head_sha: commit(&head["sha"]), is_from_fork }))
}

fn in_issue_comment(issue: &Value) -> Option<Told> {
    // An issue that is no pull request lacks this.
    issue["pull_request"].as_object()?;
    let number = issue["number"].as_u64()?;
    Some(Told::PullRequest(PullRequest { number, head_sha: None, is_from_fork: false }))
}

/// For forks the list is empty; and it can name pull requests of other repositories with the same commit.
fn in_workflow_run(event: &Value) -> Option<Told> {
    let run = &event["workflow_run"];
    let head_sha = commit(&run["head_sha"]);
    let is_from_fork = run["head_repository"]["full_name"] != run["repository"]["full_name"];
    let listed = run["pull_requests"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_ours = |entry: &&Value| {
        let repository = &event["repository"]["id"];
        repository.is_u64() && entry["base"]["repo"]["id"] == *repository
    };
    if let Some(number) = listed.iter().find(is_ours).and_then(|entry| entry["number"].as_u64()) {
        return Some(Told::PullRequest(PullRequest { number, head_sha, is_from_fork }));
    }
    let owner = text(&run["head_repository"]["owner"]["login"])?;
    let branch = text(&run["head_branch"])?;
    Some(Told::Head(format!("{owner}:{branch}"), head_sha?))
}

/// The number stands in the name of the queue's branch: `.../pr-12-<sha>`.
fn in_merge_group(group: &Value) -> Option<Told> {
    let name = group["head_ref"].as_str()?.trim_start_matches("refs/heads/").strip_prefix(QUEUE_PREFIX)?;
    let (_, tail) = name.rsplit_once("/pr-")?;
    let number = tail.split('-').next()?.parse().ok()?;
    let head_sha = commit(&group["head_sha"]);
    Some(Told::PullRequest(PullRequest { number, head_sha, is_from_fork: false }))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A commit, which will stand in a path.
fn commit(value: &Value) -> Option<String> {
    text(value).filter(|sha| is_commit(sha))
}

fn is_zero(sha: &str) -> bool {
    sha.bytes().all(|byte| byte == b'0')
}

/// What the job's event tells.
///
/// # Errors
/// One sentence, when the file is there and can not be read.
pub(super) fn told_by(job: &Job) -> Result<Told, String> {
    let event = match &job.event_path {
        Some(path) => {
            let failed = |why: String| format!("the event `{}` can not be read: {why}", path.display());
            let size = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
            if size > EVENT_LIMIT {
                return Err(failed(format!("it is larger than {}", crate::text::bytes(EVENT_LIMIT))));
            }
            let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
            serde_json::from_slice(without_mark(&bytes)).map_err(|error| failed(error.to_string()))?
        }
        None => Value::Null,
    };
    Ok(in_event(&job.event_name, &event, &job.git_ref, &job.sha))
}

/// Asks the API where the event tells only a commit or a branch: for the open pull request whose latest commit it is. One
/// that has moved on since does not count, because its code is another.
///
/// # Errors
/// The last failure.
pub(super) async fn find(api: &Api, repository: &str, told: Told) -> Result<Option<PullRequest>, CallError> {
    let (route, sha) = match told {
        Told::PullRequest(found) => return Ok(Some(found)),
        Told::Nothing => return Ok(None),
        Told::Commit(sha) => (format!("/repos/{repository}/commits/{sha}/pulls?per_page=100"), sha),
        Told::Head(head, sha) => {
            let head = utf8_percent_encode(&head, NON_ALPHANUMERIC);
            (format!("/repos/{repository}/pulls?head={head}&state=open&per_page=100"), sha)
        }
    };
    let answer = api.call(&Order::get("find the pull request of this commit", route)).await?;
    Ok(choose(&answer.body, &sha, repository))
}

fn choose(list: &Value, sha: &str, repository: &str) -> Option<PullRequest> {
    let all = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_ours = |entry: &&Value| {
        entry["state"] == "open"
            && entry["head"]["sha"] == sha
            && entry["base"]["repo"]["full_name"] == repository
    };
    let chosen = all.iter().find(is_ours)?;
    Some(PullRequest {
        number: chosen["number"].as_u64()?,
        head_sha: Some(sha.to_owned()),
        is_from_fork: chosen["head"]["repo"]["full_name"] != repository,
    })
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

    fn pull_request(number: u64, is_from_fork: bool) -> Told {
        Told::PullRequest(PullRequest { number, head_sha: Some(HEAD.to_owned()), is_from_fork })
    }

    #[test]
    fn every_kind_of_event() {
        let without_head = Told::PullRequest(PullRequest { number: 12, head_sha: None, is_from_fork: false });
        let cases = [
            ("pull_request", "pull_request", pull_request(12, false)),
            ("pull_request-fork", "pull_request", pull_request(13, true)),
            ("pull_request-fork-deleted", "pull_request", pull_request(13, true)),
            ("pull_request_target", "pull_request_target", pull_request(13, true)),
            ("pull_request", "pull_request_review", pull_request(12, false)),
            ("issue_comment-on-pr", "issue_comment", without_head.clone()),
            ("issue_comment-on-issue", "issue_comment", Told::Nothing),
            ("merge_group", "merge_group", pull_request(12, false)),
            ("push", "push", Told::Commit(HEAD.to_owned())),
            ("push-branch-deleted", "push", Told::Nothing),
            ("workflow_run-same-repo", "workflow_run", pull_request(12, false)),
            ("workflow_run-fork", "workflow_run", Told::Head("outsider:feature".to_owned(), HEAD.to_owned())),
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
        let head = Told::Head("acme:feature".to_owned(), HEAD.to_owned());
        assert_eq!(in_event("workflow_run", &event, "", MERGE), head);
    }

    #[test]
    fn the_ref_is_the_last_resort() {
        let by_ref = Told::PullRequest(PullRequest { number: 12, head_sha: None, is_from_fork: false });
        assert_eq!(in_event("pull_request", &json!({}), "refs/pull/12/merge", MERGE), by_ref);
        assert_eq!(in_event("pull_request", &json!(null), "refs/pull/x/merge", MERGE), Told::Nothing);
        assert_eq!(in_event("schedule", &json!({}), "refs/heads/main", HEAD), Told::Commit(HEAD.to_owned()));
    }

    #[test]
    fn the_open_one_with_this_head_is_chosen() {
        let list = example("commit-pulls");
        let chosen = choose(&list, HEAD, "acme/widget").expect("one");
        assert_eq!((chosen.number, chosen.is_from_fork), (12, false));
        // Moved on, closed, or of another repository.
        assert_eq!(choose(&list, MERGE, "acme/widget"), None);
        assert_eq!(choose(&list, HEAD, "acme/other"), None);
        assert_eq!(
            choose(&json!([{"number": 8, "state": "closed", "head": {"sha": HEAD}}]), HEAD, "acme/widget"),
            None
        );
        assert_eq!(choose(&json!({"message": "odd"}), HEAD, "acme/widget"), None);
    }
}
