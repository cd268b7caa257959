//! Reading JSON that is not quite: servers pass on what programs wrote, half characters included. Pure.

use serde_json::Value;
use std::borrow::Cow;

/// The document, if it is one.
pub(super) fn read(body: &[u8]) -> Option<Value> {
    read_with(body, |body| serde_json::from_slice(body).ok())
}

/// What `parse` makes of the document. Half of a surrogate pair and bytes that are no UTF-8 are read as the replacement
/// character.
pub fn read_with<T>(body: &[u8], parse: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    parse(body).or_else(|| parse(mend_surrogates(&String::from_utf8_lossy(body))?.as_bytes()))
}

/// The text with lone surrogates replaced; `None` where there is no escape at all and it was UTF-8 already.
fn mend_surrogates(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains("\\u") {
        return text.contains('\u{fffd}').then_some(Cow::Borrowed(text));
    }
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\\') {
        mended.push_str(&rest[..start]);
        rest = &rest[start..];
        let (kept, length) = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (&rest[..12], 12),
            (Some(0xd800..=0xdfff), _) => ("\\ufffd", 6),
            (Some(_), _) => (&rest[..6], 6),
            // An escaped backslash must not lend its second half to what follows.
            (None, _) => {
                let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                (&rest[..length], length)
            }
        };
        mended.push_str(kept);
        rest = &rest[length..];
    }
    mended.push_str(rest);
    Some(Cow::Owned(mended))
}

/// The number in an escape like `\ud800`, if the text begins with one.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn half_characters_are_replaced_and_whole_ones_kept() {
        let cases: [(&[u8], Option<Value>); 9] = [
            (br#"{"a": "x\ud800y"}"#, Some(json!({"a": "x\u{fffd}y"}))),
            (br#"["\udc00\ud83d\ude00"]"#, Some(json!(["\u{fffd}\u{1f600}"]))),
            (br#"["\ud800\ud800\udc00"]"#, Some(json!(["\u{fffd}\u{10000}"]))),
            (br#"["\\ud800"]"#, Some(json!(["\\ud800"]))),
            (br#"["\\\ud800"]"#, Some(json!(["\\\u{fffd}"]))),
            (b"[\"\xff\"]", Some(json!(["\u{fffd}"]))),
            (br#"["\ud800"#, None),
            (br#"["\ud8"#, None),
            (b"<html>", None),
        ];
        for (body, expected) in cases {
            assert_eq!(read(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_good_text_stays(text in ".*", units in prop::collection::vec(any::<u16>(), 0..20)) {
            prop_assert_eq!(read(json!([&text]).to_string().as_bytes()), Some(json!([text])));
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(
                read(format!("[\"{escaped}\"]").as_bytes()),
                Some(json!([String::from_utf16_lossy(&units)]))
            );
            read(text.as_bytes());
        }
    }
}
