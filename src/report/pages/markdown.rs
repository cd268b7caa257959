//! The report as Markdown, for job summaries and comments: the verdict first, then what it rests on. Pure: model in,
//! text out. All outside text passes through [`crate::report::escape`].

use crate::messages::{Hint, Label, Message, OutcomeText, PageText, Section};
use crate::model::finding::{Counts, Finding, Severity};
use crate::model::gate::{GateMode, ThresholdResult};
use crate::model::language::Language;
use crate::model::outcome::{Outcome, Verdict};
use crate::report::escape::{code_cell, inline, link_target};
use crate::report::format::Format;
use crate::report::pages::task_page::{TASK_ID_MARK, TaskPage, checked};
use crate::report::result::{ResultDocument, StepResult, TaskResult};
use crate::report::store::workspace::Workspace;
use crate::text::one_line;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Room in the file of `--report markdown`; what GitHub takes as a summary.
const FILE_ROOM: Room = Room::Bytes(1024 * 1024);
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

/// What a page is about.
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
    /// Language of the page.
    pub language: Language,
}

impl Subject<'_> {
    /// The same as [`Self::headline`] where Markdown is not read.
    pub fn title(&self) -> String {
        self.headline().replace('`', "")
    }

    /// How it ended, in a line with a sign before it.
    pub fn headline(&self) -> String {
        PageText::Headline { outcome: self.outcome, exit_code: self.exit_code }.text(self.language)
    }
}

/// A page in one place.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    /// Address of the run of the pipeline.
    pub run_url: Option<&'a str>,
    /// Address of a task's page, with [`TASK_ID_MARK`] for its id.
    pub task_url: Option<&'a str>,
    /// Counts of the page before this one.
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

