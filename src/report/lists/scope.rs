//! Which findings lie on changed lines, and whether the paths of both sides are alike at all.

use crate::error::Problem;
use crate::messages::{ScopeHint, ScopeMessage};
use crate::model::changed_lines::ChangedLines;
use crate::model::finding::Finding;
use crate::model::scope::is_on_changed_lines;
use std::collections::HashMap;
use std::path::{Component, Path};

/// Changed files of one name that a path is compared with.
const ALIKE_LIMIT: usize = 8;

/// Separates findings on changed lines from others. Without changed lines all are in the scope.
pub(super) struct ScopeFilter<'a> {
    changed: Option<&'a ChangedLines>,
    /// The checkout. A file that is there under its path is that file and no other.
    sources: &'a Path,
    /// Some paths of changed files by the name of the file.
    by_name: HashMap<&'a str, Vec<&'a str>>,
    /// The paths of a finding and of a changed file that may be the same file.
    alike: Option<(String, String)>,
}

impl<'a> ScopeFilter<'a> {
    pub(super) fn new(changed: Option<&'a ChangedLines>, sources: &'a Path) -> Self {
        let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for (path, _) in changed.into_iter().flat_map(ChangedLines::iter) {
            let paths = by_name.entry(name_of(path)).or_default();
            if paths.len() < ALIKE_LIMIT {
                paths.push(path);
            }
        }
        Self { changed, sources, by_name, alike: None }
    }

    /// Whether the finding is in the scope. Where only leading folders differ it may be in a changed file, so it counts as if it
    /// were: how CodeArts writes paths is not documented.
    pub(super) fn takes(&mut self, finding: &Finding) -> bool {
        let Some(changed) = self.changed else { return true };
        let path = finding.path.as_str();
        if is_on_changed_lines(finding, changed) {
            return true;
        }
        let paths = self.by_name.get(name_of(path)).map(Vec::as_slice).unwrap_or_default();
        let is_alike = |changed: &&&str| ends_with(path, changed) || ends_with(changed, path);
        let mut alike = paths.iter().filter(is_alike).filter(|other| changed.touches(other, finding.line));
        let Some(other) = alike.next().filter(|_| !changed.contains(path) && !self.is_in_checkout(path))
        else {
            return false;
        };
        self.alike.get_or_insert_with(|| (path.to_owned(), (*other).to_owned()));
        true
    }

    fn is_in_checkout(&self, path: &str) -> bool {
        let path = Path::new(path);
        let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        is_plain && self.sources.join(path).is_file()
    }

    /// What is suspicious: findings that count only because their paths may be those of changed files.
    pub(super) fn note(self) -> Option<Problem> {
        let (finding, changed) = self.alike?;
        Some(Problem::new(ScopeMessage::OtherPaths { finding, changed }).hint(ScopeHint::SamePaths))
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether the last folders and the name of a path are those of another.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::changed_lines::FileChange;
    use crate::model::finding::Severity;

    #[test]
    fn a_path_that_may_be_a_changed_file_counts() {
        let checkout = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(checkout.path().join("lib")).expect("a directory");
        std::fs::write(checkout.path().join("lib/b.c"), "").expect("a file");
        let mut changed = ChangedLines::default();
        changed.add("src/net/a.c", FileChange::Whole);
        changed.add("b.c", FileChange::Lines(vec![2..=3]));
        let finding = |path: &str, line| Finding::new(Severity::Minor, path, Some(line), "r", "m");
        let cases = [
            ("src/net/a.c", 9, true, false),
            ("b.c", 2, true, false),
            ("b.c", 4, false, false),
            ("repo/src/net/a.c", 9, true, true),
            ("/opt/ws/src/net/a.c", 9, true, true),
            ("net/a.c", 9, true, true),
            ("repo/b.c", 2, true, true),
            ("repo/b.c", 4, false, false),
            // Another file of the checkout.
            ("lib/b.c", 2, false, false),
            ("net/b/a.c", 9, false, false),
            ("xb.c", 2, false, false),
        ];
        for (path, line, expected, is_noted) in cases {
            let mut filter = ScopeFilter::new(Some(&changed), checkout.path());
            let taken = filter.takes(&finding(path, line));
            assert_eq!((taken, filter.note().is_some()), (expected, is_noted), "{path}:{line}");
        }
        assert!(ScopeFilter::new(None, checkout.path()).takes(&finding("z.c", 1)));
    }
}
