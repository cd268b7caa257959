//! Starting a run of a check task, of the code of a pull request if that is asked for, or attaching to the one that is there.

use super::check_confirm::{first_ref, other_ref};
use super::check_stop::Stopper;
use super::merge_request::Preparation;
use super::remote_job::{Begun, Ownership};
use crate::codearts::Id;
use crate::codearts::before::Before;
use crate::codearts::errors::is_unknown_task;
use crate::codearts::proof::{Patience, Proof};
use crate::codearts::runs::{StartError, Started};
use crate::codearts::start_once::{BrokenOff, StartLimits};
use crate::console::TaskDisplay;
use crate::error::Problem;
use crate::lifecycle::check_run::{CheckRun, StartEnvironment};
use crate::lifecycle::polling::{lost, pending, poll_error, wait_cost};
use crate::lifecycle::report::{ReviewReport, ReviewTask, Verdict};
use crate::lifecycle::review::Review;
use crate::lifecycle::started;
use crate::messages::{Activity, BatchNote, JobHint, KeptBecause, ReviewMessage, RunMessage, ShownRef};
use crate::model::outcome::Outcome;
use crate::model::policy::{GivenUp, IfRunning};
use crate::model::pull_request::FetchRef;
use crate::report::run_file::StartedTask;
use crate::wait::{End, Pacer, Step};
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Pause before another start after one that was refused because of an active run.
const QUEUE_PAUSE: Duration = Duration::from_secs(5);

/// What is known of a run that was started or found.
#[derive(Debug, Default)]
pub(crate) struct StartedRun {
    /// Nothing before something is watched.
    pub(crate) run: Option<CheckRun>,
    pub(crate) ownership: Ownership,
    /// Whether there is nothing (more) to stop.
    pub(crate) has_ended: bool,
    /// Whether a run of this process may still be going on.
    pub(crate) may_run: bool,
    /// What is run instead of the named task, if a pull request is checked.
    pub(crate) review_task: Option<ReviewTask>,
    /// A merge-request task that was found, and is not there any more.
    pub(crate) gone: Option<Id>,
    /// How CodeArts was asked to fetch the pull request.
    pub(crate) fetch_ref: Option<FetchRef>,
    /// Whether another way is left.
    pub(crate) has_other_ref: bool,
    /// What the task showed before the start.
    pub(crate) before: Before,
}

impl StartedRun {
    /// The task that CodeArts is asked about.
    pub(crate) fn task<'t>(&'t self, named: &'t Id) -> &'t Id {
        self.review_task.as_ref().map_or(named, |task| &task.id)
    }

    /// Stops it, unless there is nothing (more) to stop.
    pub(crate) async fn stop(&mut self, stopper: &Stopper<'_>, named: &Id, label: &str, why: GivenUp) {
        if !self.has_ended {
            let about = (self.ownership, self.run.as_ref());
            self.may_run &= !stopper.stop(self.task(named), label, about, why).await;
        }
        self.has_ended = true;
    }

    /// What the file of `start` holds of it.
    pub(crate) fn entry(&self, task: &Id) -> StartedTask {
        let run = self.run.as_ref().and_then(|run| run.id.clone());
        let review = self.review_task.as_ref().map(|task| (task, self.fetch_ref, self.has_other_ref));
        started::entry(task, run, review, &self.before)
    }

    /// The merge-request task, as far as it matters when all is over.
    pub(crate) fn into_review(self) -> Option<(ReviewReport, Option<String>)> {
        let Self { run, may_run, review_task, fetch_ref, .. } = self;
        let kept = may_run.then_some(KeptBecause::PerhapsRunning);
        let report = ReviewReport { task: review_task?, fetch_ref, kept };
        Some((report, run.and_then(|run| run.id)))
    }

    /// The merge-request task, if it was there before, so that its maker may delete it; counts once.
    pub(super) fn found(&self) -> Option<&Id> {
        let found = self.review_task.as_ref().filter(|task| !task.is_created && self.gone.is_none());
        found.map(|task| &task.id)
    }
}

/// Starts runs of one task.
pub(crate) struct Starter<'a> {
    pub(crate) environment: StartEnvironment<'a>,
    /// The task that was named.
    pub(crate) id: &'a Id,
    pub(crate) display: &'a TaskDisplay,
}

