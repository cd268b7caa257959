//! Plain values that everybody uses: outcomes, the quality gate, findings. They know nobody.

pub mod finding;
pub mod gate;
pub mod language;
pub mod outcome;
