//! The verdict as JUnit XML (`ci/formats`, section 3): few cases with stable names, one a condition, so that their history
//! says something. What keeps the gate from deciding is an error, what it decides against is a failure.

use crate::model::finding::Finding;
use crate::model::gate::{GateMode, GateResult};
use crate::model::outcome::Outcome;
use crate::report::format::Format;
use crate::report::lists::Overview;
use crate::report::lists::xml::xml_text;
use crate::report::pages::task_page::TaskPage;
use crate::report::result::TaskResult;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// Findings named in a failure.
const FINDINGS_LIMIT: usize = 50;

/// What became of one case.
enum Ended {
    Passed,
    /// Kind and text.
    Failure(&'static str, String),
    Error(&'static str, String),
    Skipped(&'static str),
}

struct Case {
    class: &'static str,
    name: String,
    ended: Ended,
}

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "junit",
    ending: "junit.xml",
    media_type: "application/xml",
    help: "The verdict as tests, for GitLab and Jenkins",
    is_list: false,
};

/// The report, as the bytes of its file.
pub(crate) fn render_file(page: &TaskPage<'_>) -> io::Result<Vec<u8>> {
    render(page.task, page.overview)
}

/// The report about one task.
///
/// # Errors
/// None that writing to memory does not have.
pub fn render(task: &TaskResult, overview: Option<&Overview>) -> io::Result<Vec<u8>> {
    let cases = cases(task, overview);
    let number = |fits: fn(&Ended) -> bool| cases.iter().filter(|case| fits(&case.ended)).count().to_string();
    let tests = cases.len().to_string();
    let failures = number(|ended| matches!(ended, Ended::Failure(..)));
    let errors = number(|ended| matches!(ended, Ended::Error(..)));
    let skipped = number(|ended| matches!(ended, Ended::Skipped(_)));
    let time = format!("{:.3}", task.wait.map_or(0.0, |wait| wait.seconds));
    let name = format!("CodeArts Check {}", task.task_id);
    let suite = [
        ("name", name.as_str()),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", &errors),
        ("skipped", &skipped),
        ("time", &time),
    ];
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(BytesStart::new("testsuites")))?;
    writer.write_event(Event::Start(BytesStart::new("testsuite").with_attributes(suite)))?;
    for Case { class, name, ended } in &cases {
        let case =
            BytesStart::new("testcase").with_attributes([("name", name.as_str()), ("classname", class)]);
        let told = match ended {
            Ended::Passed => {
                writer.write_event(Event::Empty(case))?;
                continue;
            }
            Ended::Failure(kind, text) => ("failure", kind, text.as_str()),
            Ended::Error(kind, text) => ("error", kind, text.as_str()),
            Ended::Skipped(why) => ("skipped", why, ""),
        };
        writer.write_event(Event::Start(case))?;
        let (element, kind, text) = told;
        let text = xml_text(text);
        let mut start = BytesStart::new(element);
        if text.is_empty() {
            start.push_attribute(("message", *kind));
            writer.write_event(Event::Empty(start))?;
        } else {
            // GitLab shows the text only, Jenkins the message too.
            start.push_attribute(("message", text.lines().next().unwrap_or_default()));
            start.push_attribute(("type", *kind));
            writer.write_event(Event::Start(start))?;
            writer.write_event(Event::Text(BytesText::new(&text)))?;
            writer.write_event(Event::End(BytesEnd::new(element)))?;
        }
        writer.write_event(Event::End(BytesEnd::new("testcase")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn cases(task: &TaskResult, overview: Option<&Overview>) -> Vec<Case> {
    const CHECK: &str = "codearts-gate.check";
    let TaskResult { outcome, has_finished, .. } = *task;
    let is_decided = matches!(outcome, Outcome::Passed | Outcome::GateFailed | Outcome::ReportFailed);
    let mut cases = Vec::new();
    let ran = if has_finished { Ended::Passed } else { Ended::Error(outcome.name(), why(task)) };
    cases.push(Case { class: CHECK, name: "the check ran to its end".to_owned(), ended: ran });
    match &task.gate {
        Some(gate) => cases.extend(conditions(gate, overview)),
        None => {
            let ended = match (has_finished, is_decided) {
                (true, true) => Ended::Skipped("nothing was to be decided"),
                (true, false) => Ended::Error(outcome.name(), why(task)),
                (false, _) => Ended::Skipped("the check did not run to its end"),
            };
            let name = "CodeArts quality gate".to_owned();
            cases.push(Case { class: "codearts-gate.gate", name, ended });
        }
    }
    let delivered = match (outcome, has_finished) {
        (Outcome::ReportFailed, _) => Ended::Error(outcome.name(), why(task)),
        (_, false) => Ended::Skipped("there is nothing to report"),
        (_, true) if task.report.is_none() => Ended::Skipped("there is no PDF report"),
        (_, true) => Ended::Passed,
    };
    cases.push(Case {
        class: "codearts-gate.report",
        name: "the report was delivered".to_owned(),
        ended: delivered,
    });
    cases
}

/// The reason, and what the service says about failing steps.
fn why(task: &TaskResult) -> String {
    let mut text = task.reason.to_string();
    for step in &task.failing_steps {
        for part in [&step.name, &step.log, &step.analysis, &step.faq] {
            if !part.is_empty() {
                text.push('\n');
                text.push_str(part);
            }
        }
    }
    text
}

fn conditions(gate: &GateResult, overview: Option<&Overview>) -> Vec<Case> {
    const CLASS: &str = "codearts-gate.gate";
    let top = overview.map(|overview| overview.blocking.as_slice()).unwrap_or_default();
    let service = match (gate.is_service_met(), gate.mode) {
        (Some(true), _) => Ended::Passed,
        (Some(false), _) => {
            let sentence = format!("The CodeArts quality gate: {}.", gate.service.describe());
            Ended::Failure("quality-gate", with_findings(&sentence, top.iter()))
        }
        (None, GateMode::Off) => Ended::Skipped("the service's gate does not count (--gate off)"),
        (None, _) => Ended::Skipped("the service does not say"),
    };
    let mut cases = vec![Case { class: CLASS, name: "CodeArts quality gate".to_owned(), ended: service }];
    for threshold in &gate.thresholds {
        let actual =
            threshold.actual.map_or_else(|| "an unknown number".to_owned(), |actual| actual.to_string());
        let counted = threshold.name;
        let ended = if threshold.passed {
            Ended::Passed
        } else {
            let about = top
                .iter()
                .filter(|finding| counted.severity.is_none_or(|severity| severity == finding.severity));
            let sentence = format!("{actual} found, at most {} allowed.", threshold.limit);
            Ended::Failure("threshold", with_findings(&sentence, about))
        };
        cases.push(Case { class: CLASS, name: format!("at most --max-{counted}"), ended });
    }
    cases
}

fn with_findings<'a>(sentence: &str, findings: impl Iterator<Item = &'a Finding>) -> String {
    let mut text = sentence.to_owned();
    for Finding { severity, path, line, rule, message, .. } in findings.take(FINDINGS_LIMIT) {
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        text.push_str(&format!("\n{} {path}{line} {rule}: {}", severity.name(), message.replace('\n', " ")));
    }
    text
}
