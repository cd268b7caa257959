//! One gate at a time in a report directory: two would remove each other's files and overwrite each other's result. The lock is
//! the kernel's, so that a process that was killed leaves none.

use crate::error::Problem;
use crate::messages::{Hint, StoreHint, StoreMessage};
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Holds the directory until it is dropped; `None` where the file system knows no locks.
///
/// # Errors
/// When another process holds it, or it cannot be opened.
pub(crate) fn lock(directory: &Path) -> Result<Option<File>, Problem> {
    let path = directory.display().to_string();
    match open(directory) {
        Ok(Ok(file)) => Ok(Some(file)),
        Ok(Err(TryLockError::WouldBlock)) => Err(Problem::new(StoreMessage::DirectoryInUse { path })
            .hint(Hint::Store(StoreHint::OneDirectoryEach))),
        Ok(Err(TryLockError::Error(error))) => {
            tracing::info!("{}", StoreMessage::DirectoryNotLocked { path, error: error.to_string() });
            Ok(None)
        }
        Err(error) => Err(Problem::new(StoreMessage::DirectoryNotOpened { path }).because(error)),
    }
}

/// The directory itself, so that no file has to be left in it.
#[cfg(unix)]
fn open(directory: &Path) -> io::Result<Result<File, TryLockError>> {
    let file = File::open(directory)?;
    Ok(file.try_lock().map(|()| file))
}

/// A file in it that nobody else can open, because Windows locks no directories. The system removes it when it is closed, also when
/// this process is killed.
#[cfg(windows)]
fn open(directory: &Path) -> io::Result<Result<File, TryLockError>> {
    use std::os::windows::fs::OpenOptionsExt as _;
    /// Removes the file with its last handle.
    const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
    /// Somebody has the file open and shares it with nobody.
    const ERROR_SHARING_VIOLATION: i32 = 32;
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(false).share_mode(0).custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
    match options.open(directory.join(".codearts-gate.lock")) {
        Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => {
            Ok(Err(TryLockError::WouldBlock))
        }
        opened => opened.map(Ok),
    }
}
