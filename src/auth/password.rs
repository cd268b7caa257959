//! IAM password → project-scoped token (page `auth`, section 1), cached and renewed before it expires.
//!
//! A refused password is never tried again: IAM locks accounts after a few.

use super::errors::IAM;
use super::id_token::unreadable;
use super::scope::Scope;
use super::session::Session;
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, retry};
use crate::http::retry::{Failure, RetryClass};
use crate::http::{HttpClient, call_limit, json_headers};
use crate::messages::{Attempt, Hint, LoginHint, LoginMessage};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

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

/// Whatever IAM's own words for it, such as an account that is locked: these credentials are not good.
fn refused(error: CallError) -> CallError {
    match error.failure {
        Failure::Unauthenticated | Failure::Denied | Failure::NotFound | Failure::Rejected => {
            let hints = vec![Hint::Login(LoginHint::Password)];
            CallError { failure: Failure::Unauthenticated, hints, ..error }
        }
        _ => error,
    }
}

impl PasswordLogin {
    /// Exchanges the password for a token.
    pub(super) async fn log_in(&self, http: &HttpClient, limit: Duration) -> Result<Session, CallError> {
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": self.user,
                "password": self.password.expose_secret(),
                "domain": {"name": self.domain},
            }}},
            "scope": {"project": self.scope.to_json()},
        }});
        let call = Call {
            class: RetryClass::Login,
            expected: &["token"],
            dialect: IAM,
            ..Call::post(Attempt::LogInWithPassword, "/v3/auth/tokens", body.to_string())
        };
        let call = call.with_query("nocatalog", "true");
        let deadline = Instant::now() + limit;
        retry(RetryPolicy::new(call.class, deadline, http.backoff()), async || {
            let (body, headers) =
                send(http, &self.endpoint, &call, json_headers(), call_limit(deadline)).await?;
            Session::of_token(&body, &headers)
                .ok_or_else(|| unreadable(&call, &self.endpoint, LoginMessage::LacksToken))
        })
        .await
        .map_err(refused)
    }
}
