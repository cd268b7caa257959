//! The forms in which a secret can stand in a text. Pure.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What RFC 3986 calls unreserved stays.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What encoders of addresses leave as it is: nothing but letters and digits; what is unreserved; what JavaScript's
/// `encodeURIComponent` leaves; what can stand in a path.
const PERCENT_SETS: [&AsciiSet; 4] = [
    NON_ALPHANUMERIC,
    UNRESERVED,
    &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'!')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')'),
    &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'<')
        .add(b'>')
        .add(b'?')
        .add(b'`')
        .add(b'{')
        .add(b'}')
        .add(b'%'),
];
/// How quotation marks are written in HTML and XML, the double and the single one; they may also stay.
const QUOTES: [[&str; 4]; 2] = [["\"", "&quot;", "&#34;", "&#x22;"], ["'", "&#39;", "&apos;", "&#x27;"]];

/// All forms, the secret itself among them.
pub(crate) fn of(secret: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::from([secret.to_owned(), hex::encode(secret), hex::encode_upper(secret)]);
    for set in PERCENT_SETS {
        let upper = utf8_percent_encode(secret, set).to_string();
        let lower = lower_escapes(&upper);
        // In forms a blank is a plus sign.
        forms.extend([upper.replace("%20", "+"), lower.replace("%20", "+"), upper, lower]);
    }
    // Most secrets are of characters that nothing else escapes.
    if utf8_percent_encode(secret, UNRESERVED).to_string() != secret {
        forms.extend(in_markup(secret));
    }
    forms.extend((0..3).flat_map(|before| base64(secret, before)));
    forms
}

/// As within HTML, XML and JSON.
fn in_markup(secret: &str) -> Vec<String> {
    let html = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quoted = |double| QUOTES[1].map(|single| html.replace('"', double).replace('\'', single));
    let mut forms: Vec<String> = QUOTES[0].into_iter().flat_map(quoted).collect();
    for escapes_slash in [false, true] {
        for escapes_markup in [false, true] {
            forms.extend([false, true].map(|unicode| json(secret, escapes_slash, escapes_markup, unicode)));
        }
    }
    forms
}

/// The last part of a signed token (JWT), which is what makes it worth something.
pub(crate) fn signature_of(token: &str) -> Option<&str> {
    let [head, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { return None };
    BASE64_URL_SAFE_NO_PAD.decode(head).is_ok_and(|head| head.starts_with(b"{")).then_some(signature)
}

/// `%2B` as `%2b`.
fn lower_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        let _ = write!(lower, "%{}{rest}", digits.to_ascii_lowercase());
    }
    lower
}

/// As within a JSON text; encoders differ in what they escape beyond what they must.
fn json(secret: &str, escapes_slash: bool, escapes_markup: bool, escapes_unicode: bool) -> String {
    let quoted = Value::from(secret).to_string();
    let text = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '/' if escapes_slash => written.push_str("\\/"),
            '<' | '>' | '&' | '\'' | '+' if escapes_markup => {
                let _ = write!(written, "\\u{:04x}", u32::from(character));
            }
            _ if escapes_unicode && !character.is_ascii() => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(written, "\\u{unit:04x}");
                }
            }
            _ => written.push(character),
        }
    }
    written
}

/// The part of the Base64 of any text with the secret in it that depends on nothing else; `before`: how many bytes stand between
/// it and the last group of three. In either alphabet.
fn base64(secret: &str, before: usize) -> [String; 2] {
    let bytes = [&[0; 2][..before], secret.as_bytes()].concat();
    // Six bits a character.
    let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    let cut = |text: String| text.get(first..last).unwrap_or_default().to_owned();
    [cut(BASE64_STANDARD_NO_PAD.encode(&bytes)), cut(BASE64_URL_SAFE_NO_PAD.encode(&bytes))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_secret() {
        let forms = of("a+b/c=\"<é'~ &");
        for form in [
            "a+b/c=\"<é'~ &",
            "a%2Bb%2Fc%3D%22%3C%C3%A9%27%7E%20%26",
            "a%2bb%2fc%3d%22%3c%c3%a9%27~+%26",
            "a+b/c=&quot;&lt;é&#39;~ &amp;",
            "a+b/c=\"&lt;é&apos;~ &amp;",
            "a+b/c=\\\"<é'~ &",
            "a\\u002bb\\/c=\\\"\\u003c\\u00e9\\u0027~ \\u0026",
            "612b622f633d223cc3a9277e2026",
            "612B622F633D223CC3A9277E2026",
        ] {
            assert!(forms.contains(form), "{form} in {forms:#?}");
        }
        for plain in ["ghs_Ab.9~-", "0"] {
            let forms = of(plain);
            assert!(in_markup(plain).iter().all(|form| forms.contains(form)), "{forms:#?}");
        }
    }

    #[test]
    fn only_signed_tokens_have_a_signature() {
        assert_eq!(signature_of("eyJhbGciOiJIUzI1NiJ9.e30.signature"), Some("signature"));
        for other in ["my.secret.password", "a.b", "", "eyJhbGciOiJIUzI1NiJ9.e30"] {
            assert_eq!(signature_of(other), None, "{other}");
        }
    }

    #[test]
    fn base64_is_found_wherever_it_begins() {
        let secret = "secret?>-key";
        for before in 0..7 {
            for after in 0..4 {
                let text = format!("{}{secret}{}", "b".repeat(before), "a".repeat(after));
                for encoded in [BASE64_STANDARD_NO_PAD.encode(&text), BASE64_URL_SAFE_NO_PAD.encode(&text)] {
                    assert!(
                        base64(secret, before % 3).iter().any(|form| encoded.contains(form)),
                        "{encoded}"
                    );
                }
            }
        }
    }
}
