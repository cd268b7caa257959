//! About which findings count.

use super::Message;

/// Which findings count, and why.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ScopeMessage {
    /// Only those on changed lines.
    Counted {
        /// Files that changed.
        files: u64,
        /// Those of which every line counts.
        whole: u64,
    },
    /// All, because the changed lines could not be learned.
    AllCount(Box<Message>),
    /// No comment in the diff is written, because the changed lines could not be learned.
    NoneCommented(Box<Message>),
    /// Nothing shows which lines changed.
    NoSource,
    /// Standard input is a terminal, not a diff.
    Terminal,
    /// Standard input could not be read.
    InputNotRead,
    /// Asking for the changed lines took too long.
    TimedOut,
    /// No finding lies in a changed file, but one's path ends like the path of one.
    OtherPaths {
        /// The path of the finding.
        finding: String,
        /// The path of the changed file.
        changed: String,
    },
}

/// What to do so that the right findings count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ScopeHint {
    /// The gate of the service counts all findings.
    DecideByLines,
    /// The diff has to come through a pipe.
    PipeDiff,
    /// The paths have to be the same.
    SamePaths,
}
