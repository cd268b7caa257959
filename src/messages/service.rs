//! About what CodeArts answers.

use super::Message;
use super::http::FailedCall;
use std::time::Duration;

/// What is wrong with an answer, or is done about a call that failed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ServiceMessage {
    /// It holds no field of this name.
    Lacks(&'static str),
    /// It is not a summary.
    NotSummary,
    /// It names no build.
    NoBuild,
    /// It names no build that is newer than those from before the start.
    NoNewBuild,
    /// It is about another build.
    OtherBuild,
    /// It holds no list of discussions.
    NoDiscussions,
    /// It holds no list of findings.
    NoFindings,
    /// It has more rows than are read.
    TooManyRows {
        /// Rows that are read.
        limit: u64,
        /// Rows that were asked for.
        asked: u64,
    },
    /// Something other than a PDF came; what is known of it.
    NotPdf(Box<Message>),
    /// A redirect is not followed.
    RedirectNotFollowed(RedirectFault),
    /// It redirects a second time.
    RedirectedTwice,
    /// The export succeeded, but names no file.
    ExportWithoutFile,
    /// The export failed without a reason.
    ExportWithoutReason,
    /// The export failed for this reason, in the words of CodeArts.
    ExportReason(String),
    /// A call failed, and what it asks for can be done without.
    GoingOnWithout(Box<FailedCall>),
    /// A question about a run failed, and the task is asked about instead.
    AskingWithoutRun(Box<FailedCall>),
    /// Credentials were refused and are renewed.
    RenewingCredentials(Box<FailedCall>),
    /// The list of runs did not come within this time.
    RunsNotInTime(Duration),
    /// The start of a build failed, and the build is looked for.
    LookingForBuild(Box<FailedCall>),
    /// The answer to the creation of a merge-request task below this one was lost, the list does not show it, and it is sent again.
    TaskPerhapsLeft {
        /// The task above.
        parent: String,
        /// Number of the pull request.
        number: u64,
    },
    /// One finding is too large to be read.
    FindingTooLarge(Box<FailedCall>),
}

/// Which kind of host an address leads to: the service's pages name several for one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum HostFamily {
    /// This machine.
    ThisMachine,
    /// Those of the official SDK.
    Sdk,
    /// Those of older pages.
    OlderPages,
    /// Those of the international pages.
    InternationalPages,
    /// Those of the European site.
    European,
    /// A private deployment, or a proxy.
    Other,
}

/// Why a redirect is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum RedirectFault {
    /// It names no address.
    NoAddress,
    /// Its address holds a user name.
    NamesUser,
    /// It does not lead to https.
    NotHttps,
}

/// What to do about an answer of CodeArts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ServiceHint {
    /// No task has this id.
    TaskId,
    /// No build job has this id.
    JobId,
    /// Nothing has this id.
    Id,
    /// Something other than CodeArts answered.
    ForeignAnswer,
    /// The credentials are not accepted.
    Credentials,
    /// The signature may carry a wrong time.
    Clock,
    /// A permission is missing.
    Membership,
    /// The permission to create a task is missing.
    TaskCreation,
    /// The languages of a new task are not accepted.
    TaskLanguages,
    /// No project has this id.
    ProjectId,
    /// A run is active.
    ActiveRun,
}
