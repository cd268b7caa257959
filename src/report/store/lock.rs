//! One gate at a time in a report directory: two would remove each other's files and overwrite each other's result. The lock is
//! the kernel's, so that a process that was killed leaves none.

use anyhow::Context as _;
use std::fs::{File, TryLockError};
use std::path::Path;

/// Holds the directory until it is dropped; `None` where the file system knows no locks.
///
/// # Errors
/// When another process holds it, or it cannot be opened.
pub(crate) fn lock(directory: &Path) -> anyhow::Result<Option<File>> {
    let shown = directory.display();
    let file = open(directory).with_context(|| format!("could not open the report directory `{shown}`"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another codearts-gate is using the report directory `{shown}`; give each its own with `--report-dir`"
        ),
        Err(TryLockError::Error(error)) => {
            tracing::info!(
                "the report directory `{shown}` cannot be locked ({error}); two gates must not use it at the same time"
            );
            Ok(None)
        }
    }
}

/// The directory itself, so that no file has to be left in it.
#[cfg(unix)]
fn open(directory: &Path) -> std::io::Result<File> {
    File::open(directory)
}

/// A file in it, where directories cannot be opened.
#[cfg(not(unix))]
fn open(directory: &Path) -> std::io::Result<File> {
    let path = directory.join(".codearts-gate.lock");
    std::fs::OpenOptions::new().create(true).write(true).truncate(false).open(path)
}
