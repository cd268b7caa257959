//! What one field of an answer means for the quality gate. Its values are undocumented (`check-results`, "Reading `is_access`"), so a
//! pass needs a documented value, while any plain denial is one.

use crate::http::lenient;
use crate::text::one_line;
use serde_json::Value;

/// Longest undocumented value that is quoted, in characters.
const QUOTE_LIMIT: usize = 40;

/// Values that mean a pass, beside the number 1.
const PASSED: [&str; 2] = ["true", "success"];

/// These mean not passed, whatever stands around them. Written as [`plain`] writes it.
const DENIALS: [&str; 34] = [
    "fail",
    "error",
    "false",
    "notpass",
    "nopass",
    "unpass",
    "reject",
    "refus",
    "denied",
    "deny",
    "block",
    "forbid",
    "notallow",
    "disallow",
    "notaccess",
    "noaccess",
    "notmet",
    "unmet",
    "notok",
    "unqualif",
    "未通过",
    "不通过",
    "没通过",
    "没有通过",
    "未過",
    "未通過",
    "不通過",
    "失败",
    "失敗",
    "不合格",
    "不达标",
    "未达标",
    "拒绝",
    "禁止",
];

/// The same, where nothing stands around it.
const SHORT_DENIALS: [&str; 6] = ["no", "n", "not", "ng", "否", "不"];

/// What a field means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Nothing.
    Nothing,
    /// Passed.
    Passed,
    /// Not passed.
    NotPassed,
    /// An undocumented value, as it is quoted.
    Undocumented(String),
}

impl Word {
    /// Reads a field.
    pub(super) fn read(value: &Value) -> Self {
        let undocumented = |text: &str| Self::Undocumented(one_line(text, QUOTE_LIMIT));
        // A number is one in any notation.
        if let Some(number) = lenient::real(value) {
            return match number {
                0.0 => Self::NotPassed,
                1.0 => Self::Passed,
                _ => undocumented(&lenient::text(value).unwrap_or_default()),
            };
        }
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(true) => Self::Passed,
            Value::Bool(false) => Self::NotPassed,
            Value::String(text) if text.trim().is_empty() => Self::Nothing,
            Value::String(text) if is_denial(text) => Self::NotPassed,
            Value::String(text) if PASSED.contains(&text.trim().to_ascii_lowercase().as_str()) => {
                Self::Passed
            }
            Value::String(text) => undocumented(text),
            other => undocumented(&other.to_string()),
        }
    }
}

fn is_denial(text: &str) -> bool {
    let text = plain(text);
    SHORT_DENIALS.contains(&text.as_str()) || DENIALS.iter().any(|denial| text.contains(denial))
}

/// Letters and digits only, in lower case: `Not_Passed!` as `notpassed`.
fn plain(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn numbers_and_words() {
        let passed = [
            json!(1),
            json!(1.0),
            json!("1"),
            json!(" 1.0 "),
            json!("1e0"),
            json!("01"),
            json!(true),
            json!("TRUE"),
            json!("Success"),
        ];
        for value in passed {
            assert_eq!(Word::read(&value), Word::Passed, "{value}");
        }
        let denied = [
            json!(0),
            json!(0.0),
            json!(-0.0),
            json!("0"),
            json!("0.0"),
            json!("0e5"),
            json!("-0"),
            json!("00"),
            json!(false),
            json!("False"),
            json!("FAILED"),
            json!("Failure"),
            json!("fail"),
            json!("gate failed."),
            json!("not_passed"),
            json!("Not Passed"),
            json!("NOT-PASS"),
            json!("did not pass"),
            json!("unpassed"),
            json!("error"),
            json!("rejected"),
            json!("Blocked"),
            json!("no"),
            json!("N"),
            json!("未通过"),
            json!("质量门禁未通过"),
            json!("不通过"),
            json!("没有通过"),
            json!("失败"),
            json!("否"),
            json!("不合格"),
            json!("未 通 过"),
        ];
        for value in denied {
            assert_eq!(Word::read(&value), Word::NotPassed, "{value}");
        }
        for value in [json!(null), json!(""), json!(" \n")] {
            assert_eq!(Word::read(&value), Word::Nothing, "{value}");
        }
        let undocumented = [
            (json!("passed"), "passed"),
            (json!("通过"), "通过"),
            (json!("xyz"), "xyz"),
            (json!(2), "2"),
            (json!("0.5"), "0.5"),
            (json!(-1), "-1"),
            (json!("nan"), "nan"),
            (json!([0]), "[0]"),
            (json!({"a": 1}), "{\"a\":1}"),
            (json!("now\nthen"), "now then"),
            (json!("unknown"), "unknown"),
        ];
        for (value, quoted) in undocumented {
            assert_eq!(Word::read(&value), Word::Undocumented(quoted.to_owned()), "{value}");
        }
    }

    proptest! {
        /// No number but 1 and no text but the documented ones is a pass.
        #[test]
        fn nothing_else_is_a_pass(number in any::<f64>(), text in ".*") {
            prop_assert_eq!(Word::read(&json!(number)) == Word::Passed, number == 1.0);
            prop_assert_eq!(Word::read(&json!(number.to_string())) == Word::Passed, number == 1.0);
            let is_documented = PASSED.contains(&text.trim().to_ascii_lowercase().as_str());
            let is_one = text.trim().parse::<f64>().is_ok_and(|number| number == 1.0);
            prop_assert_eq!(Word::read(&json!(text)) == Word::Passed, is_documented || is_one);
        }

        /// Nor does anything around a denial make it one.
        #[test]
        fn a_denial_stays_one(before in "[^0-9]*", after in ".*", which in 0..DENIALS.len()) {
            let value = json!(format!("{before}{}{after}", DENIALS[which]));
            prop_assert_eq!(Word::read(&value), Word::NotPassed, "{}", value);
        }
    }
}
