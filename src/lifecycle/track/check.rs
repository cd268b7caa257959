//! A check task as a remote job: how a run is started or found, watched, stopped, and what its end means.

use super::check_end::{Limits, Watched, conclude};
use super::check_poll::Poller;
use super::check_stop::stop;
use super::remote_job::{Begun, GivenUp, Ownership, RemoteJob};
use crate::codearts::Id;
use crate::codearts::errors::{explained, outcome_of};
use crate::codearts::proof::{Patience, Proof};
use crate::codearts::runs::{StartError, Started};
use crate::codearts::start_once::{BrokenOff, StartLimits};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun};
use crate::lifecycle::collect::collect;
use crate::lifecycle::polling::{pending, poll_error};
use crate::lifecycle::report::{JobReport, TaskReport, Verdict};
use crate::model::outcome::Outcome;
use crate::model::policy::IfRunning;
use crate::text::count;
use crate::wait::{End, Pacer, Step};
use std::cell::RefCell;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Pause before another start after one that was refused because of an active run.
const QUEUE_PAUSE: Duration = Duration::from_secs(5);

/// A check task.
pub(crate) struct CheckTask<'a> {
    environment: &'a CheckEnvironment<'a>,
    id: &'a Id,
    display: TaskDisplay,
    /// Rings after a poll that found the run going on.
    is_pending: Notify,
}

/// What is known of the run while it is tracked.
#[derive(Debug, Default)]
pub(crate) struct TrackedRun {
    /// Nothing before something is watched.
    run: Option<CheckRun>,
    ownership: Ownership,
    /// Whether there is nothing (more) to stop.
    has_ended: bool,
    poller: Poller,
}

impl RemoteJob for CheckTask<'_> {
    type Run = TrackedRun;
    type End = Watched;
    type Report = TaskReport;

    fn look(&self, run: &mut TrackedRun) {
        self.watch(run, Ownership::Attached, Proof::shown(self.patience()));
    }

    async fn start(&self, run: &mut TrackedRun, limits: &StartLimits<'_>) -> Begun {
        let label = self.display.label();
        let mut refusals = 0;
        loop {
            self.display.show("starting a run", None);
            let (before, seen_running) = match self.environment.service.start_run(self.id, limits).await {
                Ok((Started::Named(id), before)) => {
                    self.watch(run, Ownership::Own, Proof::started(self.patience(), id, before));
                    return Begun::Watching;
                }
                Ok((Started::Unnamed { seen_running }, before)) => {
                    let text = format!(
                        "{label}: CodeArts did not name the run that it started; the run that appears now is waited for, but not stopped"
                    );
                    self.display.tell("starts without an answer", &text);
                    let proof = Proof::unnamed(self.patience(), before, seen_running);
                    self.watch(run, Ownership::Uncertain, proof);
                    return Begun::Watching;
                }
                Err(StartError::Active { before, seen_running }) => (before, seen_running),
                Err(StartError::NotStarted(error)) => {
                    return Begun::Concluded(Verdict::new(outcome_of(&error), explained(&error)));
                }
                Err(StartError::Perhaps(error)) => {
                    run.ownership = Ownership::Uncertain;
                    let reason =
                        format!("could not determine whether a run was started: {}", explained(&error));
                    return Begun::Concluded(Verdict::new(outcome_of(&error), reason));
                }
                Err(StartError::BrokenOff { why, is_sent }) => {
                    if is_sent {
                        run.ownership = Ownership::Uncertain;
                    }
                    return match why {
                        BrokenOff::Cancelled => Begun::Cancelled,
                        BrokenOff::TimedOut => Begun::Concluded(Verdict::new(
                            Outcome::TimedOut,
                            "`--timeout` expired while the run was being started",
                        )),
                    };
                }
            };
            match self.environment.settings.if_running {
                IfRunning::Attach => {
                    let text = format!("{label}: a run is active already; waiting for that one");
                    self.display.tell("runs that were active already", &text);
                    let proof = Proof::unnamed(self.patience(), before, seen_running);
                    self.watch(run, Ownership::Attached, proof);
                    return Begun::Watching;
                }
                IfRunning::Fail => {
                    // Not waited for, so not stopped either.
                    run.has_ended = true;
                    let reason = "a run is active already (`--if-running fail`)";
                    return Begun::Concluded(Verdict::new(Outcome::TimedOut, reason));
                }
                IfRunning::Queue => {
                    refusals += 1;
                    if refusals == 1 {
                        let text =
                            format!("{label}: a run is active already; starting another when it has ended");
                        self.display.tell("runs that were active already", &text);
                    }
                    let queued = tokio::select! {
                        queued = self.queue(refusals) => queued,
                        () = limits.cancel.cancelled() => return Begun::Cancelled,
                    };
                    if let Err(verdict) = queued {
                        return Begun::Concluded(verdict);
                    }
                }
            }
        }
    }

    fn name(&self, tracked: &TrackedRun) -> Option<String> {
        tracked.run.as_ref()?.id.clone()
    }

    fn ownership(&self, tracked: &TrackedRun) -> Ownership {
        tracked.ownership
    }

    fn is_watched(&self, tracked: &TrackedRun) -> bool {
        tracked.run.is_some()
    }

    async fn poll(&self, tracked: &mut TrackedRun) -> Result<Step<Watched>, CallError> {
        let Some(run) = &mut tracked.run else { return Ok(pending(None)) };
        let step = tracked.poller.poll(self.environment, self.id, &self.display, run).await?;
        match step {
            // What runs after the end, if anything does, is another run.
            Step::Done(_) => tracked.has_ended = true,
            Step::Pending { .. } => self.is_pending.notify_one(),
        }
        Ok(step)
    }

    /// Beside the first gap: how long earlier runs took, to know when this one may end. Not of somebody else's run: when that
    /// began is not known.
    async fn beside(
        &self,
        pacer: &RefCell<Pacer>,
        ownership: Ownership,
        _: watch::Receiver<Option<String>>,
    ) -> Infallible {
        let CheckEnvironment { service, project_id, deadline, .. } = self.environment;
        self.is_pending.notified().await;
        let is_own = ownership == Ownership::Own;
        if let Some(project) = project_id.filter(|_| is_own && pacer.borrow().is_automatic()) {
            match service.past_durations(project, self.id, *deadline).await {
                Ok(durations) => {
                    let runs = count(durations.len() as u64, "earlier run");
                    tracing::debug!("{}: the durations of {runs} are known", self.display.label());
                    pacer.borrow_mut().learn_history(&durations);
                }
                Err(error) => tracing::debug!("{error}; nothing is known of earlier runs"),
            }
        }
        std::future::pending().await
    }

    async fn stop(&self, tracked: &mut TrackedRun, why: GivenUp) {
        if !tracked.has_ended {
            let about = (tracked.ownership, tracked.run.as_ref());
            stop(self.environment, self.id, self.display.label(), about, why).await;
        }
        tracked.has_ended = true;
    }

    fn conclude(&self, tracked: &TrackedRun, end: End<Watched, CallError>, figures: &str) -> Verdict {
        let settings = self.environment.settings;
        let limits = Limits { timeout: settings.timeout, starts: settings.start };
        conclude(end, tracked.run.as_ref().and_then(|run| run.status), limits, figures)
    }

    async fn collect(
        &self,
        tracked: TrackedRun,
        mut job: JobReport,
        cancel: &CancellationToken,
    ) -> TaskReport {
        let run = tracked.run.as_ref();
        let (verdict, evidence) =
            collect(self.environment, self.id, run, &self.display, job.verdict.take(), cancel).await;
        job.verdict = verdict;
        if let Some(verdict) = &job.verdict {
            self.display.end(verdict.outcome == Outcome::Passed);
        }
        let (run_id, status) = tracked.run.map(|run| (run.id, run.status)).unwrap_or_default();
        TaskReport { job, run_id, status, evidence }
    }
}

