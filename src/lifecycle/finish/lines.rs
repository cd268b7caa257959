//! The end of `check`: one verdict from all tasks, the document, and the last lines, which say it all.

use crate::codearts::Id;
use crate::codearts::tasks::{FailingStep, TaskStatus};
use crate::console::{Console, SINGLE_TASKS_LIMIT};
use crate::lifecycle::track::task::TaskState;
use crate::messages::OutcomeText;
use crate::model::finding::Counts;
use crate::model::outcome::Outcome;
use crate::publish::{HOST_FILES, PublishResults, Publisher};
use crate::report::lists::Format;
use crate::report::pages::markdown::Subject;
use crate::report::result::{
    BuildResult, FileResult, ReportResult, ResultDocument, StepResult, TaskResult, WaitResult,
};
use crate::report::store::directory::{RESULT_FILE, ReportDirectory, pdf_name};
use crate::text::count;
use std::io;
use std::path::Path;

/// Tasks of a crowd that are told about at the end.
const TOLD_LIMIT: usize = 10;

/// The verdict on all tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overall {
    /// What the process ends as.
    pub(crate) outcome: Outcome,
    /// What it exits with; `--allow` may have made it 0.
    pub(crate) exit_code: u8,
}

impl Overall {
    /// The worst of the outcomes that are not allowed; if all others are, the worst of those with exit code 0.
    pub(crate) fn new(outcomes: &[Outcome], allow: &[Outcome]) -> Self {
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
pub(crate) fn task_result(
    task: &Id,
    state: &TaskState,
    fate: Outcome,
    allow: &[Outcome],
) -> (Outcome, TaskResult) {
    let (outcome, reason) = state
        .conclusion
        .clone()
        .unwrap_or_else(|| (fate, format!("{} before there was a result", OutcomeText::Meaning(fate))));
    let result = TaskResult {
        task_id: task.to_string(),
        run_id: state.run_id.clone(),
        started_by: state.started_by(),
        status: state.status.and_then(TaskStatus::number),
        has_finished: state.status == Some(TaskStatus::Successful),
        outcome,
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

/// All files that any `check` of these tasks may have left.
pub(crate) fn leftovers(ids: &[String]) -> Vec<String> {
    let of_task = |id: &String| {
        let of_format = |format: Format| format!("{id}.{}", format.ending());
        Format::ALL.map(of_format).into_iter().chain([pdf_name(id)]).collect::<Vec<_>>()
    };
    let of_all = [RESULT_FILE].iter().chain(HOST_FILES).map(|name| (*name).to_owned());
    ids.iter().flat_map(of_task).chain(of_all).collect()
}

/// Removes what an earlier run left, where this one could not begin. `named` are the tasks that it names, if any can be read;
/// else those of the earlier run itself. Trouble is not told: what could not begin has been told already.
pub(crate) fn remove_leftovers(
    directory: &ReportDirectory,
    named: &[Id],
    leftovers: impl FnOnce(&[String]) -> Vec<String>,
) {
    let ids = match named {
        [] => directory.earlier_tasks(),
        named => named.iter().map(ToString::to_string).collect(),
    };
    for name in leftovers(&ids) {
        let _ = directory.remove([name]);
    }
}

/// A process that could not begin says so in its document too, if `directory` is to hold one: neither an old one nor other files
/// of an earlier run must be taken for its result. `tasks`: those that it names, as far as they can be read;
/// `None`: it is not about tasks.
pub(crate) fn tell_usage_error(
    error: &anyhow::Error,
    directory: Option<&Path>,
    tasks: Option<&[Id]>,
    json: bool,
    publisher: Option<&Publisher>,
    console: &Console,
) {
    let document = ResultDocument::of_usage_error(format!("{error:#}"));
    let directory = directory.map(ReportDirectory::prepare);
    // Whose directory it is, or where it lies, may be the mistake.
    let is_out_of_bounds = matches!(directory, Some(Err(_)));
    if let Some(Ok(directory)) = &directory {
        if let Some(tasks) = tasks {
            remove_leftovers(directory, tasks, leftovers);
        }
        let _ = directory.write_result(&document.to_text());
    }
    if let Some(publisher) = publisher.filter(|publisher| !is_out_of_bounds || !publisher.writes_reports()) {
        let subject = Subject {
            outcome: Outcome::Usage,
            exit_code: Outcome::Usage.exit_code(),
            document: &document,
            findings: &[],
        };
        let mut publication = PublishResults::default();
        publisher.show(subject, console, &mut publication);
        publisher.tell_outputs(subject, &mut publication);
    }
    if json && let Err(error) = console.document(&document.to_text()) {
        tracing::error!("{}", not_printed(&error));
    }
}

/// The document of `--json` did not get out.
pub(crate) fn not_printed(error: &io::Error) -> String {
    format!("could not write the result document to standard output (`--json`): {error}")
}

impl ResultDocument {
    /// Makes the document say how the whole ended.
    pub(crate) fn set_overall(&mut self, overall: Overall) {
        self.outcome = overall.outcome;
        self.verdict = overall.outcome.verdict();
        self.exit_code = overall.exit_code;
    }
}

/// Says how each task ended and why, or of a crowd the worst of those that did not pass; then the one line that tells it all.
pub(crate) fn say(document: &ResultDocument, overall: Overall) {
    let Overall { outcome, exit_code } = overall;
    let number = document.tasks.len() + document.builds.len();
    let is_crowd = number > SINGLE_TASKS_LIMIT;
    let is_told = |outcome: Outcome| !is_crowd || outcome != Outcome::Passed;
    let limit = if is_crowd { TOLD_LIMIT } else { SINGLE_TASKS_LIMIT };
    for task in document.worst_tasks(limit).into_iter().filter(|task| is_told(task.outcome)) {
        say_task(task, is_crowd);
    }
    for build in document.worst_builds(limit).into_iter().filter(|build| is_told(build.outcome)) {
        say_build(build);
    }
    let tell = |text: &str| if exit_code == 0 { tracing::warn!("{text}") } else { tracing::error!("{text}") };
    let of_tasks = document.tasks.iter().map(|task| task.outcome);
    let outcomes = of_tasks.chain(document.builds.iter().map(|build| build.outcome));
    let passed = outcomes.filter(|outcome| *outcome == Outcome::Passed).count();
    let what = if document.builds.is_empty() { "task" } else { "build" };
    if is_crowd && !outcome.is_cancelled() {
        say_polls(document);
    }
    let untold = (number - passed).saturating_sub(limit);
    if untold > 0 {
        let more = count(untold as u64, &format!("more {what}"));
        tell(&format!("and {more} that did not pass; {RESULT_FILE} lists all"));
    }
    if let Some(reason) = &document.reason {
        tell(reason);
    }
    let share = if number == 1 { String::new() } else { format!(", {passed} of {number} {what}s passed") };
    if exit_code == 0 {
        tracing::info!("{} (exit 0){share}", outcome.name().to_uppercase());
    } else {
        tracing::error!(
            "{} (exit {exit_code}){share}; {}",
            outcome.name().to_uppercase(),
            OutcomeText::Advice(outcome)
        );
    }
}

/// What the waits of a crowd cost together, and how late the ends that were seen were noticed at most.
fn say_polls(document: &ResultDocument) {
    let of_tasks = document.tasks.iter().map(|task| (task.outcome, task.wait));
    let of_builds = document.builds.iter().map(|build| (build.outcome, build.wait));
    let waits: Vec<(Outcome, WaitResult)> =
        of_tasks.chain(of_builds).filter_map(|(outcome, wait)| Some((outcome, wait?))).collect();
    if waits.is_empty() {
        return;
    }
    let sum = |of: fn(&WaitResult) -> u32| waits.iter().map(|(_, wait)| u64::from(of(wait))).sum::<u64>();
    let polls = count(sum(|wait| wait.polls), "poll");
    let usual = sum(|wait| wait.polls_every_5_seconds);
    let ended = waits.iter().filter(|(outcome, _)| outcome.is_seen_end());
    let lag = ended.map(|(_, wait)| wait.lag_bound_seconds).fold(0.0, f64::max);
    tracing::info!("{polls}, ends noticed within {lag:.1} s; a poll every 5 s would have made {usual}");
}

fn say_task(task: &TaskResult, is_crowd: bool) {
    let counts = task.counts.map(describe_counts).unwrap_or_default();
    let line = format!("{}: {} - {}{counts}", task.task_id, task.outcome, task.reason);
    say_one(&line, task.outcome, task.allowed);
    for step in &task.failing_steps {
        tracing::error!("{}: failing step {}", task.task_id, describe_step(step));
    }
    let has_not_finished = matches!(task.outcome, Outcome::CheckFailed | Outcome::Stopped);
    if task.report.is_none() && has_not_finished && !is_crowd {
        tracing::info!("{}: no PDF report, because the check did not finish", task.task_id);
    }
}

fn say_build(build: &BuildResult) {
    let number = build.build_no.map(|number| format!(", build {number}")).unwrap_or_default();
    let line = format!("{}{number}: {} - {}", build.job_id, build.outcome, build.reason);
    say_one(&line, build.outcome, build.allowed);
    for step in &build.failing_steps {
        tracing::error!("{}: failing step \"{step}\"", build.job_id);
    }
}

fn say_one(line: &str, outcome: Outcome, is_allowed: bool) {
    if outcome == Outcome::Passed {
        tracing::info!("{line}");
    } else if is_allowed {
        tracing::warn!("{line}; `--allow {outcome}` lets it pass");
    } else {
        tracing::error!("{line}");
    }
}

/// `; 14 open findings (0 critical, 1 major, 4 minor, 9 suggestion)`.
fn describe_counts(counts: Counts) -> String {
    let severities = counts.severities().map(|(severity, number)| format!("{number} {}", severity.name()));
    format!("; {} ({})", count(counts.issues, "open finding"), severities.join(", "))
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
