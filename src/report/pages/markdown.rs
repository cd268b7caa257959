//! The report as Markdown, for job summaries and comments: the verdict first, then what it rests on. Pure: model in,
//! text out. All outside text passes through [`super::escape`].

use crate::messages::OutcomeText;
use crate::model::finding::{Counts, Finding};
use crate::model::gate::{GateMode, ThresholdResult};
use crate::model::outcome::{Outcome, Verdict};
use crate::report::format::Format;
use crate::report::pages::escape::{code_cell, inline, link_target};
use crate::report::pages::task_page::TaskPage;
use crate::report::result::{ResultDocument, StepResult, TaskResult};
use crate::report::store::workspace::Workspace;
use crate::text::{bytes, count, one_line};
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Room in the file of `--report markdown`; what GitHub takes as a summary.
const FILE_ROOM: Room = Room::Bytes(1024 * 1024);
/// Stands for the id in the address of a task's page.
pub const TASK_ID_MARK: &str = "{task_id}";
/// Tasks that get a row.
const TASKS_LIMIT: usize = 50;
/// Findings that get a row.
const FINDINGS_LIMIT: usize = 10;
/// Longest reason or message, in characters.
const TEXT_LIMIT: usize = 300;
/// Longest path, in characters.
const PATH_LIMIT: usize = 120;
/// Longest name of a rule, in characters.
const RULE_LIMIT: usize = 60;

/// How much room there is.
#[derive(Clone, Copy, Debug)]
pub enum Room {
    /// Bytes of UTF-8.
    Bytes(usize),
    /// Characters.
    Characters(usize),
}

impl Room {
    fn holds(self, text: &str) -> bool {
        match self {
            Self::Bytes(limit) => text.len() <= limit,
            Self::Characters(limit) => text.chars().count() <= limit,
        }
    }
}

/// What is told.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// What the process exits with.
    pub exit_code: u8,
    /// The tasks.
    pub document: &'a ResultDocument,
    /// Findings, worst first.
    pub findings: &'a [Finding],
}

/// How it is told in one place.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What is told.
    pub subject: Subject<'a>,
    /// Address of the run of the pipeline.
    pub run_url: Option<&'a str>,
    /// Address of a task's page, with [`TASK_ID_MARK`] for its id.
    pub task_url: Option<&'a str>,
    /// Counts that were told the last time.
    pub before: Option<Counts>,
    /// Whether charts are drawn.
    pub has_charts: bool,
    /// Sections that others add, Markdown already: heading and text.
    pub notes: &'a [(String, String)],
    /// From where its readers look for files.
    pub workspace: Option<&'a Workspace>,
}

impl<'a> Page<'a> {
    /// The subject alone, without links and charts.
    pub const fn new(subject: Subject<'a>) -> Self {
        Self {
            subject,
            run_url: None,
            task_url: None,
            before: None,
            has_charts: false,
            notes: &[],
            workspace: None,
        }
    }
}

/// A part that is left out as a whole when there is no room.
struct Section {
    name: &'static str,
    text: String,
}

/// The page, cut at the borders of its sections; what is left out is named.
pub fn render(page: &Page<'_>, room: Room) -> String {
    let head = head(page);
    let foot = foot(page);
    let mut sections = sections(page);
    let mut left_out = Vec::new();
    loop {
        let mut text = head.clone();
        for section in &sections {
            text.push('\n');
            text.push_str(&section.text);
        }
        if !left_out.is_empty() {
            let names: Vec<&str> = left_out.iter().rev().copied().collect();
            let _ = write!(text, "\n_Left out, because there is no more room here: {}._\n", names.join(", "));
        }
        text.push_str(&foot);
        match sections.pop() {
            Some(section) if !room.holds(&text) => left_out.push(section.name),
            _ => return text,
        }
    }
}

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "markdown",
    ending: "md",
    media_type: "text/markdown",
    help: "The page that comments show",
    is_list: false,
};

/// The page that comments show, about one task, as the bytes of its file.
pub(crate) fn render_file(page: &TaskPage<'_>) -> io::Result<Vec<u8>> {
    let TaskPage { task, overview, task_url, .. } = *page;
    let outcome = task.outcome;
    let exit_code = if task.allowed { 0 } else { outcome.exit_code() };
    let document = ResultDocument::new(outcome, exit_code, vec![task.clone()]);
    let findings = overview.map(|overview| overview.blocking.as_slice()).unwrap_or_default();
    let subject = Subject { outcome, exit_code, document: &document, findings };
    Ok(render(&Page { task_url, has_charts: true, ..Page::new(subject) }, FILE_ROOM).into_bytes())
}

