//! Cases of the JUnit report. Their names stay as they are, so that their history means something.

use crate::model::gate::{Counted, ServiceGate};

/// A name or a sentence of the JUnit report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum JunitText {
    /// The tests of one task.
    Suite {
        /// Name of the task.
        task: String,
    },
    /// The findings of one task as tests.
    FindingsSuite {
        /// Id of the task.
        task: String,
    },
    /// The case: there are no findings.
    NoFindings,
    /// The case: the check ran to its end.
    CheckFinished,
    /// The case: a threshold.
    Threshold(Counted),
    /// The case: the report was delivered.
    ReportDelivered,
    /// Skipped: no gate was evaluated.
    NoGate,
    /// Skipped: the check did not run to its end.
    CheckNotFinished,
    /// Skipped: without a finished check there is no report.
    NothingToReport,
    /// Skipped: there is no PDF report.
    NoPdf,
    /// Skipped: `--gate off`.
    GateOff,
    /// Skipped: CodeArts did not report a result.
    GateUnknown,
    /// Failed: the CodeArts quality gate.
    GateResult(ServiceGate),
    /// Failed: a threshold was exceeded.
    Exceeded {
        /// Findings, if their number is known.
        actual: Option<u64>,
        /// Maximum number of findings.
        limit: u64,
    },
}
