//! Credentials that have to be fetched and do not last: one session for all tasks, renewed in time.

use super::id_token::IdTokenSource;
use super::keys::AccessKeys;
use super::metadata::Metadata;
use super::oidc::Oidc;
use super::password::PasswordLogin;
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::http::{retry_after, sensitive};
use crate::text::redactor;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;
use tokio::task::spawn_local;
use tokio::time::Instant;

/// A session is renewed when less than this is left of it, or a quarter of its life if that is shorter.
const RENEWAL_MARGIN: Duration = Duration::from_secs(5 * 60);
/// Life of a token whose end can not be read (`auth`: 24 hours).
const USUAL_LIFE: Duration = Duration::from_secs(24 * 3600);
/// After a renewal that failed, the present session serves this long before the next one is tried.
const RENEWAL_PAUSE: Duration = Duration::from_secs(20);
/// The server's clock is told in whole seconds.
const CLOCK_STEP: Duration = Duration::from_secs(1);
/// Longest time for one login, repeats included.
const LOGIN_LIMIT: Duration = Duration::from_secs(90);

/// What a request can be made to carry.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// A token.
    Token(SecretString),
    /// A key pair to sign with.
    Keys(AccessKeys),
}

/// A proof and its time.
#[derive(Clone, Debug)]
pub(super) struct Session {
    proof: Proof,
    renew_at: Instant,
    expires_at: Instant,
}

impl Session {
    /// From now on, until `end` by the server's own clock.
    pub(super) fn new(proof: Proof, end: Option<SystemTime>, headers: &HeaderMap) -> Self {
        match &proof {
            Proof::Token(token) => redactor::learn(token.expose_secret()),
            Proof::Keys(keys) => {
                let secrets = std::iter::once(&keys.secret_key).chain(&keys.security_token);
                secrets.for_each(|secret| redactor::learn(secret.expose_secret()));
            }
        }
        let server_now = retry_after::server_date(headers).unwrap_or_else(SystemTime::now);
        let life =
            end.map_or(USUAL_LIFE, |end| end.duration_since(server_now + CLOCK_STEP).unwrap_or_default());
        let now = Instant::now();
        Self {
            proof,
            renew_at: now + life.saturating_sub(RENEWAL_MARGIN.min(life / 4)),
            expires_at: now + life,
        }
    }

    /// The token of IAM's answer to a login, which stands in a header.
    pub(super) fn of_token(body: &Value, headers: &HeaderMap) -> Option<Self> {
        let text = headers.get("x-subject-token")?.to_str().ok()?.trim();
        if text.is_empty() || sensitive(text).is_err() {
            return None;
        }
        let proof = Proof::Token(text.to_owned().into());
        Some(Self::new(proof, read_time(&body["token"]["expires_at"]), headers))
    }

    /// The temporary key pair of an answer, under any of the names that are in use (`auth`, section 6).
    pub(super) fn of_keys(body: &Value, headers: &HeaderMap) -> Option<Self> {
        let found =
            [&body["credential"], &body["credentials"], body].into_iter().find(|found| found.is_object())?;
        let field = |names: [&str; 3]| {
            let text = names.iter().find_map(|name| found[*name].as_str())?.trim();
            (!text.is_empty() && sensitive(text).is_ok()).then(|| text.to_owned())
        };
        let keys = AccessKeys {
            access_key: field(["access", "accessKeyId", "access_key_id"])?,
            secret_key: field(["secret", "secretAccessKey", "secret_access_key"])?.into(),
            security_token: Some(field(["securitytoken", "securityToken", "security_token"])?.into()),
        };
        let end = ["expires_at", "expiration"].iter().find_map(|name| read_time(&found[*name]));
        Some(Self::new(Proof::Keys(keys), end, headers))
    }
}

fn read_time(value: &Value) -> Option<SystemTime> {
    humantime::parse_rfc3339(value.as_str()?).ok()
}

/// A way to a session.
#[derive(Debug)]
pub(super) enum Login {
    /// An IAM user's password.
    Password(PasswordLogin),
    /// A token of the CI about its own identity.
    Oidc(Oidc),
    /// The machine's own identity.
    Metadata(Metadata),
}

