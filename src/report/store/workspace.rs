//! How others name our files: later steps, uploads and links all look from the workspace of the job, wherever in it this
//! step runs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The directory into which the repository was checked out, and the one in which this process was started.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    root: Option<PathBuf>,
    here: Option<PathBuf>,
}

impl Workspace {
    /// `root`: as the CI names it. `here`: where the process was started, if that directory still exists.
    pub const fn new(root: Option<PathBuf>, here: Option<PathBuf>) -> Self {
        Self { root, here }
    }

    /// Where the process was started, if that directory still exists.
    pub(super) fn here(&self) -> Option<&Path> {
        self.here.as_deref()
    }

    /// The name of a file within the workspace, with slashes; `None`: it lies elsewhere.
    pub fn relative(&self, path: &Path) -> Option<String> {
        // Imitations of GitLab name a directory that is not there; jobs begin in it.
        let mut places = self.root.iter().chain(&self.here);
        let root = places.find_map(|place| place.canonicalize().ok())?;
        let path = path.canonicalize().ok().or_else(|| {
            // It may be still to come.
            Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?))
        })?;
        let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(OsStr::to_str).collect();
        // Joined, because a backslash parts names on Windows only.
        let path = parts?.join("/");
        Some(if path.is_empty() { ".".to_owned() } else { path })
    }

    /// The name under which later steps find a file: within the workspace, else the whole path.
    pub fn name(&self, path: &Path) -> String {
        self.relative(path).unwrap_or_else(|| {
            let path = self.here.as_ref().map_or_else(|| path.to_owned(), |here| here.join(path));
            std::path::absolute(&path).unwrap_or(path).display().to_string()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_workspace() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().canonicalize().expect("a path");
        let inner = root.join("sub/报告 (1)");
        std::fs::create_dir_all(&inner).expect("directories");
        std::fs::write(inner.join("a.pdf"), "").expect("a file");
        let workspace = Workspace::new(Some(root.clone()), None);
        let cases = [
            (inner.join("a.pdf"), "sub/报告 (1)/a.pdf"),
            (inner.join("../报告 (1)/a.pdf"), "sub/报告 (1)/a.pdf"),
            (inner.join("to come"), "sub/报告 (1)/to come"),
            #[cfg(unix)]
            (inner.join(r"a\b.pdf"), r"sub/报告 (1)/a\b.pdf"),
            (root.clone(), "."),
        ];
        for (path, expected) in cases {
            assert_eq!(workspace.name(&path), expected);
        }
        let outside = Workspace::new(Some(root.join("sub")), None);
        assert_eq!(outside.relative(&root.join("x")), None);
        assert_eq!(outside.name(&root.join("x")), root.join("x").display().to_string());
        assert_eq!(outside.relative(&root.join("gone/x")), None);
    }
}
