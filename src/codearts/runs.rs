//! Starting a run exactly once, and telling its result from an older one's.
//!
//! Two traps of the service: after a lost answer nobody knows whether the run was started, and right after a start the
//! progress call may still show the result of the run before.

use super::tasks::{LastJobs, TaskStatus};
use super::{Id, Service};
use crate::http::error::CallError;
use crate::http::retry::{Failure, Repeat, Verdict, verdict};
use std::time::Duration;
use tokio::time::Instant;

/// Times a run whose answer was lost is looked for before it counts as not started.
const LOOKS: u32 = 4;
/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_secs(2);
/// Times a start is sent in all, each after a look that found nothing.
const SENDS: u32 = 3;
/// A failed or stopped status that stays this long on the task whose latest run is ours is ours, even if no poll ever
/// saw it running. Never applied to a success.
const STALE_LIMIT: Duration = Duration::from_secs(30);

/// Why no run was started.
#[derive(Debug)]
pub enum StartError {
    /// A run is active; its id if the service tells.
    Active(Option<String>),
    /// A call failed.
    Call(CallError),
}

impl From<CallError> for StartError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

/// A run that this process started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRun {
    /// Its id; `None` where the answer was lost and the service does not list runs.
    pub id: Option<String>,
    /// What the task showed before.
    before: TaskStatus,
    /// Whether a poll has seen it running.
    seen_running: bool,
}

impl OwnRun {
    /// A poll saw the task running.
    pub const fn note_running(&mut self) {
        self.seen_running = true;
    }

    /// Whether a final status is this run's. `jobs`: the latest runs, if the service tells them.
    pub fn owns(&self, status: TaskStatus, jobs: Option<&LastJobs>, since_start: Duration) -> bool {
        let is_news = self.seen_running || status != self.before;
        let (Some(id), Some(jobs)) = (&self.id, jobs) else {
            return is_news;
        };
        let is_last = jobs.last.as_ref() == Some(id);
        match status {
            TaskStatus::Successful => jobs.last_successful.as_ref() == Some(id) || is_last && is_news,
            _ => is_last && (is_news || since_start >= STALE_LIMIT),
        }
    }
}

impl Service {
    /// Starts a run and makes sure that it is started once. `sending` is called right before the request that may
    /// start it.
    ///
    /// # Errors
    /// [`StartError::Active`] when a run is active already; otherwise the call that failed for good.
    pub async fn start_run(
        &self,
        task: &Id,
        deadline: Instant,
        mut sending: impl FnMut(),
    ) -> Result<OwnRun, StartError> {
        let before = self.progress_by(task, deadline).await?.status;
        let jobs_before = self.last_jobs(task, deadline).await?;
        if before == TaskStatus::Checking {
            return Err(StartError::Active(jobs_before.and_then(|jobs| jobs.last)));
        }
        let own = |id, seen_running| OwnRun { id, before, seen_running };
        let mut sends = 0;
        loop {
            sends += 1;
            sending();
            let answer = self.run(task, deadline).await;
            if let Ok(Some(id)) = answer {
                return Ok(own(Some(id), false));
            }
            if let Err(error) = &answer {
                match verdict(Repeat::LookFirst, error.failure, true) {
                    Verdict::Look => tracing::info!("{error}; looking whether the run was started"),
                    // An earlier try was carried out after all.
                    _ if error.failure == Failure::RunActive && sends > 1 => {}
                    _ if error.failure == Failure::RunActive => {
                        let jobs = self.last_jobs(task, deadline).await?;
                        return Err(StartError::Active(jobs.and_then(|jobs| jobs.last)));
                    }
                    _ => return Err(StartError::Call(error.clone())),
                }
            }
            if let Some((id, seen_running)) =
                self.look_for_run(task, before, jobs_before.as_ref(), deadline).await?
            {
                return Ok(own(id, seen_running));
            }
            match answer {
                // Accepted without an id: it must not be sent again.
                Ok(_) => return Ok(own(None, false)),
                Err(error) if error.failure == Failure::RunActive => return Ok(own(None, true)),
                Err(error) if sends == SENDS || Instant::now() >= deadline => {
                    return Err(StartError::Call(error));
                }
                Err(_) => tracing::info!("no new run of task {task} was found; starting it again"),
            }
        }
    }

