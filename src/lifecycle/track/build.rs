//! A CodeArts Build job as a remote job: how a build is started or found, watched, stopped, and what its end means.

use super::build_end::conclude;
use super::remote_job::{Begun, Ownership, RemoteJob};
use crate::codearts::Id;
use crate::codearts::build_log::BuildLog;
use crate::codearts::build_start::{StartError, Started};
use crate::codearts::builds::{BuildState, Sources};
use crate::codearts::start_once::{BrokenOff, StartLimits};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::build_environment::BuildEnvironment;
use crate::lifecycle::collect::build::{BuildEvidence, EndedBuild};
use crate::lifecycle::polling::{Streak, pending};
use crate::lifecycle::report::{BuildReport, JobReport, Verdict, problem};
use crate::log_problem;
use crate::messages::{Activity, BatchNote, BuildMessage, JobHint, WaitCost};
use crate::model::outcome::Outcome;
use crate::model::policy::{GivenUp, StopOnCancel};
use crate::wait::{End, Pacer, Step};
use std::cell::RefCell;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Pause between two looks at a log that is followed.
const FOLLOW_PAUSE: Duration = Duration::from_secs(5);
/// A build that was started a moment ago and that the service does not know yet is waited for this long.
const UNKNOWN_LIMIT: Duration = Duration::from_secs(30);
/// Polls in a row that find an undocumented word, while nothing runs, before it counts as the end.
const UNDOCUMENTED_POLLS: u32 = 3;

/// A build job.
pub(crate) struct BuildJob<'a> {
    environment: &'a BuildEnvironment<'a>,
    id: &'a Id,
    display: TaskDisplay,
    /// The log, while it is followed beside the polls, and for its end.
    log: Mutex<Option<BuildLog<'a>>>,
}

/// What is known of the build while it is tracked.
#[derive(Debug, Default)]
pub(crate) struct TrackedBuild {
    number: Option<u64>,
    ownership: Ownership,
    state: Option<BuildState>,
    /// When this process started it.
    started_at: Option<Instant>,
    /// Whether there is nothing (more) to stop.
    has_ended: bool,
    sources: Sources,
    undocumented: u32,
    streak: Streak,
}

impl RemoteJob for BuildJob<'_> {
    type Run = TrackedBuild;
    type End = BuildState;
    type Report = BuildReport;

    fn look(&self, build: &mut TrackedBuild) {
        if let Some(number) = self.environment.settings.build_no {
            self.learn(build, number);
        }
    }

    async fn start(&self, build: &mut TrackedBuild, limits: &StartLimits<'_>) -> Begun {
        let Some(request) = &self.environment.settings.request else {
            self.look(build);
            return Begun::Watching;
        };
        self.display.show(Activity::StartingBuild, None);
        match self.environment.service.start_build(self.id, request, limits).await {
            Ok(Started { number, is_certain }) => {
                build.ownership = if is_certain { Ownership::Own } else { Ownership::Uncertain };
                build.started_at = Some(Instant::now());
                if !is_certain {
                    tracing::warn!("{}: {}", self.display.label(), BuildMessage::StartUnanswered(number));
                }
                self.learn(build, number);
                Begun::Watching
            }
            Err(StartError::NotStarted(error)) => Begun::Concluded(error.into()),
            Err(StartError::Perhaps { error, appeared }) => {
                // Without its number it cannot be stopped either.
                build.ownership = Ownership::Uncertain;
                let verdict = Verdict::from(error).within(|why| BuildMessage::StartUnknown { appeared, why });
                Begun::Concluded(match appeared {
                    Some(_) => verdict.hint(JobHint::UniqueParameter),
                    None => verdict,
                })
            }
            Err(StartError::BrokenOff { why, is_sent }) => {
                if is_sent {
                    build.ownership = Ownership::Uncertain;
                }
                match why {
                    BrokenOff::Cancelled => Begun::Cancelled,
                    BrokenOff::TimedOut => {
                        Begun::Concluded(Verdict::new(Outcome::TimedOut, BuildMessage::StartTimedOut))
                    }
                }
            }
        }
    }

    fn name(&self, build: &TrackedBuild) -> Option<String> {
        build.number.map(|number| number.to_string())
    }

    fn ownership(&self, build: &TrackedBuild) -> Ownership {
        build.ownership
    }

    fn is_watched(&self, build: &TrackedBuild) -> bool {
        build.number.is_some()
    }

    async fn poll(&self, build: &mut TrackedBuild) -> Result<Step<BuildState>, CallError> {
        let answer = self.look_at(build).await;
        build.streak.note(&answer, &self.display);
        answer
    }

    /// Shows the log as it is written, if that is wanted.
    async fn beside(
        &self,
        _: &RefCell<Pacer>,
        _: Ownership,
        name: watch::Receiver<Option<String>>,
    ) -> Verdict {
        let BuildEnvironment { service, settings, deadline } = self.environment;
        loop {
            let number = name.borrow().as_deref().and_then(|name| name.parse().ok());
            if let Some(number) = number.filter(|_| settings.follow) {
                let mut log = self.log.lock().await;
                let log = log.get_or_insert_with(|| BuildLog::new(service, self.id, number));
                let show = |line: &str| self.display.say(&format!(" | {line}"));
                if let Err(error) = log.read(false, *deadline, show).await {
                    tracing::debug!("{}", problem(BuildMessage::LogAgain, &error));
                }
            }
            sleep(service.backoff().cap(FOLLOW_PAUSE)).await;
        }
    }

    async fn stop(&self, build: &mut TrackedBuild, why: GivenUp) {
        let label = self.display.label();
        let stops = match self.environment.settings.stop_on_cancel {
            StopOnCancel::Auto => build.ownership == Ownership::Own,
            StopOnCancel::Always => why != GivenUp::NoResult || build.ownership == Ownership::Own,
            StopOnCancel::Never => false,
        };
        match build.number {
            None if build.ownership == Ownership::Uncertain => {
                tracing::warn!("{label}: {}", BuildMessage::UnknownNotStopped(why));
            }
            Some(number) if stops && !build.has_ended => {
                match self.environment.service.stop_build(self.id, number).await {
                    Ok(()) => {
                        let text = format!("{label}: {}", BuildMessage::StopRequested { number, why });
                        self.display.log_counted(BatchNote::StoppedBuilds, &text);
                    }
                    Err(error) => log_problem!(warn, label, problem(BuildMessage::StopFailed, &error)),
                }
                build.has_ended = true;
            }
            None | Some(_) => {}
        }
    }

    fn conclude(&self, build: &TrackedBuild, end: End<BuildState, CallError>, cost: WaitCost) -> Verdict {
        conclude(end, build.state.as_ref(), self.environment.settings.timeout, cost)
    }

    async fn collect(&self, build: TrackedBuild, job: JobReport, cancel: &CancellationToken) -> BuildReport {
        let outcome = job.verdict.as_ref().map(|verdict| verdict.outcome);
        let mut evidence = BuildEvidence::default();
        if let (Some(number), Some(outcome)) = (build.number, outcome) {
            let ended = EndedBuild {
                environment: self.environment,
                job: self.id,
                display: &self.display,
                number,
                outcome,
                is_over: build.has_ended,
            };
            let log = self.log.lock().await.take();
            evidence = cancel.run_until_cancelled(ended.collect(log)).await.unwrap_or_default();
        }
        let BuildEvidence { failing_steps, log_tail, packages } = evidence;
        if let Some(outcome) = outcome {
            self.display.end(outcome == Outcome::Passed);
        }
        let status = build.state.map(|state| state.word().to_owned());
        BuildReport { job, number: build.number, status, failing_steps, log_tail, packages }
    }
}

