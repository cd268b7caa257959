//! Runs the binary with a clean environment against servers in this process, and searches everything it prints and writes for
//! secrets.

pub(crate) mod forge;

mod patience;
mod process;
pub(crate) mod review;
mod run;
pub(crate) mod scenario;
mod schema;
pub(crate) mod secrets;
pub(crate) mod server;
mod watched;
mod world;

pub(crate) use process::Process;
pub(crate) use run::{Ended, Run, files_below};
pub(crate) use world::{JOB, TASK, World};

use std::path::Path;

/// Fails unless the file is a whole PDF of this size.
#[track_caller]
pub(crate) fn assert_whole_pdf(path: &Path, bytes: usize) {
    let pdf = std::fs::read(path).expect("the PDF");
    assert_eq!(pdf.len(), bytes);
    assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{path:?}");
}
