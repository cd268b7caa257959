//! Paths of Windows in the form `\\?\C:\...`, which has no limit of 260 characters. Pure, but for the current directory.
//!
//! The standard library takes it by itself, the crate that renames temporary files does not. On other systems nothing is changed.

use std::borrow::Cow;
use std::io;
use std::path::Path;
use tempfile::NamedTempFile;

/// Begins a path that Windows takes as it stands.
const VERBATIM: &str = r"\\?\";
/// Begins such a path to another machine, instead of two backslashes.
const VERBATIM_SHARE: &str = r"\\?\UNC\";
/// Paths from this length on, in bytes, are written in the long form: with the name of a temporary file they may reach the limit.
const LONG: usize = 200;

/// The path under which a file can be made and renamed, however long it is.
pub fn reachable(path: &Path) -> Cow<'_, Path> {
    if !cfg!(windows) {
        return Cow::Borrowed(path);
    }
    let Ok(absolute) = std::path::absolute(path) else { return Cow::Borrowed(path) };
    match absolute.to_str() {
        Some(text) if text.len() >= LONG => Cow::Owned(verbatim(text).into_owned().into()),
        _ => Cow::Borrowed(path),
    }
}

/// Gives a temporary file its final name, in place of an older file.
///
/// # Errors
/// When the system refuses; then the temporary file is removed.
pub fn persist(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.persist(reachable(path)).map(drop).map_err(|error| error.error)
}

/// An absolute path of Windows in its long form.
fn verbatim(path: &str) -> Cow<'_, str> {
    let is_drive = matches!(path.as_bytes(), [letter, b':', b'\\', ..] if letter.is_ascii_alphabetic());
    match path.strip_prefix(r"\\") {
        None if is_drive => Cow::Owned(format!("{VERBATIM}{path}")),
        Some(share) if !share.starts_with(['?', '.']) => Cow::Owned(format!("{VERBATIM_SHARE}{share}")),
        _ => Cow::Borrowed(path),
    }
}

/// A path as people write it: the system returns the long form of those that it resolves.
pub fn without_verbatim(path: &str) -> Cow<'_, str> {
    if let Some(share) = path.strip_prefix(VERBATIM_SHARE) {
        return Cow::Owned(format!(r"\\{share}"));
    }
    let drive = path.strip_prefix(VERBATIM).filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    Cow::Borrowed(drive.unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_form_and_back() {
        let cases = [
            (r"C:\work\reports", r"\\?\C:\work\reports"),
            (r"z:\", r"\\?\z:\"),
            (r"\\server\share\a.pdf", r"\\?\UNC\server\share\a.pdf"),
        ];
        for (plain, long) in cases {
            assert_eq!(verbatim(plain), long);
            assert_eq!(verbatim(long), long);
            assert_eq!(without_verbatim(long), plain);
            assert_eq!(without_verbatim(plain), plain);
        }
        // Devices and volumes have no other form, and these are not absolute.
        for other in [r"\\.\pipe\x", r"\\?\Volume{b75e2c83}\x", "C:x", "reports", "/tmp/x", ""] {
            assert_eq!((&*verbatim(other), &*without_verbatim(other)), (other, other));
        }
    }

    #[test]
    fn a_long_path_is_written_and_replaced() {
        let root = tempfile::tempdir().expect("a directory");
        let deep = root.path().join(["d".repeat(90).as_str(); 4].join("/"));
        std::fs::create_dir_all(&deep).expect("directories");
        let path = deep.join("file");
        for text in ["first", "second"] {
            let file = NamedTempFile::new_in(reachable(&deep)).expect("a file");
            std::fs::write(file.path(), text).expect("written");
            persist(file, &path).expect("named");
            assert_eq!(std::fs::read_to_string(&path).expect("the file"), text);
        }
        assert_eq!(std::fs::read_dir(&deep).expect("the directory").count(), 1);
    }
}
