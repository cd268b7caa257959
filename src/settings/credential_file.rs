//! Files with keys that other tools of Huawei Cloud keep.

use super::environment::Environment;
use crate::error::Problem;
use crate::messages::{CredentialsHint, CredentialsMessage, FileFlaw};
use crate::text::without_mark;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
const FILE_LIMIT: u64 = 1024 * 1024;
/// How UTF-16 begins, which redirections of PowerShell write.
const UTF_16_MARKS: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

/// The user's home.
pub(super) fn home(environment: &Environment) -> Option<PathBuf> {
    environment.path("HOME").or_else(|| environment.path("USERPROFILE"))
}

/// A file that need not be there.
pub(super) fn read(path: &Path) -> Result<Option<String>, FileFlaw> {
    let bytes = match crate::file::read(path, FILE_LIMIT) {
        Ok(bytes) => bytes,
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
            return Ok(None);
        }
        Err(error) => {
            return Err(FileFlaw::NotRead { cause: error.to_string(), hint: crate::file::hint(&error) });
        }
    };
    #[cfg(unix)]
    warn_if_open_to_all(path);
    match std::str::from_utf8(without_mark(&bytes)) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) if UTF_16_MARKS.iter().any(|mark| bytes.starts_with(mark)) => Err(FileFlaw::Utf16),
        Err(_) => Err(FileFlaw::NotText),
    }
}

/// The file cannot be read.
pub(super) fn not_read(path: &Path, flaw: FileFlaw) -> Problem {
    let hint = match flaw {
        FileFlaw::Utf16 | FileFlaw::NotText => Some(CredentialsHint::SaveAsUtf8.into()),
        FileFlaw::NotRead { hint, .. } => hint.map(Into::into),
    };
    Problem::new(CredentialsMessage::FileNotRead { path: path.display().to_string(), flaw }).hints(hint)
}

/// Whoever may change the file chooses who is asking.
#[cfg(unix)]
fn warn_if_open_to_all(path: &Path) {
    /// Others than the owner and the group may write.
    const OTHERS_WRITE: u32 = 0o002;
    let Ok(about) = std::fs::metadata(path) else { return };
    let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions());
    if mode & OTHERS_WRITE != 0 {
        let path = path.display().to_string();
        let problem = Problem::new(CredentialsMessage::FileOpenToAll(path.clone()));
        crate::log_problem!(warn, problem.hint(CredentialsHint::Protect(path)));
    }
}
