//! A check task as a remote job: how a run is started or found, watched, stopped, and what its end means.

use super::check_confirm::{at_head, is_fetch_failure, of_branch, other_ref};
use super::check_end::{Limits, Watched, conclude};
use super::check_poll::Poller;
use super::check_start::{StartedRun, Starter};
use super::check_stop::Stopper;
use super::remote_job::{Begun, Confirmed, Ownership, RemoteJob};
use crate::codearts::Id;
use crate::codearts::start_once::StartLimits;
use crate::codearts::task_code::TaskCode;
use crate::codearts::tasks::TaskStatus;
use crate::console::TaskDisplay;
use crate::error::Problem;
use crate::http::error::CallError;
use crate::lifecycle::check_run::{CheckEnvironment, CheckedTask};
use crate::lifecycle::checked_code::{CheckedCode, compare};
use crate::lifecycle::collect::collect;
use crate::lifecycle::polling::pending;
use crate::lifecycle::report::{JobReport, ReviewReport, ReviewTask, TaskReport, Verdict, problem};
use crate::log_problem;
use crate::messages::{self, KeptBecause, ReviewHint, ReviewMessage, RunMessage, ShownRef, WaitCost};
use crate::model::outcome::Outcome;
use crate::model::policy::GivenUp;
use crate::settings::TaskRules;
use crate::wait::{End, Pacer, Step};
use std::cell::RefCell;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Longest time for the log of a run that failed, to learn whether the code could be fetched.
const LOG_LIMIT: Duration = Duration::from_secs(30);

/// A check task.
pub(crate) struct CheckTask<'a> {
    environment: &'a CheckEnvironment<'a>,
    id: &'a Id,
    rules: &'a TaskRules,
    display: TaskDisplay,
    /// Rings after a poll that found the run going on.
    is_pending: Notify,
}

/// What is known of the run while it is tracked.
#[derive(Debug, Default)]
pub(crate) struct TrackedRun {
    started: StartedRun,
    poller: Poller,
}

