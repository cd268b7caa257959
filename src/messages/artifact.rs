//! About artifacts: files that the CI keeps after the job.

/// What came of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ArtifactMessage {
    /// The job has what uploading needs.
    TokenIsSet,
    /// The job lacks what uploading needs, because steps of its kind get none.
    NoToken,
    /// ACTIONS_RESULTS_URL cannot be used.
    ResultsUrl,
    /// ACTIONS_RUNTIME_TOKEN cannot be used.
    TokenNamesNoRun,
    /// An artifact is there.
    Uploaded {
        /// Its name.
        name: String,
        /// Size of its files.
        bytes: u64,
    },
    /// An earlier artifact of this name is removed.
    Replacing {
        /// The name.
        name: String,
    },
    /// The usual name is in use.
    NameTaken {
        /// What the other name has at its end.
        suffix: String,
    },
    /// An artifact is kept for a shorter time than was asked for.
    RetentionReduced {
        /// Days that were asked for.
        asked: u32,
        /// Days that the repository allows.
        allowed: u32,
    },
    /// The server does not know this kind of artifact.
    NotSupported,
    /// The server refuses all forms.
    NoForm,
    /// The account may store no more.
    StorageFull,
    /// PDFs could not be packed.
    NotPacked,
}

/// What to do so that the PDF is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ArtifactHint {
    /// Another step can upload it.
    UploadStep,
}
