//! The tasks of a project (page `check-tasks`, section 5).

use super::errors::{about_id, project_hints};
use super::id::Id;
use super::pages::{PAGE_SIZE, Pages};
use super::service::{Service, get};
use super::task_code::TaskCode;
use super::wire::{TaskRow, TasksAnswer};
use crate::http::error::CallError;
use crate::http::field;
use crate::messages::{Attempt, ServiceHint};
use crate::model::repository::same_repository;
use crate::text::one_line;
use serde_json::Value;
use tokio::time::Instant;

/// Longest text of a time, in characters.
const TIME_LIMIT: usize = 25;

/// Which tasks are wanted; an empty one is about all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Those of this repository, by its address.
    pub repository: Option<String>,
    /// Those of this branch.
    pub branch: Option<String>,
}

impl TaskFilter {
    fn fits(&self, task: &TaskEntry) -> bool {
        let is_repository = |wanted: &String| {
            task.repository.as_deref().is_some_and(|repository| same_repository(wanted, repository))
        };
        self.repository.as_ref().is_none_or(is_repository)
            && self.branch.as_ref().is_none_or(|wanted| task.branch.as_ref() == Some(wanted))
    }
}

/// A task in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskEntry {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: Option<String>,
    /// Address of its repository, as the service writes it.
    pub repository: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
    /// When it was checked last, as the service writes it: UTC.
    pub last_check: Option<String>,
    /// When it was made.
    pub created: Option<String>,
}

impl Service {
    /// `GET /v2/{project_id}/tasks`, all pages: the tasks that the filter fits, in the order of the service.
    ///
    /// # Errors
    /// The last failure.
    pub async fn tasks(
        &self,
        project: &Id,
        filter: &TaskFilter,
        deadline: Instant,
    ) -> Result<Vec<TaskEntry>, CallError> {
        let (mut pages, mut tasks) = (Pages::default(), Vec::new());
        loop {
            let call =
                get(Attempt::ListTasks(project.short()), format!("/v2/{project}/tasks"), &["tasks", "total"])
                    .with_query("offset", pages.offset().to_string())
                    .with_query("limit", PAGE_SIZE.to_string());
            let answer = self.call(&call, deadline).await;
            let body = answer.map_err(|error| about_id(project_hints(error), ServiceHint::ProjectId))?;
            let answer: TasksAnswer = field::read_any_case(&body);
            let page = read_entries(&answer.tasks);
            let ids: Vec<&str> = page.iter().map(|task| task.id.as_str()).collect();
            let (new, goes_on) = pages.take(&ids, answer.total.or(answer.total_count));
            let fresh = page.into_iter().zip(new).filter(|(_, is_new)| *is_new).map(|(task, _)| task);
            tasks.extend(fresh.filter(|task| filter.fits(task)));
            if !goes_on {
                return Ok(tasks);
            }
        }
    }
}

/// Why the one task of a repository and a branch is not known.
#[derive(Debug)]
pub enum NoSingleTask {
    /// The list could not be read.
    Failed(CallError),
    /// No task fits; these are of the repository, and check other branches.
    None(Vec<TaskEntry>),
    /// All of these fit.
    Several(Vec<TaskEntry>),
}

impl Service {
    /// The only task of the project that checks this branch of this repository.
    ///
    /// # Errors
    /// [`NoSingleTask`] holds the tasks among which to choose.
    pub async fn the_task(
        &self,
        project: &Id,
        repository: &str,
        branch: &str,
        deadline: Instant,
    ) -> Result<Id, NoSingleTask> {
        let filter = TaskFilter { repository: Some(repository.to_owned()), branch: None };
        let tasks = self.tasks(project, &filter, deadline).await.map_err(NoSingleTask::Failed)?;
        let (mut fitting, others): (Vec<_>, Vec<_>) =
            tasks.into_iter().partition(|task| task.branch.as_deref() == Some(branch));
        match fitting.len() {
            0 => Err(NoSingleTask::None(others)),
            1 => Ok(fitting.remove(0).id),
            _ => Err(NoSingleTask::Several(fitting)),
        }
    }
}

/// The rows that have an id.
fn read_entries(rows: &Value) -> Vec<TaskEntry> {
    rows.as_array().into_iter().flatten().filter_map(read_entry).collect()
}

fn read_entry(row: &Value) -> Option<TaskEntry> {
    let TaskRow { task_id, id, last_check_time, created_at } = field::read_any_case(row);
    let TaskCode { name, repository, branch, project: _ } = TaskCode::read(row);
    let time = |time: Option<String>| time.map(|time| one_line(&time, TIME_LIMIT));
    Some(TaskEntry {
        id: task_id.or(id)?.parse().ok()?,
        name,
        repository,
        branch,
        last_check: time(last_check_time),
        created: time(created_at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entries() -> Vec<TaskEntry> {
        read_entries(&json!([
            {"task_id": "a1", "task_name": "one", "git_url": "git@example.com:group/demo.git", "git_branch": "main",
             "last_check_time": "2026-11-22 03:37:46", "created_at": "2026-11-22T03:21:11Z"},
            {"taskId": "b2", "taskName": "two", "gitUrl": "https://Example.com/group/demo", "gitBranch": "Main"},
            {"id": "c3", "name": 3, "git_url": "https://example.com/group/other", "git_branch": "main"},
            {"task_id": "../x"}, {"task_name": "no id"}, null, "d4",
        ]))
    }

    #[test]
    fn rows_are_read_under_any_of_their_names() {
        let entries = entries();
        let ids: Vec<_> = entries.iter().map(|task| task.id.as_str()).collect();
        assert_eq!(ids, ["a1", "b2", "c3"]);
        assert_eq!(entries[0].last_check.as_deref(), Some("2026-11-22 03:37:46"));
        assert_eq!(entries[2].name.as_deref(), Some("3"));
        assert_eq!(read_entries(&json!(null)), []);
    }

    #[test]
    fn a_filter_compares_addresses_and_branches() {
        let fitting = |repository: Option<&str>, branch: Option<&str>| {
            let filter =
                TaskFilter { repository: repository.map(str::to_owned), branch: branch.map(str::to_owned) };
            let fitting = entries().into_iter().filter(|task| filter.fits(task));
            fitting.map(|task| task.id.to_string()).collect::<Vec<_>>()
        };
        let demo = Some("https://example.com/group/demo.git");
        assert_eq!(fitting(None, None), ["a1", "b2", "c3"]);
        assert_eq!(fitting(demo, None), ["a1", "b2"]);
        assert_eq!(fitting(demo, Some("main")), ["a1"]);
        assert_eq!(fitting(None, Some("main")), ["a1", "c3"]);
        assert_eq!(fitting(Some("demo"), None), Vec::<String>::new());
    }
}
