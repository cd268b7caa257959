//! Login without stored keys: a token of the CI about its own identity is exchanged for a session (page `auth`, sections 3
//! and 4). A fresh id token for each renewal: they live for minutes.

use super::errors::IAM;
use super::id_token::{IdTokenSource, claims, has_expired, unreadable};
use super::scope::Scope;
use super::session::Session;
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, retry};
use crate::http::retry::{Failure, RetryClass};
use crate::http::{HttpClient, call_limit, json_headers};
use crate::messages::{Attempt, Hint, LoginHint, LoginMessage};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// A session of this length is granted by every agency (`auth`, section 4).
const USUAL_SESSION: Duration = Duration::from_secs(3600);
/// The shortest and the longest session that STS takes, in seconds.
const SESSION_RANGE: (u64, u64) = (900, 43_200);
/// IAM's code for an identity provider that it does not know.
const UNKNOWN_PROVIDER: &str = "IAM.0004";
/// Header that names the identity provider.
const PROVIDER_HEADER: HeaderName = HeaderName::from_static("x-idp-id");

/// How a CI's identity becomes a session.
#[derive(Debug)]
pub struct Oidc {
    /// Where the id token comes from.
    pub id_token: IdTokenSource,
    /// What it is exchanged for.
    pub exchange: Exchange,
}

/// What an id token is exchanged for.
#[derive(Debug)]
pub enum Exchange {
    /// Temporary keys of an agency, from STS v5.
    Sts(Agency),
    /// A token of a federated user, from IAM v3.
    Iam {
        /// Origin of the IAM service.
        endpoint: Url,
        /// Id of the identity provider.
        provider: String,
        /// What the token is for.
        scope: Scope,
    },
}

impl Exchange {
    /// Where it is done.
    pub(super) const fn endpoint(&self) -> &Url {
        match self {
            Self::Sts(agency) => &agency.endpoint,
            Self::Iam { endpoint, .. } => endpoint,
        }
    }
}

/// An agency that trusts an identity provider.
#[derive(Debug)]
pub struct Agency {
    /// Origin of the STS service.
    pub endpoint: Url,
    /// The identity provider.
    pub provider_urn: String,
    /// The agency.
    pub agency_urn: String,
    /// How the session is called in the audit log.
    pub session_name: String,
    /// How long the session is to last.
    pub duration: Duration,
    /// Whether the user has set it.
    pub is_duration_given: bool,
    /// A policy that narrows the session.
    pub policy: Option<String>,
    /// Policies that narrow the session.
    pub policy_ids: Vec<String>,
    /// Set once the agency has refused a session of that length.
    pub refuses_length: AtomicBool,
}

impl Oidc {
    /// Gets an id token and exchanges it.
    pub(super) async fn log_in(&self, http: &HttpClient, limit: Duration) -> Result<Session, CallError> {
        let deadline = Instant::now() + limit;
        loop {
            let token = self.id_token.token(http, deadline).await?;
            let result = match &self.exchange {
                Exchange::Sts(agency) => agency.assume(http, &token, deadline).await,
                Exchange::Iam { endpoint, provider, scope } => {
                    exchange_at_iam(http, endpoint, provider, scope, &token, deadline).await
                }
            };
            match (result, &self.exchange) {
                (Err(error), Exchange::Sts(agency)) if agency.may_be_too_long(&error) => {
                    tracing::info!("{}", LoginMessage::ShorterSession(error.shown()));
                    agency.refuses_length.store(true, Ordering::Relaxed);
                }
                (result, exchange) => return result.map_err(|error| with_claims(error, exchange, &token)),
            }
        }
    }
}

impl Agency {
    fn seconds(&self) -> u64 {
        let (least, most) = SESSION_RANGE;
        let wanted = if self.refuses_length.load(Ordering::Relaxed) { USUAL_SESSION } else { self.duration };
        wanted.as_secs().clamp(least, most)
    }

    /// An agency's own limit can be shorter than what was asked for.
    fn may_be_too_long(&self, error: &CallError) -> bool {
        error.failure == Failure::Rejected
            && !self.is_duration_given
            && self.duration > USUAL_SESSION
            && !self.refuses_length.load(Ordering::Relaxed)
    }

    async fn assume(
        &self,
        http: &HttpClient,
        token: &SecretString,
        deadline: Instant,
    ) -> Result<Session, CallError> {
        let mut body = json!({
            "provider_urn": self.provider_urn,
            "agency_urn": self.agency_urn,
            "agency_session_name": self.session_name,
            "id_token": token.expose_secret(),
            "duration_seconds": self.seconds(),
        });
        if let Some(policy) = &self.policy {
            body["policy"] = policy.as_str().into();
        }
        if !self.policy_ids.is_empty() {
            body["policy_ids"] = self.policy_ids.clone().into();
        }
        let call = Call {
            expected: &["credentials"],
            dialect: IAM,
            is_confidential: true,
            ..Call::post(Attempt::AssumeAgency, "/v5/agencies/assume-with-oidc", body.to_string())
        };
        exchange(http, &self.endpoint, &call, json_headers(), deadline, async |body, headers| {
            Session::of_keys(body, headers).ok_or(LoginMessage::LacksKeys)
        })
        .await
    }
}

async fn exchange_at_iam(
    http: &HttpClient,
    endpoint: &Url,
    provider: &str,
    scope: &Scope,
    token: &SecretString,
    deadline: Instant,
) -> Result<Session, CallError> {
    let body =
        json!({"auth": {"id_token": {"id": token.expose_secret()}, "scope": {"project": scope.to_json()}}});
    let call = Call {
        expected: &["token"],
        dialect: IAM,
        is_confidential: true,
        ..Call::post(Attempt::ExchangeIdToken, "/v3.0/OS-AUTH/id-token/tokens", body.to_string())
    };
    let mut headers = json_headers();
    if let Ok(provider) = HeaderValue::from_str(provider) {
        headers.insert(PROVIDER_HEADER, provider);
    }
    exchange(http, endpoint, &call, headers, deadline, async |body, headers| {
        Session::of_token(body, headers).ok_or(LoginMessage::LacksToken)
    })
    .await
}

async fn exchange(
    http: &HttpClient,
    origin: &Url,
    call: &Call,
    headers: HeaderMap,
    deadline: Instant,
    read: impl AsyncFn(&serde_json::Value, &HeaderMap) -> Result<Session, LoginMessage>,
) -> Result<Session, CallError> {
    retry(RetryPolicy::new(RetryClass::Login, deadline, http.backoff()), async || {
        let (body, answered) = send(http, origin, call, headers.clone(), call_limit(deadline)).await?;
        read(&body, &answered).await.map_err(|why| unreadable(call, origin, why))
    })
    .await
}

/// A refusal with what the other side must match. Whatever the server's words for it: these credentials are not good.
fn with_claims(error: CallError, exchange: &Exchange, token: &SecretString) -> CallError {
    let is_unknown_provider = error.code.as_deref() == Some(UNKNOWN_PROVIDER);
    if !matches!(error.failure, Failure::Unauthenticated | Failure::Denied) && !is_unknown_provider {
        return error;
    }
    let claims = claims(token);
    let trust = match exchange {
        Exchange::Sts(_) => LoginHint::TrustPolicy(claims),
        Exchange::Iam { .. } => LoginHint::ConversionRule(claims),
    };
    let expired = has_expired(token, error.server_date).then_some(LoginHint::FreshIdToken);
    let hints = expired.into_iter().chain([trust]).map(Hint::Login).collect();
    CallError { failure: Failure::Unauthenticated, hints, ..error }
}
