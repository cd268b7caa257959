//! Reading what the service means: numbers as strings, strings as numbers, percent signs or none (`quirks`).

use serde_json::{Number, Value};
use std::borrow::Cow;

/// A value that may be a text or a number.
#[derive(Debug)]
pub enum Scalar<'a> {
    /// Text, without the blanks around it.
    Text(&'a str),
    /// A number.
    Number(Number),
    /// Anything else.
    Neither,
}

impl<'a> From<&'a Value> for Scalar<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.trim()),
            Value::Number(number) => Self::Number(number.clone()),
            _ => Self::Neither,
        }
    }
}

impl<'a> From<&'a serde_json_borrow::Value<'_>> for Scalar<'a> {
    fn from(value: &'a serde_json_borrow::Value<'_>) -> Self {
        match value {
            serde_json_borrow::Value::Str(text) => Self::Text(text.trim()),
            serde_json_borrow::Value::Number(number) => Self::Number((*number).into()),
            _ => Self::Neither,
        }
    }
}

/// A whole number, sent as a number or as text.
pub fn integer<'a>(value: impl Into<Scalar<'a>>) -> Option<i64> {
    match value.into() {
        Scalar::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Scalar::Text(text) => text.parse().ok().or_else(|| whole(text.parse().ok()?)),
        Scalar::Neither => None,
    }
}

/// The whole number that a number in another notation is.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

/// Any number, sent as a number or as text.
pub fn real(value: &Value) -> Option<f64> {
    let number = match Scalar::from(value) {
        Scalar::Number(number) => number.as_f64(),
        Scalar::Text(text) => text.parse().ok(),
        Scalar::Neither => None,
    };
    number.filter(|number| number.is_finite())
}

/// Yes or no, sent as such, as a number or as text.
pub fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
        other => real(other).map(|number| number != 0.0),
    }
}

/// Text that is not empty, sent as text or as a number: an id that is written as a float is the whole number.
pub fn text<'a>(value: impl Into<Scalar<'a>>) -> Option<Cow<'a, str>> {
    match value.into() {
        Scalar::Text(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Scalar::Number(number) => {
            let whole = if number.is_f64() { number.as_f64().and_then(whole) } else { None };
            Some(Cow::Owned(whole.map_or_else(|| number.to_string(), |whole| whole.to_string())))
        }
        _ => None,
    }
}

/// A percentage from 0 to 100, with or without the sign.
pub fn percent(value: &Value) -> Option<f64> {
    let text = text(value)?;
    let number: f64 = text.trim_end_matches('%').trim().parse().ok()?;
    (0.0..=100.0).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_text_and_percentages_in_every_form() {
        let integers = [
            (json!(2), Some(2)),
            (json!("2"), Some(2)),
            (json!(" 2 "), Some(2)),
            (json!(2.0), Some(2)),
            (json!("2.0"), Some(2)),
            (json!("2e0"), Some(2)),
            (json!("2.5"), None),
            (json!("inf"), None),
            (json!(2.5), None),
            (json!("two"), None),
            (json!(true), None),
            (json!(null), None),
            (json!({}), None),
        ];
        for (value, expected) in integers {
            assert_eq!(integer(&value), expected, "{value}");
        }
        let percentages = [
            (json!("50%"), Some(50.0)),
            (json!("50"), Some(50.0)),
            (json!(50), Some(50.0)),
            (json!(" 7.5 % "), Some(7.5)),
            (json!("150%"), None),
            (json!("-1"), None),
            (json!("NaN"), None),
            (json!("half"), None),
            (json!(null), None),
        ];
        for (value, expected) in percentages {
            assert_eq!(percent(&value), expected, "{value}");
        }
        let flags = [
            (json!(true), Some(true)),
            (json!("True"), Some(true)),
            (json!(1), Some(true)),
            (json!("1"), Some(true)),
            (json!(" false "), Some(false)),
            (json!(0), Some(false)),
            (json!(0.0), Some(false)),
            (json!("yes"), None),
            (json!(null), None),
        ];
        for (value, expected) in flags {
            assert_eq!(flag(&value), expected, "{value}");
        }
        assert_eq!(text(&json!("  ")), None);
        let texts = [
            (json!(569151), "569151"),
            (json!(569151.0), "569151"),
            (json!(1e6), "1000000"),
            (json!(18_446_744_073_709_551_615_u64), "18446744073709551615"),
            (json!(7.5), "7.5"),
            // What is sent as text is passed on as it is.
            (json!("569151.0"), "569151.0"),
        ];
        for (value, expected) in texts {
            assert_eq!(text(&value).as_deref(), Some(expected), "{value}");
        }
    }
}
