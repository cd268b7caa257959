//! What a failed call means for a check that went well.

use crate::http::error::CallError;
use crate::lifecycle::report::Verdict;
use crate::model::outcome::Outcome;

/// What a call that failed for good means for a check that went well: no pass, and no verdict on the code.
pub(super) fn undecided(error: CallError) -> Verdict {
    let verdict = Verdict::from(error);
    let outcome = if verdict.outcome == Outcome::Denied { Outcome::Denied } else { Outcome::Unavailable };
    Verdict { outcome, ..verdict }
}
