//! Secrets that must not appear in any output, and the search for them in every encoded form.

use crate::kit::forge::{GITCODE_TOKEN, GITEE_TOKEN, GITLAB_TOKEN};
use crate::kit::forge::{GITHUB_TOKEN, SIGNATURE};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use codearts_gate::sandbox::{ID_REQUEST_TOKEN, PASSWORD, POD_TOKEN, SECRET_KEY, SECURITY_TOKEN, TOKEN};
use std::sync::LazyLock;

/// The access key is not a secret.
pub(crate) const CANARIES: [&str; 16] = [
    GITEE_TOKEN,
    GITCODE_TOKEN,
    GITLAB_TOKEN,
    SECRET_KEY,
    SECURITY_TOKEN,
    TOKEN,
    PASSWORD,
    "sandbox-issued-token",
    "sandbox-issued-secret",
    "sandbox-id-token-signature",
    ID_REQUEST_TOKEN,
    POD_TOKEN,
    GITHUB_TOKEN,
    "canary-runtime",
    SIGNATURE,
    "canary+signature",
];

/// Fails where a text contains one of them: plain, percent-encoded, escaped for HTML, JSON or Markdown, in hexadecimal,
/// or in Base64 of either alphabet, at any offset.
pub(crate) fn assert_none(place: &str, text: &str) {
    let readings = readings(text);
    for (canary, encoded) in FORMS.iter() {
        let is_plain = readings.iter().any(|reading| reading.contains(canary));
        let is_encoded = encoded.iter().any(|form| text.contains(form));
        assert!(!is_plain && !is_encoded, "`{canary}` in {place}:\n{text}");
    }
}

/// The same for bytes that are not text, such as a PDF: they are searched for in plain form only.
pub(crate) fn assert_none_in_bytes(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for canary in CANARIES {
        assert!(!text.contains(canary), "`{canary}` in {place}");
    }
}

/// Each with its encoded forms.
static FORMS: LazyLock<Vec<(&str, Vec<String>)>> =
    LazyLock::new(|| CANARIES.iter().map(|canary| (*canary, encoded(canary))).collect());

/// The text, and its unescaped forms.
fn readings(text: &str) -> Vec<String> {
    let mut readings = vec![text.to_owned()];
    // Where a browser may break a line.
    if text.contains("<wbr>") {
        readings.push(text.replace("<wbr>", ""));
    }
    if text.contains('%') {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        readings.extend([decoded.replace('+', " "), decoded]);
    }
    if text.contains('&') {
        let entities = [
            ("&quot;", "\""),
            ("&#34;", "\""),
            ("&#39;", "'"),
            ("&#x27;", "'"),
            ("&#43;", "+"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        readings.push(entities.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to)));
    }
    if text.contains(['\\', '\u{200b}']) {
        let escapes =
            [("\\u002b", "+"), ("\\u002B", "+"), ("\\u0026", "&"), ("\\u003c", "<"), ("\\u003e", ">")];
        let read = escapes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        readings.push(read.replace(['\\', '\u{200b}'], ""));
    }
    readings
}

/// In hexadecimal, and the part common to the Base64 of every text that contains it.
fn encoded(secret: &str) -> Vec<String> {
    let mut forms = vec![hex::encode(secret), hex::encode_upper(secret)];
    for before in 0..3 {
        // Between `before` bytes and two more; the characters at either end that depend on them are cut off.
        let text = format!("{}{secret}", &"xx"[..before]);
        let (first, last) = ((before * 8).div_ceil(6), text.len() * 8 / 6);
        for engine in [&BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE_NO_PAD] {
            forms.push(engine.encode(&text)[first..last].to_owned());
        }
    }
    forms
}

/// A secret in all these forms, as a server might write it.
pub(crate) fn forms_of(secret: &str) -> String {
    let percent =
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string();
    let html =
        secret.replace('&', "&amp;").replace('\'', "&#39;").replace('"', "&quot;").replace('<', "&lt;");
    let json = serde_json::Value::from(secret).to_string();
    let lower = ["%2B", "%2D", "%2E", "%3D", "%5F"]
        .iter()
        .fold(percent.clone(), |text, escape| text.replace(escape, &escape.to_lowercase()));
    let mut forms = vec![secret.to_owned(), lower, percent, html, json];
    forms.extend([hex::encode(secret), hex::encode_upper(secret)]);
    for before in ["", "x", "xy"] {
        let text = format!("{before}{secret}:{before}");
        forms.extend([BASE64_STANDARD_NO_PAD.encode(&text), BASE64_URL_SAFE_NO_PAD.encode(&text)]);
    }
    forms.join(" ")
}

#[test]
fn the_search_finds_every_form() {
    for canary in CANARIES {
        for form in forms_of(canary).split(' ') {
            let found = std::panic::catch_unwind(|| assert_none("a text", &format!("before {form} after")));
            assert!(found.is_err(), "{form}");
        }
    }
    assert_none("a text", "nothing of the kind");
}
