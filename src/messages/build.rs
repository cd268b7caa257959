//! About builds: started, waited for, stopped, ended.

use super::Message;
use super::parts::WaitCost;
use crate::model::policy::{GivenUp, WaitLimit};

/// What happens to a build, and how it ends.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum BuildMessage {
    /// The build that is waited for is known by its number.
    Named(u64),
    /// The answer to a start was lost; this build was started since with the same input.
    StartUnanswered(u64),
    /// The answer to a start was lost, and nothing shows what came of it.
    StartUnknown {
        /// A build that has appeared since.
        appeared: Option<u64>,
        /// What happened.
        why: Box<Message>,
    },
    /// The time ran out before a build was started.
    StartTimedOut,
    /// CodeArts does not know the build yet.
    NotKnownYet,
    /// The log is being read again.
    LogAgain,
    /// A build may have been started; its number is not known.
    UnknownNotStopped(GivenUp),
    /// A build is being stopped.
    StopRequested {
        /// Its number.
        number: u64,
        /// Why.
        why: GivenUp,
    },
    /// It could not be stopped.
    StopFailed,
    /// It succeeded.
    Succeeded(WaitCost),
    /// It failed.
    Failed(WaitCost),
    /// It was stopped.
    Stopped(WaitCost),
    /// It ended with a status that is not documented.
    UnknownEnd {
        /// The status.
        status: String,
        /// What the wait cost.
        cost: WaitCost,
    },
    /// The time ran out at a status that is not documented.
    UnknownAtTimeout(String, WaitLimit),
    /// The time ran out while the build was running.
    StillRunning(WaitLimit),
    /// The time ran out and the job was never built.
    NeverBuilt(WaitLimit),
    /// Parts of the log are missing.
    LogIncomplete,
    /// The end of the log could not be read.
    LogNotRead,
    /// The same, because it took too long.
    LogTimedOut,
    /// Which step failed could not be read.
    StepsNotRead,
    /// The same, because it took too long.
    StepsTimedOut,
    /// What was built could not be read.
    PackagesNotRead,
    /// The same, because it took too long.
    PackagesTimedOut,
}
