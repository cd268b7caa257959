//! One task from start to verdict: begin, wait, explain, fetch the report. What is known is noted at once, so that a
//! cancelled process can still tell it.

use super::export::fetch_pdf;
use super::{explained, outcome_of};
use crate::cli::{IfRunning, StopOnCancel};
use crate::codearts::runs::{OwnRun, StartError};
use crate::codearts::tasks::{FailingStep, TaskStatus};
use crate::codearts::{Id, Service};
use crate::console::{Console, TaskDisplay};
use crate::http::error::CallError;
use crate::http::retry::{Failure, is_passing};
use crate::outcome::Outcome;
use crate::report::directory::ReportDirectory;
use crate::report::pdf_file::PdfFile;
use crate::report::result::WaitResult;
use crate::settings::CheckSettings;
use crate::text::{count, duration};
use crate::wait::{End, Step, Trouble, Waited, wait};
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Unanswered questions about our own run before we ask about the task instead: older servers do not know `job_id`.
const NULLS_BEFORE_ASKING_PLAINLY: u32 = 2;
/// Longest time spent on finding out why a check failed; the verdict is known already.
const EXPLAIN_LIMIT: Duration = Duration::from_secs(30);

/// Whose run is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ownership {
    /// Somebody else's, or an ended one.
    #[default]
    Attached,
    /// The request that starts ours is on its way.
    Starting,
    /// Ours.
    Own,
}

/// What is known of one task.
#[derive(Debug, Default)]
pub(super) struct TaskState {
    /// A short name for lines of the log.
    pub(super) label: String,
    pub(super) run_id: Option<String>,
    pub(super) ownership: Ownership,
    pub(super) status: Option<TaskStatus>,
    pub(super) conclusion: Option<(Outcome, String)>,
    pub(super) failing_steps: Vec<FailingStep>,
    pub(super) pdf: Option<PdfFile>,
    pub(super) wait: Option<WaitResult>,
    /// Whether the remote run has ended, as far as known.
    pub(super) has_ended: bool,
}

impl TaskState {
    fn learn_run(&mut self, run_id: Option<String>) {
        if let Some(run_id) = run_id
            && self.run_id.as_ref() != Some(&run_id)
        {
            tracing::info!("{}: run {run_id}", self.label);
            self.run_id = Some(run_id);
        }
    }
}

/// What all tasks share.
pub(super) struct Context<'a> {
    pub(super) service: &'a Service,
    pub(super) settings: &'a CheckSettings,
    pub(super) project_id: Option<&'a Id>,
    pub(super) directory: &'a ReportDirectory,
    pub(super) console: &'a Console,
    pub(super) deadline: Instant,
}

impl Context<'_> {
    /// Whether a run is stopped when this process gives up on it.
    pub(super) fn stops(&self, state: &TaskState) -> bool {
        let is_ours = state.ownership != Ownership::Attached;
        !state.has_ended
            && match self.settings.stop_on_cancel {
                StopOnCancel::Auto => is_ours,
                StopOnCancel::Always => true,
                StopOnCancel::Never => false,
            }
    }

    /// Asks the service to stop the run of a task; a failure is only worth a warning.
    pub(super) async fn stop(&self, task: &Id, label: &str, why: &str) {
        match self.service.stop(task).await {
            Ok(()) => tracing::info!("{label}: the remote run was asked to stop ({why})"),
            Err(error) => tracing::warn!("{error}; the remote run may go on"),
        }
    }
}

/// Takes one task to its verdict; the result is in `state`.
pub(super) async fn run(context: &Context<'_>, task: &Id, state: &RefCell<TaskState>) {
    let label = state.borrow().label.clone();
    let display = context.console.task(&label);
    let (outcome, reason) = verdict(context, task, state, &display).await;
    state.borrow_mut().conclusion = Some((outcome, reason));
    match outcome {
        Outcome::Passed => fetch_report(context, task, state, &display).await,
        Outcome::CheckFailed => explain_failure(context, task, state).await,
        _ => {}
    }
}

