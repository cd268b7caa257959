//! About GitLab: merge requests, uploads and statuses of commits.

use super::Message;

/// What came of publishing on GitLab.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GitLabMessage {
    /// A target is ready.
    Ready,
    /// A note can be written.
    ReadyFor(MergeRequestPlace),
    /// The project is not known.
    NoProject,
    /// The commit is not known.
    NoCommit,
    /// There is no merge request, open or not.
    NoMergeRequest,
    /// There is no merge request to write to.
    NoOpenMergeRequest,
    /// Which merge request it is could not be found out.
    MergeRequestUnknown {
        /// Why.
        why: Box<Message>,
    },
    /// Not every PDF is uploaded to the project.
    FirstPdfsOnly {
        /// How many are.
        limit: usize,
    },
    /// A PDF could not be uploaded to the project.
    PdfNotUploaded {
        /// Why.
        why: Box<Message>,
    },
    /// GitLab took the PDF without saying where it is.
    NoUploadAddress,
}

/// The merge request that a note goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum MergeRequestPlace {
    /// This one.
    Number {
        /// Its number.
        iid: String,
        /// Number or path of its project.
        project: String,
    },
    /// The open one of the commit.
    OfCommit,
}

/// What to do so that GitLab takes the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GitLabHint {
    /// The job needs a token.
    SetToken,
    /// The build needs a token.
    BindToken,
    /// GitLab gave a reason.
    Refused(GitLabRefusal),
}

/// Why GitLab refused a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GitLabRefusal {
    /// The token is the job's own.
    JobToken,
    /// The token has expired.
    Expired,
    /// The token was taken back.
    Revoked,
    /// The token is not known.
    Unknown,
    /// The token lacks the scope.
    Scope,
    /// The project is archived.
    Archived,
    /// The user may not do this.
    Forbidden,
    /// The user does not see the project.
    NotFound,
    /// Too much was written in a short time.
    Rate,
}
