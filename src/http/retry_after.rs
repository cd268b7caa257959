//! The `Retry-After` header and the server's clock, from an answer's headers.

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime};

/// How long the server asks to wait: seconds or an HTTP date (RFC 9110, section 10.2.3). An unreadable value is none.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    // Dates count from the server's clock where that is known: this machine's may be wrong.
    let now = server_date(headers).unwrap_or(now);
    Some(date.duration_since(now).unwrap_or_default())
}

/// The server's own clock, from the `Date` header.
pub fn server_date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn seconds_dates_and_nonsense() {
        let now = httpdate::parse_http_date("Sun, 22 Nov 2026 10:00:00 GMT").expect("a date");
        let cases = [
            (Some("7"), None, Some(7)),
            (Some(" 7 "), None, Some(7)),
            (Some("Sun, 22 Nov 2026 10:00:30 GMT"), None, Some(30)),
            (Some("Sun, 22 Nov 2026 09:59:00 GMT"), None, Some(0)),
            // The server's clock is an hour ahead.
            (Some("Sun, 22 Nov 2026 11:00:05 GMT"), Some("Sun, 22 Nov 2026 11:00:00 GMT"), Some(5)),
            (Some("soon"), None, None),
            (Some("-3"), None, None),
            (Some(""), None, None),
            (None, None, None),
        ];
        for (header, date, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Some(text) = header {
                headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
            }
            if let Some(text) = date {
                headers.insert(DATE, HeaderValue::from_static(text));
            }
            assert_eq!(
                retry_after(&headers, now),
                expected.map(Duration::from_secs),
                "{header:?} at {date:?}"
            );
        }
    }
}
