//! GitHub's REST and GraphQL API through octocrab, with our own limits, retries and errors.
//!
//! octocrab's own retry is not compiled in, because it repeats a POST at once and blindly; its errors hide the status,
//! and it reads bodies without a limit. So it builds and sends requests here, with the version of the API and its own user
//! agent (one of ours would be sent beside it, not instead), and this file does the rest.

use super::refusal::{Reason, reason};
use crate::ci::github::Repository;
use crate::http::call::{host_of, request_id};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, Tries, retry};
use crate::http::retry::{Backoff, CALL_TRIES, Failure, RetryClass};
use crate::http::{
    BODY_LIMIT, CALL_LIMIT, HttpClient, TransportError, refuse_climbing, retry_after, transport_error,
};
use crate::publish::forge::address::{ApiVariable, api_address};
use crate::publish::results::PublishError;
use crate::text::redactor::{learn, redact_value};
use crate::text::{QUOTE_LIMIT, one_line};
use http_body_util::{BodyExt as _, Limited};
use octocrab::Octocrab;
use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout};
use url::Url;

/// Pause that GitHub asks for when it limits the rate without saying for how long.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// Names the API.
const API_VARIABLE: ApiVariable =
    ApiVariable { forge: "GitHub", name: "GITHUB_API_URL", token: "GITHUB_TOKEN", path: "/api/v3" };

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// What it is for, reading well after "could not".
    pub(super) attempt: &'static str,
    /// HTTP method.
    pub(super) method: Method,
    /// Path below the API's address, with its query.
    pub(super) route: String,
    /// JSON body.
    pub(super) body: Option<Value>,
    /// How it may be repeated.
    pub(super) class: RetryClass,
}

impl Order {
    /// A request that only reads.
    pub(super) fn get(attempt: &'static str, route: String) -> Self {
        Self { attempt, method: Method::GET, route, body: None, class: RetryClass::Idempotent }
    }

    /// A request that does no harm when made twice.
    pub(super) fn freely(attempt: &'static str, method: Method, route: String, body: Option<Value>) -> Self {
        Self { attempt, method, route, body: body.map(without_secrets), class: RetryClass::Idempotent }
    }

    /// The same with a body that is encoded, so that nothing can be found in it.
    pub(super) fn upload(attempt: &'static str, route: String, body: Value) -> Self {
        Self { attempt, method: Method::POST, route, body: Some(body), class: RetryClass::Idempotent }
    }

    /// A request that makes something: after a lost answer, look for it first.
    pub(super) fn create(attempt: &'static str, route: String, body: Value) -> Self {
        let body = Some(without_secrets(body));
        Self { attempt, method: Method::POST, route, body, class: RetryClass::CreateOnce }
    }
}

fn without_secrets(mut body: Value) -> Value {
    redact_value(&mut body);
    body
}

/// A good answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Response headers.
    pub(super) headers: HeaderMap,
    /// The body; `null` if there is none.
    pub(super) body: Value,
}

impl Answer {
    /// Whether more pages follow.
    pub(super) fn has_next_page(&self) -> bool {
        let links = self.headers.get("link").and_then(|value| value.to_str().ok()).unwrap_or_default();
        links.split(',').any(|link| link.contains("rel=\"next\""))
    }
}

/// The API, for one token.
#[derive(Debug)]
pub(super) struct Api {
    octocrab: Octocrab,
    /// The client that it sends with.
    http: HttpClient,
    origin: Url,
    /// Path of the REST API on its host; not empty on a server of one's own.
    prefix: String,
    graphql_path: Option<String>,
    token: SecretString,
    backoff: Backoff,
    deadline: Instant,
}

