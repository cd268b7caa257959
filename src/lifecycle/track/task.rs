//! One task from start to verdict: begin, wait, explain, fetch the report. What is known is noted at once, so that a
//! cancelled process can still tell it.

use crate::codearts::errors::{explained, outcome_of};
use crate::codearts::proof::{Lost, Proof};
use crate::codearts::summary::Summary;
use crate::codearts::tasks::{FailingStep, TaskStatus};
use crate::codearts::{Id, Service};
use crate::console::{Console, SINGLE_TASKS_LIMIT, TaskDisplay};
use crate::lifecycle::collect::gate::judge;
use crate::lifecycle::collect::pdf::fetch_pdf;
use crate::lifecycle::track::follow::{Follow, Watched};
use crate::lifecycle::track::polling::cost;
use crate::model::finding::PastRun;
use crate::model::gate::GateResult;
use crate::model::outcome::Outcome;
use crate::report::lists::{Format, Overview, Written};
use crate::report::result::{StartedBy, WaitResult};
use crate::report::store::directory::ReportDirectory;
use crate::report::store::pdf_file::PdfFile;
use crate::settings::CheckSettings;
use crate::wait::{End, Waiter};
use futures_util::future::join3;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

/// Longest time spent on finding out why a check failed; the verdict is known already.
const EXPLAIN_LIMIT: Duration = Duration::from_secs(30);
/// Longest time for the list of past runs; it goes on beside the PDF.
const RECORDS_LIMIT: Duration = Duration::from_secs(30);
/// Of many tasks the runs' ids are told at most this often, because each time all are told.
const RUNS_GAP: Duration = Duration::from_secs(5);
/// Whose run is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// Somebody else's, or an ended one.
    #[default]
    Attached,
    /// The request that starts ours is on its way.
    Starting,
    /// A start was sent, and whether this run came of it is not known. Never stopped as ours.
    Uncertain,
    /// Ours.
    Own,
}

/// What is known of one task.
#[derive(Debug, Default)]
pub(crate) struct TaskState {
    /// A short name for lines of the log.
    pub(crate) label: String,
    pub(crate) run_id: Option<String>,
    pub(crate) ownership: Ownership,
    /// Whose status is shown, once something is waited for.
    pub(crate) proof: Option<Proof>,
    /// Since when.
    pub(crate) watched_since: Option<Instant>,
    pub(crate) status: Option<TaskStatus>,
    pub(crate) conclusion: Option<Conclusion>,
    pub(crate) failing_steps: Vec<FailingStep>,
    /// What was found, in numbers; empty as long as it is not known.
    pub(crate) summary: Summary,
    /// What each gate said.
    pub(crate) gate: Option<GateResult>,
    /// The findings at a glance.
    pub(crate) overview: Option<Overview>,
    /// Files that list findings.
    pub(crate) files: Vec<Written>,
    /// Past runs, for a page that shows the trend.
    pub(crate) records: Vec<PastRun>,
    pub(crate) pdf: Option<PdfFile>,
    pub(crate) wait: Option<WaitResult>,
    /// Whether there is nothing (more) to stop.
    pub(crate) has_ended: bool,
}

impl TaskState {
    /// Notes and says the run's id; whether it is new.
    fn learn_run(&mut self, run_id: Option<&str>) -> bool {
        let Some(run_id) = run_id.filter(|run_id| self.run_id.as_deref() != Some(*run_id)) else {
            return false;
        };
        tracing::info!("{}: run {run_id}", self.label);
        self.run_id = Some(run_id.to_owned());
        true
    }

    /// Who started the run, once one is watched or may have been started.
    pub(crate) fn started_by(&self) -> Option<StartedBy> {
        match self.ownership {
            Ownership::Own => Some(StartedBy::ThisJob),
            Ownership::Starting | Ownership::Uncertain => Some(StartedBy::Unknown),
            Ownership::Attached => self.proof.as_ref().map(|_| StartedBy::Another),
        }
    }

    /// How long the run has been watched.
    pub(crate) fn watched_for(&self) -> Duration {
        self.watched_since.map(|since| since.elapsed()).unwrap_or_default()
    }
}

/// An outcome and the sentence that says why.
pub(crate) type Conclusion = (Outcome, String);

/// What later steps were told of the runs' ids.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ToldRuns {
    /// Whether more are known here.
    has_news: bool,
    /// When they were told last.
    at: Option<Instant>,
}

