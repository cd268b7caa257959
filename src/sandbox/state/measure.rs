//! Progress in percent, and ids.

use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How much of a duration is over.
pub(super) fn percent(elapsed: Duration, duration: Duration) -> u32 {
    if elapsed >= duration {
        return 100;
    }
    (elapsed.as_secs_f64() / duration.as_secs_f64() * 100.0) as u32
}

/// How much is over at this poll, when all polls are so many.
pub(super) fn percent_of_polls(polls: u32, all: u32) -> u32 {
    (polls.saturating_mul(100) / all.max(1)).min(100)
}

/// The id of a commit.
pub(super) fn make_commit(name: &str, number: u64) -> String {
    let digest = Sha256::digest(format!("{name}/{number}").as_bytes());
    hex::encode(&digest[..20])
}

/// An id like the service's: 32 hexadecimal digits.
pub(super) fn make_id(name: &str, number: u64) -> String {
    let digest = Sha256::digest(format!("{name}/{number}").as_bytes());
    hex::encode(&digest[..16])
}
