//! Following one run: start it or find it, and poll until its own end shows.

use super::polling::{Streak, trouble};
use super::task::{Conclusion, Context, Ownership, TaskState};
use super::{explained, outcome_of};
use crate::cli::IfRunning;
use crate::codearts::Id;
use crate::codearts::runs::{Sending, StartError, Started, Watch};
use crate::codearts::tasks::{LastJobs, Progress, TaskStatus};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::outcome::Outcome;
use crate::text::count;
use crate::wait::{End, Pacer, Step, Waited};
use std::cell::RefCell;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::Notify;
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
                    {
                        let mut state = state.borrow_mut();
                        state.ownership = Ownership::Own;
                        state.earlier_run = earlier_run;
                    }
                    context.learn_run(state, watch.id());
                    return Ok(watch);
                }
                Err(StartError::Active(watch, run_id)) => {
                    state.borrow_mut().ownership = Ownership::Attached;
                    match context.settings.if_running {
                        IfRunning::Attach => {
                            let text = format!("{label}: a run is active already; waiting for that one");
                            display.tell("runs that were active already", &text);
                            context.learn_run(state, run_id.as_deref());
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
                                let text = format!(
                                    "{label}: a run is active already; ours is started when it has ended"
                                );
                                display.tell("runs that were active already", &text);
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
        let pacer = RefCell::new(Pacer::new(context.settings.schedule));
        let looking = context.waiter.wait(&pacer, context.deadline, true, async || {
            let progress = service.progress(task, None).await.map_err(trouble)?;
            display.show("queued behind another run", progress.percent);
            Ok(if progress.status.is_final() { Step::Done(()) } else { pending(progress.percent) })
        });
        let waited = looking.await;
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
    pub(super) async fn wait_for_end(&self, watch: Watch) -> Waited<TaskStatus, CallError> {
        let Context { settings, deadline, waiter, .. } = self.context;
        let has_answered = matches!(watch, Watch::Run { .. });
        let mut memory = Memory::new(watch);
        let pacer = RefCell::new(Pacer::new(settings.schedule));
        let is_pending = Notify::new();
        let polling = waiter.wait(&pacer, *deadline, has_answered, async || {
            let step = self.poll(&mut memory).await.map_err(trouble)?;
            if matches!(step, Step::Pending { .. }) {
                is_pending.notify_one();
            }
            Ok(step)
        });
        tokio::select! {
            waited = polling => waited,
            never = self.learn_history(&pacer, &is_pending) => match never {},
        }
    }

    /// Beside the first gap: how long earlier runs took, to know when this one may end. Only of a run of our own: when
    /// another began nobody tells. Never ends.
    async fn learn_history(&self, pacer: &RefCell<Pacer>, is_pending: &Notify) -> Infallible {
        let Context { service, project_id, deadline, .. } = self.context;
        is_pending.notified().await;
        let is_own = self.state.borrow().ownership == Ownership::Own;
        if let Some(project) = project_id.filter(|_| is_own && pacer.borrow().uses_history()) {
            let label = self.display.label();
            match service.past_durations(project, self.task, *deadline).await {
                Ok(durations) => {
                    tracing::debug!(
                        "{label}: the durations of {} are known",
                        count(durations.len() as u64, "earlier run")
                    );
                    pacer.borrow_mut().learn_history(&durations);
                }
                Err(error) => tracing::debug!("{error}; nothing is known of earlier runs"),
            }
        }
        std::future::pending().await
    }

    /// One look at the task.
    async fn poll(&self, memory: &mut Memory) -> Result<Step<TaskStatus>, CallError> {
        let Self { state, display, .. } = self;
        let label = display.label();
        let answer = self.progress(memory).await;
        memory.streak.note(&answer, display);
        let Progress { status, percent } = answer?;
        state.borrow_mut().status = Some(status);
        match status {
            TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped => {
                return self.judge(status, memory).await;
            }
            TaskStatus::Checking => {
                display.show("checking", percent);
                if self.has_succeeded_meanwhile(percent, memory).await {
                    return Ok(Step::Done(TaskStatus::Successful));
                }
            }
            TaskStatus::NotChecked => {
                display.show("no status yet", None);
                memory.nulls += 1;
                memory.asks_about_run &= memory.nulls < NULLS_BEFORE_ASKING_PLAINLY;
            }
            TaskStatus::Unknown(number) if !memory.has_said_unknown => {
                memory.has_said_unknown = true;
                tracing::warn!(
                    "{label}: the service answers status {number}, which no page explains; waiting on"
                );
            }
            TaskStatus::Unknown(_) => {}
        }
        Ok(pending(percent.filter(|_| status == TaskStatus::Checking)))
    }

    /// The task runs. Learns which run that is; where its progress falls back, it is somebody's next run, and ours may
    /// have succeeded before it.
    async fn has_succeeded_meanwhile(&self, percent: Option<f64>, memory: &mut Memory) -> bool {
        memory.watch.note_running();
        let fell_back = percent < memory.last_percent;
        memory.last_percent = percent;
        let own = memory.watch.id();
        if memory.knows_run && !(fell_back && own.is_some()) {
            return false;
        }
        memory.knows_run = true;
        let Ok(Some(jobs)) = self.jobs().await else { return false };
        if own.is_none() {
            self.context.learn_run(self.state, jobs.last.as_deref());
        }
        own.is_some() && jobs.last_successful.as_deref() == own
    }

    /// The task shows a final status: is it the one that is waited for?
    async fn judge(&self, status: TaskStatus, memory: &mut Memory) -> Result<Step<TaskStatus>, CallError> {
        let Self { context, task, state, display } = self;
        let label = display.label();
        let jobs = match self.jobs().await {
            Ok(jobs) => jobs,
            // At the deadline there is no later.
            Err(()) if memory.jobs_failures < JOBS_POLLS && Instant::now() < context.deadline => {
                memory.jobs_failures += 1;
                return Ok(pending(None));
            }
            Err(()) => None,
        };
        if state.borrow().ownership != Ownership::Own {
            context.learn_run(state, jobs.as_ref().and_then(|jobs| jobs.last.as_deref()));
        }
        if memory.watch.concludes(status, jobs.as_ref(), memory.started.elapsed()) {
            return Ok(Step::Done(status));
        }
        if let Some(id) = memory.watch.id().filter(|_| memory.asks_about_run) {
            memory.obeys_id = memory.obeys_id || self.obeys_id(id).await?;
            if memory.obeys_id && context.service.progress(task, Some(id)).await?.status == status {
                return Ok(Step::Done(status));
            }
        }
        if !memory.has_said_stale {
            memory.has_said_stale = true;
            tracing::info!(
                "{label}: the service still shows the result of another run; waiting for the right one"
            );
        }
        display.show("waiting for the right run to show", None);
        Ok(pending(None))
    }

    /// Asks about the watched run, or about the task where the server does not understand that.
    async fn progress(&self, memory: &mut Memory) -> Result<Progress, CallError> {
        let service = self.context.service;
        let run = memory.watch.id().filter(|_| memory.asks_about_run);
        match service.progress(self.task, run).await {
            Err(error) if run.is_some() && matches!(error.failure, Failure::Rejected | Failure::NotFound) => {
                memory.asks_about_run = false;
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

/// What is remembered from poll to poll.
struct Memory {
    watch: Watch,
    started: Instant,
    /// Whether the question names the run.
    asks_about_run: bool,
    /// Whether the server is known to obey that.
    obeys_id: bool,
    /// Whether the run's id is known, or has been asked for.
    knows_run: bool,
    last_percent: Option<f64>,
    nulls: u32,
    jobs_failures: u32,
    streak: Streak,
    has_said_stale: bool,
    has_said_unknown: bool,
}

impl Memory {
    fn new(watch: Watch) -> Self {
        let knows_run = watch.id().is_some();
        Self {
            watch,
            started: Instant::now(),
            asks_about_run: knows_run,
            obeys_id: false,
            knows_run,
            last_percent: None,
            nulls: 0,
            jobs_failures: 0,
            streak: Streak::default(),
            has_said_stale: false,
            has_said_unknown: false,
        }
    }
}

fn pending<T>(percent: Option<f64>) -> Step<T> {
    Step::Pending { floor: Duration::ZERO, progress: percent.map(|percent| percent / 100.0) }
}
