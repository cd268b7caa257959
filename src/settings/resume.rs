//! `check --run`: the runs that were started before, from the file of `start` or by the id of one run.

use super::connection::Connection;
use super::environment::Environment;
use super::ids::optional_task_ids;
use super::publish;
use super::pull_request::PullRequestSettings;
use super::value::refuse;
use crate::cli::{CheckArgs, PullRequestArgs};
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::{RunFileHint, RunFileMessage};
use crate::model::pull_request::{DeleteTask, PullRequest, PullRequestChoice};
use crate::model::repository::same_repository;
use crate::report::run_file::{BeforeStart, RunFile, StartedPullRequest, StartedTask};
use crate::text::is_id;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Longest age of a run that is believed; a check takes 12 hours at most (`pr-mode`, section 2).
const AGE_LIMIT: Duration = Duration::from_secs(12 * 3600);
/// Longest id of a run.
const RUN_ID_LIMIT: usize = 64;

/// Runs that were started before.
#[derive(Debug)]
pub struct ResumeSettings {
    /// One a task, in their order.
    pub runs: Vec<StartedTask>,
    /// Whether they come from a file of `start`, so that they are this pipeline's own.
    pub is_of_file: bool,
    /// How long ago they were started, where that is known; only the polls depend on it.
    pub age: Duration,
    /// The pull request whose code they check.
    pub pull_request: Option<PullRequest>,
}

impl ResumeSettings {
    /// The run of a task.
    pub fn run_of(&self, task: &Id) -> Option<&StartedTask> {
        self.runs.iter().find(|run| run.task_id == task.as_str())
    }
}

/// What was asked for, with its tasks; `None`: no run from before.
pub(super) fn resolve(
    args: &mut CheckArgs,
    environment: &Environment,
) -> Result<Option<(ResumeSettings, Vec<Id>)>, Problem> {
    let Some(value) = args.run.take() else { return Ok(None) };
    let value = value.trim();
    if args.start {
        let option = environment.origin("--start").to_string();
        return refuse(RunFileMessage::Contradicts { option }, RunFileHint::LeaveOut);
    }
    let named = optional_task_ids(std::mem::take(&mut args.task_ids), environment)?;
    let path = Path::new(value);
    let is_file = value.contains(['/', '\\']) || value.ends_with(".json") || path.exists();
    if is_file {
        return of_file(path, &named, args.pull_request.pull_request, environment).map(Some);
    }
    if !is_id(value, RUN_ID_LIMIT) {
        return refuse(RunFileMessage::NeitherFileNorId(value.to_owned()), RunFileHint::Form);
    }
    if args.pull_request.pull_request != PullRequestChoice::Off {
        let option = environment.origin("--pull-request").to_string();
        return refuse(RunFileMessage::Contradicts { option }, RunFileHint::Form);
    }
    match named.as_slice() {
        [task] => {
            let run = StartedTask {
                task_id: task.to_string(),
                run_id: Some(value.to_owned()),
                merge_request: None,
                before: BeforeStart::default(),
            };
            let settings = ResumeSettings {
                runs: vec![run],
                is_of_file: false,
                age: Duration::ZERO,
                pull_request: None,
            };
            Ok(Some((settings, named)))
        }
        [] => refuse(RunFileMessage::RunWithoutTask, RunFileHint::Form),
        _ => refuse(RunFileMessage::OneRunOfTasks, RunFileHint::Form),
    }
}

fn of_file(
    path: &Path,
    named: &[Id],
    typed: PullRequestChoice,
    environment: &Environment,
) -> Result<(ResumeSettings, Vec<Id>), Problem> {
    let file = RunFile::read(path)?;
    let shown = || path.display().to_string();
    let tasks: Vec<Id> = file.tasks.iter().filter_map(|task| task.task_id.parse().ok()).collect();
    let is_same = named.len() == tasks.len() && named.iter().all(|task| tasks.contains(task));
    if !named.is_empty() && !is_same {
        let tasks = tasks.iter().map(ToString::to_string).collect();
        return refuse(RunFileMessage::OtherTasks { path: shown(), tasks }, RunFileHint::LeaveOut);
    }
    match &file.pull_request {
        Some(of_file) => is_wanted(of_file, shown(), typed, environment)?,
        None if typed != PullRequestChoice::Off => {
            let option = environment.origin("--pull-request").to_string();
            let what = RunFileMessage::WithoutPullRequest { path: shown(), option };
            return refuse(what, RunFileHint::StartPullRequest);
        }
        None => {}
    }
    tracing::info!("{}", RunFileMessage::WaitingFor { path: shown() });
    let age = age(&file.started_at, SystemTime::now());
    let pull_request = file.pull_request.map(PullRequest::from);
    let settings = ResumeSettings { runs: file.tasks, is_of_file: true, age, pull_request };
    Ok((settings, tasks))
}

/// Makes sure that the pull request of a file is the one that was asked for, and the one of the job.
fn is_wanted(
    of_file: &StartedPullRequest,
    path: String,
    typed: PullRequestChoice,
    environment: &Environment,
) -> Result<(), Problem> {
    let (number, hint) = (of_file.number, RunFileHint::SamePullRequest);
    if let PullRequestChoice::Number(typed) = typed
        && typed != number
    {
        let option = environment.origin("--pull-request").to_string();
        return refuse(RunFileMessage::OtherThanTyped { path, of_file: number, option, typed }, hint);
    }
    let Some(of_job) = environment.pull_request_number() else { return Ok(()) };
    if of_job != number {
        return refuse(RunFileMessage::OtherPullRequest { path, of_file: number, of_job }, hint);
    }
    match &environment.ci().facts.code.repository_url {
        Some(of_job) if !same_repository(of_job, &of_file.repository_url) => {
            let (of_file, of_job) = (of_file.repository_url.clone(), of_job.clone());
            refuse(RunFileMessage::OtherRepository { path, of_file, of_job }, hint)
        }
        Some(_) | None => Ok(()),
    }
}

/// The time since then. Clocks of machines differ, so one that lies ahead or far back counts as now.
fn age(started_at: &str, now: SystemTime) -> Duration {
    let started_at = humantime::parse_rfc3339(started_at).ok();
    let age = started_at.and_then(|started_at| now.duration_since(started_at).ok());
    age.filter(|age| *age < AGE_LIMIT).unwrap_or_default()
}

/// How the pull request of a run from before is read.
pub(super) fn pull_request(
    known: PullRequest,
    delete: DeleteTask,
    args: PullRequestArgs,
    environment: &Environment,
    connection: &Connection,
) -> Result<PullRequestSettings, Problem> {
    Ok(PullRequestSettings {
        number: Some(known.number),
        known: Some(known),
        fetch_ref: args.fetch_ref,
        delete,
        languages: Vec::new(),
        endpoint: None,
        head_gap: super::pull_request::head_gap(args.head_interval, environment)?,
        review: publish::code_review(&environment.origin("--run"), environment, connection)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sensible_age_counts() {
        let now = humantime::parse_rfc3339("2026-11-22T10:00:00Z").expect("a time");
        let cases = [
            ("2026-11-22T09:59:40Z", 20),
            ("2026-11-22T10:00:30Z", 0),
            ("2026-11-20T10:00:00Z", 0),
            ("yesterday", 0),
        ];
        for (started_at, seconds) in cases {
            assert_eq!(age(started_at, now), Duration::from_secs(seconds), "{started_at}");
        }
    }
}
