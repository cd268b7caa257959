//! Text for XML 1.0, which knows no way to write some characters. Pure.

use std::borrow::Cow;

/// The text with what XML forbids replaced; escaping markup is left to the writer.
pub(crate) fn xml_text(text: &str) -> Cow<'_, str> {
    let is_forbidden = |character: char| matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) {
        Cow::Owned(text.replace(is_forbidden, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}
