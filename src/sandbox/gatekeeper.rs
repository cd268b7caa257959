//! Checks tokens and signatures as the gateway does (pages `auth`, `signing`). All secrets are published here: they
//! open nothing but the sandbox.

use super::state::MockService;
use crate::auth::seconds_between;
use crate::auth::signing::{ALGORITHM, Signable, matches, sign};
use hyper::HeaderMap;
use std::time::{Instant, SystemTime};

/// The permanent key pair.
pub const ACCESS_KEY: &str = "SANDBOXACCESSKEY0001";
/// The access key of the temporary pair; its secret key is the same.
pub const TEMPORARY_ACCESS_KEY: &str = "SANDBOXTEMPORARY0001";
/// The secret key.
pub const SECRET_KEY: &str = "sandbox-secret-key-not-a-secret";
/// The session token of the temporary pair.
pub const SECURITY_TOKEN: &str = "sandbox-security-token-not-a-secret";
/// A token that never expires.
pub const TOKEN: &str = "sandbox-token-not-a-secret";
/// The IAM user.
pub const USER: &str = "sandbox-user";
/// Their password.
pub const PASSWORD: &str = "sandbox-password-not-a-secret";
/// Their account.
pub const DOMAIN: &str = "sandbox-domain";

/// The gateway refuses signatures further off than this.
const SKEW_LIMIT: i64 = 15 * 60;

/// A request, as far as it is checked.
pub(super) struct Credentialed<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a [(String, String)],
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// Why a request is not let in; the text after the colon of the gateway's message.
pub(super) type Reason = &'static str;

/// Lets a request in, or says why not. `clock`: the service's time.
pub(super) fn admit(
    request: &Credentialed<'_>,
    service: &MockService,
    now: Instant,
    clock: SystemTime,
) -> Result<(), Reason> {
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(token) = header("x-auth-token") {
        return if token == TOKEN || service.accepts_token(token, now) {
            Ok(())
        } else {
            Err("the token is invalid or expired")
        };
    }
    let authorization = header("authorization").ok_or("no credentials")?;
    let date = header("x-sdk-date").ok_or("no X-Sdk-Date header")?;
    let signed_at = read_date(date).ok_or("X-Sdk-Date cannot be read")?;
    if seconds_between(clock, signed_at).abs() > SKEW_LIMIT {
        return Err("the signature expired");
    }
    let (access_key, names, signature) = read_authorization(authorization).ok_or("malformed signature")?;
    let secret_key = match access_key {
        ACCESS_KEY => SECRET_KEY,
        TEMPORARY_ACCESS_KEY if header("x-security-token") == Some(SECURITY_TOKEN) => SECRET_KEY,
        _ => service
            .secret_of(access_key, header("x-security-token").unwrap_or_default(), now)
            .ok_or("the access key is unknown or expired")?,
    };
    let names: Vec<&str> = names.split(';').collect();
    let is_signed = |name: &str| names.contains(&name);
    let must_be_signed = ["host", "x-sdk-date", "x-security-token", "x-project-id"];
    if must_be_signed.iter().any(|name| header(name).is_some() && !is_signed(name)) {
        return Err("a header that must be signed is not");
    }
    let mut headers = Vec::new();
    for name in names {
        let value = header(name).ok_or("a signed header is missing")?;
        headers.push((name.to_owned(), value.to_owned()));
    }
    let expected = sign(
        &Signable {
            method: request.method,
            path: request.path,
            query: request.query,
            headers: &headers,
            body: request.body,
        },
        access_key,
        secret_key,
        date,
    );
    if matches(secret_key, &expected.string_to_sign, signature) {
        Ok(())
    } else {
        Err("verify aksk signature fail")
    }
}

/// Access key, signed header names and signature.
fn read_authorization(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.strip_prefix(ALGORITHM)?.trim().split(", ");
    let access_key = parts.next()?.strip_prefix("Access=")?;
    let names = parts.next()?.strip_prefix("SignedHeaders=")?;
    let signature = parts.next()?.strip_prefix("Signature=")?;
    Some((access_key, names, signature))
}

/// `20260203T081530Z`.
fn read_date(text: &str) -> Option<SystemTime> {
    if text.len() != 16 || !text.is_ascii() {
        return None;
    }
    let (year, month, day) = (&text[..4], &text[4..6], &text[6..8]);
    let (hour, minute, second) = (&text[9..11], &text[11..13], &text[13..15]);
    humantime::parse_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::signing::date_header;
    use crate::sandbox::scenario::Scenario;
    use hyper::header::{HeaderName, HeaderValue};
    use std::time::Duration;

    /// A signed request for `GET /v2/x?a=1`, changed by `change` after signing.
    fn judge(secret: &str, age: Duration, change: impl FnOnce(&mut HeaderMap)) -> Result<(), Reason> {
        let clock = SystemTime::now();
        let date = date_header(clock - age);
        let query = [("a".to_owned(), "1".to_owned())];
        let signed = [("host".to_owned(), "h:1".to_owned()), ("x-sdk-date".to_owned(), date.clone())];
        let signable = Signable { method: "GET", path: "/v2/x", query: &query, headers: &signed, body: b"" };
        let authorization = sign(&signable, ACCESS_KEY, secret, &date).authorization;
        let mut headers = HeaderMap::new();
        let all = signed.into_iter().chain([("authorization".to_owned(), authorization)]);
        for (name, value) in all {
            headers.insert(
                HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                HeaderValue::from_str(&value).expect("a value"),
            );
        }
        change(&mut headers);
        let request =
            Credentialed { method: "GET", path: "/v2/x", query: &query, headers: &headers, body: b"" };
        let service = MockService::new(Scenario::default(), Instant::now());
        admit(&request, &service, Instant::now(), clock)
    }

    #[test]
    fn only_a_fresh_and_true_signature_is_let_in() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        assert_eq!(judge(SECRET_KEY, minutes(0), |_| {}), Ok(()));
        assert_eq!(judge(SECRET_KEY, minutes(14), |_| {}), Ok(()));
        assert_eq!(judge(SECRET_KEY, minutes(16), |_| {}), Err("the signature expired"));
        assert_eq!(judge("wrong", minutes(0), |_| {}), Err("verify aksk signature fail"));
        let changes: [(&str, &str, Reason); 4] = [
            ("host", "other:1", "verify aksk signature fail"),
            ("x-project-id", "unsigned", "a header that must be signed is not"),
            ("authorization", "Basic abc", "malformed signature"),
            ("x-sdk-date", "yesterday", "X-Sdk-Date cannot be read"),
        ];
        for (name, value, reason) in changes {
            let judged = judge(SECRET_KEY, minutes(0), |headers| {
                headers.insert(name, HeaderValue::from_static(value));
            });
            assert_eq!(judged, Err(reason), "{name}");
        }
    }
}
