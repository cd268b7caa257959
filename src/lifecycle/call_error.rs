//! What a failed call means for the task: an outcome, and a sentence with advice.

use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::model::outcome::Outcome;

/// What a call that failed for good says about the task: nothing.
pub(crate) const fn outcome_of(error: &CallError) -> Outcome {
    match error.failure {
        Failure::Unauthenticated | Failure::Denied | Failure::ProxyRefused => Outcome::Denied,
        Failure::NotFound | Failure::Rejected => Outcome::Usage,
        Failure::RunActive => Outcome::TimedOut,
        Failure::Unreachable
        | Failure::Tls(_)
        | Failure::Lost
        | Failure::Unavailable
        | Failure::Unreadable
        | Failure::TooLarge
        | Failure::Busy
        | Failure::Inner => Outcome::Unavailable,
    }
}

/// The error and what to do about it, as one sentence.
pub(crate) fn explained(error: &CallError) -> String {
    match error.advice() {
        Some(advice) => format!("{error}; {advice}"),
        None => error.to_string(),
    }
}
