//! GitLab's code quality report (`ci/formats`, section 4). GitLab stops at the first entry that it does not like, so every
//! entry has everything.

use crate::error::Problem;
use crate::model::finding::Severity;
use crate::report::format::Format;
use crate::report::lists::list::{ListSubject, Marked, Output, Writer, labelled, shown_severity};
use serde::Serialize;
use std::io::{self, Write as _};

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "codequality",
    ending: "codequality.json",
    media_type: "application/json",
    help: "Findings for GitLab's code quality report",
    is_list: true,
};

/// Begins a list.
pub(crate) fn begin(output: Output, _subject: ListSubject<'_>) -> io::Result<Box<dyn Writer>> {
    Ok(Box::new(CodeQuality::begin(output)?))
}

pub(crate) struct CodeQuality {
    output: Output,
    entries: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

impl CodeQuality {
    fn begin(mut output: Output) -> io::Result<Self> {
        output.write_all(b"[")?;
        Ok(Self { output, entries: 0 })
    }
}

impl Writer for CodeQuality {
    fn finding(&mut self, marked: &Marked) -> io::Result<()> {
        let Marked { finding, fingerprint, .. } = marked;
        let severity = match shown_severity(finding) {
            Severity::Critical => "critical",
            Severity::Major => "major",
            Severity::Minor => "minor",
            Severity::Suggestion => "info",
        };
        let entry = Entry {
            description: &labelled(finding),
            check_name: &finding.rule,
            fingerprint,
            severity,
            location: Location { path: &finding.path, lines: Lines { begin: finding.line.unwrap_or(1) } },
        };
        self.output.write_all(if self.entries > 0 { b",\n" } else { b"\n" })?;
        serde_json::to_writer(&mut self.output, &entry)?;
        self.entries += 1;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Problem>> {
        self.output.write_all(b"\n]\n")?;
        self.output.flush()?;
        Ok(None)
    }
}