/// `✅ CodeArts Check passed`, without markup.
pub fn headline(outcome: Outcome, exit_code: u8) -> String {
    let name = outcome.name();
    match (outcome.verdict(), exit_code) {
        _ if outcome == Outcome::Passed => "✅ CodeArts Check passed".to_owned(),
        (_, 0) => format!("⚠️ CodeArts Check let through although `{name}`"),
        (Verdict::Pass, _) => "❌ CodeArts Check passed, but its report was not delivered".to_owned(),
        (Verdict::Fail, _) => format!("❌ CodeArts Check failed: `{name}`"),
        (Verdict::Undecided, _) => format!("⚠️ CodeArts Check undecided: `{name}`"),
    }
}

fn head(page: &Page<'_>) -> String {
    let Subject { outcome, exit_code, document, .. } = page.subject;
    let mut text = format!("### {}\n\n", headline(outcome, exit_code));
    for task in document.worst_tasks(TASKS_LIMIT) {
        let reason = inline(&task.reason.to_string(), TEXT_LIMIT);
        if document.tasks.len() == 1 {
            let _ = writeln!(text, "{}.", sentence(&reason));
        } else if task.outcome != Outcome::Passed {
            let _ = writeln!(text, "- {} {}: {reason}", code_cell(&task.task_id, PATH_LIMIT), task.outcome);
        }
    }
    if let Some(reason) = &document.reason {
        let _ = writeln!(text, "{}.", sentence(&inline(&reason.to_string(), TEXT_LIMIT)));
    }
    if exit_code != 0 {
        let _ = writeln!(text, "\n**What to do:** {}.", OutcomeText::Advice(outcome));
    }
    text
}

