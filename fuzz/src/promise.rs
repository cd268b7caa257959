//! What holds for everything that is read: text for people is one harmless line of bounded length.

use codearts_gate::error::Problem;
use codearts_gate::http::error::CallError;
use codearts_gate::messages::{self, Message};
use codearts_gate::model::changed_lines::FileChange;
use codearts_gate::model::language::Language;
use codearts_gate::text::is_unprintable;

/// Longest sentence about an error, in characters: a few quotes of 500 and the words around them.
const SENTENCE_LIMIT: usize = 4000;

/// Text on one line.
///
/// # Panics
/// When it holds a character that nobody sees, drives a terminal or ends the line, or is longer than `limit` characters.
pub fn line(text: &str, limit: usize) {
    if let Some(character) = text.chars().find(|character| is_unprintable(*character)) {
        panic!("{character:?} in {text:?}");
    }
    let length = text.chars().count();
    assert!(length <= limit + 1, "{length} characters, more than {limit}: {text:?}");
}

/// Text that may have several lines.
///
/// # Panics
/// As for [`line`].
pub fn lines(text: &str, limit: usize) {
    text.split('\n').for_each(|part| line(part, limit));
    assert!(text.chars().count() <= limit + 1, "more than {limit} characters: {text:?}");
}

/// An error of a call, in both languages.
///
/// # Panics
/// As for [`line`].
pub fn call_error(error: &CallError) {
    problem(&Problem::from(error));
    in_both(|| line(&error.to_string(), SENTENCE_LIMIT));
    if let Some(id) = &error.request_id {
        line(id, 80);
    }
    if let Some(code) = &error.code {
        line(code, 40);
    }
}

/// An error, however it is printed, does not hold a secret.
///
/// # Panics
/// When it does.
pub fn without(error: &CallError, secret: &str) {
    let printed = format!("{error} {error:?} {}", Problem::from(error));
    assert!(!printed.contains(secret), "{printed}");
}

/// A sentence, in both languages.
///
/// # Panics
/// As for [`line`].
pub fn sentence(message: &Message) {
    in_both(|| line(&message.to_string(), SENTENCE_LIMIT));
}

/// A problem, in both languages, with its hints.
///
/// # Panics
/// As for [`line`].
pub fn problem(problem: &Problem) {
    in_both(|| {
        line(&problem.to_string(), SENTENCE_LIMIT);
        problem.hints.iter().for_each(|hint| line(&hint.to_string(), SENTENCE_LIMIT));
    });
}

fn in_both(check: impl Fn()) {
    for language in [Language::Chinese, Language::English] {
        messages::speak(language);
        check();
    }
}

/// A path in the repository.
///
/// # Panics
/// When it leads elsewhere.
pub fn path(path: &str) {
    line(path, usize::MAX - 1);
    let is_name = |name: &str| !matches!(name, "" | "." | "..") && !name.contains('\\');
    assert!(path.split('/').all(is_name), "{path:?}");
}

/// Changed lines: in order, and in as few ranges as possible.
///
/// # Panics
/// When they are not.
pub fn ranges(change: &FileChange) {
    let FileChange::Lines(ranges) = change else { return };
    assert!(ranges.iter().all(|range| 0 < *range.start() && range.start() <= range.end()), "{ranges:?}");
    assert!(ranges.windows(2).all(|pair| *pair[0].end() < pair[1].start() - 1), "{ranges:?}");
}
