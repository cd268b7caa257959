//! Why a diff cannot be read.

/// What is wrong with a diff, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct DiffError {
    /// The line of the diff, from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: DiffFault,
}

/// What can be wrong with a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum DiffFault {
    /// It has more bytes than this.
    TooLarge(usize),
    /// There is nothing in it.
    Empty,
    /// It ends, and nothing in it is a diff.
    NotADiff,
    /// A line `@@ … @@` that cannot be understood.
    BadHunk,
    /// A line number that no file has.
    NumberTooLarge,
    /// A hunk that belongs to no file.
    HunkWithoutFile,
    /// A hunk that begins before the end of the one before.
    HunksOutOfOrder,
    /// It ends before the hunk that begins here has all its lines.
    Truncated,
    /// A line that does not belong into a hunk, whose number of lines is not reached.
    UnexpectedLine,
    /// A line of a hunk that has all its lines already.
    TooManyLines,
    /// A line `--- ` without its `+++ `.
    MissingNewName,
    /// Which file it is about is not clear.
    UnclearName,
    /// A name in quotes that cannot be understood.
    BadQuotes,
    /// A name that is not UTF-8.
    NameNotText,
    /// A name that lies outside of the repository: absolute, or with `..`.
    NameOutside,
    /// A file whose content is not shown: `diff` without `--new-file`.
    NotShown,
}
