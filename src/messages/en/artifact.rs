//! Artifacts in English.

use crate::messages::ArtifactMessage;

/// What came of an artifact.
pub(in crate::messages) fn artifact(message: &ArtifactMessage) -> String {
    match message {
        ArtifactMessage::TokenIsSet => "the upload token is set".to_owned(),
    }
}
