//! The verdict as JUnit XML (`ci/formats`, section 3): few cases with stable names, one a condition, so that their history
//! says something. What keeps the gate from deciding is an error, what it decides against is a failure.

use crate::messages::{JunitText, Label};
use crate::model::finding::Finding;
use crate::model::gate::{GateMode, GateResult, ThresholdResult};
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::report::escape::xml_text;
use crate::report::format::Format;
use crate::report::pages::task_page::TaskPage;
use crate::report::result::TaskResult;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// Class of the cases about the gate.
const GATE: &str = "codearts-gate.gate";
/// Findings named in a failure.
const FINDINGS_LIMIT: usize = 50;

/// What became of one case.
enum Ended {
    Passed,
    /// Kind and text.
    Failure(&'static str, String),
    Error(&'static str, String),
    Skipped(JunitText),
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
    let TaskPage { task, language, .. } = *page;
    let cases = cases(page);
    let number = |fits: fn(&Ended) -> bool| cases.iter().filter(|case| fits(&case.ended)).count().to_string();
    let tests = cases.len().to_string();
    let failures = number(|ended| matches!(ended, Ended::Failure(..)));
    let errors = number(|ended| matches!(ended, Ended::Error(..)));
    let skipped = number(|ended| matches!(ended, Ended::Skipped(_)));
    let time = format!("{:.3}", task.wait.map_or(0.0, |wait| wait.seconds));
    let name = JunitText::Suite { task: task.shown().to_owned() }.text(language);
    let name = xml_text(&name);
    let suite = [
        ("name", name.as_ref()),
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
        let (element, kind, text) = match ended {
            Ended::Passed => {
                writer.write_event(Event::Empty(case))?;
                continue;
            }
            Ended::Skipped(why) => {
                writer.write_event(Event::Start(case))?;
                let skipped = BytesStart::new("skipped")
                    .with_attributes([("message", xml_text(&why.text(language)).as_ref())]);
                writer.write_event(Event::Empty(skipped))?;
                writer.write_event(Event::End(BytesEnd::new("testcase")))?;
                continue;
            }
            Ended::Failure(kind, text) => ("failure", kind, xml_text(text)),
            Ended::Error(kind, text) => ("error", kind, xml_text(text)),
        };
        writer.write_event(Event::Start(case))?;
        // GitLab shows the text only, Jenkins the message too.
        let attributes = [("message", text.lines().next().unwrap_or_default()), ("type", kind)];
        writer.write_event(Event::Start(BytesStart::new(element).with_attributes(attributes)))?;
        writer.write_event(Event::Text(BytesText::new(&text)))?;
        writer.write_event(Event::End(BytesEnd::new(element)))?;
        writer.write_event(Event::End(BytesEnd::new("testcase")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn cases(page: &TaskPage<'_>) -> Vec<Case> {
    let TaskPage { task, language, .. } = *page;
    let TaskResult { outcome, has_finished, .. } = *task;
    let is_decided = matches!(outcome, Outcome::Passed | Outcome::GateFailed | Outcome::ReportFailed);
    let error = || Ended::Error(outcome.name(), why(task, language));
    let ran = if has_finished { Ended::Passed } else { error() };
    let mut cases = vec![Case {
        class: "codearts-gate.check",
        name: JunitText::CheckFinished.text(language),
        ended: ran,
    }];
    match &task.gate {
        Some(gate) => cases.extend(conditions(gate, page)),
        None => {
            let ended = match (has_finished, is_decided) {
                (true, true) => Ended::Skipped(JunitText::NoGate),
                (true, false) => error(),
                (false, _) => Ended::Skipped(JunitText::CheckNotFinished),
            };
            cases.push(Case { class: GATE, name: Label::ServiceGate.text(language), ended });
        }
    }
    let delivered = if outcome == Outcome::ReportFailed {
        error()
    } else if !has_finished {
        Ended::Skipped(JunitText::NothingToReport)
    } else if task.report.is_none() {
        Ended::Skipped(JunitText::NoPdf)
    } else {
        Ended::Passed
    };
    cases.push(Case {
        class: "codearts-gate.report",
        name: JunitText::ReportDelivered.text(language),
        ended: delivered,
    });
    cases
}

/// The reason, and what CodeArts reports about failed steps.
fn why(task: &TaskResult, language: Language) -> String {
    let mut text = task.reason.text(language);
    for hint in &task.hints {
        text.push('\n');
        text.push_str(&hint.text(language));
    }
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

fn conditions(gate: &GateResult, page: &TaskPage<'_>) -> Vec<Case> {
    let TaskPage { overview, language, .. } = *page;
    let top = overview.map(|overview| overview.blocking.as_slice()).unwrap_or_default();
    let failure = |kind, text: JunitText, of: &dyn Fn(&Finding) -> bool| {
        let findings = top.iter().filter(|finding| of(finding));
        Ended::Failure(kind, with_findings(text.text(language), findings, language))
    };
    let service = match (gate.is_service_met(), gate.mode) {
        (Some(true), _) => Ended::Passed,
        (Some(false), _) => failure("quality-gate", JunitText::GateResult(gate.service), &|_| true),
        (None, GateMode::Off) => Ended::Skipped(JunitText::GateOff),
        (None, GateMode::Auto | GateMode::Required) => Ended::Skipped(JunitText::GateUnknown),
    };
    let mut cases = vec![Case { class: GATE, name: Label::ServiceGate.text(language), ended: service }];
    for &ThresholdResult { name, limit, actual, passed } in &gate.thresholds {
        let counts = |finding: &Finding| name.severity.is_none_or(|severity| severity == finding.severity);
        let ended = match passed {
            true => Ended::Passed,
            false => failure("threshold", JunitText::Exceeded { actual, limit }, &counts),
        };
        cases.push(Case { class: GATE, name: JunitText::Threshold(name).text(language), ended });
    }
    cases
}

fn with_findings<'a>(
    mut text: String,
    findings: impl Iterator<Item = &'a Finding>,
    language: Language,
) -> String {
    for Finding { severity, path, line, rule, message, .. } in findings.take(FINDINGS_LIMIT) {
        let severity = Label::Severity(*severity).text(language);
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        text.push_str(&format!("\n{severity} {path}{line} {rule}: {}", message.replace('\n', " ")));
    }
    text
}
