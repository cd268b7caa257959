//! Errors as data: what failed, the cause, and what to do. Rendered once, by whoever prints it: hints stand on lines of
//! their own.

use crate::messages::{Hint, Message};
use std::error::Error;
use std::fmt;

/// An error as people read it. Also travels inside [`anyhow::Error`]; [`hints_of`] finds it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What failed.
    pub what: Message,
    /// Why, in the words of whoever knows: the system, the server. Outside text.
    pub cause: Option<String>,
    /// What to do, the most promising first.
    pub hints: Vec<Hint>,
}

impl Problem {
    /// Only what failed.
    pub fn new(what: impl Into<Message>) -> Self {
        Self { what: what.into(), cause: None, hints: Vec::new() }
    }

    /// With its cause.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// With one more hint.
    #[must_use]
    pub fn hint(mut self, hint: Hint) -> Self {
        self.hints.push(hint);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(formatter)?;
        match &self.cause {
            Some(cause) => write!(formatter, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl Error for Problem {}

/// The hints of all problems in an error's chain, the outermost first.
pub fn hints_of(error: &anyhow::Error) -> Vec<Hint> {
    error
        .chain()
        .filter_map(|error| error.downcast_ref::<Problem>())
        .flat_map(|it| it.hints.clone())
        .collect()
}

/// Hints as the field `hints` of an event takes them: one a line.
pub fn hint_lines(hints: &[Hint]) -> String {
    hints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Logs an error and its hints. The place is a macro's, so that the event belongs to whoever logs it.
#[macro_export]
macro_rules! log_problem {
    ($level:ident, $problem:expr) => {{
        let problem = &$problem;
        tracing::$level!(hints = $crate::error::hint_lines(&problem.hints), "{problem}");
    }};
}
