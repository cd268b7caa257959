//! Plain values that everybody uses: outcomes, the quality gate, findings. They know nobody.

pub mod choice;
pub mod finding;
pub mod gate;
pub mod language;
pub mod outcome;
pub mod policy;
pub mod tls_fault;
