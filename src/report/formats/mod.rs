//! The files that carry findings. All of them are written in one pass over the findings; each is streamed to a temporary
//! name and gets its own when the last finding is in it.

mod checkstyle;
mod codequality;
mod csv;
mod json;
pub mod sarif;
pub(super) mod xml;

use super::baseline::Baseline;
use super::directory::ReportDirectory;
use super::fingerprint::{Fingerprint, Fingerprints};
use crate::finding::{Counts, Finding, Severity, Status};
use crate::text::count;
use anyhow::Context as _;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Memory for writing one file.
const WRITE_BUFFER: usize = 64 * 1024;
/// Rules that are counted; of more than so many the rarest do not matter.
const RULES_LIMIT: usize = 10_000;
/// Longest text of the rules that are kept, in characters.
const TITLE_LIMIT: usize = 120;

/// Findings that are kept for comments, annotations and check runs.
pub const BLOCKING: usize = 500;
/// Characters of a message that are kept, one more than a page shows.
const KEPT_MESSAGE: usize = 601;
/// Steps of a flow that are kept.
const KEPT_FLOW: usize = 12;

/// A file that can be made of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// GitLab's code quality JSON.
    CodeQuality,
    /// Checkstyle XML.
    Checkstyle,
    /// Our own JSON, which Jenkins' warnings-ng reads too.
    Json,
    /// Markdown.
    Markdown,
    /// A page.
    Html,
    /// A table.
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Sarif,
        Self::Junit,
        Self::CodeQuality,
        Self::Checkstyle,
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Csv,
    ];

    /// Its name in `--report` and in the document.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::CodeQuality => "codequality",
            Self::Checkstyle => "checkstyle",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Csv => "csv",
        }
    }

    /// What its file names end with.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Sarif => "sarif",
            Self::Junit => "junit.xml",
            Self::CodeQuality => "codequality.json",
            Self::Checkstyle => "checkstyle.xml",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Csv => "csv",
        }
    }

    /// Whether it lists findings and nothing else, so that without them there is no such file.
    pub const fn is_list(self) -> bool {
        match self {
            Self::Sarif | Self::CodeQuality | Self::Checkstyle | Self::Json | Self::Csv => true,
            Self::Junit | Self::Markdown | Self::Html => false,
        }
    }
}

/// What is known about a finding beside what the service says.
#[derive(Clone, Copy, Debug)]
struct Marks {
    fingerprint: Fingerprint,
    /// Whether it is in the baseline; `None`: there is none.
    is_known: Option<bool>,
}

/// One file being written.
trait Writer {
    fn finding(&mut self, finding: &Finding, marks: Marks) -> io::Result<()>;
    /// Writes the end; returns what has to be said about it.
    fn finish(&mut self) -> io::Result<Option<String>>;
}

type Output = BufWriter<File>;

/// What to do with findings.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The task.
    pub task_id: String,
    /// Files to write; those that are no lists are left to others.
    pub formats: Vec<Format>,
    /// Where to.
    pub directory: ReportDirectory,
    /// The checkout, for fingerprints of lines.
    pub sources: PathBuf,
    /// Findings of these severities are listed; empty: of all.
    pub severities: Vec<Severity>,
    /// Findings in these states are listed.
    pub statuses: Vec<Status>,
    /// What is known already.
    pub baseline: Option<Arc<Baseline>>,
    /// Whether to note the open findings, for the next baseline.
    pub notes_open: bool,
    /// The worst so many findings are kept.
    pub top: usize,
}

/// A rule, and how often it was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// Its name.
    pub rule: String,
    /// What it is about.
    pub title: String,
    /// The worst severity it was broken with.
    pub severity: Severity,
    /// How often.
    pub count: u64,
}

/// The findings at a glance.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Those that are listed, but for delayed ones.
    pub listed: Counts,
    /// Listed ones that do not count yet.
    pub delayed: u64,
    /// Those that count against thresholds: open, not delayed, not in the baseline; of all severities.
    pub counting: Counts,
    /// Open ones that the baseline knows.
    pub known: u64,
    /// The worst of those that are listed, shortened.
    pub top: Vec<Finding>,
    /// The worst of those that count, shortened: what to mend first.
    pub blocking: Vec<Finding>,
    /// The rules that were broken most often.
    pub rules: Vec<RuleCount>,
    /// Fingerprints of the open ones, if they were asked for.
    pub open: Vec<Fingerprint>,
    /// What has to be said about the files.
    pub notes: Vec<String>,
}

/// A file that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub format: Format,
    /// Where.
    pub path: PathBuf,
}