impl Api {
    /// Prepares to talk for the job's token until `deadline`.
    ///
    /// # Errors
    /// One sentence, when the token or the address cannot be used.
    pub(super) fn new(
        repository: &Repository,
        no_token: &str,
        http: &HttpClient,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        let failed = |why: String| PublishError::Failed(why);
        let token = repository.token.clone().ok_or_else(|| PublishError::NotOffered(no_token.to_owned()))?;
        // octocrab panics on a token that cannot stand in a header.
        if !token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(failed(
                "GITHUB_TOKEN holds blanks or characters that are not ASCII; paste it again".to_owned(),
            ));
        }
        learn(token.expose_secret());
        let address = address(repository, http.allows_plain())?;
        let prefix = address.path().trim_end_matches('/').to_owned();
        let origin = address.join("/").map_err(|error| failed(error.to_string()))?;
        let graphql_path = Url::parse(&repository.graphql_url)
            .ok()
            .filter(|graphql| graphql.origin() == origin.origin())
            .map(|graphql| graphql.path().to_owned());
        let octocrab = Octocrab::builder()
            .base_uri(origin.as_str())
            .map_err(|_| failed("the address in GITHUB_API_URL cannot be used".to_owned()))?
            .personal_token(token.clone())
            .add_header(reqwest::header::ACCEPT, "application/vnd.github+json".to_owned())
            .build_with_reqwest(http.inner())
            .map_err(|error| failed(format!("the client for GitHub could not be set up: {error:#}")))?;
        Ok(Self {
            octocrab,
            http: http.clone(),
            origin,
            prefix,
            graphql_path,
            token,
            backoff: http.backoff(),
            deadline,
        })
    }

    /// Sends a request of the REST API, again where that is safe and may help.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn call(&self, order: &Order) -> Result<Answer, CallError> {
        self.send(order, &format!("{}{}", self.prefix, order.route)).await
    }

    async fn send(&self, order: &Order, path: &str) -> Result<Answer, CallError> {
        retry(RetryPolicy::new(order.class, self.deadline, self.backoff), async || {
            let mut result = self.once(order, path).await;
            if let Err(error) = &mut result
                && error.failure == Failure::Busy
                && error.retry_after.is_some_and(|pause| self.backoff.cap(pause) > self.time_left())
            {
                // Asking again before that would only make it longer.
                error.failure = Failure::Rejected;
            }
            result
        })
        .await
    }

    fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Who the token belongs to, by GraphQL, which also answers for tokens of apps; `None` where it is not offered.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn viewer(&self) -> Result<Option<String>, CallError> {
        let Some(path) = &self.graphql_path else { return Ok(None) };
        let query = serde_json::json!({"query": "query { viewer { login } }"});
        let order = Order::freely("find out whose token this is", Method::POST, path.clone(), Some(query));
        let answer = self.send(&order, path).await?;
        Ok(answer.body["data"]["viewer"]["login"].as_str().map(str::to_owned))
    }

    /// Whether the token is one of an app's installation, such as the job's own, by GitHub's prefix for those.
    pub(super) fn is_of_app(&self) -> bool {
        self.token.expose_secret().starts_with("ghs_")
    }

    /// How often something is created anew whose answer was lost.
    pub(super) const fn tries(&self) -> Tries {
        Tries { limit: CALL_TRIES, deadline: self.deadline, backoff: self.backoff }
    }

    /// How long to pause after failures.
    pub(super) const fn backoff(&self) -> Backoff {
        self.backoff
    }

    async fn once(&self, order: &Order, path: &str) -> Result<Answer, CallError> {
        let left = self.time_left().min(CALL_LIMIT);
        let started = Instant::now();
        let result = timeout(left, self.exchange(order, path)).await.unwrap_or_else(|_| {
            let message = format!("no whole answer within {}", crate::text::duration(left));
            Err(TransportError { failure: Failure::Lost, message })
        });
        let target =
            format!("{} {}{}", order.method, host_of(&self.origin), path.split('?').next().unwrap_or(path));
        let failed = |failure, status, message, headers: Option<&HeaderMap>| CallError {
            attempt: order.attempt.to_owned(),
            target: target.clone(),
            failure,
            status,
            code: None,
            message,
            request_id: headers.and_then(|headers| request_id(headers, "x-github-request-id")),
            retry_after: headers.and_then(|headers| rate_limit_pause(failure, headers, SystemTime::now())),
            server_date: None,
            hints: Vec::new(),
        };
        let elapsed = started.elapsed().as_millis();
        let (status, headers, bytes) = result.map_err(|error| {
            tracing::debug!("{target}: {error} after {elapsed} ms");
            failed(error.failure, None, error.message, None)
        })?;
        tracing::debug!("{target}: HTTP {status} in {elapsed} ms");
        let body = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
        match body {
            Ok(body) if (200..300).contains(&status) => Ok(Answer { headers, body }),
            Err(error) if (200..300).contains(&status) => {
                let message = format!("the answer is not JSON ({error})");
                Err(failed(Failure::Unreadable, Some(status), message, Some(&headers)))
            }
            body => {
                let message = explain(&body.unwrap_or_default());
                let failure = classify(status, &headers, &message);
                Err(failed(failure, Some(status), one_line(&message, QUOTE_LIMIT), Some(&headers)))
            }
        }
    }

    /// One exchange: status, headers and the body within the limit.
    async fn exchange(&self, order: &Order, path: &str) -> Result<(u16, HeaderMap, Vec<u8>), TransportError> {
        refuse_climbing(path)?;
        let builder = http::Request::builder().method(order.method.clone()).uri(path);
        let request = self
            .octocrab
            .build_request(builder, order.body.as_ref())
            .map_err(|error| octocrab_error(&error))?;
        let send = async || self.octocrab.execute(request).await.map_err(|error| octocrab_error(&error));
        let response = self.http.send_through(&self.origin, send).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, BODY_LIMIT).collect().await.map_err(|error| TransportError {
            failure: Failure::Lost,
            message: format!("the answer broke off: {error}"),
        })?;
        Ok((parts.status.as_u16(), parts.headers, body.to_bytes().to_vec()))
    }
}

