//! What the end of a watched check means. Pure.

use crate::codearts::proof::Lost;
use crate::codearts::tasks::TaskStatus;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::polling::lost;
use crate::lifecycle::report::{Verdict, problem};
use crate::messages::{JobHint, RunFileHint, RunFileMessage, RunMessage, WaitCost};
use crate::model::outcome::Outcome;
use crate::model::policy::WaitLimit;
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
    /// Whether a run that was started before is waited for: one that is gone is outdated.
    pub(super) is_resumed: bool,
}

/// The verdict on an end. `last`: the status that was shown last.
pub(super) fn conclude(
    end: End<Watched, CallError>,
    last: Option<TaskStatus>,
    limits: Limits,
    cost: WaitCost,
) -> Verdict {
    match end {
        End::Done(Watched::Ended(status)) => concluded(status, cost),
        End::Done(Watched::Lost(run)) => {
            let outcome = if limits.is_resumed { Outcome::Stale } else { Outcome::TimedOut };
            Verdict::new(outcome, lost_run(run, cost)).hint(JobHint::RunAgain)
        }
        End::TimedOut => timed_out(limits, last),
        End::Lost(error) => lost(error, cost),
        End::Refused(error)
            if limits.is_resumed && matches!(error.failure, Failure::Rejected | Failure::NotFound) =>
        {
            let gone = problem(RunFileMessage::Gone, &error);
            Verdict { hints: vec![RunFileHint::StartAgain.into()], ..Verdict::of(Outcome::Stale, gone) }
        }
        End::Refused(error) => error.into(),
    }
}

/// Why the result of the run is not known.
fn lost_run(lost: Lost, cost: WaitCost) -> RunMessage {
    match lost {
        Lost::Superseded { run, by } => RunMessage::Superseded { run, by, cost },
        Lost::OtherRun => RunMessage::OtherRun(cost),
        Lost::StartUnknown { run } => RunMessage::StartNotProved { run, cost },
    }
}

fn concluded(status: TaskStatus, cost: WaitCost) -> Verdict {
    match status {
        TaskStatus::Successful => Verdict::new(Outcome::Passed, RunMessage::Finished(cost)),
        TaskStatus::Failed => Verdict::new(Outcome::CheckFailed, RunMessage::Failed(cost)),
        TaskStatus::Stopped => Verdict::new(Outcome::Stopped, RunMessage::Stopped(cost)),
        // Only final statuses end a wait.
        TaskStatus::NotChecked | TaskStatus::Checking | TaskStatus::Unknown(_) => {
            Verdict::new(Outcome::Internal, RunMessage::NotFinal(status.number()))
        }
    }
}

fn timed_out(limits: Limits, status: Option<TaskStatus>) -> Verdict {
    let limit = limits.timeout;
    let verdict = |reason| Verdict::new(Outcome::TimedOut, reason);
    match status {
        Some(TaskStatus::Checking) => verdict(RunMessage::StillRunning(limit)),
        Some(TaskStatus::Unknown(number)) => verdict(RunMessage::UnknownAtTimeout(number, limit)),
        Some(TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped) => {
            verdict(RunMessage::OtherAtTimeout(limit))
        }
        Some(TaskStatus::NotChecked) | None if limits.starts => verdict(RunMessage::NoStatus(limit)),
        Some(TaskStatus::NotChecked) | None => {
            verdict(RunMessage::NeverChecked(limit)).hint(JobHint::StartRun)
        }
    }
}
