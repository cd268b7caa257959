//! Words on pages in English.

use crate::messages::label::Label;
use crate::model::gate::{Counted, ServiceGate};

/// A word or a name on a page.
pub(in crate::messages) fn label(label: &Label) -> String {
    match label {
        Label::Actual => "actual",
        Label::All => "all",
        Label::Allowed => "allowed",
        Label::Analysis => "analysis",
        Label::Code => "code",
        Label::Condition => "condition",
        Label::Finding => "finding",
        Label::Findings => "Findings",
        Label::Help => "help",
        Label::Ignored => "ignored",
        Label::Limit => "limit",
        Label::Log => "log",
        Label::Met => "met",
        Label::NotEvaluated => "not evaluated",
        Label::NotMet => "not met",
        Label::OpenFindings => "Open findings",
        Label::Open => "open",
        Label::PastRuns => "Past runs",
        Label::PdfReport => "PDF report",
        Label::PipelineRun => "pipeline run",
        Label::Place => "location",
        Label::QualityGate => "Quality gate",
        Label::Report => "report",
        Label::Result => "result",
        Label::Rule => "rule",
        Label::RulesBrokenMost => "Rules broken most often",
        Label::Run => "run",
        Label::Search => "Search findings",
        Label::SearchIn => "Search path, rule or message",
        Label::Severity(severity) => severity.name(),
        Label::SeverityColumn => "severity",
        Label::SeverityShares => "Shares of the severities",
        Label::ServiceGate => "CodeArts quality gate",
        Label::ServiceGateResult(ServiceGate::Passed) => "passed",
        Label::ServiceGateResult(ServiceGate::NotPassed) => "not passed",
        Label::ServiceGateResult(ServiceGate::Unknown) | Label::Unknown => "unknown",
        Label::Status(status) => status.name(),
        Label::Step => "step",
        Label::Task => "task",
        Label::Threshold(counted) => return threshold(*counted),
        Label::WhatToDo => "What to do",
        Label::WhyItFailed => "Why it failed",
    }
    .to_owned()
}

fn threshold(Counted { is_new, severity }: Counted) -> String {
    let new = if is_new { "new " } else { "" };
    format!("{new}{}", severity.map_or("issues", |severity| severity.name()))
}