fn sections(page: &Page<'_>) -> Vec<Section> {
    let Subject { document, findings: all_findings, .. } = page.subject;
    let section = |name, text: Option<String>| text.map(|text| Section { name, text });
    [
        section("table of tasks", tasks(page)),
        section("conditions of the gate", gate(&document.worst_tasks(TASKS_LIMIT))),
        section("failing steps", failing_steps(&document.worst_tasks(TASKS_LIMIT))),
        section("findings", findings(all_findings)),
        section("notes", notes(page.notes)),
        section("chart", chart(document.counts()).filter(|_| page.has_charts)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn tasks(page: &Page<'_>) -> Option<String> {
    let Page { subject: Subject { document, .. }, before, task_url, .. } = *page;
    if document.tasks.is_empty() {
        return None;
    }
    let has_counts = document.tasks.iter().any(|task| task.counts.is_some());
    let mut text = String::from("| task | result |");
    if has_counts {
        text.push_str(" critical | major | minor | suggestion | open |");
    }
    text.push_str(" report |\n|---|---|");
    if has_counts {
        text.push_str("---:|---:|---:|---:|---:|");
    }
    text.push_str("---|\n");
    let is_single = document.tasks.len() == 1;
    for task in document.worst_tasks(TASKS_LIMIT) {
        let id = code_cell(&task.task_id, PATH_LIMIT);
        let id = match task_url {
            Some(url) => format!("[{id}]({})", link_target(&url.replace(TASK_ID_MARK, &task.task_id))),
            None => id,
        };
        let _ = write!(text, "| {id} | {} |", result_cell(task));
        if has_counts {
            counts_cells(&mut text, task.counts, before.filter(|_| is_single));
        }
        let _ = writeln!(text, " {} |", report_cell(task, page.workspace));
    }
    if let Some(counts) = document.counts().filter(|_| !is_single) {
        text.push_str("| **all** | |");
        counts_cells(&mut text, Some(counts), before);
        text.push_str(" |\n");
    }
    if document.tasks.len() > TASKS_LIMIT {
        let more = count((document.tasks.len() - TASKS_LIMIT) as u64, "more task");
        let _ = writeln!(text, "\n…and {more}.");
    }
    Some(text)
}

fn result_cell(task: &TaskResult) -> String {
    let sign = match (task.outcome, task.outcome.verdict()) {
        (Outcome::Passed, _) => "✅",
        (_, Verdict::Undecided) => "⚠️",
        (_, Verdict::Pass | Verdict::Fail) if task.allowed => "⚠️",
        (_, Verdict::Pass | Verdict::Fail) => "❌",
    };
    unbroken(&format!("{sign} {}{}", task.outcome, if task.allowed { " (allowed)" } else { "" }))
}

/// Stays on one line of a narrow cell.
fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}").replace('-', "\u{2011}")
}

/// A sentence of ours begins like one.
pub(crate) fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
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

fn report_cell(task: &TaskResult, workspace: Option<&Workspace>) -> String {
    match &task.report {
        Some(report) => match &report.url {
            Some(url) => {
                format!("[{}]({})", unbroken(&format!("PDF, {}", bytes(report.bytes))), link_target(url))
            }
            None => {
                let name = workspace.map(|workspace| workspace.name(Path::new(&report.path)));
                code_cell(name.as_ref().unwrap_or(&report.path), PATH_LIMIT)
            }
        },
        None => "–".to_owned(),
    }
}

fn gate(tasks: &[&TaskResult]) -> Option<String> {
    let mut text = String::from("| task | condition | limit | actual | |\n|---|---|---:|---:|---|\n");
    let heading = text.len();
    let mark = |passed: bool| if passed { "✅" } else { "❌" };
    for (task, gate) in tasks.iter().filter_map(|task| Some((task, task.gate.as_ref()?))) {
        let id = code_cell(&task.task_id, PATH_LIMIT);
        let sign = match (gate.is_service_met(), gate.mode) {
            (Some(is_met), _) => mark(is_met),
            (None, GateMode::Off) => "ignored",
            (None, _) => "⚠️",
        };
        let service = gate.service.describe();
        let _ = writeln!(text, "| {id} | CodeArts quality gate | | {service} | {sign} |");
        let thresholds = &gate.thresholds;
        for ThresholdResult { name, limit, actual, passed } in thresholds {
            let actual = actual.map_or_else(|| "unknown".to_owned(), |actual| actual.to_string());
            let name = name.to_string().replace('-', " ");
            let _ = writeln!(text, "| {id} | {name} | {limit} | {actual} | {} |", mark(*passed));
        }
    }
    (text.len() > heading).then_some(text)
}

fn failing_steps(tasks: &[&TaskResult]) -> Option<String> {
    let mut text = String::from(
        "**Why it failed**\n\n| step | what its log says | analysis | help |\n|---|---|---|---|\n",
    );
    let heading = text.len();
    for StepResult { name, log, analysis, faq } in tasks.iter().flat_map(|task| &task.failing_steps) {
        let cell = |text: &str| inline(text, TEXT_LIMIT);
        let _ = writeln!(text, "| {} | {} | {} | {} |", cell(name), cell(log), cell(analysis), cell(faq));
    }
    (text.len() > heading).then_some(text)
}

fn findings(findings: &[Finding]) -> Option<String> {
    if findings.is_empty() {
        return None;
    }
    let mut text = String::from("| severity | where | rule | finding |\n|---|---|---|---|\n");
    for Finding { severity, path, line, rule, message, .. } in findings.iter().take(FINDINGS_LIMIT) {
        let place = match line {
            Some(line) => format!("{}:{line}", one_line(path, PATH_LIMIT)),
            None => path.clone(),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            severity.name(),
            code_cell(&place, PATH_LIMIT + 12),
            code_cell(rule, RULE_LIMIT),
            inline(message, TEXT_LIMIT)
        );
    }
    if findings.len() > FINDINGS_LIMIT {
        let more = count((findings.len() - FINDINGS_LIMIT) as u64, "more finding");
        let _ = writeln!(text, "\n…and {more} in the report.");
    }
    Some(text)
}

fn notes(notes: &[(String, String)]) -> Option<String> {
    let texts: Vec<String> =
        notes.iter().map(|(heading, text)| format!("**{heading}**\n\n{text}\n")).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// GitHub and GitLab draw it.
fn chart(counts: Option<Counts>) -> Option<String> {
    let counts = counts?;
    let mut text = String::from("```mermaid\npie showData\n    title Open findings by severity\n");
    let parts = counts.severities();
    for (severity, number) in parts.into_iter().filter(|(_, number)| *number > 0) {
        let _ = writeln!(text, "    \"{}\" : {number}", severity.name());
    }
    text.push_str("```\n");
    parts.into_iter().any(|(_, number)| number > 0).then_some(text)
}

fn foot(page: &Page<'_>) -> String {
    let run = page.run_url.map(|url| format!("[pipeline run]({}) · ", link_target(url))).unwrap_or_default();
    format!("\n<sub>{run}exit code {} · {}</sub>\n", page.subject.exit_code, page.subject.document.tool)
}
