//! A check task as a remote job: how a run is started or found, watched, stopped, and what its end means.

use super::check_end::{Limits, Watched, conclude};
use super::check_poll::Poller;
use super::check_stop::stop;
use super::remote_job::{Begun, Ownership, RemoteJob};
use crate::codearts::Id;
use crate::codearts::proof::{Patience, Proof};
use crate::codearts::runs::{StartError, Started};
use crate::codearts::start_once::{BrokenOff, StartLimits};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun};
use crate::lifecycle::collect::collect;
use crate::lifecycle::polling::{lost, pending, poll_error, wait_cost};
use crate::lifecycle::report::{JobReport, TaskReport, Verdict, problem};
use crate::messages::{Activity, BatchNote, JobHint, RunMessage, WaitCost};
use crate::model::outcome::Outcome;
use crate::model::policy::{GivenUp, IfRunning};
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
        let mut refusals = 0;
        loop {
            self.display.show(Activity::StartingRun, None);
            let (before, seen_running) = match self.environment.service.start_run(self.id, None, limits).await
            {
                Ok((Started::Named(id), before)) => {
                    self.watch(run, Ownership::Own, Proof::started(self.patience(), id, before));
                    return Begun::Watching;
                }
                Ok((Started::Unnamed { seen_running }, before)) => {
                    self.log_counted(BatchNote::UnnamedStarts, RunMessage::StartUnnamed);
                    let proof = Proof::unnamed(self.patience(), before, seen_running);
                    self.watch(run, Ownership::Uncertain, proof);
                    return Begun::Watching;
                }
                Err(StartError::Active { before, seen_running }) => (before, seen_running),
                Err(StartError::NotStarted(error)) => {
                    return Begun::Concluded(error.into());
                }
                Err(StartError::Perhaps(error)) => {
                    run.ownership = Ownership::Uncertain;
                    return Begun::Concluded(Verdict::from(error).within(RunMessage::StartUnknown));
                }
                Err(StartError::BrokenOff { why, is_sent }) => {
                    if is_sent {
                        run.ownership = Ownership::Uncertain;
                    }
                    return match why {
                        BrokenOff::Cancelled => Begun::Cancelled,
                        BrokenOff::TimedOut => {
                            Begun::Concluded(Verdict::new(Outcome::TimedOut, RunMessage::StartTimedOut))
                        }
                    };
                }
            };
            match self.environment.settings.if_running {
                IfRunning::Attach => {
                    self.log_counted(BatchNote::ActiveRuns, RunMessage::Attached);
                    let proof = Proof::unnamed(self.patience(), before, seen_running);
                    self.watch(run, Ownership::Attached, proof);
                    return Begun::Watching;
                }
                IfRunning::Fail => {
                    // Not waited for, so not stopped either.
                    run.has_ended = true;
                    let verdict = Verdict::new(Outcome::TimedOut, RunMessage::ActiveAlready);
                    return Begun::Concluded(verdict.hint(JobHint::AfterActiveRun));
                }
                IfRunning::Queue => {
                    refusals += 1;
                    if refusals == 1 {
                        self.log_counted(BatchNote::ActiveRuns, RunMessage::Queued);
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
                    let known = RunMessage::DurationsKnown(durations.len() as u64);
                    tracing::debug!("{}: {known}", self.display.label());
                    pacer.borrow_mut().learn_history(&durations);
                }
                Err(error) => tracing::debug!("{}", problem(RunMessage::DurationsUnknown, &error)),
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

    fn conclude(&self, tracked: &TrackedRun, end: End<Watched, CallError>, cost: WaitCost) -> Verdict {
        let settings = self.environment.settings;
        let limits = Limits { timeout: settings.timeout, starts: settings.start };
        conclude(end, tracked.run.as_ref().and_then(|run| run.status), limits, cost)
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

    /// Logs an event that is counted in a batch.
    fn log_counted(&self, note: BatchNote, message: RunMessage) {
        self.display.log_counted(note, &format!("{}: {message}", self.display.label()));
    }

    fn watch(&self, tracked: &mut TrackedRun, ownership: Ownership, proof: Proof) {
        let run = CheckRun::new(proof);
        if let Some(id) = &run.id {
            tracing::info!("{}: {}", self.display.label(), RunMessage::Named(id.clone()));
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
        self.display.show(Activity::Queued, None);
        let pause = service.backoff().after(refusals, Some(QUEUE_PAUSE));
        sleep_until((*deadline).min(Instant::now() + pause)).await;
        let pacer = RefCell::new(Pacer::new(settings.schedule));
        let looking = waiter.wait(&pacer, *deadline, true, async || {
            let progress = service.progress(self.id, None).await.map_err(poll_error)?;
            self.display.show(Activity::Queued, progress.percent);
            Ok(if progress.status.is_final() { Step::Done(()) } else { pending(progress.percent) })
        });
        let waited = looking.await;
        let cost = wait_cost(&waited);
        match waited.end {
            End::Done(()) => Ok(()),
            End::TimedOut => Err(Verdict::new(Outcome::TimedOut, RunMessage::QueueTimedOut)),
            End::Lost(error) => Err(lost(error, cost)),
            End::Refused(error) => Err(error.into()),
        }
    }
}
