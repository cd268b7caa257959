//! Starting a run exactly once.
//!
//! After a lost answer nobody knows whether the run was started, so it is looked for before another start is sent. Whose status is
//! shown afterwards is the question of [`super::proof`].

use super::before::Before;
use super::id::Id;
use super::service::Service;
use super::start_once::{BrokenOff, StartLimits};
use super::tasks::{LastJobs, TaskStatus};
use crate::http::error::CallError;
use crate::http::repeat::{CreateError, create_once};
use crate::http::retry::{Failure, is_transient};
use crate::messages::ServiceMessage;
use crate::model::pull_request::FetchRef;
use std::cell::Cell;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time for the list of runs before a start; it is evidence, and a start does without if it must.
const LIST_LIMIT: Duration = Duration::from_secs(15);

/// The run that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// The service named it.
    Named(String),
    /// The service did not name it, or its answer was lost: what began since is perhaps somebody else's.
    Unnamed {
        /// Whether the task was seen running since.
        seen_running: bool,
    },
}

/// Why no run was started.
#[derive(Debug)]
pub enum StartError {
    /// A run is active.
    Active {
        /// What is known from before it: its own id may stand in the list already, so only the latest success does.
        before: Before,
        /// Whether the task was seen running.
        seen_running: bool,
    },
    /// A call failed, and nothing was started.
    NotStarted(CallError),
    /// Calls failed, and whether something was started could not be found out.
    Perhaps(CallError),
    /// Broken off.
    BrokenOff {
        /// Why.
        why: BrokenOff,
        /// Whether a run may have been started.
        is_sent: bool,
    },
}

impl From<CallError> for StartError {
    fn from(error: CallError) -> Self {
        Self::NotStarted(error)
    }
}

/// What a request that starts a run brought.
#[derive(Debug)]
pub(super) enum Answer {
    /// A good answer, with the id that it names.
    Accepted(Option<String>),
    /// A run is active.
    Active,
}

/// What the answer to the request number `sends` means; `None`: a run of others is active. An id that was listed before names no
/// new run.
pub(super) fn understand(answer: Answer, before: &Before, sends: u32) -> Option<Started> {
    match answer {
        Answer::Accepted(Some(id)) if !before.names(&id) => Some(Started::Named(id)),
        Answer::Accepted(_) => Some(Started::Unnamed { seen_running: false }),
        // An earlier request may have been carried out after all.
        Answer::Active if sends > 1 => Some(Started::Unnamed { seen_running: false }),
        Answer::Active => None,
    }
}

/// Whether a look after a lost answer found something that may be the run; whether that is running. A new id or a running task are
/// signs of a start; where runs are not listed, so is a status that has changed.
pub(super) fn find(before: &Before, status: TaskStatus, runs: Option<&LastJobs>) -> Option<bool> {
    let is_running = status == TaskStatus::Checking;
    // An id is new only if the ids from before are known; otherwise only a change of the status can show it.
    let is_new = match (&before.runs, runs) {
        (Some(_), Some(runs)) => runs.last.as_deref().is_some_and(|last| !before.names(last)),
        _ => status.is_final() && before.status.is_some_and(|before| before != status),
    };
    (is_running || is_new).then_some(is_running)
}

impl Service {
    /// Starts a run and makes sure that it is started once; `fetch_ref`: how CodeArts is to fetch a pull request. The answer holds
    /// what the task showed before.
    ///
    /// # Errors
    /// [`StartError`] holds what is known about a run.
    pub async fn start_run(
        &self,
        task: &Id,
        fetch_ref: Option<FetchRef>,
        limits: &StartLimits<'_>,
    ) -> Result<(Started, Before), StartError> {
        let is_sent = Cell::new(false);
        let starting = self.start_run_within(task, fetch_ref, limits, &is_sent);
        match limits.hold(&is_sent, starting).await {
            Ok(started) => started,
            Err((why, is_sent)) => Err(StartError::BrokenOff { why, is_sent }),
        }
    }

