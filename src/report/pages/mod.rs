//! Pages for people, and tests for CI servers, made of the result document.

pub mod html;
pub mod junit;
pub mod markdown;
pub mod task_page;
