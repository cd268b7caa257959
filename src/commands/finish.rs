//! The end of `check`: one verdict from all tasks, the document, and the last lines, which say it all.

use super::task::TaskState;
use crate::codearts::Id;
use crate::codearts::tasks::{FailingStep, TaskStatus};
use crate::console::Console;
use crate::finding::Counts;
use crate::outcome::Outcome;
use crate::publish::{Publication, Publisher};
use crate::report::directory::ReportDirectory;
use crate::report::markdown::Subject;
use crate::report::result::{FileResult, ReportResult, ResultDocument, StepResult, TaskResult};
use crate::text::count;
use std::path::Path;

/// The verdict on all tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overall {
    /// What the process ends as.
    pub(super) outcome: Outcome,
    /// What it exits with; `--allow` may have made it 0.
    pub(super) exit_code: u8,
}

impl Overall {
    /// The worst of the outcomes that are not allowed; if all others are, the worst of those with exit code 0.
    pub(super) fn new(outcomes: &[Outcome], allow: &[Outcome]) -> Self {
        let counting: Vec<Outcome> =
            outcomes.iter().copied().filter(|outcome| !allow.contains(outcome)).collect();
        let has_passed = !outcomes.is_empty() && counting.iter().all(|outcome| *outcome == Outcome::Passed);
        if has_passed {
            Self { outcome: Outcome::worst(outcomes.iter().copied()), exit_code: 0 }
        } else {
            let outcome = Outcome::worst(counting);
            Self { outcome, exit_code: outcome.exit_code() }
        }
    }
}

/// What became of one task; a task without a conclusion shares the fate of the process.
pub(super) fn task_result(
    task: &Id,
    state: &TaskState,
    fate: Outcome,
    allow: &[Outcome],
) -> (Outcome, TaskResult) {
    let (outcome, reason) = state
        .conclusion
        .clone()
        .unwrap_or_else(|| (fate, format!("{} before there was a result", fate.meaning())));
    let result = TaskResult {
        task_id: task.to_string(),
        run_id: state.run_id.clone(),
        status: state.status.and_then(TaskStatus::number),
        outcome: outcome.name(),
        allowed: allow.contains(&outcome),
        reason,
        failing_steps: state.failing_steps.iter().map(step_result).collect(),
        gate: state.gate.clone(),
        counts: state.summary.counts,
        files: state.files.iter().map(FileResult::new).collect(),
        report: state.pdf.as_ref().map(ReportResult::new),
        wait: state.wait,
    };
    (outcome, result)
}

fn step_result(step: &FailingStep) -> StepResult {
    let FailingStep { name, log, analysis, faq } = step.clone();
    StepResult { name, log, analysis, faq }
}

/// A process that could not begin says so in its document too, if `directory` is to hold one: an old one must not be taken
/// for its result.
pub(super) fn tell_usage_error(
    error: &anyhow::Error,
    directory: Option<&Path>,
    json: bool,
    publisher: Option<&Publisher>,
    console: &Console,
) {
    let document = ResultDocument::of_usage_error(format!("{error:#}"));
    if let Some(Ok(directory)) = directory.map(ReportDirectory::prepare) {
        let _ = directory.write_result(&document.to_text());
    }
    if let Some(publisher) = publisher {
        let subject = Subject {
            outcome: Outcome::Usage,
            exit_code: Outcome::Usage.exit_code(),
            document: &document,
            findings: &[],
        };
        let mut publication = Publication::default();
        publisher.show(subject, console, &mut publication);
        publisher.tell_outputs(subject, &mut publication);
    }
    if json {
        console.document(&document.to_text());
    }
}

impl ResultDocument {
    /// Makes the document say how the whole ended.
    pub(super) fn set_overall(&mut self, overall: Overall) {
        self.outcome = overall.outcome.name();
        self.verdict = overall.outcome.verdict().name();
        self.exit_code = overall.exit_code;
    }
}

