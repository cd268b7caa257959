//! Which lines a unified diff adds or changes. Strict: what it does not understand is an error that names the line, never
//! a file or hunk less, because findings there would not count.
//!
//! Crates that were tried in November 2026, each with the same hostile and odd diffs, and why none is used:
//! - `diffy` 0.5.2 (2026-08), well kept, the nearest: a merge's `@@@` hunks, a hunk after a foreign line and lines beyond
//!   a hunk's numbers are passed over in silence; a long line `diff --git` takes quadratic time; errors name no line.
//! - `flickzeug` 0.6.0 (2026-07), a fork of it: the same silence, no octal escapes, no git header without hunks.
//! - `unidiff` 0.4.1 (2025-09): panics at a large number, believes wrong numbers, skips `@@@` and binary files; needs `regex`.
//! - `gitpatch` 0.7.1 (2025-10) and `patch` 0.7.0 (2022-12): panic at a large number and at a stray hunk, believe wrong
//!   numbers, no octal escapes, no binary files; need `chrono` and `nom` 7.

mod hunk;
mod lines;
mod name;
mod position;
#[cfg(test)]
mod tests;

pub use crate::model::diff_error::{DiffError, DiffFault};
pub use position::position;

use crate::model::changed_lines::{ChangedLines, FileChange};
use crate::model::path::in_repository;
use hunk::{Hunks, is_hunk};
use lines::Lines;
use name::Name;
use std::ops::RangeInclusive;

/// Largest diff that is read, in bytes: it is held in memory, and what people review is a hundred times smaller.
pub const DIFF_LIMIT: usize = 64 * 1024 * 1024;

/// What the lines begin with that git writes about a file before its hunks.
const HEADER: [&[u8]; 13] = [
    b"index ",
    b"similarity index ",
    b"dissimilarity index ",
    b"mode ",
    b"old mode ",
    b"new mode ",
    b"new file mode ",
    b"deleted file mode ",
    b"rename ",
    b"copy ",
    b"Binary files ",
    b"Files ",
    b"GIT binary patch",
];

/// The changed lines of a whole diff, as `git diff`, `diff -u` and the like write it.
///
/// # Errors
/// When any of it cannot be understood, or nothing in it is a diff.
pub fn unified(bytes: &[u8]) -> Result<ChangedLines, DiffError> {
    if bytes.len() > DIFF_LIMIT {
        return Err(DiffError { line: 1, fault: DiffFault::TooLarge(DIFF_LIMIT) });
    }
    let mut diff =
        Diff { lines: Lines::new(bytes), changed: ChangedLines::default(), files: 0, is_git: false };
    while let Some(line) = diff.lines.next() {
        diff.read(line)?;
    }
    if diff.files > 0 {
        return Ok(diff.changed);
    }
    let is_empty = bytes.iter().all(u8::is_ascii_whitespace);
    Err(diff.lines.fault(if is_empty { DiffFault::Empty } else { DiffFault::NotADiff }))
}

/// The changed lines in the hunks of one file, as forges return them: `patch` of GitHub, `diff` of GitLab. An empty text
/// has none: the file was renamed, say.
///
/// # Errors
/// When anything else is in it, also that the file is binary, or when something is missing.
pub fn patch(text: &str) -> Result<Vec<RangeInclusive<u32>>, DiffError> {
    let mut lines = Lines::new(text.as_bytes());
    let mut names = lines.clone();
    if is_old_name(names.next()) && is_new_name(names.next()) {
        lines = names;
    }
    let mut hunks = Hunks::default();
    let has_hunks = lines.peek().is_some_and(is_hunk);
    hunks.read(&mut lines)?;
    match lines.find(|line| !line.trim_ascii().is_empty()) {
        Some(_) if has_hunks => Err(lines.fault(DiffFault::UnexpectedLine)),
        Some(_) => Err(lines.fault(DiffFault::NotADiff)),
        None => Ok(hunks.changed),
    }
}

fn is_old_name(line: Option<&[u8]>) -> bool {
    line.is_some_and(|line| line.starts_with(b"--- "))
}

fn is_new_name(line: Option<&[u8]>) -> bool {
    line.is_some_and(|line| line.starts_with(b"+++ "))
}

/// What has been read of a diff.
struct Diff<'a> {
    lines: Lines<'a>,
    changed: ChangedLines,
    /// Files that were seen, deleted ones too.
    files: usize,
    /// Whether git has made it, which shows every file; what else its messages say does not matter.
    is_git: bool,
}

/// What the lines between `diff --git` and the first hunk say about a file.
#[derive(Default)]
struct Header<'a> {
    /// Whether git says so.
    is_git: bool,
    /// Its name without a prefix, from a line that has none.
    exact: Option<Name<'a>>,
    /// The names with prefixes, the old one first.
    names: Option<(Name<'a>, Name<'a>)>,
    is_deleted: bool,
    /// Which lines are new is not shown.
    is_whole: bool,
}

