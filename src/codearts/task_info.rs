//! What a task checks, and how it is set up (pages `check-tasks`, section 5, and `pr-mode`, section 1.3).

use super::id::Id;
use super::pages::{PAGE_SIZE, Pages};
use super::service::{Service, get};
use super::summary::summary_call;
use super::task_code::TaskCode;
use super::wire::{RuleSetRow, RuleSetsAnswer, SettingsAnswer, TaskInfoAnswer};
use crate::http::error::CallError;
use crate::http::{field, lenient};
use crate::messages::Attempt;
use crate::text::{QUOTE_LIMIT, is_id, one_line};
use serde_json::Value;
use std::sync::atomic::AtomicU32;
use tokio::time::Instant;

/// Longest word for a language, in characters; the documented ones have up to ten.
const LANGUAGE_LIMIT: usize = 32;
/// Longest id of a service endpoint, in characters.
const ENDPOINT_LIMIT: usize = 64;

impl Service {
    /// `GET /v3/task/{task_id}`; what it does not show comes from `GET /v2/tasks/{task_id}/defects-summary`.
    ///
    /// # Errors
    /// The last failure, if nothing is known.
    pub async fn task_code(&self, task: &Id, deadline: Instant) -> Result<TaskCode, CallError> {
        let call = get(Attempt::ReadTask(task.short()), format!("/v3/task/{task}"), &["result"]);
        let info = self.answer_if_there(&call, &AtomicU32::default(), deadline).await?;
        let known = info.map(|body| TaskCode::read(&field::read::<TaskInfoAnswer>(&body).result));
        if let Some(known) = &known
            && known.name.is_some()
            && known.repository.is_some()
            && known.branch.is_some()
        {
            return Ok(known.clone());
        }
        match (self.call(&summary_call(task), deadline).await, known) {
            (Ok(body), known) => Ok(known.unwrap_or_default().or(TaskCode::read(&body))),
            (Err(_), Some(known)) => Ok(known),
            (Err(error), None) => Err(error),
        }
    }

    /// `GET /v3/{project_id}/tasks/{task_id}/rulesets`, else the same under `/v2`, which answers the bare list: the languages that
    /// the task checks. Empty where neither call exists or is allowed.
    ///
    /// # Errors
    /// The last failure of another kind.
    pub async fn languages(
        &self,
        project: &Id,
        task: &Id,
        deadline: Instant,
    ) -> Result<Vec<String>, CallError> {
        let attempt = || Attempt::ReadLanguages(task.short());
        let path = format!("/{project}/tasks/{task}/rulesets");
        let (mut pages, mut rows) = (Pages::default(), Vec::new());
        loop {
            let call = get(attempt(), format!("/v3{path}"), &["info", "total"])
                .with_query("offset", pages.offset().to_string())
                .with_query("limit", PAGE_SIZE.to_string());
            let Some(body) = self.answer_if_there(&call, &AtomicU32::default(), deadline).await? else {
                break;
            };
            let RuleSetsAnswer { info, total } = field::read(&body);
            let keys: Vec<String> = info.iter().map(|row| row.template_id.clone() + &row.language).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let (_, goes_on) = pages.take(&keys, total);
            rows.extend(info);
            if !goes_on {
                break;
            }
        }
        if rows.is_empty() {
            let call = get(attempt(), format!("/v2{path}"), &[]);
            let body = self.answer_if_there(&call, &AtomicU32::default(), deadline).await?;
            rows = body.as_ref().map(field::rows_any_case).unwrap_or_default();
        }
        Ok(read_languages(&rows))
    }

    /// `GET /v2/{project_id}/tasks/{task_id}/settings`: the id of the service endpoint by which the repository is reached. `None`
    /// also where the call does not exist or is not allowed.
    ///
    /// # Errors
    /// The last failure of another kind.
    pub async fn repository_endpoint(
        &self,
        project: &Id,
        task: &Id,
        deadline: Instant,
    ) -> Result<Option<String>, CallError> {
        let value = self.setting(project, task, "authId", deadline).await?;
        Ok(value.filter(|id| is_id(id, ENDPOINT_LIMIT)))
    }

    /// The same call: the quality gate of the task, as one line of text, whose form is not documented.
    ///
    /// # Errors
    /// The last failure of another kind.
    pub async fn gate_policy(
        &self,
        project: &Id,
        task: &Id,
        deadline: Instant,
    ) -> Result<Option<String>, CallError> {
        let value = self.setting(project, task, "reviewData", deadline).await?;
        Ok(value.map(|text| one_line(&text, QUOTE_LIMIT)))
    }

