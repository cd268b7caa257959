//! What GitHub answers: pages, explanations and limits of the rate. Pure.

use super::refusal::is_limit;
use crate::http::dialect::by_status;
use crate::http::retry::Failure;
use crate::http::retry_after;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// Pause where GitHub limits the rate without saying for how long.
const RATE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// A good answer.
#[derive(Debug)]
pub(super) struct Response {
    /// Response headers.
    pub(super) headers: HeaderMap,
    /// The body; `null` if there is none.
    pub(super) body: Value,
    /// Whether it is the one that is known, and was not sent again.
    pub(super) is_unchanged: bool,
}

impl Response {
    /// Whether more pages follow.
    pub(super) fn has_next_page(&self) -> bool {
        let links = self.headers.get("link").and_then(|value| value.to_str().ok()).unwrap_or_default();
        links.split(',').any(|link| link.contains("rel=\"next\""))
    }
}

/// GitHub's explanation and its details.
pub(super) fn explain(body: &Value) -> String {
    let mut text = body["message"].as_str().unwrap_or_default().to_owned();
    let details = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    for detail in details.iter().filter_map(|detail| detail["message"].as_str().or_else(|| detail.as_str())) {
        text.push_str(": ");
        text.push_str(detail);
    }
    text
}

/// What a refusal means (`ci/github`, sections 4.1 and 4.3): limits of the rate come as 403 too.
pub(super) fn classify(status: u16, headers: &HeaderMap, message: &str) -> Failure {
    let is_limited = headers.contains_key("retry-after")
        || headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0")
        || is_limit(status, message);
    match status {
        403 if is_limited => Failure::Busy,
        410 => Failure::NotFound,
        // No permission opens what the law closes.
        451 => Failure::Rejected,
        others => by_status(others),
    }
}

/// How long GitHub asks to wait, by one header or another.
pub(super) fn rate_limit_pause(failure: Failure, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let asked = retry_after::retry_after(headers, now);
    if asked.is_some() || failure != Failure::Busy {
        return asked;
    }
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    if number("x-ratelimit-remaining") == Some(0)
        && let Some(reset) = number("x-ratelimit-reset")
    {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        return Some(Duration::from_secs(reset).saturating_sub(now));
    }
    Some(RATE_LIMIT_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    type Pairs<'a> = &'a [(&'static str, &'static str)];

    fn headers(pairs: Pairs<'_>) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn a_limit_is_no_refusal() {
        let cases: [(u16, Pairs<'_>, &str, Failure); 9] = [
            (403, &[], "error-403-integration.json", Failure::Denied),
            (403, &[], "error-403-rate-limit.json", Failure::Busy),
            (403, &[("x-ratelimit-remaining", "0")], "error-403-integration.json", Failure::Busy),
            (403, &[("x-ratelimit-remaining", "17")], "error-403-integration.json", Failure::Denied),
            (429, &[], "error-403-rate-limit.json", Failure::Busy),
            (404, &[], "error-404.json", Failure::NotFound),
            (422, &[], "error-422-too-long.json", Failure::Rejected),
            (401, &[], "error-404.json", Failure::Unauthenticated),
            (502, &[], "error-404.json", Failure::Unavailable),
        ];
        for (status, pairs, file, expected) in cases {
            let path = format!("{}/tests/data/github/{file}", env!("CARGO_MANIFEST_DIR"));
            let body: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
            assert_eq!(classify(status, &headers(pairs), &explain(&body)), expected, "{status} {file}");
        }
    }

    #[test]
    fn the_pause_is_the_one_github_asks_for() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let cases: [(Failure, Pairs<'_>, Option<u64>); 6] = [
            (Failure::Busy, &[("retry-after", "7")], Some(7)),
            (Failure::Busy, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1042")], Some(42)),
            (Failure::Busy, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "900")], Some(0)),
            (Failure::Busy, &[], Some(60)),
            (Failure::Denied, &[], None),
            (Failure::Unavailable, &[], None),
        ];
        for (failure, pairs, expected) in cases {
            let pause = rate_limit_pause(failure, &headers(pairs), now);
            assert_eq!(pause, expected.map(Duration::from_secs), "{failure:?} {pairs:?}");
        }
    }
}
