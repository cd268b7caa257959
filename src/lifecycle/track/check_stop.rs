//! Stopping the run that is given up, if it is known to be the one that this process started.

use super::remote_job::Ownership;
use crate::codearts::proof::{Active, Runs, active};
use crate::codearts::{Id, Service};
use crate::console::Console;
use crate::lifecycle::check_run::CheckRun;
use crate::lifecycle::report::problem;
use crate::log_problem;
use crate::messages::{BatchNote, RunMessage};
use crate::model::policy::{GivenUp, StopOnCancel};
use futures_util::future::join;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Longest time for finding out whether the run to be stopped is still the one that runs.
const ACTIVE_LIMIT: Duration = Duration::from_millis(1000);

/// Stops runs of check tasks.
pub(crate) struct Stopper<'a> {
    pub(crate) service: &'a Service,
    pub(crate) console: &'a Console,
    /// Which runs are stopped.
    pub(crate) choice: StopOnCancel,
}

impl Stopper<'_> {
    /// Stops the run of a task, if it is one that is to be stopped. A failure is only worth a warning. Whether nothing of it goes
    /// on.
    pub(crate) async fn stop(
        &self,
        task: &Id,
        label: &str,
        (ownership, run): (Ownership, Option<&CheckRun>),
        why: GivenUp,
    ) -> bool {
        let log = |note, message| self.console.log_counted(note, &format!("{label}: {message}"));
        match (self.choice, ownership) {
            (StopOnCancel::Never, _) | (StopOnCancel::Auto, Ownership::Attached) => false,
            (StopOnCancel::Always, _) => self.ask_to_stop(task, label, why).await,
            (StopOnCancel::Auto, Ownership::Own) => match self.find_active(task, run).await {
                Active::Watched => self.ask_to_stop(task, label, why).await,
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
    async fn ask_to_stop(&self, task: &Id, label: &str, why: GivenUp) -> bool {
        match self.service.stop(task).await {
            Ok(()) => {
                let text = format!("{label}: {}", RunMessage::StopRequested(why));
                self.console.log_counted(BatchNote::StoppedRuns, &text);
                true
            }
            Err(error) => {
                log_problem!(warn, label, problem(RunMessage::StopFailed, &error));
                false
            }
        }
    }

    /// What is active in the task of a run that this process started.
    async fn find_active(&self, task: &Id, run: Option<&CheckRun>) -> Active {
        let (progress, runs) = join(
            timeout(ACTIVE_LIMIT, self.service.progress(task, None)),
            timeout(ACTIVE_LIMIT, self.service.last_jobs(task, Instant::now())),
        )
        .await;
        let progress = progress.ok().and_then(Result::ok);
        let runs = match runs {
            Ok(Ok(Some(runs))) => Runs::Listed(runs),
            Ok(Ok(None)) => Runs::Missing,
            Ok(Err(_)) | Err(_) => Runs::Down,
        };
        run.map_or(Active::PerhapsAnother, |run| {
            active(&run.proof, run.watched_for(), progress.as_ref(), &runs)
        })
    }
}
