//! One build job from start to verdict: begin, wait, explain. What is known is noted at once, so that a cancelled process can still
//! tell it.

use crate::codearts::build_log::BuildLog;
use crate::codearts::build_start::{BuildRequest, StartError, Started};
use crate::codearts::builds::{BuildState, Sources};
use crate::codearts::errors::{explained, outcome_of};
use crate::codearts::{Id, Service};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::track::polling::{Streak, cost, trouble};
use crate::lifecycle::track::task::Ownership;
use crate::model::outcome::Outcome;
use crate::model::policy::StopOnCancel;
use crate::report::result::{PackageResult, WaitResult};
use crate::settings::BuildSettings;
use crate::wait::{End, Pacer, Step, Waiter};
use futures_util::future::join;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// Pause between two looks at a log that is followed.
const FOLLOW_PAUSE: Duration = Duration::from_secs(5);
/// A build of ours that the service does not know yet is waited for this long.
const UNKNOWN_LIMIT: Duration = Duration::from_secs(30);
/// Polls in a row that find a word no page explains, while nothing runs, before it counts as the end.
const STRANGE_POLLS: u32 = 3;

/// What is known of one job.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) label: String,
    pub(crate) build_no: Option<u64>,
    pub(crate) ownership: Ownership,
    pub(crate) state: Option<BuildState>,
    pub(crate) conclusion: Option<(Outcome, String)>,
    pub(crate) failing_steps: Vec<String>,
    pub(crate) log_tail: Vec<String>,
    pub(crate) packages: Vec<PackageResult>,
    pub(crate) wait: Option<WaitResult>,
    /// When our own was started.
    pub(crate) started_at: Option<Instant>,
    /// Whether there is nothing (more) to stop.
    pub(crate) has_ended: bool,
}

/// What all jobs share.
pub(crate) struct Context<'a> {
    pub(crate) service: &'a Service,
    pub(crate) waiter: &'a Waiter,
    pub(crate) settings: &'a BuildSettings,
    pub(crate) all: &'a [RefCell<Progress>],
    pub(crate) deadline: Instant,
    /// Set when nothing new may be begun.
    pub(crate) is_cancelled: Cell<bool>,
}

/// One job, and what is known of it.
pub(crate) struct Build<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) job: &'a Id,
    pub(crate) progress: &'a RefCell<Progress>,
    pub(crate) display: TaskDisplay,
}

/// What is remembered from poll to poll.
#[derive(Default)]
struct Memory {
    sources: Sources,
    strange: u32,
    streak: Streak,
}

