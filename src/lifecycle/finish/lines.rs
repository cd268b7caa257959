//! The last lines of the log: how each task and build ended, and how the whole.

use crate::console::SINGLE_TASKS_LIMIT;
use crate::error::hint_lines;
use crate::lifecycle::finish::overall::Overall;
use crate::lifecycle::finish::task_findings::TaskFindings;
use crate::messages::{EndedJob, FinishMessage, Hint, JobHint, JobKind, ListHint, Message};
use crate::model::finding::Finding;
use crate::model::outcome::Outcome;
use crate::publish::logged_before;
use crate::report::formats::html;
use crate::report::lists::LOGGED;
use crate::report::result::{BuildResult, ResultDocument, TaskResult, WaitResult};
use std::path::Path;
use std::time::Duration;

/// Tasks of a batch that get a line at the end.
const LINES_LIMIT: usize = 10;

/// Logs how each task ended and why, or of a batch the worst of those that did not pass; then the one line that sums it up.
/// `findings`: one a task.
pub(super) fn log(document: &ResultDocument, findings: &[TaskFindings], overall: Overall) {
    let Overall { outcome, exit_code } = overall;
    let number = document.tasks.len() + document.builds.len();
    let is_batch = number > SINGLE_TASKS_LIMIT;
    let is_shown = |outcome: Outcome| !is_batch || outcome != Outcome::Passed;
    let limit = if is_batch { LINES_LIMIT } else { SINGLE_TASKS_LIMIT };
    for task in document.worst_tasks(limit).into_iter().filter(|task| is_shown(task.outcome)) {
        log_task(task, is_batch);
    }
    log_findings(document, findings);
    for build in document.worst_builds(limit).into_iter().filter(|build| is_shown(build.outcome)) {
        log_build(build);
    }
    let of_tasks = document.tasks.iter().map(|task| task.outcome);
    let outcomes = of_tasks.chain(document.builds.iter().map(|build| build.outcome));
    let passed = outcomes.filter(|outcome| *outcome == Outcome::Passed).count();
    let kind = if document.builds.is_empty() { JobKind::Task } else { JobKind::Build };
    if is_batch && !outcome.is_cancelled() {
        log_polls(document);
    }
    let weight = if exit_code == 0 { Weight::Warning } else { Weight::Error };
    let omitted = (number - passed).saturating_sub(limit);
    if omitted > 0 {
        weight.log(&FinishMessage::MoreFailed(omitted as u64, kind).into(), &[]);
    }
    if let Some(reason) = &document.reason {
        match logged_before(reason) {
            Some(rest) => weight.log(&rest, &[]),
            None => weight.log(reason, &document.hints),
        }
    }
    let share = (number != 1).then_some((passed as u64, number as u64, kind));
    let end = FinishMessage::Overall { outcome, exit_code, passed: share }.into();
    if exit_code == 0 {
        Weight::Note.log(&end, &[]);
    } else {
        // A hint about the very failure is better than the one about its kind.
        let of_tasks = document.tasks.iter().map(|task| (task.outcome, &task.hints));
        let of_builds = document.builds.iter().map(|build| (build.outcome, &build.hints));
        let of_jobs = of_tasks.chain(of_builds).filter(|(of_job, _)| *of_job == outcome);
        let has_all = of_jobs.map(|(_, hints)| !hints.is_empty()).reduce(|all, has| all && has);
        let is_hinted = !document.hints.is_empty() || has_all == Some(true);
        let general = match (outcome, kind) {
            _ if is_hinted => Vec::new(),
            (Outcome::Usage, JobKind::Build) => vec![Hint::Job(JobHint::Help("build"))],
            // `report` would make that of the full task.
            (Outcome::ReportFailed, _) if document.tasks.iter().any(|task| task.pull_request.is_some()) => {
                vec![Hint::Job(JobHint::RunAgain)]
            }
            (Outcome::GateFailed, _) => vec![Hint::Outcome(outcome), where_findings_are(document)],
            _ => vec![Hint::Outcome(outcome)],
        };
        Weight::Error.log(&end, &general);
    }
}

/// Where to read the findings that failed a gate: the file of the only task, the page to look at if there is one, or where those of all tasks are.
fn where_findings_are(document: &ResultDocument) -> Hint {
    let failed = || document.tasks.iter().filter(|task| task.outcome == Outcome::GateFailed);
    let file = failed().find_map(|task| {
        let page = task.files.iter().find(|file| file.format == &html::FORMAT);
        let file = page.or_else(|| task.files.first()).map(|file| &file.path);
        file.or_else(|| task.report.as_ref().map(|report| &report.path))
    });
    let Some(file) = file else { return Hint::List(ListHint::AskForFile) };
    let directory = Path::new(file).parent().filter(|_| failed().count() > 1);
    let place = directory.map_or_else(|| file.clone(), |path| path.display().to_string());
    Hint::List(ListHint::FindingsIn(place))
}

