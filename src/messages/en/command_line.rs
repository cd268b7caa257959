//! The command line, in English.

use crate::messages::command_line::{CommandLineHint, CommandLineMessage};
use crate::messages::shown::{NAMES_LIMIT, OPTION_LIMIT, VALUE_LIMIT};
use crate::model::sourced::Sourced;
use crate::text::{QUOTE_LIMIT, one_line};

/// What is wrong with a command line.
pub(in crate::messages) fn command_line(message: &CommandLineMessage) -> String {
    match message {
        CommandLineMessage::NotText(variable) => {
            format!("{variable} cannot be read: its value is not UTF-8 text")
        }
        CommandLineMessage::NotBoolean(given) => {
            format!(
                "`{}` is neither true nor false",
                given.origin.with_value(one_line(&given.value, VALUE_LIMIT))
            )
        }
        CommandLineMessage::Conflict(one, other) => format!("`{one}` and `{other}` cannot be used together"),
        CommandLineMessage::UnknownWord { given: Sourced { value, origin }, is_all } => {
            let word = one_line(value, VALUE_LIMIT);
            let given = if *is_all {
                format!("`{}`", origin.with_value(word))
            } else {
                format!("{origin}: `{word}`")
            };
            format!("{given} is not a known value")
        }
        CommandLineMessage::InvalidValue(given) => {
            format!("`{}`", given.origin.with_value(one_line(&given.value, VALUE_LIMIT)))
        }
        CommandLineMessage::UnknownCommand(typed) => {
            format!("unknown command `{}`", one_line(typed, OPTION_LIMIT))
        }
        CommandLineMessage::UnknownOption(typed) => {
            format!("unknown option `{}`", one_line(typed, OPTION_LIMIT))
        }
        CommandLineMessage::SurplusArgument(typed) => {
            format!("unexpected argument `{}`", one_line(typed, OPTION_LIMIT))
        }
        CommandLineMessage::NoValue(option) => format!("`{option}` needs a value"),
        CommandLineMessage::SurplusValue(Sourced { value, origin }) => {
            format!("`{origin}={}`: the option takes no value", one_line(value, VALUE_LIMIT))
        }
        CommandLineMessage::Repeated(option) => format!("`{option}` can be given only once"),
        CommandLineMessage::MissingArguments(names) => format!("{} is missing", names.join(", ")),
        CommandLineMessage::NoCommand => "no command was given".to_owned(),
        CommandLineMessage::NotTextTyped => "an argument is not UTF-8 text".to_owned(),
        CommandLineMessage::Rejected(why) => format!("invalid command line: {}", one_line(why, QUOTE_LIMIT)),
        CommandLineMessage::UnusableVariables(names) => {
            format!("one of these variables cannot be used: {}", names.join(", "))
        }
        CommandLineMessage::CredentialAsOption(typed) => format!(
            "`{}` is not an option: credentials are given in variables, because others can read a command line",
            one_line(typed, OPTION_LIMIT)
        ),
        CommandLineMessage::IdAsOption(typed) => {
            format!("`{}` is not an option: the id is an argument", one_line(typed, OPTION_LIMIT))
        }
        CommandLineMessage::UnusedVariables(names) => {
            let shown = one_line(&names.join(", "), NAMES_LIMIT);
            if names.len() == 1 {
                format!("{shown} is not used: no option has this name")
            } else {
                format!("{shown} are not used: no options have these names")
            }
        }
    }
}

/// What to do about a command line.
pub(in crate::messages) fn command_line_hint(hint: &CommandLineHint) -> String {
    match hint {
        CommandLineHint::Boolean => "set it to true or false".to_owned(),
        CommandLineHint::LeaveOutOne => "leave out one of them".to_owned(),
        CommandLineHint::Help(None) => "run `codearts-gate --help` to list the commands".to_owned(),
        CommandLineHint::Help(Some(command)) => {
            format!("run `codearts-gate {command} --help` to list its arguments and options")
        }
        CommandLineHint::SetVariable(variable) => format!("set {variable}"),
        CommandLineHint::Argument { command, argument } => {
            format!("type `codearts-gate {command} {argument}`, or set CODEARTS_{argument}")
        }
    }
}
