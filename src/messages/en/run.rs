//! Runs of a check task in English.

use super::parts::{given_up, inner, wait_cost, wait_limit};
use crate::messages::run::RunMessage;
use crate::text::count;

/// The words of a message.
pub(in crate::messages) fn run(message: &RunMessage) -> String {
    match message {
        RunMessage::Named(run) => format!("run {run}"),
        RunMessage::StartUnnamed => {
            "CodeArts did not name the run that it started; following the run that appears now. It will not be stopped on cancel".to_owned()
        }
        RunMessage::Attached => "a run is active already; waiting for that one".to_owned(),
        RunMessage::Queued => "a run is active already; starting another one after it has ended".to_owned(),
        RunMessage::ActiveAlready => "a run is active already (`--if-running fail`)".to_owned(),
        RunMessage::StartUnknown(why) => {
            format!("could not determine whether a run was started: {}", inner(why))
        }
        RunMessage::StartTimedOut => "`--timeout` expired while the run was being started".to_owned(),
        RunMessage::QueueTimedOut => {
            "another run was still active when `--timeout` expired, so no run was started".to_owned()
        }
        RunMessage::UnknownStatus(status) => format!("unknown task status {status}; still waiting"),
        RunMessage::InDoubt(status) => {
            format!("status {status} may be the result of another run; polling until that is clear")
        }
        RunMessage::DurationsKnown(runs) => {
            format!("the durations of {} are known", count(*runs, "earlier run"))
        }
        RunMessage::DurationsUnknown => "the durations of earlier runs are unknown".to_owned(),
        RunMessage::Finished(cost) => format!("the check finished (status 2) {}", wait_cost(cost)),
        RunMessage::Failed(cost) => format!("the check itself failed to run (status 1) {}", wait_cost(cost)),
        RunMessage::Stopped(cost) => format!("the check was stopped (status 3) {}", wait_cost(cost)),
        RunMessage::NotFinal(Some(status)) => format!("the wait ended on status {status}, which is not final"),
        RunMessage::NotFinal(None) => "the wait ended without a status".to_owned(),
        RunMessage::Superseded { run: Some(run), by, cost } => format!(
            "run {run} was followed by run {by}, and CodeArts no longer shows how {run} ended, {}",
            wait_cost(cost)
        ),
        RunMessage::Superseded { run: None, by, cost } => format!(
            "run {by} followed the run that was waited for, and CodeArts no longer shows how that one ended, {}",
            wait_cost(cost)
        ),
        RunMessage::OtherRun(cost) => format!(
            "another run began in this task, and CodeArts does not show how the run that was waited for ended, {}",
            wait_cost(cost)
        ),
        RunMessage::StartNotProved { run, cost } => format!(
            "CodeArts did not respond to the start request, and whether it started run {run} is unknown, {}",
            wait_cost(cost)
        ),
        RunMessage::StillRunning(limit) => {
            format!("still running (status 0) when {} expired", wait_limit(*limit))
        }
        RunMessage::UnknownAtTimeout(status, limit) => {
            format!("unknown task status {status} when {} expired", wait_limit(*limit))
        }
        RunMessage::OtherAtTimeout(limit) => format!(
            "CodeArts still showed the result of another run when {} expired",
            wait_limit(*limit)
        ),
        RunMessage::NoStatus(limit) => format!("no status yet when {} expired", wait_limit(*limit)),
        RunMessage::NeverChecked(limit) => {
            format!("the task was never checked when {} expired", wait_limit(*limit))
        }
        RunMessage::EndedAlready(why) => format!("the run has ended already ({})", given_up(*why)),
        RunMessage::NotStopped(why) => {
            format!("not stopping the active run: it may be another one ({})", given_up(*why))
        }
        RunMessage::UnknownNotStopped(why) => format!(
            "a run may have been started and still be running; it is not stopped because its id is unknown ({})",
            given_up(*why)
        ),
        RunMessage::StopRequested(why) => format!("sent a stop request for the remote run ({})", given_up(*why)),
        RunMessage::StopFailed => "the remote run may still be running".to_owned(),
        RunMessage::StepsNeedProject => {
            "the failing step can only be read with the id of the project".to_owned()
        }
        RunMessage::NoFailingStep => "the log of the check names no failing step".to_owned(),
        RunMessage::StepsNotRead => "the cause of the failure is unknown".to_owned(),
        RunMessage::StepsTimedOut => {
            "the cause of the failure is unknown: timed out reading the log".to_owned()
        }
        RunMessage::PastRunsNeedProject => {
            "the page shows no past runs: they can only be listed with the id of the project".to_owned()
        }
        RunMessage::PastRunsNotRead => "the page shows no past runs".to_owned(),
        RunMessage::PastRunsTimedOut => "the page shows no past runs: timed out listing them".to_owned(),
    }
}
