//! GitHub's REST and GraphQL API through octocrab, with limits, retries and errors of this crate.
//!
//! octocrab's own retry is not compiled in, because it repeats a POST at once and blindly; its errors hide the status,
//! and it reads bodies without a limit. So it builds and sends requests here, with the version of the API and its own user
//! agent (another one would be sent beside it, not instead), and this file does the rest.

use super::request::Request;
use super::response::{Response, classify, explain, rate_limit_pause};
use crate::ci::github::Repository;
use crate::error::Problem;
use crate::http::call::{host_of, request_id};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, Tries, retry};
use crate::http::retry::{Backoff, CALL_TRIES, Failure};
use crate::http::{BODY_LIMIT, HttpClient, TransportError, call_limit, refuse_climbing, transport_error};
use crate::messages::{Attempt, ForgeMessage, GitHubMessage, Hint, HttpMessage, SetupMessage, Target};
use crate::publish::forge::address::{Access, api_address, usable_token};
use crate::publish::results::PublishError;
use crate::text::{QUOTE_LIMIT, one_line};
use http_body_util::{BodyExt as _, Limited};
use octocrab::Octocrab;
use reqwest::Method;
use reqwest::header::{HeaderMap, IF_NONE_MATCH};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout};
use url::Url;

/// Status of an answer that is already known.
const NOT_MODIFIED: u16 = 304;
/// How GitHub is reached.
pub(super) const ACCESS: Access = Access { api: "GITHUB_API_URL", token: "GITHUB_TOKEN", path: "/api/v3" };

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
    /// When the token or the address cannot be used.
    pub(super) fn new(
        repository: &Repository,
        how_to_get_token: Hint,
        http: &HttpClient,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        // octocrab panics on a token that cannot stand in a header.
        let token = usable_token(repository.token.as_ref(), ACCESS, how_to_get_token)?;
        let address = address(repository, http.allows_plain())?;
        let prefix = address.path().trim_end_matches('/').to_owned();
        let not_an_address =
            || PublishError::failed(Problem::new(ForgeMessage::NotAnAddress { api: ACCESS.api }));
        let origin = address.join("/").map_err(|_| not_an_address())?;
        let graphql_path = Url::parse(&repository.graphql_url)
            .ok()
            .filter(|graphql| graphql.origin() == origin.origin())
            .map(|graphql| graphql.path().to_owned());
        let octocrab = Octocrab::builder()
            .base_uri(origin.as_str())
            .map_err(|_| not_an_address())?
            .personal_token(token.clone())
            .add_header(reqwest::header::ACCEPT, "application/vnd.github+json".to_owned())
            .build_with_reqwest(http.inner())
            .map_err(|error| {
                PublishError::failed(Problem::new(SetupMessage::HttpClient).because(format!("{error:#}")))
            })?;
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
    pub(super) async fn call(&self, request: &Request) -> Result<Response, CallError> {
        self.send(request, &format!("{}{}", self.prefix, request.route)).await
    }

    async fn send(&self, request: &Request, path: &str) -> Result<Response, CallError> {
        retry(RetryPolicy::new(request.class, self.deadline, self.backoff), async || {
            let mut result = self.once(request, path).await;
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
        let request = Request::freely(Attempt::ReadTokenOwner, Method::POST, path.clone(), Some(query));
        let response = self.send(&request, path).await?;
        Ok(response.body["data"]["viewer"]["login"].as_str().map(str::to_owned))
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

    async fn once(&self, request: &Request, path: &str) -> Result<Response, CallError> {
        let left = call_limit(self.deadline);
        let started = Instant::now();
        let result = timeout(left, self.exchange(request, path))
            .await
            .unwrap_or_else(|_| Err(TransportError::new(Failure::Lost, HttpMessage::NotInTime(left))));
        let target =
            format!("{} {}{}", request.method, host_of(&self.origin), path.split('?').next().unwrap_or(path));
        let failed = |failure, status, why: HttpMessage, headers: Option<&HeaderMap>| CallError {
            status,
            request_id: headers.and_then(|headers| request_id(headers, "x-github-request-id")),
            retry_after: headers.and_then(|headers| rate_limit_pause(failure, headers, SystemTime::now())),
            ..CallError::without_answer(
                request.attempt.clone(),
                Target::Address(target.clone()),
                failure,
                why,
            )
        };
        let elapsed = started.elapsed().as_millis();
        let (status, headers, bytes) = result.map_err(|error| {
            tracing::debug!("{target}: {error} after {elapsed} ms");
            failed(error.failure, None, error.message, None)
        })?;
        tracing::debug!("{target}: HTTP {status} in {elapsed} ms");
        let is_unchanged = status == NOT_MODIFIED && request.known.is_some();
        let body = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
        match body {
            Ok(body) if is_unchanged || (200..300).contains(&status) => {
                Ok(Response { headers, body, is_unchanged })
            }
            Err(error) if (200..300).contains(&status) => {
                let message = HttpMessage::NotJson { why: error.to_string(), text: None };
                Err(failed(Failure::Unreadable, Some(status), message, Some(&headers)))
            }
            body => {
                let message = explain(&body.unwrap_or_default());
                let failure = classify(status, &headers, &message);
                let why = match message.as_str() {
                    "" => HttpMessage::NoExplanation,
                    message => HttpMessage::Said(one_line(message, QUOTE_LIMIT)),
                };
                Err(failed(failure, Some(status), why, Some(&headers)))
            }
        }
    }

    /// One exchange: status, headers and the body within the limit.
    async fn exchange(
        &self,
        request: &Request,
        path: &str,
    ) -> Result<(u16, HeaderMap, Vec<u8>), TransportError> {
        refuse_climbing(path)?;
        #[cfg(fuzzing)]
        if let Some(answer) = crate::http::imitation::answer(&request.method, path) {
            let (parts, body) = answer.into_parts();
            return Ok((parts.status.as_u16(), parts.headers, body.to_vec()));
        }
        let mut builder = http::Request::builder().method(request.method.clone()).uri(path);
        if let Some(known) = &request.known {
            builder = builder.header(IF_NONE_MATCH, known);
        }
        let request = self
            .octocrab
            .build_request(builder, request.body.as_ref())
            .map_err(|error| octocrab_error(&error))?;
        let send = async || self.octocrab.execute(request).await.map_err(|error| octocrab_error(&error));
        let response = self.http.send_through(&self.origin, send).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, BODY_LIMIT)
            .collect()
            .await
            .map_err(|error| TransportError::new(Failure::Lost, HttpMessage::Broken(error.to_string())))?;
        Ok((parts.status.as_u16(), parts.headers, body.to_bytes().to_vec()))
    }
}

/// The address of the API, if the token may go there and there is a repository to ask about.
///
/// # Errors
/// When not.
pub(super) fn address(repository: &Repository, allows_plain: bool) -> Result<Url, PublishError> {
    if repository.name.is_empty() {
        return Err(PublishError::not_offered(Problem::new(GitHubMessage::NoRepository)));
    }
    api_address(&repository.api_url, ACCESS, &repository.server_url, allows_plain)
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
    let cause = one_line(&format!("{error:#}"), QUOTE_LIMIT);
    TransportError::new(Failure::Lost, HttpMessage::Broken(cause))
}
