//! Following one run: start it or find it, and poll until its own end shows.

use super::task::{Conclusion, Context, Ownership, TaskState};
use super::{explained, outcome_of};
use crate::cli::IfRunning;
use crate::codearts::Id;
use crate::codearts::runs::{Sending, StartError, Started, Watch};
use crate::codearts::tasks::{LastJobs, Progress, TaskStatus};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::{Failure, is_passing};
use crate::outcome::Outcome;
use crate::wait::{End, Step, Trouble, Waited, wait};
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

/// Unanswered questions about one run before we ask about the task instead: older servers do not know `job_id`.
const NULLS_BEFORE_ASKING_PLAINLY: u32 = 2;
/// Longest time for the list of the latest runs; it is evidence, not the verdict.
const JOBS_LIMIT: Duration = Duration::from_secs(2);
/// Times the list is asked for in a row.
const JOBS_TRIES: u32 = 3;
/// Polls in which the list is asked for in vain before the verdict on a run of our own is made without it.
const JOBS_POLLS: u32 = 3;
/// Id of a run that does not exist.
const IMPOSSIBLE_RUN: &str = "00000000000000000000000000000000";
/// Pause before another start after one that was refused because of an active run.
const QUEUE_PAUSE: Duration = Duration::from_secs(5);

/// Everything about the task that is being followed.
pub(super) struct Follow<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) task: &'a Id,
    pub(super) state: &'a RefCell<TaskState>,
    pub(super) display: &'a TaskDisplay,
}

