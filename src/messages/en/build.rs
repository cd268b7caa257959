//! Builds in English.

use super::parts::{given_up, inner, wait_cost, wait_limit};
use crate::messages::build::BuildMessage;

/// The words of a message.
pub(in crate::messages) fn build(message: &BuildMessage) -> String {
    match message {
        BuildMessage::Named(number) => format!("build {number}"),
        BuildMessage::StartUnanswered(number) => format!(
            "no response to the start request; following build {number}, which was started with the same input. It will not be stopped on cancel"
        ),
        BuildMessage::StartUnknown { appeared: None, why } => {
            format!("could not determine whether a build was started: {}", inner(why))
        }
        BuildMessage::StartUnknown { appeared: Some(number), why } => format!(
            "could not determine whether a build was started: build {number} appeared since, but its record does not show that this job started it: {}",
            inner(why)
        ),
        BuildMessage::StartTimedOut => "`--timeout` expired while the build was being started".to_owned(),
        BuildMessage::NotKnownYet => "CodeArts does not know the new build yet".to_owned(),
        BuildMessage::LogAgain => "reading the log again".to_owned(),
        BuildMessage::UnknownNotStopped(why) => format!(
            "a build may have been started and still be running; it is not stopped because its number is unknown ({})",
            given_up(*why)
        ),
        BuildMessage::StopRequested { number, why } => {
            format!("sent a stop request for build {number} ({})", given_up(*why))
        }
        BuildMessage::StopFailed => "the build may still be running".to_owned(),
        BuildMessage::Succeeded(cost) => format!("the build succeeded {}", wait_cost(cost)),
        BuildMessage::Failed(cost) => format!("the build failed {}", wait_cost(cost)),
        BuildMessage::Stopped(cost) => format!("the build was stopped {}", wait_cost(cost)),
        BuildMessage::UnknownEnd { status, cost } => {
            format!("the build ended with the unknown status `{status}` {}", wait_cost(cost))
        }
        BuildMessage::UnknownAtTimeout(status, limit) => {
            format!("unknown build status `{status}` when {} expired", wait_limit(*limit))
        }
        BuildMessage::StillRunning(limit) => {
            format!("still building when {} expired", wait_limit(*limit))
        }
        BuildMessage::NeverBuilt(limit) => {
            format!("the job was never built when {} expired", wait_limit(*limit))
        }
        BuildMessage::LogIncomplete => "the log is incomplete".to_owned(),
        BuildMessage::LogNotRead => "the end of the log is missing".to_owned(),
        BuildMessage::LogTimedOut => "the end of the log is missing: timed out reading it".to_owned(),
        BuildMessage::StepsNotRead => "the failing step is unknown".to_owned(),
        BuildMessage::StepsTimedOut => "the failing step is unknown: timed out reading the steps".to_owned(),
        BuildMessage::PackagesNotRead => "`result.json` lists no packages".to_owned(),
        BuildMessage::PackagesTimedOut => {
            "`result.json` lists no packages: timed out reading them".to_owned()
        }
    }
}
