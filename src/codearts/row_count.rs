//! How many rows a page has, before any is read: each takes many times its size, however little it holds.

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Most rows of a page that are read; more than were asked for are fine, as long as they can be held.
pub(super) const ROWS_LIMIT: usize = 10_000;

/// Counts the rows without keeping any.
pub(super) fn has_too_many_rows(body: &[u8]) -> bool {
    // There are no more rows than commas, and in usual pages far fewer commas than this.
    let commas = body.iter().filter(|byte| **byte == b',').count();
    commas >= ROWS_LIMIT
        && serde_json::from_slice::<RowCount>(body).is_ok_and(|RowCount { defects }| defects.0 > ROWS_LIMIT)
}

/// The number of rows of a document.
#[derive(Deserialize)]
struct RowCount {
    defects: Length,
}

/// The length of a list.
struct Length(usize);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counter;
        impl<'de> Visitor<'de> for Counter {
            type Value = Length;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Length, A::Error> {
                let mut length = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    length += 1;
                }
                Ok(Length(length))
            }
        }
        deserializer.deserialize_seq(Counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A million empty rows in 4 MB would take 700 MB; they are counted without being kept.
    #[test]
    fn too_many_rows_are_found_before_they_are_read() {
        let page = |rows: usize, row: &str| {
            let rows = vec![row; rows].join(",");
            format!("{{\"total\": 1, \"a\": [1,2], \"def\\u0065cts\": [{rows}]}}")
        };
        for row in ["{}", "0", "null", "[]"] {
            assert!(has_too_many_rows(page(1_000_000, row).as_bytes()), "{row}");
            assert!(has_too_many_rows(page(ROWS_LIMIT + 1, row).as_bytes()), "{row}");
            assert!(!has_too_many_rows(page(ROWS_LIMIT, row).as_bytes()), "{row}");
        }
        // Commas alone are not rows.
        assert!(!has_too_many_rows(page(1, &format!("\"{}\"", ",".repeat(2 * ROWS_LIMIT))).as_bytes()));
        assert!(!has_too_many_rows(b"") && !has_too_many_rows(&b",".repeat(2 * ROWS_LIMIT)));
    }
}
