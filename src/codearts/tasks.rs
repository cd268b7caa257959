//! Check tasks: progress, starting, stopping, and why a check failed (page `check-tasks`).

use super::errors::about_id;
use super::id::Id;
use super::service::{Service, get, post};
use super::wire::{LastJobsAnswer, LogDetail, ProgressAnswer, RunStarted, StartedIds};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::retry::RetryClass;
use crate::http::{field, lenient};
use crate::messages::{Attempt, ServiceHint};
use crate::model::pull_request::FetchRef;
use crate::text::{QUOTE_LIMIT, is_id, one_line};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// Longest id of a run, in characters; the pages show 32.
const RUN_ID_LIMIT: usize = 64;
/// Longest time for the one request that stops a run while the process is being cancelled.
pub const STOP_LIMIT: Duration = Duration::from_millis(2200);
/// Failing steps that are shown.
const STEPS_LIMIT: usize = 5;

/// The documented task status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskStatus {
    /// `null`: never checked, or (seen in production) not known at this moment.
    NotChecked,
    /// `0`.
    Checking,
    /// `1`: the check itself failed to run.
    Failed,
    /// `2`.
    Successful,
    /// `3`.
    Stopped,
    /// An undocumented number. Never a pass.
    Unknown(i64),
}

impl TaskStatus {
    fn read(value: &Value) -> Self {
        Self::of_number(lenient::integer(value))
    }

    /// The status with this number.
    pub const fn of_number(number: Option<i64>) -> Self {
        match number {
            None => Self::NotChecked,
            Some(0) => Self::Checking,
            Some(1) => Self::Failed,
            Some(2) => Self::Successful,
            Some(3) => Self::Stopped,
            Some(other) => Self::Unknown(other),
        }
    }

    /// The number, as `result.json` shows it.
    pub const fn number(self) -> Option<i64> {
        match self {
            Self::NotChecked => None,
            Self::Checking => Some(0),
            Self::Failed => Some(1),
            Self::Successful => Some(2),
            Self::Stopped => Some(3),
            Self::Unknown(other) => Some(other),
        }
    }

    /// Whether a run has ended.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::Successful | Self::Stopped)
    }
}

/// Answer of the progress call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What decides.
    pub status: TaskStatus,
    /// For display only.
    pub percent: Option<f64>,
}

/// Ids of the latest runs of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastJobs {
    /// The latest run.
    pub last: Option<String>,
    /// The latest run that succeeded.
    pub last_successful: Option<String>,
}

impl LastJobs {
    /// The ids that it holds.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        [&self.last, &self.last_successful].into_iter().flatten().map(String::as_str)
    }
}

/// A step of a run that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingStep {
    /// Title.
    pub name: String,
    /// From its log.
    pub log: String,
    /// The service's analysis.
    pub analysis: String,
    /// Where to read on.
    pub faq: String,
}

impl Service {
    /// `GET /v2/tasks/{task_id}/progress`, once. `run`: ask about this run (newer servers only; others ignore it).
    ///
    /// # Errors
    /// Any failed call; what it means for the wait is up to the caller.
    pub async fn progress(&self, task: &Id, run: Option<&str>) -> Result<Progress, CallError> {
        let body = self.attempt(&progress_call(task, run)).await.map_err(|error| match run {
            Some(_) => error,
            None => about_id(error, ServiceHint::TaskId),
        })?;
        Ok(read_progress(&body))
    }

    /// The same with repeats until `deadline`.
    ///
    /// # Errors
    /// The last failure.
    pub async fn progress_by(&self, task: &Id, deadline: Instant) -> Result<Progress, CallError> {
        let answer = self.call(&progress_call(task, None), deadline).await;
        let body = answer.map_err(|error| about_id(error, ServiceHint::TaskId))?;
        Ok(read_progress(&body))
    }

