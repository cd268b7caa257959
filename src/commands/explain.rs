//! `explain`: what an exit code means and what to do.

use crate::messages::OutcomeText;
use crate::model::outcome::Outcome;
use std::fmt::Write as _;
use std::io::Write as _;

pub(super) fn run(asked: Option<&str>) -> Outcome {
    let outcomes = match asked {
        None => Outcome::ALL.to_vec(),
        Some(text) => Outcome::find(text.trim()),
    };
    if outcomes.is_empty() {
        let message = "error: no such exit code or outcome; `codearts-gate explain` lists all\n";
        let _ = std::io::stderr().write_all(message.as_bytes());
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
            "{:>3}  {}\n     {}\n     what to do: {}\n",
            outcome.exit_code(),
            outcome.name(),
            OutcomeText::Meaning(*outcome),
            OutcomeText::Advice(*outcome)
        );
    }
    text
}
