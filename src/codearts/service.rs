//! One service at one address: how a call is authenticated, sent and repeated.

use super::errors::CODEARTS;
use crate::auth::{Authenticator, Generation, Unsigned};
use crate::http::call::{Call, host_of, send, send_and_read};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, retry};
use crate::http::retry::{Backoff, Failure, RetryClass, RetryDecision, is_transient, retry_decision};
use crate::http::{CALL_LIMIT, HttpClient, retry_after};
use crate::messages::{Attempt, HttpMessage, ServiceMessage};
use crate::model::language::Language;
use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, SystemTime};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

/// Header that chooses the language of texts.
const LANGUAGE_HEADER: HeaderName = HeaderName::from_static("x-language");

/// A GET of the service.
pub(super) fn get(attempt: Attempt, path: impl Into<String>, expected: &'static [&'static str]) -> Call {
    Call { dialect: CODEARTS, ..Call::get(attempt, path, expected) }
}

/// A POST of a JSON document to the service.
pub(super) fn post(attempt: Attempt, path: impl Into<String>, body: impl Into<Bytes>) -> Call {
    Call { dialect: CODEARTS, ..Call::post(attempt, path, body) }
}

/// One CodeArts service (Check) at one address, with credentials.
#[derive(Debug)]
pub struct Service {
    pub(super) http: HttpClient,
    auth: Arc<Authenticator>,
    pub(super) origin: Url,
    language: Language,
    /// Taken by requests that start something.
    pub(super) starts: Semaphore,
    pub(super) downloads: Arc<Semaphore>,
    /// Lists of runs in a row that came to a 404 without a code.
    pub(super) bare_lists: AtomicU32,
}

/// Runs and builds whose start is under way at once.
const STARTS_LIMIT: usize = 16;
/// Downloads under way at once: each holds a connection and a file, and may take long; nothing else waits for them.
const DOWNLOADS_LIMIT: usize = 16;

/// Whether a service answers at all, whatever the answer; its clock if it does.
///
/// # Errors
/// When no answer came.
pub async fn reach(
    http: &HttpClient,
    origin: &Url,
    limit: Duration,
) -> Result<Option<SystemTime>, CallError> {
    let call = get(Attempt::ReachService, "/", &[]);
    let answer = http.exchange(call.request(origin, HeaderMap::new()), limit).await;
    answer
        .map(|answer| retry_after::server_date(&answer.headers))
        .map_err(|error| call.transport_error(origin, error))
}

impl Service {
    /// Nothing is sent yet.
    pub fn new(http: HttpClient, auth: Authenticator, origin: Url, language: Language) -> Self {
        Self::sharing(http, Arc::new(auth), origin, language)
    }

    /// Another service at this address, with the same client and credentials: a session is fetched once.
    #[must_use]
    pub fn at(&self, origin: Url) -> Self {
        Self::sharing(self.http.clone(), Arc::clone(&self.auth), origin, self.language)
    }

    fn sharing(http: HttpClient, auth: Arc<Authenticator>, origin: Url, language: Language) -> Self {
        let starts = Semaphore::new(STARTS_LIMIT);
        let downloads = Arc::new(Semaphore::new(DOWNLOADS_LIMIT));
        Self { http, auth, origin, language, starts, downloads, bare_lists: AtomicU32::new(0) }
    }

    /// How long to pause after failures.
    pub fn backoff(&self) -> Backoff {
        self.http.backoff()
    }

    /// Fetches a session, where the credentials need one; whether they do.
    ///
    /// # Errors
    /// When it could not be fetched.
    pub async fn log_in(&self) -> Result<bool, CallError> {
        self.auth.log_in().await
    }

    /// Sends a call once; refused credentials are renewed and the call sent once more.
    ///
    /// # Errors
    /// As [`send`].
    pub(super) async fn attempt(&self, call: &Call) -> Result<Value, CallError> {
        self.renewing(call, async |headers| {
            send(&self.http, &self.origin, call, headers, CALL_LIMIT).await.map(|(body, _)| body)
        })
        .await
    }

    /// Sends a call until the retry matrix or `deadline` ends it; `read` as for [`send_and_read`].
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn call_and_read<T>(
        &self,
        call: &Call,
        deadline: Instant,
        read: impl AsyncFn(Bytes) -> Option<(Value, T)>,
    ) -> Result<(Value, T), CallError> {
        let exchange = async |headers| {
            let answer = send_and_read(&self.http, &self.origin, call, headers, CALL_LIMIT, &read).await;
            answer.map(|(body, _, rest)| (body, rest))
        };
        retry(RetryPolicy::new(call.class, deadline, self.backoff()), async || {
            self.renewing(call, exchange).await
        })
        .await
    }

    /// Repeats what only reads, until the retry matrix or `deadline` ends it.
    ///
    /// # Errors
    /// The last failure.
    pub async fn until<T>(
        &self,
        deadline: Instant,
        attempt: impl AsyncFnMut() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        retry(RetryPolicy::new(RetryClass::Idempotent, deadline, self.backoff()), attempt).await
    }

    /// Sends a call until the retry matrix or `deadline` ends it.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn call(&self, call: &Call, deadline: Instant) -> Result<Value, CallError> {
        retry(RetryPolicy::new(call.class, deadline, self.backoff()), async || self.attempt(call).await).await
    }

    /// The same within a short limit, an answer that is under way included.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn call_briefly(&self, call: &Call, limit: Duration) -> Result<Value, CallError> {
        let deadline = Instant::now() + limit;
        let Ok(result) = tokio::time::timeout_at(deadline, self.call(call, deadline)).await else {
            return Err(call.failed(&self.origin, Failure::Lost, HttpMessage::NotInTime(limit)));
        };
        result
    }

    /// Makes an exchange with the headers of the credentials; if they are refused, renews them and makes it once more.
    pub(super) async fn renewing<T>(
        &self,
        call: &Call,
        mut exchange: impl AsyncFnMut(HeaderMap) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let mut renewed = false;
        loop {
            let (headers, generation) = self.headers(call).await?;
            // Every wait of a task contains this one several times over: in place, it would be most of its memory.
            match Box::pin(exchange(headers)).await {
                // An older form of refusal, which is not CodeArts' own (`errors-and-retry`, section 1), may be an expired token too.
                Err(error)
                    if retry_decision(call.class, error.failure, renewed) == RetryDecision::Renew
                        || !renewed && error.status == Some(401) && error.code.is_some() =>
                {
                    tracing::debug!("{}", ServiceMessage::RenewingCredentials(error.shown()));
                    self.auth.renew(generation, error.server_date).await;
                    renewed = true;
                }
                result => return result,
            }
        }
    }

    /// The error for an answer that is not what the call promises.
    pub(super) fn unreadable(&self, call: &Call, why: ServiceMessage) -> CallError {
        call.failed(&self.origin, Failure::Unreadable, why)
    }

    pub(super) async fn headers(&self, call: &Call) -> Result<(HeaderMap, Generation), CallError> {
        let unsigned = Unsigned {
            method: call.method.as_str(),
            host: &host_of(&self.origin),
            path: &call.path,
            query: &call.query,
            body: call.body.as_deref().unwrap_or_default(),
        };
        let (mut headers, generation) =
            self.auth.headers(&unsigned).await.map_err(|error| match error.failure {
                // The login failed, so the call itself was never sent.
                failure if is_transient(failure) => CallError { failure: Failure::Unreachable, ..error },
                _ => error,
            })?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(LANGUAGE_HEADER, HeaderValue::from_static(self.language.name()));
        Ok((headers, generation))
    }
}