    /// `GET /v4/tasks/{task_id}/last-jobs`; `None` where this call does not exist or is not allowed (older servers).
    ///
    /// # Errors
    /// The last failure of another kind.
    pub async fn last_jobs(&self, task: &Id, deadline: Instant) -> Result<Option<LastJobs>, CallError> {
        let call =
            get(Attempt::ReadLastRuns(task.short()), format!("/v4/tasks/{task}/last-jobs"), &["result"]);
        let answer = self.answer_if_there(&call, &self.bare_lists, deadline).await?;
        Ok(answer.as_ref().map(read_last_jobs))
    }

    /// `POST /v2/tasks/{task_id}/run` with the body `{}` (an empty one is refused), or the kind of ref by which a pull request is
    /// fetched, once. Returns the id of the run if the answer holds it. How to repeat it is [`super::runs`]' business.
    ///
    /// # Errors
    /// Any failed call.
    pub(super) async fn run(
        &self,
        task: &Id,
        fetch_ref: Option<FetchRef>,
    ) -> Result<Option<String>, CallError> {
        let attempt = Attempt::StartRun(task.short());
        let call = Call {
            class: RetryClass::CreateOnce,
            expected: &["exec_id", "job_id"],
            holds_permit: true,
            ..post(attempt, format!("/v2/tasks/{task}/run"), run_body(fetch_ref))
        };
        let answer = self.attempt(&call).await;
        Ok(read_run_id(&answer.map_err(|error| about_id(error, ServiceHint::TaskId))?))
    }

    /// `POST /v2/tasks/{task_id}/stop`; answers an empty body.
    ///
    /// # Errors
    /// The last failure within [`STOP_LIMIT`].
    pub async fn stop(&self, task: &Id) -> Result<(), CallError> {
        let attempt = Attempt::StopRun(task.short());
        let call = post(attempt, format!("/v2/tasks/{task}/stop"), "{}");
        self.call_briefly(&call, STOP_LIMIT).await.map(drop)
    }

    /// `GET /v2/{project_id}/tasks/{task_id}/log-detail`: the steps whose level is `error`, the first few.
    ///
    /// # Errors
    /// The last failure.
    pub async fn failing_steps(
        &self,
        project: &Id,
        task: &Id,
        run: Option<&str>,
        deadline: Instant,
    ) -> Result<Vec<FailingStep>, CallError> {
        let mut call = get(
            Attempt::ReadTaskLog(task.short()),
            format!("/v2/{project}/tasks/{task}/log-detail"),
            &["log_info"],
        );
        if let Some(run) = run {
            call = call.with_query("execute_id", run);
        }
        Ok(read_failing_steps(&self.call(&call, deadline).await?))
    }
}

fn progress_call(task: &Id, run: Option<&str>) -> Call {
    let call =
        get(Attempt::ReadProgress(task.short()), format!("/v2/tasks/{task}/progress"), &["task_status"]);
    match run {
        Some(run) => call.with_query("job_id", run),
        None => call,
    }
}

fn run_body(fetch_ref: Option<FetchRef>) -> String {
    match fetch_ref {
        Some(fetch_ref) => format!("{{\"ref\":\"{}\"}}", fetch_ref.word()),
        None => "{}".to_owned(),
    }
}

fn read_progress(body: &Value) -> Progress {
    let answer: ProgressAnswer = field::read(body);
    Progress { status: TaskStatus::read(&answer.task_status), percent: answer.progress.ratio }
}

fn read_last_jobs(body: &Value) -> LastJobs {
    let result = field::read::<LastJobsAnswer>(body).result;
    LastJobs { last: run_id(result.last_job_id), last_successful: run_id(result.last_success_job_id) }
}

fn read_run_id(body: &Value) -> Option<String> {
    let (ids, nested) = (field::read::<StartedIds>(body), field::read::<RunStarted>(body).result);
    [ids.exec_id, ids.job_id, nested.exec_id, nested.job_id].into_iter().find_map(run_id)
}

/// The id of a run; what has another form is none.
fn run_id(text: Option<String>) -> Option<String> {
    text.filter(|id| is_id(id, RUN_ID_LIMIT))
}

