//! How each task is judged. A task may have settings of its own in the configuration file.

use super::command_line;
use super::environment::Environment;
use super::file::TaskTable;
use super::findings::GateSettings;
use super::report::title;
use super::task_search::TaskChoice;
use crate::cli::{CheckArgs, GateArgs};
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::ConfigMessage;
use crate::model::scope::Scope;
use crate::model::sourced::Origin;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// How one task is judged, and how it is called.
#[derive(Debug)]
pub struct TaskRules {
    /// The name to show, if not that of CodeArts.
    pub name: Option<String>,
    /// May the code be merged?
    pub gate: GateSettings,
    /// Which findings count.
    pub scope: Scope,
    /// Title of the PDF.
    pub title: String,
}

/// What was typed about one task, or stands in for that.
pub(super) struct OwnArgs<'a> {
    name: Option<String>,
    gate: GateArgs,
    scope: Option<Scope>,
    title: Option<String>,
    environment: Cow<'a, Environment>,
}

/// One for each task, in their order. `search`: the tasks where one is to be found.
pub(super) fn of_tasks<'a>(
    args: &CheckArgs,
    tasks: &[Id],
    search: &[TaskChoice],
    environment: &'a Environment,
) -> Result<Vec<OwnArgs<'a>>, Problem> {
    let tables = environment.task_tables();
    let of_id = |id: &Id| tables.iter().find(|table| table.is_of(id));
    let tables: Vec<Option<&TaskTable>> = match search.len() {
        0 => tasks.iter().map(of_id).collect(),
        // The choices are the tables; without tables there is one choice.
        number => (0..number).map(|at| tables.get(at)).collect(),
    };
    let own = tables.into_iter().map(|table| own_args(args, table, environment));
    let own = own.collect::<Result<Vec<_>, _>>()?;
    let common: Vec<_> = environment.used_keys().collect();
    let used = own.iter().flat_map(|task| task.environment.used_keys()).filter(|used| !common.contains(used));
    let (paths, keys): (Vec<&str>, BTreeSet<&str>) = used.map(|(at, key)| (at.path.as_str(), key)).unzip();
    if let Some(path) = paths.first() {
        let keys = keys.into_iter().map(str::to_owned).collect();
        tracing::info!("{}", ConfigMessage::Used { path: (*path).to_owned(), is_of_tasks: true, keys });
    }
    Ok(own)
}

fn own_args<'a>(
    all: &CheckArgs,
    table: Option<&TaskTable>,
    environment: &'a Environment,
) -> Result<OwnArgs<'a>, Problem> {
    let name = table.and_then(|table| table.name.clone());
    let own = table.filter(|table| table.has_settings());
    let own = own.map(|table| command_line::of_task(table, environment)).transpose()?;
    let (args, environment) = match own {
        Some((args, own)) => (Some(args), Cow::Owned(own)),
        None => (None, Cow::Borrowed(environment)),
    };
    let args = args.as_deref().unwrap_or(all);
    let (gate, scope) = (args.gate.clone(), args.findings.scope);
    Ok(OwnArgs { name, gate, scope, title: args.files.report_title.clone(), environment })
}

impl OwnArgs<'_> {
    fn scope(&self, has_pull_request: bool) -> Scope {
        self.scope.unwrap_or(if has_pull_request { Scope::Changed } else { Scope::All })
    }
}

/// What asks for the changed lines, if anything does.
pub(super) fn who_needs_lines(own: &[OwnArgs<'_>], has_pull_request: bool) -> Option<Origin> {
    let of_task = own.iter().find(|task| task.scope(has_pull_request) == Scope::Changed)?;
    Some(of_task.environment.origin("--scope"))
}

/// Resolves what was typed.
pub(super) fn resolve(own: Vec<OwnArgs<'_>>, has_pull_request: bool) -> anyhow::Result<Vec<TaskRules>> {
    let origins = |option: &str| own.iter().map(|task| task.environment.origin(option)).collect::<Vec<_>>();
    let origins = ["--baseline", "--write-baseline"].map(|option| (option, origins(option)));
    let rules = own.into_iter().map(|task| {
        let is_shared = |option: &str| {
            let from = task.environment.origin(option);
            let places = origins.iter().filter(|(name, _)| *name == option).flat_map(|(_, places)| places);
            places.filter(|place| **place == from).count() > 1
        };
        Ok(TaskRules {
            scope: task.scope(has_pull_request),
            title: title(task.title.clone(), &task.environment)?,
            gate: GateSettings::resolve(task.gate.clone(), is_shared, has_pull_request, &task.environment)?,
            name: task.name.clone(),
        })
    });
    rules.collect()
}
