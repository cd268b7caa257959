//! Starting a run exactly once, and telling its result from an older one's.
//!
//! Two traps of the service: after a lost answer nobody knows whether the run was started, and right after a start the
//! progress call may still show the result of the run before.

use super::start_once::{SENDS, may_have_started};
use super::tasks::{LastJobs, TaskStatus};
use super::{Id, Service};
use crate::http::error::CallError;
use crate::http::retry::{Failure, is_passing};
use std::time::Duration;
use tokio::time::Instant;

/// A failed or stopped status that stays this long on the task whose latest run is ours is ours, even if no poll ever
/// saw it running. Never applied to a success.
const STALE_LIMIT: Duration = Duration::from_secs(30);

/// Attached to whatever the task shows, a success of a run that the list does not call the latest successful one is
/// believed after this long: the list may count other kinds of runs.
const ATTACHED_STALE_LIMIT: Duration = Duration::from_secs(60);
/// Longest time for the list of runs before a start; it is evidence, and a start does without if it must.
const LIST_LIMIT: Duration = Duration::from_secs(15);

/// Which run's end is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watch {
    /// Whatever the task shows: the current or the latest run.
    Latest {
        /// Whether a poll has seen it running.
        seen_running: bool,
    },
    /// One run, started by this process or found active.
    Run {
        /// Its id; `None` where neither the start nor the list of runs told it.
        id: Option<String>,
        /// What the task showed before this run; `None` where that is not certain.
        baseline: Option<TaskStatus>,
        /// Whether a poll has seen it running.
        seen_running: bool,
    },
}

impl Watch {
    /// The run's id, if one run is watched and its id is known.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Latest { .. } => None,
            Self::Run { id, .. } => id.as_deref(),
        }
    }

    /// A poll saw the task running.
    pub const fn note_running(&mut self) {
        match self {
            Self::Latest { seen_running } | Self::Run { seen_running, .. } => *seen_running = true,
        }
    }

    /// Whether a final status is the one that is waited for, and not an older run's that is still shown. `jobs`: the
    /// latest runs, if the service tells them. A success needs more proof than a failure.
    pub fn concludes(&self, status: TaskStatus, jobs: Option<&LastJobs>, since: Duration) -> bool {
        let is_success = status == TaskStatus::Successful;
        // A list without a run tells nothing: this task has had one, or it would have no final status.
        match (self, jobs.filter(|jobs| jobs.last.is_some())) {
            (Self::Latest { seen_running }, Some(jobs)) => {
                let is_latest = jobs.last == jobs.last_successful;
                *seen_running || !is_success || is_latest || since >= ATTACHED_STALE_LIMIT
            }
            (Self::Latest { .. }, None) => true,
            (Self::Run { id: Some(id), seen_running, .. }, Some(jobs)) => {
                let is_last = jobs.last.as_ref() == Some(id);
                let has_succeeded = jobs.last_successful.as_ref() == Some(id);
                if is_success {
                    has_succeeded || is_last && *seen_running
                } else {
                    is_last && !has_succeeded && (self.is_news(status) || since >= STALE_LIMIT)
                }
            }
            (Self::Run { .. }, _) => self.is_news(status),
        }
    }

    /// Whether a status can not be the one from before the run.
    fn is_news(&self, status: TaskStatus) -> bool {
        match self {
            Self::Latest { .. } => true,
            Self::Run { baseline, seen_running, .. } => {
                *seen_running || baseline.is_some_and(|baseline| baseline != status)
            }
        }
    }
}

/// A run that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// What to wait for.
    pub watch: Watch,
    /// Id of the latest run before it, which a list that is behind may still name.
    pub earlier_run: Option<String>,
}

/// Why no run was started.
#[derive(Debug)]
pub enum StartError {
    /// A run is active; its id, if the service tells.
    Active(Watch, Option<String>),
    /// A call failed, and nothing was started.
    NotStarted(CallError),
    /// Calls failed, and whether something was started could not be found out.
    Perhaps(CallError),
}

impl From<CallError> for StartError {
    fn from(error: CallError) -> Self {
        Self::NotStarted(error)
    }
}

/// What the request that starts a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// About to go out.
    Begins,
    /// Clearly refused: it started nothing.
    Refused,
}