impl<'a> Diff<'a> {
    /// Reads what begins with a line outside of hunks. Lines of mails and logs are skipped.
    fn read(&mut self, line: &'a [u8]) -> Result<(), DiffError> {
        let begins = self.lines.clone();
        if let Some(rest) = line.strip_prefix(b"diff --git ") {
            self.is_git = true;
            let names = name::pair(rest).map_err(|fault| begins.fault(fault))?;
            return self.file(&begins, Header { is_git: true, names, ..Header::default() });
        }
        let merged = line.strip_prefix(b"diff --cc ").or_else(|| line.strip_prefix(b"diff --combined "));
        if let Some(rest) = merged {
            self.is_git = true;
            let exact = Some(name::read(rest).map_err(|fault| begins.fault(fault))?);
            return self.file(&begins, Header { exact, ..Header::default() });
        }
        if is_old_name(Some(line)) && is_new_name(self.lines.peek()) {
            let mut header = Header::default();
            let hunks = self.hunks(line, &mut header)?;
            return self.add(&begins, &header, hunks);
        }
        if let Some(names) = binary(line) {
            let names = name::both(names);
            let header = Header { names, is_whole: true, ..Header::default() };
            return self.add(&begins, &header, Hunks::default());
        }
        if let Some(path) = submodule(line) {
            let header = Header { exact: Some(path.into()), is_whole: true, ..Header::default() };
            return self.add(&begins, &header, Hunks::default());
        }
        if line.starts_with(b"Only in ") && !self.is_git {
            return Err(begins.fault(DiffFault::NotShown));
        }
        if is_hunk(line) {
            return Err(begins.fault(DiffFault::HunkWithoutFile));
        }
        Ok(())
    }

    /// The rest of what git shows about a file.
    fn file(&mut self, begins: &Lines<'a>, mut header: Header<'a>) -> Result<(), DiffError> {
        let mut hunks = Hunks::default();
        let is_header = |line: &[u8]| HEADER.iter().any(|begin| line.starts_with(begin));
        while let Some(line) = self.lines.peek().filter(|line| is_header(line)) {
            self.lines.next();
            let copied = line.strip_prefix(b"copy to ");
            // Every line of a copy is new, and its hunks show only those that differ from the original.
            header.is_whole |= copied.is_some();
            if let Some(rest) = line.strip_prefix(b"rename to ").or(copied) {
                header.exact = Some(name::read(rest).map_err(|fault| self.lines.fault(fault))?);
            } else if line.starts_with(b"deleted file mode ") {
                header.is_deleted = true;
            } else if line.starts_with(b"GIT binary patch") || binary(line).is_some() {
                header.is_whole = true;
            }
        }
        if is_old_name(self.lines.peek()) {
            let line = self.lines.next().unwrap_or_default();
            hunks = self.hunks(line, &mut header)?;
        }
        self.add(begins, &header, hunks)
    }

    /// The lines `--- ` and `+++ `, and all hunks after them.
    fn hunks(&mut self, line: &'a [u8], header: &mut Header<'a>) -> Result<Hunks, DiffError> {
        let read =
            |line: &'a [u8], lines: &Lines<'_>| name::read(&line[4..]).map_err(|fault| lines.fault(fault));
        let old = read(line, &self.lines)?;
        // `git diff --combined-all-paths` shows one for each parent.
        while is_old_name(self.lines.peek()) {
            self.lines.next();
        }
        let line = self.lines.next().filter(|line| is_new_name(Some(line)));
        let line = line.ok_or_else(|| self.lines.fault(DiffFault::MissingNewName))?;
        let new = read(line, &self.lines)?;
        header.is_deleted |= new.as_ref() == name::NO_FILE;
        header.names.get_or_insert((old, new));
        if !self.lines.peek().is_some_and(is_hunk) {
            return Err(self.lines.fault_ahead(DiffFault::BadHunk));
        }
        let mut hunks = Hunks::default();
        hunks.read(&mut self.lines)?;
        Ok(hunks)
    }

    /// Notes a file. One that comes twice is in two versions, whose line numbers differ: it counts whole.
    fn add(&mut self, begins: &Lines<'a>, header: &Header<'a>, hunks: Hunks) -> Result<(), DiffError> {
        self.files += 1;
        if header.is_deleted {
            return Ok(());
        }
        let meant = match (&header.exact, &header.names) {
            (Some(exact), _) => vec![exact.as_ref()],
            (None, Some((_, new))) if new.as_ref() == name::NO_FILE => return Ok(()),
            (None, Some((old, new))) => name::meant(old, new, header.is_git),
            (None, None) => Vec::new(),
        };
        if meant.is_empty() {
            return Err(begins.fault(DiffFault::UnclearName));
        }
        for name in meant {
            let path = in_repository(name::checked(name).map_err(|fault| begins.fault(fault))?, &[]);
            let is_whole = header.is_whole || self.changed.contains(&path);
            let change = if is_whole { FileChange::Whole } else { FileChange::Lines(hunks.changed.clone()) };
            self.changed.add(path, change);
        }
        Ok(())
    }
}

/// The path in the line that stands for a submodule, with its commits or that it has no new one:
/// `Submodule PATH 1f3a9c2..77ab01e:`.
fn submodule(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_prefix(b"Submodule ")?.trim_ascii_end();
    let unchanged: [&[u8]; 2] = [b" contains modified content", b" contains untracked content"];
    let without_commits = unchanged.iter().find_map(|end| line.strip_suffix(*end));
    without_commits.or_else(|| {
        let blanks = line.iter().enumerate().rev().filter(|(_, byte)| **byte == b' ');
        let mut paths = blanks.map(|(at, _)| line.split_at(at));
        paths.find(|(_, rest)| begins_with_commits(&rest[1..])).map(|(path, _)| path)
    })
}

fn begins_with_commits(text: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_hexdigit();
    let digits = text.iter().take_while(|byte| is_digit(byte)).count();
    let after = text[digits..].strip_prefix(b"..").map(|rest| rest.strip_prefix(b".").unwrap_or(rest));
    digits > 0 && after.and_then(<[u8]>::first).is_some_and(is_digit)
}

/// The names in the line that stands for a binary file.
fn binary(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let names = line.strip_prefix(b"Binary files ").or_else(|| line.strip_prefix(b"Files "))?;
    names.strip_suffix(b" differ")
}
