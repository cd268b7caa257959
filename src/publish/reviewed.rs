//! What reading a pull request brings, or why it brings nothing.

use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::ReviewHint;
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;

/// The pull request that a job is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified {
    /// The pull request as it is now.
    pub pull_request: PullRequest,
    /// The head that the job was started for, where that is known. The pull request may have moved on since.
    pub job_head: Option<String>,
}

/// Why a pull request cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReviewError {
    /// There is none, or nothing that names it.
    #[error(transparent)]
    NotFound(Problem),
    /// The token is missing or wrong, or may not read it.
    #[error(transparent)]
    Denied(Problem),
    /// The forge was not reached, or its response cannot be used.
    #[error(transparent)]
    Unavailable(Problem),
}

impl ReviewError {
    /// What a failed call means. `problem`: what is shown of it; `number`: the pull request that was asked for by its number.
    pub(super) fn of(error: &CallError, problem: Problem, number: Option<u64>) -> Self {
        match error.failure {
            // A number can be mistyped.
            Failure::NotFound if number.is_some() => {
                let hints = std::iter::once(ReviewHint::CheckNumber.into()).chain(problem.hints).collect();
                Self::NotFound(Problem { hints, ..problem })
            }
            // What a token may not read is not found.
            Failure::Unauthenticated | Failure::Denied | Failure::NotFound | Failure::ProxyRefused => {
                Self::Denied(problem)
            }
            Failure::Unreachable
            | Failure::Tls(_)
            | Failure::Lost
            | Failure::Unavailable
            | Failure::Unreadable
            | Failure::TooLarge
            | Failure::Busy
            | Failure::Inner
            | Failure::Conflict
            | Failure::Rejected => Self::Unavailable(problem),
        }
    }

    /// What is wrong, with its hints.
    pub fn problem(self) -> Problem {
        match self {
            Self::NotFound(problem) | Self::Denied(problem) | Self::Unavailable(problem) => problem,
        }
    }

    /// How a command ends that cannot go on without it.
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::NotFound(_) => Outcome::Usage,
            Self::Denied(_) => Outcome::Denied,
            Self::Unavailable(_) => Outcome::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Attempt, HttpMessage};

    #[test]
    fn every_failure_has_its_outcome() {
        use crate::model::tls_fault::TlsFault;
        use Failure::*;
        use Outcome::{Denied as Refused, Unavailable as Down, Usage};
        let rows = [
            (Unreachable, Down),
            (Tls(TlsFault::Expired), Down),
            (ProxyRefused, Refused),
            (Lost, Down),
            (Unavailable, Down),
            (Unreadable, Down),
            (TooLarge, Down),
            (Busy, Down),
            (Inner, Down),
            (Unauthenticated, Refused),
            (Denied, Refused),
            (NotFound, Refused),
            (Conflict, Down),
            (Rejected, Down),
        ];
        for (failure, outcome) in rows {
            let error = CallError::before_sending(Attempt::ReadPullRequest, failure, HttpMessage::Empty);
            let of = |number| ReviewError::of(&error, Problem::from(&error), number).outcome();
            assert_eq!(of(None), outcome, "{failure:?}");
            assert_eq!(of(Some(12)), if failure == NotFound { Usage } else { outcome }, "{failure:?}");
        }
    }
}
