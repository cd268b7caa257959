//! About GitHub: pull requests, check runs and code scanning.

use super::Message;

/// What came of publishing on GitHub.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GitHubMessage {
    /// A target is ready.
    Ready {
        /// What the token must be allowed to do.
        permission: &'static str,
    },
    /// A comment can be written.
    ReadyFor {
        /// Where.
        place: PullRequestPlace,
        /// What the token must be allowed to do.
        permission: &'static str,
    },
    /// The repository is not known.
    NoRepository,
    /// The file of the event cannot be read.
    EventNotRead {
        /// The file.
        path: String,
    },
    /// The file of the event is empty.
    EventEmpty {
        /// The file.
        path: String,
    },
    /// The ref stands in for the event.
    RefForEvent {
        /// Why.
        why: Box<Message>,
    },
    /// The event leads to no pull request.
    NothingInEvent,
    /// The event does not name the commit that was checked.
    NoCommit {
        /// The event.
        event: String,
    },
    /// There is no pull request to write to.
    NoPullRequest,
    /// Which pull request it is could not be found out.
    PullRequestUnknown {
        /// Why.
        why: Box<Message>,
    },
    /// The head of the pull request could not be found out.
    HeadUnknown {
        /// The pull request.
        number: u64,
        /// Why.
        why: Box<Message>,
    },
    /// There are no findings to upload.
    NoFindings,
    /// GitHub took the findings without saying how to ask for them.
    NoUploadId,
    /// GitHub could not read the findings.
    FindingsRejected,
    /// GitHub has the findings, but has not read them yet.
    FindingsPending,
}

/// The pull request that a comment goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum PullRequestPlace {
    /// The one with this number.
    Number(u64),
    /// The open one of this commit.
    OfCommit(String),
    /// The open one of this head, `owner:branch`.
    OfHead(String),
}

/// What to do so that GitHub takes the result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GitHubHint {
    /// The step needs the job's token.
    GiveToken,
    /// The build needs a token.
    BindToken,
    /// The job's token needs a permission.
    JobPermission(&'static str),
    /// A token that people made needs a permission.
    TokenPermission(&'static str),
    /// Nothing helps, because the token of a fork may only read.
    Fork,
    /// GitHub gave a reason that no permission of the job would change.
    Refused(GitHubRefusal),
}

/// A reason that no permission of the job would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GitHubRefusal {
    /// The repository is archived.
    Archived,
    /// The conversation is locked.
    Locked,
    /// The organization wants the token authorized for single sign-on.
    SingleSignOn,
    /// The organization lists the addresses it is reached from.
    Address,
    /// The organization does not take this kind of token.
    TokenKind,
    /// The token is not one (any more).
    Token,
    /// Code scanning is off, or not paid for.
    CodeScanning,
    /// Issues are off.
    Issues,
    /// Too much was written in a short time.
    RateOfWrites,
    /// Too many requests for the hour.
    RateOfRequests,
}
