//! Following one run: start it or find it, and poll until its own end shows.

use crate::codearts::Id;
use crate::codearts::errors::{explained, outcome_of};
use crate::codearts::proof::{Look, Lost, Next, OBEDIENCE_ROUNDS, Patience, Proof, Runs, obeys_id};
use crate::codearts::runs::{Sending, StartError, Started};
use crate::codearts::tasks::{Progress, TaskStatus};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::track::polling::{Streak, trouble};
use crate::lifecycle::track::task::{Conclusion, Context, Ownership, TaskState};
use crate::model::outcome::Outcome;
use crate::model::policy::IfRunning;
use crate::text::count;
use crate::wait::{End, Pacer, Step, Waited};
use std::cell::RefCell;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

/// Longest time for the list of the latest runs; it is evidence, not the verdict.
const JOBS_LIMIT: Duration = Duration::from_secs(2);
/// Times the list is asked for in a row.
const JOBS_TRIES: u32 = 3;
/// Longest gap to the next poll while a final status may be another run's.
const DOUBT_GAP: Duration = Duration::from_secs(10);
/// Longest time for all questions about a run by its id.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// Pause after questions about a run by its id that brought nothing.
const ANSWER_GAP: Duration = Duration::from_secs(60);
/// Id of a run that does not exist.
const IMPOSSIBLE_RUN: &str = "00000000000000000000000000000000";
/// Pause before another start after one that was refused because of an active run.
const QUEUE_PAUSE: Duration = Duration::from_secs(5);

/// Everything about the task that is being followed.
pub(crate) struct Follow<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) task: &'a Id,
    pub(crate) state: &'a RefCell<TaskState>,
    pub(crate) display: &'a TaskDisplay,
}

