//! Parse, run, exit code; nothing below this file ends the process.

use clap::{CommandFactory as _, FromArgMatches as _};
use codearts_gate::cli::Cli;
use codearts_gate::commands;
use codearts_gate::crash;
use codearts_gate::settings::{Environment, with_variables};
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    crash::install();
    let environment = Environment::of_process();
    let typed: Vec<OsString> = std::env::args_os().collect();
    let command = typed.get(1).cloned().unwrap_or_default();
    let arguments = match with_variables(&Cli::command(), typed, &environment) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return commands::refuse(&command, &error.to_string(), &environment).into();
        }
    };
    let parsed =
        Cli::command().try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => commands::run(cli, &environment).into(),
        Err(error) => {
            let _ = error.print();
            // Help and version are no mistakes.
            if error.use_stderr() {
                commands::refuse(&command, &error.to_string(), &environment).into()
            } else {
                ExitCode::SUCCESS
            }
        }
    }
}
