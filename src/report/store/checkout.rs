//! The code under review comes with links, too: one of them must not lead what is written out of the checkout.

use crate::error::Problem;
use crate::file::long_path::without_verbatim;
use crate::messages::{Hint, StoreHint, StoreMessage, StorePlace};
use crate::report::store::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// Refuses a path that goes through the checkout and leaves it over a link. A path that lies outside by itself is the user's
/// choice, and so are links on the way to the checkout, such as `/tmp`.
///
/// # Errors
/// When there is such a link.
pub fn stays_inside(workspace: &Workspace, path: &Path, place: StorePlace) -> Result<(), Problem> {
    let Some(here) = workspace.here().and_then(|here| fs::canonicalize(here).ok()) else { return Ok(()) };
    if let Some((link, target)) = way_out(&root_of(&here), &here.join(path)) {
        let target = without_verbatim(&target.display().to_string()).into_owned();
        let what = StoreMessage::LinkOutside {
            place,
            path: path.display().to_string(),
            link: without_verbatim(&link.strip_prefix(&here).unwrap_or(&link).display().to_string())
                .into_owned(),
            target: target.clone(),
        };
        return Err(Problem::new(what).hint(Hint::Store(StoreHint::NameTarget { target })));
    }
    Ok(())
}

/// The checkout around a directory: what has a `.git`, which cannot be committed; else the directory itself.
fn root_of(here: &Path) -> PathBuf {
    here.ancestors().find(|directory| directory.join(".git").exists()).unwrap_or(here).to_owned()
}

/// The link over which the way to `path` leaves `root`, and where it leads. Both are absolute, and `root` has no links.
fn way_out(root: &Path, path: &Path) -> Option<(PathBuf, PathBuf)> {
    let mut was_inside = false;
    // Not component by component: the drive of a path of Windows cannot be looked up.
    let ways: Vec<&Path> = path.ancestors().collect();
    for way in ways.into_iter().rev() {
        // Nothing is there yet, or a link to nothing, which no directory is made through.
        let real = fs::canonicalize(way).ok()?;
        let is_inside = real.starts_with(root);
        if was_inside && !is_inside && way.file_name().is_some() {
            return Some((way.to_owned(), real));
        }
        was_inside = is_inside;
    }
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_links_out_of_the_checkout_are_found() {
        let place = tempfile::tempdir().expect("a directory");
        let base = fs::canonicalize(place.path()).expect("a path");
        let root = base.join("checkout");
        fs::create_dir_all(root.join("sub/reports")).expect("directories");
        fs::create_dir_all(base.join("elsewhere/deep")).expect("directories");
        symlink(base.join("elsewhere"), root.join("out")).expect("a link");
        symlink("../../elsewhere", root.join("sub/relative")).expect("a link");
        symlink("sub", root.join("in")).expect("a link");
        symlink(base.join("nowhere"), root.join("dangling")).expect("a link");
        symlink(&root, base.join("alias")).expect("a link");
        symlink(base.join("elsewhere"), base.join("free")).expect("a link");
        // Neighbours whose names only begin alike.
        fs::create_dir(base.join("checkout-2")).expect("a directory");
        symlink(base.join("checkout-2"), root.join("alike")).expect("a link");

        let found = |path: PathBuf| way_out(&root, &path).map(|(link, _)| link);
        for path in ["out", "out/deep", "out/new/deeper", "sub/relative", "alike", "in/relative/x"] {
            assert!(found(root.join(path)).is_some(), "{path}");
        }
        for path in [
            "",
            "sub/reports",
            "new/deeper",
            "in/reports",
            "../elsewhere",
            "sub/../../elsewhere/deep",
            "dangling/x",
        ] {
            assert_eq!(found(root.join(path)), None, "{path}");
        }
        assert!(found(base.join("alias/out/deep")).is_some());
        assert_eq!(found(base.join("alias/sub/reports")), None);
        assert_eq!(found(base.join("free/deep")), None);
    }

    #[test]
    fn the_checkout_is_what_has_a_git_directory() {
        let place = tempfile::tempdir().expect("a directory");
        let sub = place.path().join("a/b");
        fs::create_dir_all(&sub).expect("directories");
        assert_eq!(root_of(&sub), sub);
        fs::write(place.path().join("a/.git"), "gitdir: elsewhere").expect("a file");
        assert_eq!(root_of(&sub), place.path().join("a"));
    }
}