/// The page, cut at the borders of its sections; what is left out is named.
pub fn render(page: &Page<'_>, room: Room) -> String {
    let head = head(page);
    let foot = foot(page);
    let mut sections = sections(page);
    let mut omitted = Vec::new();
    loop {
        let mut text = head.clone();
        for (_, section) in &sections {
            text.push('\n');
            text.push_str(section);
        }
        if !omitted.is_empty() {
            let omitted = PageText::Omitted { sections: omitted.clone() };
            let _ = write!(text, "\n_{}_\n", omitted.text(page.subject.language));
        }
        text.push_str(&foot);
        if room.holds(&text) {
            return text;
        }
        let Some((section, _)) = sections.pop() else { return text };
        omitted.insert(0, section);
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
    let TaskPage { task, overview, task_url, language, .. } = *page;
    let outcome = task.outcome;
    let exit_code = if task.allowed { 0 } else { outcome.exit_code() };
    let document = ResultDocument::new(outcome, exit_code, vec![task.clone()]);
    let findings = overview.map(|overview| overview.blocking.as_slice()).unwrap_or_default();
    let subject = Subject { outcome, exit_code, document: &document, findings, language };
    Ok(render(&Page { task_url, has_charts: true, ..Page::new(subject) }, FILE_ROOM).into_bytes())
}

fn head(page: &Page<'_>) -> String {
    let Subject { outcome, exit_code, document, language, .. } = page.subject;
    let sentence =
        |message: &Message| inline(&PageText::Sentence(Box::new(message.clone())).text(language), TEXT_LIMIT);
    let mut text = format!("### {}\n\n", page.subject.headline());
    let mut hints: Vec<&Hint> = document.hints.iter().collect();
    for task in document.worst_tasks(TASKS_LIMIT) {
        if document.tasks.len() == 1 {
            let _ = writeln!(text, "{}", sentence(&task.reason));
            hints.extend(&task.hints);
        } else if task.outcome != Outcome::Passed {
            let reason = inline(&task.reason.text(language), TEXT_LIMIT);
            let _ = writeln!(text, "- {} {}: {reason}", code_cell(&task.task_id, PATH_LIMIT), task.outcome);
        }
    }
    if let Some(reason) = &document.reason {
        let _ = writeln!(text, "{}", sentence(reason));
    }
    // All tasks of a pull request are about the same commit.
    let first = document.tasks.first().filter(|task| document.tasks.len() == 1 || task.pull_request.is_some());
    if let Some(checked) = first.and_then(|task| checked(task, |name| code_cell(name, PATH_LIMIT))) {
        let other = first.filter(|task| task.is_other_code).map(|_| PageText::CheckedOther.text(language));
        let other = other.map(|other| format!(" ⚠️ {other}")).unwrap_or_default();
        let _ = writeln!(text, "\n{}{other}", checked.text(language));
    }
    if let Some(outside) = document.outside_scope() {
        let _ = writeln!(text, "\n_{}_", PageText::Scope { outside }.text(language));
    }
    if exit_code != 0 {
        let label = Label::WhatToDo.text(language);
        let advice = PageText::Sentence(Box::new(OutcomeText::Advice(outcome).into())).text(language);
        let _ = writeln!(text, "\n**{label}:** {advice}");
    }
    if !hints.is_empty() {
        text.push('\n');
    }
    for hint in hints {
        let _ = writeln!(text, "- {}", inline(&hint.text(language), TEXT_LIMIT));
    }
    text
}

fn sections(page: &Page<'_>) -> Vec<(Section, String)> {
    let Subject { document, findings: all_findings, language, .. } = page.subject;
    let worst = document.worst_tasks(TASKS_LIMIT);
    let chart = chart(document.counts(), language).filter(|_| page.has_charts);
    [
        (Section::Tasks, tasks(page)),
        (Section::Gate, gate(&worst, language)),
        (Section::FailingSteps, failing_steps(&worst, language)),
        (Section::Findings, findings(all_findings, language)),
        (Section::Notes, notes(page.notes)),
        (Section::Chart, chart),
    ]
    .into_iter()
    .filter_map(|(section, text)| Some((section, text?)))
    .collect()
}

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

fn tasks(page: &Page<'_>) -> Option<String> {
    let Page { subject: Subject { document, language, .. }, before, task_url, .. } = *page;
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
        let id = code_cell(&task.task_id, PATH_LIMIT);
        let id = match task_url {
            Some(url) => format!("[{id}]({})", link_target(&url.replace(TASK_ID_MARK, &task.task_id))),
            None => id,
        };
        let _ = write!(text, "| {id} | {} |", result_cell(task, language));
        if has_counts {
            counts_cells(&mut text, task.counts, before.filter(|_| is_single));
        }
        let _ = writeln!(text, " {} |", report_cell(task, page.workspace, language));
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

fn gate(tasks: &[&TaskResult], language: Language) -> Option<String> {
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
        let id = code_cell(&task.task_id, PATH_LIMIT);
        let sign = match (gate.is_service_met(), gate.mode) {
            (Some(is_met), _) => mark(is_met),
            (None, GateMode::Off) => Label::Ignored.text(language),
            (None, GateMode::Auto | GateMode::Required) => "⚠️".to_owned(),
        };
        let [name, service] =
            [Label::ServiceGate, Label::ServiceGateResult(gate.service)].map(|label| label.text(language));
        let _ = writeln!(text, "| {id} | {name} | | {service} | {sign} |");
        let thresholds = &gate.thresholds;
        for ThresholdResult { name, limit, actual, passed } in thresholds {
            let actual = actual.map_or_else(|| Label::Unknown.text(language), |actual| actual.to_string());
            let name = Label::Threshold(*name).text(language);
            let _ = writeln!(text, "| {id} | {name} | {limit} | {actual} | {} |", mark(*passed));
        }
    }
    (text.len() > heading).then_some(text)
}

fn failing_steps(tasks: &[&TaskResult], language: Language) -> Option<String> {
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

fn findings(findings: &[Finding], language: Language) -> Option<String> {
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
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            Label::Severity(*severity).text(language),
            code_cell(&place, PATH_LIMIT + 12),
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

fn notes(notes: &[(String, String)]) -> Option<String> {
    let texts: Vec<String> =
        notes.iter().map(|(heading, text)| format!("**{heading}**\n\n{text}\n")).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// GitHub and GitLab draw it.
fn chart(counts: Option<Counts>, language: Language) -> Option<String> {
    let parts = counts?.severities();
    let title = PageText::FindingsBySeverity.text(language);
    let mut text = format!("```mermaid\npie showData\n    title {title}\n");
    for (severity, number) in parts.into_iter().filter(|(_, number)| *number > 0) {
        let _ = writeln!(text, "    \"{}\" : {number}", Label::Severity(severity).text(language));
    }
    text.push_str("```\n");
    parts.into_iter().any(|(_, number)| number > 0).then_some(text)
}

fn foot(page: &Page<'_>) -> String {
    let Subject { exit_code, document, language, .. } = page.subject;
    let label = Label::PipelineRun.text(language);
    let run = page.run_url.map(|url| format!("[{label}]({}) · ", link_target(url))).unwrap_or_default();
    let code = PageText::ExitCode(exit_code).text(language);
    format!("\n<sub>{run}{code} · {}</sub>\n", document.tool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::SetupMessage;

    /// Two sections with letters of several bytes, and a chart.
    fn with_page(check: impl Fn(&Page<'_>)) {
        let task = TaskResult {
            task_id: "t1".to_owned(),
            outcome: Outcome::GateFailed,
            reason: SetupMessage::HttpClient.into(),
            counts: Some(Counts::from_array([0, 1, 0, 0, 1])),
            ..TaskResult::default()
        };
        let document = ResultDocument::new(Outcome::GateFailed, 4, vec![task]);
        let findings = [Finding::new(Severity::Major, "源.c", Some(1), "规则", &"问题".repeat(50))];
        let notes = [("Heading".to_owned(), "Text of a note".to_owned())];
        let (outcome, exit_code) = (document.outcome, document.exit_code);
        let subject = Subject {
            outcome,
            exit_code,
            document: &document,
            findings: &findings,
            language: Language::English,
        };
        check(&Page { has_charts: true, notes: &notes, ..Page::new(subject) });
    }

    #[test]
    fn room_is_counted_in_bytes_or_in_characters() {
        with_page(|page| {
            let whole = render(page, Room::Bytes(usize::MAX));
            let (bytes, characters) = (whole.len(), whole.chars().count());
            assert!(characters < bytes);
            for (room, is_whole) in [
                (Room::Bytes(bytes), true),
                (Room::Bytes(bytes - 1), false),
                (Room::Bytes(characters), false),
                (Room::Characters(characters), true),
                (Room::Characters(characters - 1), false),
            ] {
                let text = render(page, room);
                assert_eq!(text == whole, is_whole, "{room:?}: {text}");
                assert!(room.holds(&text), "{room:?}: {text}");
            }
        });
    }

    /// The last section goes first; the omitted ones are named in the order of the page.
    #[test]
    fn sections_are_omitted_from_the_last_and_named_in_their_order() {
        with_page(|page| {
            let names: Vec<Section> = sections(page).into_iter().map(|(section, _)| section).collect();
            assert_eq!(names, [Section::Tasks, Section::Findings, Section::Notes, Section::Chart]);
            let mut seen = Vec::new();
            let mut text = render(page, Room::Bytes(usize::MAX));
            for left in (0..names.len()).rev() {
                // One byte too few for what was shown. Less room is needed where the line is longer than the section.
                let mut room = text.len();
                while seen.len() < names.len() - left {
                    room -= 1;
                    text = render(page, Room::Bytes(room));
                    let omitted = PageText::Omitted { sections: names[left..].to_vec() };
                    if text.contains(&omitted.text(Language::English)) {
                        seen.push(names[left]);
                    }
                }
            }
            assert_eq!(seen, [Section::Chart, Section::Notes, Section::Findings, Section::Tasks]);
            // The verdict stays even where nothing fits.
            assert_eq!(render(page, Room::Bytes(0)), text);
        });
    }
}
