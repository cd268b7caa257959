//! Parts that several messages have.

use std::time::Duration;

/// A shorter wait is not worth a comparison.
const COMPARED_FROM: Duration = Duration::from_secs(60);

/// What a wait cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct WaitCost {
    /// How long it took.
    pub elapsed: Duration,
    /// Status requests.
    pub polls: u32,
    /// The end was detected at most this late.
    pub detection_delay: Duration,
    /// Status requests that a fixed interval of 5s would have made.
    pub fixed_polls: u32,
}

impl WaitCost {
    /// Whether it is worth comparing with a fixed interval.
    pub(super) fn is_compared(&self) -> bool {
        self.elapsed >= COMPARED_FROM
    }
}
