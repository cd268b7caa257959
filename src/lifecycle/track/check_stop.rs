//! Stopping the run that nobody waits for any more, if it is known to be the one that this process started.

use super::remote_job::{GivenUp, Ownership};
use crate::codearts::Id;
use crate::codearts::proof::{Active, Runs, active};
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun};
use crate::model::policy::StopOnCancel;
use futures_util::future::join;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Longest time for finding out whether the run to be stopped is still the one that runs.
const ACTIVE_LIMIT: Duration = Duration::from_millis(1000);

/// Stops the run of a task, if the settings say so and it is the right one. A failure is only worth a warning.
pub(super) async fn stop(
    environment: &CheckEnvironment<'_>,
    task: &Id,
    label: &str,
    (ownership, run): (Ownership, Option<&CheckRun>),
    why: GivenUp,
) {
    let why = why.name();
    match (environment.settings.stop_on_cancel, ownership) {
        (StopOnCancel::Never, _) | (StopOnCancel::Auto, Ownership::Attached) => {}
        (StopOnCancel::Always, _) => ask_to_stop(environment, task, label, why).await,
        (StopOnCancel::Auto, Ownership::Own) => match find_active(environment, task, run).await {
            Active::Watched => ask_to_stop(environment, task, label, why).await,
            Active::Nothing => tracing::info!("{label}: the run has ended already ({why})"),
            Active::PerhapsAnother => {
                let text =
                    format!("{label}: nothing is stopped, because the active run may be another one ({why})");
                environment.console.tell("runs that may be others, not stopped", &text);
            }
        },
        (StopOnCancel::Auto, Ownership::Uncertain) => {
            let text = format!(
                "{label}: a run may have been started and goes on: which one is not known, so nothing is stopped ({why})"
            );
            environment.console.tell("runs that may have been started, not stopped", &text);
        }
    }
}

/// Stops whatever runs in the task.
async fn ask_to_stop(environment: &CheckEnvironment<'_>, task: &Id, label: &str, why: &str) {
    match environment.service.stop(task).await {
        Ok(()) => {
            let text = format!("{label}: the remote run was asked to stop ({why})");
            environment.console.tell("remote runs asked to stop", &text);
        }
        Err(error) => tracing::warn!("{error}; the remote run may go on"),
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