async fn verdict(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    display: &TaskDisplay,
) -> (Outcome, String) {
    let own = if context.settings.start {
        match start(context, task, state, display).await {
            Ok(own) => own,
            Err(conclusion) => return conclusion,
        }
    } else {
        None
    };
    let waited = wait_for_end(context, task, state, display, own).await;
    state.borrow_mut().wait = Some(WaitResult::new(waited.elapsed, waited.polls, waited.lag_bound));
    let figures = format!("after {}, {}", duration(waited.elapsed), count(waited.polls.into(), "poll"));
    match waited.end {
        End::Done(status) => {
            state.borrow_mut().has_ended = true;
            concluded(status, &figures)
        }
        End::TimedOut => {
            let stops = context.stops(&state.borrow());
            if stops {
                context.stop(task, display.label(), "timeout").await;
            }
            let limit = duration(context.settings.timeout);
            let reason = match state.borrow().status {
                Some(TaskStatus::Checking | TaskStatus::Unknown(_)) => {
                    format!("still running (status 0) when the {limit} of `--timeout` ran out")
                }
                Some(TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped) => format!(
                    "the {limit} of `--timeout` ran out while the service still showed the result of an earlier run"
                ),
                Some(TaskStatus::NotChecked) | None if context.settings.start => {
                    format!("no status yet when the {limit} of `--timeout` ran out")
                }
                Some(TaskStatus::NotChecked) | None => format!(
                    "never checked when the {limit} of `--timeout` ran out; start a run with `--start`"
                ),
            };
            (Outcome::TimedOut, reason)
        }
        End::Lost(Some(error)) => (outcome_of(&error), format!("{figures}: {}", explained(&error))),
        End::Lost(None) => (
            Outcome::Unavailable,
            format!("the service did not answer any more when the time ran out, {figures}"),
        ),
        End::Refused(error) => (outcome_of(&error), explained(&error)),
    }
}

fn concluded(status: TaskStatus, figures: &str) -> (Outcome, String) {
    match status {
        TaskStatus::Successful => (Outcome::Passed, format!("the check finished (status 2) {figures}")),
        TaskStatus::Failed => {
            (Outcome::CheckFailed, format!("the check itself failed to run (status 1) {figures}"))
        }
        TaskStatus::Stopped => (Outcome::Stopped, format!("the check was stopped (status 3) {figures}")),
        // Only final statuses end a wait.
        TaskStatus::NotChecked | TaskStatus::Checking | TaskStatus::Unknown(_) => {
            (Outcome::Internal, format!("the wait ended on {status:?}"))
        }
    }
}

/// Starts a run, or attaches to an active one (`None`).
async fn start(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    display: &TaskDisplay,
) -> Result<Option<OwnRun>, (Outcome, String)> {
    let label = display.label();
    loop {
        display.show("starting a run", None);
        let sending = || state.borrow_mut().ownership = Ownership::Starting;
        let starting = context.service.start_run(task, context.deadline, sending);
        let Ok(started) = timeout_at(context.deadline, starting).await else {
            return Err((
                Outcome::TimedOut,
                "`--timeout` ran out while the run was being started; it may have been started".to_owned(),
            ));
        };
        match started {
            Ok(own) => {
                let mut state = state.borrow_mut();
                state.ownership = Ownership::Own;
                state.learn_run(own.id.clone());
                return Ok(Some(own));
            }
            Err(StartError::Active(run_id)) => {
                state.borrow_mut().ownership = Ownership::Attached;
                state.borrow_mut().learn_run(run_id);
                match context.settings.if_running {
                    IfRunning::Attach => {
                        tracing::info!("{label}: a run is active already; waiting for that one");
                        return Ok(None);
                    }
                    IfRunning::Fail => {
                        return Err((
                            Outcome::TimedOut,
                            "a run is active already, and `--if-running fail` says not to wait for it"
                                .to_owned(),
                        ));
                    }
                    IfRunning::Queue => queue(context, task, state, display).await?,
                }
            }
            Err(StartError::Call(error)) => {
                let state = &mut *state.borrow_mut();
                // A refused start has started nothing; an unanswered one may have.
                if !is_passing(error.failure) || error.failure == Failure::Unreachable {
                    state.ownership = Ownership::Attached;
                }
                return Err((outcome_of(&error), explained(&error)));
            }
        }
    }
}

/// Waits until the active run has ended.
async fn queue(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    display: &TaskDisplay,
) -> Result<(), (Outcome, String)> {
    let label = display.label();
    tracing::info!("{label}: a run is active already; ours is started when it has ended");
    let service = context.service;
    let waited = wait(context.settings.schedule, context.deadline, service.pauses(), async || {
        let progress = service.progress(task, None).await.map_err(trouble)?;
        display.show("queued behind another run", progress.percent);
        Ok(if progress.status.is_final() { Step::Done(()) } else { Step::Pending { floor: Duration::ZERO } })
    })
    .await;
    match waited.end {
        End::Done(()) => {
            state.borrow_mut().run_id = None;
            Ok(())
        }
        End::TimedOut => Err((
            Outcome::TimedOut,
            "another run was still active when `--timeout` ran out, so ours was not started".to_owned(),
        )),
        End::Refused(error) | End::Lost(Some(error)) => Err((outcome_of(&error), explained(&error))),
        End::Lost(None) => Err((Outcome::Unavailable, "the service did not answer any more".to_owned())),
    }
}

