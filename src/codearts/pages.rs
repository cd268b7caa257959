//! Walking over the pages of a list whose `offset` has two meanings in the service's pages (`check-tasks`, section 5): entries to
//! skip, or the number of the page. Pure.

use std::collections::HashSet;

/// Entries that are asked for at once: the most that every page of the service allows.
pub(super) const PAGE_SIZE: usize = 100;
/// Pages that are fetched; a list that goes on is longer than any that a person looks at.
const PAGES_LIMIT: u64 = 100;

/// How far a walk has come.
#[derive(Debug, Default)]
pub(super) struct Pages {
    known: HashSet<String>,
    fetched: u64,
    offset: u64,
    counts_entries: bool,
}

impl Pages {
    /// The `offset` of the next page.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes a page whose entries have these keys, out of `total`. Returns which of them are new, and whether another page may
    /// follow.
    pub(super) fn take(&mut self, keys: &[&str], total: Option<u64>) -> (Vec<bool>, bool) {
        let new: Vec<bool> = keys.iter().map(|key| self.known.insert((*key).to_owned())).collect();
        let fresh = new.iter().filter(|is_new| **is_new).count();
        self.fetched += 1;
        // The second page was asked for with 1: it begins one entry later, or where the first ended. Also with the first page
        // again, where pages are counted from 1.
        let is_probe = self.fetched == 2;
        if is_probe {
            self.counts_entries = 0 < fresh && fresh < keys.len() / 2;
        }
        self.offset = if self.counts_entries { self.known.len() as u64 } else { self.fetched };
        let is_full = keys.len() >= PAGE_SIZE;
        let lacks_some = total.is_some_and(|total| total > self.known.len() as u64);
        let has_more = is_full || lacks_some;
        let moves = fresh > 0 || is_probe && !keys.is_empty();
        (new, has_more && moves && self.fetched < PAGES_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Meaning {
        Entries,
        Page,
        PageFromOne,
        Nothing,
    }

    /// How many entries come of a list of `length`, and in how many requests.
    fn walk(meaning: Meaning, length: usize, total: Option<u64>) -> (usize, u64) {
        let all: Vec<String> = (0..length).map(|number| number.to_string()).collect();
        let mut pages = Pages::default();
        let mut came = 0;
        loop {
            let offset = usize::try_from(pages.offset()).expect("small");
            let first = match meaning {
                Meaning::Entries => offset,
                Meaning::Page => offset * PAGE_SIZE,
                Meaning::PageFromOne => offset.saturating_sub(1) * PAGE_SIZE,
                Meaning::Nothing => 0,
            };
            let page: Vec<&str> = all.iter().skip(first).take(PAGE_SIZE).map(String::as_str).collect();
            let (new, goes_on) = pages.take(&page, total);
            came += new.into_iter().filter(|is_new| *is_new).count();
            if !goes_on {
                return (came, pages.fetched);
            }
        }
    }

    #[test]
    fn all_entries_come_whatever_an_offset_means() {
        use Meaning::*;
        for length in [0, 1, 99, 100, 101, 102, 199, 200, 250, 1000] {
            for meaning in [Entries, Page, PageFromOne] {
                for total in [Some(length as u64), None, Some(0), Some(5000)] {
                    let (came, requests) = walk(meaning, length, total);
                    assert_eq!(came, length, "{meaning:?} {length} {total:?}");
                    assert!(
                        requests <= length as u64 / 100 + 3,
                        "{meaning:?} {length} {total:?}: {requests}"
                    );
                }
            }
        }
        assert_eq!(walk(Nothing, 250, Some(250)), (100, 3));
        assert_eq!(walk(Page, 20_000, Some(20_000)), (10_000, 100));
    }
}
