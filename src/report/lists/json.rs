//! Findings as JSON. The names are those of Jenkins' warnings-ng plugin, which reads the file as it is (`ci/formats`,
//! section 5.1); what that has no name for stands under `codearts`.

use crate::error::Problem;
use crate::model::finding::{Finding, FlowStep, Severity, Status};
use crate::report::escape::html;
use crate::report::format::Format;
use crate::report::lists::list::{ListSubject, Marked, Output, Writer, labelled, shown_severity};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, Write as _};

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "json",
    ending: "json",
    media_type: "application/json",
    help: "Findings as JSON, also for Jenkins' warnings-ng",
    is_list: true,
};

/// Begins a list.
pub(crate) fn begin(output: Output, subject: ListSubject<'_>) -> io::Result<Box<dyn Writer>> {
    Ok(Box::new(Json::begin(output, subject.task_id)?))
}

pub(crate) struct Json {
    output: Output,
    issues: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Issue<'a> {
    file_name: &'a str,
    line_start: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    column_start: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column_end: Option<u32>,
    severity: &'static str,
    message: &'a str,
    description: &'a str,
    category: &'a str,
    #[serde(rename = "type")]
    rule: &'a str,
    fingerprint: &'a str,
    /// Jenkins does not look at it. Its own `additionalProperties` would have to be text.
    codearts: More<'a>,
}

#[derive(Serialize)]
struct More<'a> {
    severity: Severity,
    status: Status,
    delayed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'static str>,
    rule_title: &'a str,
    tags: &'a [String],
    created_at: &'a str,
    defect_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flow: &'a [FlowStep],
}

impl Json {
    fn begin(mut output: Output, task_id: &str) -> io::Result<Self> {
        write!(output, "{{\"tool\":\"CodeArts Check\",\"task_id\":{},\"issues\":[", Value::from(task_id))?;
        Ok(Self { output, issues: 0 })
    }
}

impl Writer for Json {
    fn finding(&mut self, marked: &Marked) -> io::Result<()> {
        let Marked { finding, fingerprint, is_known } = marked;
        let severity = match shown_severity(finding) {
            Severity::Critical => "ERROR",
            Severity::Major => "HIGH",
            Severity::Minor => "NORMAL",
            Severity::Suggestion => "LOW",
        };
        let issue = Issue {
            file_name: &finding.path,
            line_start: finding.line.unwrap_or(0),
            column_start: finding.columns.map(|(start, _)| start),
            // Here the end is the last column itself.
            column_end: finding.columns.map(|(_, end)| end - 1),
            severity,
            message: &labelled(finding),
            description: &description(finding),
            category: finding.tags.first().map_or("CodeArts Check", String::as_str),
            rule: &finding.rule,
            fingerprint,
            codearts: More {
                severity: finding.severity,
                status: finding.status,
                delayed: finding.is_delayed,
                baseline: is_known.map(|is_known| if is_known { "known" } else { "new" }),
                rule_title: &finding.rule_title,
                tags: &finding.tags,
                created_at: &finding.created_at,
                defect_id: &finding.id,
                flow: &finding.flow,
            },
        };
        self.output.write_all(if self.issues > 0 { b",\n" } else { b"\n" })?;
        serde_json::to_writer(&mut self.output, &issue)?;
        self.issues += 1;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Problem>> {
        self.output.write_all(b"\n]}\n")?;
        self.output.flush()?;
        Ok(None)
    }
}

/// Jenkins shows it as HTML.
fn description(finding: &Finding) -> Cow<'_, str> {
    let title = html(&finding.rule_title);
    if finding.code.is_empty() {
        title
    } else {
        Cow::Owned(format!("{title}<pre>{}</pre>", html(&finding.code)))
    }
}
