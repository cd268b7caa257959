//! Request signing, SDK-HMAC-SHA256 (page `signing`). Pure: a request goes in, the `Authorization` value comes out.

use crate::http::query::{canonical_query, encode};
use hmac::{Hmac, Mac as _};
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};
use std::time::SystemTime;

/// Name of the algorithm, first word of the header.
pub const ALGORITHM: &str = "SDK-HMAC-SHA256";
/// Header that stands for the payload hash where a sender gives one, as the SDK does for bodies that are not JSON.
const CONTENT_HASH_HEADER: &str = "X-Sdk-Content-Sha256";
/// A request as it will be sent.
#[derive(Clone, Debug)]
pub struct Signable<'a> {
    /// Upper-case HTTP method.
    pub method: &'a str,
    /// Path, percent-encoded or not, without query.
    pub path: &'a str,
    /// Query parameters, not encoded.
    pub query: &'a [(String, String)],
    /// All headers to sign, `Host` and `X-Sdk-Date` included.
    pub headers: &'a [(String, String)],
    /// The exact body bytes; empty for none.
    pub body: &'a [u8],
}

/// A signature and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The canonical request.
    pub canonical_request: String,
    /// Algorithm, date and hash of the canonical request.
    pub string_to_sign: String,
    /// Lower-case hex.
    pub signature: String,
    /// The value of the `Authorization` header.
    pub authorization: String,
}

/// Signs a request. `date` must be the value of its `X-Sdk-Date` header.
pub fn sign(request: &Signable<'_>, access_key: &str, secret_key: &str, date: &str) -> Signature {
    let mut headers: Vec<(String, &str)> = request
        .headers
        .iter()
        .filter(|(name, _)| !name.contains('_'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    headers.sort();
    let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
    let block: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical_request = format!(
        "{}\n{}\n{}\n{block}\n{names}\n{}",
        request.method,
        canonical_path(request.path),
        canonical_query(request.query),
        payload_hash(request)
    );
    let hash = hex::encode(Sha256::digest(canonical_request.as_bytes()));
    let string_to_sign = format!("{ALGORITHM}\n{date}\n{hash}");
    let signature = hex::encode(hmac(secret_key, &string_to_sign).finalize().into_bytes());
    Signature {
        authorization: format!(
            "{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"
        ),
        canonical_request,
        string_to_sign,
        signature,
    }
}

/// A time as `X-Sdk-Date` wants it: `20260203T081530Z`.
pub fn date_header(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string().replace(['-', ':'], "")
}

/// The path with every segment encoded once; the slash at the end exists only in the signature.
fn canonical_path(path: &str) -> String {
    // Decoded as a whole before it is split, as the official signer does: an escaped slash counts as one.
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut canonical = decoded.split('/').map(encode).collect::<Vec<_>>().join("/");
    if !canonical.ends_with('/') {
        canonical.push('/');
    }
    canonical
}

fn payload_hash(request: &Signable<'_>) -> String {
    let announced = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(CONTENT_HASH_HEADER));
    match announced {
        Some((_, value)) if !request.body.is_empty() => value.clone(),
        _ => hex::encode(Sha256::digest(request.body)),
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &str, message: &str) -> Hmac<Sha256> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any key length");
    hmac.update(message.as_bytes());
    hmac
}

/// Whether `signature` (hex) is the one for this string, compared in constant time.
pub fn matches(secret_key: &str, string_to_sign: &str, signature: &str) -> bool {
    hex::decode(signature).is_ok_and(|bytes| hmac(secret_key, string_to_sign).verify_slice(&bytes).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_slash_is_a_slash() {
        let cases =
            [("/x%2C/x%26%2F", "/x%2C/x%26/"), ("/a%2Fb", "/a/b/"), ("/a%252Fb/", "/a%252Fb/"), ("/", "/")];
        for (path, expected) in cases {
            assert_eq!(canonical_path(path), expected, "{path}");
        }
    }
    use proptest::prelude::*;
    use serde_json::Value;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../tests/data/signing_vectors.json")).expect("vectors")
    }

    fn text(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Bool(flag) => flag.to_string(),
            other => other.to_string(),
        }
    }

    /// Names and values; a list repeats its name, as the vectors' queries show.
    fn pairs(value: &Value) -> Vec<(String, String)> {
        let single: Vec<(String, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(items) => items.iter().map(|pair| (text(&pair[0]), &pair[1])).collect(),
            _ => Vec::new(),
        };
        single
            .into_iter()
            .flat_map(|(name, value)| match value {
                Value::Array(values) => values.iter().map(|value| (name.clone(), text(value))).collect(),
                value => vec![(name, text(value))],
            })
            .collect()
    }

    /// Eight vectors of the official Python signer, and four public ones said to come from the official Node signer.
    #[test]
    fn all_vectors_of_the_official_signers() {
        let vectors = vectors();
        let lists = ["own_vectors", "public_cross_check_vectors"]
            .map(|name| vectors[name].as_array().expect("a list"));
        assert_eq!(lists.map(Vec::len), [8, 4]);
        for case in lists.into_iter().flatten() {
            let field = |name: &str| text(&case[name]);
            let (query, headers) = (pairs(&case["query"]), pairs(&case["headers_signed"]));
            let signed = sign(
                &Signable {
                    method: &field("method"),
                    path: &field("path"),
                    query: &query,
                    headers: &headers,
                    body: case["body"].as_str().unwrap_or_default().as_bytes(),
                },
                &field("ak"),
                &field("sk"),
                &text(&case["headers_before"]["X-Sdk-Date"]),
            );
            let name = field("name");
            assert_eq!(signed.canonical_request, field("canonical_request"), "{name}");
            assert_eq!(signed.string_to_sign, field("string_to_sign"), "{name}");
            assert_eq!(signed.authorization, field("authorization"), "{name}");
            assert!(matches(&field("sk"), &signed.string_to_sign, &signed.signature));
            assert!(!matches("another key", &signed.string_to_sign, &signed.signature));
        }
    }

    #[test]
    fn the_date_has_the_format_of_the_header() {
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_770_106_530);
        assert_eq!(date_header(time), "20260203T081530Z");
    }

    proptest! {
        #[test]
        fn the_order_of_query_and_headers_does_not_matter(
            mut query in proptest::collection::vec(("[a-c]", ".{0,4}"), 0..6),
            secret in ".{1,40}",
        ) {
            let headers = vec![("Host".to_owned(), "h".to_owned()), ("X-Sdk-Date".to_owned(), "d".to_owned())];
            let reversed: Vec<_> = headers.iter().rev().cloned().collect();
            let request = |query: &[(String, String)], headers: &[(String, String)]| {
                sign(&Signable { method: "GET", path: "/a", query, headers, body: b"" }, "ak", &secret, "d")
            };
            let first = request(&query, &headers);
            query.reverse();
            prop_assert_eq!(first, request(&query, &reversed));
        }
    }
}
