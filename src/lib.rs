//! The house behind `codearts-gate`: a thin binary over these rooms, so that tests and benchmarks use the same ones.
//!
//! Knowledge flows one way: `main` → [`commands`] → {[`publish`], [`report`], [`wait`], [`codearts`]} → {[`auth`],
//! [`http`]} → crates. `report` knows no network, `wait` no CodeArts, `codearts` no CI; `publish` takes the model and the
//! files of `report` to a forge; the sandbox is known by `commands` alone.
//!
//! - [`cli`]: what was typed. [`settings`]: what was meant, resolved once; the only reader of the environment.
//! - [`commands`]: one file a command; they compose the rest and decide which [`outcome`] an error becomes.
//! - [`outcome`]: the exit-code table. [`gate`]: may the code be merged, a pure rule. [`finding`]: a finding, as everybody knows it.
//! - [`codearts`]: the service behind our own nouns.
//! - [`auth`]: credentials and request signing. [`http`]: the one client, its limits, and the retry matrix.
//! - [`wait`]: when to poll, and the loop around anything that is polled.
//! - [`report`]: the result document, and every file and page that is made of it and of the findings.
//! - [`publish`]: bringing the result to where people look: artifact, comment, summary, outputs.
//! - [`crash`]: what a panic becomes. [`ci`]: which CI we are in. [`console`]: what is said. [`text`]: making outside text safe to say.
//! - [`redactor`]: taking secrets out of all that leaves the process.
//! - `sandbox` (feature): the offline imitation of the service.

pub mod auth;
pub mod ci;
pub mod cli;
pub mod codearts;
pub mod commands;
pub mod console;
pub mod crash;
pub mod file;
pub mod finding;
pub mod gate;
pub mod http;
pub mod outcome;
pub mod publish;
pub mod redactor;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod settings;
pub mod text;
pub mod wait;
