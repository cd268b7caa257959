//! codearts-gate
pub mod auth;
pub mod ci;
pub mod codearts;
pub mod http;
pub mod outcome;
pub mod report;
pub mod text;
pub mod wait;
