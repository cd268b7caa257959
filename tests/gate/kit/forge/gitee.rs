//! The part of the forge that speaks the API of Gitee and of GitCode (`ci/forges-cn`, sections 1 to 3), with the traps of each:
//! which of the two it is, the header of the token shows.

use super::state::{State, kept};
use hyper::header::HeaderMap;
use serde_json::{Value, json};

/// Tokens that may write.
pub(crate) const GITEE_TOKEN: &str = "canary-gitee-token";
pub(crate) const GITCODE_TOKEN: &str = "canary-gitcode-token";
/// The user they belong to.
pub(crate) const GITEE_OWN: u64 = 11;

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct GiteeComment {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
}

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct GiteeState {
    pub(crate) comments: Vec<GiteeComment>,
    pub(crate) check_runs: Vec<Value>,
    /// Whether answers to creations lack `note_id`.
    pub(crate) hides_note_id: bool,
    /// Whether `page` and `per_page` of changed files are not obeyed.
    pub(crate) ignores_pages: bool,
}

/// Status and body.
pub(super) fn route(
    state: &mut State,
    method: &str,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> (u16, Value) {
    let is_gitcode = headers.contains_key("private-token");
    if is_gitcode {
        assert_eq!(headers["private-token"], GITCODE_TOKEN);
        assert!(!headers.contains_key("authorization"));
    } else {
        assert_eq!(headers["authorization"], format!("Bearer {GITEE_TOKEN}"));
    }
    assert!(!query.contains("token"), "{query}");
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse::<usize>().ok());
    let (page, size) = (value("page="), value("per_page="));
    let json = || -> Value {
        assert_eq!(headers["content-type"], "application/json");
        serde_json::from_slice(body).expect("JSON")
    };
    let user = |id: u64| if is_gitcode { json!(format!("6a{id}")) } else { json!(id) };
    let hash = |id: u64| format!("{id:040x}");
    let show = |comment: &GiteeComment| {
        let mut shown = json!({"id": comment.id, "body": comment.body, "comment_type": "pr_comment",
                               "user": {"id": user(comment.author), "login": "x"}});
        if is_gitcode {
            shown["discussion_id"] = hash(comment.id).into();
        } else {
            shown["html_url"] =
                format!("https://gitee.com/acme/widget/pulls/12#note_{}_conversation", comment.id).into();
        }
        shown
    };
    let parts: Vec<&str> = path.trim_start_matches("/api/v5/").split('/').collect();
    match (method, parts.as_slice()) {
        ("GET", ["user"]) => (200, json!({"id": user(GITEE_OWN), "login": "gate-bot"})),
        ("GET", ["repos", "acme", "widget", "pulls", _, "comments"]) => {
            let (page, size) = (page.expect("a page"), size.expect("a size"));
            let listed = state.gitee.comments.iter().skip((page - 1) * size).take(size);
            (200, listed.map(show).collect())
        }
        ("POST", ["repos", "acme", "widget", "pulls", _, "comments"]) => {
            let text = json()["body"].as_str().expect("a body").to_owned();
            assert!(text.chars().count() <= 30_000 && text.len() <= 60_000);
            let text = kept(&text, state.drops_marks);
            let id = 3_001 + state.gitee.comments.len() as u64;
            let comment = GiteeComment { id, author: GITEE_OWN, body: text };
            let mut shown = show(&comment);
            state.gitee.comments.push(comment);
            if is_gitcode {
                shown = json!({"id": hash(id), "body": shown["body"]});
                if !state.gitee.hides_note_id {
                    shown["note_id"] = id.into();
                }
            }
            (201, shown)
        }
        ("PATCH" | "DELETE", ["repos", "acme", "widget", "pulls", "comments", id]) => {
            let Ok(id) = id.parse::<u64>() else {
                return (400, json!({"error_message": "Invalid path parameter: note_id, number required"}));
            };
            if method == "DELETE" {
                state.gitee.comments.retain(|comment| comment.id != id);
                return (204, Value::Null);
            }
            let text = json()["body"].as_str().expect("a body").to_owned();
            let text = kept(&text, state.drops_marks);
            let comment = state.gitee.comments.iter_mut().find(|comment| comment.id == id).expect("there");
            comment.body = text;
            (200, if is_gitcode { json!({}) } else { show(comment) })
        }
        ("GET", ["repos", "acme", "widget", "pulls", number]) => {
            match state.pull_request(number.parse().expect("a number")) {
                Some(pull_request) => {
                    (200, pull_request.on_gitee(if is_gitcode { "gitcode.com" } else { "gitee.com" }))
                }
                None if is_gitcode => (
                    404,
                    json!({"error_code": 404, "error_code_name": "NOT_FOUND", "error_message": "Not Found"}),
                ),
                None => (404, json!({"message": "Not Found"})),
            }
        }
        ("GET", ["repos", "acme", "widget", "pulls", number, "files"]) => {
            let page = if state.gitee.ignores_pages { 1 } else { page.expect("a page") };
            let pull_request = state.pull_request(number.parse().expect("a number")).expect("there");
            (200, pull_request.files_on_gitee(page))
        }
        ("POST", ["repos", "acme", "widget", "check-runs"]) if !is_gitcode => {
            state.gitee.check_runs.push(json());
            (201, json!({"id": state.gitee.check_runs.len()}))
        }
        ("GET", ["repos", "acme", "widget", "commits", sha, "check-runs"]) if !is_gitcode => {
            let of_commit = state.gitee.check_runs.iter().filter(|run| run["head_sha"] == *sha);
            let runs: Vec<Value> = of_commit.cloned().collect();
            (200, json!({"total_count": runs.len(), "check_runs": runs}))
        }
        _ => panic!("{method} {path}"),
    }
}
