//! The part of the forge that speaks GitHub's API: comments, pull requests, check runs, code scanning.

use super::artifacts::{results, runtime_token, store};
use super::state::{Comment, Inline, State};
use bytes::Bytes;
use hyper::header::HeaderMap;
use serde_json::{Value, json};

/// Token for the API.
pub(crate) const GITHUB_TOKEN: &str = "ghs_canary-github-token";
pub(super) fn route(state: &mut State, line: &str, headers: &HeaderMap, body: &Bytes) -> (u16, Value) {
    let (method, target) = line.split_once(' ').expect("a target");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let authorization =
        headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Some(id) = path.strip_prefix("/store/") {
        assert_eq!(authorization, "", "a signed address needs no token");
        return store(state, id.parse().expect("an id"), method, query, headers, body);
    }
    let json: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(body).expect("JSON") };
    if let Some(call) = path.strip_prefix("/twirp/github.actions.results.api.v1.ArtifactService/") {
        assert_eq!((method, authorization), ("POST", format!("Bearer {}", runtime_token()).as_str()));
        assert_eq!(headers["content-type"], "application/json");
        let host = headers["host"].to_str().expect("ASCII");
        return results(state, call, &json, host);
    }
    assert_eq!(authorization, format!("Bearer {GITHUB_TOKEN}"));
    // Once each: a header that octocrab sets must not be set twice.
    for (name, value) in [
        ("x-github-api-version", "2022-11-28"),
        ("user-agent", "octocrab"),
        ("accept", "application/vnd.github+json"),
    ] {
        assert_eq!(headers.get_all(name).iter().collect::<Vec<_>>(), [value]);
    }
    api(state, method, path, query, &json)
}

fn inline(comment: &Inline) -> Value {
    let is_bot = comment.login.ends_with("[bot]");
    let line = Some(comment.line).filter(|_| !comment.is_outdated);
    let mut shown = json!({"id": comment.id, "body": comment.body, "path": comment.path, "line": line,
                           "user": {"login": comment.login, "type": if is_bot { "Bot" } else { "User" }}});
    if let Some(first) = comment.reply_to {
        shown["in_reply_to_id"] = first.into();
    }
    shown
}

fn page_in(query: &str) -> usize {
    query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).expect("a page")
}

