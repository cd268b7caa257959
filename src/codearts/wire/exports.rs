//! Answers about exports of the PDF (page `check-pdf-export`).

use crate::http::field;
use serde::Deserialize;

/// The answer that names an export job.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct ExportStarted {
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) result: ExportJob,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct ExportJob {
    #[serde(rename = "asyncJobId", deserialize_with = "field::text")]
    pub(in crate::codearts) job: Option<String>,
    /// Seconds.
    #[serde(rename = "timeAsk", deserialize_with = "field::count")]
    pub(in crate::codearts) ask_after: Option<u64>,
}

/// The state of an export job.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct ExportProgress {
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) result: ExportStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct ExportStatus {
    #[serde(rename = "jobStatus", deserialize_with = "field::string")]
    pub(in crate::codearts) status: String,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) reason: Option<String>,
    #[serde(rename = "jobFile", deserialize_with = "field::text")]
    pub(in crate::codearts) file: Option<String>,
    #[serde(deserialize_with = "field::percent")]
    pub(in crate::codearts) progress: Option<f64>,
}