impl Login {
    async fn log_in(&self, http: &HttpClient, limit: Duration) -> Result<Session, CallError> {
        match self {
            Self::Password(login) => login.log_in(http, limit).await,
            Self::Oidc(login) => login.log_in(http, limit).await,
            Self::Metadata(login) => login.log_in(limit).await,
        }
    }

    /// Whether a refusal is final. IAM locks accounts after a few wrong passwords, and who does not trust this job will not
    /// trust it a moment later; but where logins have worked, a fresh id token is another login. The metadata of a machine hold
    /// nothing that could be refused.
    const fn is_final(&self, failure: Failure, has_worked: bool) -> bool {
        let is_refusal = matches!(
            failure,
            Failure::Unauthenticated | Failure::Denied | Failure::NotFound | Failure::Rejected
        );
        let may_work_later = match self {
            Self::Password(_) => false,
            Self::Oidc(Oidc { id_token: IdTokenSource::Variable(_), .. }) => false,
            Self::Oidc(_) => has_worked,
            Self::Metadata(_) => true,
        };
        is_refusal && !may_work_later
    }
}

/// Gives out one session to all tasks and fetches the next in time.
#[derive(Debug)]
pub(super) struct Source {
    login: Login,
    http: HttpClient,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    session: Option<Session>,
    logins: u64,
    /// Set once a login was refused: it is not tried again.
    refused: Option<CallError>,
}

impl Source {
    pub(super) fn new(login: Login, http: HttpClient) -> Self {
        Self { login, http, state: Mutex::default() }
    }

    /// A proof that is good for some time yet, and its number. While it serves, the next is fetched in the background: nobody
    /// must wait for it, a stop least of all.
    pub(super) async fn proof(self: &Arc<Self>) -> Result<(Proof, u64), CallError> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        if let Some(session) = state.session.as_mut().filter(|session| now < session.expires_at) {
            let proof = session.proof.clone();
            let is_due = now >= session.renew_at;
            // Noted first, so that a renewal that is under way or failed is not begun again at once.
            if is_due {
                session.renew_at = now + RENEWAL_PAUSE;
            }
            if is_due && state.refused.is_none() {
                let source = Arc::clone(self);
                spawn_local(async move { source.renew().await });
            }
            return Ok((proof, state.logins));
        }
        if let Some(error) = &state.refused {
            return Err(error.clone());
        }
        let result = self.login.log_in(&self.http, LOGIN_LIMIT).await;
        self.keep(&mut state, &result);
        result.map(|session| (session.proof, state.logins))
    }

    async fn renew(&self) {
        let result = self.login.log_in(&self.http, LOGIN_LIMIT).await;
        self.keep(&mut *self.state.lock().await, &result);
        if let Err(error) = result {
            tracing::debug!("{error}; the present session serves on");
        }
    }

    fn keep(&self, state: &mut State, result: &Result<Session, CallError>) {
        match result {
            Ok(session) => {
                state.logins += 1;
                state.session = Some(session.clone());
            }
            Err(error) if self.login.is_final(error.failure, state.logins > 0) => {
                state.refused = Some(error.clone());
            }
            Err(_) => {}
        }
    }

    /// The service refused session number `login`; unless a newer one is there already, the next request fetches one.
    pub(super) async fn forget(&self, login: u64) {
        let mut state = self.state.lock().await;
        if state.logins == login {
            state.session = None;
        }
    }
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
        assert!(matches!(&session.proof, Proof::Token(token) if token.expose_secret() == "the-token"));
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
            let Proof::Keys(keys) = &session.proof else { panic!("{body}") };
            assert_eq!((keys.access_key.as_str(), keys.secret_key.expose_secret()), ("A", "S"));
            let life = session.expires_at.duration_since(Instant::now());
            assert!(life > Duration::from_secs(3590) && life < Duration::from_secs(3600), "{life:?}");
        }
        for body in [json!({}), json!({"credential": {"access": "A", "secret": "S"}}), json!([1])] {
            assert!(Session::of_keys(&body, &headers).is_none(), "{body}");
        }
    }
}
