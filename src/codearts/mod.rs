//! CodeArts behind our own nouns: tasks, runs, PDF exports. Knows no CI, no file and no exit code.
//!
//! Facts come from the service's pages (`check-tasks`, `check-pdf-export`, `errors-and-retry`, `quirks`); what they
//! contradict each other about is read leniently here, so that nothing above has to know.

pub mod before;
pub mod build_log;
mod build_record;
pub mod build_start;
pub mod builds;
mod defect;
pub mod endpoints;
pub mod errors;
#[cfg(test)]
mod example;
pub mod findings;
mod gate_word;
mod id;
pub mod merge_requests;
mod offset;
mod optional;
mod pages;
pub mod pdf;
pub mod proof;
pub mod records;
pub mod repo;
mod row_count;
pub mod runs;
mod service;
pub mod start_once;
mod storage;
pub mod summary;
pub mod task_code;
pub mod task_info;
pub mod task_list;
pub mod tasks;
mod walk;
mod wire;

pub use id::{Id, is_device};
pub use service::{Service, reach};
