//! A small GitHub on loopback: the results service with its store, comments, pull requests, check runs. Written to the
//! documented forms and strict about them; faults are scripted.

use crate::kit::gitlab::{self, GitLabState};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Token for the API.
pub(crate) const GITHUB_TOKEN: &str = "ghs_canary-github-token";
/// Signature of upload addresses, as it stands there.
pub(crate) const SIGNATURE: &str = "canary%2Bsignature%3D";
/// Ids in the runner's token.
const RUN_BACKEND_ID: &str = "2b7c0e5a-1111-4222-8333-0123456789ab";
const JOB_BACKEND_ID: &str = "9d1f3c44-5555-4666-8777-ba9876543210";

/// What the results service understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Version 7 with any type.
    #[default]
    Everything,
    /// Version 7, but not PDFs.
    NoPdf,
    /// Version 7, archives only.
    ArchivesOnly,
    /// Version 4; the newer field makes it fail without a word.
    Version4,
    /// There is none.
    Nothing,
}

/// A wrong answer, for requests whose method and path begin like this.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) request: &'static str,
    /// Which of them, from 1; empty: all.
    pub(crate) on: &'static [usize],
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// Whether it is carried out before the answer gets lost.
    pub(crate) is_done: bool,
    /// Whether no answer ever comes.
    pub(crate) stalls: bool,
}

impl Fault {
    pub(crate) fn new(request: &'static str, on: &'static [usize], status: u16) -> Self {
        Self { request, on, status, body: Value::Null, headers: &[], is_done: false, stalls: false }
    }

    /// No answer ever comes.
    pub(crate) fn stall(request: &'static str) -> Self {
        Self { stalls: true, ..Self::new(request, &[], 0) }
    }
}

/// An artifact.
#[derive(Clone, Debug, Default)]
pub(crate) struct Artifact {
    pub(crate) name: String,
    pub(crate) version: u64,
    pub(crate) mime_type: Option<String>,
    pub(crate) stored_type: String,
    pub(crate) expires_at: Option<String>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_final: bool,
    id: u64,
    blocks: HashMap<String, Bytes>,
}

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) is_bot: bool,
    pub(crate) body: String,
}

/// What is there, and what was asked.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) speaks: Speaks,
    pub(crate) faults: Vec<Fault>,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) check_runs: Vec<Value>,
    /// Uploads to code scanning, how often somebody asked about them, and what is wrong with them.
    pub(crate) sarifs: Vec<Value>,
    pub(crate) sarif_looks: usize,
    pub(crate) sarif_error: Option<&'static str>,
    /// What the same server holds as a GitLab.
    pub(crate) gitlab: GitLabState,
    /// `METHOD /path` and JSON body of each request.
    pub(crate) requests: Vec<(String, Value)>,
    counts: HashMap<&'static str, usize>,
}

/// The running server.
pub(crate) struct Forge {
    origin: String,
    state: Arc<Mutex<State>>,
    _end: oneshot::Sender<()>,
}

impl Forge {
    pub(crate) fn new() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (started, start) = mpsc::channel();
        let (end, ended) = oneshot::channel::<()>();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let origin = format!("http://{}", listener.local_addr().expect("an address"));
                started.send(origin.clone()).expect("a listener");
                tokio::spawn(serve(listener, shared, origin));
                let _ = ended.await;
            });
        });
        Self { origin: start.recv().expect("a server"), state, _end: end }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the state")
    }

    /// Everything that was asked of it and written there, as text, but for what stands in signed addresses; also after a request
    /// that it choked on.
    pub(crate) fn everything(&self) -> String {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = state.requests.iter().filter(|(line, _)| !line.starts_with("PUT /store/"));
        asked.map(|(line, body)| format!("{line} {body}")).collect::<Vec<_>>().join("\n")
    }

    /// Its address, such as `http://127.0.0.1:1234`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Requests whose method and path begin like this, with their bodies.
    pub(crate) fn requests(&self, beginning: &str) -> Vec<Value> {
        let state = self.state();
        let matching = state.requests.iter().filter(|(request, _)| request.starts_with(beginning));
        matching.map(|(_, body)| body.clone()).collect()
    }
}

