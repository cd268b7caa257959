//! A JSON call: send it once and judge the answer.

use super::client::HttpClient;
use super::dialect::{BY_STATUS, Dialect, ErrorBody};
use super::error::CallError;
use super::message::{BODY_LIMIT, Request, Response, TransportError};
use super::retry::{Failure, RetryClass};
use super::{json, retry_after};
use crate::messages::{Attempt, HttpMessage, Message, Target};
use crate::text::redactor::{Redactor, redact};
use crate::text::{QUOTE_LIMIT, is_id, one_line};
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

/// Longest request id that is shown, in characters.
const REQUEST_ID_LIMIT: usize = 80;

/// A body that is not an error object is quoted up to this many characters.
const BODY_QUOTE_LIMIT: usize = 160;

/// Statuses of HTTP that mean a whole, good answer: a 205 has no body, a 206 has a part of it, and others are undocumented.
const GOOD_ANSWERS: RangeInclusive<u16> = 200..=204;

/// A JSON call, described. Not printable: a body may hold a password.
#[derive(Clone)]
pub struct Call {
    /// What it is for.
    pub attempt: Attempt,
    /// HTTP method.
    pub method: Method,
    /// Path, percent-encoded where needed.
    pub path: String,
    /// Query parameters, not encoded.
    pub query: Vec<(String, String)>,
    /// Body; `None` sends none.
    pub body: Option<Bytes>,
    /// How it may be repeated.
    pub class: RetryClass,
    /// Fields of a good answer; where one holds something, a stray error code in the answer does not count.
    pub expected: &'static [&'static str],
    /// Whose answers are expected.
    pub dialect: Dialect,
    /// Whether answers hold what must not be shown; then only their code and their message are.
    pub is_confidential: bool,
    /// Largest answer that is read, in bytes.
    pub body_limit: usize,
    /// Shared by calls of which only so many may be under way at once.
    pub permits: Option<Arc<Semaphore>>,
    /// Whether the caller has seen to it that not too many are under way at once.
    pub holds_permit: bool,
}

impl Call {
    /// A GET that may be repeated freely.
    pub fn get(attempt: Attempt, path: impl Into<String>, expected: &'static [&'static str]) -> Self {
        Self {
            attempt,
            method: Method::GET,
            path: path.into(),
            query: Vec::new(),
            body: None,
            class: RetryClass::Idempotent,
            expected,
            dialect: BY_STATUS,
            is_confidential: false,
            body_limit: BODY_LIMIT,
            permits: None,
            holds_permit: false,
        }
    }

    /// A POST of a JSON document that may be repeated freely.
    pub fn post(attempt: Attempt, path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, body: Some(body.into()), ..Self::get(attempt, path, &[]) }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// `GET host/path`, for messages.
    pub fn address(&self, origin: &Url) -> String {
        format!("{} {}{}", self.method, host_of(origin), self.path)
    }

    /// The request for this call with these headers.
    pub fn request(&self, origin: &Url, headers: HeaderMap) -> Request {
        let mut url = format!("{}{}", origin.as_str().trim_end_matches('/'), self.path);
        if !self.query.is_empty() {
            url.push('?');
            url.push_str(&crate::http::query::canonical_query(&self.query));
        }
        Request {
            method: self.method.clone(),
            url,
            headers,
            body: self.body.clone(),
            body_limit: self.body_limit,
            holds_permit: self.holds_permit,
            has_own_connection: self.method != Method::GET || self.class != RetryClass::Idempotent,
        }
    }

    /// The error for a call that brought no answer.
    pub fn transport_error(&self, origin: &Url, error: TransportError) -> CallError {
        self.failed(origin, error.failure, error.message)
    }

    /// The error for a call that went wrong like this.
    pub fn failed(&self, origin: &Url, failure: Failure, why: impl Into<Message>) -> CallError {
        let target = Target::Address(self.address(origin));
        CallError::without_answer(self.attempt.clone(), target, failure, why)
    }

    /// The error for an answer that is one. `sent`: the request's headers; beside the secrets of the process, signatures of this
    /// one request stand there, which a server may echo.
    pub fn answer_error(
        &self,
        origin: &Url,
        answer: &Response,
        error: &ErrorBody,
        sent: &HeaderMap,
    ) -> CallError {
        let mut redactor = Redactor::default();
        let in_headers = sent.values().filter(|value| value.is_sensitive());
        in_headers.filter_map(|value| value.to_str().ok()).for_each(|value| redactor.learn(value));
        // Secrets are taken out of the whole text: shortened first, a long token could not be found any more.
        let safe = |text: &str, limit| one_line(&redactor.redact(&redact(text)), limit);
        // Written anew, so that however the server escaped a secret, it reads as it was sent.
        let body = match json::read(&answer.body) {
            Some(body) => Bytes::from(body.to_string()),
            None => answer.body.clone(),
        };
        let why = match &error.message {
            Some(message) => HttpMessage::Said(safe(message, QUOTE_LIMIT)),
            None if self.is_confidential => HttpMessage::NoExplanation,
            None => {
                let text = safe(String::from_utf8_lossy(&body).trim_start(), BODY_QUOTE_LIMIT);
                let why_not = json::why_not(&answer.body).map(|why| safe(&why, BODY_QUOTE_LIMIT));
                explain(answer.status, text, why_not)
            }
        };
        CallError {
            status: Some(answer.status),
            code: error.code.as_deref().map(|code| safe(code, 40)),
            request_id: request_id(&answer.headers, "x-request-id").filter(|id| *id == redactor.redact(id)),
            retry_after: retry_after::retry_after(&answer.headers, SystemTime::now()),
            server_date: retry_after::server_date(&answer.headers),
            ..self.failed(origin, self.dialect.classify(answer.status, error), why)
        }
    }
}

