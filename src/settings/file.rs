//! The configuration file: read once, each value with its line, and looked up where the variables of options are.

use super::keys::{Key, PULL_REQUEST, TASK_NAMES, kept_out, keys};
use super::misplaced;
use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::value::variable_of;
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::{
    CommandLineHint, ConfigHint, ConfigMessage, FoundForm, KeptOut, KeyForm, SearchedBranch,
};
use crate::model::repository::same_repository;
use crate::model::sourced::{FileLine, Origin, Sourced};
use std::borrow::Cow;
use std::path::{Component, Path};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file that is read where none is named, in the working directory.
pub(super) const DEFAULT: &str = "codearts-gate.toml";
/// Stands for no file at all.
pub(super) const NONE: &str = "none";
/// Largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The key of the tables.
const TASK: &str = "task";
/// Most tables of tasks. Each may be resolved by itself, so a hostile file must not have any number of them.
const TASK_LIMIT: usize = 1000;

/// What a configuration file holds.
#[derive(Clone, Debug, Default)]
pub(super) struct ConfigFile {
    values: Vec<Entry>,
    tasks: Vec<TaskTable>,
}

/// What it says about one task.
#[derive(Clone, Debug)]
pub(super) struct TaskTable {
    /// Where the table begins.
    pub(super) at: FileLine,
    /// Which task it is.
    pub(super) which: TaskName,
    /// The name to show.
    pub(super) name: Option<String>,
    values: Vec<Entry>,
}

/// How a table names its task.
#[derive(Clone, Debug)]
pub(super) enum TaskName {
    /// By its id, as it was written.
    Id(Sourced<String>),
    /// By what it checks.
    Code(SearchedBranch),
}

impl TaskTable {
    /// Whether it is the table of this task.
    pub(super) fn is_of(&self, task: &Id) -> bool {
        match &self.which {
            TaskName::Id(own) => own.value == task.as_str(),
            TaskName::Code(_) => false,
        }
    }

    /// Whether the task has settings of its own.
    pub(super) fn has_settings(&self) -> bool {
        !self.values.is_empty()
    }
}

/// A key and its value, written as a variable would be.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    key: String,
    text: String,
    at: FileLine,
}

impl ConfigFile {
    /// Reads a file.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let shown = path.display().to_string();
        let bytes = crate::file::read(path, LIMIT)
            .map_err(|error| crate::file::not_read(ConfigMessage::NotRead { path: shown.clone() }, &error))?;
        let places = Places::new(&shown, &bytes);
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let (at, why) = (places.line(error.valid_up_to()), "it is not UTF-8 text".to_owned());
            Problem::new(ConfigMessage::NotToml { at, why })
        })?;
        let table = DeTable::parse(text).map_err(|error| {
            let at = places.line(error.span().unwrap_or_default().start);
            Problem::new(ConfigMessage::NotToml { at, why: error.message().to_owned() })
        })?;
        let keys = keys();
        let (tasks, rows) = rows(table.get_ref()).into_iter().partition(|(key, _)| key.get_ref() == TASK);
        let values = entries(rows, &keys, |_| true, &places)?;
        Ok(Self { values, tasks: task_tables(tasks, &keys, &places)? })
    }

    /// What it says about tasks, in its order.
    pub(super) fn tasks(&self) -> &[TaskTable] {
        &self.tasks
    }

    /// The same file, in which the settings of a task take the place of those for all.
    pub(super) fn of_task(&self, task: &TaskTable) -> Self {
        Self { values: task.values.iter().chain(&self.values).cloned().collect(), tasks: Vec::new() }
    }

    /// The value of an option, named without dashes.
    pub(super) fn value(&self, key: &str) -> Option<Sourced<&str>> {
        let entry = self.values.iter().find(|entry| entry.key == key)?;
        let origin = Origin::Key { at: entry.at.clone(), key: key.to_owned() };
        Some(Sourced { value: entry.text.trim(), origin })
    }
}

/// The lines of a file.
struct Places<'a> {
    path: &'a str,
    /// Where they end.
    ends: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(path: &'a str, text: &[u8]) -> Self {
        let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
        Self { path, ends: ends.collect() }
    }

    /// The line of this byte.
    fn line(&self, at: usize) -> FileLine {
        FileLine { path: self.path.to_owned(), line: self.ends.partition_point(|end| *end < at) + 1 }
    }
}

