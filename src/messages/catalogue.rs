//! Holds every sentence in every language against a snapshot, `snapshots/SUBJECT.snap`. To change words: change them, run
//! `INSTA_UPDATE=always cargo test --lib sentences`, and read `git diff src/messages/snapshots`.

use crate::example::{Choices, Example};
use crate::model::choice::Choice;
use crate::model::language::Language;
use std::any::TypeId;
use std::collections::HashSet;
use std::fmt::Write;

/// Fails unless the sentences of a subject are the snapshot of its name: of each variant those with two neighbouring words
/// that the ones above do not have. All numbers count as the same word.
pub(super) fn assert_shown<T: Example>(
    subject: &str,
    subjects: &'static [TypeId],
    text: fn(&T, Language) -> String,
) {
    let mut shown = String::new();
    let mut above = "";
    let mut seen = HashSet::new();
    Choices::each(subjects, |variant, message: T| {
        for language in Language::all() {
            let text = text(&message, language);
            let pairs = pairs(variant, &text);
            if !pairs.is_subset(&seen) {
                if variant != above {
                    writeln!(shown, "{variant}").unwrap();
                    above = variant;
                }
                writeln!(shown, "  {}", text.trim_end().replace('\n', "\n  ")).unwrap();
                seen.extend(pairs);
            }
        }
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(subject, shown));
}

/// Each word with the one before it.
fn pairs<'v>(variant: &'v str, text: &str) -> HashSet<(&'v str, String)> {
    let is_number =
        |word: &str| word.trim_start_matches(['(', '#']).starts_with(|c: char| c.is_ascii_digit());
    let words = text.split_whitespace().map(|word| if is_number(word) { "0" } else { word });
    let words: Vec<&str> = [""].into_iter().chain(words).chain([""]).collect();
    words.windows(2).map(|pair| (variant, pair.join(" "))).collect()
}
