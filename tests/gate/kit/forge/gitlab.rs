//! The part of the forge that speaks GitLab's API (`ci/gitlab`, sections 3, 5, 10, 11): strict about the documented
//! forms.

use super::state::{Inline, Note, State};
use hyper::header::HeaderMap;
use serde_json::{Value, json};

/// Token that may write.
pub(crate) const GITLAB_TOKEN: &str = "glpat-canary-gitlab-token";
/// Number of the user it belongs to.
pub(crate) const OWN_ID: u64 = 5;
/// What it is called.
const OWN_LOGIN: &str = "project_1001_bot";
/// The number of somebody else, who pushes.
const PUSHER: u64 = 77;
/// Notes on a page, so that clients turn pages.
const PAGE: usize = 2;
/// Discussions on a page.
const DISCUSSIONS: usize = 10;

/// Status, body, and the value of `x-next-page`.
pub(super) fn route(
    state: &mut State,
    method: &str,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> (u16, Value, String) {
    assert_eq!(headers["private-token"], GITLAB_TOKEN);
    assert!(!headers.contains_key("authorization") && !headers.contains_key("job-token"));
    if let Some(answer) = merge_request(state, method, path, query) {
        return answer;
    }
    if let Some((_, rest)) = path.split_once("/merge_requests/12/discussions") {
        return discussions(state, method, rest, query, body);
    }
    let gitlab = &mut state.gitlab;
    let json = || -> Value {
        assert_eq!(headers["content-type"], "application/json");
        serde_json::from_slice(body).expect("JSON")
    };
    let parts: Vec<&str> = path.trim_start_matches("/api/v4/").split('/').collect();
    let plain = |status, body| (status, body, String::new());
    match (method, parts.as_slice()) {
        ("GET", ["user"]) => plain(200, json!({"id": OWN_ID, "username": OWN_LOGIN})),
        ("GET", ["projects", _, "merge_requests", _, "notes"]) => {
            let page: usize =
                query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).expect("a page");
            assert!(query.contains("sort=asc") && query.contains("per_page=100"), "{query}");
            let shown: Vec<Value> =
                gitlab.notes.iter().skip((page - 1) * PAGE).take(PAGE).map(show).collect();
            let next = if gitlab.notes.len() > page * PAGE { (page + 1).to_string() } else { String::new() };
            (200, shown.into(), next)
        }
        ("POST", ["projects", _, "merge_requests", _, "notes"]) => {
            let text = json()["body"].as_str().expect("a body").to_owned();
            obey(&mut gitlab.actions, &text);
            let id = 301 + gitlab.notes.len() as u64;
            gitlab.notes.push(Note { id, author: OWN_ID, is_system: false, body: text });
            plain(201, show(&gitlab.notes[gitlab.notes.len() - 1]))
        }
        ("PUT", ["projects", _, "merge_requests", _, "notes", id]) => {
            let text = json()["body"].as_str().expect("a body").to_owned();
            obey(&mut gitlab.actions, &text);
            let note = gitlab.notes.iter_mut().find(|note| note.id.to_string() == *id).expect("a note");
            note.body = text;
            plain(200, show(note))
        }
        ("DELETE", ["projects", _, "merge_requests", _, "notes", id]) => {
            gitlab.notes.retain(|note| note.id.to_string() != *id);
            plain(204, Value::Null)
        }
        ("POST", ["projects", _, "uploads"]) => {
            let content_type = headers["content-type"].to_str().expect("ASCII");
            let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("a form");
            let (name, content) = one_part(body, boundary);
            let url = format!("/uploads/66dbcd21ec5d24ed6ea225176098d52b/{name}");
            let answer = json!({"id": 21, "alt": name, "url": url, "full_path": format!("/-/project/1001{url}"),
                                "markdown": format!("[{name}]({url})")});
            gitlab.uploads.push((name, content));
            plain(201, answer)
        }
        ("POST", ["projects", project, "statuses", sha]) => {
            let status = json();
            let answer = json!({"id": 93, "status": status["state"]});
            gitlab.statuses.push((format!("{project}/{sha}"), status));
            plain(201, answer)
        }
        ("GET", ["projects", "1001", "repository", "commits", _, "merge_requests"]) => {
            plain(200, gitlab.merge_requests.clone().into())
        }
        ("GET", ["projects", "1001", "merge_requests"]) => {
            assert!(query.contains("source_branch=feature") && query.contains("state=opened"), "{query}");
            plain(200, gitlab.of_branch.clone().into())
        }
        _ => panic!("{method} {path}"),
    }
}

