//! How a walk over the pages of the findings stands: whether all came, or there may be more (page `check-results`, section 2).

/// How a walk over the pages ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Pages that were fetched.
    pub pages: u64,
    /// Different findings that came.
    pub distinct: u64,
    /// Different places of findings that came.
    pub places: u64,
    /// How many there are by the service's count; of which of the two is unknown.
    pub total: Option<u64>,
    /// Findings that were too large to be taken.
    pub too_large: u64,
    /// How much there was on the last page.
    pub(super) last_page: Fill,
}

/// How much there is on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fill {
    /// Nothing.
    #[default]
    Empty,
    /// Less than was asked for.
    Part,
    /// All that was asked for.
    Full,
}

impl Walk {
    /// How many findings did not come although they were not too large. Without a number of the service it is not known that
    /// none is missing.
    pub fn missing(&self) -> Option<u64> {
        self.total.map(|total| total.saturating_sub(self.came()))
    }

    fn came(&self) -> u64 {
        self.distinct.max(self.places).saturating_add(self.too_large)
    }

    /// Whether all came. The service's number of all must fit: it may count findings or places. After a full page the summary must
    /// agree, or there may be another.
    pub(super) fn is_complete(&self, counted: Option<u64>) -> bool {
        let came = self.came();
        let agrees = self.last_page != Fill::Full || counted.is_some_and(|counted| counted <= came);
        agrees && self.total.is_some_and(|total| (self.distinct..=came).contains(&total))
    }

    /// Whether no page can follow. Where more came than there should be, only an empty page shows that.
    pub fn has_end(&self) -> bool {
        self.last_page == Fill::Empty || self.total.is_none_or(|total| self.distinct <= total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (distinct, places, too large, total, last page, counted by the summary) -> (missing, complete, has an end)
    #[test]
    fn when_a_walk_is_at_its_end() {
        use Fill::{Empty, Full, Part};
        let cases = [
            ((0, 0, 0, Some(0), Empty, None), (Some(0), true, true)),
            ((40, 40, 0, Some(40), Part, None), (Some(0), true, true)),
            ((40, 70, 0, Some(70), Part, Some(40)), (Some(0), true, true)),
            ((40, 70, 0, Some(40), Part, None), (Some(0), true, true)),
            ((99, 99, 1, Some(100), Full, Some(100)), (Some(0), true, true)),
            ((100, 100, 0, Some(250), Full, Some(100)), (Some(150), false, true)),
            // After a full page the summary has to agree.
            ((100, 100, 0, Some(100), Full, Some(100)), (Some(0), true, true)),
            ((100, 100, 0, Some(100), Full, Some(101)), (Some(0), false, true)),
            ((100, 100, 0, Some(100), Full, None), (Some(0), false, true)),
            // The total is smaller than what came: only an empty page shows the end.
            ((100, 100, 0, Some(0), Full, Some(100)), (Some(0), false, false)),
            ((37, 37, 0, Some(0), Part, None), (Some(0), false, false)),
            ((100, 130, 0, Some(99), Full, None), (Some(0), false, false)),
            ((100, 100, 0, Some(99), Empty, None), (Some(0), false, true)),
            ((100, 100, 0, None, Full, Some(100)), (None, false, true)),
        ];
        for ((distinct, places, too_large, total, last_page, counted), expected) in cases {
            let walk = Walk { pages: 1, distinct, places, total, too_large, last_page };
            let ended = (walk.missing(), walk.is_complete(counted), walk.has_end());
            assert_eq!(ended, expected, "{walk:?} {counted:?}");
        }
    }
}
