//! About lists of findings and baselines.

/// What became of a list of findings or a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ListMessage {
    /// Findings that the SARIF file has no room for, because GitHub has a limit.
    OmittedFromSarif {
        /// How many.
        findings: u64,
    },
    /// Findings that the JUnit file has no room for, because GitLab has a limit.
    OmittedFromJunit {
        /// How many.
        findings: u64,
    },
    /// The findings cannot be read back from the disk.
    NotReadBack,
    /// A thread for a list cannot be started.
    NoThread,
    /// A thread that wrote a list broke off.
    ThreadBroken,
    /// Nobody waits for the lists any more.
    Cancelled,
    /// A baseline cannot be read.
    BaselineNotRead {
        /// The file.
        path: String,
    },
    /// A baseline is not JSON, or not of a known form.
    BaselineUnknownForm {
        /// The file.
        path: String,
    },
    /// A baseline has no list of findings.
    BaselineWithoutFindings {
        /// The file.
        path: String,
    },
    /// None of the findings in a baseline has a fingerprint of this program.
    BaselineWithoutFingerprints {
        /// The file.
        path: String,
    },
}

/// What to do about a list or a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ListHint {
    /// Write a baseline first.
    WriteBaseline,
    /// Give a file that can be compared with.
    BaselineFiles,
    /// Write the format that has no limit.
    Csv,
    /// This file or directory lists the findings.
    FindingsIn(String),
    /// A file with the findings can be had.
    AskForFile,
}
