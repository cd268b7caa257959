//! Holds every sentence in every language against a snapshot, `snapshots/SUBJECT.snap`, and against its English: both have the
//! same parts. To change words: change them, run `INSTA_UPDATE=always cargo test --lib sentences`, and read
//! `git diff src/messages/snapshots`.

use crate::example::{Choices, Example};
use crate::model::choice::Choice;
use crate::model::language::Language;
use std::any::TypeId;
use std::collections::HashSet;
use std::fmt::Write;

/// Subjects and variants that may be without a Chinese word: nothing but parts and names.
const NAMES_ONLY: &[(&str, &str)] = &[
    ("command", "Export"),
    ("doctor", "BuildStatus"),
    ("doctor", "Environment"),
    ("doctor", "Languages"),
    ("doctor", "Project"),
    ("doctor", "QualityGate"),
    ("doctor", "ServiceEndpoint"),
    ("doctor", "TaskPolicy"),
    ("finish", "Because"),
    ("finish", "Ended"),
    ("finish", "Later"),
    ("gate", "Failed"),
    ("gate", "Passed"),
    ("http", "Said"),
    ("junit", "Suite"),
    ("outside", ""),
    ("page", "Pdf"),
    ("page", "Sentence"),
    ("publish_label", "Verdict"),
    ("service", "ExportReason"),
];

/// Where the pages are that a sentence names: in English, and in Chinese.
const PAGES: [&str; 2] = ["docs/", "docs/zh/"];

/// Bytes of faults after which no more are shown.
const FAULTS_LIMIT: usize = 4000;

/// Fails unless the sentences of a subject are the snapshot of its name: of each variant those with two neighbouring words
/// that the ones above do not have. All numbers count as the same word. Fails, too, when two languages have different parts.
pub(super) fn assert_shown<T: Example>(
    subject: &str,
    subjects: &'static [TypeId],
    text: fn(&T, Language) -> String,
) {
    let mut shown = String::new();
    let mut above = "";
    let mut seen = HashSet::new();
    let mut faults = String::new();
    Choices::each(subjects, |variant, message: T| {
        let texts: Vec<String> =
            Language::all().into_iter().map(|language| text(&message, language)).collect();
        let pairs: HashSet<_> = texts.iter().flat_map(|text| pairs(variant, text)).collect();
        let may_lack_words = NAMES_ONLY.contains(&(subject, variant));
        for fault in differences(&texts[0], &texts[1], may_lack_words) {
            if faults.len() < FAULTS_LIMIT {
                writeln!(faults, "{variant}: {fault}\n  {}\n  {}", texts[0], texts[1]).unwrap();
            }
        }
        if pairs.is_subset(&seen) {
            return;
        }
        if variant != above {
            writeln!(shown, "{variant}").unwrap();
            above = variant;
        }
        for text in &texts {
            writeln!(shown, "  {}", text.trim_end().replace('\n', "\n  ")).unwrap();
        }
        seen.extend(pairs);
    });
    assert_eq!(faults, "", "the languages differ");
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(subject, shown));
}

/// Each word with the one before it. Punctuation of Chinese divides words, too.
fn pairs<'v>(variant: &'v str, text: &str) -> HashSet<(&'v str, String)> {
    let is_number =
        |word: &str| word.trim_start_matches(['(', '#']).starts_with(|c: char| c.is_ascii_digit());
    let words = text.split(|c: char| c.is_whitespace() || is_wide_mark(c)).filter(|word| !word.is_empty());
    let words = words.map(|word| if is_number(word) { "0" } else { word });
    let words: Vec<&str> = [""].into_iter().chain(words).chain([""]).collect();
    words.windows(2).map(|pair| (variant, pair.join(" "))).collect()
}

/// What one of two sentences has and the other has not.
fn differences(english: &str, chinese: &str, may_lack_words: bool) -> Vec<String> {
    let mut faults = Vec::new();
    if english.contains(is_han) {
        faults.push("the English is Chinese".to_owned());
    }
    if !chinese.contains(is_han) && !may_lack_words {
        faults.push("the Chinese has no Chinese word".to_owned());
    }
    // Who reads Chinese is sent to the Chinese page.
    let (of_english, of_chinese) = (tokens(&english.replace(PAGES[0], PAGES[1])), tokens(chinese));
    let lost = of_english.iter().filter(|token| is_part(token) && !of_chinese.contains(*token));
    faults.extend(lost.map(|token| format!("the Chinese lacks `{token}`")));
    let small: HashSet<String> = of_english.iter().map(|token| token.to_lowercase()).collect();
    let is_known = |token: &str| small.contains(token) || small.contains(&format!("{token}s"));
    let added = of_chinese.iter().filter(|token| !is_known(&token.to_lowercase()));
    faults.extend(added.map(|token| format!("the English lacks `{token}`")));
    // A blank between Chinese and Latin text, and wide marks, without blanks, in Chinese text.
    let is_latin = |c: char| c.is_ascii_alphanumeric() || c == '`';
    for (one, other) in chinese.chars().zip(chinese.chars().skip(1)) {
        let lacks_blank = is_han(one) && is_latin(other) || is_latin(one) && is_han(other);
        let has_blank = is_wide_mark(one) && other == ' ';
        if lacks_blank || has_blank || is_han(one) && ",;()?!".contains(other) {
            faults.push(format!("`{one}{other}`"));
        }
    }
    faults
}

/// Code in backticks, and Latin words and numbers outside of it.
fn tokens(text: &str) -> HashSet<String> {
    let mut tokens = HashSet::new();
    for (index, text) in text.split('`').enumerate() {
        if index % 2 == 1 {
            tokens.insert(text.to_owned());
            continue;
        }
        let is_inside = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=*#~{}$".contains(c);
        let words = text.split(|c| !is_inside(c)).map(|word| word.trim_matches(['.', ':', '-', '/', '=']));
        tokens.extend(words.filter(|word| !word.is_empty()).map(str::to_owned));
    }
    tokens
}

/// Whether it is the same in every language: a number, a name, a code, a part that an example has.
fn is_part(token: &str) -> bool {
    let is_name = token.len() > 1 && !token.contains(|c: char| c.is_ascii_lowercase());
    is_name
        || token.contains(|c: char| c.is_ascii_digit() || !c.is_ascii_alphabetic() && c != '-' && c != '/')
        || ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "inner"].contains(&token)
}

const fn is_han(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}')
}

/// Punctuation of Chinese.
fn is_wide_mark(character: char) -> bool {
    "，。；：、（）“”？！".contains(character)
}
