//! One file a command. They compose what the rest offers, and decide which outcome an error becomes.

mod build;
mod check;
mod completions;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod explain;
mod help;
mod init;
mod pdf_end;
mod refusal;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;
mod session;
mod standard_input;
mod start;
mod task_search;
mod tasks;

use crate::cli::{Cli, Command};
use crate::console::{Console, LogFormat, Terminal, Verbosity};
use crate::error::outcome_of;
use crate::model::outcome::Outcome;
use crate::settings::Environment;
pub use help::help;
use refusal::Refusal;
use session::talk;
use std::ffi::OsString;

/// Runs the chosen command; `arguments` are those that it was read from.
pub fn run(cli: Cli, arguments: &[OsString], environment: &Environment) -> Outcome {
    run_command(cli.command, environment).unwrap_or_else(|error| refuse(arguments, &error, environment))
}

/// # Errors
/// When the process cannot be set up.
fn run_command(command: Command, environment: &Environment) -> anyhow::Result<Outcome> {
    match command {
        Command::Check(args) => talk(&args.log.clone(), environment, |console, signals| {
            check::run(*args, environment, console, signals)
        }),
        Command::Start(args) => talk(&args.log.clone(), environment, |console, signals| {
            start::run(*args, environment, console, signals)
        }),
        Command::Report(args) => talk(&args.log.clone(), environment, |console, signals| {
            report::run(*args, environment, console, signals)
        }),
        Command::Build(args) => talk(&args.log.clone(), environment, |console, signals| {
            build::run(*args, environment, console, signals)
        }),
        Command::Tasks(args) => talk(&args.log.clone(), environment, |console, signals| {
            tasks::run(*args, environment, console, signals)
        }),
        Command::Init(args) => talk(&args.log.clone(), environment, |console, signals| {
            init::run(*args, environment, console, signals)
        }),
        Command::Doctor(args) => talk(&args.log.clone(), environment, |console, signals| {
            doctor::run(*args, environment, console, signals)
        }),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(args) => {
            talk(&args.log.clone(), environment, |console, signals| sandbox::run(args, console, signals))
        }
        #[cfg(feature = "sandbox")]
        Command::Demo(args) => {
            talk(&args.log.clone(), environment, |console, signals| demo::run(args, console, signals))
        }
        Command::Explain(args) => Ok(explain::run(args.code.as_deref())),
        Command::Completions(args) => Ok(completions::completions(args.shell)),
        Command::Man => Ok(completions::man()),
    }
}

/// A command that could not begin, for the reason that was printed already: what it leaves behind names that reason too,
/// as far as the command line can be read.
pub fn refuse(arguments: &[OsString], error: &anyhow::Error, environment: &Environment) -> Outcome {
    if let Some(refusal) = Refusal::of_line(arguments, environment) {
        let console =
            Console::new(LogFormat::Text, Verbosity::Normal, environment.log_dialect(), Terminal::default());
        refusal.leave(error, &console);
        console.finish();
    }
    outcome_of(error)
}
