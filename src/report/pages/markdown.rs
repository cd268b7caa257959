//! The report as Markdown, for job summaries and comments: the verdict first, then what it rests on. Pure: model in,
//! text out. All outside text passes through [`crate::report::escape`].

use crate::messages::{Hint, Label, Message, OutcomeText, PageText, Section};
use crate::model::finding::{Counts, Finding};
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::model::source_link::SourceTree;
use crate::report::escape::{code, inline, link_target};
use crate::report::format::Format;
use crate::report::pages::markdown_tables::{
    PATH_LIMIT, TASKS_LIMIT, TEXT_LIMIT, failing_steps, findings, gate, task_cell, tasks,
};
use crate::report::pages::task_page::{TaskPage, checked};
use crate::report::result::ResultDocument;
use crate::report::store::workspace::Workspace;
use std::fmt::Write as _;
use std::io;

/// Room in the file of `--report markdown`; what GitHub takes as a summary.
const FILE_ROOM: Room = Room::Bytes(1024 * 1024);

/// How much room there is.
#[derive(Clone, Copy, Debug)]
pub enum Room {
    /// Bytes of UTF-8.
    Bytes(usize),
    /// Characters.
    Characters(usize),
    /// Both.
    Both {
        /// Characters.
        characters: usize,
        /// Bytes of UTF-8.
        bytes: usize,
    },
}

impl Room {
    fn holds(self, text: &str) -> bool {
        match self {
            Self::Bytes(limit) => text.len() <= limit,
            Self::Characters(limit) => text.chars().count() <= limit,
            Self::Both { characters, bytes } => text.len() <= bytes && text.chars().count() <= characters,
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
    /// Address of a task's page, with [`TASK_ID_MARK`](crate::report::pages::task_page::TASK_ID_MARK) for its id.
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
    let mut tree = page.subject.document.source_tree();
    let mut shown = sections(page, tree);
    let mut omitted = Vec::new();
    loop {
        let mut text = head.clone();
        for (_, section) in &shown {
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
        // Rows matter more than their links.
        if tree.take().is_some() {
            shown = sections(page, None);
            continue;
        }
        let Some((section, _)) = shown.pop() else { return text };
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
            let _ = writeln!(text, "- {} {}: {reason}", task_cell(task), task.outcome);
        }
    }
    if let Some(reason) = &document.reason {
        let _ = writeln!(text, "{}", sentence(reason));
    }
    // All tasks of a pull request are about the same commit.
    let first =
        document.tasks.first().filter(|task| document.tasks.len() == 1 || task.pull_request.is_some());
    if let Some(checked) = first.and_then(|task| checked(task, |name| code(name, PATH_LIMIT))) {
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
        let _ = writeln!(text, "\n**{label}{}** {advice}", language.colon());
    }
    if !hints.is_empty() {
        text.push('\n');
    }
    for hint in hints {
        let _ = writeln!(text, "- {}", inline(&hint.text(language), TEXT_LIMIT));
    }
    text
}

/// `tree`: where findings link to.
fn sections(page: &Page<'_>, tree: Option<&SourceTree>) -> Vec<(Section, String)> {
    let Subject { document, findings: all_findings, language, .. } = page.subject;
    let worst = document.worst_tasks(TASKS_LIMIT);
    let chart = chart(document.counts(), language).filter(|_| page.has_charts);
    [
        (Section::Tasks, tasks(document, page.before, page.task_url, page.workspace, language)),
        (Section::Gate, gate(&worst, language)),
        (Section::FailingSteps, failing_steps(&worst, language)),
        (Section::Findings, findings(all_findings, tree, language)),
        (Section::Notes, notes(page.notes)),
        (Section::Chart, chart),
    ]
    .into_iter()
    .filter_map(|(section, text)| Some((section, text?)))
    .collect()
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
    use crate::model::finding::Severity;
    use crate::model::pull_request::ForgeName;
    use crate::report::result::{PullRequestResult, TaskResult};

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

    fn of_pull_request() -> PullRequestResult {
        let head = "2".repeat(40);
        PullRequestResult {
            forge: ForgeName::GitHub,
            repository: "acme/widget".to_owned(),
            number: 7,
            source_branch: "fix".to_owned(),
            target_branch: "main".to_owned(),
            head_at_end: None,
            parent_task_id: "t1".to_owned(),
            parent_name: None,
            fetch_ref: None,
            source_tree: SourceTree::new(ForgeName::GitHub, "https://github.com/acme/widget", &head),
            head,
        }
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

    /// Rows matter more than their links.
    #[test]
    fn links_go_before_any_section() {
        with_page(|page| {
            let mut document = page.subject.document.clone();
            document.tasks[0].pull_request = Some(of_pull_request());
            let page = Page { subject: Subject { document: &document, ..page.subject }, ..*page };
            let whole = render(&page, Room::Bytes(usize::MAX));
            assert!(whole.contains("| [`源.c:1`](https://github.com/acme/widget/blob/"), "{whole}");
            let text = render(&page, Room::Bytes(whole.len() - 1));
            assert!(text.contains("| `源.c:1` |") && !text.contains("Omitted"), "{text}");
        });
    }

    /// The last section goes first; the omitted ones are named in the order of the page.
    #[test]
    fn sections_are_omitted_from_the_last_and_named_in_their_order() {
        with_page(|page| {
            let names: Vec<Section> = sections(page, None).into_iter().map(|(section, _)| section).collect();
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
