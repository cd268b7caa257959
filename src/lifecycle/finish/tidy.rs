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
    /// The pull request of the file that says what was made, if a file does.
    of_file: Option<&'a PullRequest>,
    made: Vec<Made>,
}

struct Made {
    task: Id,
    run: Option<String>,
    may_run: bool,
    lacks_results: bool,
}

impl<'a> Tidy<'a> {
    /// `tasks`: each with the run that this process has seen of it.
    pub(crate) fn new(
        service: &'a Service,
        delete: DeleteTask,
        of_file: Option<&'a PullRequest>,
        tasks: impl IntoIterator<Item = (ReviewReport, Option<String>)>,
    ) -> Self {
        let tasks = tasks.into_iter().filter(|(report, _)| report.task.is_created);
        let made = tasks.map(|(ReviewReport { task, may_run, lacks_results, .. }, run)| Made {
            task: task.id,
            run,
            may_run,
            lacks_results,
        });
        Self { service, delete, of_file, made: made.collect() }
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
        let deleting = async {
            match self.reason_to_keep(made, deadline).await {
                Ok(None) => self.service.delete_task(&made.task, deadline).await.map(|()| None),
                // Deleted already: by an attempt whose answer was lost, or by another job.
                Err(error) if is_unknown_task(&error) => Ok(None),
                kept => kept,
            }
        };
        if self.delete == DeleteTask::Never {
            return;
        }
        let hint = Hint::Review(ReviewHint::DeleteByHand(task.clone()));
        match timeout_at(deadline, deleting).await {
            Ok(Ok(None)) => tracing::info!("{}", ReviewMessage::Deleted(task)),
            Ok(Ok(Some(why))) => {
                // What is not proved to be this pull request's is not to be deleted by hand either.
                let hint = Some(hint).filter(|_| why != KeptBecause::NotProved);
                log_problem!(info, Problem::new(ReviewMessage::Kept { task, why }).hints(hint));
            }
            Ok(Err(error)) => {
                let problem = problem(ReviewMessage::NotDeleted(task), &error);
                log_problem!(info, problem.hint(hint));
            }
            Err(_) => log_problem!(info, Problem::new(ReviewMessage::NotDeleted(task)).hint(hint)),
        }
    }

    async fn reason_to_keep(&self, made: &Made, deadline: Instant) -> Result<Option<KeptBecause>, CallError> {
        if let Some(pull_request) = self.of_file
            && !self.is_of(pull_request, &made.task, deadline).await?
        {
            return Ok(Some(KeptBecause::NotProved));
        }
        match self.delete {
            DeleteTask::Always | DeleteTask::Never => return Ok(None),
            DeleteTask::Auto if made.may_run => return Ok(Some(KeptBecause::PerhapsRunning)),
            DeleteTask::Auto if made.lacks_results => return Ok(Some(KeptBecause::LacksResults)),
            DeleteTask::Auto => {}
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