/// The address of the API, if the token may go there and there is a repository to ask about.
///
/// # Errors
/// One sentence, when not.
pub(super) fn address(repository: &Repository, allows_plain: bool) -> Result<Url, PublishError> {
    if repository.name.is_empty() {
        let why = "GITHUB_REPOSITORY is not the OWNER/NAME of a repository";
        return Err(PublishError::NotOffered(why.to_owned()));
    }
    api_address(&repository.api_url, API_VARIABLE, &repository.server_url, allows_plain)
}

/// What octocrab's error hides: the transport's own.
fn octocrab_error(error: &octocrab::Error) -> TransportError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<reqwest::Error>() {
            return transport_error(error);
        }
        cause = inner.source();
    }
    TransportError { failure: Failure::Lost, message: one_line(&format!("{error:#}"), QUOTE_LIMIT) }
}

/// GitHub's explanation and its details.
fn explain(body: &Value) -> String {
    let mut text = body["message"].as_str().unwrap_or("no explanation").to_owned();
    let details = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    for detail in details.iter().filter_map(|detail| detail["message"].as_str().or_else(|| detail.as_str())) {
        text.push_str(": ");
        text.push_str(detail);
    }
    text
}

/// What a refusal means (`ci/github`, sections 4.1 and 4.3): limits of the rate come as 403 too.
fn classify(status: u16, headers: &HeaderMap, message: &str) -> Failure {
    let is_limited = headers.contains_key("retry-after")
        || headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0")
        || reason(status, message).is_some_and(Reason::is_limit);
    match status {
        401 => Failure::Unauthenticated,
        403 if is_limited => Failure::Busy,
        403 => Failure::Denied,
        404 | 410 => Failure::NotFound,
        408 => Failure::Lost,
        429 => Failure::Busy,
        500.. => Failure::Unavailable,
        _ => Failure::Rejected,
    }
}

fn rate_limit_pause(failure: Failure, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let asked = retry_after::retry_after(headers, now);
    if asked.is_some() || failure != Failure::Busy {
        return asked;
    }
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    if number("x-ratelimit-remaining") == Some(0)
        && let Some(reset) = number("x-ratelimit-reset")
    {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        return Some(Duration::from_secs(reset).saturating_sub(now));
    }
    Some(RATE_LIMIT_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    type Pairs<'a> = &'a [(&'static str, &'static str)];

    fn headers(pairs: Pairs<'_>) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_limit_is_no_refusal() {
        let cases: [(u16, Pairs<'_>, &str, Failure); 9] = [
            (403, &[], "error-403-integration.json", Failure::Denied),
            (403, &[], "error-403-rate-limit.json", Failure::Busy),
            (403, &[("x-ratelimit-remaining", "0")], "error-403-integration.json", Failure::Busy),
            (403, &[("x-ratelimit-remaining", "17")], "error-403-integration.json", Failure::Denied),
            (429, &[], "error-403-rate-limit.json", Failure::Busy),
            (404, &[], "error-404.json", Failure::NotFound),
            (422, &[], "error-422-too-long.json", Failure::Rejected),
            (401, &[], "error-404.json", Failure::Unauthenticated),
            (502, &[], "error-404.json", Failure::Unavailable),
        ];
        for (status, pairs, file, expected) in cases {
            let path = format!("{}/tests/data/github/{file}", env!("CARGO_MANIFEST_DIR"));
            let body: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
            assert_eq!(classify(status, &headers(pairs), &explain(&body)), expected, "{status} {file}");
        }
    }

    #[test]
    fn the_pause_is_the_one_github_asks_for() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let cases: [(Failure, Pairs<'_>, Option<u64>); 6] = [
            (Failure::Busy, &[("retry-after", "7")], Some(7)),
            (Failure::Busy, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1042")], Some(42)),
            (Failure::Busy, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "900")], Some(0)),
            (Failure::Busy, &[], Some(60)),
            (Failure::Denied, &[], None),
            (Failure::Unavailable, &[], None),
        ];
        for (failure, pairs, expected) in cases {
            let pause = rate_limit_pause(failure, &headers(pairs), now);
            assert_eq!(pause, expected.map(Duration::from_secs), "{failure:?} {pairs:?}");
        }
    }
}
