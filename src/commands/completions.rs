//! `completions` and `man`: generated from the one definition of the command line.

use crate::cli::Cli;
use crate::model::outcome::Outcome;
use clap::CommandFactory as _;
use std::io::Write as _;

pub(super) fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "codearts-gate", &mut script);
    let _ = std::io::stdout().write_all(&script);
    Outcome::Passed
}

pub(super) fn man() -> Outcome {
    let mut page = Vec::new();
    let command = Cli::command();
    let written = clap_mangen::Man::new(command.clone()).render(&mut page).and_then(|()| {
        // One page for all: each command's options follow as sections of their own.
        for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
            let name = subcommand.get_name().to_uppercase();
            writeln!(page, ".SH {name} COMMAND")?;
            let man = clap_mangen::Man::new(subcommand.clone());
            man.render_synopsis_section(&mut page)?;
            man.render_options_section(&mut page)?;
        }
        Ok(())
    });
    if written.is_err() {
        return Outcome::Internal;
    }
    let _ = std::io::stdout().write_all(&page);
    Outcome::Passed
}