impl Build<'_> {
    /// Takes the job to its verdict, and then tells more about it.
    pub(crate) async fn run(&self) {
        let mut log = None;
        let conclusion = match self.find().await {
            Ok(()) => self.wait(&mut log).await,
            Err(conclusion) => conclusion,
        };
        let outcome = conclusion.0;
        self.progress.borrow_mut().conclusion = Some(conclusion);
        match outcome {
            Outcome::Passed | Outcome::BuildFailed | Outcome::Stopped => {}
            Outcome::TimedOut => self.give_up("timeout").await,
            _ if self.progress.borrow().ownership != Ownership::Own => {}
            _ => self.give_up("its result can not be had").await,
        }
        let deadline = Instant::now() + self.context.settings.explain_limit;
        match outcome {
            Outcome::Passed => {
                join(self.finish_log(false, log, deadline), self.read_packages(deadline)).await;
            }
            Outcome::BuildFailed => {
                join(self.finish_log(true, log, deadline), self.read_failing_steps(deadline)).await;
            }
            _ => self.finish_log(false, log, deadline).await,
        }
        self.display.end(outcome == Outcome::Passed);
    }

    /// Starts a build, or notes which one to attach to, if that is known.
    async fn find(&self) -> Result<(), (Outcome, String)> {
        let Some(request) = &self.context.settings.request else {
            if let Some(number) = self.context.settings.build_no {
                self.learn(number);
            }
            return Ok(());
        };
        self.display.show("starting a build", None);
        let deadline = self.context.deadline;
        let Ok(started) = timeout_at(deadline, self.start(request)).await else {
            return Err((
                Outcome::TimedOut,
                "`--timeout` ran out while the build was being started".to_owned(),
            ));
        };
        match started {
            Ok(Started { number, is_certain }) => {
                {
                    let mut progress = self.progress.borrow_mut();
                    progress.ownership = if is_certain { Ownership::Own } else { Ownership::Uncertain };
                    progress.started_at = Some(Instant::now());
                }
                if !is_certain {
                    tracing::warn!(
                        "{}: the answer to the start was lost; build {number} was started with the same input, so it is waited for, but never stopped",
                        self.display.label()
                    );
                }
                self.learn(number);
                Ok(())
            }
            Err(StartError::NotStarted(error)) => {
                self.progress.borrow_mut().ownership = Ownership::Attached;
                Err((outcome_of(&error), explained(&error)))
            }
            Err(StartError::Perhaps { error, appeared }) => {
                // Without its number it cannot be stopped either.
                self.progress.borrow_mut().ownership = Ownership::Uncertain;
                let seen = appeared.map(|number| format!(
                    "build {number} appeared since, but its record does not show that this job started it; a parameter with a value of its own, such as the pipeline's id, would show it; "
                ));
                let reason = format!(
                    "it is not known whether a build was started: {}{}",
                    seen.unwrap_or_default(),
                    explained(&error)
                );
                Err((outcome_of(&error), reason))
            }
        }
    }

    async fn start(&self, request: &BuildRequest) -> Result<Started, StartError> {
        let Context { service, deadline, is_cancelled, .. } = self.context;
        let sending = || {
            if is_cancelled.get() {
                return false;
            }
            self.progress.borrow_mut().ownership = Ownership::Starting;
            true
        };
        service.start_build(self.job, request, *deadline, sending).await
    }

    /// Notes the number of the build, says it, and tells it to later steps at once.
    fn learn(&self, number: u64) {
        {
            let mut progress = self.progress.borrow_mut();
            tracing::info!("{}: build {number}", progress.label);
            progress.build_no = Some(number);
        }
        if let Some(publisher) = &self.context.settings.publish {
            let numbers = self.context.all.iter().filter_map(|one| Some(one.borrow().build_no?.to_string()));
            // The same file is written at the end, and trouble is told then.
            let _ = publisher.write_outputs(&[("build-no", numbers.collect::<Vec<_>>().join(","))]);
        }
    }

    /// Waits for the end and says what it means.
    async fn wait<'log>(&'log self, log: &mut Option<BuildLog<'log>>) -> (Outcome, String) {
        let Context { settings, waiter, deadline, .. } = self.context;
        let is_started = self.progress.borrow().started_at.is_some();
        let mut memory = Memory::default();
        let pacer = RefCell::new(Pacer::new(settings.schedule));
        let polling = waiter
            .wait(&pacer, *deadline, is_started, async || self.poll(&mut memory).await.map_err(trouble));
        let waited = tokio::select! {
            waited = polling => waited,
            never = self.follow(log) => match never {},
        };
        self.progress.borrow_mut().wait = Some(cost(&waited));
        let figures = waited.figures();
        match waited.end {
            End::Done(state) => self.concluded(&state, &figures),
            End::TimedOut => (Outcome::TimedOut, self.timed_out()),
            End::Lost(Some(error)) => (outcome_of(&error), format!("{figures}: {}", explained(&error))),
            End::Lost(None) => (
                Outcome::Unavailable,
                format!("the service did not answer any more when the time ran out, {figures}"),
            ),
            End::Refused(error) => (outcome_of(&error), explained(&error)),
        }
    }

    fn concluded(&self, state: &BuildState, figures: &str) -> (Outcome, String) {
        self.progress.borrow_mut().has_ended = true;
        let word = state.word();
        match state {
            BuildState::Succeeded => (Outcome::Passed, format!("the build succeeded {figures}")),
            BuildState::Failed => (Outcome::BuildFailed, format!("the build failed {figures}")),
            BuildState::Stopped => (Outcome::Stopped, format!("the build was stopped {figures}")),
            BuildState::Running | BuildState::Unknown(_) => (
                Outcome::Unavailable,
                format!(
                    "the build ended as `{word}`, which no page explains, {figures}; look at it in the CodeArts console"
                ),
            ),
        }
    }

    fn timed_out(&self) -> String {
        let limit = self.context.settings.timeout;
        match &self.progress.borrow().state {
            Some(BuildState::Unknown(word)) => format!(
                "the service still answered `{word}`, which no page explains, when the {limit} ran out"
            ),
            Some(_) => format!("still building when the {limit} ran out"),
            None => {
                format!("never built when the {limit} ran out; start a build with `--start`")
            }
        }
    }

    /// One look at the build.
    async fn poll(&self, memory: &mut Memory) -> Result<Step<BuildState>, CallError> {
        let answer = self.look(memory).await;
        memory.streak.note(&answer, &self.display);
        answer
    }

    async fn look(&self, memory: &mut Memory) -> Result<Step<BuildState>, CallError> {
        let Context { service, .. } = self.context;
        let known = self.progress.borrow().build_no;
        let number = match known {
            Some(number) => number,
            None => match service.latest_build(self.job).await? {
                Some(number) => {
                    self.learn(number);
                    number
                }
                None => {
                    self.display.show("waiting for a first build", None);
                    return Ok(pending());
                }
            },
        };
        let grace = UNKNOWN_LIMIT.min(self.context.settings.timeout.time / 2);
        let is_new = self.progress.borrow().started_at.is_some_and(|started| started.elapsed() < grace);
        let state = match service.build_state(self.job, number, &mut memory.sources).await {
            Err(error) if is_new && matches!(error.failure, Failure::NotFound | Failure::Rejected) => {
                tracing::debug!("{error}; it was started a moment ago");
                return Ok(pending());
            }
            answer => answer?,
        };
        self.progress.borrow_mut().state = Some(state.clone());
        match state {
            BuildState::Running => {
                memory.strange = 0;
                self.display.show("building", None);
                Ok(pending())
            }
            BuildState::Unknown(_) => {
                memory.strange += 1;
                // The one question that the job as a whole can answer: whether anything runs at all.
                let is_over = memory.strange >= STRANGE_POLLS
                    && matches!(service.is_job_running(self.job, Instant::now()).await, Ok(false));
                Ok(if is_over { Step::Done(state) } else { pending() })
            }
            BuildState::Succeeded | BuildState::Failed | BuildState::Stopped => Ok(Step::Done(state)),
        }
    }

    /// Shows the log as it is written, if that is wanted; never ends.
    async fn follow<'log>(&'log self, log: &mut Option<BuildLog<'log>>) -> Infallible {
        let Context { service, settings, deadline, .. } = self.context;
        loop {
            let number = self.progress.borrow().build_no.filter(|_| settings.follow);
            if let Some(number) = number {
                let log = log.get_or_insert_with(|| BuildLog::new(service, self.job, number));
                if let Err(error) = log.read(false, *deadline, |line| self.show(line)).await {
                    tracing::debug!("{error}; the log is asked for again");
                }
            }
            sleep(service.backoff().cap(FOLLOW_PAUSE)).await;
        }
    }

    fn show(&self, line: &str) {
        self.display.say(&format!(" | {line}"));
    }

    /// What the log says at the end: all that was not shown yet where it is followed, the last lines of a failed build.
    async fn finish_log<'log>(&'log self, has_failed: bool, log: Option<BuildLog<'log>>, deadline: Instant) {
        let Context { service, settings, .. } = self.context;
        let number = self.progress.borrow().build_no.filter(|_| has_failed || settings.follow);
        let Some(number) = number else { return };
        let show = |line: &str| {
            if settings.follow {
                self.show(line);
            }
        };
        let is_over = self.progress.borrow().has_ended;
        let mut log = log.unwrap_or_else(|| BuildLog::new(service, self.job, number));
        match timeout_at(deadline, log.read(is_over, deadline, show)).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => tracing::warn!("{}: not all of the log could be read", self.display.label()),
            Ok(Err(error)) => tracing::warn!("{error}; the end of the log is missing"),
            Err(_) => tracing::warn!("{}: the log did not come in time", self.display.label()),
        }
        let tail = log.finish(show);
        if has_failed && !settings.follow {
            tail.iter().for_each(|line| self.show(line));
        }
        if has_failed {
            self.progress.borrow_mut().log_tail = tail;
        }
    }

    async fn read_failing_steps(&self, deadline: Instant) {
        let Some(number) = self.progress.borrow().build_no else { return };
        let asking = self.context.service.failing_build_steps(self.job, number, deadline);
        match timeout_at(deadline, asking).await {
            Ok(Ok(steps)) => self.progress.borrow_mut().failing_steps = steps,
            Ok(Err(error)) => tracing::warn!("{error}; which step failed is not known"),
            Err(_) => tracing::warn!("{}: the steps did not come in time", self.display.label()),
        }
    }

    /// What the build has made only decorates the result.
    async fn read_packages(&self, deadline: Instant) {
        let Some(number) = self.progress.borrow().build_no else { return };
        let asking = self.context.service.build_packages(self.job, number, deadline);
        match timeout_at(deadline, asking).await {
            Ok(Ok(packages)) => {
                let told = packages.into_iter().map(|package| PackageResult {
                    name: package.name,
                    version: package.version,
                    kind: package.kind,
                    uri: package.uri,
                });
                self.progress.borrow_mut().packages = told.collect();
            }
            Ok(Err(error)) => tracing::warn!("{error}; result.json names no packages"),
            Err(_) => tracing::warn!("{}: the packages did not come in time", self.display.label()),
        }
    }

    /// Stops the build that this process gives up on, if the settings say so. Trouble is only worth a warning.
    pub(crate) async fn give_up(&self, why: &str) {
        if self.progress.borrow().ownership == Ownership::Starting {
            let label = self.display.label();
            return tracing::warn!(
                "{label}: a build may have been started and goes on: its number is not known ({why})"
            );
        }
        let (label, number, is_ours, has_ended) = {
            let progress = self.progress.borrow();
            let is_ours = progress.ownership == Ownership::Own;
            (progress.label.clone(), progress.build_no, is_ours, progress.has_ended)
        };
        let stops = match self.context.settings.stop_on_cancel {
            StopOnCancel::Auto => is_ours,
            StopOnCancel::Always => true,
            StopOnCancel::Never => false,
        };
        let Some(number) = number.filter(|_| stops && !has_ended) else { return };
        match self.context.service.stop_build(self.job, number).await {
            Ok(()) => self.display.tell(
                "remote builds asked to stop",
                &format!("{label}: build {number} was asked to stop ({why})"),
            ),
            Err(error) => tracing::warn!("{error}; the build may go on"),
        }
        self.progress.borrow_mut().has_ended = true;
    }
}

const fn pending<T>() -> Step<T> {
    Step::Pending { floor: Duration::ZERO, ceiling: None, progress: None }
}
