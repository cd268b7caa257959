//! CodeArts Repo: repositories, merge requests and their discussions (`ci/forges-cn`, section 4).

use super::service::{Service, get, post};
use crate::auth::errors::{classify, is_documented};
use crate::http::call::Call;
use crate::http::dialect::{Dialect, ErrorBody, by_status};
use crate::http::error::CallError;
use crate::http::retry::{Backoff, Failure, RetryClass};
use crate::http::uri;
use crate::messages::{Attempt, ServiceMessage};
use crate::model::repository::same_repository;
use crate::text::redactor::redact_file;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Entries on a page, the most that is given.
const PAGE_SIZE: usize = 100;
/// Pages of repositories that are read: all users of a region share the number of requests.
const REPOSITORY_PAGES: usize = 5;
/// Pages of discussions that are read. No conversation that anybody reads has more.
const DISCUSSION_PAGES: usize = 20;
/// Where a repository's addresses stand.
const ADDRESSES: [&str; 6] =
    ["https_url", "ssh_url", "http_url", "web_url", "http_url_to_repo", "ssh_url_to_repo"];

/// The gateway's codes, else the status of an error object. What is none was sent by something in between.
const REPO: Dialect = Dialect {
    fields: &[
        ("error_code", &["error_msg"]),
        ("code", &["message", "msg"]),
        ("error", &["message", "error_description"]),
        ("message", &["message"]),
    ],
    classify: by_code_or_status,
};

fn by_code_or_status(status: u16, error: &ErrorBody) -> Failure {
    match error.code.as_deref() {
        Some(code) if !is_documented(code) => by_status(status),
        Some(_) | None => classify(status, error, |_, _| None),
    }
}

/// CodeArts Repo at one address, with the credentials of CodeArts.
#[derive(Debug)]
pub struct Repo {
    service: Service,
    /// The repository that was looked for, by project and address, and its number.
    found: Mutex<Option<(String, String, u64)>>,
}

/// A merge request.
#[derive(Clone, Copy, Debug)]
pub struct MergeRequest {
    /// Number of its repository.
    pub repository: u64,
    /// Its number within that.
    pub iid: u64,
}

/// A discussion of a merge request, as far as its first note shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discussion {
    /// Its id.
    pub id: String,
    /// Number of its first note.
    pub note: u64,
    /// Who wrote that.
    pub author: Option<u64>,
    /// What it says.
    pub body: String,
    /// Whether it is settled.
    pub is_resolved: bool,
}

impl Repo {
    /// Nothing is sent yet.
    pub fn new(service: Service) -> Self {
        Self { service, found: Mutex::new(None) }
    }

    /// How long to pause after failures.
    pub fn backoff(&self) -> Backoff {
        self.service.backoff()
    }

    /// The number of the repository with this address in a project, looked for once; `None`: there is none.
    ///
    /// # Errors
    /// The last failure.
    pub async fn repository(
        &self,
        project: &str,
        url: &str,
        deadline: Instant,
    ) -> Result<Option<u64>, CallError> {
        let mut found = self.found.lock().await;
        if let Some((_, _, id)) = found.as_ref().filter(|(of, at, _)| of == project && at == url) {
            return Ok(Some(*id));
        }
        let mut known = HashSet::new();
        for page in 1..=REPOSITORY_PAGES {
            let path = format!("/v2/projects/{}/repositories", uri::segment(project));
            let call = Call { dialect: REPO, ..get(Attempt::FindRepository, path, &["result"]) }
                .with_query("page_index", page.to_string())
                .with_query("page_size", PAGE_SIZE.to_string());
            let answer = self.service.call(&call, deadline).await?;
            let list = repositories_in(&answer);
            if let Some(id) = list.iter().find(|entry| has_address(entry, url)).and_then(repository_id) {
                *found = Some((project.to_owned(), url.to_owned(), id));
                return Ok(Some(id));
            }
            // Where pages are not turned, the same entries come again.
            let news = list.iter().filter_map(repository_id).filter(|id| known.insert(*id)).count();
            if news == 0 || list.len() < PAGE_SIZE {
                break;
            }
        }
        Ok(None)
    }

    /// A merge request as it is described now.
    ///
    /// # Errors
    /// The last failure.
    pub async fn merge_request(&self, of: MergeRequest, deadline: Instant) -> Result<Value, CallError> {
        let call = Call { dialect: REPO, ..get(Attempt::ReadMergeRequest, path(of), &["iid"]) };
        self.service.call(&call, deadline).await
    }

    /// The discussions of a merge request, the oldest first.
    ///
    /// # Errors
    /// The last failure; also when there are too many.
    pub async fn discussions(
        &self,
        of: MergeRequest,
        deadline: Instant,
    ) -> Result<Vec<Discussion>, CallError> {
        let (mut all, mut known) = (Vec::new(), HashSet::new());
        for page in 0..DISCUSSION_PAGES {
            let call = Call { dialect: REPO, ..get(Attempt::ReadComments, discussions(of), &[]) }
                .with_query("sort", "asc")
                .with_query("offset", (page * PAGE_SIZE).to_string())
                .with_query("limit", PAGE_SIZE.to_string());
            let answer = self.service.call(&call, deadline).await?;
            let Some(list) = answer.as_array() else { return Err(self.unreadable(&call)) };
            let new = list.iter().filter_map(read).filter(|entry| known.insert(entry.id.clone()));
            let before = all.len();
            all.extend(new);
            if list.len() < PAGE_SIZE || all.len() == before {
                // Whatever order they came in.
                all.sort_by_key(|discussion| discussion.note);
                return Ok(all);
            }
        }
        Err(CallError::list_too_long(Attempt::ReadComments))
    }

