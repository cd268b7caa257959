//! One poll of a check task: what the task shows, and whose status that is.

use super::check_end::Watched;
use crate::codearts::Id;
use crate::codearts::Service;
use crate::codearts::proof::{Look, Next, OBEDIENCE_ROUNDS, Runs, obeys_id};
use crate::codearts::tasks::{Progress, TaskStatus};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun};
use crate::lifecycle::polling::{Streak, pending};
use crate::messages::{Activity, RunMessage};
use crate::wait::Step;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Longest time for the list of the latest runs; it is evidence, not the verdict.
const JOBS_LIMIT: Duration = Duration::from_secs(2);
/// Times the list is asked for in a row.
const JOBS_TRIES: u32 = 3;
/// A doubt that is cleared up sooner is not worth a line.
const DOUBT_LOGGED_AFTER: Duration = Duration::from_secs(10);
/// Longest gap to the next poll while a final status may be another run's.
const DOUBT_GAP: Duration = Duration::from_secs(10);
/// Longest time for all questions about a run by its id.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// Pause after questions about a run by its id that brought nothing.
const ANSWER_GAP: Duration = Duration::from_secs(60);
/// Id of a run that does not exist.
const IMPOSSIBLE_RUN: &str = "00000000000000000000000000000000";

/// What is remembered from poll to poll.
#[derive(Debug, Default)]
pub(super) struct Poller {
    /// When the service last did not answer about the run by its id.
    asked_in_vain: Option<Instant>,
    streak: Streak,
    /// Since when a final status may be another run's.
    doubt_since: Option<Instant>,
    has_logged_doubt: bool,
    has_logged_unknown: bool,
}

impl Poller {
    /// One look at the task.
    pub(super) async fn poll(
        &mut self,
        environment: &CheckEnvironment<'_>,
        task: &Id,
        display: &TaskDisplay,
        run: &mut CheckRun,
    ) -> Result<Step<Watched>, CallError> {
        let label = display.label();
        let is_last = Instant::now() >= environment.deadline;
        let answer = environment.service.progress(task, None).await;
        self.streak.note(&answer, display);
        let progress = answer?;
        run.status = Some(progress.status);
        self.show(display, progress);
        let look = self.gather(environment.service, task, run, progress, is_last).await;
        let next = run.proof.weigh(&look);
        if let Some(id) = run.proof.id().filter(|id| run.id.as_deref() != Some(*id)) {
            run.id = Some(id.to_owned());
            tracing::info!("{label}: {}", RunMessage::Named(id.to_owned()));
        }
        if next != Next::Doubt {
            self.doubt_since = None;
        }
        Ok(match next {
            Next::Wait => pending(progress.percent.filter(|_| progress.status == TaskStatus::Checking)),
            Next::Doubt => {
                let lasts = self.doubt_since.get_or_insert_with(Instant::now).elapsed();
                if lasts >= DOUBT_LOGGED_AFTER && !self.has_logged_doubt {
                    self.has_logged_doubt = true;
                    let status = progress.status.number().unwrap_or_default();
                    tracing::info!("{label}: {}", RunMessage::InDoubt(status));
                }
                display.show(Activity::AwaitingRun, None);
                Step::Pending { floor: Duration::ZERO, ceiling: Some(DOUBT_GAP), progress: None }
            }
            Next::Ended(status) => Step::Done(Watched::Ended(status)),
            Next::Lost(lost) => Step::Done(Watched::Lost(lost)),
        })
    }

    fn show(&mut self, display: &TaskDisplay, progress: Progress) {
        match progress.status {
            TaskStatus::Checking => display.show(Activity::Checking, progress.percent),
            TaskStatus::NotChecked => display.show(Activity::NoStatus, None),
            TaskStatus::Unknown(number) if !self.has_logged_unknown => {
                self.has_logged_unknown = true;
                let label = display.label();
                tracing::warn!("{label}: {}", RunMessage::UnknownStatus(number));
            }
            TaskStatus::Unknown(_) | TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped => {}
        }
    }

    /// Asks what else may show whose status this is.
    async fn gather(
        &mut self,
        service: &Service,
        task: &Id,
        run: &CheckRun,
        progress: Progress,
        is_last: bool,
    ) -> Look {
        let at = run.watched_for();
        // The last poll has little time, and its answer is to be weighed.
        let tries = if is_last { 1 } else { JOBS_TRIES };
        let wants_runs = run.proof.wants_runs(at, &progress);
        let runs = if wants_runs { list_runs(service, task, tries).await } else { Runs::NotAsked };
        let id = run.proof.wants_answer(&progress, &runs).map(str::to_owned);
        let is_due = self.asked_in_vain.is_none_or(|asked| asked.elapsed() >= ANSWER_GAP);
        let about_run = match id.filter(|_| is_due && !is_last) {
            Some(id) => {
                let answer = timeout(ANSWER_LIMIT, ask_about(service, task, &id)).await.ok().flatten();
                self.asked_in_vain = answer.is_none().then(Instant::now);
                answer
            }
            None => None,
        };
        Look { at, progress, runs, about_run, is_last }
    }
}

/// The latest runs.
async fn list_runs(service: &Service, task: &Id, tries: u32) -> Runs {
    for number in 1..=tries {
        match timeout(JOBS_LIMIT, service.last_jobs(task, Instant::now())).await {
            Ok(Ok(Some(runs))) => return Runs::Listed(runs),
            Ok(Ok(None)) => return Runs::Missing,
            Ok(Err(_)) | Err(_) => sleep(service.backoff().after(number, None)).await,
        }
    }
    Runs::Down
}

/// What the service answers about a run, if it is seen to obey the id in the question (older servers ignore it): it must know
/// nothing of a run that cannot exist while it knows the task, several times. A null alone is also shown in passing.
async fn ask_about(service: &Service, task: &Id, run: &str) -> Option<TaskStatus> {
    let mut status = None;
    for _ in 0..OBEDIENCE_ROUNDS {
        let plain = service.progress(task, None).await.ok()?.status;
        let impossible = match service.progress(task, Some(IMPOSSIBLE_RUN)).await {
            Ok(progress) => progress.status,
            Err(error) if matches!(error.failure, Failure::Rejected | Failure::NotFound) => {
                TaskStatus::NotChecked
            }
            Err(_) => return None,
        };
        let about = service.progress(task, Some(run)).await.ok()?.status;
        if !obeys_id(plain, impossible, about) || *status.get_or_insert(about) != about {
            return None;
        }
    }
    status
}
