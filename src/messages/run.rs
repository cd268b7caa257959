//! About runs of a check task: started, waited for, stopped, ended.

use super::Message;
use super::parts::WaitCost;
use crate::model::policy::{GivenUp, WaitLimit};

/// What happens to a run, and how it ends.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum RunMessage {
    /// The run that is waited for is known by its id.
    Named(String),
    /// A start was accepted, but the answer names no run.
    StartUnnamed,
    /// `--if-running attach`.
    Attached,
    /// `--if-running queue`.
    Queued,
    /// `--if-running fail`.
    ActiveAlready,
    /// The answer to a start was lost.
    StartUnknown(Box<Message>),
    /// The time ran out before a run was started.
    StartTimedOut,
    /// The same while another run was active.
    QueueTimedOut,
    /// The task shows a status that is not documented.
    UnknownStatus(i64),
    /// A final status may belong to another run.
    InDoubt(i64),
    /// How long earlier runs took is known.
    DurationsKnown(u64),
    /// How long earlier runs took is not known.
    DurationsUnknown,
    /// Status 2.
    Finished(WaitCost),
    /// Status 1.
    Failed(WaitCost),
    /// Status 3.
    Stopped(WaitCost),
    /// The wait ended on a status that is not final: a bug.
    NotFinal(Option<i64>),
    /// A newer run took the place of the one that was waited for.
    Superseded {
        /// The one that was waited for, if its id is known.
        run: Option<String>,
        /// The newer one.
        by: String,
        /// What the wait cost.
        cost: WaitCost,
    },
    /// Another run began.
    OtherRun(WaitCost),
    /// A run is there, and nothing shows that the lost start began it.
    StartNotProved {
        /// That run.
        run: String,
        /// What the wait cost.
        cost: WaitCost,
    },
    /// The time ran out at status 0.
    StillRunning(WaitLimit),
    /// The time ran out at a status that is not documented.
    UnknownAtTimeout(i64, WaitLimit),
    /// The time ran out while the result of another run was shown.
    OtherAtTimeout(WaitLimit),
    /// The time ran out before the started run showed a status.
    NoStatus(WaitLimit),
    /// The time ran out and the task was never checked.
    NeverChecked(WaitLimit),
    /// There is nothing to stop.
    EndedAlready(GivenUp),
    /// The active run may be another one.
    NotStopped(GivenUp),
    /// A run may have been started; which one is not known.
    UnknownNotStopped(GivenUp),
    /// The remote run is being stopped.
    StopRequested(GivenUp),
    /// It could not be stopped.
    StopFailed,
    /// Which step failed can only be read with the id of the project.
    StepsNeedProject,
    /// The log of a failed check names no failing step.
    NoFailingStep,
    /// The log of a failed check could not be read.
    StepsNotRead,
    /// The same, because it took too long.
    StepsTimedOut,
    /// Past runs can only be listed with the id of the project.
    PastRunsNeedProject,
    /// Past runs could not be listed.
    PastRunsNotRead,
    /// The same, because it took too long.
    PastRunsTimedOut,
}
