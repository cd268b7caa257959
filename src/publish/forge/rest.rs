//! A REST API with a token in a header and JSON in its answers, as many forges have one.

use crate::error::Problem;
use crate::http::call::{Call, send, send_and_read};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, Tries, retry};
use crate::http::retry::{CALL_TRIES, Failure};
use crate::http::{HttpClient, call_limit, sensitive};
use crate::messages::{ForgeMessage, HttpMessage};
use crate::publish::results::PublishError;
use crate::text::redactor::redact_file;
use crate::text::{QUOTE_LIMIT, one_line};
use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::borrow::Cow;
use tokio::time::Instant;
use url::Url;

/// The API.
#[derive(Debug)]
pub(super) struct Rest {
    http: HttpClient,
    origin: Url,
    /// Path of the API on its host.
    prefix: String,
    headers: HeaderMap,
    deadline: Instant,
}

impl Rest {
    /// Prepares to talk until `deadline`. `api`: the variable with the address; `token`: the header that shows who asks.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub(super) fn new(
        address: &Url,
        api: &'static str,
        token: (HeaderName, &str),
        http: HttpClient,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        let prefix = address.path().trim_end_matches('/').to_owned();
        let origin = address
            .join("/")
            .map_err(|_| PublishError::failed(Problem::new(ForgeMessage::NotAnAddress { api })))?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(value) = sensitive(token.1) {
            headers.insert(token.0, value);
        }
        Ok(Self { http, origin, prefix, headers, deadline })
    }

    /// How often something is created anew whose answer was lost.
    pub(super) fn tries(&self) -> Tries {
        Tries { limit: CALL_TRIES, deadline: self.deadline, backoff: self.http.backoff() }
    }

    /// Sends a call of the API, again where that is safe and may help; `path` is relative to the API.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn call(&self, call: Call) -> Result<(Value, HeaderMap), CallError> {
        let call = self.complete(call);
        retry(self.policy(&call), async || {
            send(&self.http, &self.origin, &call, self.headers.clone(), call_limit(self.deadline)).await
        })
        .await
    }

    /// The same for an answer that is a list.
    ///
    /// # Errors
    /// The last failure; also when the answer is not a list.
    pub(super) async fn list(&self, call: Call) -> Result<(Vec<Value>, HeaderMap), CallError> {
        match self.call(call.clone()).await? {
            (Value::Array(list), headers) => Ok((list, headers)),
            (other, _) => {
                let why = HttpMessage::Unexplained(one_line(&other.to_string(), QUOTE_LIMIT));
                Err(self.unreadable(call, why))
            }
        }
    }

    /// The failure of a call whose answer cannot be used.
    pub(super) fn unreadable(&self, call: Call, why: HttpMessage) -> CallError {
        self.complete(call).failed(&self.origin, Failure::Unreadable, why)
    }

    /// The same for an answer that is not JSON.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn text(&self, call: Call) -> Result<Bytes, CallError> {
        let call = self.complete(call);
        // Only of a refusal it is read.
        let read = async |body: Bytes| Some((serde_json::from_slice(&body).unwrap_or_default(), body));
        retry(self.policy(&call), async || {
            let limit = call_limit(self.deadline);
            let answer =
                send_and_read(&self.http, &self.origin, &call, self.headers.clone(), limit, read).await?;
            Ok(answer.2)
        })
        .await
    }

    fn policy(&self, call: &Call) -> RetryPolicy {
        RetryPolicy::new(call.class, self.deadline, self.http.backoff())
    }

    fn complete(&self, mut call: Call) -> Call {
        call.path = format!("{}{}", self.prefix, call.path);
        call.body = call.body.as_deref().map(redact_file).map(Cow::into_owned).map(Bytes::from);
        call
    }
}
