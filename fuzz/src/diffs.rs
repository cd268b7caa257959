//! Unified diffs.

use crate::memory;
use crate::promise;
use codearts_gate::diff::{patch, unified};
use codearts_gate::model::changed_lines::FileChange;

/// Bytes that a diff may take for each of its own.
const FACTOR: usize = 100;

/// A whole diff.
pub fn diff(input: &[u8]) {
    let changed = memory::within(input, FACTOR, || unified(input));
    match &changed {
        Ok(changed) => {
            for (path, change) in changed.iter() {
                promise::path(path);
                promise::ranges(change);
            }
        }
        Err(error) => {
            let lines = input.iter().filter(|byte| **byte == b'\n').count() + 1;
            assert!((1..=lines + 1).contains(&error.line), "{error:?} of {lines}");
            promise::line(&error.to_string(), 500);
        }
    }
}

/// The hunks of one file.
pub fn file_patch(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(ranges) = memory::within(input, FACTOR, || patch(text)) else { return };
    let change = FileChange::Lines(ranges);
    promise::ranges(&change);
    // A whole diff with the same hunks says the same.
    if text.starts_with("@@") {
        let whole = format!("--- a/f\n+++ b/f\n{text}");
        let changed = unified(whole.as_bytes()).expect("a diff whose hunks can be read");
        assert_eq!(changed.get("f"), Some(("f", &change)));
    }
}
