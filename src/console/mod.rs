//! Talk: everything on standard error, and the one document on standard output.
//!
//! Lines come as `tracing` events, so every module can talk without knowing this one. A terminal gets live bars; a CI
//! log gets a line per change and a heartbeat, no control characters, one write a line. Nobody listening (a closed
//! pipe, a Jenkins controller that restarts) must not fail the job.

mod batch;
mod complaint;
pub mod crash;
mod line;
mod listener;
pub mod log_section;
mod options;
mod output;
mod task;
mod task_line;
pub mod workflow_command;
mod writer;

pub use crate::model::log_dialect::LogDialect;
pub use batch::SINGLE_TASKS_LIMIT;
pub use complaint::complain_of;
pub use options::{LogFormat, Terminal, Verbosity};
pub use output::Console;
pub use task::TaskDisplay;
