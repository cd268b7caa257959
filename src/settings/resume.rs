//! `check --run`: the runs that were started before, from the file of `start` or by the id of one run.

use super::connection::Connection;
use super::environment::Environment;
use super::ids::optional_task_ids;
use super::publish;
use super::pull_request::PullRequestSettings;
use super::value::refuse;
use crate::cli::CheckArgs;
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::{RunFileHint, RunFileMessage};
use crate::model::pull_request::{DeleteTask, PullRequest, PullRequestChoice, RefChoice};
use crate::report::run_file::{BeforeStart, RunFile, StartedTask};
use crate::text::is_id;
use std::path::Path;

/// Longest id of a run.
const RUN_ID_LIMIT: usize = 64;

/// Runs that were started before.
#[derive(Debug)]
pub struct ResumeSettings {
    /// One a task, in their order.
    pub runs: Vec<StartedTask>,
    /// Whether they come from a file of `start`, so that they are this pipeline's own.
    pub is_of_file: bool,
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
        return of_file(path, &named).map(Some);
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
            let settings = ResumeSettings { runs: vec![run], is_of_file: false, pull_request: None };
            Ok(Some((settings, named)))
        }
        [] => refuse(RunFileMessage::RunWithoutTask, RunFileHint::Form),
        _ => refuse(RunFileMessage::OneRunOfTasks, RunFileHint::Form),
    }
}

fn of_file(path: &Path, named: &[Id]) -> Result<(ResumeSettings, Vec<Id>), Problem> {
    let file = RunFile::read(path)?;
    let shown = || path.display().to_string();
    let tasks: Vec<Id> = file.tasks.iter().filter_map(|task| task.task_id.parse().ok()).collect();
    let is_same = named.len() == tasks.len() && named.iter().all(|task| tasks.contains(task));
    if !named.is_empty() && !is_same {
        let tasks = tasks.iter().map(ToString::to_string).collect();
        return refuse(RunFileMessage::OtherTasks { path: shown(), tasks }, RunFileHint::LeaveOut);
    }
    tracing::info!("{}", RunFileMessage::WaitingFor { path: shown() });
    let pull_request = file.pull_request.map(PullRequest::from);
    let settings = ResumeSettings { runs: file.tasks, is_of_file: true, pull_request };
    Ok((settings, tasks))
}

/// How the pull request of a run from before is read.
pub(super) fn pull_request(
    known: PullRequest,
    delete: DeleteTask,
    head_interval: Option<String>,
    environment: &Environment,
    connection: &Connection,
) -> Result<PullRequestSettings, Problem> {
    Ok(PullRequestSettings {
        number: Some(known.number),
        known: Some(known),
        fetch_ref: RefChoice::Auto,
        delete,
        languages: Vec::new(),
        endpoint: None,
        head_gap: super::pull_request::head_gap(head_interval, environment)?,
        review: publish::code_review(&environment.origin("--run"), environment, connection)?,
    })
}
