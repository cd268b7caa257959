//! One file a command. They compose what the rest offers, and decide which outcome an error becomes.

mod build;
mod check;
mod completions;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod explain;
mod refusal;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;
mod session;

use crate::cli::{Cli, Command};
use crate::console::{Console, LogFormat, Verbosity};
use crate::messages;
use crate::model::outcome::Outcome;
use crate::settings::Environment;
use refusal::Refusal;
use session::talk;
use std::ffi::OsString;

/// Runs the chosen command.
pub fn run(cli: Cli, environment: &Environment) -> Outcome {
    messages::speak(cli.command.language().unwrap_or_default());
    match cli.command {
        Command::Check(args) => talk(&args.log.clone(), environment, |console, signals| {
            check::run(*args, environment, console, signals)
        }),
        Command::Report(args) => talk(&args.log.clone(), environment, |console, signals| {
            report::run(*args, environment, console, signals)
        }),
        Command::Build(args) => talk(&args.log.clone(), environment, |console, signals| {
            build::run(*args, environment, console, signals)
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
        Command::Explain(args) => explain::run(args.code.as_deref()),
        Command::Completions(args) => completions::completions(args.shell),
        Command::Man => completions::man(),
    }
}

/// A command line that could not be understood, for the reason that was printed already: what the command leaves behind
/// says so too, as far as the rest of the line can be read.
pub fn refuse(arguments: &[OsString], error: &anyhow::Error, environment: &Environment) -> Outcome {
    if let Some(refusal) = Refusal::of_line(arguments, environment) {
        let console = Console::new(LogFormat::Text, Verbosity::Normal, environment.log_dialect(), false);
        refusal.leave(error, &console);
        console.finish();
    }
    Outcome::Usage
}
