//! Pages for people, and tests for CI servers, made of the result document.

pub mod task_page;