/// The runner's token: no signature is checked, so none is made.
pub(crate) fn runtime_token() -> String {
    use base64::Engine as _;
    let scopes = format!("Actions.Other:x Actions.Results:{RUN_BACKEND_ID}:{JOB_BACKEND_ID}");
    let claims = json!({"scp": scopes}).to_string();
    format!("e30.{}.canary-runtime", base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(claims))
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>, origin: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let (state, origin) = (Arc::clone(&state), origin.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&state), origin.clone()));
            // A lost answer is an error of the service, which closes the connection.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    origin: String,
) -> Result<Response<Full<Bytes>>, std::io::Error> {
    let (parts, body) = request.into_parts();
    let bytes = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let line = format!("{} {target}", parts.method);
    let fault = {
        let mut state = state.lock().expect("the state");
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        state.requests.push((line.clone(), json));
        due_fault(&mut state, &line)
    };
    if fault.as_ref().is_some_and(|fault| fault.stalls) {
        return std::future::pending().await;
    }
    let mut state = state.lock().expect("the state");
    if fault.as_ref().is_some_and(|fault| !fault.is_done) {
        let fault = fault.expect("a fault");
        return Ok(respond(fault.status, &fault.body, fault.headers));
    }
    if parts.uri.path().starts_with("/api/v4/") {
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
        let (status, body, next_page) =
            gitlab::route(&mut state, parts.method.as_str(), path, query, &parts.headers, &bytes);
        if fault.is_some() {
            return Err(std::io::Error::other("lost"));
        }
        let mut response = respond(status, &body, &[]);
        response.headers_mut().insert("x-next-page", next_page.parse().expect("a header"));
        return Ok(response);
    }
    let reply = route(&mut state, &line, &parts.headers, &bytes, &origin);
    if fault.is_some() {
        return Err(std::io::Error::other("lost"));
    }
    let (status, body) = reply;
    // Two comments a page make clients turn pages.
    let next = if line.contains("/comments?per_page") { page_links(&state, &line) } else { Vec::new() };
    let mut response = respond(status, &body, &[]);
    for link in next {
        response.headers_mut().insert("link", link.parse().expect("a header"));
    }
    Ok(response)
}

fn due_fault(state: &mut State, line: &str) -> Option<Fault> {
    let mut due = None;
    for fault in &state.faults {
        if line.starts_with(fault.request) {
            let count = state.counts.entry(fault.request).or_default();
            *count += 1;
            if due.is_none() && (fault.on.is_empty() || fault.on.contains(count)) {
                due = Some(fault.clone());
            }
        }
    }
    due
}

fn respond(status: u16, body: &Value, headers: &[(&'static str, &'static str)]) -> Response<Full<Bytes>> {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let mut builder = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(Bytes::from(text))).expect("a response")
}

fn route(state: &mut State, line: &str, headers: &HeaderMap, body: &Bytes, origin: &str) -> (u16, Value) {
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
        return results(state, call, &json, origin);
    }
    assert_eq!(authorization, format!("Bearer {GITHUB_TOKEN}"));
    // Once each: what octocrab sets must not be set beside it.
    for (name, value) in [
        ("x-github-api-version", "2022-11-28"),
        ("user-agent", "octocrab"),
        ("accept", "application/vnd.github+json"),
    ] {
        assert_eq!(headers.get_all(name).iter().collect::<Vec<_>>(), [value]);
    }
    api(state, method, path, query, &json)
}

fn results(state: &mut State, call: &str, request: &Value, origin: &str) -> (u16, Value) {
    if state.speaks == Speaks::Nothing {
        return (404, json!({"code": "bad_route", "msg": "no handler"}));
    }
    let name = request["name"].as_str().unwrap_or_default().to_owned();
    let own = request["workflow_run_backend_id"] == RUN_BACKEND_ID
        && request["workflow_job_run_backend_id"] == JOB_BACKEND_ID;
    assert!(own, "{request}");
    match call {
        "CreateArtifact" => {
            let mime_type = request.get("mime_type").map(|text| text.as_str().expect("text").to_owned());
            let is_archive = mime_type.as_deref() == Some("application/zip");
            let is_refused = match state.speaks {
                Speaks::NoPdf => mime_type.as_deref() == Some("application/pdf"),
                Speaks::ArchivesOnly => !is_archive,
                _ => false,
            };
            if state.speaks == Speaks::Version4 && mime_type.is_some() {
                return (500, Value::Null);
            }
            if is_refused {
                let msg = "a valid mime_type is required for this artifact version";
                return (400, json!({"code": "invalid_argument", "msg": msg}));
            }
            let version = request["version"].as_u64().expect("a version");
            assert_eq!(version == 7, mime_type.is_some(), "{request}");
            if state.artifacts.iter().any(|artifact| artifact.name == name) {
                let msg = "an artifact with this name already exists on the workflow run";
                return (409, json!({"code": "already_exists", "msg": msg}));
            }
            let id = 4242 + state.artifacts.len() as u64;
            let expires_at = request["expires_at"].as_str().map(str::to_owned);
            state.artifacts.push(Artifact {
                name,
                version,
                mime_type,
                expires_at,
                id,
                ..Artifact::default()
            });
            let url = format!("{origin}/store/{id}?se=2026-11-22T01%3A00%3A00Z&sig={SIGNATURE}&sp=cw");
            // Both spellings exist.
            let field =
                if state.speaks == Speaks::Version4 { "signedUploadUrl" } else { "signed_upload_url" };
            (200, json!({"ok": true, field: url}))
        }
        "FinalizeArtifact" => {
            let artifact = state.artifacts.iter_mut().find(|artifact| artifact.name == name).expect("begun");
            if artifact.is_final {
                return (404, json!({"code": "not_found", "msg": "no such upload"}));
            }
            assert_eq!(request["size"], artifact.bytes.len().to_string());
            assert_eq!(request["hash"], format!("sha256:{}", hex::encode(Sha256::digest(&artifact.bytes))));
            artifact.is_final = true;
            (200, json!({"ok": true, "artifact_id": artifact.id.to_string()}))
        }
        "ListArtifacts" => {
            let wanted = request["name_filter"].as_str().expect("a name");
            let list: Vec<Value> = state
                .artifacts
                .iter()
                .filter(|artifact| artifact.is_final && artifact.name == wanted)
                .map(|artifact| {
                    json!({"workflow_run_backend_id": RUN_BACKEND_ID, "workflow_job_run_backend_id": JOB_BACKEND_ID,
                           "database_id": artifact.id.to_string(), "name": artifact.name,
                           "digest": format!("sha256:{}", hex::encode(Sha256::digest(&artifact.bytes)))})
                })
                .collect();
            (200, if list.is_empty() { json!({}) } else { json!({"artifacts": list}) })
        }
        "DeleteArtifact" => {
            state.artifacts.retain(|artifact| artifact.name != name);
            (200, json!({"ok": true, "artifact_id": "1"}))
        }
        other => panic!("{other}"),
    }
}

