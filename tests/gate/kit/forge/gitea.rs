//! The part of the forge that speaks the API of Gitea and Forgejo (`ci/forges-cn`, section 5): comments are those of an issue,
//! and their list has no pages.

use super::state::{Comment, State};
use hyper::header::HeaderMap;
use serde_json::{Value, json};

/// Token for the API.
pub(crate) const GITEA_TOKEN: &str = "canary-gitea-token";
/// Author of what the token of a job writes.
const JOB: &str = "gitea-actions";

/// Status, body, and how many entries a list has in all.
pub(super) fn route(
    state: &mut State,
    line: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> (u16, Value, Option<usize>) {
    assert_eq!(headers["authorization"], format!("token {GITEA_TOKEN}"));
    let (method, target) = line.split_once(' ').expect("a target");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let json = || -> Value {
        assert_eq!(headers["content-type"], "application/json");
        serde_json::from_slice(body).expect("JSON")
    };
    let page = || query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).expect("a page");
    let text = || json()["body"].as_str().expect("a body").to_owned();
    let plain = |status, body| (status, body, None);
    let not_found = || plain(404, json!({"message": "The target couldn't be found.", "errors": null}));
    let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
    match (method, parts.as_slice()) {
        ("GET", ["user"]) => match state.gitea.user {
            Some(login) => plain(200, json!({"id": 5, "login": login})),
            None => plain(403, json!({"message": "user should not be an Actions user"})),
        },
        ("GET", ["repos", "acme", "widget", "issues", "12", "comments"]) => {
            assert_eq!(query, "", "this list has no pages");
            let list: Vec<Value> = state.comments.iter().map(show).collect();
            (200, list.into(), Some(state.comments.len()))
        }
        ("POST", ["repos", "acme", "widget", "issues", "12", "comments"]) => {
            let body = text();
            assert!(body.chars().count() <= 30_000 && body.len() <= 60_000, "{}", body.len());
            let id = 91 + state.comments.iter().map(|comment| comment.id).max().unwrap_or_default();
            let login = state.gitea.user.unwrap_or(JOB).to_owned();
            state.comments.push(Comment { id, login, is_bot: false, body });
            plain(201, show(state.comments.last().expect("a comment")))
        }
        ("PATCH", ["repos", "acme", "widget", "issues", "comments", id]) => {
            let comment = state.comments.iter_mut().find(|comment| comment.id.to_string() == *id);
            let comment = comment.expect("there");
            comment.body = text();
            plain(200, show(comment))
        }
        ("DELETE", ["repos", "acme", "widget", "issues", "comments", id]) => {
            state.comments.retain(|comment| comment.id.to_string() != *id);
            plain(204, Value::Null)
        }
        ("POST", ["repos", "acme", "widget", "statuses", sha]) => {
            let status = json();
            let state_word = status["state"].as_str().expect("a state");
            assert!(["success", "failure", "error"].contains(&state_word), "{status}");
            state.gitea.statuses.push(((*sha).to_owned(), status.clone()));
            plain(201, json!({"id": 7, "status": state_word, "context": status["context"]}))
        }
        ("GET", ["repos", "acme", "widget", "pulls"]) => {
            assert!(query.contains("state=open") && query.contains("limit=50"), "{query}");
            let shown = state.pull_requests.iter_mut().skip((page() - 1) * 2).take(2);
            let list: Vec<Value> = shown.map(super::PullRequest::on_gitea).collect();
            (200, list.into(), Some(state.pull_requests.len()))
        }
        ("GET", ["repos", "acme", "widget", "pulls", number, "files"]) => {
            assert!(query.contains("limit=50"), "{query}");
            match state.pull_request(number.parse().expect("a number")) {
                Some(pull_request) => {
                    let (files, total) = pull_request.files_on_gitea(page());
                    (200, files, Some(total))
                }
                None => not_found(),
            }
        }
        ("GET", ["repos", "acme", "widget", "pulls", name]) => {
            let number = name.trim_end_matches(".diff");
            match state.pull_request(number.parse().expect("a number")) {
                Some(pull_request) if name.ends_with(".diff") => {
                    plain(200, pull_request.diff_on_gitea().into())
                }
                Some(pull_request) => plain(200, pull_request.on_gitea()),
                None => not_found(),
            }
        }
        _ => panic!("{method} {path}"),
    }
}

fn show(comment: &Comment) -> Value {
    json!({"id": comment.id, "body": comment.body, "user": {"id": -2, "login": comment.login},
           "html_url": format!("https://gitea.example/acme/widget/pulls/12#issuecomment-{}", comment.id),
           "created_at": "2026-08-01T10:00:00Z", "updated_at": "2026-08-01T10:00:00Z"})
}
