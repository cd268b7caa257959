//! Which open findings count and are listed: all, or those on lines that a change adds or changes.

use crate::model::changed_lines::ChangedLines;
use crate::model::choice::Choice;
use crate::model::finding::Finding;
use crate::model::path::NO_PATH;
use serde::Serialize;

/// Which open findings count and are listed (`--scope`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// All.
    #[default]
    All,
    /// Those on changed lines.
    Changed,
}

impl Choice for Scope {
    fn all() -> Vec<Self> {
        vec![Self::All, Self::Changed]
    }

    fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Changed => "changed",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::All => "All findings",
            Self::Changed => "Findings on lines that were added or changed",
        }
    }
}

/// Open findings where only those on changed lines count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct ScopeCounts {
    /// On changed lines.
    pub inside: u64,
    /// Elsewhere.
    pub outside: u64,
}

/// Whether a finding lies on changed lines. One without a path may lie anywhere, so it counts.
pub fn is_on_changed_lines(finding: &Finding, changed: &ChangedLines) -> bool {
    finding.path == NO_PATH || changed.touches(&finding.path, finding.line)
}
