//! Errors as data: what failed, the cause, and what to do. Rendered once, by whoever prints it: hints stand on lines of
//! their own.

use crate::messages::{FinishMessage, Hint, Message, SearchMessage, spoken};
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::text::one_line;
use std::error::Error;
use std::fmt;

/// Longest cause, in characters: a sentence with a few quotes in it.
const CAUSE_LIMIT: usize = 2000;

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
    /// What failed, and why, in a language.
    pub fn text(&self, language: Language) -> String {
        let what = self.what.text(language);
        match (&self.cause, language) {
            (None, _) => what,
            (Some(cause), Language::English) => format!("{what}: {cause}"),
            (Some(cause), Language::Chinese) => format!("{what}：{cause}"),
        }
    }

    /// The outcome of a command that it ended before there was a result.
    pub fn outcome(&self) -> Outcome {
        self.decided().unwrap_or(Outcome::Usage)
    }

    fn decided(&self) -> Option<Outcome> {
        match &self.what {
            Message::SetupMessage(_) => Some(Outcome::Internal),
            Message::FinishMessage(message) => match **message {
                FinishMessage::NoResult(outcome) => Some(outcome),
                _ => None,
            },
            Message::SearchMessage(message) => match **message {
                SearchMessage::Failed(outcome) => Some(outcome),
                SearchMessage::Found { .. }
                | SearchMessage::None { .. }
                | SearchMessage::Several { .. }
                | SearchMessage::Twice(_)
                | SearchMessage::PerhapsFork => None,
            },
            _ => None,
        }
    }

    /// Only what failed.
    pub fn new(what: impl Into<Message>) -> Self {
        Self { what: what.into(), cause: None, hints: Vec::new() }
    }

    /// With its cause, as one line: libraries quote what they were given.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(one_line(&cause.to_string(), CAUSE_LIMIT));
        self
    }

    /// With one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// With these hints, too.
    #[must_use]
    pub fn hints(mut self, hints: impl IntoIterator<Item = Hint>) -> Self {
        self.hints.extend(hints);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text(spoken()))
    }
}

impl Error for Problem {}

/// What failed and why, without the hints.
impl From<Problem> for Message {
    fn from(problem: Problem) -> Self {
        let Problem { what, cause, hints: _ } = problem;
        match cause {
            Some(cause) => FinishMessage::Because { what: Box::new(what), cause }.into(),
            None => what,
        }
    }
}

/// The hints of all problems in an error's chain, the outermost first.
pub fn hints_of(error: &anyhow::Error) -> Vec<Hint> {
    error
        .chain()
        .filter_map(|error| error.downcast_ref::<Problem>())
        .flat_map(|it| it.hints.clone())
        .collect()
}

/// The outcome of a command that an error ended before there was a result. What could not be set up is not the caller's
/// mistake, nor is a signal.
pub fn outcome_of(error: &anyhow::Error) -> Outcome {
    let mut problems = error.chain().filter_map(|error| error.downcast_ref::<Problem>());
    problems.find_map(Problem::decided).unwrap_or(Outcome::Usage)
}

/// Hints as the field `hints` of an event takes them: one a line.
pub fn hint_lines(hints: &[Hint]) -> String {
    hints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Logs an error and its hints, with the label of the job that it is about if there is one. The place is a macro's, so that the event belongs to whoever logs it.
#[macro_export]
macro_rules! log_problem {
    ($level:ident, $problem:expr) => {{
        let problem = &$problem;
        tracing::$level!(hints = $crate::error::hint_lines(&problem.hints), "{problem}");
    }};
    ($level:ident, $label:expr, $problem:expr) => {{
        let (label, problem) = ($label, &$problem);
        tracing::$level!(hints = $crate::error::hint_lines(&problem.hints), "{label}: {problem}");
    }};
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::SetupMessage;

    #[test]
    fn what_cannot_be_set_up_is_not_a_mistake_of_the_caller() {
        for what in [SetupMessage::Runtime, SetupMessage::SignalHandlers, SetupMessage::HttpClient] {
            let error = anyhow::Error::new(Problem::new(what).because("too many open files"));
            assert_eq!(outcome_of(&error), Outcome::Internal, "{error}");
            assert_eq!(outcome_of(&error.context("while starting")), Outcome::Internal, "{what:?}");
        }
        assert_eq!(outcome_of(&anyhow::anyhow!("no task id")), Outcome::Usage);
    }

    #[test]
    fn a_cause_is_one_harmless_line() {
        let why = format!("unknown variant `\u{1b}[2J\u{8}\n::error::`{}", "x".repeat(9_000));
        let cause = Problem::new(SetupMessage::Runtime).because(why).cause.expect("a cause");
        assert!(cause.starts_with("unknown variant ` [2J ::error::`x"), "{cause}");
        assert_eq!(cause.chars().count(), CAUSE_LIMIT + 1);
    }
}
