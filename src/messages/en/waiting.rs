//! Waiting in English.

use super::parts::{inner, wait_cost};
use crate::messages::waiting::{Activity, BatchNote, WaitMessage};

/// The words of a message.
pub(in crate::messages) fn waiting(message: &WaitMessage) -> String {
    match message {
        WaitMessage::StillWaiting(why) => format!("{}; still waiting", inner(why)),
        WaitMessage::GivenUp { cost, why } => format!("gave up {}: {}", wait_cost(cost), inner(why)),
        WaitMessage::StoppedResponding(cost) => {
            format!("CodeArts stopped responding before the timeout, {}", wait_cost(cost))
        }
        WaitMessage::ShuttingDown => "cancelled; shutting down".to_owned(),
    }
}

/// What a job is doing.
pub(in crate::messages) fn activity(activity: &Activity) -> String {
    match activity {
        Activity::Waiting => "waiting",
        Activity::StartingRun => "starting a run",
        Activity::Queued => "queued behind another run",
        Activity::Checking => "checking",
        Activity::NoStatus => "no status yet",
        Activity::AwaitingRun => "waiting for the result of this run",
        Activity::MakingPdf => "creating the PDF report",
        Activity::DownloadingPdf => "downloading the PDF report",
        Activity::StartingBuild => "starting a build",
        Activity::AwaitingBuild => "waiting for a first build",
        Activity::Building => "building",
    }
    .to_owned()
}

/// Events of one kind in a batch; their number follows.
pub(in crate::messages) fn batch_note(note: &BatchNote) -> String {
    match note {
        BatchNote::FailedPolls => "failed status requests",
        BatchNote::UnnamedStarts => "start requests without a run id",
        BatchNote::ActiveRuns => "runs that were already active",
        BatchNote::StoppedRuns => "stop requests for remote runs",
        BatchNote::StoppedBuilds => "stop requests for remote builds",
        BatchNote::OtherRuns => "runs not stopped because they may belong to others",
        BatchNote::UnknownRuns => "runs not stopped because their ids are unknown",
        BatchNote::UnknownGates => "unknown quality gates",
    }
    .to_owned()
}
