//! What every list of findings is made with.

use crate::error::Problem;
use crate::model::finding::{Finding, Severity, Status};
use crate::model::language::Language;
use crate::report::format::Format;
use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

/// What a list is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListSubject<'a> {
    /// The task.
    pub task_id: &'a str,
    /// The checkout, for fingerprints of lines.
    pub sources: &'a Path,
    /// Language of the sentences in it.
    pub language: Language,
}

/// Writes the beginning of a list.
pub(crate) type Begin = fn(Output, ListSubject<'_>) -> io::Result<Box<dyn Writer>>;

/// A list of findings that can be written.
#[derive(Clone, Copy)]
pub struct List {
    /// Which.
    pub(crate) format: &'static Format,
    pub(crate) begin: Begin,
}

impl fmt::Debug for List {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.format.name)
    }
}

/// A finding on its way into the files, with what is known beside what the service says.
#[derive(Debug)]
pub(crate) struct Marked {
    pub(crate) finding: Finding,
    pub(crate) fingerprint: String,
    /// Whether it is in the baseline; `None`: there is none.
    pub(crate) is_known: Option<bool>,
}

/// One file being written.
pub(crate) trait Writer: Send {
    fn finding(&mut self, marked: &Marked) -> io::Result<()>;
    /// Writes the end; returns what is missing in the file, if anything.
    fn finish(&mut self) -> io::Result<Option<Problem>>;
}

pub(crate) type Output = BufWriter<File>;

/// The message where a format has no place for what else is to be known: `[ignored] ...`.
pub(crate) fn labelled(finding: &Finding) -> Cow<'_, str> {
    let label = match (finding.is_delayed, finding.status) {
        (true, _) => "delayed",
        (false, Status::Open) => return Cow::Borrowed(&finding.message),
        (false, status) => status.name(),
    };
    Cow::Owned(format!("[{label}] {}", finding.message))
}

/// The severity to show: what does not count is a hint.
pub(crate) fn shown_severity(finding: &Finding) -> Severity {
    if finding.counts() { finding.severity } else { Severity::Suggestion }
}
