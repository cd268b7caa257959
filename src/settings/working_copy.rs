//! The repository around this process, as far as its files show it: where it came from, and which pipelines it has.

use super::checkout::Checkout;
use super::environment::Environment;
use crate::init::{Present, likely, places};
use crate::model::choice::Choice as _;
use crate::model::pipeline::Pipeline;
use crate::model::repository::{host_and_path, web_origin};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Largest file of the repository that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// A working copy, or a directory that is none.
#[derive(Debug)]
pub struct WorkingCopy {
    /// Its uppermost directory.
    pub root: PathBuf,
    /// Whether it is one.
    pub is_repository: bool,
    /// The host of the remote `origin`.
    pub host: Option<String>,
    /// The origin of its web pages: `https://HOST`, or another scheme and port where the address of the remote has such.
    pub web: Option<String>,
    /// The address of that, without a login.
    pub repository: Option<String>,
    /// Its default branch.
    pub branch: Option<String>,
    /// Whether the remote `origin` shows that; else it is the branch that is checked out.
    pub is_branch_certain: bool,
    /// The system that most likely runs its pipelines.
    pub pipeline: Option<Pipeline>,
}

impl WorkingCopy {
    pub(super) fn around(directory: &Path) -> Self {
        let checkout = Checkout::around(directory);
        let root = checkout.as_ref().map_or(directory, |checkout| &checkout.root).to_owned();
        // Only host and path are used: the rest may hold a login.
        let origin = checkout.as_ref().and_then(Checkout::origin);
        let place = origin.as_deref().and_then(host_and_path);
        let repository = place.as_ref().map(|(host, path)| format!("https://{host}/{path}"));
        let host = place.map(|(host, _)| host);
        let used = |pipeline: &Pipeline| places(*pipeline).iter().any(|place| is_used(&root.join(place)));
        let used: Vec<Pipeline> = Pipeline::all().into_iter().filter(used).collect();
        let branch = checkout.as_ref().and_then(Checkout::branch);
        Self {
            pipeline: likely(host.as_deref(), &used),
            is_repository: checkout.is_some(),
            is_branch_certain: branch.as_ref().is_some_and(|(_, is_default)| *is_default),
            branch: branch.map(|(branch, _)| branch),
            web: origin.as_deref().and_then(web_origin),
            host,
            repository,
            root,
        }
    }

    /// What stands at a path of it.
    pub fn present(&self, path: &str) -> Present {
        let path = self.root.join(path);
        match fs::symlink_metadata(&path) {
            Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
                Present::Nothing
            }
            Ok(about) if about.is_file() => {
                crate::file::read_text(&path, LIMIT).map_or(Present::Other, Present::Text)
            }
            Ok(_) | Err(_) => Present::Other,
        }
    }
}

impl Environment {
    /// The working copy around the directory in which the process was started; `None`: that is gone.
    pub fn working_copy(&self) -> Option<WorkingCopy> {
        self.directory().map(WorkingCopy::around)
    }
}

/// Whether a file is there, or a directory with something in it.
fn is_used(place: &Path) -> bool {
    place.is_file() || fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_repository_show_what_it_uses() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
            fs::write(path, text).expect("a file");
        };
        let none = WorkingCopy::around(root);
        assert_eq!((none.is_repository, &*none.root, none.pipeline), (false, root, None));
        write(".git/config", "[remote \"origin\"]\nurl = https://user:canary@GitHub.com/acme/widget.git\n");
        write(".git/HEAD", "ref: refs/heads/main\n");
        fs::create_dir_all(root.join(".github/workflows")).expect("a directory");
        fs::create_dir_all(root.join("src/deep")).expect("a directory");
        let found = WorkingCopy::around(&root.join("src/deep"));
        assert_eq!((&*found.root, found.host.as_deref()), (root, Some("github.com")));
        assert_eq!((found.branch.as_deref(), found.pipeline), (Some("main"), Some(Pipeline::GitHub)));
        assert!(!format!("{found:?}").contains("canary"));
        // The only one whose files are there.
        write(".gitlab-ci.yml", "x");
        assert_eq!(WorkingCopy::around(root).pipeline, Some(Pipeline::GitLab));
        write(".github/workflows/x.yml", "x");
        assert_eq!(WorkingCopy::around(root).pipeline, Some(Pipeline::GitHub));

        assert_eq!(found.present("none"), Present::Nothing);
        assert_eq!(found.present(".gitlab-ci.yml/x"), Present::Nothing);
        assert_eq!(found.present(".gitlab-ci.yml"), Present::Text("x".to_owned()));
        assert_eq!(found.present("src"), Present::Other);
        fs::write(root.join("binary"), b"\xff").expect("a file");
        assert_eq!(found.present("binary"), Present::Other);
    }
}
