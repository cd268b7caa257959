//! AK/SK: every request is signed, nothing is fetched. Knows how to live with a wrong clock.

use super::signing::{Signable, date_header, sign};
use crate::error::Problem;
use crate::http::sensitive;
use crate::log_problem;
use crate::messages::{Hint, LoginHint, LoginMessage};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// The gateway refuses signatures more than 15 minutes off (`signing`); half of that is already worth correcting.
const SKEW_TOLERATED: Duration = Duration::from_secs(7 * 60 + 30);

/// A clock further off is more likely a proxy's invention.
const SKEW_BELIEVED: Duration = Duration::from_secs(20 * 366 * 24 * 3600);

/// A key pair.
#[derive(Clone, Debug)]
pub struct AccessKeys {
    /// Access key id; not a secret, yet not printed either.
    pub access_key: String,
    /// Secret key.
    pub secret_key: SecretString,
    /// Session token of temporary keys.
    pub security_token: Option<SecretString>,
}

/// The parts of a request that authentication needs to see.
#[derive(Clone, Debug)]
pub struct Unsigned<'a> {
    /// Upper-case HTTP method.
    pub method: &'a str,
    /// `host` or `host:port`.
    pub host: &'a str,
    /// Path without query.
    pub path: &'a str,
    /// Query parameters, not encoded.
    pub query: &'a [(String, String)],
    /// Exact body bytes.
    pub body: &'a [u8],
}

/// This machine's clock and the correction learnt from the service.
#[derive(Debug, Default)]
struct Clock {
    /// Seconds to add to the machine's time.
    correction: AtomicI64,
}

impl Clock {
    /// The time to sign with.
    fn now(&self) -> SystemTime {
        let correction = self.correction.load(Ordering::Relaxed);
        let magnitude = Duration::from_secs(correction.unsigned_abs());
        if correction < 0 { SystemTime::now() - magnitude } else { SystemTime::now() + magnitude }
    }

    /// Takes over the server's time if that is far from the time signed with so far; returns this machine's error in
    /// seconds, positive when it is behind.
    fn learn(&self, server_date: SystemTime) -> Option<i64> {
        let tolerated = SKEW_TOLERATED.as_secs();
        if seconds_between(self.now(), server_date).unsigned_abs() <= tolerated {
            return None;
        }
        let skew = seconds_between(SystemTime::now(), server_date);
        if skew.unsigned_abs() > SKEW_BELIEVED.as_secs() {
            return None;
        }
        // The machine's clock may have been set right meanwhile.
        let correction = if skew.unsigned_abs() <= tolerated { 0 } else { skew };
        self.correction.store(correction, Ordering::Relaxed);
        Some(correction)
    }
}

/// A difference between clocks, rounded to minutes: network time is part of it.
pub fn to_minutes(skew: i64) -> Duration {
    Duration::from_secs((skew.unsigned_abs() + 30) / 60 * 60)
}

/// Seconds from `from` to `to`, negative when `to` is earlier.
pub fn seconds_between(from: SystemTime, to: SystemTime) -> i64 {
    match to.duration_since(from) {
        Ok(ahead) => ahead.as_secs().cast_signed(),
        Err(behind) => -behind.duration().as_secs().cast_signed(),
    }
}

/// Signs requests.
#[derive(Debug)]
pub(super) struct Signer {
    project_id: Option<String>,
    clock: Clock,
}

impl Signer {
    pub(super) fn new(project_id: Option<String>) -> Self {
        Self { project_id, clock: Clock::default() }
    }

    /// A small fixed set of headers is signed, so that what proxies add or change cannot break the signature.
    pub(super) fn headers(&self, keys: &AccessKeys, request: &Unsigned<'_>) -> HeaderMap {
        let date = date_header(self.clock.now());
        let mut signed = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("host".to_owned(), request.host.to_owned()),
            ("x-sdk-date".to_owned(), date.clone()),
        ];
        if let Some(project_id) = &self.project_id {
            signed.push(("x-project-id".to_owned(), project_id.clone()));
        }
        if let Some(token) = &keys.security_token {
            signed.push(("x-security-token".to_owned(), token.expose_secret().to_owned()));
        }
        let signature = sign(
            &Signable {
                method: request.method,
                path: request.path,
                query: request.query,
                headers: &signed,
                body: request.body,
            },
            &keys.access_key,
            keys.secret_key.expose_secret(),
            &date,
        );
        let mut headers = HeaderMap::new();
        for (name, value) in signed.into_iter().filter(|(name, _)| name != "host") {
            headers.insert(header_name(&name), header_value(&value));
        }
        headers.insert(AUTHORIZATION, header_value(&signature.authorization));
        headers
    }

    /// After a refusal: if the server's clock shows that this machine's is wrong, sign with its time from here on.
    pub(super) fn correct_clock(&self, server_date: Option<SystemTime>) {
        let learnt = server_date.and_then(|date| self.clock.learn(date));
        if let Some(skew) = learnt.filter(|skew| *skew != 0) {
            let what = LoginMessage::ClockCorrected { off: to_minutes(skew), is_behind: skew > 0 };
            log_problem!(warn, Problem::new(what).hint(Hint::Login(LoginHint::SetClock)));
        }
    }
}

#[expect(clippy::expect_used, reason = "the names above are lower-case literals")]
fn header_name(name: &str) -> HeaderName {
    HeaderName::from_bytes(name.as_bytes()).expect("a header name")
}

#[expect(clippy::expect_used, reason = "ids and tokens are checked to be visible ASCII where they are read")]
fn header_value(value: &str) -> HeaderValue {
    sensitive(value).expect("visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_corrected_when_far_off_and_back_again() {
        let clock = Clock::default();
        let ago = |seconds| SystemTime::now() - Duration::from_secs(seconds);
        assert_eq!(clock.learn(ago(60)), None);
        let skew = clock.learn(ago(3600)).expect("a correction");
        assert!((-3601..=-3599).contains(&skew), "{skew}");
        assert!(seconds_between(ago(3600), clock.now()).abs() <= 1);
        assert_eq!(clock.learn(ago(3630)), None, "close enough to what is signed with");
        assert_eq!(clock.learn(ago(10)), Some(0), "the machine's clock was set right");
        assert!(seconds_between(SystemTime::now(), clock.now()).abs() <= 1);
        let absurd = httpdate::parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT").expect("a date");
        assert_eq!(clock.learn(absurd), None);
    }

    #[test]
    fn temporary_keys_and_the_project_are_signed() {
        let keys = AccessKeys {
            access_key: "AK".to_owned(),
            secret_key: "secret".to_owned().into(),
            security_token: Some("session".to_owned().into()),
        };
        let request = Unsigned { method: "GET", host: "h:1", path: "/", query: &[], body: b"" };
        let headers = Signer::new(Some("0123".to_owned())).headers(&keys, &request);
        let authorization = headers[AUTHORIZATION].to_str().expect("ASCII");
        assert!(
            authorization
                .contains("SignedHeaders=content-type;host;x-project-id;x-sdk-date;x-security-token,")
        );
        assert!(!format!("{headers:?}").contains("session"), "{headers:?}");
        assert!(!format!("{keys:?}").contains("secret\""), "{keys:?}");
    }
}
