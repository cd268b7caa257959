//! The tables of a page in Markdown.

use crate::messages::{Label, PageText};
use crate::model::finding::{Counts, Finding, Severity};
use crate::model::gate::{GateMode, ThresholdResult};
use crate::model::language::Language;
use crate::model::outcome::{Outcome, Verdict};
use crate::model::source_link::SourceTree;
use crate::report::escape::{code_cell, inline, link_target};
use crate::report::pages::task_page::TASK_ID_MARK;
use crate::report::result::{ResultDocument, StepResult, TaskResult};
use crate::report::store::workspace::Workspace;
use crate::text::one_line;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::path::Path;

/// Tasks that get a row.
pub(in crate::report) const TASKS_LIMIT: usize = 50;
/// Findings that get a row.
const FINDINGS_LIMIT: usize = 10;
/// Longest reason or message, in characters.
pub(in crate::report) const TEXT_LIMIT: usize = 300;
/// Longest path, in characters.
pub(in crate::report) const PATH_LIMIT: usize = 120;
/// Longest name of a rule, in characters.
const RULE_LIMIT: usize = 60;

/// The head of a table: `| task | result |`, and the line below it.
fn table_head(columns: &[(Option<Label>, &str)], language: Language) -> String {
    let mut head = String::from("|");
    let mut line = String::from("|");
    for (label, alignment) in columns {
        match label {
            Some(label) => drop(write!(head, " {} |", label.text(language))),
            None => head.push_str(" |"),
        }
        let _ = write!(line, "{alignment}|");
    }
    format!("{head}\n{line}\n")
}

/// The tasks, one a row. `before`: the counts of the last run; `task_url`: address of a task's page.
pub(in crate::report) fn tasks(
    document: &ResultDocument,
    before: Option<Counts>,
    task_url: Option<&str>,
    workspace: Option<&Workspace>,
    language: Language,
) -> Option<String> {
    if document.tasks.is_empty() {
        return None;
    }
    let has_counts = document.tasks.iter().any(|task| task.counts.is_some());
    let mut columns = vec![(Some(Label::Task), "---"), (Some(Label::Result), "---")];
    if has_counts {
        columns.extend(Severity::ALL.map(|severity| (Some(Label::Severity(severity)), "---:")));
        columns.push((Some(Label::Open), "---:"));
    }
    columns.push((Some(Label::Report), "---"));
    let mut text = table_head(&columns, language);
    let is_single = document.tasks.len() == 1;
    for task in document.worst_tasks(TASKS_LIMIT) {
        let name = task_cell(task);
        let name = match task_url {
            Some(url) => format!("[{name}]({})", link_target(&url.replace(TASK_ID_MARK, &task.task_id))),
            None => name,
        };
        let _ = write!(text, "| {name} | {} |", result_cell(task, language));
        if has_counts {
            counts_cells(&mut text, task.counts, before.filter(|_| is_single));
        }
        let _ = writeln!(text, " {} |", report_cell(task, workspace, language));
    }
    if let Some(counts) = document.counts().filter(|_| !is_single) {
        let _ = write!(text, "| **{}** | |", Label::All.text(language));
        counts_cells(&mut text, Some(counts), before);
        text.push_str(" |\n");
    }
    if document.tasks.len() > TASKS_LIMIT {
        let more = PageText::MoreTasks { number: document.tasks.len() - TASKS_LIMIT };
        let _ = writeln!(text, "\n{}", more.text(language));
    }
    Some(text)
}

/// The name of a task; an id is set as code, so that it can be copied.
pub(in crate::report) fn task_cell(task: &TaskResult) -> String {
    match &task.shown_name {
        Some(name) => inline(name, PATH_LIMIT),
        None => code_cell(&task.task_id, PATH_LIMIT),
    }
}

fn result_cell(task: &TaskResult, language: Language) -> String {
    let sign = match (task.outcome, task.outcome.verdict()) {
        (Outcome::Passed, _) => "✅",
        (_, Verdict::Undecided) => "⚠️",
        (_, Verdict::Pass | Verdict::Fail) if task.allowed => "⚠️",
        (_, Verdict::Pass | Verdict::Fail) => "❌",
    };
    let allowed = task.allowed.then(|| format!(" ({})", Label::Allowed.text(language)));
    unbroken(&format!("{sign} {}{}", task.outcome, allowed.unwrap_or_default()))
}

/// Stays on one line of a narrow cell.
fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