/// Writes all lists in one pass over the findings, which come in their order. `is_cancelled` ends it early, without any
/// file.
///
/// # Errors
/// When the disk refuses, or it was cancelled; then there is no file.
pub fn write(
    findings: impl Iterator<Item = io::Result<Finding>>,
    plan: &Plan,
    is_cancelled: &AtomicBool,
) -> anyhow::Result<(Overview, Vec<Written>)> {
    let mut files = Vec::new();
    for format in plan.formats.iter().copied().filter(|format| format.is_list()) {
        let file = plan.directory.temporary().context("could not make a temporary file")?;
        let output = BufWriter::with_capacity(WRITE_BUFFER, file.reopen().context("could not open a file")?);
        let writer: Box<dyn Writer> = match format {
            Format::Sarif => Box::new(sarif::Sarif::begin(output, &plan.task_id, &plan.sources)?),
            Format::CodeQuality => Box::new(codequality::CodeQuality::begin(output)?),
            Format::Checkstyle => Box::new(checkstyle::Checkstyle::begin(output)?),
            Format::Json => Box::new(json::Json::begin(output, &plan.task_id)?),
            _ => Box::new(csv::Csv::begin(output)?),
        };
        files.push((format, file, writer));
    }
    let mut overview = Overview::default();
    let mut rules = Rules::default();
    let mut fingerprints = Fingerprints::default();
    for finding in findings {
        let finding = finding.context("could not read back the findings from the report directory")?;
        anyhow::ensure!(!is_cancelled.load(Ordering::Relaxed), "cancelled");
        let fingerprint = fingerprints.of(&finding);
        let is_known = plan.baseline.as_ref().map(|baseline| baseline.contains(fingerprint));
        if finding.counts() {
            if is_known == Some(true) {
                overview.known += 1;
            } else {
                overview.counting.add(finding.severity);
            }
            if plan.notes_open {
                overview.open.push(fingerprint);
            }
        }
        let is_listed = plan.statuses.contains(&finding.status)
            && (plan.severities.is_empty() || plan.severities.contains(&finding.severity));
        if !is_listed {
            continue;
        }
        if finding.is_delayed {
            overview.delayed += 1;
        } else {
            overview.listed.add(finding.severity);
        }
        rules.add(&finding);
        for (format, _, writer) in &mut files {
            writer
                .finding(&finding, Marks { fingerprint, is_known })
                .with_context(|| format!("could not write the {} file", format.name()))?;
        }
        if finding.counts() && is_known != Some(true) && overview.blocking.len() < BLOCKING {
            overview.blocking.push(shortened(&finding));
        }
        if overview.top.len() < plan.top {
            overview.top.push(shortened(&finding));
        }
    }
    overview.rules = rules.most_broken();
    let mut written = Vec::new();
    for (format, _, writer) in &mut files {
        let note = writer.finish().with_context(|| format!("could not write the {} file", format.name()))?;
        overview.notes.extend(note);
    }
    anyhow::ensure!(!is_cancelled.load(Ordering::Relaxed), "cancelled");
    for (format, file, writer) in files {
        drop(writer);
        let path = plan.directory.file(&plan.task_id, format.ending());
        if let Err(error) = file.persist(&path) {
            for Written { path, .. } in &written {
                let _ = std::fs::remove_file(path);
            }
            return Err(error.error).with_context(|| format!("could not write `{}`", path.display()));
        }
        written.push(Written { format, path });
    }
    Ok((overview, written))
}

/// As much of a finding as is shown, because many are kept in memory.
pub fn shortened(finding: &Finding) -> Finding {
    let mut short = finding.clone();
    short.message = finding.message.chars().take(KEPT_MESSAGE).collect();
    short.flow.truncate(KEPT_FLOW);
    short
}

#[derive(Debug, Default)]
struct Rules(HashMap<String, RuleCount>);

impl Rules {
    fn add(&mut self, finding: &Finding) {
        if let Some(known) = self.0.get_mut(&finding.rule) {
            known.count += 1;
            known.severity = known.severity.min(finding.severity);
        } else if self.0.len() < RULES_LIMIT {
            let title = finding.rule_title.chars().take(TITLE_LIMIT).collect();
            let (rule, severity) = (finding.rule.clone(), finding.severity);
            self.0.insert(rule.clone(), RuleCount { rule, title, severity, count: 1 });
        }
    }

    /// The first of them.
    fn most_broken(self) -> Vec<RuleCount> {
        const SHOWN: usize = 10;
        let mut rules: Vec<RuleCount> = self.0.into_values().collect();
        rules.sort_unstable_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.rule.cmp(&other.rule))
        });
        rules.truncate(SHOWN);
        rules
    }
}

/// The message where a format has no place for what else is to be known: `[ignored] ...`.
fn labelled(finding: &Finding) -> Cow<'_, str> {
    let label = match (finding.is_delayed, finding.status) {
        (true, _) => "delayed",
        (false, Status::Open) => return Cow::Borrowed(&finding.message),
        (false, status) => status.name(),
    };
    Cow::Owned(format!("[{label}] {}", finding.message))
}

/// The severity to show: what does not count is a hint.
fn shown_severity(finding: &Finding) -> Severity {
    if finding.counts() { finding.severity } else { Severity::Suggestion }
}

/// `3 findings of the lowest severities are left out of the SARIF file: ...`.
fn left_out(number: u64, file: &str, why: &str) -> Option<String> {
    (number > 0)
        .then(|| format!("{} left out of the {file} file, the least severe: {why}", count(number, "finding")))
}
