//! Lists of tasks, in English.

use crate::messages::tasks::{TasksHeading, TasksHint, TasksMessage};
use crate::text::{QUOTE_LIMIT, one_line};

/// What `tasks` says.
pub(in crate::messages) fn tasks(message: &TasksMessage) -> String {
    match message {
        TasksMessage::NoProject => "no project id".to_owned(),
        TasksMessage::NotARepository(given) => {
            let value = one_line(&given.value, QUOTE_LIMIT);
            format!("`{}` is not the URL of a repository", given.origin.with_value(value))
        }
        TasksMessage::None { is_filtered: false } => "the project has no check task".to_owned(),
        TasksMessage::None { is_filtered: true } => {
            "the project has no check task of this repository and branch".to_owned()
        }
        TasksMessage::NotPrinted => "could not write the list of tasks".to_owned(),
    }
}

/// The heading of a column.
pub(in crate::messages) fn tasks_heading(heading: &TasksHeading) -> String {
    match heading {
        TasksHeading::Id => "id",
        TasksHeading::Name => "name",
        TasksHeading::Repository => "repository",
        TasksHeading::Branch => "branch",
        TasksHeading::LastCheck => "last check",
    }
    .to_owned()
}

/// What to do so that tasks are listed.
pub(in crate::messages) fn tasks_hint(hint: &TasksHint) -> String {
    match hint {
        TasksHint::GiveProject => {
            "give `--project-id` or set CODEARTS_PROJECT_ID; the id is in the URL of the project's page in the console"
        }
        TasksHint::RepositoryForm => {
            "write it as `https://HOST/OWNER/REPOSITORY` or `git@HOST:OWNER/REPOSITORY.git`"
        }
        TasksHint::ListAll => "leave out `--repository` and `--branch` to list all tasks",
        TasksHint::CreateTask => "create a task in the CodeArts Check console",
    }
    .to_owned()
}