fn read_failing_steps(body: &Value) -> Vec<FailingStep> {
    let short = |text: String| one_line(&text, QUOTE_LIMIT);
    let entries = field::read::<LogDetail>(body).log_info.into_iter();
    entries
        .filter(|entry| entry.level.eq_ignore_ascii_case("error"))
        .take(STEPS_LIMIT)
        .map(|entry| FailingStep {
            name: short(entry.display_name),
            log: short(entry.log),
            analysis: short(entry.analysis),
            faq: short(entry.faq),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;
    use serde_json::json;

    #[test]
    fn every_example_of_progress() {
        use TaskStatus::*;
        let cases = [
            ("check_progress_running.json", Checking, Some(50.0)),
            ("check_progress_running_old_text.json", Checking, Some(50.0)),
            ("check_progress_running_zh.json", Checking, Some(50.0)),
            ("check_progress_success.json", Successful, Some(100.0)),
            ("check_progress_null_progress.json", Successful, None),
            ("check_progress_failed.json", Failed, None),
            ("check_progress_stopped.json", Stopped, None),
            ("check_progress_never_checked.json", NotChecked, None),
        ];
        for (name, status, percent) in cases {
            assert_eq!(read_progress(&example(name)), Progress { status, percent }, "{name}");
        }
    }

    #[test]
    fn only_a_clear_two_is_successful() {
        let successful = [json!(2), json!("2"), json!(2.0)];
        let others = [
            json!(null),
            json!(true),
            json!("success"),
            json!(""),
            json!([2]),
            json!({"status": 2}),
            json!(22),
            json!(-2),
            json!(2.5),
            json!("2x"),
            json!(0),
            json!(1),
            json!(3),
        ];
        for value in successful {
            assert_eq!(TaskStatus::read(&value), TaskStatus::Successful, "{value}");
        }
        for value in others {
            assert_ne!(TaskStatus::read(&value), TaskStatus::Successful, "{value}");
        }
        assert_eq!(read_progress(&json!(null)).status, TaskStatus::NotChecked);
        assert_eq!(read_progress(&json!({})).status, TaskStatus::NotChecked);
        assert!(!TaskStatus::Unknown(7).is_final());
    }

    #[test]
    fn the_run_id_has_three_names_and_two_places() {
        assert_eq!(
            read_run_id(&example("check_run_response.json")).as_deref(),
            Some("d163535d0bbbbbbb81d6a7654443eaaa")
        );
        assert_eq!(read_run_id(&json!({"job_id": "j"})).as_deref(), Some("j"));
        assert_eq!(read_run_id(&json!({"result": {"exec_id": "e"}})).as_deref(), Some("e"));
        assert_eq!(read_run_id(&json!({"result": null})), None);
        assert_eq!(read_run_id(&json!(null)), None);
        // What is not an id is not shown as one.
        for odd in ["a\n::error::b", "../x", "www.x.example/a", "a b", "", &"x".repeat(65)] {
            assert_eq!(read_run_id(&json!({"exec_id": odd})), None, "{odd}");
            let jobs = read_last_jobs(&json!({"result": {"last_job_id": odd, "last_success_job_id": odd}}));
            assert_eq!((jobs.last, jobs.last_successful), (None, None), "{odd}");
        }
    }

    #[test]
    fn a_run_is_asked_for_as_the_page_shows_it() {
        let sent = |fetch_ref| serde_json::from_str::<Value>(&run_body(fetch_ref)).expect("JSON");
        assert_eq!(sent(Some(FetchRef::MergeRequest)), example("check_run_request_ref.json"));
        assert_eq!(sent(Some(FetchRef::Pull)), json!({"ref": "pull"}));
        assert_eq!(sent(None), example("check_run_request_empty.json"));
    }

    #[test]
    fn failing_steps_and_last_jobs() {
        let steps = read_failing_steps(&example("check_log_detail.json"));
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].name, "Pull code");
        assert_eq!(steps[0].analysis, "no access to the repository");
        assert_eq!(read_failing_steps(&json!({"log_info": null})), []);
        let jobs = read_last_jobs(&example("check_last_jobs_response.json"));
        assert_eq!(jobs.last.as_deref(), Some("3fb9d8c0aaaa4bbb8cccdddddddddddd"));
        assert_eq!(jobs.last, jobs.last_successful);
    }
}
