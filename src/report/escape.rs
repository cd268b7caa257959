//! Outside text in Markdown, HTML and XML: shown as it is, without effect. Pure.
//!
//! What must not happen in Markdown (`ci/formats`, section 6): markup, HTML, table cells that break, links nobody meant, and notes
//! to people or issues that the text happens to name.

use crate::text::{is_plain, one_line};
use std::borrow::Cow;

/// Shown as nothing, and keeps what stands on both sides from being read as one.
const SEPARATOR: char = '\u{200b}';
/// Shorter runs of hex digits are not taken for commits.
const COMMIT_LENGTH: usize = 7;

/// Outside text within a line or a table cell.
pub fn inline(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    let characters: Vec<char> = line.chars().collect();
    let mut escaped = String::with_capacity(line.len() + 16);
    let mut hex_run = 0;
    for (position, character) in characters.iter().copied().enumerate() {
        let next = characters.get(position + 1).copied();
        // GFM makes links of `www.` and of names of hosts and mailboxes, also behind a backslash that is taken away later; so the
        // separator stands before the dot.
        let is_in_name = next.is_some_and(char::is_alphanumeric)
            || position >= 3
                && characters[position - 3..position].iter().all(|before| before.eq_ignore_ascii_case(&'w'));
        if character == '.' && is_in_name {
            escaped.push(SEPARATOR);
            escaped.push_str("\\.");
            hex_run = 0;
            continue;
        }
        hex_run = if character.is_ascii_hexdigit() { hex_run + 1 } else { 0 };
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '!' | '|'
            | '~' | '$' | '=' | '^' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
        let is_reference = match character {
            // Mentions, issues, merge requests, labels, milestones.
            '@' | '#' | '!' | '~' | '&' | '%' | '$' => true,
            // Emoji names and addresses.
            ':' => next.is_some_and(|next| next.is_alphanumeric() || next == '/'),
            '-' => next.is_some_and(|next| next.is_ascii_digit()),
            '/' => position == 0,
            _ => false,
        };
        if is_reference || hex_run == COMMIT_LENGTH - 1 {
            escaped.push(SEPARATOR);
            hex_run = 0;
        }
    }
    escaped
}

/// Outside text as code in a table cell: paths, ids, names of rules.
pub fn code_cell(text: &str, limit: usize) -> String {
    // Only in tables is a backslash before a bar taken away again.
    code(text, limit).replace('|', "\\|")
}

/// Outside text as code outside a table.
pub fn code(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    if line.is_empty() {
        return String::new();
    }
    let longest_run = line.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest_run + 1);
    let pad = if longest_run > 0 { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// Outside text in HTML, within elements and within quoted attributes.
pub fn html(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

/// An address as the target of a link.
pub fn link_target(address: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(character);
    address
        .chars()
        .map(|character| {
            if is_plain(character) {
                character.to_string()
            } else {
                percent_encoding::utf8_percent_encode(
                    &character.to_string(),
                    percent_encoding::NON_ALPHANUMERIC,
                )
                .to_string()
            }
        })
        .collect()
}

/// Outside text in XML 1.0, which cannot express some characters: those are replaced. Escaping markup is left to the writer.
pub(crate) fn xml_text(text: &str) -> Cow<'_, str> {
    let is_forbidden = |character: char| matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if !is_plain(text) && text.contains(is_forbidden) {
        Cow::Owned(text.replace(is_forbidden, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_has_an_effect() {
        let cases = [
            ("plain words", "plain words"),
            ("a|b", "a\\|b"),
            ("</details><img>", "&lt;/details&gt;&lt;img&gt;"),
            ("**x** _y_ `z`", "\\*\\*x\\*\\* \\_y\\_ \\`z\\`"),
            ("&lt;b&gt; &#64;", "&amp;\u{200b}lt;b&amp;\u{200b}gt; &amp;\u{200b}\\#\u{200b}64;"),
            ("ask @team", "ask @\u{200b}team"),
            ("see #12", "see \\#\u{200b}12"),
            ("GH-12", "GH\\-\u{200b}12"),
            ("https://x.example", "https:\u{200b}//x\u{200b}\\.example"),
            ("www.x.example/a", "www\u{200b}\\.x\u{200b}\\.example/a"),
            ("WWW. and www.-x", "WWW\u{200b}\\. and www\u{200b}\\.\\-x"),
            ("mailto:a@b.example", "mailto:\u{200b}a@\u{200b}b\u{200b}\\.example"),
            ("Done. 3.5 s.", "Done. 3\u{200b}\\.5 s."),
            ("/merge", "/\u{200b}merge"),
            ("0123456789abcdef", "012345\u{200b}6789ab\u{200b}cdef"),
            ("##[add-mask]x", "\\#\u{200b}\\#\u{200b}\\[add\\-mask\\]x"),
        ];
        for (text, expected) in cases {
            assert_eq!(inline(text, 100), expected, "{text}");
        }
    }

    #[test]
    fn code_keeps_its_fence() {
        assert_eq!(code_cell("src/a.c", 50), "`src/a.c`");
        assert_eq!(code_cell("a`b``c", 50), "``` a`b``c ```");
        assert_eq!(code_cell("a|b", 50), "`a\\|b`");
        assert_eq!(code_cell("\n", 50), "");
    }

    #[test]
    fn addresses_can_not_leave_their_link() {
        assert_eq!(link_target("https://h/a b)|<x>\n"), "https://h/a%20b%29%7C%3Cx%3E%0A");
        assert_eq!(link_target("https://h/p?q=1#f%20"), "https://h/p?q=1#f%20");
    }

    proptest! {
        /// Outside text stays on its line, and no character of markup or HTML is left bare.
        #[test]
        fn no_bare_markup(text in ".*") {
            let escaped = inline(&text, 200);
            prop_assert_eq!(escaped.lines().count(), usize::from(!escaped.is_empty()));
            prop_assert!(!escaped.contains(['<', '>']));
            let characters: Vec<char> = escaped.chars().collect();
            let mut position = 0;
            while position < characters.len() {
                if characters[position] == '\\' {
                    position += 2;
                    continue;
                }
                prop_assert!(!"`*_[]()#|~!".contains(characters[position]), "{escaped:?}");
                position += 1;
            }
        }
    }
}
