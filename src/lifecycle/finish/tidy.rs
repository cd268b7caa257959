//! Deletes the merge-request tasks that this process has made, once their results are on disk. One that was found is never
//! deleted, and neither is one in which another run has begun.

use crate::codearts::tasks::TaskStatus;
use crate::codearts::{Id, Service};
use crate::error::Problem;
use crate::http::error::CallError;
use crate::lifecycle::report::{ReviewReport, problem};
use crate::log_problem;
use crate::messages::{Hint, KeptBecause, ReviewHint, ReviewMessage};
use crate::model::pull_request::DeleteTask;
use futures_util::future::{join, join_all};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time for deleting; nothing depends on it.
const TIDY_LIMIT: Duration = Duration::from_secs(10);
/// The same when cancelled; the whole has 5 s.
const CANCELLED_LIMIT: Duration = Duration::from_millis(1200);

/// The merge-request tasks that this process has made.
pub(crate) struct Tidy<'a> {
    service: &'a Service,
    delete: DeleteTask,
    made: Vec<Made>,
}

struct Made {
    task: Id,
    run: Option<String>,
    may_run: bool,
}

impl<'a> Tidy<'a> {
    /// `tasks`: each with the run that this process has seen of it.
    pub(crate) fn new(
        service: &'a Service,
        delete: DeleteTask,
        tasks: impl IntoIterator<Item = (ReviewReport, Option<String>)>,
    ) -> Self {
        let tasks = tasks.into_iter().filter(|(report, _)| report.task.is_created);
        let made =
            tasks.map(|(ReviewReport { task, may_run, .. }, run)| Made { task: task.id, run, may_run });
        Self { service, delete, made: made.collect() }
    }

    /// Deletes what may be deleted. A failure is a notice.
    pub(crate) async fn tidy(&self, is_cancelled: bool) {
        let limit = if is_cancelled { CANCELLED_LIMIT } else { TIDY_LIMIT };
        let deadline = Instant::now() + limit;
        join_all(self.made.iter().map(|made| self.tidy_one(made, deadline))).await;
    }

    async fn tidy_one(&self, made: &Made, deadline: Instant) {
        let task = made.task.to_string();
        let deleting = async {
            match self.reason_to_keep(made, deadline).await? {
                Some(why) => Ok(Some(why)),
                None => self.service.delete_task(&made.task, deadline).await.map(|()| None),
            }
        };
        if self.delete == DeleteTask::Never {
            return;
        }
        let hint = Hint::Review(ReviewHint::DeleteByHand(task.clone()));
        match timeout_at(deadline, deleting).await {
            Ok(Ok(None)) => tracing::info!("{}", ReviewMessage::Deleted(task)),
            Ok(Ok(Some(why))) => {
                log_problem!(info, Problem::new(ReviewMessage::Kept { task, why }).hint(hint));
            }
            Ok(Err(error)) => {
                let problem = problem(ReviewMessage::NotDeleted(task), &error);
                log_problem!(info, problem.hint(hint));
            }
            Err(_) => log_problem!(info, Problem::new(ReviewMessage::NotDeleted(task)).hint(hint)),
        }
    }

    async fn reason_to_keep(&self, made: &Made, deadline: Instant) -> Result<Option<KeptBecause>, CallError> {
        match self.delete {
            DeleteTask::Always | DeleteTask::Never => return Ok(None),
            DeleteTask::Auto if made.may_run => return Ok(Some(KeptBecause::PerhapsRunning)),
            DeleteTask::Auto => {}
        }
        let (progress, runs) =
            join(self.service.progress(&made.task, None), self.service.last_jobs(&made.task, deadline)).await;
        let is_running = progress?.status == TaskStatus::Checking;
        let last = runs?.and_then(|runs| runs.last);
        let is_other = last.is_some_and(|last| made.run.as_ref().is_some_and(|run| *run != last));
        // A run that was asked to stop may still show as running; another one shows by its id.
        let is_unknown = is_running && made.run.is_none();
        Ok((is_other || is_unknown).then_some(KeptBecause::OtherRun))
    }
}