impl Follow<'_> {
    /// Starts a run, or finds the active one, as the settings say.
    pub(super) async fn start(&self) -> Result<Watch, Conclusion> {
        let Self { context, task, state, display } = self;
        let label = display.label();
        let sending = |sending| match sending {
            Sending::Begins if context.is_cancelled.get() => false,
            Sending::Begins => {
                state.borrow_mut().ownership = Ownership::Starting;
                true
            }
            Sending::Refused => {
                state.borrow_mut().ownership = Ownership::Attached;
                true
            }
        };
        let mut refusals = 0;
        loop {
            display.show("starting a run", None);
            let starting = context.service.start_run(task, context.deadline, sending);
            let Ok(started) = timeout_at(context.deadline, starting).await else {
                return Err((
                    Outcome::TimedOut,
                    "`--timeout` ran out while the run was being started".to_owned(),
                ));
            };
            match started {
                Ok(Started { watch, earlier_run }) => {
                    let mut state = state.borrow_mut();
                    state.ownership = Ownership::Own;
                    state.earlier_run = earlier_run;
                    state.learn_run(watch.id());
                    return Ok(watch);
                }
                Err(StartError::Active(watch, run_id)) => {
                    state.borrow_mut().ownership = Ownership::Attached;
                    match context.settings.if_running {
                        IfRunning::Attach => {
                            tracing::info!("{label}: a run is active already; waiting for that one");
                            state.borrow_mut().learn_run(run_id.as_deref());
                            return Ok(watch);
                        }
                        IfRunning::Fail => {
                            // Not waited for, so not stopped either.
                            state.borrow_mut().has_ended = true;
                            let reason =
                                "a run is active already, and `--if-running fail` says not to wait for it";
                            return Err((Outcome::TimedOut, reason.to_owned()));
                        }
                        IfRunning::Queue => {
                            refusals += 1;
                            if refusals == 1 {
                                tracing::info!(
                                    "{label}: a run is active already; ours is started when it has ended"
                                );
                            }
                            self.queue(refusals).await?;
                        }
                    }
                }
                Err(StartError::NotStarted(error)) => {
                    state.borrow_mut().ownership = Ownership::Attached;
                    return Err((outcome_of(&error), explained(&error)));
                }
                Err(StartError::Perhaps(error)) => {
                    let reason = format!("whether a run was started is not known: {}", explained(&error));
                    return Err((outcome_of(&error), reason));
                }
            }
        }
    }

    /// Waits until no run shows as active. Where the status is behind, the next start is refused again, so each refusal
    /// costs a growing pause.
    async fn queue(&self, refusals: u32) -> Result<(), Conclusion> {
        let Self { context, task, display, .. } = self;
        let service = context.service;
        display.show("queued behind another run", None);
        let pause = service.pauses().after(refusals, Some(QUEUE_PAUSE));
        sleep_until(context.deadline.min(Instant::now() + pause)).await;
        let waited = wait(context.settings.schedule, context.deadline, service.pauses(), true, async || {
            let progress = service.progress(task, None).await.map_err(trouble)?;
            display.show("queued behind another run", progress.percent);
            Ok(if progress.status.is_final() { Step::Done(()) } else { pending() })
        })
        .await;
        match waited.end {
            End::Done(()) => Ok(()),
            End::TimedOut => Err((
                Outcome::TimedOut,
                "another run was still active when `--timeout` ran out, so ours was not started".to_owned(),
            )),
            End::Refused(error) | End::Lost(Some(error)) => Err((outcome_of(&error), explained(&error))),
            End::Lost(None) => Err((Outcome::Unavailable, "the service did not answer any more".to_owned())),
        }
    }

    /// Polls until the watched run has ended.
    pub(super) async fn wait_for_end(&self, mut watch: Watch) -> Waited<TaskStatus, CallError> {
        let Self { context, task, state, display } = self;
        let service = context.service;
        let label = display.label();
        let started = Instant::now();
        let has_answered = matches!(watch, Watch::Run { .. });
        let mut asks_about_run = watch.id().is_some();
        let mut obeys_id = false;
        let mut last_percent = None;
        let mut nulls = 0;
        let mut jobs_failures = 0;
        let mut has_said_trouble = false;
        let mut has_said_stale = false;
        let mut has_said_unknown = false;
        let mut knows_run = watch.id().is_some();
        wait(context.settings.schedule, context.deadline, service.pauses(), has_answered, async || {
            let answer = self.progress(&watch, &mut asks_about_run).await;
            let Progress { status, percent } = answer.map_err(|error| {
                // Once a streak: the bar and the heartbeat go on by themselves.
                if is_passing(error.failure) && !has_said_trouble {
                    tracing::info!("{}; waiting on", error.brief());
                }
                has_said_trouble = true;
                trouble(error)
            })?;
            has_said_trouble = false;
            state.borrow_mut().status = Some(status);
            match status {
                TaskStatus::Checking => {
                    watch.note_running();
                    display.show("checking", percent);
                    let fell_back = percent < last_percent;
                    last_percent = percent;
                    if !knows_run || fell_back && watch.id().is_some() {
                        knows_run = true;
                        let jobs = self.jobs().await.ok().flatten();
                        let succeeded = jobs.as_ref().and_then(|jobs| jobs.last_successful.as_deref());
                        if succeeded.is_some() && succeeded == watch.id() {
                            // Somebody's next run is what shows; ours has succeeded before it.
                            return Ok(Step::Done(TaskStatus::Successful));
                        }
                        let latest = jobs.as_ref().and_then(|jobs| jobs.last.as_deref());
                        if watch.id().is_none() {
                            state.borrow_mut().learn_run(latest);
                        }
                    }
                    return Ok(pending());
                }
                TaskStatus::NotChecked => {
                    nulls += 1;
                    asks_about_run &= nulls < NULLS_BEFORE_ASKING_PLAINLY;
                    display.show("no status yet", None);
                    return Ok(pending());
                }
                TaskStatus::Unknown(number) => {
                    if !has_said_unknown {
                        has_said_unknown = true;
                        tracing::warn!(
                            "{label}: the service answers status {number}, which no page explains; waiting on"
                        );
                    }
                    return Ok(pending());
                }
                TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped => {}
            }
            let jobs = match self.jobs().await {
                Ok(jobs) => jobs,
                // At the deadline there is no later.
                Err(()) if jobs_failures < JOBS_POLLS && Instant::now() < context.deadline => {
                    jobs_failures += 1;
                    return Ok(pending());
                }
                Err(()) => None,
            };
            let is_own = state.borrow().ownership == Ownership::Own;
            if !is_own {
                state.borrow_mut().learn_run(jobs.as_ref().and_then(|jobs| jobs.last.as_deref()));
            }
            if watch.concludes(status, jobs.as_ref(), started.elapsed()) {
                return Ok(Step::Done(status));
            }
            if let Some(id) = watch.id().filter(|_| asks_about_run) {
                obeys_id = obeys_id || self.obeys_id(id).await.map_err(trouble)?;
                if obeys_id && service.progress(task, Some(id)).await.map_err(trouble)?.status == status {
                    return Ok(Step::Done(status));
                }
            }
            if !has_said_stale {
                has_said_stale = true;
                tracing::info!(
                    "{label}: the service still shows the result of another run; waiting for the right one"
                );
            }
            display.show("waiting for the right run to show", None);
            Ok(pending())
        })
        .await
    }

    /// Asks about the watched run, or about the task where the server does not understand that.
    async fn progress(&self, watch: &Watch, asks_about_run: &mut bool) -> Result<Progress, CallError> {
        let service = self.context.service;
        let run = watch.id().filter(|_| *asks_about_run);
        match service.progress(self.task, run).await {
            Err(error) if run.is_some() && matches!(error.failure, Failure::Rejected | Failure::NotFound) => {
                *asks_about_run = false;
                service.progress(self.task, None).await
            }
            answer => answer,
        }
    }

    /// The latest runs; `None` where the service does not list them, an error where it did not answer.
    async fn jobs(&self) -> Result<Option<LastJobs>, ()> {
        let service = self.context.service;
        for number in 1..=JOBS_TRIES {
            if let Ok(Ok(jobs)) = timeout(JOBS_LIMIT, service.last_jobs(self.task, Instant::now())).await {
                return Ok(jobs);
            }
            sleep(service.pauses().after(number, None)).await;
        }
        Err(())
    }

    /// Whether the server obeys `job_id`, so that its answers about a run are about that run. It does if it knows
    /// nothing of a run that can not exist; asked before and after, so that a change in between proves nothing.
    async fn obeys_id(&self, id: &str) -> Result<bool, CallError> {
        let service = self.context.service;
        let ask = async |id| match service.progress(self.task, Some(id)).await {
            Ok(progress) => Ok(progress.status),
            Err(error) if matches!(error.failure, Failure::Rejected | Failure::NotFound) => {
                Ok(TaskStatus::NotChecked)
            }
            Err(error) => Err(error),
        };
        let [before, about, after] = [ask(IMPOSSIBLE_RUN).await?, ask(id).await?, ask(IMPOSSIBLE_RUN).await?];
        Ok(before == TaskStatus::NotChecked && after == before && about != before)
    }
}

const fn pending<T>() -> Step<T> {
    Step::Pending { floor: Duration::ZERO }
}

fn trouble(error: CallError) -> Trouble<CallError> {
    Trouble { passing: is_passing(error.failure), retry_after: error.retry_after, error }
}
