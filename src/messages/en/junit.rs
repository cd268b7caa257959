//! The JUnit report in English.

use crate::messages::junit::JunitText;
use crate::messages::label::Label;
use crate::model::language::Language;

/// A name or a sentence of the JUnit report.
pub(in crate::messages) fn junit(text: &JunitText) -> String {
    match text {
        JunitText::Suite { task } => return format!("CodeArts Check {task}"),
        JunitText::FindingsSuite { task } => return format!("CodeArts Check {task}: findings"),
        JunitText::NoFindings => "no findings",
        JunitText::CheckFinished => "the check ran to its end",
        JunitText::Threshold(counted) => return format!("at most --max-{counted}"),
        JunitText::ReportDelivered => "the report was delivered",
        JunitText::NoGate => "no quality gate was evaluated",
        JunitText::CheckNotFinished => "the check did not run to its end",
        JunitText::NothingToReport => "there is nothing to report",
        JunitText::NoPdf => "no PDF report was made",
        JunitText::GateOff => "the CodeArts quality gate is ignored (--gate off)",
        JunitText::GateUnknown => "CodeArts did not report a result",
        JunitText::GateResult(result) => {
            let result = Label::ServiceGateResult(*result).text(Language::English);
            return format!("The CodeArts quality gate: {result}.");
        }
        JunitText::Exceeded { actual: Some(actual), limit } => {
            return format!("{actual} found, at most {limit} allowed.");
        }
        JunitText::Exceeded { actual: None, limit } => {
            return format!("Number of findings unknown, at most {limit} allowed.");
        }
    }
    .to_owned()
}
