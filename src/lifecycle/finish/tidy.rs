//! Deletes the merge-request tasks that this process has made, once their results are on disk. One that was found is never
//! deleted, and neither is one in which another run has begun, or of which only a file says that it was made.

use crate::codearts::errors::is_unknown_task;
use crate::codearts::tasks::TaskStatus;
use crate::codearts::{Id, Service};
use crate::error::Problem;
use crate::http::error::CallError;
use crate::lifecycle::checked_code::same_branch;
use crate::lifecycle::report::{ReviewReport, problem};
use crate::log_problem;
use crate::messages::{Hint, KeptBecause, ReviewHint, ReviewMessage};
use crate::model::outcome::Outcome;
use crate::model::pull_request::{DeleteTask, PullRequest};
use futures_util::future::{join, join_all};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time for deleting; nothing depends on it.
const TIDY_LIMIT: Duration = Duration::from_secs(10);
/// The same when cancelled.
const CANCELLED_LIMIT: Duration = Duration::from_millis(1200);
/// After a signal nothing is deleted from this moment on: stopping a run comes first, and the whole has 5 s.
const CANCELLED_END: Duration = Duration::from_secs(4);

/// The merge-request tasks that this process has made.
pub(crate) struct Tidy<'a> {
    service: &'a Service,
    delete: DeleteTask,
    maker: Maker,
    made: Vec<Made>,
}

/// Who has made the tasks.
pub(crate) enum Maker {
    /// This process.
    This,
    /// Another one, as a file says; with the pull request as the forge showed it to this one, if it did.
    Other(Option<PullRequest>),
}

struct Made {
    task: Id,
    run: Option<String>,
    kept: Option<KeptBecause>,
}

impl<'a> Tidy<'a> {
    /// `tasks`: each with the run that this process has seen of it.
    pub(crate) fn new(
        service: &'a Service,
        delete: DeleteTask,
        maker: Maker,
        tasks: impl IntoIterator<Item = (ReviewReport, Option<String>)>,
    ) -> Self {
        let tasks = tasks.into_iter().filter(|(report, _)| report.task.is_created);
        let made = tasks.map(|(ReviewReport { task, kept, .. }, run)| Made { task: task.id, run, kept });
        Self { service, delete, maker, made: made.collect() }
    }

    /// Notes that results could not be written.
    pub(crate) fn lack_results(&mut self) {
        for made in &mut self.made {
            made.kept.get_or_insert(KeptBecause::LacksResults);
        }
    }

    /// Deletes what may be deleted. A failure is a notice. `cancelled_at`: when a signal came, if one did; else `next_signal` may
    /// come yet, and is returned then.
    pub(crate) async fn tidy(
        &self,
        cancelled_at: Option<Instant>,
        next_signal: impl Future<Output = Outcome>,
    ) -> Option<Outcome> {
        tokio::select! {
            () = self.tidy_all(cancelled_at) => None,
            late = next_signal, if cancelled_at.is_none() => {
                self.tidy_all(Some(Instant::now())).await;
                Some(late)
            }
        }
    }

    async fn tidy_all(&self, cancelled_at: Option<Instant>) {
        let now = Instant::now();
        let deadline = match cancelled_at {
            Some(at) => (now + CANCELLED_LIMIT).min(at + CANCELLED_END),
            None => now + TIDY_LIMIT,
        };
        join_all(self.made.iter().map(|made| self.tidy_one(made, deadline))).await;
    }

    async fn tidy_one(&self, made: &Made, deadline: Instant) {
        let task = made.task.to_string();
        if self.delete == DeleteTask::Never {
            return;
        }
        let is_own = matches!(self.maker, Maker::This);
        let deleting = async {
            let looked = self.reason_to_keep(made, deadline).await;
            let is_unknown = is_own && looked.as_ref().is_err_and(is_unknown_task);
            match looked {
                Ok(Some(why)) => return Ok(Some(why)),
                Err(error) if !is_unknown => return Err(error),
                Ok(None) | Err(_) => {}
            }
            match self.service.delete_task(&made.task, deadline).await {
                // Deleted already: by an attempt whose answer was lost, or by another job.
                Err(error) if is_unknown && is_unknown_task(&error) => Ok(None),
                deleted => deleted.map(|()| None),
            }
        };
        // What only a file calls created is not to be deleted by hand either.
        let hint = is_own.then(|| Hint::Review(ReviewHint::DeleteByHand(task.clone())));
        match timeout_at(deadline, deleting).await {
            Ok(Ok(None)) => tracing::info!("{}", ReviewMessage::Deleted(task)),
            Ok(Ok(Some(why))) => {
                log_problem!(info, Problem::new(ReviewMessage::Kept { task, why }).hints(hint));
            }
            Ok(Err(error)) => {
                log_problem!(info, problem(ReviewMessage::NotDeleted(task), &error).hints(hint));
            }
            Err(_) => log_problem!(info, Problem::new(ReviewMessage::NotDeleted(task)).hints(hint)),
        }
    }

    async fn reason_to_keep(&self, made: &Made, deadline: Instant) -> Result<Option<KeptBecause>, CallError> {
        let is_auto = self.delete == DeleteTask::Auto;
        if let Some(why) = made.kept.filter(|_| is_auto) {
            return Ok(Some(why));
        }
        if let Maker::Other(shown) = &self.maker {
            let is_proved = match shown {
                Some(pull_request) => self.is_of(pull_request, &made.task, deadline).await?,
                None => false,
            };
            if !is_proved {
                return Ok(Some(KeptBecause::NotProved));
            }
        }
        if !is_auto {
            return Ok(None);
        }
        let (progress, runs) =
            join(self.service.progress(&made.task, None), self.service.last_jobs(&made.task, deadline)).await;
        let is_running = progress?.status == TaskStatus::Checking;
        let last = runs?.and_then(|runs| runs.last);
        let is_other = match (&last, &made.run) {
            // One that was asked to stop may still show as running.
            (Some(last), Some(run)) => last != run,
            (None, _) | (_, None) => is_running,
        };
        Ok(is_other.then_some(KeptBecause::OtherRun))
    }

    /// Whether CodeArts shows that the task checks the source branch of this pull request: a file that somebody else has written
    /// could name any task.
    async fn is_of(
        &self,
        pull_request: &PullRequest,
        task: &Id,
        deadline: Instant,
    ) -> Result<bool, CallError> {
        let PullRequest { source_branch, target_branch, .. } = pull_request;
        let code = self.service.summary(task, None, deadline).await?.together().code;
        let is_of =
            |branch: String| same_branch(&branch, source_branch) && !same_branch(&branch, target_branch);
        Ok(code.branch.is_some_and(is_of))
    }
}
