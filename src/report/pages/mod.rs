//! Pages for people, and tests for CI servers, made of the result document.

pub(in crate::report) mod markdown_tables;
pub mod task_page;
