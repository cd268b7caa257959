//! What the end of a watched check means. Pure.

use crate::codearts::errors::{explained, outcome_of};
use crate::codearts::proof::Lost;
use crate::codearts::tasks::TaskStatus;
use crate::http::error::CallError;
use crate::lifecycle::report::Verdict;
use crate::model::outcome::Outcome;
use crate::settings::WaitLimit;
use crate::wait::End;

/// How the wait for a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    /// The run ended like this.
    Ended(TaskStatus),
    /// How it ended cannot be learned.
    Lost(Lost),
}

/// What was set about the wait, as far as its end is concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) timeout: WaitLimit,
    /// Whether the run was to be started.
    pub(super) starts: bool,
}

/// The verdict on an end. `last`: the status that was shown last; `figures`: how long the wait was.
pub(super) fn conclude(
    end: End<Watched, CallError>,
    last: Option<TaskStatus>,
    limits: Limits,
    figures: &str,
) -> Verdict {
    match end {
        End::Done(Watched::Ended(status)) => concluded(status, figures),
        End::Done(Watched::Lost(lost)) => {
            Verdict::new(Outcome::TimedOut, format!("{} {figures}", describe(&lost)))
        }
        End::TimedOut => Verdict::new(Outcome::TimedOut, timed_out(limits, last)),
        End::Lost(Some(error)) => {
            Verdict::new(outcome_of(&error), format!("{figures}: {}", explained(&error)))
        }
        End::Lost(None) => Verdict::new(
            Outcome::Unavailable,
            format!("CodeArts stopped responding before the timeout, {figures}"),
        ),
        End::Refused(error) => Verdict::new(outcome_of(&error), explained(&error)),
    }
}

/// Why the result of the run is not known.
fn describe(lost: &Lost) -> String {
    match lost {
        Lost::Superseded { run: Some(run), by } => format!(
            "run {run} was followed by run {by}, and CodeArts no longer shows how {run} ended; run this job again"
        ),
        Lost::Superseded { run: None, by } => format!(
            "run {by} followed the run that was waited for, and CodeArts no longer shows how that one ended; run this job again"
        ),
        Lost::OtherRun => "another run began in this task, and CodeArts does not show how the run that was waited for ended; run this job again".to_owned(),
        Lost::StartUnknown { run } => format!(
            "CodeArts did not answer the start, and whether run {run} came of it is not known; run this job again"
        ),
    }
}

fn concluded(status: TaskStatus, figures: &str) -> Verdict {
    match status {
        TaskStatus::Successful => {
            Verdict::new(Outcome::Passed, format!("the check finished (status 2) {figures}"))
        }
        TaskStatus::Failed => {
            Verdict::new(Outcome::CheckFailed, format!("the check itself failed to run (status 1) {figures}"))
        }
        TaskStatus::Stopped => {
            Verdict::new(Outcome::Stopped, format!("the check was stopped (status 3) {figures}"))
        }
        // Only final statuses end a wait.
        TaskStatus::NotChecked | TaskStatus::Checking | TaskStatus::Unknown(_) => {
            Verdict::new(Outcome::Internal, format!("the wait ended on {status:?}"))
        }
    }
}

fn timed_out(limits: Limits, status: Option<TaskStatus>) -> String {
    let limit = limits.timeout;
    match status {
        Some(TaskStatus::Checking) => {
            format!("still running (status 0) when the {limit} ran out")
        }
        Some(TaskStatus::Unknown(number)) => {
            format!("unknown task status {number} when the {limit} ran out")
        }
        Some(TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped) => {
            format!("the {limit} ran out while the service still showed the result of another run")
        }
        Some(TaskStatus::NotChecked) | None if limits.starts => {
            format!("no status yet when the {limit} ran out")
        }
        Some(TaskStatus::NotChecked) | None => {
            format!("never checked when the {limit} ran out; start a run with `--start`")
        }
    }
}
