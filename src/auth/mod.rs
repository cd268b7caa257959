//! Credentials: what is known, and how a request is made to carry it. One file a way.
//!
//! A way answers two questions: which headers a request needs now, and what to do after the service refused them.
//! Nothing here decides whether a request is sent again.

mod keys;
mod password;
pub mod signing;

pub use keys::{AccessKeys, seconds_between, to_minutes};
pub use password::{PasswordLogin, Scope};

use crate::http::error::CallError;
use crate::http::{HttpClient, sensitive};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::time::SystemTime;

/// Header that carries a token.
pub const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-auth-token");

/// What the user gave to prove who is asking.
#[derive(Debug)]
pub enum Credentials {
    /// A token made elsewhere (`CODEARTS_TOKEN`).
    Token(SecretString),
    /// A permanent or temporary key pair.
    Keys(AccessKeys),
    /// An IAM user's password, exchanged for project-scoped tokens.
    Password(PasswordLogin),
}

impl Credentials {
    /// The kind, for the first line of the log.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Token(_) => "token from CODEARTS_TOKEN",
            Self::Keys(keys) if keys.security_token.is_some() => "temporary AK/SK, requests are signed",
            Self::Keys(_) => "AK/SK, requests are signed",
            Self::Password(_) => "IAM password, exchanged for a token",
        }
    }

    /// What must never be shown.
    pub fn secrets(&self) -> Vec<&SecretString> {
        match self {
            Self::Token(token) => vec![token],
            Self::Keys(keys) => std::iter::once(&keys.secret_key).chain(&keys.security_token).collect(),
            Self::Password(login) => vec![&login.password],
        }
    }
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

/// Makes requests carry the credentials, and keeps them fresh.
#[derive(Debug)]
pub struct Authenticator {
    way: Way,
}

#[derive(Debug)]
enum Way {
    Token(SecretString),
    Keys(keys::Signer),
    Password(Box<password::TokenSource>),
}

/// Marks which credentials a request went out with, so that several tasks refused at once renew them once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation(u64);

impl Authenticator {
    /// `project_id`: the IAM project, sent along with signed requests when known. Nothing is sent yet.
    pub fn new(credentials: Credentials, project_id: Option<String>, http: &HttpClient) -> Self {
        let way = match credentials {
            Credentials::Token(token) => Way::Token(token),
            Credentials::Keys(keys) => Way::Keys(keys::Signer::new(keys, project_id)),
            Credentials::Password(login) => {
                Way::Password(Box::new(password::TokenSource::new(login, http.clone())))
            }
        };
        Self { way }
    }

    /// The headers for one request, made anew for each try.
    ///
    /// # Errors
    /// When a token had to be fetched and could not be.
    pub async fn headers(&self, request: &Unsigned<'_>) -> Result<(HeaderMap, Generation), CallError> {
        match &self.way {
            Way::Token(token) => Ok((token_header(token), Generation(0))),
            Way::Keys(signer) => Ok((signer.headers(request), Generation(0))),
            Way::Password(source) => {
                let (token, generation) = source.token().await?;
                Ok((token_header(&token), Generation(generation)))
            }
        }
    }

    /// Called after the service refused credentials of `generation`: drops a refused token, corrects a wrong clock.
    pub async fn renew(&self, generation: Generation, server_date: Option<SystemTime>) {
        match &self.way {
            Way::Token(_) => {}
            Way::Keys(signer) => signer.correct_clock(server_date),
            Way::Password(source) => source.forget(generation.0).await,
        }
    }
}

#[expect(clippy::expect_used, reason = "tokens are checked to be visible ASCII where they are read")]
fn token_header(token: &SecretString) -> HeaderMap {
    let value: HeaderValue = sensitive(token.expose_secret()).expect("a token is visible ASCII");
    HeaderMap::from_iter([(TOKEN_HEADER, value)])
}
