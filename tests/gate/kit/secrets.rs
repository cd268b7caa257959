//! Secrets that must not appear in any output, and the search for them in every encoded form.

use crate::kit::forge::{GITCODE_TOKEN, GITEA_TOKEN, GITEE_TOKEN, GITLAB_TOKEN};
use crate::kit::forge::{GITHUB_TOKEN, SIGNATURE};
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use codearts_gate::sandbox::{ID_REQUEST_TOKEN, PASSWORD, POD_TOKEN, SECRET_KEY, SECURITY_TOKEN, TOKEN};
use std::sync::LazyLock;

/// The access key is not a secret.
pub(crate) const CANARIES: [&str; 17] = [
    GITEA_TOKEN,
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
    if let Some(canary) = find(text) {
        panic!("`{canary}` in {place}:\n{text}");
    }
}

/// One that is there.
pub(crate) fn find(text: &str) -> Option<&'static str> {
    PLAIN.find(text).or_else(|| ENCODED.find(text)).or_else(|| {
        let readings = readings(text);
        readings.iter().find_map(|reading| PLAIN.find(reading))
    })
}

/// The same for bytes that are not text, such as a PDF: they are searched for in plain form only.
pub(crate) fn assert_none_in_bytes(place: &str, bytes: &[u8]) {
    if let Some(canary) = PLAIN.find(bytes) {
        panic!("`{canary}` in {place}");
    }
}

static PLAIN: LazyLock<Search> = LazyLock::new(|| Search::new(|canary| vec![canary.to_owned()]));
static ENCODED: LazyLock<Search> = LazyLock::new(|| Search::new(encoded));

/// Finds all canaries in one pass: every run of the binary is searched, in unoptimized code.
struct Search {
    canaries: Vec<&'static str>,
    automaton: AhoCorasick,
}

impl Search {
    /// For these forms of each.
    fn new(forms: impl Fn(&str) -> Vec<String>) -> Self {
        let all = CANARIES.iter().flat_map(|canary| forms(canary).into_iter().map(|form| (*canary, form)));
        let (canaries, forms): (Vec<_>, Vec<_>) = all.unzip();
        Self { canaries, automaton: AhoCorasick::new(forms).expect("an automaton") }
    }

    /// A canary that is there.
    fn find(&self, text: impl AsRef<[u8]>) -> Option<&'static str> {
        Some(self.canaries[self.automaton.find(text.as_ref())?.pattern().as_usize()])
    }
}

/// The unescaped forms of a text, where they differ from it.
fn readings(text: &str) -> Vec<String> {
    let mut readings = Vec::new();
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