/// Discussions in the diff of a merge request; `rest`: what follows them in the path.
fn discussions(
    state: &mut State,
    method: &str,
    rest: &str,
    query: &str,
    body: &[u8],
) -> (u16, Value, String) {
    let json = || -> Value { serde_json::from_slice(body).expect("JSON") };
    let not_found = || (404, json!({"message": "404 Not found"}), String::new());
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    let begins: Vec<&Inline> = state.inline.iter().filter(|one| one.reply_to.is_none()).collect();
    match (method, parts.as_slice()) {
        ("GET", []) => {
            let page: usize =
                query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).expect("a page");
            let of = |first: &&&Inline| {
                let notes =
                    state.inline.iter().filter(|one| one.id == first.id || one.reply_to == Some(first.id));
                let mut notes: Vec<Value> = notes.map(inline).collect();
                if first.is_outdated {
                    let text = "changed this line in [version 2 of the diff](/acme/widget/-/merge_requests/12/diffs)";
                    notes.push(json!({"id": first.id + 50_000, "type": "DiffNote", "body": text, "system": true,
                                      "author": {"id": PUSHER}, "created_at": "2026-08-01T10:00:00.251+08:00"}));
                }
                json!({"id": thread(first.id), "individual_note": false, "notes": notes})
            };
            let shown: Vec<Value> = begins
                .iter()
                .skip((page - 1) * DISCUSSIONS)
                .take(DISCUSSIONS)
                .map(|first| of(&first))
                .collect();
            let next = if begins.len() > page * DISCUSSIONS { (page + 1).to_string() } else { String::new() };
            (200, shown.into(), next)
        }
        ("POST", []) => {
            let body = json();
            let position = &body["position"];
            let (path, line) =
                (position["new_path"].as_str().expect("a path"), position["new_line"].as_u64());
            let pull_request = state.pull_request(12).expect("there");
            let is_known = pull_request.on_gitlab()["sha"] == position["head_sha"]
                && position["position_type"] == "text";
            let old = pull_request.old_name(path);
            if !is_known
                || position["old_path"] != old
                || !pull_request.shows_line(path, line.expect("a line"))
            {
                let message = "400 Bad request - Note {:line_code=>[\"can't be blank\"]}";
                return (400, json!({"message": message}), String::new());
            }
            let body = body["body"].as_str().expect("a body").to_owned();
            obey(&mut state.gitlab.actions, &body);
            let id = 800_001 + state.inline.iter().map(|one| one.id % 800_000).max().unwrap_or_default();
            let path = path.to_owned();
            state.inline.push(Inline {
                id,
                login: OWN_LOGIN.to_owned(),
                body,
                path,
                line: line.expect("a line"),
                ..Inline::default()
            });
            (
                201,
                json!({"id": thread(id), "notes": [inline(&state.inline[state.inline.len() - 1])]}),
                String::new(),
            )
        }
        ("PUT", [discussion]) => {
            assert_eq!(query, "resolved=true");
            let first = state.inline.iter_mut().find(|one| thread(one.id) == *discussion).expect("there");
            first.is_resolved = true;
            (200, json!({"id": discussion}), String::new())
        }
        ("PUT" | "DELETE", [discussion, "notes", id]) => {
            let is_this = |one: &Inline| one.id.to_string() == *id && thread(one.id) == *discussion;
            let Some(at) = state.inline.iter().position(is_this) else { return not_found() };
            if method == "DELETE" {
                state.inline.remove(at);
                return (204, Value::Null, String::new());
            }
            state.inline[at].body = json()["body"].as_str().expect("a body").to_owned();
            (200, inline(&state.inline[at]), String::new())
        }
        _ => panic!("{method} {rest}"),
    }
}

