//! What a failed call is: one error type for every request, and the reading of error bodies.
//!
//! The service answers errors in many shapes, some of them with HTTP 200 (`errors-and-retry`, section 1). Codes
//! decide, never texts: those are localised and reworded between versions.

use super::dialect::ErrorBody;
use super::retry::Failure;
use crate::messages::Hint;
use std::fmt;
use std::time::{Duration, SystemTime};

/// A request that did not bring what it was sent for.
#[derive(Clone, Debug, thiserror::Error)]
pub struct CallError {
    /// What was tried, reading well after "could not": `read the progress of task 2b31…`.
    pub attempt: String,
    /// Method, host and path; never the query, which can hold names of files.
    pub target: String,
    /// What went wrong.
    pub failure: Failure,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The service's error code, as sent.
    pub code: Option<String>,
    /// The server's explanation or the transport's, made harmless.
    pub message: String,
    /// `X-Request-Id`, for the provider's support.
    pub request_id: Option<String>,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// The server's clock when it answered.
    pub server_date: Option<SystemTime>,
    /// What to do about it, where whoever sent it knows.
    pub hints: Vec<Hint>,
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "could not {} ({}): {}", self.attempt, self.target, self.answer())?;
        if let Some(request_id) = &self.request_id {
            write!(formatter, " [request {request_id}]")?;
        }
        Ok(())
    }
}

impl CallError {
    /// A call that was not even sent.
    pub fn before_sending(attempt: &str, failure: Failure, message: String) -> Self {
        Self {
            attempt: attempt.to_owned(),
            target: "nothing was sent".to_owned(),
            failure,
            status: None,
            code: None,
            message,
            request_id: None,
            retry_after: None,
            server_date: None,
            hints: Vec::new(),
        }
    }

    /// The error in fewer words, for lines that say that it is tried again.
    pub fn brief(&self) -> String {
        format!("could not {}: {}", self.attempt, self.answer())
    }

    fn answer(&self) -> String {
        match (self.status, &self.code) {
            (None, _) => self.message.clone(),
            (Some(status), None) => format!("HTTP {status}, {}", self.message),
            (Some(status), Some(code)) => format!("HTTP {status} {code}, {}", self.message),
        }
    }

    /// Whether this status came without a code of the service: from a load balancer, a proxy, a sign-in page.
    pub fn is_bare(&self, status: u16) -> bool {
        self.failure == Failure::Unavailable && self.status == Some(status)
    }

    /// Whether the call may not exist here, or not in this form: so it was answered, or it came to a bare 404.
    pub fn may_lack_call(&self) -> bool {
        matches!(self.failure, Failure::NotFound | Failure::Rejected) || self.is_bare(404)
    }
}

/// The sentence for an answer: the server's message if it sent one, else what the body looked like; `why` says where it stops being
/// JSON. Outside text, not made safe yet.
pub(super) fn explain(status: u16, error: &ErrorBody, body: &[u8], why: Option<&str>) -> String {
    if let Some(message) = &error.message {
        return message.clone();
    }
    if (300..400).contains(&status) {
        return "the server redirects elsewhere, which is never followed with credentials".to_owned();
    }
    if (205..300).contains(&status) {
        return "a whole answer has an HTTP status from 200 to 204".to_owned();
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start();
    if text.is_empty() {
        "the answer was empty".to_owned()
    } else if text.starts_with('<') {
        format!("a web page came back instead of JSON, perhaps from a proxy: {text}")
    } else {
        match why {
            Some(why) => format!("the answer is not JSON that can be read ({why}): {text}"),
            None => format!("the answer was: {text}"),
        }
    }
}
