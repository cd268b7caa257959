//! What `start` was asked to do.

use super::check::RunSettings;
use super::connection::{Connection, SESSION_MARGIN, Site};
use super::environment::Environment;
use super::ids::{IdKind, parse_id};
use super::publish;
use super::pull_request::{self, PullRequestSettings};
use super::task_search::{self, TaskChoice};
use super::times::{positive_duration, within_job};
use crate::cli::StartArgs;
use crate::codearts::Id;
use crate::model::pull_request::{DeleteTask, PullRequestChoice};
use crate::publish::Publisher;
use crate::report::store::workspace::Workspace;
use crate::wait::{Budget, Schedule};
use std::path::PathBuf;
use std::time::Duration;

/// Everything `start` needs.
#[derive(Debug)]
pub struct StartSettings {
    /// The tasks, each once; none where one is to be found.
    pub tasks: Vec<Id>,
    /// The same where one of them is to be found.
    pub search: Vec<TaskChoice>,
    /// Their CodeArts project.
    pub project_id: Option<Id>,
    /// How a run is started.
    pub run: RunSettings,
    /// The pull request whose code is checked.
    pub pull_request: Option<PullRequestSettings>,
    /// Where the file goes.
    pub directory: PathBuf,
    /// Where that lies.
    pub workspace: Workspace,
    /// Hands the ids to later steps; `None`: there is no way here.
    pub publish: Option<Publisher>,
}

impl StartSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: StartArgs, environment: &Environment) -> anyhow::Result<(Self, Connection)> {
        let project_id = args
            .project_id
            .map(|id| parse_id(IdKind::Other, environment.sourced("--project-id", &id)))
            .transpose()?;
        let checks_pull_request = args.pull_request.pull_request != PullRequestChoice::Off;
        let (tasks, search) = task_search::resolve(
            "start",
            args.task_ids,
            project_id.as_ref(),
            checks_pull_request,
            environment,
        )?;
        let wait = positive_duration(&environment.sourced("--timeout", args.timeout))?;
        let session = wait + SESSION_MARGIN;
        let connection =
            Connection::resolve(args.connection, Site::Check, args.site.endpoint, session, environment)?;
        // The task is deleted by whoever waits for its run.
        let delete = DeleteTask::Auto;
        let pull_request = pull_request::resolve(args.pull_request, delete, environment, &connection)?;
        let (timeout, _) = within_job(wait, Duration::ZERO, environment.time_left());
        let settings = Self {
            tasks,
            search,
            project_id,
            run: RunSettings {
                start: true,
                if_running: pull_request::about_active_run(args.if_running, pull_request.is_some()),
                timeout,
                schedule: Schedule::Auto(Budget::default()),
                max_doubt: None,
            },
            pull_request,
            publish: publish::for_refusals(&[], environment, &args.directory.report_dir),
            directory: args.directory.report_dir,
            workspace: environment.workspace(),
        };
        Ok((settings, connection))
    }
}
