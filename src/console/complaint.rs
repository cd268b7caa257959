//! What is wrong where there is no console yet, or none is needed.

use crate::error::Problem;
use crate::messages::LinePrefix;
use crate::text::no_ci_command;
use crate::text::redactor::redact;
use std::io::Write as _;

/// Complains about a problem where its values could be taken for commands of a CI, with each hint on a line of its own.
pub fn complain_of(problem: &Problem) {
    let hints = problem.hints.iter().map(|hint| format!("\n{} {hint}", LinePrefix::Hint));
    let text = format!("{} {problem}{}", LinePrefix::Error, hints.collect::<String>());
    for line in text.lines() {
        let _ = writeln!(std::io::stderr(), "{}", no_ci_command(&redact(line)));
    }
}
