//! What is left behind: the result document, lists of findings, pages for people, and the files that hold them.
//! Knows no network.

pub mod escape;
pub mod format;
pub mod formats;
pub mod lists;
pub mod pages;
pub mod result;
pub mod run_file;
#[cfg(test)]
mod schema;
pub mod store;
pub mod task_names;
