//! Artifacts in English.

use crate::messages::artifact::{ArtifactHint, ArtifactMessage};
use crate::text;

/// What came of an artifact.
pub(in crate::messages) fn artifact(message: &ArtifactMessage) -> String {
    match message {
        ArtifactMessage::TokenIsSet => "the upload token is set".to_owned(),
        ArtifactMessage::NoToken => {
            "ACTIONS_RUNTIME_TOKEN is not set: GitHub gives it to steps that use an action, such as the codearts-gate action, but not to `run` steps".to_owned()
        }
        ArtifactMessage::ResultsUrl => "ACTIONS_RESULTS_URL is not a valid URL".to_owned(),
        ArtifactMessage::TokenNamesNoRun => {
            "ACTIONS_RUNTIME_TOKEN does not name the run, which the artifact service needs".to_owned()
        }
        ArtifactMessage::Uploaded { name, bytes } => format!("artifact: `{name}`, {}", text::bytes(*bytes)),
        ArtifactMessage::Replacing { name } => {
            format!("artifact: replacing `{name}`, which an earlier attempt uploaded")
        }
        ArtifactMessage::NameTaken { suffix } => {
            format!("artifact name already in use; using suffix `{suffix}`")
        }
        ArtifactMessage::RetentionReduced { asked, allowed } => {
            let days = text::count((*allowed).into(), "day");
            format!("artifact: kept for {days}, the maximum of this repository, not {asked}")
        }
        ArtifactMessage::NotSupported => "this server does not support artifacts of this kind".to_owned(),
        ArtifactMessage::NoForm => "the server accepts no form of artifact".to_owned(),
        ArtifactMessage::StorageFull => "the artifact storage is full".to_owned(),
        ArtifactMessage::NotPacked => "could not pack the report".to_owned(),
    }
}

/// What to do so that the PDF is kept.
pub(in crate::messages) fn artifact_hint(hint: &ArtifactHint) -> String {
    match hint {
        ArtifactHint::UploadStep => {
            "add a step `uses: actions/upload-artifact` for the output `report-path` to keep the PDF"
        }
    }
    .to_owned()
}
