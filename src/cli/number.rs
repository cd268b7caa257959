//! Whole numbers in a range.

use crate::messages::SettingsMessage;

/// Largest number of findings or builds that is accepted; more is a typing error.
pub(super) const COUNT_LIMIT: u64 = 1_000_000_000;
/// More days than any server keeps artifacts.
const RETENTION_LIMIT: u64 = 400;

/// A whole number in a range, which the error names.
pub(super) fn whole_number<const LEAST: u64, const MOST: u64>(text: &str) -> Result<u64, String> {
    let number = text.trim().parse().ok().filter(|number| (LEAST..=MOST).contains(number));
    number.ok_or_else(|| SettingsMessage::WholeNumber { least: LEAST, most: MOST }.to_string())
}

/// A port.
#[cfg(feature = "sandbox")]
pub(super) fn port(text: &str) -> Result<u16, String> {
    let port = whole_number::<0, { u16::MAX as u64 }>(text)?;
    u16::try_from(port).map_err(|error| error.to_string())
}

/// Pages that are fetched at the same time.
pub(super) fn pages(text: &str) -> Result<usize, String> {
    let pages = whole_number::<1, COUNT_LIMIT>(text)?;
    usize::try_from(pages).map_err(|error| error.to_string())
}

/// How long an artifact is kept.
pub(super) fn days(text: &str) -> Result<u32, String> {
    let days = whole_number::<0, RETENTION_LIMIT>(text)?;
    u32::try_from(days).map_err(|error| error.to_string())
}