/// A key and its value.
type Row<'a, 'i> = (&'a Spanned<Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

/// The rows of a table, in their order.
fn rows<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Row<'a, 'i>> {
    let mut rows: Vec<Row<'a, 'i>> = table.iter().collect();
    rows.sort_by_key(|(key, _)| key.span().start);
    rows
}

/// Their entries. `is_usable`: whether a key may be in this table.
fn entries(
    rows: Vec<Row<'_, '_>>,
    keys: &[Key],
    is_usable: impl Fn(&Key) -> bool,
    places: &Places<'_>,
) -> Result<Vec<Entry>, Problem> {
    let entry = |(name, value): Row<'_, '_>| {
        let at = places.line(name.span().start);
        let name: &str = name.get_ref();
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            return Err(not_a_key(name, at, keys));
        };
        if !is_usable(key) {
            let what = ConfigMessage::KeptOut { at, key: name.to_owned(), why: KeptOut::OfAllTasks };
            return Err(Problem::new(what).hint(ConfigHint::AboveTasks));
        }
        let Some(text) = text_of(key.form, value.get_ref()) else {
            return Err(wrong_type(at, name, key.form, value.get_ref()));
        };
        if name == PULL_REQUEST && text.trim().parse::<u64>().is_ok() {
            return Err(is_kept_out(name, at, KeptOut::OneRun));
        }
        if key.is_path && leads_outside(&text) {
            let given = Sourced { value: text, origin: Origin::Key { at, key: name.to_owned() } };
            let hint = ConfigHint::Inside { option: format!("--{name}") };
            return Err(Problem::new(ConfigMessage::PathOutside(given)).hint(hint));
        }
        Ok(Entry { key: name.to_owned(), text, at })
    };
    rows.into_iter().map(entry).collect()
}

/// What `[[task]]` says, each task once.
fn task_tables(rows: Vec<Row<'_, '_>>, keys: &[Key], places: &Places<'_>) -> Result<Vec<TaskTable>, Problem> {
    let mut tasks: Vec<TaskTable> = Vec::new();
    for (name, value) in rows {
        let wrong = |value| wrong_type(places.line(name.span().start), TASK, KeyForm::Tasks, value);
        let array = value.get_ref().as_array().ok_or_else(|| wrong(value.get_ref()))?;
        for value in array.iter() {
            let at = places.line(value.span().start);
            let table = value.get_ref().as_table().ok_or_else(|| wrong(value.get_ref()))?;
            let task = task_table(table, at, keys, places)?;
            if let Some(first) = tasks.iter().find(|first| is_same(&first.which, &task.which)) {
                let what = ConfigMessage::TaskTwice { at: task.at, first: first.at.line };
                return Err(Problem::new(what));
            }
            if tasks.len() == TASK_LIMIT {
                return Err(Problem::new(ConfigMessage::TooManyTasks { at: task.at, limit: TASK_LIMIT }));
            }
            tasks.push(task);
        }
    }
    Ok(tasks)
}

fn task_table(
    table: &DeTable<'_>,
    at: FileLine,
    keys: &[Key],
    places: &Places<'_>,
) -> Result<TaskTable, Problem> {
    let is_name = |(key, _): &Row<'_, '_>| TASK_NAMES.iter().any(|(name, _)| key.get_ref() == name);
    let (names, rows) = rows(table).into_iter().partition(is_name);
    let names: Vec<Row<'_, '_>> = names;
    let name = |wanted: &str| {
        let Some((key, value)) = names.iter().find(|(key, _)| key.get_ref() == wanted) else {
            return Ok(None);
        };
        let at = places.line(key.span().start);
        let Some(text) = value.get_ref().as_str() else {
            return Err(wrong_type(at, wanted, KeyForm::Text, value.get_ref()));
        };
        let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(text.map(|value| Sourced { value, origin: Origin::Key { at, key: wanted.to_owned() } }))
    };
    let which = match (name("id")?, name("repository")?, name("branch")?) {
        (Some(id), None, None) => TaskName::Id(id),
        (None, Some(repository), Some(branch)) => {
            TaskName::Code(SearchedBranch { repository: repository.value, branch: branch.value })
        }
        (Some(_), ..) | (None, ..) => {
            return Err(Problem::new(ConfigMessage::TaskName { at }).hint(ConfigHint::TaskName));
        }
    };
    let values = entries(rows, keys, |key| key.is_of_task, places)?;
    Ok(TaskTable { at, which, name: name("name")?.map(|name| name.value), values })
}