impl<'a> CheckTask<'a> {
    /// A task that nothing was asked about yet.
    pub(crate) fn new(environment: &'a CheckEnvironment<'a>, id: &'a Id, display: TaskDisplay) -> Self {
        Self { environment, id, display, is_pending: Notify::new() }
    }

    fn watch(&self, tracked: &mut TrackedRun, ownership: Ownership, proof: Proof) {
        let run = CheckRun::new(proof);
        if let Some(id) = &run.id {
            tracing::info!("{}: run {id}", self.display.label());
        }
        tracked.ownership = ownership;
        tracked.run = Some(run);
    }

    /// How long doubtful statuses must stand; tests cannot sit through it.
    fn patience(&self) -> Patience {
        let settings = self.environment.settings;
        let patience = settings.max_doubt.map_or_else(Patience::default, Patience::scaled);
        patience.with_polls_every(settings.schedule.usual_gap())
    }

    /// Waits until no run shows as active. Where the status is behind, the next start is refused again, so each refusal
    /// costs a growing pause.
    async fn queue(&self, refusals: u32) -> Result<(), Verdict> {
        let CheckEnvironment { service, waiter, settings, deadline, .. } = self.environment;
        self.display.show("queued behind another run", None);
        let pause = service.backoff().after(refusals, Some(QUEUE_PAUSE));
        sleep_until((*deadline).min(Instant::now() + pause)).await;
        let pacer = RefCell::new(Pacer::new(settings.schedule));
        let looking = waiter.wait(&pacer, *deadline, true, async || {
            let progress = service.progress(self.id, None).await.map_err(poll_error)?;
            self.display.show("queued behind another run", progress.percent);
            Ok(if progress.status.is_final() { Step::Done(()) } else { pending(progress.percent) })
        });
        match looking.await.end {
            End::Done(()) => Ok(()),
            End::TimedOut => Err(Verdict::new(
                Outcome::TimedOut,
                "another run was still active when `--timeout` expired, so no run was started",
            )),
            End::Refused(error) | End::Lost(Some(error)) => {
                Err(Verdict::new(outcome_of(&error), explained(&error)))
            }
            End::Lost(None) => Err(Verdict::new(Outcome::Unavailable, "CodeArts stopped responding")),
        }
    }
}