impl Service {
    /// Starts a run and makes sure that it is started once. `sending` hears of each request that may start it; when it
    /// answers `false` to [`Sending::Begins`] nothing is sent, and this never returns.
    ///
    /// # Errors
    /// [`StartError`] says what is known about a run.
    pub async fn start_run(
        &self,
        task: &Id,
        deadline: Instant,
        sending: impl Fn(Sending) -> bool,
    ) -> Result<Started, StartError> {
        let status = self.progress_by(task, deadline).await?.status;
        let jobs = self.list(task, deadline).await?;
        let before = Before { baseline: baseline(status, jobs.as_ref()), jobs };
        if status == TaskStatus::Checking {
            let watch = Watch::Run { id: None, baseline: None, seen_running: true };
            return Err(StartError::Active(watch, active_id(before.jobs)));
        }
        let watch = |id, seen_running| Watch::Run { id, baseline: before.baseline, seen_running };
        let earlier_run = before.jobs.as_ref().and_then(|jobs| jobs.last.clone());
        let started =
            |id, seen_running| Started { watch: watch(id, seen_running), earlier_run: earlier_run.clone() };
        let mut sends = 0;
        loop {
            sends += 1;
            let begins = || sending(Sending::Begins);
            let answer = self
                .send_start(deadline, begins, async || {
                    let answer = self.run(task).await;
                    if answer.as_ref().is_err_and(|error| !may_have_started(error)) {
                        sending(Sending::Refused);
                    }
                    answer
                })
                .await;
            match &answer {
                Ok(Some(id)) => return Ok(started(Some(id.clone()), false)),
                Ok(None) => {}
                // An earlier try may have been carried out after all.
                Err(error) if error.failure == Failure::RunActive && sends > 1 => {}
                Err(error) if error.failure == Failure::RunActive => {
                    let id = active_id(self.list(task, deadline).await?);
                    return Err(StartError::Active(watch(None, false), id));
                }
                Err(error) if may_have_started(error) => {
                    tracing::info!("{}; looking whether the run was started", error.brief());
                }
                Err(error) => return Err(StartError::NotStarted(error.clone())),
            }
            let look = async || self.look_once(task, &before, deadline).await;
            let found = self.look_for(deadline, look).await.map_err(StartError::Perhaps)?;
            if let Some((id, seen_running)) = found {
                return Ok(started(id, seen_running));
            }
            match answer {
                // Accepted without an id, or active: it must not be sent again.
                Ok(_) => return Ok(started(None, false)),
                Err(error) if error.failure == Failure::RunActive => return Ok(started(None, false)),
                Err(error) if sends == SENDS || Instant::now() >= deadline => {
                    return Err(StartError::NotStarted(error));
                }
                Err(_) => tracing::info!("no new run of task {} was found; starting it again", task.short()),
            }
        }
    }

    /// The latest runs; `None` also when the list can not be had for a while.
    async fn list(&self, task: &Id, deadline: Instant) -> Result<Option<LastJobs>, CallError> {
        let limit = deadline.min(Instant::now() + LIST_LIMIT);
        match self.last_jobs(task, limit).await {
            Err(error) if is_passing(error.failure) => {
                tracing::info!("{}; going on without", error.brief());
                Ok(None)
            }
            answer => answer,
        }
    }

    /// Looks for a run that was not there before; returns its id, and whether it was seen running. A new id or a running task proves a start; where runs are not listed, so does a status that has changed.
    async fn look_once(
        &self,
        task: &Id,
        before: &Before,
        deadline: Instant,
    ) -> Result<Option<(Option<String>, bool)>, CallError> {
        let jobs = self.list(task, deadline).await?;
        let status = self.progress_by(task, deadline).await?.status;
        let is_running = status == TaskStatus::Checking;
        // An id is new only if the ids from before are known; otherwise only a change of the status can tell.
        let (new_id, has_changed) = match (&before.jobs, jobs) {
            (Some(before), Some(jobs)) => (jobs.last.filter(|id| Some(id) != before.last.as_ref()), false),
            _ => (None, status.is_final() && before.baseline.is_some_and(|baseline| baseline != status)),
        };
        let is_found = new_id.is_some() || is_running || has_changed;
        Ok(is_found.then_some((new_id, is_running)))
    }
}

/// What the task showed before the start.
struct Before {
    baseline: Option<TaskStatus>,
    jobs: Option<LastJobs>,
}

/// The status from before a run, if it can be relied on: null is also shown in passing, so it counts only for a task
/// that is known to have no run.
fn baseline(status: TaskStatus, jobs: Option<&LastJobs>) -> Option<TaskStatus> {
    match status {
        TaskStatus::NotChecked => jobs.is_some_and(|jobs| jobs.last.is_none()).then_some(status),
        status => status.is_final().then_some(status),
    }
}

