//! From where the code of a checkout was cloned. Git itself may be missing where the job runs, so its files are read.

use std::path::{Path, PathBuf};

/// Largest file of Git that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// Address of the remote `origin` of the checkout that holds a directory.
pub(super) fn origin(directory: &Path) -> Option<String> {
    let git = directory.ancestors().map(|place| place.join(".git")).find(|git| git.exists())?;
    let config = common(&git)?.join("config");
    in_config(&crate::file::read_text(&config, LIMIT).ok()?)
}

/// Where the configuration is: of a further work tree, in the repository that it belongs to.
fn common(git: &Path) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git.to_owned());
    }
    let pointer = crate::file::read_text(git, LIMIT).ok()?;
    let directory = git.parent()?.join(pointer.trim().strip_prefix("gitdir:")?.trim());
    match crate::file::read_text(&directory.join("commondir"), LIMIT) {
        Ok(common) => Some(directory.join(common.trim())),
        Err(_) => Some(directory),
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
        write("other/.git", "no pointer");
        for place in ["main", "main/src", "second"] {
            assert_eq!(origin(&root.join(place)).as_deref(), Some("https://h/acme/widget"), "{place}");
        }
        assert_eq!(origin(&root.join("other")), None);
    }
}
