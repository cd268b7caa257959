//! Stopping the run that nobody waits for any more, if it is known to be the one that this process started.

use crate::codearts::Id;
use crate::codearts::proof::{Active, Runs, active};
use crate::lifecycle::track::task::{Context, Ownership, TaskState};
use crate::model::policy::StopOnCancel;
use futures_util::future::join;
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Longest time for finding out whether the run to be stopped is still the one that runs.
const ACTIVE_LIMIT: Duration = Duration::from_millis(1000);

impl Context<'_> {
    /// Stops the run of a task that this process gives up on, if the settings say so and it is the right one. Trouble
    /// is only worth a warning. When this is broken off, it can be done again.
    pub(crate) async fn give_up(&self, task: &Id, state: &RefCell<TaskState>, why: &str) {
        let (label, ownership, has_ended) = {
            let state = state.borrow();
            (state.label.clone(), state.ownership, state.has_ended)
        };
        let policy = self.settings.stop_on_cancel;
        if has_ended || policy == StopOnCancel::Never {
            return;
        }
        match (policy, ownership) {
            (StopOnCancel::Always, _) => self.stop(task, &label, why).await,
            (_, Ownership::Own) => match self.active(task, state).await {
                Active::Watched => self.stop(task, &label, why).await,
                Active::Nothing => tracing::info!("{label}: the run has ended already ({why})"),
                Active::PerhapsAnother => {
                    let text = format!(
                        "{label}: nothing is stopped, because the run that is active may be another one ({why})"
                    );
                    self.console.tell("runs that may be others, not stopped", &text);
                }
            },
            (_, Ownership::Starting | Ownership::Uncertain) => {
                let text = format!(
                    "{label}: a run may have been started and goes on: which one is not known, so nothing is stopped ({why})"
                );
                self.console.tell("runs that may have been started, not stopped", &text);
            }
            (_, Ownership::Attached) => return,
        }
        state.borrow_mut().has_ended = true;
    }

    /// Stops whatever runs in the task. A failure is only worth a warning.
    async fn stop(&self, task: &Id, label: &str, why: &str) {
        match self.service.stop(task).await {
            Ok(()) => {
                let text = format!("{label}: the remote run was asked to stop ({why})");
                self.console.tell("remote runs asked to stop", &text);
            }
            Err(error) => tracing::warn!("{error}; the remote run may go on"),
        }
    }

    /// What is active in the task of a run that this process started.
    async fn active(&self, task: &Id, state: &RefCell<TaskState>) -> Active {
        let (service, limit) = (self.service, ACTIVE_LIMIT);
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
        let state = state.borrow();
        let at = state.watched_for();
        state
            .proof
            .as_ref()
            .map_or(Active::PerhapsAnother, |proof| active(proof, at, progress.as_ref(), &runs))
    }
}
