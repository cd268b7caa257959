//! Findings as JSON. The names are those of Jenkins' warnings-ng plugin, which reads the file as it is (`ci/formats`,
//! section 5.1); what that has no name for stands among the additional properties.

use super::{Marks, Output, Writer, labelled, shown_severity};
use crate::finding::{Finding, Severity};
use crate::report::escape::html;
use serde_json::{Value, json};
use std::io::{self, Write as _};

pub(super) struct Json {
    output: Output,
    issues: usize,
}

impl Json {
    pub(super) fn begin(mut output: Output, task_id: &str) -> io::Result<Self> {
        write!(output, "{{\"tool\":\"CodeArts Check\",\"task_id\":{},\"issues\":[", Value::from(task_id))?;
        Ok(Self { output, issues: 0 })
    }
}

impl Writer for Json {
    fn finding(&mut self, finding: &Finding, marks: Marks) -> io::Result<()> {
        let severity = match shown_severity(finding) {
            Severity::Critical => "ERROR",
            Severity::Major => "HIGH",
            Severity::Minor => "NORMAL",
            Severity::Suggestion => "LOW",
        };
        let flow: Vec<Value> = finding
            .flow
            .iter()
            .map(|step| json!({"path": step.path, "line": step.line, "message": step.message}))
            .collect();
        let mut issue = json!({
            "fileName": finding.path,
            "lineStart": finding.line.unwrap_or(0),
            "severity": severity,
            "message": labelled(finding),
            "description": description(finding),
            "category": finding.tags.first().map_or("CodeArts Check", String::as_str),
            "type": finding.rule,
            "fingerprint": marks.fingerprint.to_string(),
            "additionalProperties": {
                "severity": finding.severity.name(),
                "status": finding.status.name(),
                "delayed": finding.is_delayed,
                "baseline": marks.is_known.map(|is_known| if is_known { "known" } else { "new" }),
                "rule_title": finding.rule_title,
                "tags": finding.tags,
                "created_at": finding.created_at,
                "defect_id": finding.id,
                "flow": flow,
            },
        });
        if let Some((start, end)) = finding.columns {
            issue["columnStart"] = start.into();
            // Here the end is the last column itself.
            issue["columnEnd"] = (end - 1).into();
        }
        write!(self.output, "{}{issue}", if self.issues > 0 { ",\n" } else { "\n" })?;
        self.issues += 1;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<String>> {
        self.output.write_all(b"\n]}\n")?;
        self.output.flush()?;
        Ok(None)
    }
}

/// Jenkins shows it as HTML.
fn description(finding: &Finding) -> String {
    let title = html(&finding.rule_title);
    if finding.code.is_empty() { title } else { format!("{title}<pre>{}</pre>", html(&finding.code)) }
}