/// What all tasks share.
pub(crate) struct Context<'a> {
    pub(crate) service: &'a Service,
    pub(crate) waiter: &'a Waiter,
    pub(crate) settings: &'a CheckSettings,
    pub(crate) project_id: Option<&'a Id>,
    pub(crate) directory: &'a ReportDirectory,
    pub(crate) console: &'a Console,
    /// One a task.
    pub(crate) states: &'a [RefCell<TaskState>],
    pub(crate) deadline: Instant,
    /// When the latest verdict came; from then on `--report-timeout` runs.
    pub(crate) decided_at: Cell<Option<Instant>>,
    /// Held by the task whose findings are being listed.
    pub(crate) listing: Mutex<()>,
    /// What later steps know of the runs' ids.
    pub(crate) told_runs: Cell<ToldRuns>,
    /// Set when nothing new may be begun.
    pub(crate) is_cancelled: Cell<bool>,
}

impl Context<'_> {
    /// Notes a run's id and tells it to later steps, so that it is known even if this process is killed.
    pub(crate) fn learn_run(&self, state: &RefCell<TaskState>, run_id: Option<&str>) {
        if state.borrow_mut().learn_run(run_id) {
            self.told_runs.update(|told| ToldRuns { has_news: true, ..told });
            self.tell_runs();
        }
    }

    /// Tells later steps what could not be told at once; never ends.
    pub(crate) async fn keep_runs_told(&self) -> Infallible {
        loop {
            sleep(RUNS_GAP).await;
            self.tell_runs();
        }
    }

    /// Tells the runs' ids to later steps, if there are new ones: at once, but of many tasks at intervals until all are known.
    fn tell_runs(&self) {
        let Some(publisher) = &self.settings.publish else { return };
        let ToldRuns { has_news, at } = self.told_runs.get();
        if !has_news {
            return;
        }
        let ids: Vec<String> = self.states.iter().filter_map(|state| state.borrow().run_id.clone()).collect();
        let is_whole = ids.len() == self.states.len() || ids.len() <= SINGLE_TASKS_LIMIT;
        if !is_whole && at.is_some_and(|at| at.elapsed() < RUNS_GAP) {
            return;
        }
        // The same file is written at the end, and trouble is told then.
        let _ = publisher.write_outputs(&[("run-id", ids.join(","))]);
        self.told_runs.set(ToldRuns { has_news: false, at: Some(Instant::now()) });
    }

    /// Time for what is fetched after the verdict.
    pub(crate) fn pdf_limit(&self) -> Duration {
        self.settings.report.pdf_limit(self.settings.publish.is_some())
    }

    /// When everything after the verdict has to be done.
    pub(crate) fn report_deadline(&self) -> Instant {
        self.decided_at.get().unwrap_or_else(Instant::now) + self.settings.report.timeout
    }
}

/// Takes one task to its verdict; the result is in `state`.
pub(crate) async fn run(context: &Context<'_>, task: &Id, state: &RefCell<TaskState>) {
    let label = state.borrow().label.clone();
    let display = context.console.task(&label);
    let follow = Follow { context, task, state, display: &display };
    let (outcome, reason) = verdict(&follow).await;
    if outcome == Outcome::Passed {
        finish_passed(context, task, state, &display, &reason).await;
    } else {
        finish_other(context, task, state, outcome, reason).await;
    }
    let conclusion = state.borrow().conclusion.as_ref().map(|(outcome, _)| *outcome);
    display.end(conclusion == Some(Outcome::Passed));
}

/// The check did not go well: why, and nothing may go on that nobody waits for.
async fn finish_other(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    outcome: Outcome,
    reason: String,
) {
    context.decided_at.set(Some(Instant::now()));
    state.borrow_mut().conclusion = Some((outcome, reason));
    match outcome {
        Outcome::CheckFailed => explain_failure(context, task, state).await,
        Outcome::TimedOut => context.give_up(task, state, "timeout").await,
        Outcome::Stopped => {}
        // Somebody else's run is stopped on a signal or a timeout at the most.
        _ if state.borrow().ownership == Ownership::Attached => {}
        _ => context.give_up(task, state, "its result can not be had").await,
    }
}

/// The check went well: what it found, and the PDF. Trouble with files makes a pass none, and hides no other verdict.
async fn finish_passed(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    display: &TaskDisplay,
    finished: &str,
) {
    context.decided_at.set(Some(Instant::now()));
    let deadline = Instant::now() + context.pdf_limit();
    let (pdf, listed, ()) = join3(
        fetch_report(context, task, state, display),
        judge(context, task, state, finished, deadline),
        read_records(context, task, state),
    )
    .await;
    for trouble in [pdf, listed].into_iter().filter_map(Result::err) {
        let mut state = state.borrow_mut();
        match &state.conclusion {
            Some((Outcome::Passed, _)) => {
                state.conclusion = Some((Outcome::ReportFailed, format!("the check passed, but {trouble}")));
            }
            _ => tracing::warn!("{}: {trouble}", state.label),
        }
    }
}

