//! The last lines of the log: how each task and build ended, and how the whole.

use crate::console::SINGLE_TASKS_LIMIT;
use crate::lifecycle::finish::overall::Overall;
use crate::messages::OutcomeText;
use crate::model::finding::Counts;
use crate::model::outcome::Outcome;
use crate::report::result::{BuildResult, ResultDocument, StepResult, TaskResult, WaitResult};
use crate::report::store::directory::RESULT_FILE;
use crate::text::count;

/// Tasks of a batch that get a line at the end.
const LINES_LIMIT: usize = 10;

/// Says how each task ended and why, or of a batch the worst of those that did not pass; then the one line that sums it up.
pub(super) fn log(document: &ResultDocument, overall: Overall) {
    let Overall { outcome, exit_code } = overall;
    let number = document.tasks.len() + document.builds.len();
    let is_batch = number > SINGLE_TASKS_LIMIT;
    let is_shown = |outcome: Outcome| !is_batch || outcome != Outcome::Passed;
    let limit = if is_batch { LINES_LIMIT } else { SINGLE_TASKS_LIMIT };
    for task in document.worst_tasks(limit).into_iter().filter(|task| is_shown(task.outcome)) {
        log_task(task, is_batch);
    }
    for build in document.worst_builds(limit).into_iter().filter(|build| is_shown(build.outcome)) {
        log_build(build);
    }
    let log = |text: &str| if exit_code == 0 { tracing::warn!("{text}") } else { tracing::error!("{text}") };
    let of_tasks = document.tasks.iter().map(|task| task.outcome);
    let outcomes = of_tasks.chain(document.builds.iter().map(|build| build.outcome));
    let passed = outcomes.filter(|outcome| *outcome == Outcome::Passed).count();
    let what = if document.builds.is_empty() { "task" } else { "build" };
    if is_batch && !outcome.is_cancelled() {
        log_polls(document);
    }
    let omitted = (number - passed).saturating_sub(limit);
    if omitted > 0 {
        let more = count(omitted as u64, &format!("more {what}"));
        log(&format!("and {more} that did not pass; {RESULT_FILE} lists all"));
    }
    if let Some(reason) = &document.reason {
        log(&reason.to_string());
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

/// What the waits of a batch cost together, and how late the ends that were seen were noticed at most.
fn log_polls(document: &ResultDocument) {
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

fn log_task(task: &TaskResult, is_batch: bool) {
    let counts = task.counts.map(describe_counts).unwrap_or_default();
    let line = format!("{}: {} - {}{counts}", task.task_id, task.outcome, task.reason);
    log_one(&line, task.outcome, task.allowed);
    for step in &task.failing_steps {
        tracing::error!("{}: failing step {}", task.task_id, describe_step(step));
    }
    let has_not_finished = matches!(task.outcome, Outcome::CheckFailed | Outcome::Stopped);
    if task.report.is_none() && has_not_finished && !is_batch {
        tracing::info!("{}: no PDF report, because the check did not finish", task.task_id);
    }
}

fn log_build(build: &BuildResult) {
    let number = build.build_no.map(|number| format!(", build {number}")).unwrap_or_default();
    let line = format!("{}{number}: {} - {}", build.job_id, build.outcome, build.reason);
    log_one(&line, build.outcome, build.allowed);
    for step in &build.failing_steps {
        tracing::error!("{}: failing step \"{step}\"", build.job_id);
    }
}

fn log_one(line: &str, outcome: Outcome, is_allowed: bool) {
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
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| format!("{label}{text}"))
        .collect();
    format!("\"{}\": {}", step.name, parts.join("; "))
}
