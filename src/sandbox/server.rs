//! HTTP on loopback, and the faults: answers that are wrong, late, cut short or never sent.

use super::calls::{carry_out, make_id_token, recognise};
use super::gatekeeper::{Credentialed, admit};
use super::message::{Call, Reply, Request};
use super::scenario::{ANY_CALL, Fault, FaultRule, RecordScript, Scenario, is_call};
use super::state::MockService;
use crate::messages::CommandMessage;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Response};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Largest request body that is read.
const REQUEST_LIMIT: usize = 1024 * 1024;
/// Larger answers are not kept with the requests.
const ANSWER_LIMIT: usize = 4 * 1024;
/// Bodies go out in pieces of this size.
const PIECE: usize = 64 * 1024;

/// A request that was served, for tests and for people who watch.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Name of the call, as in scenarios.
    pub call: &'static str,
    /// The task in its path or query.
    pub task: Option<String>,
    /// Query parameters, decoded.
    pub query: Vec<(String, String)>,
    /// Headers of the request.
    pub headers: HeaderMap,
    /// Body of the request.
    pub body: Bytes,
    /// HTTP status of the answer; `None` if the connection was reset instead.
    pub status: Option<u16>,
    /// Body of the answer, where it was sent whole and is at most 4 KiB long.
    pub answer: Option<Bytes>,
    /// The fault that it met: which rule of the scenario, from 0.
    pub fault: Option<usize>,
    /// Since the sandbox began.
    pub at: Duration,
}

/// The running service. Clones share it.
#[derive(Clone, Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    state: Mutex<State>,
    began: Instant,
    /// Ends the delays of answers that are waited for.
    release: Notify,
}

#[derive(Debug)]
struct State {
    service: MockService,
    /// Calls so far, by name, and by name and task.
    counts: HashMap<(&'static str, Option<String>), u32>,
    recorded: Vec<Recorded>,
    /// Whether delays are over.
    is_released: bool,
}

impl Sandbox {
    /// Takes a port on 127.0.0.1 (0: a free one) and serves on the current runtime until that ends.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(scenario: Scenario, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let began = Instant::now();
        let sandbox = Self {
            shared: Arc::new(Shared {
                address: listener.local_addr()?,
                state: Mutex::new(State {
                    service: MockService::new(scenario, began),
                    counts: HashMap::new(),
                    recorded: Vec::new(),
                    is_released: false,
                }),
                began,
                release: Notify::new(),
            }),
        };
        tokio::spawn(accept(listener, sandbox.clone()));
        Ok(sandbox)
    }

