//! Diffs in English.

use crate::model::diff_error::{DiffError, DiffFault};
use crate::text::bytes;

/// Why a diff cannot be read.
pub(in crate::messages) fn diff(error: &DiffError) -> String {
    let fault = match error.fault {
        DiffFault::TooLarge(limit) => return format!("the diff is larger than {}", bytes(limit as u64)),
        DiffFault::Empty => return "the diff is empty".to_owned(),
        DiffFault::NotADiff => return "this is not a unified diff".to_owned(),
        DiffFault::BadHunk => "expected a hunk, `@@ -1,2 +3,4 @@`",
        DiffFault::NumberTooLarge => "the line number is too large",
        DiffFault::HunkWithoutFile => "this hunk does not belong to a file",
        DiffFault::HunksOutOfOrder => "this hunk begins before the end of the previous one",
        DiffFault::Truncated => "the diff ends in the middle of this hunk",
        DiffFault::UnexpectedLine => "this line does not belong in a hunk",
        DiffFault::TooManyLines => "the hunk has more lines than its `@@` line announces",
        DiffFault::MissingNewName => "a line `+++ FILE` is missing",
        DiffFault::UnclearName => "the path of the changed file is ambiguous",
        DiffFault::BadQuotes => "the quoted path is malformed",
        DiffFault::NameNotText => "the path is not UTF-8 text",
        DiffFault::NameOutside => "the path is not relative to the repository",
        DiffFault::NotShown => {
            "the content of a file on one side only is missing; `diff --new-file` includes it"
        }
    };
    format!("line {}: {fault}", error.line)
}
