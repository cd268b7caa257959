//! Stopping the run that is given up, if it is known to be the one that this process started.

use super::remote_job::Ownership;
use crate::codearts::Id;
use crate::codearts::proof::{Active, Runs, active};
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun};
use crate::lifecycle::report::problem;
use crate::log_problem;
use crate::messages::{BatchNote, RunMessage};
use crate::model::policy::{GivenUp, StopOnCancel};
use futures_util::future::join;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Longest time for finding out whether the run to be stopped is still the one that runs.
const ACTIVE_LIMIT: Duration = Duration::from_millis(1000);

/// Stops the run of a task, if the settings ask for it and it is the one that was started here. A failure is only worth a
/// warning. Whether nothing of it goes on.
pub(super) async fn stop(
    environment: &CheckEnvironment<'_>,
    task: &Id,
    label: &str,
    (ownership, run): (Ownership, Option<&CheckRun>),
    why: GivenUp,
) -> bool {
    let log = |note, message| environment.console.log_counted(note, &format!("{label}: {message}"));
    match (environment.settings.stop_on_cancel, ownership) {
        (StopOnCancel::Never, _) | (StopOnCancel::Auto, Ownership::Attached) => false,
        (StopOnCancel::Always, _) => ask_to_stop(environment, task, label, why).await,
        (StopOnCancel::Auto, Ownership::Own) => match find_active(environment, task, run).await {
            Active::Watched => ask_to_stop(environment, task, label, why).await,
            Active::Nothing => {
                tracing::info!("{label}: {}", RunMessage::EndedAlready(why));
                true
            }
            Active::PerhapsAnother => {
                log(BatchNote::OtherRuns, RunMessage::NotStopped(why));
                false
            }
        },
        (StopOnCancel::Auto, Ownership::Uncertain) => {
            log(BatchNote::UnknownRuns, RunMessage::UnknownNotStopped(why));
            false
        }
    }
}

/// Stops whatever runs in the task; whether that was accepted.
async fn ask_to_stop(environment: &CheckEnvironment<'_>, task: &Id, label: &str, why: GivenUp) -> bool {
    match environment.service.stop(task).await {
        Ok(()) => {
            let text = format!("{label}: {}", RunMessage::StopRequested(why));
            environment.console.log_counted(BatchNote::StoppedRuns, &text);
            true
        }
        Err(error) => {
            log_problem!(warn, label, problem(RunMessage::StopFailed, &error));
            false
        }
    }
}

/// What is active in the task of a run that this process started.
async fn find_active(environment: &CheckEnvironment<'_>, task: &Id, run: Option<&CheckRun>) -> Active {
    let (service, limit) = (environment.service, ACTIVE_LIMIT);
    let (progress, runs) = join(
        timeout(limit, service.progress(task, None)),
        timeout(limit, service.last_jobs(task, Instant::now())),
    )
    .await;
    let progress = progress.ok().and_then(Result::ok);
    let runs = match runs {
        Ok(Ok(Some(runs))) => Runs::Listed(runs),
        Ok(Ok(None)) => Runs::Missing,
        Ok(Err(_)) | Err(_) => Runs::Down,
    };
    run.map_or(Active::PerhapsAnother, |run| active(&run.proof, run.watched_for(), progress.as_ref(), &runs))
}