    /// One setting: the page warns against asking for several at once.
    async fn setting(
        &self,
        project: &Id,
        task: &Id,
        key: &'static str,
        deadline: Instant,
    ) -> Result<Option<String>, CallError> {
        let call = get(
            Attempt::ReadSettings(task.short()),
            format!("/v2/{project}/tasks/{task}/settings"),
            &["info"],
        )
        .with_query("config_list", key);
        let body = self.answer_if_there(&call, &AtomicU32::default(), deadline).await?;
        Ok(body.and_then(|body| read_setting(&body, key)))
    }
}

/// In lower case, each once; what is not a word is none.
fn read_languages(rows: &[RuleSetRow]) -> Vec<String> {
    let mut languages: Vec<String> = Vec::new();
    for row in rows {
        let language = row.language.trim().to_ascii_lowercase();
        if is_language(&language) && !languages.contains(&language) {
            languages.push(language);
        }
    }
    languages
}

/// Whether this can be the service's word for a language, such as `cpp`.
pub fn is_language(word: &str) -> bool {
    (1..=LANGUAGE_LIMIT).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#-_.".contains(&byte))
        && word.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// The value of a setting as text, if it has one.
fn read_setting(body: &Value, key: &str) -> Option<String> {
    let rows = field::read::<SettingsAnswer>(body).info;
    let row = rows.into_iter().find(|row| row.key == key)?;
    match &row.value {
        Value::Array(list) if list.is_empty() => None,
        Value::Object(object) if object.is_empty() => None,
        Value::Array(_) | Value::Object(_) => Some(row.value.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            lenient::text(&row.value).map(std::borrow::Cow::into_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_task_checks_has_many_names() {
        let address = "git@example.com:group/demo.git";
        let whole = TaskCode {
            name: Some("demo".to_owned()),
            project: "41c5".parse().ok(),
            repository: Some(address.to_owned()),
            branch: Some("master".to_owned()),
        };
        let spellings = [
            json!({"taskName": "demo", "projectId": "41c5", "repository": address, "branchName": "master"}),
            json!({"task_name": "demo", "project_id": "41c5", "git_url": address, "git_branch": "master"}),
            json!({"name": "demo", "project_id": "41c5", "gitUrl": address, "branch": "master"}),
            // The name of a repository cannot be compared.
            json!({"taskName": "demo", "projectId": "41c5", "repository": "demo", "repoUrl": address, "gitBranch": "master"}),
        ];
        for spelling in spellings {
            assert_eq!(TaskCode::read(&spelling), whole, "{spelling}");
        }
        let nothing = [
            json!(null),
            json!([]),
            json!({"repository": "demo", "git_url": "", "projectId": "../x", "branchName": null}),
            json!({"taskName": {"a": 1}, "branchName": ["master"]}),
        ];
        for nothing in nothing {
            assert_eq!(TaskCode::read(&nothing), TaskCode::default(), "{nothing}");
        }
        let summary = TaskCode::read(&example("check_defects_summary_flat_ints.json"));
        assert!(summary.repository.is_some() && summary.branch.is_some(), "{summary:?}");
    }

    #[test]
    fn a_password_in_an_address_is_never_shown() {
        let address = "https://user:canary-of-a-task@example.com/group/demo.git";
        assert_eq!(TaskCode::read(&json!({"git_url": address})).repository.as_deref(), Some(address));
        assert_eq!(one_line(address, QUOTE_LIMIT), "https://user:***@example.com/group/demo.git");
    }

    #[test]
    fn languages_are_words_in_lower_case_each_once() {
        let rows = json!([
            {"template_id": "1", "language": "JAVA"}, {"language": "java "}, {"language": "cpp"}, {"language": "C#"},
            {"language": ""}, {"language": null}, {"language": "a b"}, {"language": "\u{1b}[31m"}, {"language": ["go"]},
            {"language": "x".repeat(33)}, "go", null,
        ]);
        assert_eq!(read_languages(&field::rows_any_case(&rows)), ["java", "cpp", "c#"]);
    }

    #[test]
    fn a_setting_is_found_by_its_key() {
        let body = |value: Value| json!({"info": [{"key": "customImage", "value": "x"}, {"key": "authId", "value": value}]});
        let cases = [
            (json!("5a4d"), Some("5a4d")),
            (json!(7), Some("7")),
            (json!(" "), None),
            (json!(null), None),
            (json!({}), None),
            (json!({"critical": 0}), Some("{\"critical\":0}")),
        ];
        for (value, expected) in cases {
            assert_eq!(read_setting(&body(value.clone()), "authId").as_deref(), expected, "{value}");
        }
        assert_eq!(read_setting(&json!({"info": null}), "authId"), None);
        assert_eq!(read_setting(&json!([]), "authId"), None);
    }
}
