//! What was meant: flags, variables and the CI's surroundings, resolved once into plain values.
//!
//! The only reader of the environment. Everything is checked here, before anything is sent; each refusal says what to
//! type instead.

mod address;
mod allow;
mod build;
mod check;
mod checkout;
mod command_line;
#[cfg(test)]
mod config_schema;
mod connection;
mod credential_file;
mod credentials;
mod doctor;
mod environment;
mod file;
mod findings;
mod ids;
mod init;
mod keys;
mod known_secrets;
mod koocli;
mod language;
mod log;
mod misplaced;
mod profile;
mod publish;
mod pull_request;
mod report;
mod report_command;
mod resume;
mod scope;
mod secret;
mod slips;
mod start;
mod task_rules;
mod task_search;
mod tasks;
mod terminal;
#[cfg(test)]
mod tests;
mod times;
mod unknown;
mod value;
mod working_copy;

pub use build::BuildSettings;
pub use check::{CheckSettings, RunSettings};
pub use command_line::{asked_for_help, explain_refusal, parse, tidy, with_variables};
pub use connection::{Connection, Unresolved};
pub use doctor::{DoctorSettings, DoctorSubject};
pub use environment::Environment;
pub use findings::{FindingSettings, GateSettings};
pub use ids::readable_tasks;
pub use init::InitSettings;
pub use keys::{Key, keys};
pub use language::language_of;
pub use log::log;
pub use publish::{complete_key, for_refusals};
pub use pull_request::PullRequestSettings;
pub use report::{ReportSettings, usual_report_directory};
pub use report_command::ReportCommandSettings;
pub use resume::ResumeSettings;
pub use scope::{ScopeSettings, is_diff_piped};
pub use start::StartSettings;
pub use task_rules::TaskRules;
pub use task_search::{SearchedCode, TaskChoice, TaskSearch};
pub use tasks::TasksSettings;
pub use unknown::unknown_variables;
pub use value::variable_of;
pub use working_copy::WorkingCopy;