async fn verdict(follow: &Follow<'_>) -> Conclusion {
    let Follow { context, state, .. } = follow;
    if context.settings.start {
        if let Err(conclusion) = follow.start().await {
            return conclusion;
        }
    } else {
        follow.attach();
    }
    let waited = follow.wait_for_end().await;
    state.borrow_mut().wait = Some(cost(&waited));
    let figures = waited.figures();
    match waited.end {
        End::Done(Watched::Ended(status)) => {
            state.borrow_mut().has_ended = true;
            concluded(status, &figures)
        }
        End::Done(Watched::Lost(lost)) => {
            // What runs now, if anything does, is another run.
            state.borrow_mut().has_ended = true;
            (Outcome::TimedOut, format!("{} {figures}", describe(&lost)))
        }
        End::TimedOut => (Outcome::TimedOut, timed_out(context.settings, state.borrow().status)),
        End::Lost(Some(error)) => (outcome_of(&error), format!("{figures}: {}", explained(&error))),
        End::Lost(None) => (
            Outcome::Unavailable,
            format!("the service did not answer any more when the time ran out, {figures}"),
        ),
        End::Refused(error) => (outcome_of(&error), explained(&error)),
    }
}

/// Why the result of the run is not known.
fn describe(lost: &Lost) -> String {
    match lost {
        Lost::Superseded { run: Some(run), by } => format!(
            "run {run} was followed by run {by}, and CodeArts no longer shows how {run} ended; run this job again"
        ),
        Lost::Superseded { run: None, by } => format!(
            "run {by} followed the run that was waited for, and CodeArts no longer shows how that one ended; run this job again"
        ),
        Lost::OtherRun => "another run began in this task, and CodeArts does not show how the run that was waited for ended; run this job again".to_owned(),
        Lost::StartUnknown { run } => format!(
            "CodeArts did not answer the start, and whether run {run} came of it is not known; run this job again"
        ),
    }
}

fn concluded(status: TaskStatus, figures: &str) -> Conclusion {
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

fn timed_out(settings: &CheckSettings, status: Option<TaskStatus>) -> String {
    let limit = settings.timeout;
    match status {
        Some(TaskStatus::Checking) => {
            format!("still running (status 0) when the {limit} ran out")
        }
        Some(TaskStatus::Unknown(number)) => {
            format!(
                "the service still answered status {number}, which no page explains, when the {limit} ran out"
            )
        }
        Some(TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped) => {
            format!("the {limit} ran out while the service still showed the result of another run")
        }
        Some(TaskStatus::NotChecked) | None if settings.start => {
            format!("no status yet when the {limit} ran out")
        }
        Some(TaskStatus::NotChecked) | None => {
            format!("never checked when the {limit} ran out; start a run with `--start`")
        }
    }
}

async fn fetch_report(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    display: &TaskDisplay,
) -> Result<(), String> {
    if !context.settings.wants_pdf {
        return Ok(());
    }
    let (title, limit) = (&context.settings.report.title, context.pdf_limit());
    let fetched =
        fetch_pdf(context.service, context.waiter, task, title, context.directory, display, limit).await;
    state.borrow_mut().pdf = Some(fetched.map_err(|error| error.message)?);
    Ok(())
}

/// Past runs only decorate a page.
async fn read_records(context: &Context<'_>, task: &Id, state: &RefCell<TaskState>) {
    if !context.settings.findings.formats.contains(&Format::Html) {
        return;
    }
    let Some(project) = context.project_id else {
        tracing::info!("hint: give `--project-id` to see the past runs in the page");
        return;
    };
    let deadline = Instant::now() + RECORDS_LIMIT.min(context.pdf_limit());
    match timeout_at(deadline, context.service.records(project, task, deadline)).await {
        Ok(Ok(records)) => state.borrow_mut().records = records,
        Ok(Err(error)) => tracing::warn!("{error}; the page shows no past runs"),
        Err(_) => tracing::warn!("the past runs did not come in time; the page shows none"),
    }
}

async fn explain_failure(context: &Context<'_>, task: &Id, state: &RefCell<TaskState>) {
    let label = state.borrow().label.clone();
    let Some(project) = context.project_id else {
        tracing::info!("hint: give `--project-id` to see which step of {label} failed");
        return;
    };
    let run_id = state.borrow().run_id.clone();
    let deadline = Instant::now() + EXPLAIN_LIMIT.min(context.pdf_limit());
    let asking = context.service.failing_steps(project, task, run_id.as_deref(), deadline);
    match timeout_at(deadline, asking).await {
        Ok(Ok(steps)) if steps.is_empty() => tracing::info!("{label}: the log names no failing step"),
        Ok(Ok(steps)) => state.borrow_mut().failing_steps = steps,
        Ok(Err(error)) => tracing::warn!("{error}; why the check failed is not known"),
        Err(_) => tracing::warn!("{label}: the log did not come in time; why the check failed is not known"),
    }
}
