//! The keys of the configuration file: the names of the options, made from the options themselves, and those that are kept out
//! because the file lies in the repository under review.

use crate::cli::Cli;
use crate::messages::{KeptOut, KeyForm};
use clap::{Arg, ArgAction, CommandFactory as _};
use std::any::TypeId;
use std::path::PathBuf;

/// The option that names the file; the commands that have it read one.
pub(super) const CONFIG: &str = "config";
/// The option of which the file takes words only: a number belongs to one run.
pub(super) const PULL_REQUEST: &str = "pull-request";

/// Options that the file may not set. A pull request can change the file that decides about it.
const KEPT_OUT: [(&str, KeptOut); 21] = [
    ("endpoint", KeptOut::Address),
    ("build-endpoint", KeptOut::Address),
    ("iam-endpoint", KeptOut::Address),
    ("sts-endpoint", KeptOut::Address),
    ("repo-endpoint", KeptOut::Address),
    ("metadata-endpoint", KeptOut::Address),
    ("task-url", KeptOut::Address),
    ("auth", KeptOut::Credentials),
    ("oidc-audience", KeptOut::Credentials),
    ("task-endpoint-id", KeptOut::Credentials),
    ("allow-http", KeptOut::Credentials),
    ("ca-file", KeptOut::Credentials),
    ("run", KeptOut::OneRun),
    ("job-id", KeptOut::OneRun),
    ("build-no", KeptOut::OneRun),
    ("param", KeptOut::OneRun),
    ("commit", KeptOut::OneRun),
    ("tag", KeptOut::OneRun),
    (CONFIG, KeptOut::Itself),
    ("branch", KeptOut::OneRun),
    ("repository", KeptOut::OneRun),
];

/// Keys that name one task, in its table only.
pub(super) const TASK_NAMES: [(&str, &str); 4] = [
    ("id", "Id of the check task"),
    ("repository", "Repository of the check task, with `branch` instead of `id`"),
    ("branch", "Branch of the check task, with `repository` instead of `id`"),
    ("name", "Name of the task in the log and on pages [default: its name in CodeArts]"),
];

/// A key of the file.
#[derive(Clone, Debug)]
pub struct Key {
    /// The name: that of the option without dashes.
    pub name: String,
    /// What it takes.
    pub form: KeyForm,
    /// The words that it takes; empty: any.
    pub words: Vec<String>,
    /// Whether a task may have its own.
    pub is_of_task: bool,
    /// Whether it is the path of a file or directory.
    pub is_path: bool,
    /// What it is for: the help of the option.
    pub about: String,
    /// The commands that use it.
    pub commands: Vec<String>,
}

/// Why the file may not have this key; `None`: it may, or there is no such key.
pub(super) fn kept_out(name: &str) -> Option<KeptOut> {
    KEPT_OUT.iter().find(|(known, _)| *known == name).map(|(_, why)| *why)
}

/// All keys, in the order of the options in the help.
pub fn keys() -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    let command = Cli::command();
    let reads_file = |command: &&clap::Command| command.get_arguments().any(|one| one.get_id() == CONFIG);
    for command in command.get_subcommands().filter(reads_file) {
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let Some(name) = argument.get_long().filter(|name| kept_out(name).is_none()) else { continue };
            match keys.iter_mut().find(|key| key.name == name) {
                Some(key) => key.commands.push(command.get_name().to_owned()),
                None => keys.push(Key::new(name, argument, command.get_name())),
            }
        }
    }
    keys
}

impl Key {
    fn new(name: &str, argument: &Arg, command: &str) -> Self {
        let parsed = argument.get_value_parser().type_id();
        let numbers = [TypeId::of::<u64>(), TypeId::of::<u32>(), TypeId::of::<usize>()];
        let form = if matches!(argument.get_action(), ArgAction::SetTrue) {
            KeyForm::Boolean
        } else if argument.get_value_delimiter().is_some() {
            KeyForm::List
        } else if numbers.iter().any(|number| parsed == *number) {
            KeyForm::Number
        } else {
            KeyForm::Text
        };
        let words = match form {
            KeyForm::Boolean | KeyForm::Number | KeyForm::Tasks => Vec::new(),
            KeyForm::Text if name == PULL_REQUEST => vec!["off".to_owned(), "auto".to_owned()],
            KeyForm::Text | KeyForm::List => {
                let words = argument.get_possible_values();
                words.iter().flat_map(|word| word.get_name_and_aliases().map(str::to_owned)).collect()
            }
        };
        Self {
            name: name.to_owned(),
            form,
            words,
            is_of_task: name.starts_with("max-")
                || ["gate", "scope", "baseline", "report-title"].contains(&name),
            is_path: parsed == TypeId::of::<PathBuf>(),
            about: argument.get_help().map(ToString::to_string).unwrap_or_default(),
            commands: vec![command.to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An option that was renamed must not slip into the file.
    #[test]
    fn what_is_kept_out_is_an_option() {
        let command = Cli::command();
        let options: Vec<&str> = command
            .get_subcommands()
            .flat_map(clap::Command::get_arguments)
            .filter_map(Arg::get_long)
            .collect();
        for (name, _) in KEPT_OUT {
            assert!(options.contains(&name), "{name}");
        }
        let keys = keys();
        for word in ["endpoint", "auth", "http", "ca-", "token", "secret", "url", "max-pause"] {
            let found: Vec<&str> =
                keys.iter().map(|key| key.name.as_str()).filter(|name| name.contains(word)).collect();
            assert!(found.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn forms_are_those_of_the_options() {
        let keys = keys();
        let form = |name: &str| {
            let key = keys.iter().find(|key| key.name == name).expect(name);
            (key.form, key.is_path)
        };
        assert_eq!(form("max-critical"), (KeyForm::Number, false));
        assert_eq!(form("retention-days"), (KeyForm::Number, false));
        assert_eq!(form("start"), (KeyForm::Boolean, false));
        assert_eq!(form("publish"), (KeyForm::List, false));
        assert_eq!(form("strip-prefix"), (KeyForm::List, false));
        assert_eq!(form("timeout"), (KeyForm::Text, false));
        for path in ["baseline", "write-baseline", "diff", "report-dir"] {
            assert_eq!(form(path), (KeyForm::Text, true), "{path}");
        }
    }
}
