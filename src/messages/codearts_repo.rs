//! About CodeArts Repo: merge requests and their discussions.

use super::Message;

/// What came of publishing on CodeArts Repo.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CodeArtsRepoMessage {
    /// A comment can be written.
    Ready {
        /// Number of the merge request.
        iid: u64,
        /// Its repository.
        repository: String,
    },
    /// The job is not about a merge request.
    NoMergeRequest,
    /// Nothing names the address of the API.
    NoEndpoint,
    /// The project has no such repository.
    NoRepository {
        /// Its address.
        url: String,
    },
    /// The comment is written.
    Commented,
    /// The discussion was not resolved, or not opened again.
    NotResolved {
        /// Why.
        why: Box<Message>,
    },
    /// Comments of several others carry the mark.
    Strangers {
        /// Of how many.
        number: usize,
    },
    /// Changed lines are not listed there.
    NoChangedLines,
}

/// What to do so that CodeArts Repo takes the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CodeArtsRepoHint {
    /// The job must name its merge request.
    HandOver,
    /// The address must be named.
    NameEndpoint,
    /// Project and repository must belong together.
    Project,
    /// The user needs a role.
    Role,
    /// Others share the limit.
    Rate,
    /// These comments can be removed by hand.
    RemoveComments,
}
