//! Merge-request tasks: tasks below another one that check the code of one pull request (page `pr-mode`).
//!
//! The service lists them by the task above, but perhaps not those that were made by its API; and they are shown nowhere else.

use super::errors::creation_hints;
use super::id::Id;
use super::service::{Service, get, post};
use super::start_once::{BrokenOff, StartLimits};
use super::wire::{BranchTasksAnswer, MergeRequestConfig, TaskCreated, TaskCreation};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::field;
use crate::http::repeat::{CreateError, Tries, create_once, may_be_created};
use crate::http::retry::{Failure, RetryClass};
use crate::messages::{Attempt, ServiceMessage};
use crate::model::pull_request::PullRequest;
use crate::text::one_line;
use reqwest::Method;
use serde_json::Value;
use std::cell::Cell;
use std::collections::HashSet;
use std::sync::atomic::AtomicU32;
use tokio::time::Instant;

/// Entries of a page of the list; the most that it allows.
const PAGE_SIZE: usize = 100;
/// Pages of the list; the highest number that it allows.
const PAGES_LIMIT: u32 = 100;
/// Times a creation is sent in all: a second one only after the list showed nothing, which proves little.
const SENDS: u32 = 2;
/// Longest title of a pull request that is passed on, in characters; no limit is documented.
const TITLE_LIMIT: usize = 200;

/// A merge-request task that may have to be created.
#[derive(Clone, Copy, Debug)]
pub struct NewMergeRequestTask<'a> {
    /// The full task of the target branch.
    pub parent: &'a Id,
    /// Address of the parent's repository, as the service writes it.
    pub repository: &'a str,
    /// The pull request.
    pub pull_request: &'a PullRequest,
    /// What is checked, in the service's words for languages.
    pub languages: &'a [String],
    /// Id of the service endpoint by which the repository is reached.
    pub endpoint: Option<&'a str>,
    /// A task that was found before, but is not there any more, even if it is still listed.
    pub gone: Option<&'a Id>,
}

/// The merge-request task that is there in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MergeRequestTask {
    /// It was created by this process.
    Created(Id),
    /// It appeared while the response to the creation was lost: it came of that, or another job has created it.
    Appeared(Id),
}

/// Why there is no merge-request task.
#[derive(Debug)]
pub enum TaskCreationError {
    /// A call failed, and nothing was created.
    NotCreated(CallError),
    /// Calls failed, and whether a task was created could not be found out.
    Perhaps(CallError),
    /// Broken off.
    BrokenOff {
        /// Why.
        why: BrokenOff,
        /// Whether a task may have been created.
        is_sent: bool,
    },
}

impl Service {
    /// `GET /v3/{project_id}/tasks/{task_id}/branches`: the task below `parent` that checks the pull request of this number. `None`
    /// also where the call does not exist or is not allowed.
    ///
    /// # Errors
    /// The last failure of another kind.
    pub async fn find_merge_request_task(
        &self,
        project: &Id,
        parent: &Id,
        number: u64,
        deadline: Instant,
    ) -> Result<Option<Id>, CallError> {
        let bare = AtomicU32::default();
        let mut known = HashSet::new();
        for page in 1..=PAGES_LIMIT {
            let call = list_call(project, parent, page);
            let Some(body) = self.answer_if_there(&call, &bare, deadline).await? else { return Ok(None) };
            let rows = read_merge_request_tasks(&body);
            let is_wanted = |(id, merge_id): &&(Id, String)| *merge_id == number.to_string() && id != parent;
            if let Some((id, _)) = rows.iter().find(is_wanted) {
                return Ok(Some(id.clone()));
            }
            // A page without anything new is the end, or the same page once more.
            let before = known.len();
            known.extend(rows.into_iter().map(|(id, _)| id));
            if known.len() == before {
                break;
            }
        }
        Ok(None)
    }

    /// The same call for its first page: whether the list is there and may be read.
    ///
    /// # Errors
    /// The last failure, whatever it is.
    pub async fn may_list_merge_request_tasks(
        &self,
        project: &Id,
        parent: &Id,
        deadline: Instant,
    ) -> Result<(), CallError> {
        self.call(&list_call(project, parent, 1), deadline).await.map(drop)
    }