fn store(
    state: &mut State,
    id: u64,
    method: &str,
    query: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> (u16, Value) {
    assert_eq!(method, "PUT");
    // The signed part arrives as it was given.
    let signed = format!("se=2026-11-22T01%3A00%3A00Z&sig={SIGNATURE}&sp=cw&");
    let operation = query.strip_prefix(&signed).expect("the signed query, as it was");
    assert!(headers.contains_key("x-ms-version"));
    let artifact = state.artifacts.iter_mut().find(|artifact| artifact.id == id).expect("begun");
    if let Some(block) = operation.strip_prefix("comp=block&blockid=") {
        let decoded = percent_encoding::percent_decode_str(block).decode_utf8().expect("UTF-8").into_owned();
        artifact.blocks.insert(decoded, body.clone());
        return (201, Value::Null);
    }
    assert_eq!(operation, "comp=blocklist");
    artifact.stored_type = headers["x-ms-blob-content-type"].to_str().expect("ASCII").to_owned();
    let list = std::str::from_utf8(body).expect("UTF-8");
    let ids = list.split("<Latest>").skip(1).map(|rest| rest.split("</Latest>").next().expect("an id"));
    artifact.bytes = ids.flat_map(|id| artifact.blocks[id].to_vec()).collect();
    (201, Value::Null)
}

fn page_links(state: &State, line: &str) -> Vec<String> {
    let page: usize = line.rsplit_once("page=").and_then(|(_, page)| page.parse().ok()).expect("a page");
    let has_more = state.comments.len() > page * 2;
    if has_more { vec![format!("<http://h/?page={}>; rel=\"next\"", page + 1)] } else { Vec::new() }
}

fn api(state: &mut State, method: &str, path: &str, query: &str, body: &Value) -> (u16, Value) {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let shown = |comment: &Comment| {
        json!({"id": comment.id, "body": comment.body, "user": {"login": comment.login, "type": if comment.is_bot { "Bot" } else { "User" }},
               "html_url": format!("https://github.com/acme/widget/pull/12#issuecomment-{}", comment.id)})
    };
    match (method, parts.as_slice()) {
        ("POST", ["graphql"]) => (200, json!({"data": {"viewer": {"login": "github-actions"}}})),
        ("GET", ["repos", "acme", "widget", "issues", "12" | "13", "comments"]) => {
            let page: usize =
                query.rsplit_once("page=").and_then(|(_, page)| page.parse().ok()).expect("a page");
            let list: Vec<Value> = state.comments.iter().skip((page - 1) * 2).take(2).map(shown).collect();
            (200, list.into())
        }
        ("POST", ["repos", "acme", "widget", "issues", "12" | "13", "comments"]) => {
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
            (200, serde_json::from_str(include_str!("../../data/github/commit-pulls.json")).expect("JSON"))
        }
        ("GET", ["repos", "acme", "widget", "pulls", "12"]) => {
            let repository = json!({"full_name": "acme/widget"});
            let body = json!({"number": 12, "head": {"sha": "2".repeat(40), "repo": repository},
                              "base": {"repo": repository}, "merge_commit_sha": "3".repeat(40)});
            (200, body)
        }
        ("GET", ["repos", "acme", "widget", "pulls"]) => {
            assert!(query.starts_with("head=outsider:feature&state=open"), "{query}");
            (200, serde_json::from_str(include_str!("../../data/github/commit-pulls.json")).expect("JSON"))
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
            // The first time it is not done yet.
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
                .map(|(index, run)| json!({"id": index + 1, "external_id": run["external_id"]}))
                .collect();
            (200, json!({"total_count": runs.len(), "check_runs": runs}))
        }
        _ => panic!("{method} {path}"),
    }
}