/// The id of the discussion that begins with this note.
fn thread(id: u64) -> String {
    format!("{id:040x}")
}

fn inline(note: &Inline) -> Value {
    let author = if note.login == OWN_LOGIN { OWN_ID } else { PUSHER };
    // That of an outdated note stays.
    let head = if note.is_outdated { "9".repeat(40) } else { super::HEAD.to_owned() };
    json!({"id": note.id, "type": "DiffNote", "body": note.body, "author": {"id": author, "username": note.login},
           "system": false, "resolvable": true, "resolved": note.is_resolved,
           "resolved_by": note.is_resolved.then(|| json!({"id": PUSHER, "username": "dev1"})),
           "resolved_at": note.is_resolved.then(|| note.resolved_at.unwrap_or("2026-08-01T10:00:00.187+08:00")),
           "position": {"new_path": note.path, "new_line": note.line, "head_sha": head}})
}

/// What is read of a merge request.
fn merge_request(state: &mut State, method: &str, path: &str, query: &str) -> Option<(u16, Value, String)> {
    let rest = path.strip_prefix("/api/v4/projects/")?;
    let rest = rest.strip_prefix("1001/").or_else(|| rest.strip_prefix("acme%2Fwidget/"))?;
    let (number, list) =
        rest.strip_prefix("merge_requests/").map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
    let pull_request = state.pull_request(number.parse().ok()?);
    match (method, list, pull_request) {
        ("GET", "", Some(pull_request)) => Some((200, pull_request.on_gitlab(), String::new())),
        ("GET", "versions", Some(pull_request)) => {
            let head = pull_request.on_gitlab()["sha"].clone();
            let version = json!({"id": 110, "head_commit_sha": head, "base_commit_sha": "1".repeat(40),
                                 "start_commit_sha": "1".repeat(40), "state": "collected"});
            Some((200, json!([version]), String::new()))
        }
        ("GET", "diffs", Some(pull_request)) => {
            let page =
                query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).expect("a page");
            assert!(query.contains("per_page=100"), "{query}");
            let (files, has_more) = pull_request.files_on_gitlab(page);
            Some((200, files, if has_more { (page + 1).to_string() } else { String::new() }))
        }
        ("GET", "changes", Some(pull_request)) => {
            let mut answer = pull_request.on_gitlab();
            answer["changes"] = pull_request.files_on_gitlab(1).0;
            Some((200, answer, String::new()))
        }
        ("GET", "" | "diffs" | "changes", None) => {
            Some((404, json!({"message": "404 Not found"}), String::new()))
        }
        _ => None,
    }
}

pub(crate) fn page_url(iid: &str) -> String {
    format!("https://gitlab.example.com/acme/widget/-/merge_requests/{iid}")
}

fn show(note: &Note) -> Value {
    json!({"id": note.id, "type": null, "body": note.body, "author": {"id": note.author, "username": "x"},
           "system": note.is_system, "noteable_iid": 12})
}

/// What GitLab does with the lines of a note, outside of code blocks.
fn obey(actions: &mut Vec<String>, text: &str) {
    let is_action = |line: &&str| line.trim_start().starts_with('/');
    actions.extend(text.lines().filter(is_action).map(str::to_owned));
}

/// File name and content of a form with exactly one file.
fn one_part(body: &[u8], boundary: &str) -> (String, Vec<u8>) {
    let begin = format!("--{boundary}\r\n").into_bytes();
    let end = format!("\r\n--{boundary}--\r\n").into_bytes();
    let part = body
        .strip_prefix(begin.as_slice())
        .and_then(|rest| rest.strip_suffix(end.as_slice()))
        .expect("one part");
    let gap = part.windows(4).position(|window| window == b"\r\n\r\n").expect("the end of the head");
    let head = std::str::from_utf8(&part[..gap]).expect("UTF-8");
    assert!(head.starts_with("Content-Disposition: form-data; name=\"file\"; filename=\""), "{head}");
    let name = head.split('"').nth(3).expect("a name").to_owned();
    (name, part[gap + 4..].to_vec())
}
