//! Answers about what a task is (pages `check-tasks`, sections 4 and 5, and `pr-mode`, section 1.3). Read with
//! [`field::read_any_case`]: few of these fields are documented, and names come in both cases.

use crate::http::field;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `GET /v3/task/{task_id}`; what it holds is read as [`CodeFields`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct TaskInfoAnswer {
    pub(in crate::codearts) result: Value,
}

/// What a task checks, under all names that were seen or are likely.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct CodeFields {
    #[serde(deserialize_with = "field::text")]
    task_name: Option<String>,
    #[serde(deserialize_with = "field::text")]
    name: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) project_id: Option<String>,
    #[serde(deserialize_with = "field::text")]
    git_url: Option<String>,
    #[serde(deserialize_with = "field::text")]
    repository: Option<String>,
    #[serde(deserialize_with = "field::text")]
    repository_url: Option<String>,
    #[serde(deserialize_with = "field::text")]
    repo_url: Option<String>,
    #[serde(deserialize_with = "field::text")]
    git_branch: Option<String>,
    #[serde(deserialize_with = "field::text")]
    branch_name: Option<String>,
    #[serde(deserialize_with = "field::text")]
    branch: Option<String>,
}

impl CodeFields {
    /// The name of the task.
    pub(in crate::codearts) fn name(&self) -> Option<&str> {
        self.task_name.as_deref().or(self.name.as_deref())
    }

    /// What may be the address of the repository, the most certain first.
    pub(in crate::codearts) fn repositories(&self) -> impl Iterator<Item = &str> {
        [&self.git_url, &self.repository_url, &self.repo_url, &self.repository]
            .into_iter()
            .filter_map(|address| address.as_deref())
    }

    /// The branch.
    pub(in crate::codearts) fn branch(&self) -> Option<&str> {
        [&self.git_branch, &self.branch_name, &self.branch].into_iter().find_map(|branch| branch.as_deref())
    }
}

/// `GET /v3/{project_id}/tasks/{task_id}/rulesets`; the older call answers the bare list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct RuleSetsAnswer {
    #[serde(deserialize_with = "field::list_any_case")]
    pub(in crate::codearts) info: Vec<RuleSetRow>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) total: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct RuleSetRow {
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) template_id: String,
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) language: String,
}

/// `GET /v2/{project_id}/tasks/{task_id}/settings`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct SettingsAnswer {
    #[serde(deserialize_with = "field::list_any_case")]
    pub(in crate::codearts) info: Vec<SettingRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct SettingRow {
    #[serde(deserialize_with = "field::string")]
    pub(in crate::codearts) key: String,
    /// Of unknown form.
    pub(in crate::codearts) value: Value,
}

/// `GET /v3/{project_id}/tasks/{task_id}/branches`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct BranchTasksAnswer {
    #[serde(deserialize_with = "field::list_any_case")]
    pub(in crate::codearts) branch_tasks: Vec<BranchTaskRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct BranchTaskRow {
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) task_id: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) merge_id: Option<String>,
}

/// `POST /v2/{project_id}/task`.
#[derive(Debug, Serialize)]
pub(in crate::codearts) struct TaskCreation<'a> {
    pub(in crate::codearts) git_url: &'a str,
    pub(in crate::codearts) git_branch: &'a str,
    pub(in crate::codearts) language: &'a [String],
    pub(in crate::codearts) check_type: [&'static str; 1],
    pub(in crate::codearts) task_type: &'static str,
    pub(in crate::codearts) inc_config: MergeRequestConfig<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::codearts) endpoint_id: Option<&'a str>,
}

/// `inc_config` of a [`TaskCreation`].
#[derive(Debug, Serialize)]
pub(in crate::codearts) struct MergeRequestConfig<'a> {
    pub(in crate::codearts) parent_task_id: &'a str,
    pub(in crate::codearts) git_source_branch: &'a str,
    pub(in crate::codearts) git_target_branch: &'a str,
    /// The number, as text.
    pub(in crate::codearts) merge_id: String,
    pub(in crate::codearts) event_type: &'static str,
    pub(in crate::codearts) action: &'static str,
    pub(in crate::codearts) title: String,
}

/// The answer to a [`TaskCreation`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct TaskCreated {
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) task_id: Option<String>,
}

/// `GET /v2/{project_id}/tasks`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct TasksAnswer {
    /// Rows, each a [`TaskRow`] and [`CodeFields`].
    pub(in crate::codearts) tasks: Value,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) total: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub(in crate::codearts) total_count: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::codearts) struct TaskRow {
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) task_id: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) id: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) last_check_time: Option<String>,
    #[serde(deserialize_with = "field::text")]
    pub(in crate::codearts) created_at: Option<String>,
}
