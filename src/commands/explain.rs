//! `explain`: what an exit code means and what to do.

use crate::console::complain_of;
use crate::error::Problem;
use crate::messages::{CommandHint, CommandMessage, OutcomeText};
use crate::model::outcome::Outcome;
use std::fmt::Write as _;
use std::io::Write as _;

pub(super) fn run(asked: Option<&str>) -> Outcome {
    let outcomes = match asked {
        None => Outcome::ALL.to_vec(),
        Some(text) => Outcome::find(text.trim()),
    };
    if outcomes.is_empty() {
        complain_of(&Problem::new(CommandMessage::UnknownOutcome).hint(CommandHint::ListOutcomes));
        return Outcome::Usage;
    }
    let _ = std::io::stdout().write_all(text(&outcomes).as_bytes());
    Outcome::Passed
}

fn text(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        let _ = writeln!(
            text,
            "{:>3}  {}\n     {}\n     {}\n",
            outcome.exit_code(),
            outcome.name(),
            OutcomeText::Meaning(*outcome),
            CommandMessage::WhatToDo(*outcome)
        );
    }
    text
}
