//! How paths and queries are written: one encoding for the wire and for the signature, so that the two cannot differ
//! (page `signing`).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters are percent-encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The query string, both as it is signed and as it must be sent.
pub fn canonical_query(query: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = query.iter().collect();
    sorted.sort();
    sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// Percent-encodes all but the unreserved characters.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_encoded_query_decodes_to_itself(query in proptest::collection::vec((".+", ".*"), 0..6)) {
            let canonical = canonical_query(&query);
            prop_assert!(canonical.is_ascii() && !canonical.contains('+') && !canonical.contains(' '));
            let mut expected = query.clone();
            expected.sort();
            let decoded: Vec<(String, String)> = canonical
                .split('&')
                .filter(|part| !part.is_empty())
                .map(|part| part.split_once('=').expect("name=value"))
                .map(|(name, value)| {
                    let decode = |text| percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
                    (decode(name), decode(value))
                })
                .collect();
            prop_assert_eq!(decoded, expected);
        }
    }
}
