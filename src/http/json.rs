//! Reading JSON that is almost valid: servers pass on what programs wrote, half characters included. Pure.

use crate::messages::HttpMessage;
use crate::text::without_mark;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// The document, if it is one, to show it; where a name comes twice in an object, the last counts.
pub(super) fn read(body: &[u8]) -> Option<Value> {
    read_with(body, |body| serde_json::from_slice(body).ok())
}

/// The document, if it is one, to decide by it; `None` also where a name comes twice in an
/// object, because which of the two counts is not known.
pub(super) fn read_strictly(body: &[u8]) -> Option<Value> {
    read_with(body, |body| serde_json::from_slice(body).ok().map(|Strict(value)| value))
}

/// A value in which each object has each name once.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rest: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(value)) = rest.next_element()? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut rest: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = rest.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom(HttpMessage::DuplicateName));
            }
        }
        Ok(Value::Object(object))
    }
}

/// What `parse` makes of the document. Half of a surrogate pair and bytes that are not UTF-8 are read as the replacement
/// character.
pub fn read_with<T>(body: &[u8], parse: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let body = without_mark(body);
    parse(body).or_else(|| parse(replace_surrogates(&String::from_utf8_lossy(body))?.as_bytes()))
}

/// What is wrong with the document, and where, if it cannot be decided by: `expected value at line 1 column 1`.
pub(super) fn why_not(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(without_mark(body));
    let text = replace_surrogates(&text).unwrap_or(Cow::Borrowed(&text));
    serde_json::from_str::<Strict>(&text).err().map(|error| error.to_string())
}

/// The text with lone surrogates replaced; `None` where there is no escape at all and it was UTF-8 already.
fn replace_surrogates(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains("\\u") {
        return text.contains('\u{fffd}').then_some(Cow::Borrowed(text));
    }
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('\\') {
        replaced.push_str(&rest[..start]);
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
        replaced.push_str(kept);
        rest = &rest[length..];
    }
    replaced.push_str(rest);
    Some(Cow::Owned(replaced))
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

    #[test]
    fn a_byte_order_mark_is_skipped_and_what_is_wrong_has_a_place() {
        assert_eq!(read("\u{feff}{\"a\": 1}".as_bytes()), Some(json!({"a": 1})));
        let cases: [(&[u8], Option<&str>); 6] = [
            (b"[1]", None),
            (br#"{"a": 1, "a": 2}"#, Some("duplicate name in an object at line 1 column 16")),
            (br#"["\ud800"]"#, None),
            (b"\xef\xbb\xbf[1,]", Some("trailing comma at line 1 column 4")),
            (b"{\n \"a\": x}", Some("expected value at line 2 column 7")),
            (b"{\"a\": 1", Some("EOF while parsing an object at line 1 column 7")),
        ];
        for (body, expected) in cases {
            assert_eq!(why_not(body).as_deref(), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn a_name_that_comes_twice_makes_no_document() {
        let twice: [&[u8]; 5] = [
            br#"{"a": 1, "a": 1}"#,
            br#"{"a": 0, "b": 2, "a": 1}"#,
            br#"{"a": 0, "\u0061": 1}"#,
            br#"[[{"x": {"a": null, "a": 1}}]]"#,
            br#"{"t": "\ud800", "a": 0, "a": 1}"#,
        ];
        for body in twice {
            assert_eq!(read_strictly(body), None, "{}", String::from_utf8_lossy(body));
            assert!(read(body).is_some(), "{}", String::from_utf8_lossy(body));
        }
        let once = br#"[{"a": {"a": 1}, "A": 1, "b": [{"a": 1}, {"a": 2}]}]"#;
        assert_eq!(read_strictly(once), read(once));
    }

    /// Any document.
    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|object| Value::Object(object.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Both ways of reading differ in nothing else.
        #[test]
        fn documents_without_duplicate_names_are_read_the_same(document in documents()) {
            let text = document.to_string();
            prop_assert_eq!(read_strictly(text.as_bytes()), read(text.as_bytes()));
        }

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
