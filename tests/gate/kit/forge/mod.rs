//! A small GitHub, GitLab and CodeArts Repo on loopback. Written to the documented forms and strict about them; faults are scripted.

mod artifacts;
mod codearts_repo;
mod gitea;
mod gitee;
mod github;
mod gitlab;
mod pull_request;
mod state;

pub(crate) use artifacts::{SIGNATURE, runtime_token};
pub(crate) use codearts_repo::{Discussion, REPO_PROJECT, REPO_URL};
pub(crate) use gitea::{GITEA_TOKEN, GiteaNote, GiteaReview};
pub(crate) use gitee::{GITCODE_TOKEN, GITEE_OWN, GITEE_TOKEN, GiteeComment};
pub(crate) use github::GITHUB_TOKEN;
pub(crate) use gitlab::{GITLAB_TOKEN, OWN_ID, page_url};
pub(crate) use pull_request::{HEAD, PullRequest, pull_request};
pub(crate) use state::{Comment, Fault, Inline, Late, Note, Speaks, State};

use super::patience::{GLANCE, PATIENCE};
use super::server::{Answer, Server};
use bytes::Bytes;
use http_body_util::Full;
use hyper::http::request::Parts;
use hyper::{Request, Response};
use serde_json::Value;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// The running server.
pub(crate) struct Forge {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl Forge {
    pub(crate) fn new() -> Self {
        let mut state = State::default();
        state.pull_requests = vec![pull_request(12)];
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let server = Server::new(move |request| answer(request, Arc::clone(&shared)));
        Self { server, state }
    }

    /// The same with this pull request instead of the usual one.
    pub(crate) fn with(pull_request: PullRequest) -> Self {
        let forge = Self::new();
        forge.state().pull_requests = vec![pull_request];
        forge
    }

    /// Somebody pushes to the source branch of a pull request.
    pub(crate) fn push(&self, number: u64, head: &str) {
        self.state().pull_request(number).expect("a pull request").push(head);
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the state")
    }

    /// All requests and everything that is stored, as text, without the contents of signed addresses; also after a
    /// request that made it panic.
    pub(crate) fn everything(&self) -> String {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = state.requests.iter().filter(|(line, _)| !line.starts_with("PUT /store/"));
        asked.map(|(line, body)| format!("{line} {body}")).collect::<Vec<_>>().join("\n")
    }

    /// Waits until so many requests whose method and path begin like this have arrived.
    #[track_caller]
    pub(crate) fn wait_for(&self, beginning: &str, number: usize) {
        let begun = Instant::now();
        while self.requests(beginning).len() < number {
            assert!(begun.elapsed() < PATIENCE, "{beginning}: {}", self.everything());
            std::thread::sleep(GLANCE);
        }
    }

    /// Lets everything go on that a fault holds.
    pub(crate) fn release(&self) {
        self.state().released.send_replace(true);
    }

    /// Its address, such as `http://127.0.0.1:1234`.
    pub(crate) fn origin(&self) -> &str {
        self.server.origin()
    }

