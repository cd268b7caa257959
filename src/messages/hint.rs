//! What to do about an error; each stands on a line of its own, after `hint:`.

use crate::model::outcome::Outcome;

/// An advice. It begins with a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// What to do about the outcome of the whole run.
    Outcome(Outcome),
}
