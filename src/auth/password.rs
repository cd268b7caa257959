//! IAM password → project-scoped token (page `auth`, section 1), cached and renewed before it expires.
//!
//! A refused password is never tried again: IAM locks accounts after a few.

use crate::http::HttpClient;
use crate::http::call::{Call, repeat, send};
use crate::http::error::CallError;
use crate::http::retry::{Failure, Repeat};
use crate::http::{CALL_LIMIT, retry_after, sensitive};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

/// A token is renewed when less than this is left of it, or a quarter of its life if that is shorter.
const RENEWAL_MARGIN: Duration = Duration::from_secs(5 * 60);
/// Life of a token whose end can not be read (`auth`: 24 hours).
const USUAL_LIFE: Duration = Duration::from_secs(24 * 3600);
/// After a renewal that failed, the present token serves this long before the next one is tried.
const RENEWAL_PAUSE: Duration = Duration::from_secs(20);
/// Longest time for a renewal while the present token still serves: nobody must wait for it, a stop least of all.
const RENEWAL_LIMIT: Duration = Duration::from_secs(1);
/// Longest time for one login, repeats included.
const LOGIN_LIMIT: Duration = Duration::from_secs(90);

/// Which region project the token is for.
#[derive(Clone, Debug)]
pub enum Scope {
    /// IAM project id.
    Id(String),
    /// IAM project name, which for the main project is the region.
    Name(String),
}

/// An IAM user and where to log in.
#[derive(Debug)]
pub struct PasswordLogin {
    /// IAM user name.
    pub user: String,
    /// Their password.
    pub password: SecretString,
    /// Account (domain) name.
    pub domain: String,
    /// What the token is for.
    pub scope: Scope,
    /// Origin of the IAM service.
    pub endpoint: Url,
}

/// Gives out one token to all tasks and fetches the next in time.
#[derive(Debug)]
pub(super) struct TokenSource {
    login: PasswordLogin,
    http: HttpClient,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    logins: u64,
    /// Set once the password was refused.
    refused: Option<CallError>,
}

#[derive(Clone, Debug)]
struct Token {
    value: SecretString,
    renew_at: Instant,
    expires_at: Instant,
}

impl TokenSource {
    pub(super) fn new(login: PasswordLogin, http: HttpClient) -> Self {
        Self { login, http, state: Mutex::default() }
    }

    /// A token that is good for some time yet, and its number.
    pub(super) async fn token(&self) -> Result<(SecretString, u64), CallError> {
        let mut state = self.state.lock().await;
        let state = &mut *state;
        let now = Instant::now();
        let mut limit = LOGIN_LIMIT;
        if let Some(token) = state.token.as_mut().filter(|token| now < token.expires_at) {
            if now < token.renew_at || state.refused.is_some() {
                return Ok((token.value.clone(), state.logins));
            }
            // Noted first, so that a renewal that is broken off is not begun again at once.
            token.renew_at = now + RENEWAL_PAUSE;
            limit = RENEWAL_LIMIT;
        }
        if let Some(error) = &state.refused {
            return Err(error.clone());
        }
        match self.log_in(limit).await {
            Ok(token) => {
                state.logins += 1;
                let value = token.value.clone();
                state.token = Some(token);
                Ok((value, state.logins))
            }
            Err(error) => {
                if error.failure == Failure::Unauthenticated {
                    state.refused = Some(error.clone());
                }
                match &state.token {
                    // IAM may be in trouble for a moment while the present token still serves.
                    Some(token) if Instant::now() < token.expires_at => {
                        tracing::debug!("{error}; the present token serves on");
                        Ok((token.value.clone(), state.logins))
                    }
                    _ => Err(error),
                }
            }
        }
    }

    /// The service refused token number `login`; unless a newer one is there already, the next request fetches one.
    pub(super) async fn forget(&self, login: u64) {
        let mut state = self.state.lock().await;
        if state.logins == login {
            state.token = None;
        }
    }

    async fn log_in(&self, limit: Duration) -> Result<Token, CallError> {
        let login = &self.login;
        let scope = match &login.scope {
            Scope::Id(id) => json!({"id": id}),
            Scope::Name(name) => json!({"name": name}),
        };
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": login.user,
                "password": login.password.expose_secret(),
                "domain": {"name": login.domain},
            }}},
            "scope": {"project": scope},
        }});
        let attempt = "log in to IAM with CODEARTS_IAM_USER".to_owned();
        let call = Call {
            repeat: Repeat::Login,
            expected: &["token"],
            secrets: vec![login.password.clone()],
            ..Call::post(attempt, "/v3/auth/tokens".to_owned(), body.to_string())
        };
        let call = call.with_query("nocatalog", "true");
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let deadline = Instant::now() + limit;
        repeat(call.repeat, deadline, self.http.pauses(), async || {
            let (body, headers) =
                send(&self.http, &login.endpoint, &call, headers.clone(), limit.min(CALL_LIMIT)).await?;
            token_of(&body, &headers).ok_or_else(|| {
                call.transport_error(
                    &login.endpoint,
                    crate::http::TransportError {
                        failure: Failure::Unreadable,
                        message: "the answer holds no usable X-Subject-Token header".to_owned(),
                    },
                )
            })
        })
        .await
    }
}

/// The token from the header, and how long it lives by the server's own clock.
fn token_of(body: &Value, headers: &HeaderMap) -> Option<Token> {
    let text = headers.get("x-subject-token")?.to_str().ok()?.trim();
    if text.is_empty() || sensitive(text).is_err() {
        return None;
    }
    let server_now = retry_after::server_date(headers).unwrap_or_else(SystemTime::now);
    let life = body["token"]["expires_at"]
        .as_str()
        .and_then(|time| humantime::parse_rfc3339(time).ok())
        .map_or(USUAL_LIFE, |end| end.duration_since(server_now).unwrap_or_default());
    let now = Instant::now();
    Some(Token {
        value: text.to_owned().into(),
        renew_at: now + life.saturating_sub(RENEWAL_MARGIN.min(life / 4)),
        expires_at: now + life,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_by_the_servers_clock() {
        let body: Value =
            serde_json::from_str(include_str!("../../tests/data/api/iam_token_response.json")).expect("JSON");
        let mut headers = HeaderMap::new();
        assert!(token_of(&body, &headers).is_none());
        headers.insert("x-subject-token", HeaderValue::from_static(" the-token "));
        headers.insert("date", HeaderValue::from_static("Fri, 03 Jan 2020 09:05:22 GMT"));
        let before = Instant::now();
        let token = token_of(&body, &headers).expect("a token");
        assert_eq!(token.value.expose_secret(), "the-token");
        let life = token.expires_at - before;
        assert!(life >= USUAL_LIFE && life < USUAL_LIFE + Duration::from_secs(5), "{life:?}");
        assert_eq!(token.expires_at - token.renew_at, RENEWAL_MARGIN);
    }
}