    /// Its address, such as `http://127.0.0.1:8420`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// All requests so far.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.state().recorded.clone()
    }

    /// How many requests of a kind have arrived, also those that are not answered yet.
    pub fn received(&self, call: &'static str) -> u32 {
        self.state().counts.get(&(call, None)).copied().unwrap_or_default()
    }

    /// Ends the delays of faults, those that go on and those to come.
    pub fn release(&self) {
        self.state().is_released = true;
        self.shared.release.notify_waiters();
    }

    /// Starts a run of a task as somebody else would; its id, unless another one is active.
    pub fn start_foreign_run(&self, task: &str) -> Option<String> {
        self.state().service.start_run(task, None, Instant::now()).ok()
    }

    /// How many runs of a task were started here.
    pub fn runs_started(&self, task: &str) -> usize {
        self.state().service.runs_started(task)
    }

    /// The runs of a task and the status of each, the latest last; also of a task that is deleted by now.
    pub fn runs(&self, task: &str) -> Vec<(String, i64)> {
        self.state().service.runs(task, Instant::now())
    }

    /// How many runs were started here in all, also of tasks that are deleted by now.
    pub fn all_runs_started(&self) -> usize {
        self.state().service.all_runs
    }

    /// Ids of the tasks that were created and not deleted.
    pub fn created_tasks(&self) -> Vec<String> {
        self.state().service.created_tasks().map(|(id, _)| id.to_owned()).collect()
    }

    /// An id token as a CI gives it to a job.
    pub fn issue_id_token(&self, audience: &str) -> String {
        make_id_token(audience, Instant::now(), &mut self.state().service)
    }

    /// Starts a build of a job as somebody else would; its number.
    pub fn start_foreign_build(&self, job: &str) -> Option<u64> {
        Some(self.state().service.job(job)?.start(RecordScript::default(), Instant::now()))
    }

    /// How many builds of a job were stopped.
    pub fn builds_stopped(&self, job: &str) -> usize {
        self.state().service.job(job).map_or(0, |job| job.stopped())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the call and finds the fault that is due, if any, and which one it is.
    fn count(&self, call: &Call) -> Option<(usize, Fault)> {
        let mut state = self.state();
        let mut next = |task: Option<String>| {
            let count = state.counts.entry((call.name(), task)).or_default();
            *count += 1;
            *count
        };
        let overall = next(None);
        let of_task = call.subject().map(|task| next(Some(task.to_owned())));
        debug_assert!(is_call(call.name()), "{} is not listed", call.name());
        let is_due = |(_, rule): &(usize, &FaultRule)| {
            let is_call = rule.call == call.name() || rule.call == ANY_CALL;
            let is_task = rule.task.is_none() || rule.task.as_deref() == call.subject();
            let number = if rule.task.is_some() { of_task.unwrap_or(overall) } else { overall };
            is_call && is_task && (rule.on.is_empty() || rule.on.contains(&number))
        };
        let mut rules = state.service.scenario.faults.iter().enumerate();
        rules.find(is_due).map(|(number, rule)| (number, rule.fault.clone()))
    }

    fn record(
        &self,
        call: &Call,
        request: &Credentialed<'_>,
        fault: Option<usize>,
        status: Option<u16>,
        answer: Option<&Bytes>,
    ) {
        let at = self.shared.began.elapsed();
        let subject = call.subject().map(str::to_owned);
        tracing::debug!("{}", CommandMessage::SandboxAnswered { call: call.name(), subject, status });
        self.state().recorded.push(Recorded {
            call: call.name(),
            task: call.subject().map(str::to_owned),
            query: request.query.to_vec(),
            headers: request.headers.clone(),
            body: Bytes::copy_from_slice(request.body),
            status,
            answer: answer.filter(|answer| answer.len() <= ANSWER_LIMIT).cloned(),
            fault,
            at,
        });
    }

    async fn serve(&self, request: hyper::Request<Incoming>) -> Result<Response<Piecewise>, Reset> {
        let (head, body) = request.into_parts();
        let sent = Limited::new(body, REQUEST_LIMIT).collect().await.map_err(|_| Reset)?.to_bytes();
        let path = head.uri.path();
        let query = read_query(head.uri.query().unwrap_or_default());
        let clock = self.clock();
        let Some(call) = recognise(&head.method, path, &query) else {
            return Ok(response(Reply::no_such_api(), None, clock));
        };
        let (number, fault) = self.count(&call).unzip();
        let credentialed = Credentialed {
            method: head.method.as_str(),
            path,
            query: &query,
            headers: &head.headers,
            body: &sent,
        };
        let carried_out = || {
            let mut state = self.state();
            let now = Instant::now();
            if !call.has_own_credentials()
                && let Err(reason) = admit(&credentialed, &state.service, now, clock)
            {
                let message = format!("Incorrect IAM authentication information: {reason}");
                return Reply::error(401, "APIGW.0301", &message);
            }
            let request = Request { query: &query, headers: &head.headers, body: &sent, now, clock };
            carry_out(&call, &request, &mut state.service)
        };
        let (reply, cut) = match fault {
            None => (carried_out(), None),
            Some(Fault::Delay { by }) => {
                let due = tokio::time::Instant::now() + by;
                let released = self.shared.release.notified();
                let reply = carried_out();
                if !self.state().is_released {
                    // Whichever comes first.
                    let _ = tokio::time::timeout_at(due, released).await;
                }
                (reply, None)
            }
            Some(Fault::Truncate { after }) => (carried_out(), Some((after, Then::Break))),
            Some(Fault::Stall { after }) => (carried_out(), Some((after, Then::Stall))),
            Some(Fault::LostAnswer) => {
                carried_out();
                self.record(&call, &credentialed, number, None, None);
                return Err(Reset);
            }
            Some(Fault::Reset) => {
                self.record(&call, &credentialed, number, None, None);
                return Err(Reset);
            }
            Some(Fault::Html) => (web_page(), None),
            Some(Fault::Answer { status, body, headers }) => {
                let body = match body {
                    serde_json::Value::Null => Bytes::new(),
                    serde_json::Value::String(text) => Bytes::from(text),
                    other => Bytes::from(other.to_string()),
                };
                let headers = headers.into_iter().collect();
                (Reply { status, content_type: "application/json", headers, body }, None)
            }
        };
        let is_whole = cut.is_none_or(|(after, _)| after >= reply.body.len());
        self.record(&call, &credentialed, number, Some(reply.status), is_whole.then_some(&reply.body));
        Ok(response(reply, cut, clock))
    }

    /// The service's own clock.
    fn clock(&self) -> SystemTime {
        let ahead = self.state().service.scenario.clock_ahead;
        let magnitude = Duration::from_secs(ahead.unsigned_abs());
        if ahead < 0 { SystemTime::now() - magnitude } else { SystemTime::now() + magnitude }
    }
}