    /// Opens a discussion, sending it once. `None`: the answer does not show it.
    ///
    /// # Errors
    /// The last failure.
    pub async fn discuss(
        &self,
        of: MergeRequest,
        body: &str,
        deadline: Instant,
    ) -> Result<Option<Discussion>, CallError> {
        let call = Call {
            dialect: REPO,
            class: RetryClass::CreateOnce,
            expected: &["id"],
            ..post(Attempt::WriteComment, discussions(of), text(body))
        };
        Ok(read(&self.service.call(&call, deadline).await?))
    }

    /// Gives the first note of a discussion another text.
    ///
    /// # Errors
    /// The last failure.
    pub async fn edit(
        &self,
        of: MergeRequest,
        discussion: &Discussion,
        body: &str,
        deadline: Instant,
    ) -> Result<(), CallError> {
        let call = put(Attempt::EditComment, note(of, discussion), text(body));
        self.service.call(&call, deadline).await.map(drop)
    }

    /// Settles a discussion, or opens it again. It is sent alone, as it must be.
    ///
    /// # Errors
    /// The last failure.
    pub async fn resolve(
        &self,
        of: MergeRequest,
        discussion: &Discussion,
        is_resolved: bool,
        deadline: Instant,
    ) -> Result<(), CallError> {
        let body = json!({"resolved": is_resolved}).to_string();
        let call = put(Attempt::ResolveDiscussion, note(of, discussion), body);
        self.service.call(&call, deadline).await.map(drop)
    }

    fn unreadable(&self, call: &Call) -> CallError {
        self.service.unreadable(call, ServiceMessage::NoDiscussions)
    }
}

fn path(MergeRequest { repository, iid }: MergeRequest) -> String {
    format!("/v4/repositories/{repository}/merge-requests/{iid}")
}

fn discussions(of: MergeRequest) -> String {
    format!("{}/discussions", path(of))
}

fn note(of: MergeRequest, discussion: &Discussion) -> String {
    format!("{}/{}/notes/{}", discussions(of), uri::segment(&discussion.id), discussion.note)
}

fn put(attempt: Attempt, path: String, body: String) -> Call {
    Call { dialect: REPO, method: Method::PUT, expected: &["id", "notes"], ..post(attempt, path, body) }
}

/// The document with a text, without secrets.
fn text(body: &str) -> String {
    let document = json!({"body": body}).to_string();
    String::from_utf8_lossy(&redact_file(document.as_bytes())).into_owned()
}

/// Numbers come as numbers or as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn repositories_in(answer: &Value) -> &[Value] {
    let list = answer["result"]["repositories"].as_array().or_else(|| answer["result"].as_array());
    list.or_else(|| answer.as_array()).map_or(&[], Vec::as_slice)
}

fn repository_id(entry: &Value) -> Option<u64> {
    number(&entry["repository_id"]).or_else(|| number(&entry["id"]))
}

fn has_address(entry: &Value, url: &str) -> bool {
    let mut addresses = ADDRESSES.iter().filter_map(|field| entry[*field].as_str());
    addresses.any(|address| same_repository(address, url))
}

/// A discussion that its first note shows; those of the system are nobody's.
fn read(discussion: &Value) -> Option<Discussion> {
    let first = &discussion["notes"][0];
    if first["system"] == true {
        return None;
    }
    let id = discussion["id"].as_str().or_else(|| first["discussion_id"].as_str())?;
    Some(Discussion {
        id: id.to_owned(),
        note: number(&first["id"])?,
        author: number(&first["author"]["id"]),
        body: first["body"].as_str().unwrap_or_default().to_owned(),
        is_resolved: discussion["resolved"] == true || first["resolved"] == true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_error_objects_are_refusals() {
        let cases = [
            (403, json!({"error_code": "APIGW.0302", "error_msg": "no"}), Failure::Denied),
            (403, json!({"error_code": "CH.404002", "error_msg": "no"}), Failure::Denied),
            (403, json!({"message": "403 Forbidden"}), Failure::Denied),
            (404, json!({"error": "404 Not Found"}), Failure::NotFound),
            (401, json!({"error_code": "APIGW.0301", "error_msg": "no"}), Failure::Unauthenticated),
            (429, Value::Null, Failure::Busy),
            (403, Value::Null, Failure::Unavailable),
            (500, json!({"message": "oops"}), Failure::Unavailable),
        ];
        for (status, body, expected) in cases {
            assert_eq!(REPO.classify(status, &REPO.find_error(&body)), expected, "{status} {body}");
        }
    }

    #[test]
    fn repositories_are_found_in_every_wrapping() {
        let entry = json!({"repository_id": "2111111", "ssh_url": "git@h.example:a/b.git", "id": 1});
        for answer in
            [json!({"result": {"repositories": [entry]}}), json!({"result": [entry]}), json!([entry])]
        {
            let list = repositories_in(&answer);
            assert!(has_address(&list[0], "https://h.example/a/b"), "{answer}");
            assert_eq!(repository_id(&list[0]), Some(2_111_111));
        }
        assert!(repositories_in(&Value::Null).is_empty());
    }
}
