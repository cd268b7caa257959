//! A request of GitHub's API, described.

use crate::http::retry::RetryClass;
use crate::messages::Attempt;
use crate::text::redactor::redact_value;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::Value;

/// A request of the API.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// What it is for.
    pub(super) attempt: Attempt,
    /// HTTP method.
    pub(super) method: Method,
    /// Path below the API's address, with its query.
    pub(super) route: String,
    /// JSON body.
    pub(super) body: Option<Value>,
    /// How it may be repeated.
    pub(super) class: RetryClass,
    /// The mark of the answer that is known; it is not sent again.
    pub(super) known: Option<HeaderValue>,
}

impl Request {
    /// A request that only reads.
    pub(super) fn get(attempt: Attempt, route: String) -> Self {
        Self { attempt, method: Method::GET, route, body: None, class: RetryClass::Idempotent, known: None }
    }

    /// A request that does no harm when made twice.
    pub(super) fn freely(attempt: Attempt, method: Method, route: String, body: Option<Value>) -> Self {
        Self { method, body: body.map(without_secrets), ..Self::get(attempt, route) }
    }

    /// The same with a body that is encoded, so that nothing can be found in it.
    pub(super) fn upload(attempt: Attempt, route: String, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(attempt, route) }
    }

    /// A request that makes something: after a lost answer, look for it first.
    pub(super) fn create(attempt: Attempt, route: String, body: Value) -> Self {
        let body = Some(without_secrets(body));
        Self { method: Method::POST, body, class: RetryClass::CreateOnce, ..Self::get(attempt, route) }
    }
}

fn without_secrets(mut body: Value) -> Value {
    redact_value(&mut body);
    body
}
