//! A small GitHub under the same address, as far as a check of a pull request needs one: a pull request and its files.

use crate::sandbox::message::{ForgeCall, Reply, Request};
use crate::sandbox::scenario::PullRequestScript;
use crate::sandbox::state::MockService;
use bytes::Bytes;
use hyper::header::{ETAG, IF_NONE_MATCH};
use serde_json::{Value, json};

/// Token for the small GitHub.
pub const FORGE_TOKEN: &str = "sandbox-forge-token-not-a-secret";

/// Carries out a call about a pull request.
pub(super) fn carry_out(call: &ForgeCall, request: &Request<'_>, service: &mut MockService) -> Reply {
    let ForgeCall { repository, number, is_files } = call;
    if request.header("authorization") != Some(&format!("Bearer {FORGE_TOKEN}")) {
        return refused(401, "Bad credentials");
    }
    if *is_files {
        return match service.scenario.pull_requests.get(number) {
            Some(PullRequestScript { files, .. }) => Reply::json(200, &files.clone().into()),
            None => refused(404, "Not Found"),
        };
    }
    let Some((script, head)) = service.look_at_pull_request(*number) else {
        return refused(404, "Not Found");
    };
    let mark = format!("\"{head}\"");
    let headers = vec![(ETAG.as_str().to_owned(), mark.clone())];
    if request.header(IF_NONE_MATCH.as_str()) == Some(&mark) {
        return Reply { headers, body: Bytes::new(), ..Reply::json(304, &Value::Null) };
    }
    let PullRequestScript { title, source_branch, target_branch, is_from_fork, files, .. } = script;
    let base = json!({"full_name": repository, "clone_url": format!("https://github.com/{repository}.git")});
    let source =
        if *is_from_fork { json!({"full_name": format!("fork/{repository}")}) } else { base.clone() };
    let body = json!({
        "number": number,
        "title": title,
        "state": "open",
        "head": {"ref": source_branch, "sha": head, "repo": source},
        "base": {"ref": target_branch, "repo": base},
        "changed_files": files.len(),
    });
    Reply { headers, ..Reply::json(200, &body) }
}

fn refused(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"message": message}))
}