/// How much a line matters.
#[derive(Clone, Copy)]
enum Weight {
    Note,
    Warning,
    Error,
}

impl Weight {
    const fn of(outcome: Outcome, is_allowed: bool) -> Self {
        match (outcome, is_allowed) {
            (Outcome::Passed, _) => Self::Note,
            (_, true) => Self::Warning,
            (_, false) => Self::Error,
        }
    }

    fn log(self, message: &Message, hints: &[Hint]) {
        let hints = hint_lines(hints);
        match self {
            Self::Note => tracing::info!(hints, "{message}"),
            Self::Warning => tracing::warn!(hints, "{message}"),
            Self::Error => tracing::error!(hints, "{message}"),
        }
    }
}

/// What the waits of a batch cost together, and how late the ends that were seen were detected at most.
fn log_polls(document: &ResultDocument) {
    let of_tasks = document.tasks.iter().map(|task| (task.outcome, task.wait));
    let of_builds = document.builds.iter().map(|build| (build.outcome, build.wait));
    let waits: Vec<(Outcome, WaitResult)> =
        of_tasks.chain(of_builds).filter_map(|(outcome, wait)| Some((outcome, wait?))).collect();
    if waits.is_empty() {
        return;
    }
    let sum = |of: fn(&WaitResult) -> u32| waits.iter().map(|(_, wait)| u64::from(of(wait))).sum::<u64>();
    let ended = waits.iter().filter(|(outcome, _)| outcome.is_seen_end());
    let delay = ended.map(|(_, wait)| wait.lag_bound_seconds).fold(0.0, f64::max);
    let cost = FinishMessage::Polls {
        polls: sum(|wait| wait.polls),
        fixed: sum(|wait| wait.polls_every_5_seconds),
        delay: Duration::from_secs_f64(delay),
    };
    tracing::info!("{cost}");
}

fn log_task(task: &TaskResult, is_batch: bool) {
    let ended = EndedJob {
        name: task.shown_with_id(),
        build: None,
        outcome: task.outcome,
        reason: task.reason.clone(),
        counts: task.counts,
        is_allowed: task.allowed,
    };
    log_ended(ended, &task.hints);
    for step in &task.failing_steps {
        let step = step.clone();
        let failing = FinishMessage::FailingStep {
            task: task.shown().to_owned(),
            name: step.name,
            log: step.log,
            analysis: step.analysis,
            faq: step.faq,
        };
        tracing::error!("{failing}");
    }
    let has_not_finished = matches!(task.outcome, Outcome::CheckFailed | Outcome::Stopped);
    if task.report.is_none() && has_not_finished && !is_batch {
        tracing::info!("{}", FinishMessage::NoPdf { task: task.shown().to_owned() });
    }
}

/// The worst findings of tasks whose gate failed.
fn log_findings(document: &ResultDocument, findings: &[TaskFindings]) {
    let failed = document.tasks.iter().zip(findings).filter(|(task, _)| task.outcome == Outcome::GateFailed);
    let overviews: Vec<_> = failed.filter_map(|(task, of)| Some((task, of.overview.as_ref()?))).collect();
    let mut worst: Vec<&Finding> = overviews.iter().flat_map(|(_, overview)| &overview.blocking).collect();
    worst.sort_unstable();
    worst.truncate(LOGGED);
    for finding in &worst {
        let place =
            finding.line.map_or_else(|| finding.path.clone(), |line| format!("{}:{line}", finding.path));
        let tree = document.source_tree();
        let link = tree.and_then(|tree| tree.link(&finding.path, finding.line)).unwrap_or_default();
        let (severity, message, rule) = (finding.severity, finding.message.clone(), finding.rule.clone());
        let shown = FinishMessage::Finding { place: place.clone(), severity, message, rule };
        let place = place.as_str();
        tracing::info!(place, link = link.as_str(), severity = severity.name(), "{shown}");
    }
    // Where only the worst were fetched, the summary knows how many there are.
    let counted = overviews.iter().map(|(task, overview)| match overview.counting.issues {
        0 => task.counts.map_or(0, |counts| counts.issues),
        counting => counting,
    });
    let more = counted.sum::<u64>().saturating_sub(worst.len() as u64);
    if !worst.is_empty() && more > 0 {
        tracing::info!("{}", FinishMessage::MoreFindings(more));
    }
}

fn log_build(build: &BuildResult) {
    let ended = EndedJob {
        name: build.job_id.clone(),
        build: build.build_no,
        outcome: build.outcome,
        reason: build.reason.clone(),
        counts: None,
        is_allowed: build.allowed,
    };
    log_ended(ended, &build.hints);
    for name in &build.failing_steps {
        let failing = FinishMessage::FailingBuildStep { job: build.job_id.clone(), name: name.clone() };
        tracing::error!("{failing}");
    }
}

fn log_ended(job: EndedJob, hints: &[Hint]) {
    Weight::of(job.outcome, job.is_allowed).log(&FinishMessage::Ended(Box::new(job)).into(), hints);
}