fn is_same(one: &TaskName, other: &TaskName) -> bool {
    match (one, other) {
        (TaskName::Id(one), TaskName::Id(other)) => one.value == other.value,
        (TaskName::Code(one), TaskName::Code(other)) => {
            one.branch == other.branch && same_repository(&one.repository, &other.repository)
        }
        // Whose id it is, the search shows.
        (TaskName::Id(_), TaskName::Code(_)) | (TaskName::Code(_), TaskName::Id(_)) => false,
    }
}

fn wrong_type(at: FileLine, key: &str, form: KeyForm, value: &DeValue<'_>) -> Problem {
    Problem::new(ConfigMessage::WrongType { at, key: key.to_owned(), form, found: form_of(value) })
}

/// The value as a variable would have it; `None`: it is of another type.
fn text_of(form: KeyForm, value: &DeValue<'_>) -> Option<String> {
    match (form, value) {
        (KeyForm::Text | KeyForm::List, DeValue::String(text)) => Some(text.to_string()),
        (KeyForm::List, DeValue::Array(items)) => {
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            Some(items?.join(","))
        }
        (KeyForm::Number, DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        (KeyForm::Boolean, DeValue::Boolean(is_set)) => Some(is_set.to_string()),
        (KeyForm::Text | KeyForm::List | KeyForm::Number | KeyForm::Boolean | KeyForm::Tasks, _) => None,
    }
}

const fn form_of(value: &DeValue<'_>) -> FoundForm {
    match value {
        DeValue::String(_) => FoundForm::Text,
        DeValue::Integer(_) => FoundForm::Number,
        DeValue::Float(_) => FoundForm::Fraction,
        DeValue::Boolean(_) => FoundForm::Boolean,
        DeValue::Datetime(_) => FoundForm::Time,
        DeValue::Array(_) => FoundForm::List,
        DeValue::Table(_) => FoundForm::Table,
    }
}

/// Why this is not one of the keys, and what was meant.
fn not_a_key(name: &str, at: FileLine, keys: &[Key]) -> Problem {
    let tidy = name.to_ascii_lowercase().replace('_', "-");
    if ["task-id", "taskid"].contains(&&*tidy) || TASK_NAMES.iter().any(|(name, _)| *name == tidy) {
        let what = ConfigMessage::KeptOut { at, key: name.to_owned(), why: KeptOut::OfTask };
        return Problem::new(what).hint(ConfigHint::IntoTask);
    }
    if let Some(why) = kept_out(&tidy) {
        return is_kept_out(name, at, why);
    }
    if let Some(variable) = misplaced::variable_for(&tidy) {
        let what = ConfigMessage::KeptOut { at, key: name.to_owned(), why: KeptOut::Secret };
        return Problem::new(what).hint(CommandLineHint::SetVariable(variable));
    }
    let meant = nearest(&tidy, keys.iter().map(|key| key.name.as_str()), SLIP_LIMIT);
    Problem::new(ConfigMessage::UnknownKey { at, key: name.to_owned() }).hints(did_you_mean(&meant))
}

fn is_kept_out(name: &str, at: FileLine, why: KeptOut) -> Problem {
    let option = format!("--{}", name.to_ascii_lowercase().replace('_', "-"));
    let hint = ConfigHint::Otherwise { variable: variable_of(&option), option };
    Problem::new(ConfigMessage::KeptOut { at, key: name.to_owned(), why }).hint(hint)
}

/// Whether a path may lead out of the working directory. Links are followed where the file is used.
fn leads_outside(path: &str) -> bool {
    let is_inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    !Path::new(path.trim()).components().all(is_inside)
}