fn counts_cells(text: &mut String, counts: Option<Counts>, before: Option<Counts>) {
    let Some(counts) = counts else {
        text.push_str(" – | – | – | – | – |");
        return;
    };
    // Without earlier counts nothing has changed.
    for (_, (now, before)) in counts.zip(before.unwrap_or(counts)).by_name() {
        let _ = write!(text, " {now}");
        match now.cmp(&before) {
            Ordering::Greater => drop(write!(text, " (+{})", now - before)),
            Ordering::Less => drop(write!(text, " (−{})", before - now)),
            Ordering::Equal => {}
        }
        text.push_str(" |");
    }
}

fn report_cell(task: &TaskResult, workspace: Option<&Workspace>, language: Language) -> String {
    match &task.report {
        Some(report) => match &report.url {
            Some(url) => {
                let pdf = PageText::Pdf { bytes: report.bytes }.text(language);
                format!("[{}]({})", unbroken(&pdf), link_target(url))
            }
            None => {
                let name = workspace.map(|workspace| workspace.name(Path::new(&report.path)));
                code_cell(name.as_ref().unwrap_or(&report.path), PATH_LIMIT)
            }
        },
        None => match task.published_at() {
            Some(url) => format!("[{}]({})", Label::Report.text(language), link_target(url)),
            None => "–".to_owned(),
        },
    }
}

/// The conditions of the gate of each task.
pub(in crate::report) fn gate(tasks: &[&TaskResult], language: Language) -> Option<String> {
    let columns = [
        (Some(Label::Task), "---"),
        (Some(Label::Condition), "---"),
        (Some(Label::Limit), "---:"),
        (Some(Label::Actual), "---:"),
        (None, "---"),
    ];
    let mut text = table_head(&columns, language);
    let heading = text.len();
    let mark = |passed: bool| if passed { "✅" } else { "❌" }.to_owned();
    for (task, gate) in tasks.iter().filter_map(|task| Some((task, task.gate.as_ref()?))) {
        let task = task_cell(task);
        let sign = match (gate.is_service_met(), gate.mode) {
            (Some(is_met), _) => mark(is_met),
            (None, GateMode::Off) => Label::Ignored.text(language),
            (None, GateMode::Auto | GateMode::Required) => "⚠️".to_owned(),
        };
        let [name, service] =
            [Label::ServiceGate, Label::ServiceGateResult(gate.service)].map(|label| label.text(language));
        let _ = writeln!(text, "| {task} | {name} | | {service} | {sign} |");
        let thresholds = &gate.thresholds;
        for ThresholdResult { name, limit, actual, passed } in thresholds {
            let actual = actual.map_or_else(|| Label::Unknown.text(language), |actual| actual.to_string());
            let name = Label::Threshold(*name).text(language);
            let _ = writeln!(text, "| {task} | {name} | {limit} | {actual} | {} |", mark(*passed));
        }
    }
    (text.len() > heading).then_some(text)
}

/// The steps that failed.
pub(in crate::report) fn failing_steps(tasks: &[&TaskResult], language: Language) -> Option<String> {
    let columns = [Label::Step, Label::Log, Label::Analysis, Label::Help].map(|label| (Some(label), "---"));
    let head = table_head(&columns, language);
    let mut text = format!("**{}**\n\n{head}", Label::WhyItFailed.text(language));
    let heading = text.len();
    for StepResult { name, log, analysis, faq } in tasks.iter().flat_map(|task| &task.failing_steps) {
        let cell = |text: &str| inline(text, TEXT_LIMIT);
        let _ = writeln!(text, "| {} | {} | {} | {} |", cell(name), cell(log), cell(analysis), cell(faq));
    }
    (text.len() > heading).then_some(text)
}

/// The worst findings. `tree`: where each links to its line.
pub(in crate::report) fn findings(
    findings: &[Finding],
    tree: Option<&SourceTree>,
    language: Language,
) -> Option<String> {
    if findings.is_empty() {
        return None;
    }
    let columns = [Label::SeverityColumn, Label::Place, Label::Rule, Label::Finding];
    let mut text = table_head(&columns.map(|label| (Some(label), "---")), language);
    for Finding { severity, path, line, rule, message, .. } in findings.iter().take(FINDINGS_LIMIT) {
        let place = match line {
            Some(line) => format!("{}:{line}", one_line(path, PATH_LIMIT)),
            None => path.clone(),
        };
        let place = code_cell(&place, PATH_LIMIT + 12);
        let place = match tree.and_then(|tree| tree.link(path, *line)) {
            Some(address) => format!("[{place}]({address})"),
            None => place,
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            Label::Severity(*severity).text(language),
            place,
            code_cell(rule, RULE_LIMIT),
            inline(message, TEXT_LIMIT)
        );
    }
    if findings.len() > FINDINGS_LIMIT {
        let more = PageText::MoreFindings { number: findings.len() - FINDINGS_LIMIT };
        let _ = writeln!(text, "\n{}", more.text(language));
    }
    Some(text)
}
