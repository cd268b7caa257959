//! Long words in HTML: lines break between their parts only. Paths, rules and addresses have no spaces, and a browser would
//! either break them anywhere or not at all.

use crate::report::escape::html;
use crate::text::redactor::redact;

/// Longest word that needs no place to break, in characters.
const SHORT: usize = 16;
/// Longest literal of a message that stays on one line, in characters.
const WHOLE_LITERAL: usize = 24;
/// Where a line may break behind this word's part: `a/b`, `a_b`, `a.b`.
const JOINTS: &str = "/\\._-:,;=&?@#|)]}>";

/// Outside text in HTML, in which lines may break between the parts of long words. It is copied as it is. Secrets are taken out
/// first: in parts they could not be found any more.
pub(super) fn breakable(text: &str) -> String {
    let text = redact(text);
    let mut marked = String::with_capacity(text.len() + 64);
    for word in text.split_inclusive(char::is_whitespace) {
        if word.trim_end().chars().count() <= SHORT {
            marked.push_str(&html(word));
            continue;
        }
        let mut part = 0;
        let mut before = None;
        for (position, character) in word.char_indices() {
            if before.is_some_and(|before| is_joint(before, character)) {
                marked.push_str(&html(&word[part..position]));
                marked.push_str("<wbr>");
                part = position;
            }
            before = Some(character);
        }
        marked.push_str(&html(&word[part..]));
    }
    marked
}

/// Whether a word may be broken here: behind a joint, and where `camelCase` begins a new part.
fn is_joint(before: char, after: char) -> bool {
    JOINTS.contains(before) && after.is_alphanumeric()
        || !before.is_uppercase() && before.is_alphanumeric() && after.is_uppercase()
}

/// A message in HTML, where literals are code instead of having backticks.
pub(super) fn words(text: &str) -> String {
    let text = redact(text);
    let parts: Vec<&str> = text.split('`').collect();
    let in_html = parts.iter().enumerate().map(|(position, part)| {
        // The backtick that begins a literal has one that ends it.
        let is_closed = position + 1 < parts.len();
        match (position % 2 == 1, part.chars().count() <= WHOLE_LITERAL) {
            (false, _) => breakable(part),
            (true, _) if !is_closed => format!("`{}", breakable(part)),
            (true, true) => format!("<code class=\"whole\">{}</code>", html(part)),
            (true, false) => format!("<code>{}</code>", breakable(part)),
        }
    });
    in_html.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_of_long_words() {
        let cases = [
            ("short/path.c:1", "short/path.c:1"),
            (
                "src/main/java/IoServiceImpl.java:128",
                "src/<wbr>main/<wbr>java/<wbr>Io<wbr>Service<wbr>Impl.<wbr>java:<wbr>128",
            ),
            ("JS_NoUnusedVariable in it", "JS_<wbr>No<wbr>Unused<wbr>Variable in it"),
            ("<b>0123456789&abcdef</b>", "&lt;b&gt;<wbr>0123456789&amp;<wbr>abcdef&lt;/<wbr>b&gt;"),
            ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
            ("HTTPSCONNECTIONPOOL", "HTTPSCONNECTIONPOOL"),
            ("...................", "..................."),
        ];
        for (text, expected) in cases {
            assert_eq!(breakable(text), expected);
        }
    }

    #[test]
    fn literals_are_code() {
        assert_eq!(words("use `--allow x` & go"), "use <code class=\"whole\">--allow x</code> &amp; go");
        assert_eq!(words("one ` alone"), "one ` alone");
        assert_eq!(words("`<b>` and ` alone"), "<code class=\"whole\">&lt;b&gt;</code> and ` alone");
        assert_eq!(
            words("`0123456789_abcdef/01234567`"),
            "<code>0123456789_<wbr>abcdef/<wbr>01234567</code>"
        );
    }

    proptest! {
        #[test]
        fn nothing_but_places_to_break_is_added(text in ".*") {
            prop_assert_eq!(breakable(&text).replace("<wbr>", ""), html(&text).into_owned());
        }
    }
}
