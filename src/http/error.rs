//! What a failed call is: one error type for every request, and the reading of error bodies.
//!
//! The service answers errors in many shapes, some of them with HTTP 200 (`errors-and-retry`, section 1). Codes
//! decide, never texts: those are localised and reworded between versions.

use super::retry::Failure;
use crate::error::Problem;
use crate::messages::{Attempt, FailedCall, Hint, HttpMessage, Message, Target};
use std::fmt;
use std::time::{Duration, SystemTime};

/// A request that did not bring what it was sent for.
#[derive(Clone, Debug, thiserror::Error)]
pub struct CallError {
    /// What was tried.
    pub attempt: Attempt,
    /// Where.
    pub target: Target,
    /// What went wrong, as far as repeating is concerned.
    pub failure: Failure,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The service's error code, as sent.
    pub code: Option<String>,
    /// What went wrong, for people. Outside text in it is made harmless.
    pub why: Message,
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
        HttpMessage::Failed(self.shown()).fmt(formatter)
    }
}

impl From<&CallError> for Problem {
    fn from(error: &CallError) -> Self {
        Self { hints: error.hints.clone(), ..Self::new(HttpMessage::Failed(error.shown())) }
    }
}

impl CallError {
    /// A call without an answer.
    pub fn without_answer(
        attempt: Attempt,
        target: Target,
        failure: Failure,
        why: impl Into<Message>,
    ) -> Self {
        Self {
            attempt,
            target,
            failure,
            status: None,
            code: None,
            why: why.into(),
            request_id: None,
            retry_after: None,
            server_date: None,
            hints: Vec::new(),
        }
    }

    /// A call that was not even sent.
    pub fn before_sending(attempt: Attempt, failure: Failure, why: impl Into<Message>) -> Self {
        Self::without_answer(attempt, Target::Unsent, failure, why)
    }

    /// A list that has more pages than are read: nothing shows what is on the others.
    pub fn list_too_long(attempt: Attempt) -> Self {
        Self::before_sending(attempt, Failure::TooLarge, HttpMessage::ListTooLong)
    }

    /// As it is shown.
    pub fn shown(&self) -> Box<FailedCall> {
        Box::new(FailedCall {
            attempt: self.attempt.clone(),
            target: self.target.clone(),
            status: self.status,
            code: self.code.clone(),
            why: self.why.clone(),
            request_id: self.request_id.clone(),
        })
    }

    /// The error in fewer words.
    pub fn brief(&self) -> HttpMessage {
        HttpMessage::FailedBriefly(self.shown())
    }

    /// The server's own words, if there are any.
    pub fn said(&self) -> &str {
        if let Message::HttpMessage(message) = &self.why { message.outside_text() } else { "" }
    }

    /// Whether this status came without a code of the service: from a load balancer, a proxy, a sign-in page.
    pub fn is_bare(&self, status: u16) -> bool {
        self.failure == Failure::Unavailable && self.status == Some(status)
    }

    /// Whether what was asked for is not there: so it was answered, or it came to a bare 404.
    pub fn is_not_found(&self) -> bool {
        self.failure == Failure::NotFound || self.is_bare(404)
    }

    /// Whether the call may not exist here, or not in this form.
    pub fn may_lack_call(&self) -> bool {
        self.failure == Failure::Rejected || self.is_not_found()
    }
}
