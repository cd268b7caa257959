//! What the descriptions of pull requests have in common on all forges. Pure.

use crate::diff;
use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::{Attempt, ForgeHint, ForgeMessage, Hint, HttpMessage};
use crate::model::changed_lines::{ChangedLines, FileChange};
use crate::model::pull_request::ForgeName;
use crate::publish::reviewed::ReviewError;
use crate::text::{QUOTE_LIMIT, one_line};
use serde_json::Value;
use std::collections::HashSet;

/// Longest title that is kept, in characters.
const TITLE_LIMIT: usize = 300;

/// Why reading failed.
#[derive(Debug)]
pub(super) enum ReadError {
    /// A call failed.
    Call(CallError),
    /// Anything else.
    Other(ReviewError),
}

impl From<CallError> for ReadError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<ReviewError> for ReadError {
    fn from(error: ReviewError) -> Self {
        Self::Other(error)
    }
}

/// A response that lacks what every pull request has.
pub(super) fn missing(forge: ForgeName, field: &'static str) -> ReviewError {
    ReviewError::Unavailable(Problem::new(ForgeMessage::FieldMissing { forge, field }))
}

/// An answer that is not the list that was asked for: without it nothing shows what is there already.
pub(super) fn no_list(attempt: Attempt, answer: &Value) -> CallError {
    let said = one_line(&answer.to_string(), QUOTE_LIMIT);
    CallError::before_sending(attempt, Failure::Unreadable, HttpMessage::Unexplained(said))
}

/// The only one of the open pull requests that fit a job; none where none does.
///
/// # Errors
/// When there are several: the job could be about any of them.
pub(super) fn only<T>(
    forge: ForgeName,
    found: Vec<T>,
    number: impl Fn(&T) -> Option<u64>,
) -> Result<Option<T>, ReviewError> {
    if found.len() > 1 {
        let numbers = found.iter().filter_map(number).collect();
        let problem = Problem::new(ForgeMessage::SeveralOpen { forge, numbers });
        return Err(ReviewError::NotFound(problem.hint(Hint::Forge(ForgeHint::ChooseOne(forge)))));
    }
    Ok(found.into_iter().next())
}

/// A title, which anybody may have written.
pub(super) fn title(text: &Value) -> String {
    one_line(text.as_str().unwrap_or_default(), TITLE_LIMIT)
}

/// The name of a branch, which anybody may have chosen. As it is: without the characters that nobody sees it is another branch.
pub(super) fn branch(text: &Value) -> Option<String> {
    text.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What a patch changes in its file. `added`: how many lines it adds, where the forge counts them. What was cut counts whole.
pub(super) fn in_patch(patch: &str, added: Option<u64>) -> FileChange {
    let Ok(lines) = diff::patch(patch) else { return FileChange::Whole };
    let number: u64 = lines.iter().map(|range| u64::from(range.end() - range.start()) + 1).sum();
    if added.is_none_or(|added| added == number) { FileChange::Lines(lines) } else { FileChange::Whole }
}

/// Changed files, page after page.
#[derive(Debug, Default)]
pub(super) struct Files {
    changed: ChangedLines,
    /// Names of all that were listed, and whether they are still there: a link that became a file is listed as both.
    names: HashSet<(String, bool)>,
}

impl Files {
    /// Adds a page; whether it listed anything new. `change`: what an entry changes, by the name of its file; `None`: nothing
    /// in the new code.
    pub(super) fn add(
        &mut self,
        page: &[Value],
        name: &str,
        change: impl Fn(&Value) -> Option<FileChange>,
    ) -> bool {
        let before = self.names.len();
        for entry in page {
            let Some(name) = entry[name].as_str() else {
                self.changed.miss_files();
                continue;
            };
            let change = change(entry);
            self.names.insert((name.to_owned(), change.is_some()));
            if let Some(change) = change {
                self.changed.add(name, change);
            }
        }
        self.names.len() > before
    }

    /// How many files were listed.
    pub(super) fn number(&self) -> usize {
        self.names.len()
    }

    /// What changed; `is_whole`: whether all files were listed.
    pub(super) fn finish(mut self, is_whole: bool) -> ChangedLines {
        if !is_whole {
            self.changed.miss_files();
        }
        self.changed
    }
}
