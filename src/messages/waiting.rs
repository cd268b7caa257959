//! About waiting, for runs and builds alike.

use super::Message;
use super::parts::WaitCost;

/// What happens while something is polled.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum WaitMessage {
    /// Polls bring nothing at the moment.
    StillWaiting(Box<Message>),
    /// The wait was given up after failures.
    GivenUp {
        /// What the wait cost.
        cost: WaitCost,
        /// The last failure.
        why: Box<Message>,
    },
    /// The last answer was cut off by the time limit.
    StoppedResponding(WaitCost),
    /// A signal has come.
    ShuttingDown,
}

/// What a job is doing, as the progress display shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Activity {
    /// Nothing yet.
    Waiting,
    /// A run is being started.
    StartingRun,
    /// A start waits for the end of another run.
    Queued,
    /// The check runs.
    Checking,
    /// The task shows no status.
    NoStatus,
    /// The task shows the result of another run, perhaps.
    AwaitingRun,
    /// The report is being made.
    MakingPdf,
    /// The report is being downloaded.
    DownloadingPdf,
    /// A build is being started.
    StartingBuild,
    /// The job was never built.
    AwaitingBuild,
    /// The build runs.
    Building,
}

/// A kind of event that is counted in a batch, where not each is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum BatchNote {
    /// Polls that failed.
    FailedPolls,
    /// Starts whose answer named no run.
    UnnamedStarts,
    /// Runs that were active before a start.
    ActiveRuns,
    /// Runs that were stopped.
    StoppedRuns,
    /// Builds that were stopped.
    StoppedBuilds,
    /// Runs that may be others.
    OtherRuns,
    /// Runs that may have been started.
    UnknownRuns,
    /// Gates whose result is unknown.
    UnknownGates,
}
