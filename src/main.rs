//! Parse, run, exit code; nothing below this file ends the process.

use clap::CommandFactory as _;
use codearts_gate::cli::Cli;
use codearts_gate::commands;
use codearts_gate::console::{complain_of, crash};
use codearts_gate::messages;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::settings::{
    Environment, asked_for_help, explain_refusal, language_of, parse, tidy, with_variables,
};
use std::process::ExitCode;

/// The allocator of musl gives memory back and asks for it anew all the time: findings by the hundred thousand take it half as
/// long again.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    crash::install();
    let mut environment = Environment::of_process();
    let typed = tidy(&Cli::command(), std::env::args_os().collect());
    messages::speak(language_of(&typed, &environment));
    let completed = with_variables(&Cli::command(), typed.clone(), &mut environment);
    // The configuration file may have chosen another one.
    let arguments = completed.as_ref().unwrap_or(&typed);
    messages::speak(language_of(arguments, &environment));
    let problem = match completed.as_ref().map(|arguments| parse(arguments)) {
        Ok(Ok(cli)) => return exit(commands::run(cli, arguments, &environment)),
        Ok(Err(error)) => Err(error),
        Err(problem) => Ok(problem.clone()),
    };
    // Whatever is wrong elsewhere.
    if let Some(help) = asked_for_help(&typed) {
        return exit(commands::help(&typed, &help, &environment));
    }
    let problem = problem.unwrap_or_else(|error| explain_refusal(&typed, &error, &environment));
    complain_of(&problem);
    exit(commands::refuse(arguments, &problem.into(), &environment))
}

fn exit(outcome: Outcome) -> ExitCode {
    outcome.exit_code().into()
}
