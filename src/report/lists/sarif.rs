//! SARIF 2.1.0 as GitHub's code scanning reads it (`ci/formats`, section 1).

use crate::error::Problem;
use crate::http::uri;
use crate::messages::{Hint, ListHint, ListMessage};
use crate::model::finding::{Finding, FlowStep, Severity, Status};
use crate::model::language::Language;
use crate::report::format::Format;
use crate::report::lists::fingerprint::{FINGERPRINT_KEY, Sources};
use crate::report::lists::list::{ListSubject, Marked, Output, Writer};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "sarif",
    ending: "sarif",
    media_type: "application/sarif+json",
    help: "Findings for GitHub code scanning and other readers, SARIF 2.1.0",
    is_list: true,
};

/// Begins a list.
pub(crate) fn begin(output: Output, subject: ListSubject<'_>) -> io::Result<Box<dyn Writer>> {
    Ok(Box::new(Sarif::begin(output, subject)?))
}

/// Results that GitHub takes of one run.
const RESULTS_LIMIT: usize = 25_000;
/// GitHub takes files up to 10 MB, compressed; a little is kept for the rules and the end.
const COMPRESSED_LIMIT: u64 = 9_000_000;
/// Longest text of a rule, in characters (1024 are taken).
const RULE_TEXT_LIMIT: usize = 1000;
/// Tags of a rule that GitHub takes.
const TAGS_LIMIT: usize = 20;
/// Rules with a word like this in their tags are about security.
const SECURITY_WORDS: [&str; 4] = ["security", "vulnerab", "cwe", "owasp"];

/// Writes one run with one tool.
pub(crate) struct Sarif {
    output: Output,
    sources: Sources,
    language: Language,
    rules: Vec<Value>,
    /// Positions in `rules`.
    known_rules: HashMap<String, usize>,
    results: usize,
    left_out: u64,
    /// Compresses what is written, only to learn how large it becomes.
    measure: GzEncoder<Size>,
}

/// Counts what is written to it.
struct Size(u64);

impl Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Text<'a>,
    locations: [Location<'a>; 1],
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_flows: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    properties: Value,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: ArtifactLocation,
    region: Region<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'a> {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text<'a>>,
}

impl Sarif {
    fn begin(mut output: Output, subject: ListSubject<'_>) -> io::Result<Self> {
        let ListSubject { task_id, sources, language } = subject;
        // A category of its own: a later file of the same one would replace the findings of another task.
        let category = Value::from(format!("codearts-check/{task_id}/"));
        write!(
            output,
            "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\
             \"columnKind\":\"utf16CodeUnits\",\"automationDetails\":{{\"id\":{category}}},\
             \"originalUriBaseIds\":{{\"%SRCROOT%\":{{\"description\":{{\"text\":\"The root of the repository.\"}}}}}},\
             \"results\":["
        )?;
        Ok(Self {
            output,
            sources: Sources::new(sources),
            language,
            rules: Vec::new(),
            known_rules: HashMap::new(),
            results: 0,
            left_out: 0,
            measure: GzEncoder::new(Size(0), Compression::fast()),
        })
    }

    fn rule_index(&mut self, finding: &Finding) -> usize {
        if let Some(index) = self.known_rules.get(&finding.rule) {
            return *index;
        }
        let index = self.rules.len();
        self.known_rules.insert(finding.rule.clone(), index);
        self.rules.push(rule(finding));
        index
    }
}

impl Writer for Sarif {
    fn finding(&mut self, marked: &Marked) -> io::Result<()> {
        let Marked { finding, fingerprint, is_known } = marked;
        if self.results == RESULTS_LIMIT || self.measure.get_ref().0 > COMPRESSED_LIMIT {
            self.left_out += 1;
            return Ok(());
        }
        let rule_index = self.rule_index(finding);
        let mut fingerprints = json!({FINGERPRINT_KEY: fingerprint});
        if let Some(hash) = finding.line.and_then(|line| self.sources.line_hash(&finding.path, line)) {
            fingerprints["primaryLocationLineHash"] = hash.into();
        }
        let result = SarifResult {
            rule_id: &finding.rule,
            rule_index,
            level: level(finding.severity),
            message: Text { text: &unlinked(&finding.message) },
            locations: [location(&finding.path, finding.line, finding.columns, &finding.code, None)],
            partial_fingerprints: fingerprints,
            code_flows: code_flows(&finding.flow),
            suppressions: suppressions(finding),
            baseline_state: is_known.map(|is_known| if is_known { "unchanged" } else { "new" }),
            properties: json!({"severity": finding.severity.name(), "defectId": finding.id}),
        };
        let mut text = serde_json::to_vec(&result)?;
        if self.results > 0 {
            self.output.write_all(b",")?;
        }
        text.insert(0, b'\n');
        self.output.write_all(&text)?;
        self.measure.write_all(&text)?;
        self.results += 1;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Problem>> {
        let note = (self.left_out > 0).then(|| {
            Problem::new(ListMessage::OmittedFromSarif { findings: self.left_out })
                .hint(Hint::List(ListHint::Csv))
        });
        let notification = |text: String| json!({"level": "note", "message": {"text": text}});
        let notifications: Vec<Value> = note
            .iter()
            .flat_map(|note| {
                [note.text(self.language)]
                    .into_iter()
                    .chain(note.hints.iter().map(|hint| hint.text(self.language)))
            })
            .map(notification)
            .collect();
        let driver = json!({
            "name": "CodeArts Check",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": std::mem::take(&mut self.rules),
        });
        let invocation = json!({"executionSuccessful": true, "toolExecutionNotifications": notifications});
        writeln!(self.output, "\n],\"invocations\":[{invocation}],\"tool\":{{\"driver\":{driver}}}}}]}}")?;
        self.output.flush()?;
        Ok(note)
    }
}

fn location<'a>(
    path: &str,
    line: Option<u32>,
    columns: Option<(u32, u32)>,
    code: &'a str,
    message: Option<&'a str>,
) -> Location<'a> {
    let columns = columns.filter(|_| line.is_some());
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri::relative(path), uri_base_id: "%SRCROOT%" },
            region: Region {
                start_line: line.unwrap_or(1),
                start_column: columns.map(|(start, _)| start),
                end_column: columns.map(|(_, end)| end),
                snippet: (!code.is_empty()).then_some(Text { text: code }),
            },
        },
        message: message.map(|text| Text { text }),
    }
}

