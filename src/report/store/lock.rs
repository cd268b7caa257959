//! One gate at a time in a report directory: two would remove each other's files and overwrite each other's result. The lock is
//! the kernel's, so that a process that was killed leaves none.

use crate::error::Problem;
use crate::messages::{Hint, StoreHint, StoreMessage};
use std::fs::{File, TryLockError};
use std::path::Path;

/// Holds the directory until it is dropped; `None` where the file system knows no locks.
///
/// # Errors
/// When another process holds it, or it cannot be opened.
pub(crate) fn lock(directory: &Path) -> Result<Option<File>, Problem> {
    let path = directory.display().to_string();
    let file = open(directory).map_err(|error| {
        Problem::new(StoreMessage::DirectoryNotOpened { path: path.clone() }).because(error)
    })?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Problem::new(StoreMessage::DirectoryInUse { path })
            .hint(Hint::Store(StoreHint::OneDirectoryEach))),
        Err(TryLockError::Error(error)) => {
            tracing::info!("{}", StoreMessage::DirectoryNotLocked { path, error: error.to_string() });
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
