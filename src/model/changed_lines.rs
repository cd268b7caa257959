//! Which lines a change adds or changes: plain data, by path in the repository.

use crate::model::path::in_repository;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What changed in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// These lines of the new file, in order, none twice; numbers from 1. None: the file changed without new lines.
    Lines(Vec<RangeInclusive<u32>>),
    /// Which lines is not known: everything in it counts as changed.
    Whole,
}

impl FileChange {
    /// Whether a line of the file changed. What has no line lies in what changed.
    pub fn touches(&self, line: Option<u32>) -> bool {
        match (self, line) {
            (Self::Whole, _) | (Self::Lines(_), None) => true,
            (Self::Lines(ranges), Some(line)) => {
                let after = ranges.partition_point(|range| *range.start() <= line);
                ranges[..after].last().is_some_and(|range| range.contains(&line))
            }
        }
    }

    /// What it changes in files below its path, which are those of a submodule. Forges and git show one as a file of one line,
    /// its commit, so which of its files changed is not known.
    pub fn below(&self) -> Option<&Self> {
        match self {
            Self::Whole => Some(&Self::Whole),
            Self::Lines(ranges) => (*ranges == [1..=1]).then_some(&Self::Whole),
        }
    }

    /// What any of these changes; `None`: there are none.
    pub fn union<'a>(changes: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut changes = changes.into_iter().peekable();
        changes.peek()?;
        let mut all = Vec::new();
        for change in changes {
            match change {
                Self::Whole => return Some(Self::Whole),
                Self::Lines(ranges) => all.extend_from_slice(ranges),
            }
        }
        Some(Self::Lines(joined(all)))
    }
}

/// The files that a change adds or changes, under their new names. A file that is not in it did not change, unless some are
/// missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedLines {
    files: BTreeMap<String, FileChange>,
    misses_files: bool,
}

impl ChangedLines {
    /// Notes a file, by its path in the repository. One that comes twice counts with everything that is known of it.
    pub fn add(&mut self, path: impl AsRef<str>, change: FileChange) {
        // The way the paths of findings are written.
        let path = in_repository(path.as_ref(), &[]);
        let before = self.files.remove(&path);
        let Some(joined) = FileChange::union(before.iter().chain([&change])) else { return };
        self.files.insert(path, joined);
    }

    /// Notes that more files changed than are known: from now on any other counts as changed.
    pub fn miss_files(&mut self) {
        self.misses_files = true;
    }

    /// Whether more files changed than are known.
    pub fn misses_files(&self) -> bool {
        self.misses_files
    }

    /// Whether a place lies in what changed. A place without a line does if its file changed, and everything in a submodule does if
    /// that changed: it is listed as one file.
    pub fn touches(&self, path: &str, line: Option<u32>) -> bool {
        self.get(path).map_or(self.misses_files, |(_, change)| change.touches(line))
    }

    /// The change that a file of this path is in, and what it changes there.
    pub fn get(&self, path: &str) -> Option<(&str, &FileChange)> {
        let known = |path| self.files.get_key_value(path);
        let found = known(path).map(|(path, change)| (path.as_str(), change));
        found.or_else(|| {
            let (path, change) = folders(path).find_map(known)?;
            Some((path.as_str(), change.below()?))
        })
    }

    /// Whether a file of this path changed.
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// How many files changed.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// The files of which only is known that they changed.
    pub fn whole(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter(|(_, change)| **change == FileChange::Whole).map(|(path, _)| path.as_str())
    }

    /// Every file, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FileChange)> {
        self.files.iter().map(|(path, change)| (path.as_str(), change))
    }
}

/// The folders that a path lies in, the innermost first.
pub fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(end, _)| &path[..end])
}

/// The same lines in order, in as few ranges as possible.
fn joined(mut ranges: Vec<RangeInclusive<u32>>) -> Vec<RangeInclusive<u32>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| *range.start());
    let mut joined: Vec<RangeInclusive<u32>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if *range.start() <= last.end().saturating_add(1) => {
                *last = *last.start()..=*last.end().max(range.end());
            }
            Some(_) | None => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_what_changed() {
        let mut changed = ChangedLines::default();
        changed.add("./src\\a.c", FileChange::Lines(vec![7..=9, 1..=2, 3..=3, 8..=12]));
        changed.add("b.c", FileChange::Whole);
        changed.add("c.c", FileChange::Lines(vec![]));
        changed.add("d.c", FileChange::Lines(vec![4..=4]));
        changed.add("d.c", FileChange::Lines(vec![2..=2]));
        changed.add("e.c", FileChange::Lines(vec![4..=4]));
        changed.add("e.c", FileChange::Whole);
        changed.add("lib/sub", FileChange::Lines(vec![1..=1]));
        let cases = [
            ("src/a.c", Some(0), false),
            ("src/a.c", Some(3), true),
            ("src/a.c", Some(4), false),
            ("src/a.c", Some(12), true),
            ("src/a.c", Some(13), false),
            ("src/a.c", None, true),
            ("SRC/a.c", Some(3), false),
            ("b.c", Some(u32::MAX), true),
            ("c.c", Some(1), false),
            ("c.c", None, true),
            ("d.c", Some(2), true),
            ("d.c", Some(3), false),
            ("e.c", Some(3), true),
            ("f.c", None, false),
            ("lib/sub/x/y.c", Some(7), true),
            ("lib/sub", Some(7), false),
            ("lib/subs/y.c", Some(1), false),
            ("lib/y.c", Some(1), false),
            // Only submodules have files below them.
            ("b.c/x.c", Some(1), true),
            ("c.c/x.c", None, false),
            ("d.c/x.c", Some(2), false),
        ];
        for (path, line, expected) in cases {
            assert_eq!(changed.touches(path, line), expected, "{path} {line:?}");
        }
        assert_eq!(changed.files(), 6);
        changed.miss_files();
        assert!(changed.touches("f.c", Some(7)) && !changed.touches("c.c", Some(1)));
        assert_eq!(changed.whole().collect::<Vec<_>>(), ["b.c", "e.c"]);
    }
}