    async fn start_run_within(
        &self,
        task: &Id,
        fetch_ref: Option<FetchRef>,
        limits: &StartLimits<'_>,
        is_sent: &Cell<bool>,
    ) -> Result<(Started, Before), StartError> {
        let deadline = limits.deadline;
        let status = self.progress_by(task, deadline).await?.status;
        let before = Before::new(status, self.list(task, deadline).await?);
        if status == TaskStatus::Checking {
            return Err(StartError::Active { before: before.of_active(), seen_running: true });
        }
        let mut sends = 0;
        let create = async || {
            sends += 1;
            let sent = self.send_start(limits, is_sent, async || self.run(task, fetch_ref).await);
            let answer = match sent.await {
                Ok(id) => Answer::Accepted(id),
                Err(error) if error.failure == Failure::Conflict => Answer::Active,
                Err(error) => return Err(error),
            };
            Ok(understand(answer, &before, sends))
        };
        let look = async |_: &CallError| {
            let look = async || {
                let runs = self.list(task, deadline).await?;
                let status = self.progress_by(task, deadline).await?.status;
                Ok(find(&before, status, runs.as_ref()))
            };
            let found = self.look_for(deadline, look).await?;
            Ok(found.map(|seen_running| Some(Started::Unnamed { seen_running })))
        };
        match create_once(self.starts_by(deadline), look, create).await {
            Ok(Some(started)) => Ok((started, before)),
            Ok(None) => Err(StartError::Active { before: before.of_active(), seen_running: false }),
            Err(CreateError::NotCreated(error)) => Err(StartError::NotStarted(error)),
            Err(CreateError::Unknown(error)) => Err(StartError::Perhaps(error)),
        }
    }

    /// The latest runs; `None` also when the list cannot be read for a while.
    async fn list(&self, task: &Id, deadline: Instant) -> Result<Option<LastJobs>, CallError> {
        let limit = deadline.min(Instant::now() + LIST_LIMIT);
        match timeout_at(limit, self.last_jobs(task, limit)).await {
            Ok(Err(error)) if is_transient(error.failure) => {
                tracing::info!("{}", ServiceMessage::GoingOnWithout(error.shown()));
                Ok(None)
            }
            Ok(answer) => answer,
            Err(_) => {
                tracing::info!("{}", ServiceMessage::RunsNotInTime(LIST_LIMIT));
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::runs;
    use super::*;
    use TaskStatus::*;

    /// An answer that names a run from before has started nothing that is known.
    #[test]
    fn only_a_new_id_names_the_run() {
        let before = Before::new(Failed, Some(runs("latest", "good")));
        let step = |answer, sends| understand(answer, &before, sends);
        let accepted = |id: &str| Answer::Accepted(Some(id.to_owned()));
        let unnamed = || Some(Started::Unnamed { seen_running: false });
        assert_eq!(step(accepted("new"), 1), Some(Started::Named("new".to_owned())));
        assert_eq!(step(accepted("latest"), 1), unnamed());
        assert_eq!(step(accepted("good"), 1), unnamed());
        assert_eq!(step(Answer::Accepted(None), 1), unnamed());
        assert_eq!(step(Answer::Active, 1), None);
        assert_eq!(step(Answer::Active, 2), unnamed());
    }

    #[test]
    fn a_lost_start_is_looked_for_by_what_is_new() {
        let listed = Before::new(Successful, Some(runs("a", "a")));
        let unlisted = Before::new(Successful, None);
        // (before, status, list) -> whether something was found, and runs
        let cases = [
            (&listed, Successful, Some(runs("a", "a")), None),
            (&listed, Checking, Some(runs("a", "a")), Some(true)),
            (&listed, Successful, Some(runs("b", "a")), Some(false)),
            (&listed, Failed, Some(runs("a", "a")), None),
            (&listed, Failed, None, Some(false)),
            (&unlisted, Successful, Some(runs("b", "b")), None),
            (&unlisted, Failed, None, Some(false)),
            (&unlisted, NotChecked, None, None),
            (&unlisted, Checking, None, Some(true)),
        ];
        for (before, status, listed, expected) in cases {
            assert_eq!(find(before, status, listed.as_ref()), expected, "{before:?} {status:?} {listed:?}");
        }
    }
}
