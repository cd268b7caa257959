//! Reading a merge request of CodeArts Repo: its branches and its head. Pure.

use crate::ci::codearts_repo::Repository;
use crate::ci::is_commit;
use crate::model::pull_request::{ForgeName, PullRequest};
use crate::publish::forge::read;
use crate::publish::reviewed::ReviewError;
use serde_json::Value;

/// The merge request with this number, as it is described.
pub(super) fn described_in(
    body: &Value,
    number: u64,
    repository: &Repository,
) -> Result<PullRequest, ReviewError> {
    let missing = |field| read::missing(ForgeName::CodeArtsRepo, field);
    if body["iid"].as_u64() != Some(number) {
        return Err(missing("iid"));
    }
    let head = body["sha"].as_str().filter(|sha| is_commit(sha)).ok_or_else(|| missing("sha"))?;
    Ok(PullRequest {
        forge: ForgeName::CodeArtsRepo,
        repository: repository.name.clone(),
        repository_url: repository.url.clone(),
        number,
        title: read::title(&body["title"]),
        source_branch: read::branch(&body["source_branch"]).ok_or_else(|| missing("source_branch"))?,
        target_branch: read::branch(&body["target_branch"]).ok_or_else(|| missing("target_branch"))?,
        head: head.to_owned(),
        // The repository of a fork can be gone already.
        is_from_fork: body["source_repository_id"] != body["target_repository_id"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_described_must_be_whole() {
        let repository = Repository {
            project_id: "41a".to_owned(),
            url: "https://h/a/b.git".to_owned(),
            name: "a/b".to_owned(),
            iid: None,
        };
        let whole = json!({"id": 900, "iid": 7, "sha": "2".repeat(40), "title": "A\nB", "source_branch": "fix",
                           "target_branch": "main", "source_repository_id": 2, "target_repository_id": 1});
        let read = |body: &Value| described_in(body, 7, &repository);
        let found = read(&whole).expect("whole");
        assert_eq!((found.title.as_str(), found.is_from_fork, found.head.len()), ("A B", true, 40));
        let mut own = whole.clone();
        own["source_repository_id"] = json!(1);
        assert!(!read(&own).expect("whole").is_from_fork);
        for (field, odd) in [
            ("iid", json!(900)),
            ("sha", json!("main")),
            ("source_branch", json!("")),
            ("target_branch", Value::Null),
        ] {
            let mut body = whole.clone();
            body[field] = odd;
            assert!(read(&body).is_err(), "{field}");
        }
    }
}
