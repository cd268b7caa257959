//! The end of a whole run in English.

use super::outcome::meaning;
use super::parts::inner;
use crate::messages::finish::{EndedJob, FinishMessage, JobKind};
use crate::messages::shown::{FINDING_LIMIT, RULE_LIMIT};
use crate::model::finding::Counts;
use crate::model::outcome::Outcome;
use crate::text::{count, duration, one_line};

/// The words of a message.
pub(in crate::messages) fn finish(message: &FinishMessage) -> String {
    match message {
        FinishMessage::PassedBut(failure) => format!("the check passed, but {}", inner(failure)),
        FinishMessage::Because { what, cause } => format!("{}: {cause}", inner(what)),
        FinishMessage::Later { later, reason } => format!("{}; {}", inner(later), inner(reason)),
        FinishMessage::NoResult(outcome) => format!("{} before there was a result", end(*outcome)),
        FinishMessage::PublishingCancelled => "cancelled while publishing the result".to_owned(),
        FinishMessage::Ended(job) => ended(job),
        FinishMessage::Finding { place, severity, message, rule } => {
            let message = one_line(message, FINDING_LIMIT);
            let rule = one_line(rule, RULE_LIMIT);
            let (place, severity) = (one_line(place, FINDING_LIMIT), severity.name());
            format!("{place}: {severity}: {message} [{rule}]")
        }
        FinishMessage::MoreFindings(number) => format!("and {}", count(*number, "more finding")),
        FinishMessage::FailingStep { task, name, log, analysis, faq } => {
            let parts = [("", log), ("analysis: ", analysis), ("see ", faq)];
            let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
            let parts: Vec<String> = parts.map(|(label, text)| format!("{label}{text}")).collect();
            format!("{task}: failing step \"{name}\": {}", parts.join("; "))
        }
        FinishMessage::FailingBuildStep { job, name } => format!("{job}: failing step \"{name}\""),
        FinishMessage::NoPdf { task } => format!("{task}: no PDF report, because the check did not finish"),
        FinishMessage::MoreFailed(number, kind) => {
            let more = count(*number, &format!("more {}", noun(*kind)));
            format!("and {more} that did not pass; `result.json` lists all")
        }
        FinishMessage::Polls { polls, fixed, delay } => format!(
            "{} (a fixed interval of 5s would need {fixed}); maximum detection delay {}",
            count(*polls, "poll"),
            duration(*delay)
        ),
        FinishMessage::Overall { outcome, exit_code, passed } => {
            let share = passed.map_or_else(String::new, |(passed, all, kind)| {
                format!(", {passed} of {} passed", count(all, noun(kind)))
            });
            let is_allowed = *exit_code == 0 && *outcome != Outcome::Passed;
            let allowed = if is_allowed { ", allowed by `--allow`" } else { "" };
            format!("{}{allowed} (exit {exit_code}){share}", outcome.name().to_uppercase())
        }
        FinishMessage::BaselineIncomplete(path) => {
            format!("the baseline `{}` is not written, because not all findings are known", path.display())
        }
        FinishMessage::BaselineOfFailure(path) => {
            format!("the baseline `{}` is not written, because the gate failed", path.display())
        }
        FinishMessage::BaselineNotWritten(path, why) => {
            format!("could not write the baseline `{}`: {why}", path.display())
        }
        FinishMessage::BaselineWritten { path, findings } => {
            format!("baseline: {} in `{}`", count(*findings, "open finding"), path.display())
        }
        FinishMessage::FilesRemoved(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            format!("files of this run were removed by another process: {}", paths.join(", "))
        }
        FinishMessage::NotPrinted(why) => {
            format!("could not write the result document to standard output (`--json`): {why}")
        }
    }
}

/// What ended it, after the name of the outcome.
const fn end(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::HungUp => "received SIGHUP (the terminal was closed)",
        Outcome::Interrupted => "received SIGINT (Ctrl-C)",
        Outcome::Terminated => "received SIGTERM",
        other => meaning(other),
    }
}

const fn noun(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Task => "task",
        JobKind::Build => "build",
    }
}

fn ended(job: &EndedJob) -> String {
    let EndedJob { name, build, outcome, reason, counts, is_allowed } = job;
    let build = build.map_or_else(String::new, |number| format!(", build {number}"));
    let counts = counts.map_or_else(String::new, open_findings);
    let allowed = if *is_allowed { format!("; `--allow {outcome}` lets it pass") } else { String::new() };
    format!("{name}{build}: {outcome} - {}{counts}{allowed}", inner(reason))
}

/// `; 14 open findings (0 critical, 1 major, 4 minor, 9 suggestion)`.
fn open_findings(counts: Counts) -> String {
    let severities = counts.severities().map(|(severity, number)| format!("{number} {}", severity.name()));
    format!("; {} ({})", count(counts.issues, "open finding"), severities.join(", "))
}
