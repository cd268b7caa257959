//! Ring 2: the real binary over real sockets, against the sandbox and its scripted faults.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::type_complexity,
    missing_docs,
    reason = "a test may fail with a word, and its cases are tables"
)]

mod answers;
mod auth;
mod build;
mod build_start;
mod canaries;
mod commands;
mod counts;
mod crowd;
mod directory;
mod docs;
mod download;
mod echo;
mod fake_gitlab;
mod faults;
mod findings;
mod foreign_answers;
mod forge;
mod gate;
mod github;
mod gitlab;
mod hangs;
mod harness;
mod histories;
mod jenkins;
mod keyless;
mod listing;
mod neighbour;
mod network;
mod output;
mod pdf;
mod runs;
mod signals;
mod slips;
#[cfg(unix)]
mod terminal;
mod truth;
mod usage;
mod values;
mod verdict;
mod whole;
mod whose_summary;
