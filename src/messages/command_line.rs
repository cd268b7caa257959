//! About the command line, and variables that stand in for options.

use crate::model::sourced::Sourced;

/// What is wrong with a command line or its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandLineMessage {
    /// The value of a variable is not text.
    NotText(String),
    /// The variable of a switch is neither true nor false.
    NotBoolean(Sourced<String>),
    /// Two variables exclude each other.
    Conflict(String, String),
    /// A word that the option of a variable does not know.
    UnknownWord {
        /// The variable.
        variable: String,
        /// The word.
        word: String,
        /// Whether the variable holds nothing else.
        is_all: bool,
    },
    /// A value that the option of a variable does not take.
    InvalidValue {
        /// The variable.
        variable: String,
        /// The value.
        value: String,
    },
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
pub enum CommandLineHint {
    /// A switch takes true or false.
    Boolean,
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
