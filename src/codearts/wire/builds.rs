//! Answers about builds (page `build`).

use crate::http::field;
use serde::Deserialize;
use serde_json::{Map, Value};

/// `GET /v3/jobs/{job_id}/status`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct JobStatus {
    #[serde(deserialize_with = "field::flag")]
    pub(in crate::codearts) result: Option<bool>,
}

/// `GET /v1/job/{job_id}/running-status`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct RunningStatus {
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) result: Running,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct Running {
    #[serde(deserialize_with = "field::flag")]
    pub(in crate::codearts) is_running: Option<bool>,
    #[serde(deserialize_with = "field::integer")]
    pub(in crate::codearts) last_build_no: Option<i64>,
}

/// `GET /v1/job/{job_id}/{build_no}/build-info`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct BuildInfo {
    #[serde(deserialize_with = "field::one_of")]
    pub(in crate::codearts) result: BuildResult,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct BuildResult {
    #[serde(deserialize_with = "field::flag")]
    pub(in crate::codearts) building: Option<bool>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) build_result: Option<String>,
}

/// `GET …/{job_id}/{build_no}/record-info`, in any of its generations.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct RecordInfo {
    #[serde(deserialize_with = "field::one_of")]
    pub(in crate::codearts) result: RecordEntry,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct RecordEntry {
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) status: Option<String>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) build_no: Option<u64>,
    /// The same in another generation.
    #[serde(rename = "buildNo", deserialize_with = "field::count")]
    pub(in crate::codearts) build_no_camel: Option<u64>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) branch: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) tag: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) commit: Option<String>,
}

/// `GET /v3/jobs/{job_id}/{build_no}/history-details`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct HistoryDetails {
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) build_number: Option<u64>,
    #[serde(deserialize_with = "field::map")]
    pub(in crate::codearts) parameters: Map<String, Value>,
    #[serde(deserialize_with = "field::list")]
    pub(in crate::codearts) build_steps: Vec<BuildStep>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct BuildStep {
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) status: Option<String>,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) name: String,
}

/// `GET /v3/jobs/{job_id}/{build_no}/output-info`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct OutputInfo {
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) result: Outputs,
}

/// Entries by names that mean nothing, each a [`PackageEntry`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct Outputs {
    #[serde(deserialize_with = "field::map")]
    pub(in crate::codearts) package_infos: Map<String, Value>,
    #[serde(deserialize_with = "field::map")]
    pub(in crate::codearts) image_infos: Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct PackageEntry {
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) name: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) version: String,
    #[serde(rename = "type", deserialize_with = "field::string")]
    pub(in crate::codearts) kind: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) uri: String,
}

/// `POST /v3/jobs/build` and its newer form; the number stands in the answer or in its `result`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct BuildStarted {
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) actual_build_number: Option<u64>,
    pub(in crate::codearts) result: Value,
}

/// `GET …/log`, a piece of the log.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct LogPiece {
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) result: LogContent,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct LogContent {
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) content: String,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) offset: Option<u64>,
    #[serde(deserialize_with = "field::flag")]
    pub(in crate::codearts) has_more_data: Option<bool>,
}
