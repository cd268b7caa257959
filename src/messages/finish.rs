//! About the end of a whole run: its last lines, files, publishing.

use super::Message;
use crate::model::finding::{Counts, Severity};
use crate::model::outcome::Outcome;
use std::path::PathBuf;
use std::time::Duration;

/// What several of are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum JobKind {
    /// Tasks of CodeArts Check.
    Task,
    /// Jobs of CodeArts Build.
    Build,
}

/// A task or a build that has ended.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct EndedJob {
    /// Its name and its id.
    pub name: String,
    /// The number of a build.
    pub build: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why.
    pub reason: Message,
    /// Open findings.
    pub counts: Option<Counts>,
    /// Whether `--allow` lets that pass.
    pub is_allowed: bool,
}

/// What is said at the end.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum FinishMessage {
    /// A finding that counts.
    Finding {
        /// Where it is: path, and line if there is one.
        place: String,
        /// How bad it is.
        severity: Severity,
        /// What is wrong.
        message: String,
        /// Which rule says so.
        rule: String,
    },
    /// So many more findings count.
    MoreFindings(u64),
    /// The check passed, but a file is missing.
    PassedBut(Box<Message>),
    /// What failed, and why.
    Because {
        /// What failed.
        what: Box<Message>,
        /// Why.
        cause: String,
    },
    /// What came after the verdict, and the reason of the verdict.
    Later {
        /// What came later.
        later: Box<Message>,
        /// The reason.
        reason: Box<Message>,
    },
    /// It ended like this before there was a result.
    NoResult(Outcome),
    /// A signal came while the result was being published.
    PublishingCancelled,
    /// A task or a build has ended.
    Ended(Box<EndedJob>),
    /// A step of a check failed.
    FailingStep {
        /// Name of the task.
        task: String,
        /// Name of the step.
        name: String,
        /// Its log.
        log: String,
        /// What CodeArts found.
        analysis: String,
        /// Where to read on.
        faq: String,
    },
    /// A step of a build failed.
    FailingBuildStep {
        /// Id of the job.
        job: String,
        /// Its name.
        name: String,
    },
    /// There is no PDF of a check that did not finish.
    NoPdf {
        /// Name of the task.
        task: String,
    },
    /// Further ones did not pass, and have no line.
    MoreFailed(u64, JobKind),
    /// What the waits of a batch cost.
    Polls {
        /// Status requests.
        polls: u64,
        /// Those that a fixed interval of 5s would have made.
        fixed: u64,
        /// Each end was detected at most this late.
        delay: Duration,
    },
    /// How the whole ended.
    Overall {
        /// The outcome.
        outcome: Outcome,
        /// What the process exits with.
        exit_code: u8,
        /// How many passed, and of how many, if there are several.
        passed: Option<(u64, u64, JobKind)>,
    },
    /// The baseline is not written, because findings are missing.
    BaselineIncomplete(PathBuf),
    /// The baseline is not written, because the gate failed.
    BaselineOfFailure(PathBuf),
    /// The baseline could not be written.
    BaselineNotWritten(PathBuf, String),
    /// The baseline is written.
    BaselineWritten {
        /// Where.
        path: PathBuf,
        /// Open findings in it.
        findings: u64,
    },
    /// Files of this run are not there any more.
    FilesRemoved(Vec<String>),
    /// `--json` could not be obeyed.
    NotPrinted(String),
}
