//! What a failed call means for a check that went well.

use crate::codearts::errors::outcome_of;
use crate::http::error::CallError;
use crate::model::outcome::Outcome;

/// What a call that failed for good means for a check that went well: no pass, and no verdict on the code.
pub(super) fn undecided(error: &CallError) -> Outcome {
    match outcome_of(error) {
        Outcome::Denied => Outcome::Denied,
        _ => Outcome::Unavailable,
    }
}