impl Starter<'_> {
    /// Watches whatever is there.
    pub(super) fn attach(&self, run: &mut StartedRun) {
        self.watch(run, Ownership::Attached, Proof::shown(self.patience()));
    }

    /// Watches a run that was started before. `is_own`: whether it is this pipeline's.
    pub(super) fn resume(&self, run: &mut StartedRun, entry: &StartedTask, is_own: bool) {
        run.review_task = started::review_task(entry);
        if let Some(name) = run.review_task.as_ref().and_then(|task| task.parent_name.as_deref()) {
            self.display.name(name);
        }
        if let Some(task) = &entry.merge_request {
            run.fetch_ref = task.fetch_ref;
            run.has_other_ref = !task.ref_is_fixed;
        }
        run.may_run = true;
        run.before = started::before(entry);
        let before = run.before.clone();
        match &entry.run_id {
            Some(id) if is_own => {
                self.watch(run, Ownership::Own, Proof::started(self.patience(), id.clone(), before));
            }
            Some(id) => {
                self.watch(run, Ownership::Attached, Proof::asked_for(self.patience(), id.clone()));
            }
            None => self.watch(run, Ownership::Uncertain, Proof::unnamed(self.patience(), before, false)),
        }
    }

    /// Starts a run, once, and makes `run` the one to watch.
    pub(crate) async fn start(&self, run: &mut StartedRun, limits: &StartLimits<'_>) -> Begun {
        match self.begin(run, limits).await {
            Ok(()) => Begun::Watching,
            Err(begun) => begun,
        }
    }

    async fn begin(&self, run: &mut StartedRun, limits: &StartLimits<'_>) -> Result<(), Begun> {
        let is_new = run.review_task.is_none();
        if let Some(review) = self.environment.review {
            self.prepare(review, run, limits).await?;
        }
        let mut refusals = 0;
        loop {
            self.display.show(Activity::StartingRun, None);
            let task = run.task(self.id).clone();
            run.may_run = true;
            let (before, seen_running) =
                match self.environment.service.start_run(&task, run.fetch_ref, limits).await {
                    Ok((Started::Named(id), before)) => {
                        self.note_before(run, &before, is_new);
                        self.watch(run, Ownership::Own, Proof::started(self.patience(), id, before));
                        return Ok(());
                    }
                    Ok((Started::Unnamed { seen_running }, before)) => {
                        self.note_before(run, &before, is_new);
                        self.log_counted(BatchNote::UnnamedStarts, RunMessage::StartUnnamed);
                        let proof = Proof::unnamed(self.patience(), before, seen_running);
                        self.watch(run, Ownership::Uncertain, proof);
                        return Ok(());
                    }
                    Err(StartError::Active { before, seen_running }) => {
                        run.may_run = false;
                        (before, seen_running)
                    }
                    Err(StartError::NotStarted(error))
                        if is_unknown_task(&error) && run.found().is_some() =>
                    {
                        tracing::info!(
                            "{}: {}",
                            self.display.label(),
                            ReviewMessage::FoundIsGone(task.to_string())
                        );
                        run.gone = Some(task);
                        run.may_run = false;
                        self.find_task(run, limits).await?;
                        continue;
                    }
                    Err(StartError::NotStarted(error)) => {
                        run.may_run = false;
                        return Err(Begun::Concluded(error.into()));
                    }
                    Err(StartError::Perhaps(error)) => {
                        run.ownership = Ownership::Uncertain;
                        return Err(Begun::Concluded(Verdict::from(error).within(RunMessage::StartUnknown)));
                    }
                    Err(StartError::BrokenOff { why, is_sent }) => {
                        run.may_run = is_sent;
                        if is_sent {
                            run.ownership = Ownership::Uncertain;
                        }
                        return Err(match why {
                            BrokenOff::Cancelled => Begun::Cancelled,
                            BrokenOff::TimedOut => {
                                Begun::Concluded(Verdict::new(Outcome::TimedOut, RunMessage::StartTimedOut))
                            }
                        });
                    }
                };
            match self.environment.settings.if_running {
                IfRunning::Attach => {
                    self.log_counted(BatchNote::ActiveRuns, RunMessage::Attached);
                    run.before = before.clone();
                    let proof = Proof::unnamed(self.patience(), before, seen_running);
                    self.watch(run, Ownership::Attached, proof);
                    return Ok(());
                }
                IfRunning::Fail => {
                    // Not waited for, so not stopped either.
                    run.has_ended = true;
                    let verdict = Verdict::new(Outcome::TimedOut, RunMessage::ActiveAlready);
                    return Err(Begun::Concluded(verdict.hint(JobHint::AfterActiveRun)));
                }
                IfRunning::Queue => {
                    refusals += 1;
                    if refusals == 1 {
                        self.log_counted(BatchNote::ActiveRuns, RunMessage::Queued);
                    }
                    let queued = tokio::select! {
                        queued = self.queue(&task, refusals) => queued,
                        () = limits.cancel.cancelled() => return Err(Begun::Cancelled),
                        moved = self.watch_head() => return Err(Begun::Concluded(moved)),
                    };
                    match queued {
                        Ok(()) => {}
                        // Its maker has deleted it, perhaps.
                        Err(verdict) if verdict.outcome != Outcome::TimedOut && run.found().is_some() => {
                            tracing::info!("{}: {}", self.display.label(), Problem::from(verdict));
                            run.gone = Some(task);
                            self.find_task(run, limits).await?;
                        }
                        Err(verdict) => return Err(Begun::Concluded(verdict)),
                    }
                    self.ensure_head(limits).await?;
                }
            }
        }
    }

    /// Gets the merge-request task ready, and makes sure that the head is still the one of this job.
    async fn prepare(
        &self,
        review: &Review<'_>,
        run: &mut StartedRun,
        limits: &StartLimits<'_>,
    ) -> Result<(), Begun> {
        if run.review_task.is_none() {
            self.find_task(run, limits).await?;
            run.fetch_ref = first_ref(review);
            run.has_other_ref = other_ref(review.settings.fetch_ref, run.fetch_ref).is_some();
            let label = self.display.label();
            tracing::info!("{label}: {}", ReviewMessage::Fetching(ShownRef(run.fetch_ref)));
        }
        self.ensure_head(limits).await
    }

    /// Makes sure that the head of the pull request, if one is checked, is still the one of this job.
    async fn ensure_head(&self, limits: &StartLimits<'_>) -> Result<(), Begun> {
        let Some(review) = self.environment.review else { return Ok(()) };
        match limits.cancel.run_until_cancelled(review.ensure_head(limits.deadline)).await {
            Some(Ok(())) => Ok(()),
            Some(Err(verdict)) => Err(Begun::Concluded(verdict)),
            None => Err(Begun::Cancelled),
        }
    }

    /// Ends when that moves.
    async fn watch_head(&self) -> Verdict {
        match self.environment.review {
            Some(review) => review.watch_head(self.environment.deadline).await,
            None => std::future::pending().await,
        }
    }

    /// Finds or makes the merge-request task.
    async fn find_task(&self, run: &mut StartedRun, limits: &StartLimits<'_>) -> Result<(), Begun> {
        let Some(review) = self.environment.review else { return Ok(()) };
        let (environment, display) = (self.environment, self.display);
        let preparation = Preparation { environment, review, parent: self.id, display };
        run.review_task = Some(preparation.prepare(run.gone.as_ref(), limits).await?);
        Ok(())
    }

    /// Notes what the task showed before its run. `is_new`: whether no run of it was started here before.
    fn note_before(&self, run: &mut StartedRun, before: &Before, is_new: bool) {
        run.before = before.clone();
        if let Some(task) = run.review_task.as_mut().filter(|task| task.is_created)
            && is_new
            && before.shows_run()
        {
            task.is_created = false;
            let used = ReviewMessage::UsedBefore(task.id.to_string());
            tracing::warn!("{}: {used}", self.display.label());
        }
    }

    /// Logs an event that is counted in a batch.
    fn log_counted(&self, note: BatchNote, message: RunMessage) {
        self.display.log_counted(note, &format!("{}: {message}", self.display.label()));
    }

    fn watch(&self, tracked: &mut StartedRun, ownership: Ownership, proof: Proof) {
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
    async fn queue(&self, task: &Id, refusals: u32) -> Result<(), Verdict> {
        let StartEnvironment { service, waiter, settings, deadline, .. } = self.environment;
        self.display.show(Activity::Queued, None);
        let pause = service.backoff().after(refusals, Some(QUEUE_PAUSE));
        sleep_until(deadline.min(Instant::now() + pause)).await;
        let pacer = RefCell::new(Pacer::new(settings.schedule));
        let looking = waiter.wait(&pacer, deadline, true, async || {
            let progress = service.progress(task, None).await.map_err(poll_error)?;
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