    /// Requests whose method and path begin like this, with their bodies.
    pub(crate) fn requests(&self, beginning: &str) -> Vec<Value> {
        let state = self.state();
        let matching = state.requests.iter().filter(|(request, _)| request.starts_with(beginning));
        matching.map(|(_, body)| body.clone()).collect()
    }
}

async fn answer(request: Request<Bytes>, state: Arc<Mutex<State>>) -> Answer {
    let (head, body) = request.into_parts();
    // A proxy is asked with the whole address.
    let target = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let line = format!("{} {target}", head.method);
    let (fault, latency, released) = {
        let mut state = state.lock().expect("the state");
        state.requests.push((line.clone(), serde_json::from_slice(&body).unwrap_or_default()));
        (state.due_fault(&line), state.latency, state.released.subscribe())
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let carry_out = move || carry_out(&head, &line, &body, &state);
    let Some(Fault { is_done, stalls, late, status, body, headers, .. }) = fault else {
        return Ok(carry_out());
    };
    match (is_done, stalls, late) {
        (false, true, _) => std::future::pending().await,
        (true, true, late) => {
            // Also when nobody waits for it any more.
            tokio::spawn(async move {
                if let Some(late) = late {
                    wait(late, released).await;
                }
                carry_out();
            });
            std::future::pending().await
        }
        (true, false, Some(late)) => {
            let response = carry_out();
            wait(late, released).await;
            Ok(response)
        }
        (false, false, Some(late)) => {
            wait(late, released).await;
            Ok(carry_out())
        }
        (true, false, None) => {
            carry_out();
            Err(io::Error::other("lost"))
        }
        (false, false, None) => Ok(respond(status, &body, headers)),
    }
}

async fn wait(late: Late, mut released: watch::Receiver<bool>) {
    match late {
        Late::By(time) => tokio::time::sleep(time).await,
        Late::Held => drop(released.wait_for(|is_released| *is_released).await),
    }
}

fn carry_out(head: &Parts, line: &str, body: &Bytes, state: &Mutex<State>) -> Response<Full<Bytes>> {
    let mut state = state.lock().expect("the state");
    let mut response = if head.uri.path().starts_with("/api/v4/") {
        let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
        let (status, answer, next_page) =
            gitlab::route(&mut state, head.method.as_str(), path, query, &head.headers, body);
        let mut response = respond(status, &answer, &[]);
        response.headers_mut().insert("x-next-page", next_page.parse().expect("a header"));
        response
    } else if head.uri.path().starts_with("/api/v1/") {
        let (status, answer, total) = gitea::route(&mut state, line, &head.headers, body);
        let mut response = respond(status, &answer, &[]);
        if let Some(total) = total {
            response.headers_mut().insert("x-total-count", total.into());
        }
        response
    } else if ["/v2/projects/", "/v4/repositories/"].iter().any(|start| head.uri.path().starts_with(start)) {
        let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
        let (status, answer) =
            codearts_repo::route(&mut state, head.method.as_str(), path, query, &head.headers, body);
        respond(status, &answer, &[])
    } else if head.uri.path().starts_with("/api/v5/") {
        let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
        let (status, answer) =
            gitee::route(&mut state, head.method.as_str(), path, query, &head.headers, body);
        respond(status, &answer, &[])
    } else {
        let (status, answer) = github::route(&mut state, line, &head.headers, body);
        if status == 200 && is_of_pull_request(line) {
            with_mark(&mut state, &answer, &head.headers)
        } else {
            respond(status, &answer, &[])
        }
    };
    if std::mem::take(&mut state.has_next_page) {
        response.headers_mut().insert("link", "<http://h/?page=2>; rel=\"next\"".parse().expect("a header"));
    }
    response
}

fn is_of_pull_request(line: &str) -> bool {
    let number = line.strip_prefix("GET /repos/acme/widget/pulls/");
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The answer with its mark; who knows it already is not sent it again.
fn with_mark(state: &mut State, answer: &Value, headers: &hyper::HeaderMap) -> Response<Full<Bytes>> {
    let digest = <sha2::Sha256 as sha2::Digest>::digest(answer.to_string());
    let mark: hyper::header::HeaderValue =
        format!("W/\"{}\"", hex::encode(digest)).parse().expect("a header");
    let is_known = headers.get("if-none-match") == Some(&mark);
    state.sent_whole += usize::from(!is_known);
    let mut response = if is_known { respond(304, &Value::Null, &[]) } else { respond(200, answer, &[]) };
    response.headers_mut().insert("etag", mark);
    response
}

fn respond(status: u16, body: &Value, headers: &[(&'static str, &'static str)]) -> Response<Full<Bytes>> {
    let text = match body {
        Value::Null => String::new(),
        Value::String(page) if page.starts_with('<') || page.starts_with("diff ") => page.clone(),
        json => json.to_string(),
    };
    let mut builder = Response::builder().status(status).header("content-type", "application/json");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(Bytes::from(text))).expect("a response")
}
