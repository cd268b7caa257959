//! Where the CI's token about its own identity comes from, and what it says.

use super::wire::{Claims, IdTokenAnswer};
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, retry};
use crate::http::retry::{Failure, RetryClass};
use crate::http::{CALL_LIMIT, HttpClient, TransportError, field, sensitive};
use crate::text::one_line;
use crate::text::redactor;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
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
            Self::Variable(token) => {
                (token.expose_secret().to_owned(), "HUAWEICLOUD_OIDC_ID_TOKEN".to_owned())
            }
            Self::File(path) => {
                let text = read_secret(path)
                    .map_err(|why| refused(format!("the id token in `{}` {why}", path.display())))?;
                (text, format!("`{}`", path.display()))
            }
            Self::GitHub { url, token, audience } => {
                let text = ask_github(http, url, token, audience.as_deref(), deadline).await?;
                (text, "GitHub's answer".to_owned())
            }
        };
        let text = text.trim();
        redactor::learn(text);
        if text.is_empty() || text.len() > ID_TOKEN_LIMIT || sensitive(text).is_err() {
            return Err(refused(format!("{place} holds no id token")));
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
    let mut call = Call {
        is_confidential: true,
        ..Call::get("get an id token from GitHub".to_owned(), url.path().to_owned(), &["value"])
    };
    let own = url.query_pairs().filter(|(name, _)| audience.is_none() || name != "audience");
    call.query = own.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    if let Some(audience) = audience {
        call = call.with_query("audience", audience);
    }
    let mut headers = HeaderMap::new();
    if let Ok(value) = sensitive(&format!("Bearer {}", token.expose_secret())) {
        headers.insert(AUTHORIZATION, value);
    }
    let origin = origin_of(url);
    retry(RetryPolicy::new(RetryClass::Idempotent, deadline, http.backoff()), async || {
        let left = deadline.saturating_duration_since(Instant::now());
        let limit = left.min(CALL_LIMIT).max(Duration::from_millis(1));
        let (body, _) = send(http, &origin, &call, headers.clone(), limit).await?;
        let token = field::read::<IdTokenAnswer>(&body).value.trim().to_owned();
        Some(token).filter(|token| !token.is_empty()).ok_or_else(|| unreadable(&call, &origin, "id token"))
    })
    .await
}

/// The text of a small file with a secret.
///
/// # Errors
/// Why it cannot be read, after its name.
pub(super) fn read_secret(path: &Path) -> Result<String, String> {
    let text = crate::file::read_text(path, ID_TOKEN_LIMIT as u64)
        .map_err(|error| format!("cannot be read: {error}"))?;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// The address without path and query.
pub(super) fn origin_of(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("");
    origin.set_query(None);
    origin
}

fn refused(message: String) -> CallError {
    CallError::before_sending("log in with an id token", Failure::Unauthenticated, message)
}

/// What a token claims that a trust policy must match; never the token. It is not verified here.
pub(super) fn claims(token: &SecretString) -> String {
    let payload = token.expose_secret().split('.').nth(1).unwrap_or_default();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).unwrap_or_default();
    let Claims { issuer, audience, subject } = serde_json::from_slice(&bytes).unwrap_or_default();
    let claims = [("issuer", issuer), ("audience", audience), ("subject", subject)];
    let shown: Vec<String> = claims
        .iter()
        .filter_map(|(meaning, claim)| {
            let value = match claim {
                Value::String(text) => text.clone(),
                Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
            };
            Some(format!("{meaning} `{}`", one_line(&value, CLAIM_LIMIT)))
        })
        .collect();
    if shown.is_empty() {
        "the id token holds no claims that can be read".to_owned()
    } else {
        shown.join(", ")
    }
}

/// The error of an answer that lacks what it is for.
pub(super) fn unreadable(call: &Call, origin: &Url, what: &str) -> CallError {
    let message = format!("the answer holds no {what}");
    call.transport_error(origin, TransportError { failure: Failure::Unreadable, message })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn token(payload: &Value) -> SecretString {
        format!("e30.{}.signature-canary", BASE64_URL_SAFE_NO_PAD.encode(payload.to_string())).into()
    }

    #[test]
    fn a_file_may_begin_with_a_byte_order_mark() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "\u{feff}token").expect("written");
        assert_eq!(read_secret(file.path()).as_deref(), Ok("token"));
    }

    #[test]
    fn claims_are_told_and_never_the_token() {
        let told =
            claims(&token(&json!({"iss": "https://i", "aud": ["a", "b"], "sub": "repo:x\n::error::"})));
        assert_eq!(told, "issuer `https://i`, audience `a, b`, subject `repo:x ::error::`");
        for odd in ["", "x", "a.b.c", "a.!!.c"] {
            let told = claims(&odd.to_owned().into());
            assert_eq!(told, "the id token holds no claims that can be read");
        }
        assert!(!claims(&token(&json!({}))).contains("canary"));
    }
}