impl RemoteJob for CheckTask<'_> {
    type Run = TrackedRun;
    type End = Watched;
    type Report = TaskReport;

    fn look(&self, run: &mut TrackedRun) {
        match &self.environment.settings.resume {
            Some(resume) => match resume.run_of(self.id) {
                Some(entry) => self.starter().resume(&mut run.started, entry, resume.is_of_file),
                None => self.starter().attach(&mut run.started),
            },
            None => self.starter().attach(&mut run.started),
        }
    }

    async fn start(&self, run: &mut TrackedRun, limits: &StartLimits<'_>) -> Begun {
        self.starter().start(&mut run.started, limits).await
    }

    fn name(&self, tracked: &TrackedRun) -> Option<String> {
        tracked.started.run.as_ref()?.id.clone()
    }

    fn ownership(&self, tracked: &TrackedRun) -> Ownership {
        tracked.started.ownership
    }

    fn is_watched(&self, tracked: &TrackedRun) -> bool {
        tracked.started.run.is_some()
    }

    fn age(&self) -> Duration {
        self.environment.settings.resume.as_ref().map(|resume| resume.age).unwrap_or_default()
    }

    async fn poll(&self, tracked: &mut TrackedRun) -> Result<Step<Watched>, CallError> {
        let Some(run) = &mut tracked.started.run else { return Ok(pending(None)) };
        let task = tracked.started.review_task.as_ref().map_or(self.id, |task| &task.id);
        let step = tracked.poller.poll(self.environment, task, &self.display, run).await?;
        match step {
            // What runs after the end, if anything does, is another run.
            Step::Done(Watched::Ended(_)) => {
                tracked.started.has_ended = true;
                tracked.started.may_run = false;
            }
            Step::Done(Watched::Lost(_)) => tracked.started.has_ended = true,
            Step::Pending { .. } => self.is_pending.notify_one(),
        }
        Ok(step)
    }

    /// Beside the first gap: how long earlier runs took, to know when this one may end. Not of somebody else's run: when that
    /// began is not known. Of a pull request also whether its head moves.
    async fn beside(
        &self,
        pacer: &RefCell<Pacer>,
        ownership: Ownership,
        _: watch::Receiver<Option<String>>,
    ) -> Verdict {
        let CheckEnvironment { service, project_id, deadline, review, .. } = self.environment;
        if let Some(review) = review {
            return review.watch_head(*deadline).await;
        }
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
        let CheckEnvironment { service, console, settings, .. } = self.environment;
        let stopper = Stopper { service, console, choice: settings.stop_on_cancel };
        tracked.started.stop(&stopper, self.id, self.display.label(), why).await;
    }

    fn conclude(&self, tracked: &TrackedRun, end: End<Watched, CallError>, cost: WaitCost) -> Verdict {
        let settings = self.environment.settings;
        let limits = Limits {
            timeout: settings.run.timeout,
            starts: settings.run.start,
            is_resumed: settings.resume.is_some(),
        };
        conclude(end, tracked.started.run.as_ref().and_then(|run| run.status), limits, cost)
    }

    async fn confirm(
        &self,
        tracked: &mut TrackedRun,
        verdict: Verdict,
        limits: &StartLimits<'_>,
    ) -> Confirmed {
        let Some(review) = self.environment.review else { return Confirmed::Final(verdict) };
        // Its maker has deleted the task, and with it the run.
        let starts = self.environment.settings.run.start && self.environment.settings.resume.is_none();
        if let Some(gone) = tracked.started.found().filter(|_| starts && verdict.outcome == Outcome::Usage) {
            tracing::info!("{}: {}", self.display.label(), ReviewMessage::FoundIsGone(gone.to_string()));
            let started = StartedRun { gone: Some(gone.clone()), ..StartedRun::default() };
            *tracked = TrackedRun { started, ..TrackedRun::default() };
            return Confirmed::Again(self.start(tracked, limits).await);
        }
        let looking = at_head(review, self.display.label(), verdict.clone());
        let Some(confirmed) = limits.cancel.run_until_cancelled(looking).await else {
            return Confirmed::Again(Begun::Cancelled);
        };
        let has_failed = confirmed.outcome == Outcome::CheckFailed && tracked.started.has_other_ref;
        match other_ref(review.settings.fetch_ref, tracked.started.fetch_ref).filter(|_| has_failed) {
            Some(next) => {
                let asking = self.could_not_fetch(tracked, limits);
                match limits.cancel.run_until_cancelled(asking).await {
                    Some(true) => {}
                    Some(false) => return Confirmed::Final(confirmed),
                    None => return Confirmed::Again(Begun::Cancelled),
                }
                let again = ReviewMessage::FetchingAgain {
                    failed: ShownRef(tracked.started.fetch_ref),
                    next: ShownRef(Some(next)),
                };
                tracing::warn!("{}: {again}", self.display.label());
                let task = tracked.started.review_task.take();
                let started =
                    StartedRun { review_task: task, fetch_ref: Some(next), ..StartedRun::default() };
                *tracked = TrackedRun { started, ..TrackedRun::default() };
                Confirmed::Again(self.start(tracked, limits).await)
            }
            None => Confirmed::Final(confirmed),
        }
    }

    async fn collect(
        &self,
        tracked: TrackedRun,
        mut job: JobReport,
        cancel: &CancellationToken,
    ) -> TaskReport {
        let run = tracked.started.run.as_ref();
        let task = CheckedTask {
            named: self.id.clone(),
            id: tracked.started.task(self.id).clone(),
            project: match &tracked.started.review_task {
                Some(task) => Some(task.project.clone()),
                None => self.environment.project_id.cloned(),
            },
        };
        let (mut verdict, mut evidence) =
            collect(self.environment, self.rules, &task, run, &self.display, job.verdict.take(), cancel)
                .await;
        if let Some(review) = self.environment.review
            && let Some(reached) = verdict.take()
        {
            let label = self.display.label();
            let reached = of_branch(review, label, &evidence.code, reached);
            verdict = cancel.run_until_cancelled(at_head(review, label, reached)).await;
            match verdict.as_ref().map(|verdict| verdict.outcome) {
                Some(Outcome::Stale) => evidence = evidence.without_results(),
                Some(Outcome::Passed | Outcome::GateFailed | Outcome::ReportFailed) => {
                    let head = review.latest().map(|latest| latest.head).unwrap_or_default();
                    tracing::info!("{label}: {}", ReviewMessage::StillAtHead { head });
                }
                Some(_) | None => {}
            }
        }
        if self.environment.review.is_none() {
            self.log_checked_code(&evidence.code);
        }
        job.verdict = verdict;
        if let Some(verdict) = &job.verdict {
            self.display.end(verdict.outcome == Outcome::Passed);
        }
        let (run_id, status) = tracked.started.run.map(|run| (run.id, run.status)).unwrap_or_default();
        let has_results = status == Some(TaskStatus::Successful);
        let kept = if tracked.started.may_run {
            Some(KeptBecause::PerhapsRunning)
        } else {
            let lacks_results = evidence.lacks_files || job.verdict.as_ref().is_none_or(lacks_results);
            (has_results && lacks_results).then_some(KeptBecause::LacksResults)
        };
        let review = tracked.started.review_task.map(|task| ReviewReport {
            task,
            fetch_ref: tracked.started.fetch_ref,
            kept,
        });
        TaskReport { job, run_id, status, review, evidence }
    }
}

