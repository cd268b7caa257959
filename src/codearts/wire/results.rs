//! Answers about the results of a task (page `check-results`).

use crate::http::field;
use serde::Deserialize;
use serde_json::Value;

/// `GET /v2/tasks/{task_id}/defects-summary`; the older form stands in `result`. Beside it, [`GateFields`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct SummaryAnswer {
    pub(in crate::codearts) task_id: Value,
    #[serde(rename = "taskId")]
    pub(in crate::codearts) task_id_camel: Value,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) critical_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) major_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) minor_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) suggestion_count: Option<u64>,
    /// Any value shows that this is a summary.
    pub(in crate::codearts) issue_count: Value,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) new_critical_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) new_major_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) new_minor_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) new_suggestion_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) new_count: Option<u64>,
    /// A [`SummaryResult`].
    pub(in crate::codearts) result: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct SummaryResult {
    /// A [`SummaryInfo`].
    pub(in crate::codearts) info: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct SummaryInfo {
    #[serde(rename = "defectInfo", deserialize_with = "field::object")]
    pub(in crate::codearts) counts: OlderCounts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::codearts) struct OlderCounts {
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) critical_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) serious_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) normal_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) prompt_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) total_count: Option<u64>,
}

/// What may show whether the quality gate passed; stands in several places of a summary.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct GateFields {
    is_access: Value,
    #[serde(rename = "isAccess")]
    is_access_camel: Value,
    review_result: Value,
    #[serde(rename = "reviewResult")]
    review_result_camel: Value,
}

impl GateFields {
    /// All of them, the most usual first.
    pub(in crate::codearts) const fn all(&self) -> [&Value; 4] {
        [&self.is_access, &self.is_access_camel, &self.review_result, &self.review_result_camel]
    }
}

/// `GET /v2/{project_id}/tasks/{task_id}/checkrecord`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct CheckRecords {
    #[serde(deserialize_with = "field::list")]
    pub(in crate::codearts) data: Vec<PastRunRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct PastRunRow {
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) check_time: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) check_end_time: String,
    /// [`IssueCounts`], or a list that holds them.
    pub(in crate::codearts) issue_counts: Value,
    /// The same under another name.
    pub(in crate::codearts) issue_count: Value,
}

/// Counts of a past run, each under one of two names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct IssueCounts {
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) critical: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) critical_count: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) serious: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) major: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) normal: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) minor: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) prompt: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) suggestion: Option<u64>,
}
