//! The files that carry findings. All of them are written in one pass over the findings; each is streamed to a temporary
//! name and gets its own when the last finding is in it.

pub mod baseline;
mod checkstyle;
mod codequality;
mod csv;
pub mod fingerprint;
mod json;
mod overview;
pub mod paths;
pub mod sarif;
pub mod spool;
pub(crate) mod xml;

pub use overview::{BLOCKING, Overview, RuleCount, shortened};

use crate::model::finding::{Finding, Severity, Status};
use crate::report::lists::baseline::Baseline;
use crate::report::lists::fingerprint::Fingerprints;
use crate::report::lists::spool::{BATCH, BATCHES, size};
use crate::report::store::directory::ReportDirectory;
use crate::text::count;
use anyhow::Context as _;
use overview::Rules;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope, ScopedJoinHandle};
use tempfile::NamedTempFile;

/// Memory for writing one file.
const WRITE_BUFFER: usize = 64 * 1024;
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

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
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

/// A finding on its way into the files, with what is known beside what the service says.
#[derive(Debug)]
struct Marked {
    finding: Finding,
    fingerprint: String,
    /// Whether it is in the baseline; `None`: there is none.
    is_known: Option<bool>,
}

type Batch = Arc<Vec<Marked>>;

/// One file being written.
trait Writer: Send {
    fn finding(&mut self, marked: &Marked) -> io::Result<()>;
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

impl Plan {
    fn lists(&self, finding: &Finding) -> bool {
        self.statuses.contains(&finding.status)
            && (self.severities.is_empty() || self.severities.contains(&finding.severity))
    }
}

/// A file that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub format: Format,
    /// Where.
    pub path: PathBuf,
}

/// Writes all lists in one pass over the findings, which come in their order; each file on a thread of its own.
/// `is_cancelled` ends it early, without any file.
///
/// # Errors
/// When the disk refuses, or it was cancelled; then there is no file.
pub fn write(
    findings: impl Iterator<Item = io::Result<Finding>>,
    plan: &Plan,
    is_cancelled: &AtomicBool,
) -> anyhow::Result<(Overview, Vec<Written>)> {
    let lists = plan.formats.iter().copied().filter(|format| format.is_list());
    let files = lists.map(|format| Begun::new(format, plan)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut overview = Overview::default();
    let mut rules = Rules::default();
    let mut fingerprints = Fingerprints::default();
    let whole = thread::scope(|scope| {
        let started = files.into_iter().map(|file| file.start(scope, is_cancelled));
        let files = started.collect::<io::Result<Vec<_>>>().context("could not start a thread for a file")?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for finding in findings {
            let finding = finding.context("could not read back the findings from the report directory")?;
            anyhow::ensure!(!is_cancelled.load(Ordering::Relaxed), "cancelled");
            let fingerprint = fingerprints.of(&finding);
            let is_known = plan.baseline.as_ref().map(|baseline| baseline.contains(fingerprint));
            if finding.counts() {
                overview.count(&finding, is_known);
                if plan.notes_open {
                    overview.open.push(fingerprint);
                }
            }
            if plan.lists(&finding) {
                overview.list(&finding, is_known, plan.top);
                rules.add(&finding);
                bytes += size(&finding);
                batch.push(Marked { finding, fingerprint: fingerprint.to_string(), is_known });
            }
            if bytes > BATCH {
                bytes = 0;
                if !hand_over(&mut batch, &files) {
                    break;
                }
            }
        }
        hand_over(&mut batch, &files);
        files.into_iter().map(InProgress::finish).collect::<anyhow::Result<Vec<_>>>()
    })?;
    overview.rules = rules.most_broken();
    anyhow::ensure!(!is_cancelled.load(Ordering::Relaxed), "cancelled");
    let mut written: Vec<Written> = Vec::new();
    for Whole { format, file, note } in whole {
        overview.notes.extend(note);
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

/// Gives the batch to all files; whether all of them go on.
fn hand_over(batch: &mut Vec<Marked>, files: &[InProgress<'_>]) -> bool {
    let batch = Arc::new(std::mem::take(batch));
    files.iter().all(|file| file.batches.send(Arc::clone(&batch)).is_ok())
}

/// A file with its beginning in it.
struct Begun {
    format: Format,
    file: NamedTempFile,
    writer: Box<dyn Writer>,
}

impl Begun {
    fn new(format: Format, plan: &Plan) -> anyhow::Result<Self> {
        let file = plan.directory.temporary().context("could not make a temporary file")?;
        let output = BufWriter::with_capacity(WRITE_BUFFER, file.reopen().context("could not open a file")?);
        let writer: Box<dyn Writer> = match format {
            Format::Sarif => Box::new(sarif::Sarif::begin(output, &plan.task_id, &plan.sources)?),
            Format::CodeQuality => Box::new(codequality::CodeQuality::begin(output)?),
            Format::Checkstyle => Box::new(checkstyle::Checkstyle::begin(output)?),
            Format::Json => Box::new(json::Json::begin(output, &plan.task_id)?),
            _ => Box::new(csv::Csv::begin(output)?),
        };
        Ok(Self { format, file, writer })
    }

    fn start<'scope>(
        self,
        scope: &'scope Scope<'scope, '_>,
        is_cancelled: &'scope AtomicBool,
    ) -> io::Result<InProgress<'scope>> {
        let (batches, receiver) = sync_channel(BATCHES);
        let thread =
            thread::Builder::new().spawn_scoped(scope, move || self.write(receiver, is_cancelled))?;
        Ok(InProgress { batches, thread })
    }

    fn write(mut self, batches: Receiver<Batch>, is_cancelled: &AtomicBool) -> anyhow::Result<Whole> {
        let what = || format!("could not write the {} file", self.format.name());
        for batch in batches {
            for marked in batch.iter() {
                anyhow::ensure!(!is_cancelled.load(Ordering::Relaxed), "cancelled");
                self.writer.finding(marked).with_context(what)?;
            }
        }
        let note = self.writer.finish().with_context(what)?;
        Ok(Whole { format: self.format, file: self.file, note })
    }
}

/// A file that is being written on a thread of its own.
struct InProgress<'scope> {
    batches: SyncSender<Batch>,
    thread: ScopedJoinHandle<'scope, anyhow::Result<Whole>>,
}

impl InProgress<'_> {
    fn finish(self) -> anyhow::Result<Whole> {
        drop(self.batches);
        self.thread.join().map_err(|_| anyhow::anyhow!("a thread that wrote a file broke off"))?
    }
}

/// A file with everything in it, under a temporary name.
struct Whole {
    format: Format,
    file: NamedTempFile,
    note: Option<String>,
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
