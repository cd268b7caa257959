//! The service behind answers from memory, with a clock that stands still.
//!
//! An input is what the server answers: one answer after the other, with a line [`SEPARATOR`] between them; the last one is given
//! again and again. An answer is a body, so that the examples of the documentation are inputs. One that begins with `HTTP ` has a
//! status and headers before it, up to an empty line.

use bytes::Bytes;
use codearts_gate::auth::{Authenticator, Credentials};
use codearts_gate::codearts::{Id, Service};
use codearts_gate::http::{HttpClient, HttpSettings, imitation};
use codearts_gate::model::language::Language;
use codearts_gate::text::redactor;
use http::{HeaderName, HeaderValue, Response};
use serde_json::Value;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;
use tokio::time::Instant;
use url::Url;

/// The line between two answers.
const SEPARATOR: &[u8] = b"\n-----\n";
/// What an answer with a status begins with.
const HEAD: &[u8] = b"HTTP ";
/// Requests that one input may cause: no command sends more for one question.
const REQUESTS_LIMIT: u32 = 7000;
/// Time for retries where there are several answers.
const PATIENCE: Duration = Duration::from_secs(600);
/// Time where there is one, which is as good the second time.
const IMPATIENCE: Duration = Duration::from_millis(1);
/// Where nothing listens.
pub const ORIGIN: &str = "http://127.0.0.1:9";

/// A service, and a runtime for its calls.
pub struct Wire {
    runtime: Runtime,
    /// The service.
    pub service: Service,
    /// Its client.
    pub http: HttpClient,
    /// A task, a job or a project.
    pub id: Id,
}

impl Default for Wire {
    fn default() -> Self {
        let http = HttpClient::new(&HttpSettings::default()).expect("a client");
        let token = Credentials::Token("token-of-the-fuzzer".to_owned().into());
        let auth = Authenticator::new(token, None, &http);
        let origin = Url::parse(ORIGIN).expect("an address");
        Self {
            runtime: Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .expect("a runtime"),
            service: Service::new(http.clone(), auth, origin, Language::English),
            http,
            id: "2b31ed520aaaaaaebedb6e57aaaaaaaa".parse().expect("an id"),
        }
    }
}

impl Wire {
    /// Runs `ask` with a server that answers what `input` says. It gets the moment until which it may wait.
    pub fn run<T>(&self, input: &[u8], ask: impl AsyncFnOnce(Instant) -> T) -> T {
        self.answer(input);
        let patience = if is_one_body(input) { IMPATIENCE } else { PATIENCE };
        self.wait(async || ask(Instant::now() + patience).await)
    }

    /// From now on a server answers what `input` says.
    ///
    /// # Panics
    /// When requests are sent without end.
    pub fn answer(&self, input: &[u8]) {
        let mut answers = Script::new(input);
        let mut requests = 0;
        imitation::answer_with(move |_, _| {
            requests += 1;
            assert!(requests <= REQUESTS_LIMIT, "requests without end");
            answers.next()
        });
    }

    /// Runs `ask` with what answers already.
    pub fn wait<T>(&self, ask: impl AsyncFnOnce() -> T) -> T {
        redactor::forget();
        LocalSet::new().block_on(&self.runtime, ask())
    }
}

/// The document that an input is, if it is one body.
pub fn document(input: &[u8]) -> Option<Value> {
    is_one_body(input).then(|| serde_json::from_slice(input).ok()).flatten()
}

/// Whether an input is one answer, without a head.
fn is_one_body(input: &[u8]) -> bool {
    !input.starts_with(HEAD) && find(input, SEPARATOR).is_none()
}

/// A part of a document, from its beginning, that has lost its end; where it is cut depends on the document.
pub fn part(input: &[u8]) -> &[u8] {
    let text = input.trim_ascii();
    let sum = text.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    &text[..(sum % text.len().max(1)).max(1).min(text.len().saturating_sub(1))]
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Until when there is time for a retry or two.
pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(5)
}

/// The answers that are left of an input.
pub struct Script {
    rest: Bytes,
}

impl Script {
    /// All answers.
    pub fn new(input: &[u8]) -> Self {
        Self { rest: Bytes::copy_from_slice(input) }
    }

    /// The bodies of all answers.
    pub fn bodies(self) -> impl Iterator<Item = Bytes> {
        let Self { mut rest } = self;
        std::iter::from_fn(move || {
            let end = find(&rest, SEPARATOR);
            let answer = rest.split_to(end.unwrap_or(rest.len()));
            let _ = rest.split_to(end.map_or(0, |_| SEPARATOR.len()));
            (end.is_some() || !answer.is_empty()).then(|| read(answer).into_body())
        })
    }

    /// The next answer; the last one again and again.
    pub fn next(&mut self) -> Response<Bytes> {
        match find(&self.rest, SEPARATOR) {
            Some(end) => {
                let answer = self.rest.split_to(end);
                let _ = self.rest.split_to(SEPARATOR.len());
                read(answer)
            }
            None => read(self.rest.clone()),
        }
    }
}

/// The answer that a text stands for.
fn read(answer: Bytes) -> Response<Bytes> {
    if !answer.starts_with(HEAD) {
        return Response::new(answer);
    }
    let end = find(&answer, b"\n\n").unwrap_or(answer.len());
    let mut response = Response::new(answer.slice((end + 2).min(answer.len())..));
    let head = String::from_utf8_lossy(&answer[..end]);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line[HEAD.len()..].trim().parse::<u16>().ok());
    // Others are not the end of an exchange.
    let status = status.filter(|status| (200..600).contains(status)).unwrap_or(200);
    *response.status_mut() = status.try_into().expect("a status");
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value.trim())) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
