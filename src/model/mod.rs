//! Plain values that everybody uses: outcomes, the quality gate, findings. They know nobody.

pub mod changed_lines;
pub mod choice;
pub mod diff_error;
pub mod finding;
pub mod gate;
pub mod language;
pub mod log_dialect;
pub mod outcome;
pub mod path;
pub mod pipeline;
pub mod policy;
pub mod pull_request;
pub mod repository;
pub mod scope;
pub mod source_link;
pub mod sourced;
pub mod tls_fault;
