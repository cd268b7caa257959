//! Single words and names on pages: headings, columns, badges.

use crate::model::finding::{Severity, Status};
use crate::model::gate::{Counted, ServiceGate};

/// A word or a name on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Label {
    /// Actual number of findings.
    Actual,
    /// All severities or all tasks together.
    All,
    /// An outcome that `--allow` lets pass.
    Allowed,
    /// Analysis of a failed step by CodeArts.
    Analysis,
    /// The line of code of a finding.
    Code,
    /// A condition of the gate.
    Condition,
    /// A finding.
    Finding,
    /// The section of findings.
    Findings,
    /// Where to read about a failed step.
    Help,
    /// A condition that does not count.
    Ignored,
    /// Maximum number of findings.
    Limit,
    /// The log of a failed step.
    Log,
    /// A condition that is met.
    Met,
    /// A condition without a result.
    NotEvaluated,
    /// A condition that is not met.
    NotMet,
    /// The numbers of open findings.
    OpenFindings,
    /// The open findings of all severities.
    Open,
    /// Past runs of the check.
    PastRuns,
    /// The PDF report.
    PdfReport,
    /// The run of the pipeline.
    PipelineRun,
    /// Path and line of a finding.
    Place,
    /// The section of the gate.
    QualityGate,
    /// The report of a task.
    Report,
    /// How a task ended.
    Result,
    /// The rule that a finding breaks.
    Rule,
    /// The rules with the most findings.
    RulesBrokenMost,
    /// A run of the check.
    Run,
    /// What the search field is for.
    Search,
    /// What the search field looks at.
    SearchIn,
    /// A severity.
    Severity(Severity),
    /// The column of severities.
    SeverityColumn,
    /// What the bar of severities shows.
    SeverityShares,
    /// The CodeArts quality gate as a condition.
    ServiceGate,
    /// Result of the CodeArts quality gate.
    ServiceGateResult(ServiceGate),
    /// What has been done about a finding.
    Status(Status),
    /// A step of the check.
    Step,
    /// A task.
    Task,
    /// A threshold.
    Threshold(Counted),
    /// A number that is not known.
    Unknown,
    /// What to do about the result.
    WhatToDo,
    /// The section of failed steps.
    WhyItFailed,
}
