//! Which findings lie on changed lines, and whether the paths of both sides are alike at all.

use crate::error::Problem;
use crate::messages::{ScopeHint, ScopeMessage};
use crate::model::changed_lines::ChangedLines;
use crate::model::finding::Finding;
use crate::model::scope::is_on_changed_lines;
use std::collections::HashMap;

/// Changed files of one name that a path is compared with.
const ALIKE_LIMIT: usize = 8;

/// Separates findings on changed lines from others. Without changed lines all are in the scope.
pub(super) struct ScopeFilter<'a> {
    changed: Option<&'a ChangedLines>,
    /// Some paths of changed files by the name of the file.
    by_name: HashMap<&'a str, Vec<&'a str>>,
    /// Whether a finding lies in a changed file.
    has_met: bool,
    /// The paths of a finding and of a changed file that may be the same file.
    alike: Option<(String, String)>,
}

impl<'a> ScopeFilter<'a> {
    pub(super) fn new(changed: Option<&'a ChangedLines>) -> Self {
        let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for (path, _) in changed.into_iter().flat_map(ChangedLines::iter) {
            let paths = by_name.entry(name_of(path)).or_default();
            if paths.len() < ALIKE_LIMIT {
                paths.push(path);
            }
        }
        Self { changed, by_name, has_met: false, alike: None }
    }

    /// Whether the finding is in the scope.
    pub(super) fn takes(&mut self, finding: &Finding) -> bool {
        let Some(changed) = self.changed else { return true };
        if changed.contains(&finding.path) {
            self.has_met = true;
        } else if !self.has_met && self.alike.is_none() {
            let path = finding.path.as_str();
            let paths = self.by_name.get(name_of(path)).map(Vec::as_slice).unwrap_or_default();
            let alike = paths.iter().find(|changed| ends_with(path, changed) || ends_with(changed, path));
            self.alike = alike.map(|changed| (path.to_owned(), (*changed).to_owned()));
        }
        is_on_changed_lines(finding, changed)
    }

    /// What is suspicious: findings may be outside of the scope only because their paths are written in another way.
    pub(super) fn note(self) -> Option<Problem> {
        let (finding, changed) = self.alike.filter(|_| !self.has_met)?;
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
    fn paths_that_differ_in_leading_folders_are_suspicious() {
        let mut changed = ChangedLines::default();
        changed.add("src/net/a.c", FileChange::Whole);
        changed.add("b.c", FileChange::Lines(vec![2..=3]));
        let finding = |path: &str| Finding::new(Severity::Minor, path, Some(2), "r", "m");
        let cases: [(&[&str], &[bool], bool); 6] = [
            (&["repo/src/net/a.c"], &[false], true),
            (&["net/a.c"], &[false], true),
            (&["net/b/a.c", "xb.c"], &[false, false], false),
            (&["repo/src/net/a.c", "b.c"], &[false, true], false),
            (&["b.c", "repo/src/net/a.c"], &[true, false], false),
            (&["unknown"], &[true], false),
        ];
        for (paths, expected, is_noted) in cases {
            let mut filter = ScopeFilter::new(Some(&changed));
            let taken: Vec<bool> = paths.iter().map(|path| filter.takes(&finding(path))).collect();
            assert_eq!((taken.as_slice(), filter.note().is_some()), (expected, is_noted), "{paths:?}");
        }
        assert!(ScopeFilter::new(None).takes(&finding("z.c")));
    }
}