fn api(state: &mut State, method: &str, path: &str, query: &str, body: &Value) -> (u16, Value) {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let shown = |comment: &Comment| {
        json!({"id": comment.id, "body": comment.body, "user": {"login": comment.login, "type": if comment.is_bot { "Bot" } else { "User" }},
               "html_url": format!("https://github.com/acme/widget/pull/12#issuecomment-{}", comment.id)})
    };
    match (method, parts.as_slice()) {
        ("POST", ["graphql"]) => (200, json!({"data": {"viewer": {"login": "github-actions"}}})),
        ("GET", ["repos", "acme", "widget", "issues", "7" | "12" | "13", "comments"]) => {
            let page = page_in(query);
            // Two comments a page make clients turn pages.
            let list: Vec<Value> = state.comments.iter().skip((page - 1) * 2).take(2).map(shown).collect();
            state.has_next_page = state.comments.len() > page * 2;
            (200, list.into())
        }
        ("POST", ["repos", "acme", "widget", "issues", "7" | "12" | "13", "comments"]) => {
            let text = body["body"].as_str().expect("a body").to_owned();
            assert!(text.chars().count() <= 65_536);
            let id =
                900_001 + state.comments.iter().map(|comment| comment.id % 900_000).max().unwrap_or_default();
            state.comments.push(Comment {
                id,
                login: "github-actions[bot]".to_owned(),
                is_bot: true,
                body: text,
            });
            (201, shown(state.comments.last().expect("a comment")))
        }
        ("PATCH", ["repos", "acme", "widget", "issues", "comments", id]) => {
            let comment =
                state.comments.iter_mut().find(|comment| comment.id.to_string() == *id).expect("there");
            comment.body = body["body"].as_str().expect("a body").to_owned();
            (200, shown(comment))
        }
        ("DELETE", ["repos", "acme", "widget", "issues", "comments", id]) => {
            state.comments.retain(|comment| comment.id.to_string() != *id);
            (204, Value::Null)
        }
        ("GET", ["user"]) => (403, json!({"message": "Resource not accessible by integration"})),
        ("GET", ["repos", "acme", "widget", "commits", _, "pulls"]) => {
            (200, serde_json::from_str(include_str!("../../../data/github/commit-pulls.json")).expect("JSON"))
        }
        ("GET", ["repos", "acme", "widget", "pulls", "12", "comments"]) => {
            let page = page_in(query);
            let list: Vec<Value> = state.inline.iter().skip((page - 1) * 2).take(2).map(inline).collect();
            state.has_next_page = state.inline.len() > page * 2;
            (200, list.into())
        }
        ("POST", ["repos", "acme", "widget", "pulls", "12", "reviews"]) => {
            assert_eq!(body["event"], "COMMENT");
            let remarks = body["comments"].as_array().expect("comments").clone();
            let pull_request = state.pull_request(12).expect("there");
            let is_in_diff = |remark: &Value| {
                let path = remark["path"].as_str().expect("a path");
                pull_request.shows_line(path, remark["line"].as_u64().expect("a line"))
            };
            if !remarks.iter().all(is_in_diff) {
                let error = "Pull request review thread line must be part of the diff";
                return (422, json!({"message": "Unprocessable Entity", "errors": [error]}));
            }
            for remark in remarks {
                assert_eq!(remark["side"], "RIGHT");
                let id = 700_001 + state.inline.iter().map(|one| one.id % 700_000).max().unwrap_or_default();
                state.inline.push(Inline {
                    id,
                    login: "github-actions[bot]".to_owned(),
                    body: remark["body"].as_str().expect("a body").to_owned(),
                    path: remark["path"].as_str().expect("a path").to_owned(),
                    line: remark["line"].as_u64().expect("a line"),
                    ..Inline::default()
                });
            }
            (200, json!({"id": 1}))
        }
        (method @ ("PATCH" | "DELETE"), ["repos", "acme", "widget", "pulls", "comments", id]) => {
            let Some(at) = state.inline.iter().position(|one| one.id.to_string() == *id) else {
                return (404, json!({"message": "Not Found"}));
            };
            if method == "DELETE" {
                state.inline.remove(at);
                return (204, Value::Null);
            }
            state.inline[at].body = body["body"].as_str().expect("a body").to_owned();
            (200, inline(&state.inline[at]))
        }
        ("GET", ["repos", "acme", "widget", "pulls", number]) => {
            match state.pull_request(number.parse().expect("a number")) {
                Some(pull_request) => (200, pull_request.on_github()),
                None => (404, json!({"message": "Not Found"})),
            }
        }
        ("GET", ["repos", "acme", "widget", "pulls", number, "files"]) => {
            assert!(query.starts_with("per_page=100&page="), "{query}");
            let pull_request = state.pull_request(number.parse().expect("a number")).expect("there");
            let (files, has_more) = pull_request.files_on_github(page_in(query));
            state.has_next_page = has_more;
            (200, files)
        }
        ("GET", ["repos", "acme", "widget", "pulls"]) => {
            assert!(query.starts_with("head=outsider:feature&state=open"), "{query}");
            (200, serde_json::from_str(include_str!("../../../data/github/commit-pulls.json")).expect("JSON"))
        }
        ("POST", ["repos", "acme", "widget", "check-runs"]) => {
            assert!(body["output"]["annotations"].as_array().is_some_and(|list| list.len() <= 50));
            state.check_runs.push(body.clone());
            (201, json!({"id": state.check_runs.len()}))
        }
        ("PATCH" | "GET", ["repos", "acme", "widget", "check-runs", id]) => {
            let run = &mut state.check_runs[id.parse::<usize>().expect("an id") - 1];
            let added = body["output"]["annotations"].as_array().cloned().unwrap_or_default();
            assert!(added.len() <= 50);
            let annotations = run["output"]["annotations"].as_array_mut().expect("annotations");
            annotations.extend(added);
            let count = annotations.len();
            (200, json!({"id": 1, "output": {"annotations_count": count}}))
        }
        ("POST", ["repos", "acme", "widget", "code-scanning", "sarifs"]) => {
            let keys: Vec<&String> = body.as_object().expect("an object").keys().collect();
            assert_eq!(keys, ["commit_sha", "ref", "sarif"]);
            state.sarifs.push(body.clone());
            (
                202,
                json!({"id": format!("sarif/a-b_c.{}", state.sarifs.len()), "url": "https://api.github.com/x"}),
            )
        }
        ("GET", ["repos", "acme", "widget", "code-scanning", "sarifs", id]) => {
            assert!(id.starts_with("sarif%2Fa-b_c."), "{id}");
            state.sarif_looks += 1;
            // At the first request it is not processed yet.
            if state.sarif_looks == 1 {
                (200, json!({"processing_status": "pending"}))
            } else if let Some(error) = state.sarif_error {
                (200, json!({"processing_status": "failed", "errors": [error]}))
            } else {
                (200, json!({"processing_status": "complete", "analyses_url": "https://api.github.com/y"}))
            }
        }
        ("GET", ["repos", "acme", "widget", "commits", sha, "check-runs"]) => {
            assert!(
                query.starts_with("check_name=CodeArts%20Check%20(") && query.ends_with(")&per_page=100"),
                "{query}"
            );
            let runs: Vec<Value> = state
                .check_runs
                .iter()
                .enumerate()
                .filter(|(_, run)| run["head_sha"] == *sha)
                .map(|(index, run)| json!({"id": index + 1, "external_id": run["external_id"], "conclusion": run["conclusion"]}))
                .collect();
            (200, json!({"total_count": runs.len(), "check_runs": runs}))
        }
        _ => panic!("{method} {path}"),
    }
}
