//! About the PDF report.

use super::Message;
use std::path::PathBuf;
use std::time::Duration;

/// How the PDF was made and downloaded, or why not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum PdfMessage {
    /// It is on the disk.
    Saved {
        /// Where.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// Digest of its bytes.
        sha256: String,
    },
    /// The download broke, and another export is started.
    Again {
        /// What broke.
        why: Box<Message>,
        /// Which export is started.
        number: u32,
        /// Exports in all.
        limit: u32,
    },
    /// The download broke for the last time.
    Incomplete {
        /// Exports that were made.
        tries: u32,
        /// What broke.
        why: Box<Message>,
    },
    /// CodeArts could not make it.
    ExportFailed(Box<Message>),
    /// It took too long.
    NotInTime(Option<Duration>),
    /// The file could not be brought to the disk.
    NotStored,
}