    /// `POST /v2/{project_id}/task`: creates the merge-request task of a pull request. After a lost answer it is looked for before a
    /// second and last request. Because the list may not show it, the first request may then have left a task behind, which the log
    /// names. Look for one that is there first.
    ///
    /// # Errors
    /// [`TaskCreationError`] holds what is known about a task.
    pub async fn create_merge_request_task(
        &self,
        project: &Id,
        new: &NewMergeRequestTask<'_>,
        limits: &StartLimits<'_>,
    ) -> Result<MergeRequestTask, TaskCreationError> {
        let is_sent = Cell::new(false);
        let creating = self.create_within(project, new, limits, &is_sent);
        match limits.hold(&is_sent, creating).await {
            Ok(created) => created,
            Err((why, is_sent)) => Err(TaskCreationError::BrokenOff { why, is_sent }),
        }
    }

    async fn create_within(
        &self,
        project: &Id,
        new: &NewMergeRequestTask<'_>,
        limits: &StartLimits<'_>,
        is_sent: &Cell<bool>,
    ) -> Result<MergeRequestTask, TaskCreationError> {
        let number = new.pull_request.number;
        let find = async || {
            let found = self.find_merge_request_task(project, new.parent, number, limits.deadline).await?;
            Ok(found.filter(|id| Some(id) != new.gone).map(MergeRequestTask::Appeared))
        };
        let mut sends = 0;
        let look = async |_: &CallError| self.look_for(limits.deadline, find).await;
        let create = async || {
            sends += 1;
            if sends > 1 {
                tracing::warn!(
                    "{}",
                    ServiceMessage::TaskPerhapsLeft { parent: new.parent.to_string(), number }
                );
            }
            let created =
                self.send_start(limits, is_sent, async || self.create_task(project, new).await).await;
            created.map(MergeRequestTask::Created)
        };
        let tries = Tries { limit: SENDS, ..self.starts_by(limits.deadline) };
        match create_once(tries, look, create).await {
            Ok(created) => Ok(created),
            Err(CreateError::NotCreated(error)) if !may_be_created(&error) => {
                Err(TaskCreationError::NotCreated(error))
            }
            Err(CreateError::NotCreated(error) | CreateError::Unknown(error)) => {
                Err(TaskCreationError::Perhaps(error))
            }
        }
    }

    /// `POST /v2/{project_id}/task`, once.
    async fn create_task(&self, project: &Id, new: &NewMergeRequestTask<'_>) -> Result<Id, CallError> {
        let attempt = Attempt::CreateMergeRequestTask(new.parent.short());
        let call = Call {
            class: RetryClass::CreateOnce,
            expected: &["task_id"],
            holds_permit: true,
            ..post(attempt, format!("/v2/{project}/task"), creation_body(new).to_string())
        };
        let body = self.attempt(&call).await.map_err(creation_hints)?;
        // What is created is deleted in the end; the full task must never be.
        let created = read_created(&body).filter(|id| id != new.parent);
        created.ok_or_else(|| self.unreadable(&call, ServiceMessage::Lacks("task_id")))
    }

    /// `DELETE /v2/tasks/{task_id}`: removes a task with everything that it found. One that is gone already is removed, too.
    ///
    /// # Errors
    /// The last failure.
    pub async fn delete_task(&self, task: &Id, deadline: Instant) -> Result<(), CallError> {
        let attempt = Attempt::DeleteTask(task.short());
        let call = Call { method: Method::DELETE, ..get(attempt, format!("/v2/tasks/{task}"), &[]) };
        let mut is_lost = false;
        self.until(deadline, async || match self.attempt(&call).await {
            // After a lost answer, a refusal means that there is nothing more to remove.
            Err(error)
                if error.failure == Failure::NotFound || is_lost && error.failure == Failure::Rejected =>
            {
                Ok(())
            }
            Err(error) => {
                is_lost |= may_be_created(&error);
                Err(error)
            }
            Ok(_) => Ok(()),
        })
        .await
    }
}

fn list_call(project: &Id, parent: &Id, page: u32) -> Call {
    let path = format!("/v3/{project}/tasks/{parent}/branches");
    get(Attempt::ListMergeRequestTasks(parent.short()), path, &["branchTasks", "total"])
        .with_query("check_type", "mr")
        .with_query("page_num", page.to_string())
        .with_query("page_size", PAGE_SIZE.to_string())
}

/// The tasks of a page, each with the number of its pull request.
fn read_merge_request_tasks(body: &Value) -> Vec<(Id, String)> {
    let rows = field::read_any_case::<BranchTasksAnswer>(body).branch_tasks.into_iter();
    rows.filter_map(|row| Some((row.task_id?.parse().ok()?, row.merge_id.unwrap_or_default()))).collect()
}

