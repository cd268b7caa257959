//! The environment, copied once, and variables that stand in for options.

use super::{UsageError, usage};
use crate::ci::gitlab;
use crate::ci::{self, CiKind, Surroundings};
use crate::cli::Cli;
use crate::console::Reader;
use clap::parser::ValueSource;
use clap::{ArgAction, Command, CommandFactory as _};
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::{Duration, SystemTime};

/// Set by our `action.yml`: the inputs that are there are ours, and nothing stands between us and the runner.
const ACTION_MARK: &str = "CODEARTS_GATE_ACTION";

/// A copy of the variables; an empty one counts as unset.
#[derive(Clone, Default)]
pub struct Environment(HashMap<String, String>);

impl Environment {
    /// The process's own variables. Ones that are not UTF-8 are left out.
    pub fn of_process() -> Self {
        let variables: Self = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        variables.with_inputs()
    }

    /// Inputs of our action take the place of the variables they stand for: what a step says about itself counts more
    /// than what its job says about all steps (`ci/github`, section 5.2).
    fn with_inputs(mut self) -> Self {
        if self.get(ACTION_MARK).is_none() {
            return self;
        }
        // Only those that the action has: a slip of the pen must not become a credential.
        let options = Cli::command();
        let options =
            options.get_subcommands().flat_map(Command::get_arguments).filter_map(clap::Arg::get_long);
        let inputs = options
            .map(|long| (long, variable_of(long)))
            .chain([("task-id", "CODEARTS_TASK_ID".to_owned()), ("github-token", "GITHUB_TOKEN".to_owned())]);
        for (input, variable) in inputs {
            let given = self.get(&format!("INPUT_{}", input.to_ascii_uppercase())).map(str::to_owned);
            if let Some(value) = given {
                self.0.insert(variable, value);
            }
        }
        self
    }

    /// A variable's value, if it is not blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// What the CI tells.
    pub fn surroundings(&self) -> Surroundings {
        ci::detect(|name| self.get(name).map(str::to_owned))
    }

    /// Who reads the log.
    pub fn log_reader(&self) -> Reader {
        match self.surroundings().kind {
            CiKind::GitHub if self.get(ACTION_MARK).is_some() => Reader::Runner,
            CiKind::GitHub => Reader::PerhapsRunner,
            CiKind::GitLab => Reader::GitLab,
            _ => Reader::Anybody,
        }
    }

    /// Time until the job ends by itself, where the CI tells.
    pub(super) fn time_left(&self) -> Option<Duration> {
        if self.surroundings().kind != CiKind::GitLab {
            return None;
        }
        // An end that is over already says that clocks differ.
        let job = gitlab::Job::read(|name| self.get(name).map(str::to_owned));
        job.ends_at?.duration_since(SystemTime::now()).ok()
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// Adds the variable `CODEARTS_FOO_BAR` for each option `--foo-bar` of the chosen command that was not typed, so that
/// variables pass through the same checks as options.
///
/// # Errors
/// When a variable for a switch is neither true nor false.
pub fn with_variables(
    command: &Command,
    arguments: Vec<OsString>,
    environment: &Environment,
) -> Result<Vec<OsString>, UsageError> {
    let Ok(matches) = command.clone().ignore_errors(true).try_get_matches_from(&arguments) else {
        return Ok(arguments);
    };
    let Some((name, typed)) = matches.subcommand() else {
        return Ok(arguments);
    };
    let position =
        arguments.iter().skip(1).position(|argument| argument == name).map(|position| position + 1);
    let (Some(position), Some(subcommand)) = (position, command.find_subcommand(name)) else {
        return Ok(arguments);
    };
    let mut added = Vec::new();
    for argument in subcommand.get_arguments() {
        let Some(long) = argument.get_long() else {
            continue;
        };
        let is_typed = |id: &clap::Id| typed.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        // What was typed also beats the variables of options that it excludes.
        let excludes = |one: &clap::Arg, other: &clap::Arg| {
            subcommand.get_arg_conflicts_with(one).iter().any(|excluded| excluded.get_id() == other.get_id())
        };
        let is_beaten = subcommand.get_arguments().filter(|other| is_typed(other.get_id())).any(|other| {
            other.get_id() == argument.get_id() || excludes(other, argument) || excludes(argument, other)
        });
        let variable = variable_of(long);
        let Some(value) = environment.get(&variable).filter(|_| !is_beaten) else {
            continue;
        };
        match argument.get_action() {
            ArgAction::Set | ArgAction::Append => added.push(format!("--{long}={value}").into()),
            ArgAction::SetTrue => match value.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => added.push(format!("--{long}").into()),
                "false" | "0" | "no" | "off" => {}
                _ => return usage(format!("{variable} must be true or false, not `{value}`")),
            },
            _ => {}
        }
    }
    let mut merged = arguments;
    merged.splice(position + 1..position + 1, added);
    Ok(merged)
}

/// `--foo-bar` → `CODEARTS_FOO_BAR`.
pub fn variable_of(long: &str) -> String {
    format!("CODEARTS_{}", long.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_input_beats_the_variable_it_stands_for() {
        let variables = [
            ("CODEARTS_GATE_ACTION", "true"),
            ("INPUT_TASK-ID", "of-the-step"),
            ("CODEARTS_TASK_ID", "of-the-job"),
            ("INPUT_REGION", " "),
            ("CODEARTS_REGION", "cn-north-4"),
            ("INPUT_TOKEN", "no credential"),
            ("INPUT_IAM-PASSWORD", "no credential"),
            ("INPUT_GITHUB-TOKEN", "given"),
            ("GITHUB_TOKEN", "of-the-job"),
        ];
        let found = environment(&variables).with_inputs();
        let values = ["CODEARTS_TASK_ID", "CODEARTS_REGION", "GITHUB_TOKEN"].map(|name| found.get(name));
        assert_eq!(values, [Some("of-the-step"), Some("cn-north-4"), Some("given")]);
        assert_eq!((found.get("CODEARTS_TOKEN"), found.get("CODEARTS_IAM_PASSWORD")), (None, None));
        // Inputs of some other action, in which we are called, are not ours.
        let found = environment(&[("INPUT_REGION", "other"), ("CODEARTS_REGION", "ours")]).with_inputs();
        assert_eq!(found.get("CODEARTS_REGION"), Some("ours"));
    }
}
