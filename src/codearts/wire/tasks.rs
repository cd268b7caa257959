//! Answers about tasks and their runs (page `check-tasks`).

use crate::http::field;
use serde::Deserialize;
use serde_json::Value;

/// `GET /v2/tasks/{task_id}/progress`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct ProgressAnswer {
    pub(in crate::codearts) task_status: Value,
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) progress: Ratio,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct Ratio {
    #[serde(deserialize_with = "field::percent")]
    pub(in crate::codearts) ratio: Option<f64>,
}

/// `GET /v4/tasks/{task_id}/last-jobs`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct LastJobsAnswer {
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) result: LastJobIds,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct LastJobIds {
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) last_job_id: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) last_success_job_id: Option<String>,
}

/// `POST /v2/tasks/{task_id}/run`, beside [`StartedIds`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct RunStarted {
    #[serde(deserialize_with = "field::object")]
    pub(in crate::codearts) result: StartedIds,
}

/// The id of a run that was started, under either name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct StartedIds {
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) exec_id: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) job_id: Option<String>,
}

/// `GET /v2/{project_id}/tasks/{task_id}/log-detail`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct LogDetail {
    #[serde(deserialize_with = "field::list")]
    pub(in crate::codearts) log_info: Vec<LogEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct LogEntry {
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) level: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) display_name: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) log: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) analysis: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) faq: String,
}
