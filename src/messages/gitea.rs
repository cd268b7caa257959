//! About Gitea and Forgejo: pull requests and statuses of commits.

use super::{Message, PullRequestPlace};

/// What came of publishing on Gitea or Forgejo.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GiteaMessage {
    /// A status can be written.
    Ready,
    /// A comment can be written.
    ReadyFor(PullRequestPlace),
    /// The repository is not known.
    NoRepository,
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
    /// The diff of the pull request cannot be used.
    DiffNotUsed {
        /// Why.
        why: Box<Message>,
    },
}

/// What to do so that Gitea or Forgejo takes the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GiteaHint {
    /// The step needs a token.
    GiveToken,
    /// The build needs a token.
    BindToken,
    /// The owner of the token has a draft review.
    EndDraft,
    /// The server gave a reason.
    Refused(GiteaRefusal),
}

/// Why Gitea or Forgejo refused a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GiteaRefusal {
    /// The token is not one (any more).
    Token,
    /// The token lacks a scope.
    Scope,
    /// The conversation is locked.
    Locked,
    /// The token of a fork's pull request may only read.
    Fork,
    /// The user may not do this.
    Forbidden,
    /// The user does not see the repository.
    NotFound,
    /// The repository is archived.
    Archived,
    /// Too many requests in a short time.
    Rate,
}
