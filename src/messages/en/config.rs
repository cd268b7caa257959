//! The configuration file, in English.

use crate::messages::config::{ConfigHint, ConfigMessage, KeptOut, KeyForm};
use crate::text::one_line;

/// Longest key, value or complaint of the parser that is quoted, in characters.
const QUOTE_LIMIT: usize = 80;

/// What is wrong with the configuration file.
pub(in crate::messages) fn config(message: &ConfigMessage) -> String {
    match message {
        ConfigMessage::NotRead { path } => format!("could not read the configuration file `{path}`"),
        ConfigMessage::NotToml { at, why } => format!("{at}: not valid TOML: {}", one_line(why, QUOTE_LIMIT)),
        ConfigMessage::UnknownKey { at, key } => {
            format!("{at}: unknown key `{}`", one_line(key, QUOTE_LIMIT))
        }
        ConfigMessage::KeptOut { at, key, why } => {
            format!(
                "{at}: `{}` is not accepted in a configuration file: {}",
                one_line(key, QUOTE_LIMIT),
                kept_out(*why)
            )
        }
        ConfigMessage::WrongType { at, key, form, found } => {
            let form = match form {
                KeyForm::Text => "a string",
                KeyForm::List => "an array of strings, or a string with commas",
                KeyForm::Number => "a whole number",
                KeyForm::Boolean => "true or false",
            };
            format!("{at}: `{key}` must be {form}; found: {found}")
        }
        ConfigMessage::PathOutside(given) => format!(
            "`{}` is outside of the working directory: anyone who changes the repository could have other files read or replaced",
            given.origin.with_value(one_line(&given.value, QUOTE_LIMIT))
        ),
        ConfigMessage::Used { path, keys } => format!("settings from `{path}`: {}", keys.join(", ")),
    }
}

fn kept_out(why: KeptOut) -> &'static str {
    match why {
        KeptOut::Address => {
            "anyone who changes the repository could send credentials or readers to another server"
        }
        KeptOut::Credentials => {
            "anyone who changes the repository could choose other credentials or weaken their protection"
        }
        KeptOut::Secret => "secrets do not belong in a repository",
        KeptOut::OneRun => "it belongs to one run, and the file applies to all",
        KeptOut::Itself => "a configuration file cannot name another one",
    }
}

/// What to do about the configuration file.
pub(in crate::messages) fn config_hint(hint: &ConfigHint) -> String {
    match hint {
        ConfigHint::Otherwise { option, variable } => {
            format!("give `{option}` or set {variable} in the pipeline")
        }
        ConfigHint::Inside { option } => {
            format!("use a relative path without `..`, or give `{option}` in the pipeline")
        }
    }
}
