//! About artifacts: files that the CI keeps after the job.

/// What came of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArtifactMessage {
    /// The job has what uploading needs.
    TokenIsSet,
}
