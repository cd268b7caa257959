//! From the reports of tasks and builds to their entries in the result document.

use crate::ci::CodeFacts;
use crate::codearts::tasks::{FailingStep, TaskStatus};
use crate::lifecycle::checked_code::{CheckedCode, compare};
use crate::lifecycle::report::{BuildReport, ReviewReport, TaskReport, Verdict};
use crate::messages::FinishMessage;
use crate::model::outcome::Outcome;
use crate::model::pull_request::{FetchRef, PullRequest};
use crate::model::source_link::SourceTree;
use crate::report::result::{
    BuildResult, FileResult, PullRequestResult, ReportResult, StepResult, TaskResult,
};

/// The entry of one task. A task without a verdict ended as `unfinished`.
pub(super) fn task_result(
    task: &str,
    report: &TaskReport,
    job: &CodeFacts,
    pull_request: Option<(&PullRequest, Option<&str>)>,
    unfinished: Outcome,
    allow: &[Outcome],
) -> TaskResult {
    let Verdict { outcome, reason, hints } = verdict(report.job.verdict.as_ref(), unfinished);
    let evidence = &report.evidence;
    let review = report.review.as_ref();
    TaskResult {
        judged_task_id: review.map_or(task, |review| review.task.id.as_str()).to_owned(),
        task_id: task.to_owned(),
        name: evidence.code.name.clone(),
        shown_name: None,
        repository: evidence.code.repository.clone(),
        branch: evidence.code.branch.clone(),
        is_other_code: pull_request.is_none() && compare(job, &evidence.code) == Some(CheckedCode::Other),
        pull_request: pull_request.map(|pull_request| pull_request_result(task, pull_request, review)),
        run_id: report.run_id.clone(),
        started_by: report.job.started_by,
        status: report.status.and_then(TaskStatus::number),
        has_finished: report.status == Some(TaskStatus::Successful),
        outcome,
        allowed: allow.contains(&outcome),
        reason,
        hints,
        failing_steps: evidence.failing_steps.iter().map(step_result).collect(),
        gate: evidence.gate.clone(),
        counts: evidence.counts,
        scope: evidence.scope,
        outside_scope: evidence.outside_scope(),
        files: evidence.files.iter().map(FileResult::new).collect(),
        report: evidence.pdf.as_ref().map(ReportResult::new),
        wait: report.job.wait,
    }
}

fn pull_request_result(
    task: &str,
    (pull_request, head_at_end): (&PullRequest, Option<&str>),
    review: Option<&ReviewReport>,
) -> PullRequestResult {
    let source_tree = SourceTree::new(pull_request.forge, &pull_request.repository_url, &pull_request.head);
    let PullRequest { forge, repository, number, source_branch, target_branch, head, .. } =
        pull_request.clone();
    let fetch_ref = review.and_then(|review| review.fetch_ref).map(FetchRef::word);
    let parent_task_id = task.to_owned();
    let parent_name = review.and_then(|review| review.task.parent_name.clone());
    PullRequestResult {
        forge,
        repository,
        number,
        source_branch,
        target_branch,
        head,
        head_at_end: head_at_end.map(str::to_owned),
        parent_task_id,
        parent_name,
        fetch_ref,
        source_tree,
    }
}

/// The entry of one build. A build without a verdict ended as `unfinished`.
pub(super) fn build_result(
    job: &str,
    report: BuildReport,
    unfinished: Outcome,
    allow: &[Outcome],
) -> BuildResult {
    let Verdict { outcome, reason, hints } = verdict(report.job.verdict.as_ref(), unfinished);
    BuildResult {
        job_id: job.to_owned(),
        build_no: report.number,
        started_by: report.job.started_by,
        status: report.status,
        outcome,
        allowed: allow.contains(&outcome),
        reason,
        hints,
        failing_steps: report.failing_steps,
        log_tail: report.log_tail,
        packages: report.packages,
        wait: report.job.wait,
    }
}

/// A task with what came after its verdict.
pub(super) fn with_later(task: &TaskResult, later: &Verdict, allow: &[Outcome]) -> TaskResult {
    let Verdict { outcome, reason, hints } = later;
    TaskResult {
        outcome: *outcome,
        allowed: allow.contains(outcome),
        reason: FinishMessage::Later {
            later: Box::new(reason.clone()),
            reason: Box::new(task.reason.clone()),
        }
        .into(),
        hints: [hints.as_slice(), &task.hints].concat(),
        ..task.clone()
    }
}

fn verdict(known: Option<&Verdict>, unfinished: Outcome) -> Verdict {
    known.cloned().unwrap_or_else(|| Verdict::new(unfinished, FinishMessage::NoResult(unfinished)))
}

fn step_result(step: &FailingStep) -> StepResult {
    let FailingStep { name, log, analysis, faq } = step.clone();
    StepResult { name, log, analysis, faq }
}
