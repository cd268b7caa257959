//! Files that others wrote are read here: regular ones, up to a limit. A pipe keeps its reader waiting for a writer, and
//! a device never ends.

pub mod long_path;

use crate::error::Problem;
use crate::messages::{FileHint, FileMessage, Message};
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

/// Opens a regular file of at most `limit` bytes; a link to one counts as one.
///
/// # Errors
/// When it cannot be opened, is something else, or is larger.
pub fn open(path: &Path, limit: u64) -> io::Result<File> {
    ensure_regular(path)?;
    let file = File::open(path)?;
    let about = file.metadata()?;
    check(&about)?;
    if about.len() > limit { Err(refused(FileMessage::TooLarge(limit))) } else { Ok(file) }
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    // The size that is shown may be wrong: files under /proc show none.
    open(path, limit)?.take(limit.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 > limit { Err(refused(FileMessage::TooLarge(limit))) } else { Ok(content) }
}

/// The same as text.
///
/// # Errors
/// As [`open`], and when it is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|_| refused(FileMessage::NotText))
}

/// Fails for what must not even be opened, because that would wait for the other end.
///
/// # Errors
/// When it does not exist or is not a regular file.
pub fn ensure_regular(path: &Path) -> io::Result<()> {
    check(&std::fs::metadata(path)?)
}

fn check(about: &Metadata) -> io::Result<()> {
    if about.is_file() { Ok(()) } else { Err(refused(kind(about))) }
}

fn kind(about: &Metadata) -> FileMessage {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = about.file_type();
        if kind.is_fifo() {
            return FileMessage::Pipe;
        }
        if kind.is_char_device() || kind.is_block_device() {
            return FileMessage::Device;
        }
    }
    if about.is_dir() { FileMessage::Directory } else { FileMessage::NotRegular }
}

fn refused(why: FileMessage) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

impl std::error::Error for FileMessage {}

/// Why a file was not read, with what to do about it.
pub fn not_read(what: impl Into<Message>, error: &io::Error) -> Problem {
    let hint = hint(error).map(Into::into);
    Problem::new(what).because(error).hints(hint)
}

/// What to do about a file that was not read.
pub fn hint(error: &io::Error) -> Option<FileHint> {
    match error.get_ref()?.downcast_ref()? {
        FileMessage::Pipe => Some(FileHint::CopyPipe),
        FileMessage::Device
        | FileMessage::Directory
        | FileMessage::NotRegular
        | FileMessage::TooLarge(_)
        | FileMessage::NotText => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_files_within_their_limit() {
        let root = tempfile::tempdir().expect("a directory");
        let file = root.path().join("file");
        std::fs::write(&file, "12345").expect("a file");
        assert_eq!(read(&file, 5).expect("the file"), b"12345");
        assert_eq!(read_text(&file, 5).expect("the file"), "12345");
        let why = |path: &Path, limit| read(path, limit).expect_err("refused").to_string();
        assert_eq!(why(&file, 4), "it is larger than 4 B");
        assert!(why(root.path(), 9).contains("it is a directory"));
        assert!(read_text(&file, 9).is_ok() && std::fs::write(&file, b"\xff").is_ok());
        assert_eq!(read_text(&file, 9).expect_err("refused").to_string(), "it is not UTF-8 text");
        assert_eq!(read(&root.path().join("none"), 9).expect_err("refused").kind(), io::ErrorKind::NotFound);
    }

    /// `/proc` shows files of no size that hold something all the same.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_limit_holds_for_files_that_hide_their_size() {
        assert!(read(Path::new("/proc/self/status"), 1 << 20).expect("the file").len() > 10);
        let error = read(Path::new("/proc/self/status"), 10).expect_err("refused");
        assert_eq!(error.to_string(), "it is larger than 10 B");
        let error = read(Path::new("/dev/zero"), 10).expect_err("refused");
        assert!(error.to_string().contains("it is a device"), "{error}");
    }
}
