//! About the end of a run.

use crate::model::outcome::Outcome;

/// What is said about an outcome itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum OutcomeText {
    /// When it is reached: one sentence.
    Meaning(Outcome),
    /// What the reader of a red job should do next.
    Advice(Outcome),
}