/// Says how each task ended and why, then the one line that tells it all.
pub(super) fn say(document: &ResultDocument, overall: Overall) {
    let Overall { outcome, exit_code } = overall;
    for task in &document.tasks {
        let counts = task.counts.map(describe_counts).unwrap_or_default();
        let line = format!("{}: {} - {}{counts}", task.task_id, task.outcome, task.reason);
        say_one(&line, task.outcome, task.allowed);
        for step in &task.failing_steps {
            tracing::error!("{}: failing step {}", task.task_id, describe_step(step));
        }
        let is_without_report = task.report.is_none();
        if is_without_report
            && [Outcome::CheckFailed, Outcome::Stopped].iter().any(|outcome| outcome.name() == task.outcome)
        {
            tracing::info!("{}: no PDF report, because the check did not finish", task.task_id);
        }
    }
    for build in &document.builds {
        let number = build.build_no.map(|number| format!(", build {number}")).unwrap_or_default();
        let line = format!("{}{number}: {} - {}", build.job_id, build.outcome, build.reason);
        say_one(&line, build.outcome, build.allowed);
        for step in &build.failing_steps {
            tracing::error!("{}: failing step \"{step}\"", build.job_id);
        }
    }
    if let Some(reason) = &document.reason {
        if exit_code == 0 { tracing::warn!("{reason}") } else { tracing::error!("{reason}") }
    }
    let of_tasks = document.tasks.iter().map(|task| task.outcome);
    let outcomes: Vec<&str> = of_tasks.chain(document.builds.iter().map(|build| build.outcome)).collect();
    let what = if document.builds.is_empty() { "tasks" } else { "builds" };
    let share = match outcomes.len() {
        1 => String::new(),
        number => {
            let passed = outcomes.iter().filter(|outcome| **outcome == Outcome::Passed.name()).count();
            format!(", {passed} of {number} {what} passed")
        }
    };
    if exit_code == 0 {
        tracing::info!("{} (exit 0){share}", outcome.name().to_uppercase());
    } else {
        tracing::error!("{} (exit {exit_code}){share}; {}", outcome.name().to_uppercase(), outcome.advice());
    }
}

fn say_one(line: &str, outcome: &str, is_allowed: bool) {
    if outcome == Outcome::Passed.name() {
        tracing::info!("{line}");
    } else if is_allowed {
        tracing::warn!("{line}; `--allow {outcome}` lets it pass");
    } else {
        tracing::error!("{line}");
    }
}

/// `; 14 open findings (0 critical, 1 major, 4 minor, 9 suggestion)`.
fn describe_counts(counts: Counts) -> String {
    let [severities @ .., (_, issues)] = counts.by_name();
    let severities = severities.map(|(name, number)| format!("{number} {name}")).join(", ");
    format!("; {} ({severities})", count(issues, "open finding"))
}

fn describe_step(step: &StepResult) -> String {
    let parts = [("", &step.log), ("analysis: ", &step.analysis), ("see ", &step.faq)];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| format!("{label}{text}"))
        .collect();
    format!("\"{}\": {}", step.name, told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::*;

    #[test]
    fn allowed_outcomes_exit_zero_but_keep_their_name() {
        let cases: [(&[Outcome], &[Outcome], Outcome, u8); 8] = [
            (&[Passed], &[], Passed, 0),
            (&[Stopped], &[], Stopped, 3),
            (&[Stopped], &[Stopped], Stopped, 0),
            (&[Passed, Stopped], &[Stopped], Stopped, 0),
            (&[Denied, CheckFailed], &[Denied], CheckFailed, 1),
            (&[ReportFailed, Passed], &[], ReportFailed, 5),
            (&[TimedOut, ReportFailed], &[ReportFailed], TimedOut, 2),
            (&[], &[Stopped], Usage, 64),
        ];
        for (outcomes, allow, outcome, exit_code) in cases {
            assert_eq!(
                Overall::new(outcomes, allow),
                Overall { outcome, exit_code },
                "{outcomes:?} {allow:?}"
            );
        }
    }
}
