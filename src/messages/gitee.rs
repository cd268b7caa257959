//! About Gitee and GitCode: pull requests, comments and check runs.

use crate::model::pull_request::ForgeName;

/// What came of publishing on Gitee or GitCode.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GiteeMessage {
    /// A target is ready.
    Ready {
        /// The pull request.
        number: u64,
        /// Where it is.
        repository: String,
        /// The variable of the token.
        token: &'static str,
    },
    /// The repository is not known.
    NoRepository(ForgeName),
    /// The pull request is not known.
    NoPullRequest(ForgeName),
    /// The event of the job cannot be read.
    EventNotRead {
        /// Its file.
        path: String,
    },
}

/// What to do so that Gitee or GitCode takes the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GiteeHint {
    /// The job needs a token.
    SetToken(ForgeName),
    /// The build needs a token.
    BindToken(ForgeName),
    /// The repository has to be named.
    NameRepository(ForgeName),
    /// A call was refused.
    Refused(ForgeName, GiteeRefusal),
}

/// Why a call was refused, as far as its status shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GiteeRefusal {
    /// The token is not known, or has expired.
    Token,
    /// The user may not do this.
    Forbidden,
    /// The user does not see the repository.
    NotFound,
    /// A filter took the text for an attack.
    Unsafe,
    /// There were too many requests in a short time.
    Rate,
}

impl GiteeRefusal {
    /// The reason for an answer with this status; `None`: the reader could do nothing about it.
    pub const fn of(status: u16) -> Option<Self> {
        Some(match status {
            401 => Self::Token,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            418 => Self::Unsafe,
            429 => Self::Rate,
            _ => return None,
        })
    }
}
