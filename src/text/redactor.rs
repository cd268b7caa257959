//! Takes the secrets of this process out of what leaves it, in whatever form somebody wrote them.
//!
//! One for the whole process, because secrets are: whoever reads or fetches one calls [`learn`], and everything that is
//! printed, written or sent to a forge passes through [`redact`] or one of its relatives. So no call has to know which secrets a
//! server may echo, and no field of an answer can be forgotten.

use percent_encoding::percent_decode_str;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};
use url::Url;

mod forms;

/// Shorter secrets are not looked for: they would be found by chance. No form of a longer one is shorter either.
const SHORTEST: usize = 6;
/// A name without a password in an address is a token when it is this long, in characters.
const TOKEN_LENGTH: usize = 20;
/// Stands where a secret stood.
const MARK: &str = "***";

static KNOWN: RwLock<Option<Redactor>> = RwLock::new(None);

/// Takes note of a secret.
pub fn learn(secret: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.get_or_insert_default().learn(secret);
}

/// Forgets all secrets, because each input of a fuzz target brings its own.
#[cfg(fuzzing)]
pub fn forget() {
    *KNOWN.write().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Takes note of what an address of the web holds to log in with.
pub fn learn_login(address: &str) {
    let Ok(address) = Url::parse(address.trim()) else { return };
    // Databases and queues of tests have passwords such as `postgres`, which are ordinary words elsewhere.
    if !["http", "https"].contains(&address.scheme()) {
        return;
    }
    let name = Some(address.username()).filter(|name| name.len() >= TOKEN_LENGTH);
    for secret in address.password().into_iter().chain(name) {
        learn(secret);
        learn(&percent_decode_str(secret).decode_utf8_lossy());
    }
}

/// The text without the secrets of this process.
pub fn redact(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.as_ref().map_or(Cow::Borrowed(text), |known| known.redact(text))
}

/// The same for a panic, which may happen while a secret is being noted: then all of the text goes.
pub fn redact_in_panic(text: &str) -> Cow<'_, str> {
    match KNOWN.try_read() {
        Ok(known) => known.as_ref().map_or(Cow::Borrowed(text), |known| known.redact(text)),
        Err(_) => Cow::Borrowed(MARK),
    }
}

/// A JSON document whose texts are without them. Names of fields stay, so that it keeps its form.
pub fn redact_json(document: &str) -> String {
    let mut redacted = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(start) = rest.find('"') {
        let end = start + 1 + end_of_text(&rest[start + 1..]);
        let (before, text) = rest[..end].split_at(start);
        redacted.push_str(before);
        rest = &rest[end..];
        let is_name = rest.trim_start().starts_with(':');
        redacted.push_str(&if is_name { Cow::Borrowed(text) } else { redact(text) });
    }
    redacted.push_str(rest);
    redacted
}

/// A file of text without them; JSON keeps its form. What is not text stays as it is.
pub fn redact_file(bytes: &[u8]) -> Cow<'_, [u8]> {
    match std::str::from_utf8(bytes) {
        Ok(text) if serde_json::from_str::<IgnoredAny>(text).is_ok() => {
            Cow::Owned(redact_json(text).into_bytes())
        }
        Ok(text) => match redact(text) {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        },
        Err(_) => Cow::Borrowed(bytes),
    }
}

/// Where the text ends that begins here, behind its quotation mark.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !is_escaped => return position + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// The same for a document that is not written yet.
pub fn redact_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(redacted) = redact(text) {
                *text = redacted;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(redact_value),
        Value::Object(fields) => fields.values_mut().for_each(redact_value),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Finds many forms at once, by the method of Wu and Manber: most of a text is skipped, several bytes at a time. An automaton,
/// as libraries build it, takes time and memory for every byte of every form, and a token of 20 kB has some forty forms.
#[derive(Debug, Default)]
pub struct Redactor {
    forms: BTreeSet<String>,
    /// How far the search may go on from a pair of bytes, by [`slot`].
    skips: Vec<u8>,
    /// The forms by the [`slot`] of the pair that their first [`SHORTEST`] bytes end with; of each slot the longest first.
    candidates: Vec<(usize, Box<[u8]>)>,
}

/// Pairs of bytes share so many slots, which fit into the nearest memory of a processor.
const SLOTS: usize = 4096;

fn slot(one: u8, other: u8) -> usize {
    (usize::from(one) << 5 ^ usize::from(other)) % SLOTS
}

impl Redactor {
    /// Takes note of a secret.
    pub fn learn(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() < SHORTEST || self.forms.contains(secret) {
            return;
        }
        self.forms.extend(forms::of(secret).into_iter().filter(|form| form.len() >= SHORTEST));
        if let Some(signature) = forms::signature_of(secret) {
            self.forms.extend(forms::of(signature).into_iter().filter(|form| form.len() >= SHORTEST));
        }
        self.skips = vec![(SHORTEST - 1) as u8; SLOTS];
        self.candidates.clear();
        for form in &self.forms {
            let form = form.as_bytes();
            for end in 2..=SHORTEST {
                let slot = slot(form[end - 2], form[end - 1]);
                self.skips[slot] = self.skips[slot].min((SHORTEST - end) as u8);
            }
            let slot = slot(form[SHORTEST - 2], form[SHORTEST - 1]);
            self.candidates.push((slot, form.into()));
        }
        self.candidates.sort_by_key(|(slot, form)| (*slot, Reverse(form.len())));
    }

    /// The text without them; borrowed where there are none.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut redacted = Cow::Borrowed(text);
        loop {
            let found = self.find(redacted.as_bytes());
            if found.is_empty() {
                return redacted;
            }
            // Once more, because a mark can complete a secret that has one in it; each time the text gets shorter.
            redacted = Cow::Owned(replace(&redacted, &found));
        }
    }

    /// Where there are secrets, in their order; what overlaps is one.
    fn find(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        if self.forms.is_empty() {
            return found;
        }
        let mut position = SHORTEST;
        while position <= text.len() {
            let slot = slot(text[position - 2], text[position - 1]);
            let skip = usize::from(self.skips[slot]);
            if skip > 0 {
                position += skip;
                continue;
            }
            let start = position - SHORTEST;
            let first = self.candidates.partition_point(|(other, _)| *other < slot);
            let mut candidates = self.candidates[first..].iter().take_while(|(other, _)| *other == slot);
            if let Some((_, form)) = candidates.find(|(_, form)| text[start..].starts_with(form)) {
                let end = start + form.len();
                match found.last_mut() {
                    Some((_, last)) if start <= *last => *last = end.max(*last),
                    Some(_) | None => found.push((start, end)),
                }
            }
            position += 1;
        }
        found
    }
}