impl Follow<'_> {
    /// Starts a run, or finds the active one, as the settings say.
    pub(crate) async fn start(&self) -> Result<(), Conclusion> {
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
                Ok((Started::Named(id), before)) => {
                    self.watch(Ownership::Own, Proof::started(self.patience(), id, before));
                    return Ok(());
                }
                Ok((Started::Unnamed { seen_running }, before)) => {
                    let text = format!(
                        "{label}: CodeArts did not name the run that it started; the run that appears now is waited for, but not stopped"
                    );
                    display.tell("starts without an answer", &text);
                    let proof = Proof::unnamed(self.patience(), before, seen_running);
                    self.watch(Ownership::Uncertain, proof);
                    return Ok(());
                }
                Err(StartError::Active { before, seen_running }) => {
                    state.borrow_mut().ownership = Ownership::Attached;
                    match context.settings.if_running {
                        IfRunning::Attach => {
                            let text = format!("{label}: a run is active already; waiting for that one");
                            display.tell("runs that were active already", &text);
                            let proof = Proof::unnamed(self.patience(), before, seen_running);
                            self.watch(Ownership::Attached, proof);
                            return Ok(());
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
                    state.borrow_mut().ownership = Ownership::Uncertain;
                    let reason = format!("whether a run was started is not known: {}", explained(&error));
                    return Err((outcome_of(&error), reason));
                }
            }
        }
    }

    /// Attaches to whatever the task shows.
    pub(crate) fn attach(&self) {
        self.watch(Ownership::Attached, Proof::shown(self.patience()));
    }

    fn watch(&self, ownership: Ownership, proof: Proof) {
        let id = proof.id().map(str::to_owned);
        {
            let mut state = self.state.borrow_mut();
            state.ownership = ownership;
            state.proof = Some(proof);
            state.watched_since = Some(Instant::now());
        }
        self.context.learn_run(self.state, id.as_deref());
    }

    /// How long doubtful statuses must stand; tests cannot sit through it.
    fn patience(&self) -> Patience {
        let settings = self.context.settings;
        let patience = settings.max_doubt.map_or_else(Patience::default, Patience::scaled);
        patience.with_polls_every(settings.schedule.usual_gap())
    }

    /// Waits until no run shows as active. Where the status is behind, the next start is refused again, so each refusal
    /// costs a growing pause.
    async fn queue(&self, refusals: u32) -> Result<(), Conclusion> {
        let Self { context, task, display, .. } = self;
        let service = context.service;
        display.show("queued behind another run", None);
        let pause = service.backoff().after(refusals, Some(QUEUE_PAUSE));
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

    /// Polls until the watched run has ended, or its end cannot be learned.
    pub(crate) async fn wait_for_end(&self) -> Waited<Watched, CallError> {
        let Context { settings, deadline, waiter, .. } = self.context;
        let mut memory = Memory::default();
        let has_answered = settings.start;
        let pacer = RefCell::new(Pacer::new(settings.schedule));
        let is_pending = Notify::new();
        let polling = waiter.wait(&pacer, *deadline, has_answered, async || {
            let step = self.poll(&mut memory).await.map_err(trouble)?;
            if !matches!(step, Step::Done(_)) {
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
        if let Some(project) = project_id.filter(|_| is_own && pacer.borrow().is_automatic()) {
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
    async fn poll(&self, memory: &mut Memory) -> Result<Step<Watched>, CallError> {
        let Self { context, task, state, display } = self;
        let is_last = Instant::now() >= context.deadline;
        let answer = context.service.progress(task, None).await;
        memory.streak.note(&answer, display);
        let progress = answer?;
        state.borrow_mut().status = Some(progress.status);
        self.show(progress, memory);
        let at = state.borrow().watched_for();
        let look = self.gather(at, progress, is_last, memory).await;
        let (next, id) = {
            let mut state = state.borrow_mut();
            let Some(proof) = &mut state.proof else { return Ok(pending(None)) };
            let next = proof.weigh(&look);
            (next, proof.id().map(str::to_owned))
        };
        context.learn_run(state, id.as_deref());
        Ok(match next {
            Next::Wait => pending(progress.percent.filter(|_| progress.status == TaskStatus::Checking)),
            Next::Doubt => {
                if !memory.has_said_doubt {
                    memory.has_said_doubt = true;
                    let label = display.label();
                    tracing::info!(
                        "{label}: status {} may be another run's result; looking again until that is clear",
                        progress.status.number().unwrap_or_default()
                    );
                }
                display.show("waiting for the right run to show", None);
                Step::Pending { floor: Duration::ZERO, ceiling: Some(DOUBT_GAP), progress: None }
            }
            Next::Ended(status) => Step::Done(Watched::Ended(status)),
            Next::Lost(lost) => Step::Done(Watched::Lost(lost)),
        })
    }

    fn show(&self, progress: Progress, memory: &mut Memory) {
        match progress.status {
            TaskStatus::Checking => self.display.show("checking", progress.percent),
            TaskStatus::NotChecked => self.display.show("no status yet", None),
            TaskStatus::Unknown(number) if !memory.has_said_unknown => {
                memory.has_said_unknown = true;
                let label = self.display.label();
                tracing::warn!(
                    "{label}: the service answers status {number}, which no page explains; waiting on"
                );
            }
            TaskStatus::Unknown(_) | TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped => {}
        }
    }

    /// Asks what else may show whose status this is.
    async fn gather(&self, at: Duration, progress: Progress, is_last: bool, memory: &mut Memory) -> Look {
        let wants_runs =
            self.state.borrow().proof.as_ref().is_some_and(|proof| proof.wants_runs(at, &progress));
        // The last poll has little time, and its answer is to be weighed.
        let tries = if is_last { 1 } else { JOBS_TRIES };
        let runs = if wants_runs { self.runs(tries).await } else { Runs::NotAsked };
        let run = {
            let state = self.state.borrow();
            state.proof.as_ref().and_then(|proof| proof.wants_answer(&progress, &runs)).map(str::to_owned)
        };
        let is_due = memory.asked_in_vain.is_none_or(|asked| asked.elapsed() >= ANSWER_GAP);
        let about_run = match run.filter(|_| is_due && !is_last) {
            Some(run) => {
                let answer = timeout(ANSWER_LIMIT, self.ask_about(&run)).await.ok().flatten();
                memory.asked_in_vain = answer.is_none().then(Instant::now);
                answer
            }
            None => None,
        };
        Look { at, progress, runs, about_run, is_last }
    }

    /// The latest runs.
    async fn runs(&self, tries: u32) -> Runs {
        let service = self.context.service;
        for number in 1..=tries {
            match timeout(JOBS_LIMIT, service.last_jobs(self.task, Instant::now())).await {
                Ok(Ok(Some(runs))) => return Runs::Listed(runs),
                Ok(Ok(None)) => return Runs::Missing,
                Ok(Err(_)) | Err(_) => sleep(service.backoff().after(number, None)).await,
            }
        }
        Runs::Down
    }

    /// What the service answers about a run, if it is seen to obey the id in the question (older servers ignore it): it must know
    /// nothing of a run that cannot exist while it knows the task, several times. A null alone is also shown in passing.
    async fn ask_about(&self, run: &str) -> Option<TaskStatus> {
        let service = self.context.service;
        let mut status = None;
        for _ in 0..OBEDIENCE_ROUNDS {
            let plain = service.progress(self.task, None).await.ok()?.status;
            let impossible = match service.progress(self.task, Some(IMPOSSIBLE_RUN)).await {
                Ok(progress) => progress.status,
                Err(error) if matches!(error.failure, Failure::Rejected | Failure::NotFound) => {
                    TaskStatus::NotChecked
                }
                Err(_) => return None,
            };
            let about = service.progress(self.task, Some(run)).await.ok()?.status;
            if !obeys_id(plain, impossible, about) || *status.get_or_insert(about) != about {
                return None;
            }
        }
        status
    }
}

/// How the wait for a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Watched {
    /// The run ended like this.
    Ended(TaskStatus),
    /// How it ended cannot be learned.
    Lost(Lost),
}

/// What is remembered from poll to poll.
#[derive(Default)]
struct Memory {
    /// When the service last did not answer about the run by its id.
    asked_in_vain: Option<Instant>,
    streak: Streak,
    has_said_doubt: bool,
    has_said_unknown: bool,
}

fn pending<T>(percent: Option<f64>) -> Step<T> {
    Step::Pending { floor: Duration::ZERO, ceiling: None, progress: percent.map(|percent| percent / 100.0) }
}
