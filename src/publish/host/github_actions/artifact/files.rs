//! What goes up: PDFs, or an archive of them.

use crate::error::Problem;
use crate::messages::ArtifactMessage;
use crate::publish::results::PublishError;
use crate::report::store::archive::{Archive, pack};
use crate::report::store::directory::ReportDirectory;
use std::path::PathBuf;
use tokio::task::spawn_blocking;

/// The PDF of a task.
#[derive(Clone, Debug)]
pub(in super::super) struct UploadFile {
    /// Where it lies.
    pub(in super::super) path: PathBuf,
    /// Its size.
    pub(in super::super) bytes: u64,
    /// Digest of its bytes, lower-case hex.
    pub(in super::super) sha256: String,
    /// Name of the file.
    pub(in super::super) name: String,
}

/// What becomes one artifact.
#[derive(Clone, Debug)]
pub(in super::super) struct Upload {
    /// What the artifact is named after.
    pub(in super::super) stem: String,
    /// One file goes up as it is, where the server takes that; several are packed.
    pub(in super::super) files: Vec<UploadFile>,
}

impl Upload {
    /// Packs the files.
    ///
    /// # Errors
    /// When they cannot be read, or the archive cannot be written.
    pub(super) async fn archive(&self, directory: &ReportDirectory) -> Result<Archive, PublishError> {
        let (directory, files) = (directory.clone(), self.files.clone());
        let packing =
            move || pack(&directory, files.iter().map(|file| (file.path.as_path(), file.name.as_str())));
        let not_packed = Problem::new(ArtifactMessage::NotPacked);
        match spawn_blocking(packing).await {
            Ok(Ok(archive)) => Ok(archive),
            Ok(Err(error)) => Err(PublishError::failed(not_packed.because(error))),
            Err(error) => Err(PublishError::failed(not_packed.because(error))),
        }
    }
}