/// The text with a mark in place of each of these parts.
fn replace(text: &str, parts: &[(usize, usize)]) -> String {
    let mut replaced = String::new();
    let mut kept = 0;
    for &(start, end) in parts {
        replaced.push_str(text.get(kept..start).unwrap_or_default());
        replaced.push_str(MARK);
        kept = end;
    }
    replaced.push_str(text.get(kept..).unwrap_or_default());
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn knowing(secrets: &[&str]) -> Redactor {
        let mut redactor = Redactor::default();
        secrets.iter().for_each(|secret| redactor.learn(secret));
        redactor
    }

    #[test]
    fn secrets_are_replaced_and_nothing_else() {
        let redactor = knowing(&["abcdef", "xabcdefghij", "cdefghijkl", " short ", "tiny", "密码密码"]);
        let cases = [
            ("nothing of it", "nothing of it"),
            ("abcdef", "***"),
            ("an abcdef, and abcdefabcdef", "an ***, and ***"),
            ("xabcdefghijk", "***k"),
            // What overlaps is one.
            ("abcdefghijkl", "***"),
            ("tiny short", "tiny short"),
            ("das 密码密码!", "das ***!"),
            ("%e5%af%86%e7%a0%81%e5%af%86%e7%a0%81", "***"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(redactor.redact(text), expected, "{text}");
        }
        assert!(matches!(redactor.redact("nothing of it"), Cow::Borrowed(_)));
        assert_eq!(Redactor::default().redact("abcdef"), "abcdef");
    }

    #[test]
    fn a_mark_completes_no_secret() {
        let redactor = knowing(&["abc***def", "other-secret", "******"]);
        let cases = [
            ("abcother-secretdef", "***"),
            ("abcabc***defdef", "***"),
            ("ab abcother-secretde", "ab abc***de"),
            ("other-secretother-secret", "***"),
            ("*********", "***"),
        ];
        for (text, expected) in cases {
            assert_eq!(redactor.redact(text), expected, "{text}");
        }
    }

    #[test]
    fn a_document_keeps_its_form() {
        learn("json-secret");
        learn("tasks_as_secret");
        let document =
            r#"{"tasks_as_secret": ["a json-secret \\", "\"json-secret\""], "x": "tasks_as_secret"}"#;
        let expected = r#"{"tasks_as_secret": ["a *** \\", "\"***\""], "x": "***"}"#;
        assert_eq!(redact_json(document), expected);
        assert_eq!(redact_file(document.as_bytes()), expected.as_bytes());
        assert_eq!(redact_file(b"[json-secret is not JSON"), b"[*** is not JSON".as_slice());
        let mut value = serde_json::from_str(document).expect("JSON");
        redact_value(&mut value);
        assert_eq!(value, serde_json::from_str::<Value>(expected).expect("JSON"));
    }

    proptest! {
        /// Wherever a form stands, it goes, and what stands around it stays.
        #[test]
        fn every_form_goes(
            secret in "[!-~]{6,40}",
            form in any::<prop::sample::Index>(),
            before in "[ -~]{0,30}",
            after in "[ -~]{0,30}",
        ) {
            let redactor = knowing(&[&secret]);
            let forms: Vec<&String> = redactor.forms.iter().collect();
            let form = forms[form.index(forms.len())];
            let redacted = redactor.redact(&format!("{before}{form}{after}")).into_owned();
            prop_assert!(redactor.forms.iter().all(|form| !redacted.contains(form.as_str())), "{redacted}");
            prop_assert!(redacted.contains(MARK));
        }

        /// Neither what is left nor what a mark completes is a secret.
        #[test]
        fn nothing_is_left(secrets in prop::collection::vec("[a*]{6,9}", 1..4), text in "[a*]{0,60}") {
            let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
            let redactor = knowing(&secrets);
            let redacted = redactor.redact(&text);
            prop_assert!(redactor.forms.iter().all(|form| !redacted.contains(form.as_str())), "{redacted}");
        }

        /// The same as a search that skips nothing.
        #[test]
        fn nothing_is_skipped(secrets in prop::collection::vec("[ab]{6,9}", 0..4), text in "[ab]{0,60}") {
            let mut redactor = Redactor::default();
            secrets.iter().for_each(|secret| redactor.learn(secret));
            let is_there = redactor.forms.iter().any(|form| text.contains(form.as_str()));
            prop_assert_eq!(!redactor.find(text.as_bytes()).is_empty(), is_there);
        }
    }
}