fn code_flows(flow: &[FlowStep]) -> Option<Value> {
    if flow.is_empty() {
        return None;
    }
    let steps: Vec<Value> = flow
        .iter()
        .map(|step| {
            let message = (!step.message.is_empty()).then(|| unlinked(&step.message));
            json!({"location": location(&step.path, step.line, None, "", message.as_deref())})
        })
        .collect();
    Some(json!([{"threadFlows": [{"locations": steps}]}]))
}

/// The text without links: in messages `[text](target)` is one (`ci/formats`, section 1.1).
fn unlinked(text: &str) -> Cow<'_, str> {
    if text.contains("](") { Cow::Owned(text.replace("](", "] (")) } else { Cow::Borrowed(text) }
}

fn suppressions(finding: &Finding) -> Option<Value> {
    let (status, why) = match (finding.is_delayed, finding.status) {
        (true, _) => ("underReview", "comes from an upgraded engine and does not count yet"),
        (false, Status::Open) => return None,
        (false, Status::Ignored) => ("accepted", "ignored in CodeArts"),
        (false, Status::Resolved) => ("accepted", "resolved in CodeArts"),
    };
    Some(json!([{"kind": "external", "status": status, "justification": why}]))
}

/// How GitHub shows a severity (`ci/formats`, section 1.5).
const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::Major => "error",
        Severity::Minor => "warning",
        Severity::Suggestion => "note",
    }
}

fn rule(finding: &Finding) -> Value {
    let text =
        |text: &str| -> Value { json!({"text": text.chars().take(RULE_TEXT_LIMIT).collect::<String>()}) };
    let is_security =
        finding.tags.iter().any(|tag| SECURITY_WORDS.iter().any(|word| tag.to_lowercase().contains(word)));
    let mut tags: Vec<String> = if is_security { vec!["security".to_owned()] } else { Vec::new() };
    for tag in &finding.tags {
        let tag = cwe(tag).map_or_else(|| tag.clone(), |number| format!("external/cwe/cwe-{number:03}"));
        if tags.len() < TAGS_LIMIT && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let mut properties = json!({"tags": tags});
    if is_security {
        let score = match finding.severity {
            Severity::Critical => "9.5",
            Severity::Major => "8.0",
            Severity::Minor => "5.0",
            Severity::Suggestion => "2.0",
        };
        properties["security-severity"] = score.into();
    } else {
        let severity = match finding.severity {
            Severity::Critical | Severity::Major => "error",
            Severity::Minor => "warning",
            Severity::Suggestion => "recommendation",
        };
        properties["problem.severity"] = severity.into();
    }
    json!({
        "id": finding.rule,
        "shortDescription": text(&finding.rule_title),
        "fullDescription": text(&finding.rule_title),
        "help": text(&format!("{} ({}). Found by CodeArts Check.", finding.rule_title, finding.rule)),
        "defaultConfiguration": {"level": level(finding.severity)},
        "properties": properties,
    })
}

/// The number in `CWE-79`, `cwe:79` and the like.
fn cwe(tag: &str) -> Option<u32> {
    let tag = tag.to_ascii_lowercase();
    let number = tag.rsplit_once("cwe")?.1.trim_start_matches(['-', '_', ':', ' ', '/']);
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaknesses_are_read_from_tags() {
        let cases = [
            ("CWE-79", Some(79)),
            ("cwe:079", Some(79)),
            ("external/cwe/cwe-079", Some(79)),
            ("CWE 1234", Some(1234)),
            ("cwe", None),
            ("CWE-x", None),
            ("bug", None),
        ];
        for (tag, expected) in cases {
            assert_eq!(cwe(tag), expected, "{tag}");
        }
    }

    #[test]
    fn rules_about_security_are_marked_as_such() {
        let finding = |tags: &[&str]| Finding {
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..Finding::new(Severity::Major, "a.c", None, "r", "m")
        };
        let security = &rule(&finding(&["CWE-79", "cwe-79", "bug"]))["properties"];
        assert_eq!(security["tags"], json!(["security", "external/cwe/cwe-079", "bug"]));
        assert_eq!(security["security-severity"], "8.0");
        let other = &rule(&finding(&["bug"]))["properties"];
        assert_eq!(other["problem.severity"], "error");
        assert!(other["security-severity"].is_null());
    }
}
