//! About lists of tasks.

use crate::model::sourced::Sourced;

/// What `tasks` says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum TasksMessage {
    /// No project was given.
    NoProject,
    /// This is not the address of a repository.
    NotARepository(Sourced<String>),
    /// The project has no task, or none that was asked for.
    None {
        /// Whether not all of them were asked for.
        is_filtered: bool,
    },
    /// The list could not be printed.
    NotPrinted,
}

/// The heading of a column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum TasksHeading {
    /// Ids.
    Id,
    /// Names.
    Name,
    /// Addresses of repositories.
    Repository,
    /// Branches.
    Branch,
    /// Times of the last check.
    LastCheck,
}

/// What to do so that tasks are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum TasksHint {
    /// A project must be given.
    GiveProject,
    /// How the address of a repository is written.
    RepositoryForm,
    /// All tasks can be listed.
    ListAll,
    /// A task can be made.
    CreateTask,
}
