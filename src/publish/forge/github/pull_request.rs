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
use serde_json::Value;

/// Asks the API where the event names only a commit or a branch: for the open pull request whose latest commit it is. One
/// that has moved on since does not count, because its code is another.
///
/// # Errors
/// The last failure.
pub(super) async fn find(
    api: &Api,
    repository: &str,
    target: EventTarget,
) -> Result<Option<PullRequest>, CallError> {
    let (route, sha) = match target {
        EventTarget::PullRequest(found) => return Ok(Some(found)),
        EventTarget::Merge(number, merge) => {
            return Ok(Some(find_head(api, repository, number, &merge).await));
        }
        EventTarget::Typed(number) => return read(api, repository, number).await.map(Some),
        EventTarget::Nothing => return Ok(None),
        EventTarget::Commit(sha) => (format!("/repos/{repository}/commits/{sha}/pulls?per_page=100"), sha),
        EventTarget::Head(head, sha) => {
            let head = uri::value(&head);
            (format!("/repos/{repository}/pulls?head={head}&state=open&per_page=100"), sha)
        }
    };
    let response = api.call(&Request::get(Attempt::FindPullRequest, route)).await?;
    Ok(choose(&response.body, &sha, repository))
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

fn choose(list: &Value, sha: &str, repository: &str) -> Option<PullRequest> {
    let all = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_of_commit = |entry: &&Value| {
        entry["state"] == "open"
            && entry["head"]["sha"] == sha
            && entry["base"]["repo"]["full_name"] == repository
    };
    let chosen = all.iter().find(is_of_commit)?;
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
