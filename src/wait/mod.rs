//! Waiting for something that can only be asked about: when it may end ([`estimate`]), when to ask next ([`schedule`]), how
//! much at once ([`bucket`]) and the loop ([`waiter`]).
//!
//! Check tasks, PDF jobs and whatever comes next wait with this code. It knows nothing of CodeArts, and its time is
//! tokio's clock, which tests stop and wind forward.

pub mod bucket;
pub mod estimate;
pub mod schedule;
pub mod waiter;

pub use bucket::TokenBucket;
pub use schedule::{Budget, Pacer, Schedule};
pub use waiter::{End, PollError, Step, Waited, Waiter};
