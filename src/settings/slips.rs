//! Typing errors: the names that were probably meant, and variables that were not replaced.

use crate::messages::{Hint, SettingsHint};

/// Letters that may be wrong in a word of a few letters.
pub(super) const SLIP_LIMIT: usize = 2;

/// Names that are nearest to a word, all at the same distance; none when more than `limit` letters would have to be typed,
/// left out, changed or swapped.
pub(super) fn nearest<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    limit: usize,
) -> Vec<&'a str> {
    let mut limit = limit;
    let mut found = Vec::new();
    for name in known {
        let distance = strsim::osa_distance(word, name);
        if distance < limit {
            limit = distance;
            found.clear();
        }
        if distance == limit {
            found.push(name);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The hint at the words that were probably meant, if there are any.
pub(super) fn did_you_mean<S: AsRef<str>>(meant: &[S]) -> Option<Hint> {
    let words: Vec<String> = meant.iter().map(|word| word.as_ref().to_owned()).collect();
    (!words.is_empty()).then(|| SettingsHint::DidYouMean(words).into())
}

/// Marks around the name of a variable, in the languages of shells and CI systems.
const MARKS: [(&str, &str); 8] = [
    ("${{", "}}"),
    ("$[[", "]]"),
    ("{{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("%", "%"),
    ("$env:", ""),
    ("$", ""),
];

/// Whether a value is the reference to a variable that somebody should have replaced: `$NAME`, `${NAME}`, `%NAME%`,
/// `${{ secrets.NAME }}`. Nothing else may stand around it.
pub(super) fn is_unreplaced(value: &str) -> bool {
    MARKS.iter().any(|(open, close)| {
        let inner = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| is_reference(inner, open))
    })
}

fn is_reference(inner: &str, open: &str) -> bool {
    let is_expression = open.ends_with("{{") || open.ends_with("[[");
    let may_begin = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if is_expression {
        return !inner.trim().is_empty();
    }
    inner.bytes().next().is_some_and(may_begin) && inner.bytes().all(belongs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_and_nothing_far() {
        let known = ["timeout", "region", "max-critical", "max-major"];
        let cases: [(&str, &[&str]); 6] = [
            ("timeout", &["timeout"]),
            ("timout", &["timeout"]),
            ("regoin", &["region"]),
            ("max-critcal", &["max-critical"]),
            ("max-maj", &["max-major"]),
            ("pipeline", &[]),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word, known, 2), expected, "{word}");
        }
        assert_eq!(
            nearest("cn-north-3", ["cn-north-4", "cn-south-1", "cn-north-1"], 2),
            ["cn-north-1", "cn-north-4"]
        );
    }

    #[test]
    fn variables_that_were_not_replaced() {
        let cases = [
            "$NAME",
            "${NAME}",
            "$env:NAME",
            "$(NAME)",
            "%NAME%",
            "${{ secrets.NAME }}",
            "$[[ inputs.name ]]",
            "{{ name }}",
        ];
        for value in cases {
            assert!(is_unreplaced(value), "{value}");
        }
        for value in ["", "$", "NAME", "${}", "%%", "$1a", "a$NAME", "$NAME-x", "p%NAME%", "${NAME}x", "{{}}"]
        {
            assert!(!is_unreplaced(value), "{value}");
        }
    }
}
