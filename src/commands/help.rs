//! `--help` and `--version`.

use crate::cli::chinese;
use crate::messages::spoken;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::settings::Environment;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _, stderr, stdout};

/// Prints what a command line asks for, in the spoken language; `asked` is clap's answer, in English. An empty line asks for
/// nothing, and is wrong.
pub fn help(typed: &[OsString], asked: &clap::Error, environment: &Environment) -> Outcome {
    let is_wrong = asked.use_stderr();
    let chinese = || chinese::help(typed, environment.columns());
    // A closed pipe is not an error.
    let _ = match (spoken() == Language::Chinese).then(chinese).flatten() {
        None => asked.print(),
        Some(help) => {
            let is_terminal = if is_wrong { stderr().is_terminal() } else { stdout().is_terminal() };
            let terminal = environment.terminal();
            let has_colour = terminal.colour.unwrap_or(is_terminal && terminal.may_draw);
            let text = if has_colour { help.ansi().to_string() } else { help.to_string() };
            if is_wrong { stderr().write_all(text.as_bytes()) } else { stdout().write_all(text.as_bytes()) }
        }
    };
    if is_wrong { Outcome::Usage } else { Outcome::Passed }
}
