//! The house behind `codearts-gate`: a thin binary over these rooms, so that tests and benchmarks use the same ones.
//!
//! The story: settings are resolved; a remote job is tracked to its end; evidence is collected; the result is finished
//! and published. Knowledge flows one way: `main` → [`commands`] → [`lifecycle`] → {[`publish`], [`report`], [`wait`],
//! [`codearts`]} → {[`auth`], [`http`], [`ci`], [`diff`]} → {[`model`], [`text`]} → crates.
//!
//! - [`cli`]: what was typed. [`settings`]: what was meant, resolved once; the only reader of the environment.
//! - [`commands`]: one file a command; they only compose.
//! - [`lifecycle`]: `track` follows a remote job to its end, `collect` fetches what comes after the verdict, `finish` makes
//!   one outcome of it, writes `result.json` and the pages, and publishes.
//! - [`model`]: outcomes, the quality gate, findings: plain values.
//! - [`diff`]: which lines a unified diff changes. Knows the model only.
//! - [`codearts`]: the service behind our own nouns. Knows no CI.
//! - [`auth`]: credentials and request signing. [`http`]: the one client, its limits, and the retry matrix.
//! - [`wait`]: when to poll, and the loop around anything that is polled. Knows no CodeArts.
//! - [`report`]: the result document, lists of findings, pages, and the files that hold them. Knows no network.
//! - [`publish`]: bringing the result to where people look: artifact, comment, summary, outputs.
//! - [`ci`]: which CI this is. [`console`]: what is said, also by a panic. [`text`]: making outside text safe to print, and
//!   taking secrets out of all that leaves the process. [`mod@file`]: files that others wrote, read with a limit.
//! - [`init`]: which pipeline fits a repository, its files, and what is left to do by hand.
//! - `sandbox` (feature): the offline imitation of the service.

#[cfg(test)]
#[macro_use]
mod example;

pub mod auth;
pub mod ci;
pub mod cli;
pub mod codearts;
pub mod commands;
pub mod console;
pub mod diff;
pub mod error;
pub mod file;
pub mod http;
pub mod init;
pub mod lifecycle;
pub mod messages;
pub mod model;
pub mod publish;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod settings;
pub mod text;
pub mod wait;
