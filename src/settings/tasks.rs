//! What `tasks` was asked to list.

use super::connection::{Connection, SESSION_MARGIN, Site};
use super::environment::Environment;
use super::ids::{IdKind, parse_id};
use super::value::refuse;
use crate::cli::TasksArgs;
use crate::codearts::Id;
use crate::codearts::task_list::TaskFilter;
use crate::error::Problem;
use crate::messages::{TasksHint, TasksMessage};
use crate::model::repository::is_repository_address;

/// Everything `tasks` needs.
#[derive(Debug)]
pub struct TasksSettings {
    /// The project.
    pub project: Id,
    /// Which of its tasks are wanted.
    pub filter: TaskFilter,
    /// Whether to print them as JSON.
    pub json: bool,
    /// How to reach the service.
    pub connection: Connection,
}

impl TasksSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: TasksArgs, environment: &Environment) -> Result<Self, Problem> {
        let Some(project) = args.project_id else {
            return refuse(TasksMessage::NoProject, TasksHint::GiveProject);
        };
        let project = parse_id(IdKind::Other, environment.sourced("--project-id", project.as_str()))?;
        if let Some(address) = &args.repository
            && !is_repository_address(address)
        {
            let given = environment.sourced("--repository", address.clone());
            return refuse(TasksMessage::NotARepository(given), TasksHint::RepositoryForm);
        }
        let connection = Connection::resolve(
            args.connection,
            Site::Check,
            args.site.endpoint,
            SESSION_MARGIN,
            environment,
        )?;
        let filter = TaskFilter { repository: args.repository, branch: args.branch };
        Ok(Self { project, filter, json: args.json, connection })
    }
}
