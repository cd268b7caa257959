//! Parse, run, exit code; nothing below this file ends the process.

use clap::{CommandFactory as _, FromArgMatches as _};
use codearts_gate::cli::Cli;
use codearts_gate::commands;
use codearts_gate::outcome::Outcome;
use codearts_gate::settings::{Environment, with_variables};
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    report_panics();
    let environment = Environment::of_process();
    let arguments = match with_variables(&Cli::command(), std::env::args_os().collect(), &environment) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return Outcome::Usage.exit_code().into();
        }
    };
    let parsed =
        Cli::command().try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed {
        Ok(cli) => commands::run(cli, &environment).into(),
        Err(error) => {
            let _ = error.print();
            // Help and version are no mistakes.
            if error.use_stderr() { Outcome::Usage.exit_code().into() } else { ExitCode::SUCCESS }
        }
    }
}

/// A panic is a bug, whatever thread it happens on: say so and end with the code for it.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| format!(" at {place}"));
        let _ = writeln!(
            std::io::stderr(),
            "error: a bug in codearts-gate {}{place}: {}; please report it",
            env!("CARGO_PKG_VERSION"),
            panic.payload_as_str().unwrap_or("no message")
        );
        #[expect(clippy::exit, reason = "the one place: an abort would end with another code")]
        std::process::exit(i32::from(Outcome::Internal.exit_code()));
    }));
}