/// What an answer without an explanation of the server looks like; `why_not`: where it stops being JSON.
fn explain(status: u16, text: String, why_not: Option<String>) -> HttpMessage {
    match (status, why_not) {
        (300..400, _) => HttpMessage::Redirected,
        (205..300, _) => HttpMessage::NotWhole,
        _ if text.is_empty() => HttpMessage::Empty,
        _ if text.starts_with('<') => HttpMessage::WebPage(text),
        (_, Some(why)) => HttpMessage::NotJson { why, text: Some(text) },
        (_, None) => HttpMessage::Unexplained(text),
    }
}

/// `host` or `host:port`, as in the `Host` header.
pub fn host_of(origin: &Url) -> String {
    let host = origin.host_str().unwrap_or_default();
    match origin.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Sends a call once. An empty 2xx body is JSON `null`.
///
/// # Errors
/// When no good answer came: no connection, an error status, an error object with HTTP 200, or no JSON.
pub async fn send(
    http: &HttpClient,
    origin: &Url,
    call: &Call,
    headers: HeaderMap,
    limit: Duration,
) -> Result<(Value, HeaderMap), CallError> {
    let read = async |body: Bytes| {
        let body =
            if body.iter().all(u8::is_ascii_whitespace) { Value::Null } else { json::read_strictly(&body)? };
        Some((body, ()))
    };
    let (body, headers, ()) = send_and_read(http, origin, call, headers, limit, read).await?;
    Ok((body, headers))
}

/// Sends a call once; `read` makes of the body the document to judge by, and what else the caller needs of it.
///
/// # Errors
/// As [`send`], but an empty body gets no special treatment; not JSON is what `read` returns `None` for.
pub async fn send_and_read<T>(
    http: &HttpClient,
    origin: &Url,
    call: &Call,
    headers: HeaderMap,
    limit: Duration,
    read: impl AsyncFnOnce(Bytes) -> Option<(Value, T)>,
) -> Result<(Value, HeaderMap, T), CallError> {
    let sent = headers.clone();
    let permit = match &call.permits {
        Some(permits) => permits.acquire().await.ok(),
        None => None,
    };
    let started = Instant::now();
    let result = http.exchange(call.request(origin, headers), limit).await;
    drop(permit);
    let elapsed = started.elapsed().as_millis();
    let answer = result.map_err(|error| {
        tracing::debug!("{}: {error} after {elapsed} ms", call.address(origin));
        call.transport_error(origin, error)
    })?;
    tracing::debug!("{}: HTTP {} in {elapsed} ms", call.address(origin), answer.status);

    let is_good = GOOD_ANSWERS.contains(&answer.status);
    let failed = |error: &ErrorBody| call.answer_error(origin, &answer, error, &sent);
    match read(answer.body.clone()).await {
        Some((body, rest)) if is_good => {
            match call.dialect.find_error_despite_success(&body, call.expected) {
                Some(error) => Err(failed(&error)),
                None => Ok((body, answer.headers, rest)),
            }
        }
        Some((body, _)) => Err(failed(&call.dialect.find_error(&body))),
        None if is_good => Err(CallError { failure: Failure::Unreadable, ..failed(&ErrorBody::default()) }),
        None => Err(failed(&ErrorBody::default())),
    }
}

/// The id of an answer, for the provider's support; `None` if it does not look like one.
pub fn request_id(headers: &HeaderMap, name: &str) -> Option<String> {
    let id = headers.get(name)?.to_str().ok()?.trim();
    is_id(id, REQUEST_ID_LIMIT).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::client::CALLS_LIMIT;
    use super::*;
    use reqwest::header::HeaderValue;

    /// The most calls that were under way at once, of so many; `permits`: those of the calls themselves.
    async fn most_under_way(calls: usize, permits: Option<usize>) -> usize {
        let limit = permits.unwrap_or(CALLS_LIMIT);
        use std::sync::atomic::{AtomicUsize, Ordering};
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let origin = Url::parse(&origin).expect("an origin");
        let [under_way, most] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
        let (counter, peak) = (Arc::clone(&under_way), Arc::clone(&most));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (under_way, most) = (Arc::clone(&counter), Arc::clone(&peak));
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = socket.read(&mut request).await;
                    most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Until as many as may are there, and a little longer for those that may not.
                    for _ in 0..400 {
                        if most.load(Ordering::SeqCst) >= limit {
                            break;
                        }
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    under_way.fetch_sub(1, Ordering::SeqCst);
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
                    let _ = socket.write_all(answer).await;
                });
            }
        });
        let settings = crate::http::HttpSettings { plain_only: true, ..Default::default() };
        let http = HttpClient::new(&settings).expect("a client");
        let call = Call {
            permits: permits.map(|permits| Arc::new(Semaphore::new(permits))),
            ..Call::get(Attempt::ReachService, "/", &[])
        };
        let calls =
            (0..calls).map(|_| send(&http, &origin, &call, HeaderMap::new(), Duration::from_secs(20)));
        for answer in futures_util::future::join_all(calls).await {
            answer.expect("an answer");
        }
        most.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn no_more_calls_are_under_way_than_there_are_turns() {
        assert_eq!(most_under_way(8, Some(2)).await, 2);
        assert_eq!(most_under_way(CALLS_LIMIT + 10, None).await, CALLS_LIMIT);
    }

    /// The error for a refusal whose text, code and request id quote everything that was sent.
    #[test]
    fn echoed_secrets_are_taken_out() {
        let token = format!("tok-canary-{}", "x".repeat(3000));
        let mut sent = HeaderMap::new();
        sent.insert("x-auth-token", super::super::sensitive(&token).expect("ASCII"));
        sent.insert("accept", HeaderValue::from_static("application/json"));
        crate::text::redactor::learn("pass\"canary  word");
        let call = Call::get(Attempt::ReachService, "/", &[]);
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", HeaderValue::from_str(&token).expect("ASCII"));
        let body = Bytes::from(format!(
            "{{\"got\": \"{token}\", \"and\": \"pass\\\"canary  word\", \"want\": \"application/json\"}}"
        ));
        let answer = Response { status: 403, headers, body };
        let quoted = ErrorBody { code: Some(token.clone()), message: None };
        let origin = Url::parse("https://host").expect("an origin");
        let error = call.answer_error(&origin, &answer, &quoted, &sent);
        assert!(error.to_string().contains("application/json"), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}