impl<'a> BuildJob<'a> {
    /// A job that nothing was asked about yet.
    pub(crate) fn new(environment: &'a BuildEnvironment<'a>, id: &'a Id, display: TaskDisplay) -> Self {
        Self { environment, id, display, log: Mutex::default() }
    }

    /// Notes the number of the build.
    fn learn(&self, build: &mut TrackedBuild, number: u64) {
        tracing::info!("{}: {}", self.display.label(), BuildMessage::Named(number));
        build.number = Some(number);
    }

    async fn look_at(&self, build: &mut TrackedBuild) -> Result<Step<BuildState>, CallError> {
        let BuildEnvironment { service, settings, .. } = self.environment;
        let number = match build.number {
            Some(number) => number,
            None => match service.latest_build(self.id).await? {
                Some(number) => {
                    self.learn(build, number);
                    number
                }
                None => {
                    self.display.show(Activity::AwaitingBuild, None);
                    return Ok(pending(None));
                }
            },
        };
        let grace = UNKNOWN_LIMIT.min(settings.timeout.time / 2);
        let is_new = build.started_at.is_some_and(|started| started.elapsed() < grace);
        let state = match service.build_state(self.id, number, &mut build.sources).await {
            Err(error) if is_new && matches!(error.failure, Failure::NotFound | Failure::Rejected) => {
                tracing::debug!("{}", problem(BuildMessage::NotKnownYet, &error));
                return Ok(pending(None));
            }
            answer => answer?,
        };
        build.state = Some(state.clone());
        match state {
            BuildState::Running => {
                build.undocumented = 0;
                self.display.show(Activity::Building, None);
                Ok(pending(None))
            }
            BuildState::Unknown(_) => {
                build.undocumented += 1;
                // The one question that the job as a whole can answer: whether anything runs at all.
                let is_over = build.undocumented >= UNDOCUMENTED_POLLS
                    && matches!(service.is_job_running(self.id, Instant::now()).await, Ok(false));
                build.has_ended = is_over;
                Ok(if is_over { Step::Done(state) } else { pending(None) })
            }
            BuildState::Succeeded | BuildState::Failed | BuildState::Stopped => {
                build.has_ended = true;
                Ok(Step::Done(state))
            }
        }
    }
}
