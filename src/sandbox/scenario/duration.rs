//! How durations are written in scenarios.

use crate::messages::CommandMessage;
use serde::{Deserialize as _, Deserializer};
use std::time::Duration;

/// `90s`, `250ms` or `1h`.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .map_err(|_| serde::de::Error::custom(CommandMessage::ScenarioDuration(text.clone())))
}

/// The same for a field that may be absent.
pub(super) fn perhaps_duration<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}
