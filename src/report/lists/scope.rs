//! Which findings lie on changed lines, and whether the paths of both sides are alike at all.

use crate::error::Problem;
use crate::messages::{ScopeHint, ScopeMessage};
use crate::model::changed_lines::{ChangedLines, FileChange, folders};
use crate::model::finding::Finding;
use crate::model::scope::is_on_changed_lines;
use std::iter::once;
use std::path::{Component, Path};

/// Separates findings on changed lines from others. Without changed lines all are in the scope.
pub(super) struct ScopeFilter<'a> {
    changed: Option<&'a ChangedLines>,
    /// The checkout. A file that is there under its path is that file and no other.
    sources: &'a Path,
    /// The changed files in the order of their paths read backwards, so that those with the same last folders stand together.
    by_end: Vec<(&'a str, &'a FileChange)>,
    /// The path of the last finding, and what changed in the files that it may be: findings come by path.
    last: (String, Option<FileChange>),
    /// The paths of a finding and of a changed file that may be the same file.
    alike: Option<(String, String)>,
}

impl<'a> ScopeFilter<'a> {
    pub(super) fn new(changed: Option<&'a ChangedLines>, sources: &'a Path) -> Self {
        let mut by_end: Vec<_> = changed.into_iter().flat_map(ChangedLines::iter).collect();
        by_end.sort_unstable_by(|(one, _), (other, _)| one.bytes().rev().cmp(other.bytes().rev()));
        Self { changed, sources, by_end, last: (String::new(), None), alike: None }
    }

    /// Whether the finding is in the scope. Where only leading folders differ it may be in a changed file, so it counts as if it
    /// were: how CodeArts writes paths is not documented.
    pub(super) fn takes(&mut self, finding: &Finding) -> bool {
        let Some(changed) = self.changed else { return true };
        let (path, line) = (finding.path.as_str(), finding.line);
        if is_on_changed_lines(finding, changed) {
            return true;
        }
        if self.last.0 != path {
            let is_known = changed.get(path).is_some() || self.is_in_checkout(path);
            let perhaps = if is_known { None } else { self.union_of_alike(changed, path) };
            self.last = (path.to_owned(), perhaps);
        }
        let is_taken = self.last.1.as_ref().is_some_and(|change| change.touches(line));
        if is_taken && self.alike.is_none() {
            let other = self.alike(changed, path).find(|(_, change)| change.touches(line));
            self.alike = other.map(|(other, _)| (path.to_owned(), other.to_owned()));
        }
        is_taken
    }

    fn union_of_alike(&self, changed: &ChangedLines, path: &str) -> Option<FileChange> {
        FileChange::union(self.alike(changed, path).map(|(_, change)| change))
    }

    /// The changes that a file of this path may be in, if it has more or fewer leading folders.
    fn alike(
        &self,
        changed: &'a ChangedLines,
        path: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a FileChange)> {
        let more = path.match_indices('/').filter_map(|(at, _)| changed.get(&path[at + 1..]));
        let fewer = self.ending_with(path);
        let below = folders(path).flat_map(|folder| self.ending_with(folder));
        let below = below.filter_map(|(other, change)| Some((other, change.below()?)));
        more.chain(fewer).chain(below)
    }

    /// The changed files whose last folders and name are these.
    fn ending_with(&self, end: &str) -> impl Iterator<Item = (&'a str, &'a FileChange)> {
        let backwards = || end.bytes().rev().chain(once(b'/'));
        let first = self.by_end.partition_point(|(path, _)| path.bytes().rev().lt(backwards()));
        let ends = move |path: &str| path.strip_suffix(end).is_some_and(|before| before.ends_with('/'));
        self.by_end[first..].iter().copied().take_while(move |(path, _)| ends(path))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::changed_lines::FileChange;
    use crate::model::finding::Severity;

    fn finding(path: &str, line: u32) -> Finding {
        Finding::new(Severity::Minor, path, Some(line), "r", "m")
    }

    #[test]
    fn a_path_that_may_be_a_changed_file_counts() {
        let checkout = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(checkout.path().join("lib")).expect("a directory");
        std::fs::write(checkout.path().join("lib/b.c"), "").expect("a file");
        let mut changed = ChangedLines::default();
        changed.add("src/net/a.c", FileChange::Whole);
        changed.add("b.c", FileChange::Lines(vec![2..=3]));
        changed.add("libs/sub", FileChange::Lines(vec![1..=1]));
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
            // Below a submodule.
            ("libs/sub/x.c", 7, true, false),
            ("repo/libs/sub/x.c", 7, true, true),
            ("sub/src/x.c", 7, true, true),
            ("libs/x.c", 7, false, false),
            ("libs/sub-x/x.c", 7, false, false),
        ];
        for (path, line, expected, is_noted) in cases {
            let mut filter = ScopeFilter::new(Some(&changed), checkout.path());
            let taken = filter.takes(&finding(path, line));
            assert_eq!((taken, filter.note().is_some()), (expected, is_noted), "{path}:{line}");
        }
        assert!(ScopeFilter::new(None, checkout.path()).takes(&finding("z.c", 1)));
    }

    /// However many files have the same name: none is forgotten, and none costs more.
    #[test]
    fn any_number_of_changed_files_may_have_one_name() {
        let sources = Path::new("/nonexistent");
        let mut changed = ChangedLines::default();
        for number in 1..=3_000 {
            changed.add(format!("pkg{number}/index.ts"), FileChange::Lines(vec![number..=number]));
        }
        let mut filter = ScopeFilter::new(Some(&changed), sources);
        for number in 1..=3_000 {
            assert!(filter.takes(&finding(&format!("repo/pkg{number}/index.ts"), number)), "{number}");
            assert!(!filter.takes(&finding(&format!("repo/pkg{number}/index.ts"), 4_000)), "{number}");
        }
        assert_eq!((1..=100_000).filter(|line| filter.takes(&finding("index.ts", *line))).count(), 3_000);
        let elsewhere = |number: u32| finding(&format!("repo/other{number}/index.ts"), 1);
        assert!(!(1..=20_000).any(|number| filter.takes(&elsewhere(number))));
    }
}
