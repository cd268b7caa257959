//! The findings on changed lines, as comments in the diff need them: the worst in full, and which ones there are at all.

use crate::model::changed_lines::{ChangedLines, FileChange};
use crate::model::finding::Finding;
use crate::report::lists::fingerprint::{Fingerprint, Group};

/// Findings that are shown in the diff at most, the worst: nobody reads more, and forges limit how fast comments are written.
pub const DIFF_LIMIT: usize = 30;

/// Where a finding on changed lines is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    /// Which one.
    pub fingerprint: Fingerprint,
    /// Those that differ from it by their number only.
    pub group: Group,
    /// Its line; 0 where it has none.
    pub line: u32,
}

/// The findings that count and lie on changed lines.
#[derive(Clone, Debug, Default)]
pub struct LineFindings {
    /// The worst of those that the diff can show, shortened, worst first. Each has a line.
    pub worst: Vec<(Fingerprint, Finding)>,
    /// How many the diff could show.
    pub number: u64,
    /// All, in order, also those in files of which only is known that they changed.
    pub all: Vec<Located>,
}

impl LineFindings {
    /// Those of all tasks together.
    pub fn joined<'a>(of_tasks: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut joined = Self::default();
        for Self { worst, number, all } in of_tasks {
            joined.worst.extend_from_slice(worst);
            joined.number += number;
            joined.all.extend_from_slice(all);
        }
        joined.worst.sort_by(|(_, one), (_, other)| one.cmp(other));
        // Two tasks can find the same.
        let mut seen = std::collections::HashSet::new();
        joined.worst.retain(|(fingerprint, _)| seen.insert(*fingerprint));
        joined.worst.truncate(DIFF_LIMIT);
        joined.all.sort_unstable();
        joined.all.dedup_by_key(|one| one.fingerprint);
        joined
    }

    /// One of them.
    pub fn get(&self, fingerprint: Fingerprint) -> Option<&Located> {
        with_fingerprint(&self.all, fingerprint)
    }
}

/// The finding with a fingerprint. `all`: in the order of their fingerprints.
pub fn with_fingerprint(all: &[Located], fingerprint: Fingerprint) -> Option<&Located> {
    let at = all.binary_search_by_key(&fingerprint, |one| one.fingerprint).ok()?;
    all.get(at)
}

/// Collects them from findings that count, which come worst first.
pub(super) struct OnLines<'a> {
    changed: &'a ChangedLines,
    found: LineFindings,
}

impl<'a> OnLines<'a> {
    pub(super) fn new(changed: &'a ChangedLines) -> Self {
        Self { changed, found: LineFindings::default() }
    }

    /// Adds a finding if it lies on changed lines; `is_shown`: whether it is one of those that are to be shown.
    pub(super) fn add(&mut self, finding: &Finding, fingerprint: Fingerprint, is_shown: bool) {
        if !self.changed.touches(&finding.path, finding.line) {
            return;
        }
        let (group, line) = (Group::of(finding), finding.line.unwrap_or_default());
        self.found.all.push(Located { fingerprint, group, line });
        if !is_shown || !self.is_in_diff(finding) {
            return;
        }
        self.found.number += 1;
        if self.found.worst.len() < DIFF_LIMIT {
            self.found.worst.push((fingerprint, finding.shortened()));
        }
    }

    /// Whether the diff shows the line: a forge takes no comment on one that only may have changed.
    fn is_in_diff(&self, finding: &Finding) -> bool {
        let change = self.changed.get(&finding.path).filter(|(path, _)| *path == finding.path);
        match (change, finding.line) {
            (Some((_, change @ FileChange::Lines(_))), Some(line)) => change.touches(Some(line)),
            (Some((_, FileChange::Lines(_) | FileChange::Whole)) | None, _) => false,
        }
    }

    pub(super) fn finish(mut self) -> LineFindings {
        self.found.all.sort_unstable();
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;
    use crate::report::lists::fingerprint::Fingerprints;

    fn changed() -> ChangedLines {
        let mut changed = ChangedLines::default();
        changed.add("src/a.c", FileChange::Lines(vec![2..=90]));
        changed.add("big.c", FileChange::Whole);
        changed.add("lib/sub", FileChange::Lines(vec![1..=1]));
        changed
    }

    #[test]
    fn only_lines_of_the_diff_are_shown() {
        let changed = changed();
        // Path, line, whether it is wanted at all; whether the diff shows it, and whether it lies on changed lines.
        let cases = [
            ("src/a.c", Some(2), true, true, true),
            ("src/a.c", Some(2), false, false, true),
            ("src/a.c", Some(1), true, false, false),
            ("src/a.c", None, true, false, true),
            ("big.c", Some(7), true, false, true),
            ("lib/sub/x.c", Some(7), true, false, true),
            ("repo/src/a.c", Some(2), true, false, false),
        ];
        for (path, line, is_wanted, is_shown, is_there) in cases {
            let finding = Finding::new(Severity::Major, path, line, "r", "m");
            let fingerprint = Fingerprints::default().of(&finding);
            let mut on_lines = OnLines::new(&changed);
            on_lines.add(&finding, fingerprint, is_wanted);
            let found = on_lines.finish();
            assert_eq!(
                (found.worst.len(), found.number, found.get(fingerprint).is_some()),
                (usize::from(is_shown), u64::from(is_shown), is_there),
                "{path}:{line:?} {is_wanted}"
            );
        }
    }

    #[test]
    fn the_worst_of_all_tasks_are_kept_and_all_are_known() {
        let changed = changed();
        let of_task = |severity, first: u32| {
            let (mut on_lines, mut fingerprints) = (OnLines::new(&changed), Fingerprints::default());
            for line in first..first + 40 {
                let finding = Finding::new(severity, "src/a.c", Some(line), "r", &format!("m{line}"));
                on_lines.add(&finding, fingerprints.of(&finding), true);
            }
            on_lines.finish()
        };
        let (minor, major) = (of_task(Severity::Minor, 2), of_task(Severity::Major, 32));
        assert_eq!((minor.worst.len(), minor.number, minor.all.len()), (DIFF_LIMIT, 40, 40));
        let joined = LineFindings::joined([&minor, &major]);
        assert_eq!((joined.worst.len(), joined.all.len()), (DIFF_LIMIT, 70));
        assert!(joined.worst.iter().all(|(_, finding)| finding.severity == Severity::Major));
        assert!(joined.all.iter().all(|one| joined.get(one.fingerprint) == Some(one)));
    }
}
