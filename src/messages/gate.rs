//! About the quality gate and thresholds.

use super::Message;
use crate::model::gate::{GateFailure, UnknownGate};
use crate::model::scope::{Scope, ScopeCounts};

/// How the gates of a check that finished were met.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GateMessage {
    /// All were.
    Passed {
        /// How the check ended.
        finished: Box<Message>,
        /// Whether the CodeArts quality gate passed; else it does not count.
        is_service_met: bool,
        /// Thresholds.
        thresholds: u64,
        /// Whether no open finding is allowed because nothing else decides.
        is_by_findings: bool,
        /// Findings that are known from the baseline, if there is one.
        known: Option<u64>,
        /// Where the findings are, if only those on changed lines count.
        scope: Option<ScopeCounts>,
    },
    /// Some were not.
    Failed {
        /// Those.
        failures: Vec<GateFailure>,
        /// Findings that are known from the baseline, if there is one.
        known: Option<u64>,
        /// Where the findings are, if only those on changed lines count.
        scope: Option<ScopeCounts>,
        /// How the check ended.
        finished: Box<Message>,
    },
    /// Some were not, and whether others were is not known without the findings.
    FailedWithoutFindings {
        /// Those.
        failures: Vec<GateFailure>,
        /// Why there are no findings.
        why: Box<Message>,
        /// Which would have counted.
        scope: Scope,
        /// How the check ended.
        finished: Box<Message>,
    },
    /// The findings could not be compared with the baseline.
    NotCompared(Box<Message>),
    /// Which findings lie on changed lines could not be found out.
    NotLocated(Box<Message>),
    /// The summary that the gates need could not be read.
    NotRead(Box<Message>),
    /// The summary could not be read, and nothing depends on it.
    NotCounted(Box<Message>),
    /// Reading the summary took too long.
    SummaryTimedOut,
    /// Whose summary was read is not known.
    WhoseSummary,
    /// The result of the CodeArts quality gate is unknown, which does not count against the code.
    Notice(UnknownGate),
    /// Nothing else decides, so no open finding is allowed.
    NoFindingAllowed,
}