    /// Looks for a run that was not there before: a new id, or a task that runs. Returns its id, and whether it was
    /// seen running.
    async fn look_for_run(
        &self,
        task: &Id,
        before: TaskStatus,
        jobs_before: Option<&LastJobs>,
        deadline: Instant,
    ) -> Result<Option<(Option<String>, bool)>, CallError> {
        for look in 1..=LOOKS {
            let jobs = self.last_jobs(task, deadline).await?;
            let status = self.progress_by(task, deadline).await?.status;
            let last_before = jobs_before.and_then(|jobs| jobs.last.as_ref());
            let new_id = jobs.and_then(|jobs| jobs.last).filter(|id| Some(id) != last_before);
            let is_running = status == TaskStatus::Checking;
            let has_changed = status.is_final() && status != before;
            if new_id.is_some() || is_running || has_changed {
                return Ok(Some((new_id, is_running)));
            }
            if look < LOOKS && Instant::now() < deadline {
                tokio::time::sleep(self.pauses().cap(LOOK_PAUSE)).await;
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TaskStatus::*;

    fn own(before: TaskStatus, seen_running: bool) -> OwnRun {
        OwnRun { id: Some("ours".to_owned()), before, seen_running }
    }

    fn jobs(last: &str, last_successful: &str) -> LastJobs {
        LastJobs { last: Some(last.to_owned()), last_successful: Some(last_successful.to_owned()) }
    }

    #[test]
    fn a_final_status_counts_only_when_it_is_ours() {
        let soon = Duration::from_secs(1);
        let late = STALE_LIMIT;
        // (before, seen running, status, latest and latest successful run, since the start) -> ours
        let cases = [
            // The answer of the run before, still shown.
            (Successful, false, Successful, Some(("older", "older")), late, false),
            (Successful, false, Successful, Some(("ours", "older")), late, false),
            (Successful, false, Successful, None, late, false),
            (Failed, false, Failed, Some(("ours", "older")), soon, false),
            // Known to be ours.
            (Successful, false, Successful, Some(("ours", "ours")), soon, true),
            (Successful, true, Successful, Some(("ours", "older")), soon, true),
            (Successful, true, Successful, None, soon, true),
            (Failed, false, Successful, None, soon, true),
            (NotChecked, false, Successful, None, soon, true),
            (NotChecked, false, Failed, Some(("ours", "older")), soon, true),
            (Successful, true, Stopped, Some(("ours", "older")), soon, true),
            // Nothing but time can tell a repeated failure; a success is never believed for that.
            (Failed, false, Failed, Some(("ours", "older")), late, true),
            (Failed, false, Failed, Some(("older", "older")), late, false),
            // Somebody started another run after ours.
            (Successful, true, Successful, Some(("newer", "newer")), late, false),
            (Successful, true, Failed, Some(("newer", "older")), late, false),
            // ... but ours had succeeded before.
            (Successful, true, Successful, Some(("newer", "ours")), soon, true),
        ];
        for (before, seen, status, latest, since, expected) in cases {
            let latest = latest.map(|(last, successful)| jobs(last, successful));
            assert_eq!(
                own(before, seen).owns(status, latest.as_ref(), since),
                expected,
                "{before:?} {seen} {status:?} {latest:?} {since:?}"
            );
        }
    }

    #[test]
    fn a_run_without_an_id_is_told_by_what_changed() {
        let mut run = OwnRun { id: None, before: Successful, seen_running: false };
        let latest = jobs("older", "older");
        assert!(!run.owns(Successful, Some(&latest), STALE_LIMIT));
        assert!(run.owns(Failed, Some(&latest), Duration::ZERO));
        run.note_running();
        assert!(run.owns(Successful, Some(&latest), Duration::ZERO));
    }
}
