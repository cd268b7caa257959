//! Something that is believed only when it has been seen for a while.

use std::time::Duration;

/// What is seen, since when, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing<T> {
    pub(super) what: T,
    since: Duration,
    looks: u32,
}

impl<T: PartialEq> Standing<T> {
    /// Notes that `what` was seen; anything else that stood there falls.
    pub(super) fn note(place: &mut Option<Self>, what: T, at: Duration) -> &Self {
        let earlier = place.take().filter(|standing| standing.what == what);
        let (since, looks) = earlier.map_or((at, 0), |earlier| (earlier.since, earlier.looks));
        place.insert(Self { what, since, looks: looks + 1 })
    }

    /// Whether it has been seen for less than this.
    pub(super) fn is_younger(&self, at: Duration, limit: Duration) -> bool {
        at < self.since + limit
    }

    /// Whether it has stood for so long in so many looks; no time at all means at once.
    pub(super) fn has_stood(&self, at: Duration, limit: Duration, looks: u32) -> bool {
        limit.is_zero() || at >= self.since + limit && self.looks >= looks
    }
}