/// Whether CodeArts has results that are not all here.
const fn lacks_results(verdict: &Verdict) -> bool {
    matches!(
        verdict.outcome,
        Outcome::ReportFailed | Outcome::Unavailable | Outcome::Denied | Outcome::Internal
    )
}

impl<'a> CheckTask<'a> {
    fn starter(&self) -> Starter<'_> {
        Starter { environment: self.environment.of_start(), id: self.id, display: &self.display }
    }

    /// A task that nothing was asked about yet.
    pub(crate) fn new(
        environment: &'a CheckEnvironment<'a>,
        id: &'a Id,
        rules: &'a TaskRules,
        display: TaskDisplay,
    ) -> Self {
        if let Some(name) = &rules.name {
            display.name(name);
        }
        Self { environment, id, rules, display, is_pending: Notify::new() }
    }

    /// In a job about a pull request: which code the result is about.
    fn log_checked_code(&self, code: &TaskCode) {
        let facts = &self.environment.settings.code;
        let Some(compared) = compare(facts, code) else { return };
        let checked =
            messages::CheckedCode { repository: code.repository.clone(), branch: code.branch.clone() };
        let label = self.display.label();
        match compared {
            CheckedCode::PullRequest => tracing::info!("{label}: {}", ReviewMessage::Checks(checked)),
            CheckedCode::Other => {
                let source = facts.source_branch.clone().unwrap_or_default();
                let other = Problem::new(ReviewMessage::ChecksAnother { checked, source });
                log_problem!(warn, label, other.hint(ReviewHint::CheckPullRequest));
            }
        }
    }

    /// Whether the check failed because CodeArts could not fetch the code.
    async fn could_not_fetch(&self, tracked: &TrackedRun, limits: &StartLimits<'_>) -> bool {
        let Some(ReviewTask { id, project, .. }) = &tracked.started.review_task else { return false };
        let run = tracked.started.run.as_ref().and_then(|run| run.id.as_deref());
        let deadline = limits.deadline.min(Instant::now() + LOG_LIMIT);
        let asking = self.environment.service.failing_steps(project, id, run, deadline);
        match timeout_at(deadline, asking).await {
            Ok(Ok(steps)) => is_fetch_failure(&steps),
            Ok(Err(error)) => {
                tracing::debug!("{}", problem(RunMessage::StepsNotRead, &error));
                false
            }
            Err(_) => false,
        }
    }
}
