//! The configuration file, in English.

use crate::messages::config::{ConfigHint, ConfigMessage, FoundForm, KeptOut, KeyForm};
use crate::messages::shown::CONFIG_LIMIT;
use crate::model::sourced::FileLine;
use crate::text::one_line;

/// What is wrong with the configuration file.
pub(in crate::messages) fn config(message: &ConfigMessage) -> String {
    match message {
        ConfigMessage::NotRead { path } => format!("could not read the configuration file `{path}`"),
        ConfigMessage::NotToml { at, why } => {
            format!("{at}: not valid TOML: {}", one_line(why, CONFIG_LIMIT))
        }
        ConfigMessage::UnknownKey { at, key } => {
            format!("{at}: unknown key `{}`", one_line(key, CONFIG_LIMIT))
        }
        ConfigMessage::KeptOut { at, key, why } => kept_out(at, &one_line(key, CONFIG_LIMIT), *why),
        ConfigMessage::WrongType { at, key, form, found } => {
            let form = match form {
                KeyForm::Text => "a string",
                KeyForm::List => "an array of strings, or a string with commas",
                KeyForm::Number => "a whole number",
                KeyForm::Boolean => "true or false",
                KeyForm::Tasks => "tables that begin with `[[task]]`",
            };
            let found = match found {
                FoundForm::Text => "a string",
                FoundForm::Number => "a number",
                FoundForm::Fraction => "a fraction",
                FoundForm::Boolean => "true or false",
                FoundForm::Time => "a date or time",
                FoundForm::List => "an array",
                FoundForm::Table => "a table",
            };
            format!("{at}: `{key}` must be {form}; found: {found}")
        }
        ConfigMessage::PathOutside(given) => format!(
            "`{}` is outside of the working directory: anyone who changes the repository could have other files read or replaced",
            given.origin.with_value(one_line(&given.value, CONFIG_LIMIT))
        ),
        ConfigMessage::TaskName { at } => {
            format!("{at}: `[[task]]` must have either `id`, or `repository` and `branch`")
        }
        ConfigMessage::TaskTwice { at, first } => {
            format!("{at}: the same task as in line {first}; each task is listed once")
        }
        ConfigMessage::TooManyTasks { at, limit } => format!("{at}: more than {limit} tasks"),
        ConfigMessage::TaskWithoutProject { at } => {
            format!("{at}: the task of a repository and branch is looked for in a project, and none is given")
        }
        ConfigMessage::TaskNotSought { at, command } => {
            format!("{at}: `{command}` does not look for a task by its repository and branch")
        }
        ConfigMessage::Used { path, is_of_tasks, keys } => {
            let of = if *is_of_tasks { " of single tasks" } else { "" };
            format!("settings{of} from `{path}`: {}", keys.join(", "))
        }
    }
}

fn kept_out(at: &FileLine, key: &str, why: KeptOut) -> String {
    let why = match why {
        KeptOut::Address => {
            "anyone who changes the repository could send credentials or readers to another server"
        }
        KeptOut::Credentials => {
            "anyone who changes the repository could choose other credentials or weaken their protection"
        }
        KeptOut::Secret => "secrets do not belong in a repository",
        KeptOut::OneRun => "it belongs to one run, and the file applies to all",
        KeptOut::Itself => "a configuration file cannot name another one",
        KeptOut::OfTask => return format!("{at}: `{key}` belongs in a `[[task]]` table: it names one task"),
        KeptOut::OfAllTasks => {
            return format!(
                "{at}: `{key}` does not belong in a `[[task]]` table: it is the same for all tasks"
            );
        }
    };
    format!("{at}: `{key}` is not accepted in a configuration file: {why}")
}

/// What to do about the configuration file.
pub(in crate::messages) fn config_hint(hint: &ConfigHint) -> String {
    match hint {
        ConfigHint::Otherwise { option, variable } => {
            format!("give `{option}` or set {variable} in the pipeline")
        }
        ConfigHint::TaskName => {
            "write `id = \"TASK_ID\"`, the id at the end of the URL of the task's page".to_owned()
        }
        ConfigHint::NameProject => "add `project-id` above the tables, or give `--project-id`".to_owned(),
        ConfigHint::IntoTask => "write it below a line `[[task]]`".to_owned(),
        ConfigHint::AboveTasks => "write it above the first `[[task]]`".to_owned(),
        ConfigHint::Inside { option } => {
            format!("use a relative path without `..`, or give `{option}` in the pipeline")
        }
    }
}
