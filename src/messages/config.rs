//! About the configuration file.

use crate::model::sourced::{FileLine, Sourced};

/// What is wrong with the configuration file, or worth a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ConfigMessage {
    /// It cannot be read.
    NotRead {
        /// The file.
        path: String,
    },
    /// It is not TOML.
    NotToml {
        /// Where.
        at: FileLine,
        /// What the parser found.
        why: String,
    },
    /// There is no such key.
    UnknownKey {
        /// Where.
        at: FileLine,
        /// The key.
        key: String,
    },
    /// A key that the file may not have.
    KeptOut {
        /// Where.
        at: FileLine,
        /// The key.
        key: String,
        /// Why not.
        why: KeptOut,
    },
    /// A value of another type.
    WrongType {
        /// Where.
        at: FileLine,
        /// The key.
        key: String,
        /// What it takes.
        form: KeyForm,
        /// What it has.
        found: FoundForm,
    },
    /// A path that leads out of the working directory.
    PathOutside(Sourced<String>),
    /// A table that does not name its task in one of the two ways.
    TaskName {
        /// Where.
        at: FileLine,
    },
    /// Two tables of the same task.
    TaskTwice {
        /// Where the second is.
        at: FileLine,
        /// The line of the first.
        first: usize,
    },
    /// More tables than are accepted.
    TooManyTasks {
        /// Where the first is that is too many.
        at: FileLine,
        /// Most tables.
        limit: usize,
    },
    /// A table whose task can be found in no project.
    TaskWithoutProject {
        /// Where.
        at: FileLine,
    },
    /// A table without an id, where no task is looked for.
    TaskNotSought {
        /// Where.
        at: FileLine,
        /// The command.
        command: &'static str,
    },
    /// Keys that this run takes from the file.
    Used {
        /// The file.
        path: String,
        /// Whether they are of single tasks.
        is_of_tasks: bool,
        /// The keys.
        keys: Vec<String>,
    },
}

/// Why a key is kept out of the file, which lies in the repository under review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum KeptOut {
    /// The address of a server.
    Address,
    /// Which credentials are used, and how they are protected.
    Credentials,
    /// A secret.
    Secret,
    /// What one run is about.
    OneRun,
    /// Another configuration file.
    Itself,
    /// What names one task.
    OfTask,
    /// What is the same for all tasks.
    OfAllTasks,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum KeyForm {
    /// Text.
    Text,
    /// Several words.
    List,
    /// A whole number.
    Number,
    /// Yes or no.
    Boolean,
    /// Tables of tasks.
    Tasks,
}

/// What a value of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum FoundForm {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// A number that is not whole.
    Fraction,
    /// Yes or no.
    Boolean,
    /// A date or a time.
    Time,
    /// Several values.
    List,
    /// Names and values.
    Table,
}

/// What to do about the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ConfigHint {
    /// The option and the variable take it.
    Otherwise {
        /// The option.
        option: String,
        /// The variable.
        variable: String,
    },
    /// How a table names its task.
    TaskName,
    /// The project must be named.
    NameProject,
    /// The key belongs into a table.
    IntoTask,
    /// The key belongs above the tables.
    AboveTasks,
    /// The option may name a path outside.
    Inside {
        /// The option.
        option: String,
    },
}
