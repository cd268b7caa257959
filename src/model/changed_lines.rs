//! Which lines a change adds or changes: plain data, by path in the repository.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What changed in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// These lines of the new file, in order, none twice; numbers from 1.
    Lines(Vec<RangeInclusive<u32>>),
    /// Which lines is not known: everything in it counts as changed.
    Whole,
}

/// The files that a change adds or changes, under their new names. A file that is not in it did not change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedLines {
    files: BTreeMap<String, FileChange>,
}

impl ChangedLines {
    /// Notes a file. One that comes twice counts with everything that is known of it.
    pub fn add(&mut self, path: String, change: FileChange) {
        let joined = match (self.files.remove(&path), change) {
            (None, change) => change,
            (Some(FileChange::Lines(mut before)), FileChange::Lines(lines)) => {
                before.extend(lines);
                FileChange::Lines(before)
            }
            (Some(_), _) => FileChange::Whole,
        };
        self.files.insert(path, joined);
    }

    /// Whether a place lies in what changed. A place without a line does if its file changed.
    pub fn touches(&self, path: &str, line: Option<u32>) -> bool {
        match (self.files.get(path), line) {
            (None, _) => false,
            (Some(FileChange::Whole), _) | (Some(FileChange::Lines(_)), None) => true,
            (Some(FileChange::Lines(ranges)), Some(line)) => ranges.iter().any(|range| range.contains(&line)),
        }
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
