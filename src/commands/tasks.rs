//! `tasks`: the check tasks of a project, as a table or as JSON.

use super::session::{mask, service};
use crate::cli::TasksArgs;
use crate::codearts::errors::{outcome_of, with_hints};
use crate::codearts::task_list::{TaskEntry, TaskFilter};
use crate::console::Console;
use crate::error::Problem;
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{TasksHeading, TasksHint, TasksMessage};
use crate::model::outcome::Outcome;
use crate::settings::{Environment, TasksSettings};
use crate::text::redactor::redact_json;
use crate::text::table::aligned;
use crate::text::{QUOTE_LIMIT, no_ci_command, no_ci_command_in_json, one_line};
use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;

/// Longest time for the whole list.
const LIST_LIMIT: Duration = Duration::from_secs(120);
/// Stands where nothing is known.
const NOTHING: &str = "-";

pub(super) async fn run(
    args: TasksArgs,
    environment: &Environment,
    console: Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let TasksSettings { project, filter, json, connection } = TasksSettings::resolve(args, environment)?;
    mask(&connection, &console);
    let service = service(connection)?;
    let listed = tokio::select! {
        listed = service.tasks(&project, &filter, Instant::now() + LIST_LIMIT) => listed,
        signal = signals.next() => {
            console.hurry();
            return Ok(signal);
        }
    };
    let tasks = match listed {
        Ok(tasks) => tasks,
        Err(error) => {
            log_problem!(error, with_hints(&error));
            return Ok(outcome_of(&error));
        }
    };
    if tasks.is_empty() {
        let is_filtered = filter != TaskFilter::default();
        let hint = if is_filtered { TasksHint::ListAll } else { TasksHint::CreateTask };
        log_problem!(warn, Problem::new(TasksMessage::None { is_filtered }).hint(hint));
    }
    let text = if json { document(&tasks) } else { table(&tasks) };
    let printed = console.document(&text);
    printed.map_err(|error| Problem::new(TasksMessage::NotPrinted).because(error))?;
    Ok(Outcome::Passed)
}

/// A task of the JSON document.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    name: Option<&'a str>,
    repository: Option<&'a str>,
    branch: Option<&'a str>,
    last_check: Option<&'a str>,
    created: Option<&'a str>,
}

fn document(tasks: &[TaskEntry]) -> String {
    let listed: Vec<Listed<'_>> = tasks
        .iter()
        .map(|task| Listed {
            id: task.id.as_str(),
            name: task.name.as_deref(),
            repository: task.repository.as_deref(),
            branch: task.branch.as_deref(),
            last_check: task.last_check.as_deref(),
            created: task.created.as_deref(),
        })
        .collect();
    // These values hold nothing that JSON cannot express.
    let text = serde_json::to_string_pretty(&listed).unwrap_or_default();
    no_ci_command_in_json(&redact_json(&text)) + "\n"
}

fn table(tasks: &[TaskEntry]) -> String {
    if tasks.is_empty() {
        return String::new();
    }
    let headings = [
        TasksHeading::Id,
        TasksHeading::Name,
        TasksHeading::Repository,
        TasksHeading::Branch,
        TasksHeading::LastCheck,
    ];
    let cell = |text: &Option<String>| {
        let text = text.as_deref().map(|text| no_ci_command(&one_line(text, QUOTE_LIMIT)));
        text.filter(|text| !text.is_empty()).unwrap_or_else(|| NOTHING.to_owned())
    };
    let row = |TaskEntry { id, name, repository, branch, last_check, created: _ }: &TaskEntry| {
        vec![id.to_string(), cell(name), cell(repository), cell(branch), cell(last_check)]
    };
    let heading = headings.iter().map(ToString::to_string).collect();
    aligned(&std::iter::once(heading).chain(tasks.iter().map(row)).collect::<Vec<_>>())
}
