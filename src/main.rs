//! Parse, run, exit code; nothing below this file ends the process.

use clap::CommandFactory as _;
use codearts_gate::cli::Cli;
use codearts_gate::commands;
use codearts_gate::console::{LogDialect, complain, complain_of, crash};
use codearts_gate::messages;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::settings::{
    Environment, Refusal, explain_refusal, language_of, parse, tidy, with_variables,
};
use codearts_gate::text::redactor::redact;
use codearts_gate::text::{QUOTE_LIMIT, one_line};
use std::borrow::Cow;
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
    let arguments = match with_variables(&Cli::command(), typed.clone(), &mut environment) {
        Ok(arguments) => arguments,
        Err(problem) => {
            complain_of(&problem);
            return exit(commands::refuse(&typed, &problem.into(), &environment));
        }
    };
    // The configuration file may have chosen another one.
    messages::speak(language_of(&arguments, &environment));
    let error = match parse(&arguments) {
        Ok(cli) => return exit(commands::run(cli, &arguments, &environment)),
        // Help and version are not mistakes.
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => error,
    };
    let error = match explain_refusal(&typed, error, &environment) {
        Refusal::Known(problem) => {
            complain_of(&problem);
            problem.into()
        }
        Refusal::Clap(error) => {
            let complaint = error.to_string();
            let is_for_people = matches!(environment.log_dialect(), LogDialect::Plain | LogDialect::GitLab);
            match redact(&complaint) {
                // With its colours.
                Cow::Borrowed(_) if is_for_people => drop(error.print()),
                _ => complain(&complaint),
            }
            // The first paragraph says what is wrong, the rest how to type it.
            let what = complaint.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
            anyhow::anyhow!(one_line(what, QUOTE_LIMIT))
        }
    };
    exit(commands::refuse(&arguments, &error, &environment))
}

fn exit(outcome: Outcome) -> ExitCode {
    outcome.exit_code().into()
}