async fn accept(listener: TcpListener, sandbox: Sandbox) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, sandbox.clone()));
        }
    }
}

async fn connection(stream: TcpStream, sandbox: Sandbox) {
    // Closing with unsent data pending resets the connection, as a crashed peer does.
    let _ = stream.set_zero_linger();
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| sandbox.serve(request));
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("reset by the scenario")]
struct Reset;

fn web_page() -> Reply {
    Reply {
        status: 200,
        content_type: "text/html",
        headers: Vec::new(),
        body: Bytes::from_static(b"<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"),
    }
}

fn read_query(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// What comes after the last byte that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    End,
    Break,
    Stall,
}

/// `cut`: how many bytes of the body are sent, and what happens then.
fn response(reply: Reply, cut: Option<(usize, Then)>, clock: SystemTime) -> Response<Piecewise> {
    let length = reply.body.len();
    let mut headers = HeaderMap::new();
    let own = [
        (CONTENT_TYPE.as_str().to_owned(), reply.content_type.to_owned()),
        (CONTENT_LENGTH.as_str().to_owned(), length.to_string()),
        (DATE.as_str().to_owned(), httpdate::fmt_http_date(clock)),
    ];
    for (name, value) in own.into_iter().chain(reply.headers) {
        if let (Ok(name), Ok(value)) = (name.parse::<hyper::header::HeaderName>(), value.parse()) {
            headers.insert(name, value);
        }
    }
    let (sent, then) = cut.filter(|(after, _)| *after < length).unwrap_or((length, Then::End));
    let body = Piecewise { rest: reply.body.slice(..sent), announced: length as u64, then };
    let mut response = Response::new(body);
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap_or_default();
    *response.headers_mut() = headers;
    response
}

/// A body that goes out piece by piece, and may break.
#[derive(Debug)]
struct Piecewise {
    rest: Bytes,
    announced: u64,
    then: Then,
}

impl Body for Piecewise {
    type Data = Bytes;
    type Error = Reset;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Reset>>> {
        if !self.rest.is_empty() {
            let length = self.rest.len().min(PIECE);
            return Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))));
        }
        match self.then {
            Then::End => Poll::Ready(None),
            Then::Break => Poll::Ready(Some(Err(Reset))),
            // Nobody will wake this body; the connection ends when the client does.
            Then::Stall => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.then == Then::End
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
