//! About the pull request whose code is checked.

use super::Message;
use crate::model::pull_request::FetchRef;

/// How CodeArts is asked to fetch a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct ShownRef(pub Option<FetchRef>);

/// What happens to a pull request while its code is checked.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ReviewMessage {
    /// Which one it is.
    Identified {
        /// What people call the forge.
        forge: &'static str,
        /// The repository that it leads to.
        repository: String,
        /// Its number.
        number: u64,
        /// The branch that is to be merged.
        source: String,
        /// The branch into which it is merged.
        target: String,
        /// Its latest commit.
        head: String,
        /// Whether the source branch is in another repository.
        is_from_fork: bool,
    },
    /// The full task belongs to another repository.
    OtherRepository {
        /// The full task.
        parent: String,
        /// Its repository.
        of_task: String,
        /// The one of the pull request.
        of_pull_request: String,
    },
    /// The full task belongs to another branch.
    OtherTarget {
        /// The full task.
        parent: String,
        /// Its branch.
        of_task: String,
        /// The one of the pull request.
        of_pull_request: String,
    },
    /// CodeArts does not name the repository or the branch of the full task.
    ParentNotKnown {
        /// The full task.
        parent: String,
    },
    /// The project of the task is not known.
    NoProject,
    /// The languages of the task are not known.
    NoLanguages,
    /// A merge-request task that was there is used.
    Found {
        /// That task.
        task: String,
        /// The full task.
        parent: String,
    },
    /// A merge-request task is used that appeared while the response to a creation was lost.
    Appeared {
        /// That task.
        task: String,
        /// The full task.
        parent: String,
    },
    /// The task that CodeArts named as created has runs already.
    UsedBefore(String),
    /// A merge-request task was made.
    Created {
        /// That task.
        task: String,
        /// The full task.
        parent: String,
    },
    /// Whether a merge-request task was made is not known.
    CreationUnknown(Box<Message>),
    /// Two may have been made.
    PerhapsLeft,
    /// The time ran out before there was a task to run.
    CreationTimedOut,
    /// The task that was found is gone.
    FoundIsGone(String),
    /// How CodeArts is asked to fetch the pull request.
    Fetching(ShownRef),
    /// Fetching failed; another kind of ref is tried.
    FetchingAgain {
        /// The one that failed.
        failed: ShownRef,
        /// The next.
        next: ShownRef,
    },
    /// The head moved before this job began.
    MovedBefore {
        /// The commit this job is about.
        job: String,
        /// The head now.
        now: String,
    },
    /// The head moved while the check was prepared or ran.
    Moved {
        /// The commit that was to be checked.
        from: String,
        /// The head now.
        to: String,
    },
    /// The pull request leads from another branch, or to another one, than when the check was started.
    Redirected {
        /// Source and target then.
        from: (String, String),
        /// The same now.
        to: (String, String),
    },
    /// The pull request of this number is in another repository than the one that is checked.
    Elsewhere {
        /// The one that is checked.
        then: String,
        /// The one that the forge shows.
        now: String,
    },
    /// The service has checked another branch.
    OtherBranch {
        /// The one that was checked.
        checked: String,
        /// The one of the pull request.
        source: String,
    },
    /// The service endpoint of the full task is not known.
    NoEndpoint,
    /// The forge did not answer about the head in time.
    HeadNotInTime,
    /// Whether the head moved cannot be learned.
    HeadNotKnown(Box<Message>),
    /// The same, and it changes nothing.
    HeadNotConfirmed,
    /// The service does not show which branch it has checked.
    BranchNotShown,
    /// The head did not move.
    StillAtHead {
        /// That commit.
        head: String,
    },
    /// There is no PDF of a merge-request task.
    NoPdf(Box<Message>),
    /// The merge-request task is deleted.
    Deleted(String),
    /// It stays, for a reason.
    Kept {
        /// The task.
        task: String,
        /// Why.
        why: KeptBecause,
    },
    /// It could not be deleted.
    NotDeleted(String),
    /// Another repository or branch was checked than that of the pull request this job is about.
    ChecksAnother {
        /// What was checked, as far as it is known.
        checked: CheckedCode,
        /// The branch of the pull request.
        source: String,
    },
    /// What was checked, in a job about a pull request.
    Checks(CheckedCode),
}

/// What a task has checked, as far as the service shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct CheckedCode {
    /// The repository.
    pub repository: Option<String>,
    /// The branch.
    pub branch: Option<String>,
}

/// Why a merge-request task stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum KeptBecause {
    /// Its run may go on.
    PerhapsRunning,
    /// Another run has begun in it.
    OtherRun,
    /// Its results are not all here.
    LacksResults,
    /// CodeArts does not show that it checks the source branch.
    NotProved,
}

/// What to do so that the code of a pull request can be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ReviewHint {
    /// The task of this repository and branch must be named.
    NameParent,
    /// The project must be named.
    Project,
    /// The languages must be named.
    Languages,
    /// The pull request's code should be checked.
    CheckPullRequest,
    /// The number may be mistyped.
    CheckNumber,
    /// The next job has the verdict.
    NewerJob,
    /// The console shows what the task is set to.
    SeeTask,
    /// This merge-request task may be deleted by hand.
    DeleteByHand(String),
}
