//! About the list of findings.

use super::Message;
use crate::model::gate::Doubt;
use std::time::Duration;

/// How the findings were listed, or why not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum FindingsMessage {
    /// They could not be kept on the disk.
    NotKept(String),
    /// Listing them took too long.
    TimedOut(Duration),
    /// Delayed ones cannot be listed.
    DelayedNotListed(Box<Message>),
    /// All are there.
    AllRead(Duration),
    /// What was listed.
    Listed {
        /// Findings.
        findings: u64,
        /// Delayed ones among them.
        delayed: u64,
        /// Pages that were read.
        pages: u64,
        /// How long all of it took.
        took: Duration,
    },
    /// They may be another run's.
    InDoubt(Doubt),
    /// Whose they are is not known.
    Whose,
    /// The last page was full although CodeArts reported no more findings.
    PerhapsMore {
        /// The reported number.
        reported: u64,
        /// Those that came.
        returned: u64,
    },
    /// CodeArts reported no number to compare with.
    NoNumber {
        /// Those that came.
        returned: u64,
    },
    /// Some are missing.
    Incomplete {
        /// The reported number.
        reported: u64,
        /// Those that came.
        returned: u64,
    },
    /// Some open ones are missing.
    FewerThanCounted {
        /// The number in the summary.
        counted: u64,
        /// Those that came.
        returned: u64,
    },
    /// Some are too large to be compared.
    TooLarge(u64),
    /// They are not listed, and nothing depends on them.
    NotListed(Box<Message>),
}
