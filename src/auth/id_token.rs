//! Where the CI's token about its own identity comes from, and what it claims.

use super::wire::{ClaimsInToken, IdTokenAnswer};
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, retry};
use crate::http::retry::{Failure, RetryClass};
use crate::http::{HttpClient, call_limit, field, jwt, sensitive};
use crate::messages::{Attempt, Claims, Hint, IdTokenPlace, LoginHint, LoginMessage};
use crate::text::{one_line, redactor};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tokio::time::Instant;
use url::Url;

/// Longest id token that STS takes, in bytes (`auth`, section 4).
const ID_TOKEN_LIMIT: usize = 20_000;
/// Longest claim that is shown.
const CLAIM_LIMIT: usize = 200;

/// Where an id token comes from.
#[derive(Debug)]
pub enum IdTokenSource {
    /// GitHub, which makes one for each question (`ci/github`, section 6).
    GitHub {
        /// Where to ask.
        url: Url,
        /// What the job is known by.
        token: SecretString,
        /// Whom it is for; GitHub's own choice without.
        audience: Option<String>,
    },
    /// A variable, which the CI has filled for the whole job.
    Variable(SecretString),
    /// A file, which is read anew each time.
    File(PathBuf),
}

impl IdTokenSource {
    /// A token; a fresh one where the source has such.
    ///
    /// # Errors
    /// When there is none.
    pub(super) async fn token(
        &self,
        http: &HttpClient,
        deadline: Instant,
    ) -> Result<SecretString, CallError> {
        let (text, place) = match self {
            Self::Variable(token) => (token.expose_secret().to_owned(), IdTokenPlace::Variable),
            Self::File(path) => {
                let shown = path.display().to_string();
                let text = read_secret(path).map_err(|error| {
                    let cause = error.to_string();
                    let refused = refused(LoginMessage::IdTokenNotRead { path: shown.clone(), cause });
                    CallError {
                        hints: crate::file::hint(&error).map(Into::into).into_iter().collect(),
                        ..refused
                    }
                })?;
                (text, IdTokenPlace::File(shown))
            }
            Self::GitHub { url, token, audience } => {
                let text = ask_github(http, url, token, audience.as_deref(), deadline).await?;
                (text, IdTokenPlace::GitHub)
            }
        };
        let text = text.trim();
        redactor::learn(text);
        if text.is_empty() || text.len() > ID_TOKEN_LIMIT || sensitive(text).is_none() {
            return Err(refused(LoginMessage::NoIdToken(place)));
        }
        Ok(text.to_owned().into())
    }
}

async fn ask_github(
    http: &HttpClient,
    url: &Url,
    token: &SecretString,
    audience: Option<&str>,
    deadline: Instant,
) -> Result<String, CallError> {
    let mut call = Call { is_confidential: true, ..Call::get(Attempt::GetIdToken, url.path(), &["value"]) };
    let own = url.query_pairs().filter(|(name, _)| audience.is_none() || name != "audience");
    call.query = own.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    if let Some(audience) = audience {
        call = call.with_query("audience", audience);
    }
    let mut headers = HeaderMap::new();
    if let Some(value) = sensitive(&format!("Bearer {}", token.expose_secret())) {
        headers.insert(AUTHORIZATION, value);
    }
    let origin = origin_of(url);
    retry(RetryPolicy::new(RetryClass::Idempotent, deadline, http.backoff()), async || {
        let (body, _) = send(http, &origin, &call, headers.clone(), call_limit(deadline)).await?;
        let token = field::read::<IdTokenAnswer>(&body).value.trim().to_owned();
        Some(token)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| unreadable(&call, &origin, LoginMessage::LacksIdToken))
    })
    .await
    .map_err(|error| match error.failure {
        Failure::Unauthenticated | Failure::Denied | Failure::NotFound => {
            CallError { hints: vec![Hint::Login(LoginHint::GitHubIdToken)], ..error }
        }
        _ => error,
    })
}

/// The text of a small file with a secret.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read_secret(path: &Path) -> io::Result<String> {
    let text = crate::file::read_text(path, ID_TOKEN_LIMIT as u64)?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The address without path and query.
pub(super) fn origin_of(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("");
    origin.set_query(None);
    origin
}

fn refused(why: LoginMessage) -> CallError {
    CallError::before_sending(Attempt::LogInWithIdToken, Failure::Unauthenticated, why)
}

/// Whether a token has expired by the clock of who refused it, or else of this machine.
pub(super) fn has_expired(token: &SecretString, now: Option<SystemTime>) -> bool {
    let now = now.unwrap_or_else(SystemTime::now).duration_since(SystemTime::UNIX_EPOCH);
    read(token).expiry.as_u64().zip(now.ok()).is_some_and(|(expiry, now)| expiry <= now.as_secs())
}

fn read(token: &SecretString) -> ClaimsInToken {
    jwt::claims(token.expose_secret()).unwrap_or_default()
}

/// What a token claims that a trust policy must match; never the token. It is not verified here.
pub(super) fn claims(token: &SecretString) -> Claims {
    let ClaimsInToken { issuer, audience, subject, .. } = read(token);
    let shown = |claim: &Value| {
        let text = match claim {
            Value::String(text) => text.clone(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
        };
        Some(one_line(&text, CLAIM_LIMIT))
    };
    Claims { issuer: shown(&issuer), audience: shown(&audience), subject: shown(&subject) }
}

/// The error of an answer that lacks what it is for.
pub(super) fn unreadable(call: &Call, origin: &Url, why: LoginMessage) -> CallError {
    call.failed(origin, Failure::Unreadable, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::json;

    fn token(payload: &Value) -> SecretString {
        format!("e30.{}.signature-canary", BASE64_URL_SAFE_NO_PAD.encode(payload.to_string())).into()
    }

    #[test]
    fn a_file_may_begin_with_a_byte_order_mark() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "\u{feff}token").expect("written");
        assert_eq!(read_secret(file.path()).expect("the file"), "token");
    }

    #[test]
    fn a_token_that_has_expired_by_the_clock_of_the_server() {
        let at = |seconds| Some(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds));
        let of = |claims| token(&claims);
        for (claims, now, expected) in [
            (json!({"exp": 1000}), at(999), false),
            (json!({"exp": 1000}), at(1000), true),
            (json!({"exp": 1000}), None, true),
            (json!({"exp": "soon"}), at(1000), false),
            (json!({}), at(1000), false),
        ] {
            assert_eq!(has_expired(&of(claims.clone()), now), expected, "{claims}");
        }
    }

    #[test]
    fn claims_are_read_and_made_harmless() {
        let found =
            claims(&token(&json!({"iss": "https://i", "aud": ["a", "b"], "sub": "repo:x\n::error::"})));
        let [issuer, audience, subject] =
            ["https://i", "a, b", "repo:x ::error::"].map(|text| Some(text.to_owned()));
        assert_eq!(found, Claims { issuer, audience, subject });
        for odd in ["", "x", "a.b.c", "a.!!.c"] {
            assert_eq!(claims(&odd.to_owned().into()), Claims::default(), "{odd}");
        }
    }
}
