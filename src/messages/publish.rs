//! About bringing the result to where people look.

use super::Message;
use crate::model::outcome::Outcome;

/// What came of publishing. Targets go by their names in `--publish`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum PublishMessage {
    /// Neither the host nor the forge has such a place.
    NoPlace {
        /// The target.
        target: &'static str,
    },
    /// The time for publishing was over.
    OutOfTime,
    /// The result is missing from a target that had to have it.
    NotPublished {
        /// The target.
        target: &'static str,
        /// Why.
        why: Box<Message>,
    },
    /// The result is missing from a target: how a line about it begins, or all that is left to be said.
    Missed {
        /// The target.
        target: &'static str,
    },
    /// The summary of the step has no room left.
    SummaryFull,
    /// What the job archives is taken from the report directory.
    ArchivedFrom {
        /// The directory.
        path: String,
    },
    /// Jenkins does not know its own address.
    NoJenkinsAddress,
    /// The CI keeps nothing of the report directory.
    ReportDirOutside,
    /// GitLab's runner is to collect this file as a report.
    ReportFile {
        /// The file.
        path: String,
        /// The kind of report.
        report: &'static str,
    },
    /// The file that GitLab's runner is to collect cannot be written.
    ReportFileNotWritten {
        /// The file.
        path: String,
        /// The kind of report.
        report: &'static str,
    },
    /// These outputs found no room.
    OutputsLeftOut {
        /// Their names.
        names: Vec<String>,
        /// Bytes that GitLab takes.
        limit: usize,
    },
    /// The runner names a file that can be written.
    RunnerFile {
        /// The variable that names it.
        variable: &'static str,
    },
    /// The runner names no file.
    NoRunnerFile {
        /// The variable that should name it.
        variable: &'static str,
    },
    /// The file that the runner names cannot be written.
    RunnerFileNotWritten {
        /// The variable that names it.
        variable: &'static str,
        /// The file.
        path: String,
    },
    /// Annotations stand in the log.
    AnnotationsInLog,
    /// The runner keeps no more annotations.
    FindingsNotAnnotated {
        /// Findings without one.
        number: usize,
    },
}

/// Headings and labels where the result is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum PublishLabel {
    /// Above the step that uploads the PDF.
    UploadStep,
    /// Above the reason why a target was missed.
    NotPublished {
        /// The target.
        target: &'static str,
    },
    /// Above all annotations.
    Annotations,
    /// Of an annotation about a task.
    Verdict {
        /// How it ended.
        outcome: Outcome,
    },
    /// Of the link to the PDF of a task.
    Pdf {
        /// The task, shortened.
        task: String,
    },
    /// Of the link to the findings of a task.
    Findings {
        /// The task, shortened.
        task: String,
    },
    /// Of the link to a task in the console of CodeArts.
    Task {
        /// The task, shortened.
        task: String,
    },
    /// Of the link to the note.
    Note,
}

/// What to do so that the result is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum PublishHint {
    /// Publishing needs more time.
    ReportTimeout,
    /// A container may hide the files of the runner.
    RunnerFiles,
    /// Jenkins should know its own address.
    JenkinsAddress,
    /// The report directory should lie within the project.
    ReportDirWithin,
}
