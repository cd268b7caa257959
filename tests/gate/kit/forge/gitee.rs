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
#[derive(Clone, Debug, Default)]
pub(crate) struct GiteeComment {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    /// File and line of the new file, of one in the diff.
    pub(crate) place: Option<(String, u64)>,
    /// What it replies to.
    pub(crate) replies_to: Option<u64>,
    pub(crate) is_resolved: bool,
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
    /// By how much it counts the lines of a diff otherwise.
    pub(crate) counts_from: u64,
    /// Whether path and position are not obeyed.
    pub(crate) ignores_places: bool,
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
        let kind = if comment.place.is_some() { "diff_comment" } else { "pr_comment" };
        let mut shown = json!({"id": comment.id, "body": comment.body, "comment_type": kind,
                               "user": {"id": user(comment.author), "login": "x"}});
        if is_gitcode {
            shown["discussion_id"] = hash(comment.id).into();
            shown["resolved"] = comment.is_resolved.into();
            if let Some((_, line)) = &comment.place {
                shown["diff_position"] =
                    json!({"start_new_line": line, "end_new_line": line, "position_type": "text"});
            }
        } else {
            shown["path"] = comment.place.as_ref().map(|(path, _)| path.clone()).into();
            shown["new_line"] = comment.place.as_ref().map(|(_, line)| line.to_string()).into();
            shown["in_reply_to_id"] = comment.replies_to.into();
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
            // GitCode lists replies with what they reply to.
            let comments = &state.gitee.comments;
            let with_replies = |comment: &GiteeComment| {
                let mut shown = show(comment);
                if is_gitcode {
                    let is_reply = |other: &&GiteeComment| other.replies_to == Some(comment.id);
                    shown["reply"] = comments.iter().filter(is_reply).map(show).collect();
                }
                shown
            };
            let listed = comments.iter().filter(|comment| !is_gitcode || comment.replies_to.is_none());
            (200, listed.skip((page - 1) * size).take(size).map(with_replies).collect())
        }
        ("POST", ["repos", "acme", "widget", "pulls", _, "comments"]) => {
            let request = json();
            let text = request["body"].as_str().expect("a body").to_owned();
            assert!(text.chars().count() <= 30_000 && text.len() <= 60_000);
            let text = kept(&text, state.drops_marks);
            let place = match (request["path"].as_str(), request["position"].as_u64()) {
                (None, None) => None,
                (Some(_), Some(_)) if state.gitee.ignores_places => None,
                (Some(path), Some(position)) => {
                    let counts_from = state.gitee.counts_from;
                    let pull_request = state.pull_request(12).expect("there");
                    let line = if is_gitcode {
                        Some(position).filter(|line| pull_request.shows_line(path, *line))
                    } else {
                        assert_eq!(request["commit_id"], super::HEAD);
                        pull_request.line_at(path, position + counts_from)
                    };
                    let Some(line) = line else {
                        let why = "diff failed to be generated due to invalid params under position param";
                        return (400, json!({"error_message": why, "message": why}));
                    };
                    Some((path.to_owned(), line))
                }
                _ => panic!("{request}"),
            };
            let last = state.gitee.comments.iter().map(|comment| comment.id).max().unwrap_or_default();
            let id = (last + 1).max(3_001);
            let comment =
                GiteeComment { id, author: GITEE_OWN, body: text, place, ..GiteeComment::default() };
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
        ("PUT", ["repos", "acme", "widget", "pulls", _, "comments", discussion]) if is_gitcode => {
            assert_eq!(json(), json!({"resolved": true}));
            let comments = &mut state.gitee.comments;
            let found = comments.iter_mut().find(|comment| hash(comment.id) == **discussion).expect("there");
            found.is_resolved = true;
            (200, json!({"resolved": true}))
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
