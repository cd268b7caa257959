//! What the `offset` of the list of findings means: the service's pages contradict each other (`quirks`, 14).

use crate::model::finding::Finding;

/// Findings asked for to find out what `offset` means.
pub(super) const PROBE_SIZE: u64 = 10;

/// What `offset` turns out to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offset {
    /// Findings to skip.
    Rows,
    /// Number of the page, from 0.
    Page,
    /// Number of the page, from 1; 0 is taken for 1.
    PageFromOne,
}

impl Offset {
    /// How the page that begins with this finding is asked for.
    pub(super) const fn of(self, first_row: u64, limit: u64) -> u64 {
        match self {
            Self::Rows => first_row,
            Self::Page => first_row / limit,
            Self::PageFromOne => first_row / limit + 1,
        }
    }

    /// What it means, when `first` was the answer to 0, and `second` the one to 1 with the limit of [`PROBE_SIZE`].
    pub(super) fn recognise(first: &[Finding], second: &[Finding]) -> Self {
        let mut known: Vec<&str> = first.iter().map(|finding| finding.id.as_str()).collect();
        // The service counts findings, of which each can have several rows.
        known.dedup();
        let begins_at =
            second.first().and_then(|finding| known.iter().position(|id| *id == finding.id)).unwrap_or(1);
        match begins_at as u64 {
            0 => Self::PageFromOne,
            PROBE_SIZE => Self::Page,
            // Also when the list has changed in between.
            _ => Self::Rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;

    #[test]
    fn the_meaning_of_an_offset_shows_in_what_it_skips() {
        let page = |ids: std::ops::Range<u32>| -> Vec<Finding> {
            ids.map(|id| Finding { id: id.to_string(), ..Finding::new(Severity::Minor, "a", None, "r", "m") })
                .collect()
        };
        let recognise = |second| Offset::recognise(&page(0..100), &page(second));
        assert_eq!(recognise(1..11), Offset::Rows);
        assert_eq!(recognise(10..20), Offset::Page);
        assert_eq!(recognise(0..10), Offset::PageFromOne);
        assert_eq!(recognise(0..0), Offset::Rows);
        // The list may change in between.
        assert_eq!(recognise(2..12), Offset::Rows);
        assert_eq!(recognise(11..21), Offset::Rows);
        assert_eq!(recognise(500..510), Offset::Rows);
        for (offset, expected) in [(Offset::Rows, 320), (Offset::Page, 16), (Offset::PageFromOne, 17)] {
            assert_eq!(offset.of(320, 20), expected);
        }
    }
}
