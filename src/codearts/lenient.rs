//! Reading what the service means: numbers as strings, strings as numbers, percent signs or none (`quirks`).

use serde_json::{Number, Value};
use std::borrow::Cow;

/// A value that may say a text or a number.
#[derive(Debug)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    Number(Number),
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
pub(super) fn integer<'a>(value: impl Into<Scalar<'a>>) -> Option<i64> {
    match value.into() {
        Scalar::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 1e15).then_some(float as i64)
        }),
        Scalar::Text(text) => text.parse().ok(),
        Scalar::Neither => None,
    }
}

/// Text that is not empty, sent as text or as a number.
pub(super) fn text<'a>(value: impl Into<Scalar<'a>>) -> Option<Cow<'a, str>> {
    match value.into() {
        Scalar::Text(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Scalar::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// A percentage from 0 to 100, with or without the sign.
pub(super) fn percent(value: &Value) -> Option<f64> {
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
        assert_eq!(text(&json!("  ")), None);
        assert_eq!(text(&json!(569151)).as_deref(), Some("569151"));
    }
}
