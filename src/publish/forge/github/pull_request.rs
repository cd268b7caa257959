//! Which pull request this run is about, where the event does not name it: the API is asked (`ci/github`, section 3).

use super::api::Api;
use super::event::{EventTarget, PullRequest, commit};
use super::request::Request;
use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::uri;
use crate::log_problem;
use crate::messages::Attempt;
use crate::messages::GitHubMessage;
use crate::model::pull_request::ForgeName;
use crate::publish::forge::read::{ReadError, only};
use serde_json::Value;

/// Asks the API where the event names only a commit or a branch: for the open pull request whose latest commit it is. One
/// that has moved on since does not count, because its code is another.
///
/// # Errors
/// The last failure; or that there are several.
pub(super) async fn find(
    api: &Api,
    repository: &str,
    target: EventTarget,
) -> Result<Option<PullRequest>, ReadError> {
    let (route, sha) = match target {
        EventTarget::PullRequest(found) => return Ok(Some(found)),
        EventTarget::Merge(number, merge) => {
            return Ok(Some(find_head(api, repository, number, &merge).await));
        }
        EventTarget::Typed(number) => return Ok(Some(read(api, repository, number).await?)),
        EventTarget::Nothing => return Ok(None),
        EventTarget::Commit(sha) => (format!("/repos/{repository}/commits/{sha}/pulls?per_page=100"), sha),
        EventTarget::Head(head, sha) => {
            let head = uri::value(&head);
            (format!("/repos/{repository}/pulls?head={head}&state=open&per_page=100"), sha)
        }
    };
    let response = api.call(&Request::get(Attempt::FindPullRequest, route)).await?;
    let open = open_with(&response.body, &sha, repository);
    Ok(only(ForgeName::GitHub, open, |found| Some(found.number))?)
}

/// Makes sure that there is a pull request with this number.
async fn read(api: &Api, repository: &str, number: u64) -> Result<PullRequest, CallError> {
    let route = format!("/repos/{repository}/pulls/{number}");
    let response = api.call(&Request::get(Attempt::ReadPullRequest, route)).await?;
    let is_from_fork = response.body["head"]["repo"]["full_name"] != repository;
    Ok(PullRequest { number, head_sha: None, is_from_fork })
}

/// A pull request of which only the number is known: what else there is to know, as far as the API returns. Its head is the one
/// of this run only as long as it is what the commit of the run merges.
async fn find_head(api: &Api, repository: &str, number: u64, merge: &str) -> PullRequest {
    let route = format!("/repos/{repository}/pulls/{number}");
    match api.call(&Request::get(Attempt::ReadPullRequest, route)).await {
        Ok(response) => merged_by(&response.body, number, merge, repository),
        Err(error) => {
            let problem = Problem::from(&error);
            let what = GitHubMessage::HeadUnknown { number, why: Box::new(problem.what) };
            log_problem!(info, Problem { what: what.into(), ..problem });
            PullRequest { number, head_sha: None, is_from_fork: false }
        }
    }
}

fn merged_by(pull_request: &Value, number: u64, merge: &str, repository: &str) -> PullRequest {
    let head = &pull_request["head"];
    let is_current = pull_request["merge_commit_sha"] == merge;
    PullRequest {
        number,
        head_sha: commit(&head["sha"]).filter(|_| is_current),
        is_from_fork: head["repo"]["full_name"] != repository,
    }
}

/// The open ones of this repository whose latest commit this is.
fn open_with(list: &Value, sha: &str, repository: &str) -> Vec<PullRequest> {
    let all = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_of_commit = |entry: &&Value| {
        entry["state"] == "open"
            && entry["head"]["sha"] == sha
            && entry["base"]["repo"]["full_name"] == repository
    };
    let read = |entry: &Value| {
        Some(PullRequest {
            number: entry["number"].as_u64()?,
            head_sha: Some(sha.to_owned()),
            is_from_fork: entry["head"]["repo"]["full_name"] != repository,
        })
    };
    all.iter().filter(is_of_commit).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HEAD: &str = "2222222222222222222222222222222222222222";
    const MERGE: &str = "3333333333333333333333333333333333333333";

    fn example(name: &str) -> Value {
        let path = format!("{}/tests/data/github/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&std::fs::read(path).expect("the answer")).expect("JSON")
    }

    #[test]
    fn the_head_of_a_pull_request_is_known_by_its_merge_commit() {
        let pull = json!({"head": {"sha": HEAD, "repo": {"full_name": "outsider/widget"}}, "merge_commit_sha": MERGE});
        let found = merged_by(&pull, 12, MERGE, "acme/widget");
        assert_eq!((found.head_sha.as_deref(), found.is_from_fork), (Some(HEAD), true));
        assert_eq!(merged_by(&pull, 12, HEAD, "acme/widget").head_sha, None);
        assert_eq!(merged_by(&Value::Null, 12, MERGE, "acme/widget").head_sha, None);
    }

    #[test]
    fn the_open_ones_with_this_head_are_found() {
        let mut list = example("commit-pulls");
        let numbers = |list: &Value, sha: &str, repository: &str| {
            let found = open_with(list, sha, repository);
            found.iter().map(|found| (found.number, found.is_from_fork)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&list, HEAD, "acme/widget"), [(12, false)]);
        // Moved on, closed, or of another repository.
        assert_eq!(numbers(&list, MERGE, "acme/widget"), []);
        assert_eq!(numbers(&list, HEAD, "acme/other"), []);
        let closed = json!([{"number": 8, "state": "closed", "head": {"sha": HEAD}}]);
        assert_eq!(numbers(&closed, HEAD, "acme/widget"), []);
        assert_eq!(numbers(&json!({"message": "odd"}), HEAD, "acme/widget"), []);
        // One branch can lead to two.
        list[1]["state"] = json!("open");
        assert_eq!(numbers(&list, HEAD, "acme/widget"), [(12, false), (8, false)]);
    }
}