/// The branches of the pull request stand in `inc_config`; the task's own branch stays the target.
fn creation_body(new: &NewMergeRequestTask<'_>) -> Value {
    let PullRequest { number, title, source_branch, target_branch, .. } = new.pull_request;
    let creation = TaskCreation {
        git_url: new.repository,
        git_branch: target_branch,
        language: new.languages,
        check_type: ["source"],
        task_type: "inc",
        inc_config: MergeRequestConfig {
            parent_task_id: new.parent.as_str(),
            git_source_branch: source_branch,
            git_target_branch: target_branch,
            merge_id: number.to_string(),
            event_type: "merge_request",
            action: "open",
            title: one_line(title, TITLE_LIMIT),
        },
        endpoint_id: new.endpoint,
    };
    serde_json::to_value(creation).unwrap_or_default()
}

fn read_created(body: &Value) -> Option<Id> {
    field::read_any_case::<TaskCreated>(body).task_id?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pull_request::ForgeName;
    use serde_json::json;

    #[test]
    fn a_task_is_created_as_the_page_shows_it() {
        let parent: Id = "2b31ed520aaaaaaebedb6e57aaaaaaaa".parse().expect("an id");
        let pull_request = PullRequest {
            forge: ForgeName::GitHub,
            repository: "acme/widget".to_owned(),
            repository_url: "https://github.com/acme/widget".to_owned(),
            number: 7,
            title: format!("say \"hi\"\r\n\u{1b}[31m{}", "x".repeat(500)),
            source_branch: "fix/\"quotes\"".to_owned(),
            target_branch: "main".to_owned(),
            head: "0".repeat(40),
            is_from_fork: false,
        };
        let languages = ["java".to_owned(), "cpp".to_owned()];
        let new = NewMergeRequestTask {
            parent: &parent,
            repository: "https://github.com/acme/widget.git",
            pull_request: &pull_request,
            languages: &languages,
            endpoint: Some("5a4d"),
            gone: None,
        };
        let mut body = creation_body(&new);
        let title = body["inc_config"]["title"].take();
        assert_eq!(
            body,
            json!({
                "git_url": "https://github.com/acme/widget.git", "git_branch": "main", "language": ["java", "cpp"],
                "check_type": ["source"], "task_type": "inc", "endpoint_id": "5a4d",
                "inc_config": {
                    "parent_task_id": "2b31ed520aaaaaaebedb6e57aaaaaaaa", "git_source_branch": "fix/\"quotes\"",
                    "git_target_branch": "main", "merge_id": "7", "event_type": "merge_request", "action": "open",
                    "title": null,
                },
            })
        );
        let title = title.as_str().expect("text");
        assert!(title.starts_with("say \"hi\" [31mxxx"), "{title}");
        assert_eq!(title.chars().count(), TITLE_LIMIT + 1, "cut, with a sign of it");
        assert_eq!(creation_body(&NewMergeRequestTask { endpoint: None, ..new })["endpoint_id"], json!(null));
    }

    #[test]
    fn the_list_and_the_answer_are_read_under_any_name() {
        let body = json!({"total": 9, "branchTasks": [
            {"taskId": "a1", "mergeId": "7", "jobType": "mr", "status": 2}, {"task_id": "b2", "merge_id": 8},
            {"taskId": "c3", "mergeId": "7d4a5e"}, {"taskId": "d4"}, {"taskId": "../x", "mergeId": "9"}, null,
        ]});
        let read: Vec<_> = read_merge_request_tasks(&body)
            .into_iter()
            .map(|(id, number)| (id.to_string(), number))
            .collect();
        let expected = [("a1", "7"), ("b2", "8"), ("c3", "7d4a5e"), ("d4", "")];
        assert_eq!(read, expected.map(|(id, number)| (id.to_owned(), number.to_owned())));
        assert_eq!(read_merge_request_tasks(&json!(null)), []);

        let created = |body: Value| read_created(&body).map(|id| id.to_string());
        assert_eq!(created(json!({"task_id": "a1"})).as_deref(), Some("a1"));
        assert_eq!(created(json!({"taskId": "a1"})).as_deref(), Some("a1"));
        for odd in [json!(null), json!({"task_id": ""}), json!({"task_id": "../x"}), json!({"result": {}})] {
            assert_eq!(created(odd.clone()), None, "{odd}");
        }
    }
}
