//! About the command line, and variables that stand in for options.

use crate::model::sourced::{Origin, Sourced};

/// What is wrong with a command line or its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CommandLineMessage {
    /// The value of a variable is not text.
    NotText(String),
    /// The variable of a switch is neither true nor false.
    NotBoolean(Sourced<String>),
    /// Two options or variables exclude each other.
    Conflict(Origin, Origin),
    /// A word that an option does not know.
    UnknownWord {
        /// The word.
        given: Sourced<String>,
        /// Whether nothing else was given.
        is_all: bool,
    },
    /// A value that an option does not take.
    InvalidValue(Sourced<String>),
    /// There is no such command.
    UnknownCommand(String),
    /// The command has no such option.
    UnknownOption(String),
    /// The command takes no further argument.
    SurplusArgument(String),
    /// An option without its value.
    NoValue(Origin),
    /// An option that takes no value was given one.
    SurplusValue(Sourced<String>),
    /// An option that can be given only once.
    Repeated(Origin),
    /// Arguments that the command needs.
    MissingArguments(Vec<String>),
    /// No command was given.
    NoCommand,
    /// What was typed is not text.
    NotTextTyped,
    /// Anything else that the parser says, in its own words.
    Rejected(String),
    /// One of these variables has a value that its option does not take.
    UnusableVariables(Vec<String>),
    /// A credential as an option. Its value is not repeated.
    CredentialAsOption(String),
    /// An id as an option.
    IdAsOption(String),
    /// Variables with the prefix of options that no option has.
    UnusedVariables(Vec<String>),
}

/// What to do about a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CommandLineHint {
    /// A switch takes true or false.
    Boolean,
    /// Only one of two may be given.
    LeaveOutOne,
    /// The help of a command, or of all, lists what there is.
    Help(Option<String>),
    /// The credential belongs into this variable.
    SetVariable(&'static str),
    /// How the command takes an id.
    Argument {
        /// The command.
        command: String,
        /// The argument.
        argument: &'static str,
    },
}
