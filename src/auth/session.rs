//! A session: credentials that were fetched and do not last.

use super::keys::AccessKeys;
use super::wire::{KeysAnswer, TemporaryKeys, TokenAnswer};
use crate::http::{field, retry_after, sensitive};
use crate::text::redactor;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A session is renewed when less than this is left of it, or a quarter of its life if that is shorter.
const RENEWAL_MARGIN: Duration = Duration::from_secs(5 * 60);
/// Life of a token whose end cannot be read (`auth`: 24 hours).
const USUAL_LIFE: Duration = Duration::from_secs(24 * 3600);
/// The server's clock comes in whole seconds.
const CLOCK_STEP: Duration = Duration::from_secs(1);
/// What a request can be made to carry.
#[derive(Clone, Debug)]
pub(super) enum SessionCredential {
    /// A token.
    Token(SecretString),
    /// A key pair to sign with.
    Keys(AccessKeys),
}

/// A credential and its time.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) credential: SessionCredential,
    pub(super) renew_at: Instant,
    pub(super) expires_at: Instant,
}

impl Session {
    /// From now on, until `end` by the server's own clock.
    pub(super) fn new(credential: SessionCredential, end: Option<SystemTime>, headers: &HeaderMap) -> Self {
        match &credential {
            SessionCredential::Token(token) => redactor::learn(token.expose_secret()),
            SessionCredential::Keys(keys) => {
                let secrets = std::iter::once(&keys.secret_key).chain(&keys.security_token);
                secrets.for_each(|secret| redactor::learn(secret.expose_secret()));
            }
        }
        let server_now = retry_after::server_date(headers).unwrap_or_else(SystemTime::now);
        let life =
            end.map_or(USUAL_LIFE, |end| end.duration_since(server_now + CLOCK_STEP).unwrap_or_default());
        let now = Instant::now();
        Self {
            credential,
            renew_at: now + life.saturating_sub(RENEWAL_MARGIN.min(life / 4)),
            expires_at: now + life,
        }
    }

    /// The token of IAM's answer to a login, which stands in a header.
    pub(super) fn of_token(body: &Value, headers: &HeaderMap) -> Option<Self> {
        let text = headers.get("x-subject-token")?.to_str().ok()?.trim();
        if text.is_empty() || sensitive(text).is_none() {
            return None;
        }
        let credential = SessionCredential::Token(text.to_owned().into());
        Some(Self::new(credential, read_time(&field::read::<TokenAnswer>(body).token.expires_at), headers))
    }

    /// The temporary key pair of an answer, under any of the names that are in use (`auth`, section 6).
    pub(super) fn of_keys(body: &Value, headers: &HeaderMap) -> Option<Self> {
        let answer: KeysAnswer = field::read(body);
        let found =
            [&answer.credential, &answer.credentials, body].into_iter().find(|found| found.is_object())?;
        let found: TemporaryKeys = field::read(found);
        let [access_key, secret_key, security_token] = found.parts();
        if [access_key, secret_key, security_token]
            .iter()
            .any(|text| text.is_empty() || sensitive(text).is_none())
        {
            return None;
        }
        let keys = AccessKeys {
            access_key: access_key.to_owned(),
            secret_key: secret_key.into(),
            security_token: Some(security_token.into()),
        };
        let end = [&found.expires_at, &found.expiration].into_iter().find_map(|text| read_time(text));
        Some(Self::new(SessionCredential::Keys(keys), end, headers))
    }
}

fn read_time(text: &str) -> Option<SystemTime> {
    humantime::parse_rfc3339(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;
    use serde_json::json;

    #[test]
    fn a_token_lives_by_the_servers_clock() {
        let body: Value =
            serde_json::from_str(include_str!("../../tests/data/api/iam_token_response.json")).expect("JSON");
        let mut headers = HeaderMap::new();
        assert!(Session::of_token(&body, &headers).is_none());
        headers.insert("x-subject-token", HeaderValue::from_static(" the-token "));
        headers.insert("date", HeaderValue::from_static("Fri, 03 Jan 2020 09:05:22 GMT"));
        let before = Instant::now();
        let session = Session::of_token(&body, &headers).expect("a token");
        assert!(
            matches!(&session.credential, SessionCredential::Token(token) if token.expose_secret() == "the-token")
        );
        let life = session.expires_at - before;
        assert!(life <= USUAL_LIFE && life > USUAL_LIFE - Duration::from_secs(5), "{life:?}");
        assert_eq!(session.expires_at - session.renew_at, RENEWAL_MARGIN);
    }

    #[test]
    fn keys_have_many_names() {
        let mut headers = HeaderMap::new();
        headers.insert("date", HeaderValue::from_static("Tue, 31 Dec 2024 23:00:00 GMT"));
        let sts = json!({"credentials": {"access_key_id": "A", "secret_access_key": "S", "security_token": "T",
                                         "expiration": "2025-01-01T00:00:00.000Z"}});
        let metadata = json!({"credential": {"access": "A", "secret": "S", "securitytoken": "T",
                                             "expires_at": "2025-01-01T00:00:00.000000Z"}});
        let pod = json!({"accessKeyId": "A", "secretAccessKey": "S", "securityToken": "T",
                         "expiration": "2025-01-01T00:00:00.000Z"});
        for body in [sts, metadata, pod] {
            let session = Session::of_keys(&body, &headers).expect("keys");
            let SessionCredential::Keys(keys) = &session.credential else { panic!("{body}") };
            assert_eq!((keys.access_key.as_str(), keys.secret_key.expose_secret()), ("A", "S"));
            let life = session.expires_at.duration_since(Instant::now());
            assert!(life > Duration::from_secs(3590) && life < Duration::from_secs(3600), "{life:?}");
        }
        for body in [json!({}), json!({"credential": {"access": "A", "secret": "S"}}), json!([1])] {
            assert!(Session::of_keys(&body, &headers).is_none(), "{body}");
        }
    }
}
