//! How long something takes.

use std::time::Duration;

/// `90s`, `250ms` or `1h`.
pub(super) fn time(text: &str) -> Duration {
    humantime::parse_duration(text).expect("a duration")
}
