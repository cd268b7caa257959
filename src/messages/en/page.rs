//! Sentences on pages in English.

use super::outcome::end_in_words;
use crate::messages::label::Label;
use crate::messages::page::{PageText, Section};
use crate::model::language::Language;
use crate::model::outcome::{Outcome, Verdict};
use crate::text::{bytes, count};

/// A sentence on a page.
pub(in crate::messages) fn page(text: &PageText) -> String {
    match text {
        PageText::Headline { outcome, exit_code } => headline(*outcome, *exit_code),
        PageText::Ended { outcome, is_allowed: false } => title(*outcome),
        PageText::Ended { outcome, is_allowed: true } => format!("{}, allowed by `--allow`", title(*outcome)),
        PageText::Title { outcome, task, branch: Some(branch) } => {
            format!("{}: {task} ({branch})", title(*outcome))
        }
        PageText::Title { outcome, task, branch: None } => format!("{}: {task}", title(*outcome)),
        PageText::Sentence(message) => sentence(&message.text(Language::English)),
        PageText::ExitCode(code) => format!("exit code {code}"),
        PageText::Pdf { bytes: size } => format!("PDF, {}", bytes(*size)),
        PageText::MoreTasks { number } => format!("…and {}.", count(*number as u64, "more task")),
        PageText::MoreFindings { number } => {
            format!("…and {} in the report.", count(*number as u64, "more finding"))
        }
        PageText::Omitted { sections } => {
            let names: Vec<&str> = sections.iter().copied().map(section).collect();
            format!("Omitted to stay within the size limit: {}.", names.join(", "))
        }
        PageText::CheckedPullRequest { number, head, source, target, is_checked } => {
            let begin = if *is_checked { "Checked" } else { "The job is about" };
            format!("{begin} commit {head} of pull request {number}, {source} into {target}.")
        }
        PageText::CheckedBranch { branch, repository: Some(repository) } => {
            format!("Checked branch {branch} of {repository}.")
        }
        PageText::CheckedBranch { branch, repository: None } => format!("Checked branch {branch}."),
        PageText::CheckedOther => {
            "That is not the code of this pull request; `--pull-request auto` checks it.".to_owned()
        }
        PageText::FindingsBySeverity => "Open findings by severity".to_owned(),
        PageText::Trend { runs } => format!("Findings of the past {runs} runs"),
        PageText::PastRun { time, findings } => format!("{time}: {}", count(*findings, "finding")),
        PageText::SeverityCount { severity, number } => {
            format!("{}: {number}", Label::Severity(*severity).text(Language::English))
        }
        PageText::Scope { outside: None | Some(0) } => "Only findings on changed lines count.".to_owned(),
        PageText::Scope { outside: Some(outside) } => format!(
            "Only findings on changed lines count; {} elsewhere {} not shown.",
            count(*outside, "open finding"),
            if *outside == 1 { "is" } else { "are" }
        ),
        PageText::NoFindings => "No findings.".to_owned(),
        PageText::WorstFindings { shown, all } => {
            format!("The worst {shown} of {all} findings; the other files (`--report csv`) list all.")
        }
        PageText::DelayedFindings { number } => {
            format!("{}, not counted yet", count(*number, "delayed finding"))
        }
        PageText::GracePeriod => {
            "Found by new rules of an upgraded engine; they count when the grace period is over.".to_owned()
        }
        PageText::RowsShown => "{shown} of {all} shown".to_owned(),
    }
}

fn headline(outcome: Outcome, exit_code: u8) -> String {
    let end = end_in_words(outcome);
    match (outcome.verdict(), exit_code) {
        (Verdict::Pass, _) if outcome == Outcome::Passed => "✅ CodeArts Check passed".to_owned(),
        (Verdict::Pass | Verdict::Fail | Verdict::Undecided, 0) => {
            format!("⚠️ CodeArts Check: {end}, allowed by `--allow`")
        }
        (Verdict::Pass, _) => "❌ CodeArts Check passed, but the report was not delivered".to_owned(),
        (Verdict::Fail, _) => format!("❌ CodeArts Check: {end}"),
        (Verdict::Undecided, _) => format!("⚠️ CodeArts Check undecided: {end}"),
    }
}

const fn section(section: Section) -> &'static str {
    match section {
        Section::Tasks => "table of tasks",
        Section::Gate => "conditions of the gate",
        Section::FailingSteps => "failing steps",
        Section::Findings => "findings",
        Section::Notes => "notes",
        Section::Chart => "chart",
    }
}

/// How it ended, with a capital letter.
fn title(outcome: Outcome) -> String {
    capitalized(end_in_words(outcome))
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    format!("{}.", capitalized(text))
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", characters.as_str())
}
