//! From where the code of a checkout was cloned. Git itself may be missing where the job runs, so its files are read.

use std::path::{Path, PathBuf};

/// Largest file of Git that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The checkout that holds a directory.
pub(super) struct Checkout {
    /// Its uppermost directory.
    pub(super) root: PathBuf,
    /// What Git keeps of this work tree.
    own: PathBuf,
    /// What Git keeps of the repository: for a further work tree that is elsewhere.
    common: PathBuf,
}

/// Address of the remote `origin` of the checkout that holds a directory.
pub(super) fn origin(directory: &Path) -> Option<String> {
    Checkout::around(directory)?.origin()
}

impl Checkout {
    /// `None`: the directory is in none.
    pub(super) fn around(directory: &Path) -> Option<Self> {
        let root = directory.ancestors().find(|place| place.join(".git").exists())?.to_owned();
        let git = root.join(".git");
        if git.is_dir() {
            return Some(Self { root, common: git.clone(), own: git });
        }
        let pointer = crate::file::read_text(&git, LIMIT).ok()?;
        let own = root.join(pointer.trim().strip_prefix("gitdir:")?.trim());
        let common = match crate::file::read_text(&own.join("commondir"), LIMIT) {
            Ok(common) => own.join(common.trim()),
            Err(_) => own.clone(),
        };
        Some(Self { root, own, common })
    }

    /// Address of the remote `origin`.
    pub(super) fn origin(&self) -> Option<String> {
        in_config(&crate::file::read_text(&self.common.join("config"), LIMIT).ok()?)
    }

    /// The default branch of the remote `origin`, else the one that is checked out; and whether it is the former.
    pub(super) fn branch(&self) -> Option<(String, bool)> {
        let named = |file: PathBuf, refs: &str| {
            let text = crate::file::read_text(&file, LIMIT).ok()?;
            let name = text.trim().strip_prefix("ref:")?.trim().strip_prefix(refs)?;
            Some(name.to_owned()).filter(|name| !name.is_empty())
        };
        let default = named(self.common.join("refs/remotes/origin/HEAD"), "refs/remotes/origin/");
        let checked_out = || named(self.own.join("HEAD"), "refs/heads/");
        default.map(|branch| (branch, true)).or_else(|| checked_out().map(|branch| (branch, false)))
    }
}

/// The first address of the section `[remote "origin"]`.
fn in_config(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim);
    let section = lines.skip_while(|line| *line != "[remote \"origin\"]").skip(1);
    section.take_while(|line| !line.starts_with('[')).find_map(|line| {
        let (name, value) = line.split_once('=')?;
        let value = value.trim().trim_matches('"');
        Some(value.to_owned()).filter(|value| name.trim().eq_ignore_ascii_case("url") && !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[core]\n\turl = no\n[remote \"fork\"]\n\turl = https://h/fork/widget\n[remote \"origin\"]\n\tfetch = +x\n\tURL = \"https://h/acme/widget\"\n[branch \"main\"]\n\turl = no\n";

    #[test]
    fn only_the_remote_origin_counts() {
        assert_eq!(in_config(CONFIG).as_deref(), Some("https://h/acme/widget"));
        for without in ["", "[remote \"origin\"]\n[core]\nurl = x\n", "[remote \"origin\"]\nurl =\n"] {
            assert_eq!(in_config(without), None, "{without}");
        }
    }

    #[test]
    fn every_kind_of_checkout_is_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
            std::fs::write(path, text).expect("a file");
        };
        write("main/.git/config", CONFIG);
        write("main/src/a.c", "");
        write("main/.git/worktrees/second/commondir", "../..\n");
        write("second/.git", "gitdir: ../main/.git/worktrees/second\n");
        write("main/.git/HEAD", "ref: refs/heads/main\n");
        write("main/.git/worktrees/second/HEAD", "ref: refs/heads/fix/1\n");
        write("other/.git", "no pointer");
        for (place, branch) in [("main", "main"), ("main/src", "main"), ("second", "fix/1")] {
            assert_eq!(origin(&root.join(place)).as_deref(), Some("https://h/acme/widget"), "{place}");
            let branch_of = |place| Checkout::around(&root.join(place)).expect("a checkout").branch();
            assert_eq!(branch_of(place), Some((branch.to_owned(), false)), "{place}");
        }
        write("main/.git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
        let second = Checkout::around(&root.join("second")).expect("a checkout");
        let branch = Some(("trunk".to_owned(), true));
        assert_eq!((second.branch(), &second.root), (branch, &root.join("second")));
        assert_eq!(origin(&root.join("other")), None);
    }
}
