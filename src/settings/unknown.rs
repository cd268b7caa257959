//! Variables with the prefix of options that no option has, for a warning: a threshold with a misspelt name has no effect.

use super::credentials::{PASSWORD_VARIABLES, TOKEN_VARIABLE};
use super::environment::Environment;
use super::misplaced;
use super::slips::{did_you_mean, nearest};
use super::value::variable_of;
use crate::cli::Cli;
use crate::error::Problem;
use crate::messages::CommandLineMessage;
use clap::CommandFactory as _;

/// What all variables of options begin with.
const PREFIX: &str = "CODEARTS_";
/// What is given to later steps and jobs, and marks of tests and of the action.
const OUTPUT_PREFIX: &str = "CODEARTS_GATE_";
/// Variables that stand in for arguments.
const ARGUMENT_VARIABLES: [&str; 2] = ["CODEARTS_TASK_ID", "CODEARTS_JOB_ID"];
/// So many letters of a name may have one wrong one; short names have one too.
const LETTERS_FOR_A_SLIP: usize = 5;

/// One warning for each that is nearly the name of an option, and one for all others. CodeArts' own pipelines may set
/// such, so they are not a mistake.
pub fn unknown_variables(environment: &Environment) -> Vec<Problem> {
    let options = Cli::command();
    let mut known: Vec<String> = options
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| argument.get_long().map(variable_of))
        .collect();
    known.extend(
        ARGUMENT_VARIABLES.into_iter().chain(PASSWORD_VARIABLES).chain([TOKEN_VARIABLE]).map(String::from),
    );
    let mut unknown: Vec<&str> = environment
        .names()
        .filter(|name| name.starts_with(PREFIX) && !name.starts_with(OUTPUT_PREFIX))
        .filter(|name| !known.iter().any(|known| known == name))
        .collect();
    unknown.sort_unstable();
    let mut problems = Vec::new();
    let mut foreign = Vec::new();
    for name in unknown {
        let own = name.trim_start_matches(PREFIX);
        let limit = (own.chars().count() / LETTERS_FOR_A_SLIP).max(1);
        let credential = misplaced::variable_for(&own.to_ascii_lowercase().replace('_', "-"));
        let meant = match credential {
            Some(variable) => vec![variable],
            None => nearest(name, known.iter().map(String::as_str), limit),
        };
        if meant.is_empty() {
            foreign.push(name.to_owned());
        } else {
            problems.push(
                Problem::new(CommandLineMessage::UnusedVariables(vec![name.to_owned()]))
                    .hints(did_you_mean(&meant)),
            );
        }
    }
    if !foreign.is_empty() {
        problems.push(Problem::new(CommandLineMessage::UnusedVariables(foreign)));
    }
    problems
}
