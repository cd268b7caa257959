//! The files on disk: all of them, or none.

use super::planned::{Change, PlannedFile};
use crate::error::Problem;
use crate::file::long_path::reachable;
use crate::messages::InitMessage;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// A file that is whole, but for its name.
struct Prepared {
    temporary: NamedTempFile,
    path: PathBuf,
    shown: &'static str,
    replaces: bool,
}

/// Writes what is to be created or replaced, below `root`.
///
/// # Errors
/// When one of them cannot be written; then none of the new ones is there.
pub fn write(root: &Path, files: &[PlannedFile]) -> Result<(), Problem> {
    let failed = |shown: &str, error: &io::Error| {
        Problem::new(InitMessage::NotWritten(shown.to_owned())).because(error)
    };
    let mut prepared = Vec::new();
    for PlannedFile { path: shown, text, change } in files {
        let replaces = match change {
            Change::Create => false,
            Change::Replace => true,
            Change::Nothing | Change::AddByHand => continue,
        };
        let path = root.join(shown);
        if leaves(root, &path) {
            return Err(Problem::new(InitMessage::LinkOutside((*shown).to_owned())));
        }
        let temporary = prepare(&path, text).map_err(|error| failed(shown, &error))?;
        prepared.push(Prepared { temporary, path, shown, replaces });
    }
    let mut made: Vec<PathBuf> = Vec::new();
    for Prepared { temporary, path, shown, replaces } in prepared {
        // What has come in the meantime is not replaced, either.
        let target = reachable(&path);
        let written =
            if replaces { temporary.persist(&target) } else { temporary.persist_noclobber(&target) };
        if let Err(error) = written {
            for path in made {
                let _ = fs::remove_file(path);
            }
            return Err(failed(shown, &error.error));
        }
        if !replaces {
            made.push(path);
        }
    }
    Ok(())
}

fn prepare(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let directory = path.parent().unwrap_or(path);
    fs::create_dir_all(directory)?;
    let mut builder = Builder::new();
    builder.prefix(".codearts-gate-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(reachable(directory))?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// Whether a directory on the way to a file is elsewhere. A link in place of the file itself is not followed when it is replaced.
fn leaves(root: &Path, path: &Path) -> bool {
    let Ok(root) = fs::canonicalize(root) else { return true };
    let on_the_way = path.ancestors().skip(1).find_map(|directory| fs::canonicalize(directory).ok());
    on_the_way.is_none_or(|directory| !directory.starts_with(&root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &'static str, change: Change) -> PlannedFile {
        PlannedFile { path, text: format!("text of {path}\n"), change }
    }

    #[test]
    fn files_are_written_whole_and_unasked_nothing_is_replaced() {
        let root = tempfile::tempdir().expect("a directory");
        let read = |path: &str| fs::read_to_string(root.path().join(path)).ok();
        fs::write(root.path().join("old"), "old").expect("a file");
        let files =
            [file("a/b/new", Change::Create), file("old", Change::Nothing), file("x", Change::AddByHand)];
        write(root.path(), &files).expect("written");
        assert_eq!(read("a/b/new").as_deref(), Some("text of a/b/new\n"));
        assert_eq!((read("old").as_deref(), read("x")), (Some("old"), None));
        write(root.path(), &[file("old", Change::Replace)]).expect("written");
        assert_eq!(read("old").as_deref(), Some("text of old\n"));
        // Somebody was faster.
        let error = write(root.path(), &[file("first", Change::Create), file("old", Change::Create)]);
        assert!(error.expect_err("refused").to_string().contains("`old`"));
        assert_eq!((read("first"), read("old").as_deref()), (None, Some("text of old\n")));
        let names = fs::read_dir(root.path()).expect("the directory").count();
        assert_eq!(names, 2, "nothing is left over");
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nothing_out_of_the_repository() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().expect("a directory");
        let (root, outside) = (place.path().join("root"), place.path().join("outside"));
        for directory in [root.join("in"), outside.clone()] {
            fs::create_dir_all(directory).expect("a directory");
        }
        symlink(&outside, root.join(".github")).expect("a link");
        symlink("in", root.join("inside")).expect("a link");
        symlink(outside.join("file"), root.join("link")).expect("a link");
        let error = write(&root, &[file("first", Change::Create), file(".github/w/x", Change::Create)]);
        assert!(error.expect_err("refused").to_string().contains("`.github/w/x`"));
        assert!(!root.join("first").exists() && fs::read_dir(&outside).expect("it").next().is_none());
        write(&root, &[file("inside/x", Change::Create), file("link", Change::Replace)]).expect("written");
        assert!(root.join("in/x").exists() && !outside.join("file").exists());
        assert!(fs::symlink_metadata(root.join("link")).expect("it").is_file());
    }
}