/// Polls until the run has a final status that is its own.
async fn wait_for_end(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    display: &TaskDisplay,
    mut own: Option<OwnRun>,
) -> Waited<TaskStatus, CallError> {
    let service = context.service;
    let label = display.label();
    let started = Instant::now();
    let mut asks_about_run = own.as_ref().is_some_and(|own| own.id.is_some());
    let mut nulls = 0;
    let mut has_said_stale = false;
    let mut knows_run = own.is_some();
    wait(context.settings.schedule, context.deadline, service.pauses(), async || {
        let run_id = own.as_ref().and_then(|own| own.id.clone()).filter(|_| asks_about_run);
        let (progress, jobs) = tokio::join!(service.progress(task, run_id.as_deref()), async {
            // Which run this is, is nice to know when attaching, and no more.
            if knows_run { None } else { service.last_jobs(task, Instant::now()).await.ok().flatten() }
        });
        let progress = match progress {
            Err(error)
                if asks_about_run && matches!(error.failure, Failure::Rejected | Failure::NotFound) =>
            {
                asks_about_run = false;
                service.progress(task, None).await
            }
            other => other,
        }
        .map_err(trouble)?;
        if !knows_run {
            knows_run = true;
            state.borrow_mut().learn_run(jobs.and_then(|jobs| jobs.last));
        }
        state.borrow_mut().status = Some(progress.status);
        let pending = Ok(Step::Pending { floor: Duration::ZERO });
        match progress.status {
            TaskStatus::Checking => {
                if let Some(own) = &mut own {
                    own.note_running();
                }
                display.show("checking", progress.percent);
                return pending;
            }
            TaskStatus::NotChecked => {
                nulls += 1;
                asks_about_run &= nulls < NULLS_BEFORE_ASKING_PLAINLY;
                display.show("no status yet", None);
                return pending;
            }
            TaskStatus::Unknown(number) => {
                tracing::warn!(
                    "{label}: the service answers status {number}, which no page explains; waiting on"
                );
                return pending;
            }
            TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped => {}
        }
        let Some(own) = &own else { return Ok(Step::Done(progress.status)) };
        let jobs = service.last_jobs(task, context.deadline).await.map_err(trouble)?;
        if own.owns(progress.status, jobs.as_ref(), started.elapsed()) {
            return Ok(Step::Done(progress.status));
        }
        if !has_said_stale {
            has_said_stale = true;
            tracing::info!("{label}: the service still shows the result of another run; waiting for ours");
        }
        display.show("waiting for our run to show", None);
        pending
    })
    .await
}

fn trouble(error: CallError) -> Trouble<CallError> {
    Trouble { passing: is_passing(error.failure), retry_after: error.retry_after, error }
}

async fn fetch_report(context: &Context<'_>, task: &Id, state: &RefCell<TaskState>, display: &TaskDisplay) {
    if !context.settings.wants_pdf {
        return;
    }
    let report = &context.settings.report;
    match fetch_pdf(context.service, task, &report.title, context.directory, display, report.timeout).await {
        Ok(pdf) => state.borrow_mut().pdf = Some(pdf),
        Err(error) => {
            state.borrow_mut().conclusion =
                Some((Outcome::ReportFailed, format!("the check passed, but {}", error.message)));
        }
    }
}

async fn explain_failure(context: &Context<'_>, task: &Id, state: &RefCell<TaskState>) {
    let label = state.borrow().label.clone();
    let Some(project) = context.project_id else {
        tracing::info!("{label}: give `--project-id` to see which step failed");
        return;
    };
    let run_id = state.borrow().run_id.clone();
    let deadline = Instant::now() + EXPLAIN_LIMIT;
    let asking = context.service.failing_steps(project, task, run_id.as_deref(), deadline);
    match timeout_at(deadline, asking).await {
        Ok(Ok(steps)) if steps.is_empty() => tracing::info!("{label}: the log names no failing step"),
        Ok(Ok(steps)) => state.borrow_mut().failing_steps = steps,
        Ok(Err(error)) => tracing::warn!("{error}; why the check failed is not known"),
        Err(_) => tracing::warn!("{label}: the log did not come in time; why the check failed is not known"),
    }
}
