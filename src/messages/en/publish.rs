//! Publishing in English.

use crate::messages::publish::{PublishHint, PublishLabel, PublishMessage};
use crate::model::language::Language;
use crate::text;

/// What came of publishing.
pub(in crate::messages) fn publish(message: &PublishMessage) -> String {
    match message {
        PublishMessage::NoPlace { target } => format!("`{target}` is not available here"),
        PublishMessage::OutOfTime => "not finished within `--report-timeout`".to_owned(),
        PublishMessage::NotPublished { target, why } => {
            format!("the result could not be published as {target}: {}", why.text(Language::English))
        }
        PublishMessage::Missed { target } => format!("not published as {target}"),
        PublishMessage::SummaryFull => {
            "no room left: other programs of this step have filled the summary".to_owned()
        }
        PublishMessage::ArchivedFrom { path } => format!("`{path}`, for the files that the job archives"),
        PublishMessage::NoJenkinsAddress => {
            "Jenkins does not know its own URL: BUILD_URL is not set".to_owned()
        }
        PublishMessage::ReportDirOutside => {
            "`--report-dir` is outside the project, so the CI does not keep its files".to_owned()
        }
        PublishMessage::ReportFile { path, report } => {
            format!("`{path}`, for `artifacts: reports: {report}`")
        }
        PublishMessage::ReportFileNotWritten { path, report } => {
            format!("could not write `{path}`, the file for `artifacts: reports: {report}`")
        }
        PublishMessage::OutputsLeftOut { names, limit } => {
            let limit = text::bytes(*limit as u64);
            format!("no room for {}: GitLab accepts at most {limit}", names.join(", "))
        }
        PublishMessage::RunnerFile { variable } => format!("{variable} is set"),
        PublishMessage::NoRunnerFile { variable } => format!("{variable} is not set"),
        PublishMessage::RunnerFileNotWritten { variable, path } => {
            format!("could not write to {variable} (`{path}`)")
        }
        PublishMessage::AnnotationsInLog => "in the log".to_owned(),
        PublishMessage::FindingsNotAnnotated { number } => format!(
            "annotations: {} only in the report, because the runner limits annotations",
            text::count(*number as u64, "finding")
        ),
    }
}

/// Headings and labels where the result is shown.
pub(in crate::messages) fn publish_label(label: &PublishLabel) -> String {
    match label {
        PublishLabel::UploadStep => "To keep the PDF, add a step".to_owned(),
        PublishLabel::NotPublished { target } => format!("Not published as {target}"),
        PublishLabel::Annotations => "Annotations".to_owned(),
        PublishLabel::Verdict { outcome } => format!("CodeArts Check: {outcome}"),
        PublishLabel::Pdf { task } => format!("PDF report of {task}"),
        PublishLabel::Findings { task } => format!("Findings of {task}"),
        PublishLabel::Task { task } => format!("Task {task} in CodeArts"),
        PublishLabel::Note => "Note on the merge request".to_owned(),
    }
}

/// What to do so that the result is published.
pub(in crate::messages) fn publish_hint(hint: &PublishHint) -> String {
    match hint {
        PublishHint::ReportTimeout => "increase `--report-timeout`",
        PublishHint::RunnerFiles => {
            "pass the variable and its file on to the container, if the gate runs in one; the runner sets it"
        }
        PublishHint::JenkinsAddress => "set the Jenkins URL in the system configuration of Jenkins",
        PublishHint::ReportDirWithin => "choose a `--report-dir` within the project",
    }
    .to_owned()
}