/// The id of a run that the service calls active. A latest run that has succeeded is an older one.
fn active_id(jobs: Option<LastJobs>) -> Option<String> {
    jobs.filter(|jobs| jobs.last != jobs.last_successful).and_then(|jobs| jobs.last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TaskStatus::*;

    /// Empty text stands for none.
    fn jobs(last: &str, last_successful: &str) -> LastJobs {
        let id = |id: &str| (!id.is_empty()).then(|| id.to_owned());
        LastJobs { last: id(last), last_successful: id(last_successful) }
    }

    #[test]
    fn a_final_status_counts_only_when_it_is_ours() {
        let soon = Duration::from_secs(1);
        let late = STALE_LIMIT;
        // (before, seen running, status, latest and latest successful run, since the start) -> ours
        let cases = [
            // The answer of the run before, still shown.
            (Some(Successful), false, Successful, Some(("older", "older")), late, false),
            (Some(Successful), false, Successful, Some(("ours", "older")), late, false),
            (Some(Successful), false, Successful, None, late, false),
            (Some(Failed), false, Failed, Some(("ours", "older")), soon, false),
            // Nothing certain is known from before.
            (None, false, Successful, None, late, false),
            (None, false, Successful, Some(("ours", "older")), late, false),
            (None, false, Failed, Some(("ours", "older")), soon, false),
            // A list without runs tells nothing.
            (Some(Successful), false, Successful, Some(("", "")), late, false),
            (Some(Successful), true, Successful, Some(("", "")), soon, true),
            // Known to be ours.
            (Some(Successful), false, Successful, Some(("ours", "ours")), soon, true),
            (Some(Successful), true, Successful, Some(("ours", "older")), soon, true),
            (Some(Successful), true, Successful, None, soon, true),
            (Some(Failed), false, Successful, None, soon, true),
            (Some(NotChecked), false, Successful, None, soon, true),
            (Some(NotChecked), false, Failed, Some(("ours", "older")), soon, true),
            (Some(Successful), true, Stopped, Some(("ours", "older")), soon, true),
            // A change alone proves no success where the list of runs does not say so.
            (Some(Failed), false, Successful, Some(("ours", "older")), late, false),
            // Nothing but time can tell a repeated failure; a success is never believed for that.
            (Some(Failed), false, Failed, Some(("ours", "older")), late, true),
            (Some(Failed), false, Failed, Some(("older", "older")), late, false),
            // Ours has succeeded, so the failure that is shown is an older one.
            (Some(Failed), false, Failed, Some(("ours", "ours")), late, false),
            // Somebody started another run after ours.
            (Some(Successful), true, Successful, Some(("newer", "newer")), late, false),
            (Some(Successful), true, Failed, Some(("newer", "older")), late, false),
            // ... but ours had succeeded before.
            (Some(Successful), true, Successful, Some(("newer", "ours")), soon, true),
        ];
        for (baseline, seen_running, status, latest, since, expected) in cases {
            let watch = Watch::Run { id: Some("ours".to_owned()), baseline, seen_running };
            let latest = latest.map(|(last, successful)| jobs(last, successful));
            assert_eq!(
                watch.concludes(status, latest.as_ref(), since),
                expected,
                "{watch:?} {status:?} {latest:?} {since:?}"
            );
        }
    }

    #[test]
    fn a_run_without_an_id_is_told_by_what_changed() {
        let mut watch = Watch::Run { id: None, baseline: Some(Successful), seen_running: false };
        let latest = jobs("older", "older");
        assert!(!watch.concludes(Successful, Some(&latest), STALE_LIMIT));
        assert!(watch.concludes(Failed, Some(&latest), Duration::ZERO));
        watch.note_running();
        assert!(watch.concludes(Successful, Some(&latest), Duration::ZERO));
    }

    #[test]
    fn an_attached_success_must_be_the_latest_run_s() {
        let mut watch = Watch::Latest { seen_running: false };
        let since = Duration::ZERO;
        assert!(watch.concludes(Successful, None, since));
        assert!(watch.concludes(Successful, Some(&jobs("a", "a")), since));
        assert!(!watch.concludes(Successful, Some(&jobs("newer", "a")), STALE_LIMIT));
        assert!(watch.concludes(Successful, Some(&jobs("newer", "a")), ATTACHED_STALE_LIMIT));
        assert!(watch.concludes(Failed, Some(&jobs("newer", "a")), since));
        watch.note_running();
        assert!(watch.concludes(Successful, Some(&jobs("newer", "a")), since));
    }

    #[test]
    fn a_null_status_is_a_baseline_only_for_a_task_without_runs() {
        let none = LastJobs { last: None, last_successful: None };
        assert_eq!(baseline(NotChecked, Some(&none)), Some(NotChecked));
        assert_eq!(baseline(NotChecked, Some(&jobs("a", "a"))), None);
        assert_eq!(baseline(NotChecked, None), None);
        assert_eq!(baseline(Failed, None), Some(Failed));
        assert_eq!(baseline(Unknown(7), None), None);
        assert_eq!(active_id(Some(jobs("a", "a"))), None);
        assert_eq!(active_id(Some(jobs("b", "a"))).as_deref(), Some("b"));
    }
}
