//! Credentials: what is known, and how a request is made to carry it. One file a way.
//!
//! A way answers two questions: which headers a request needs now, and what to do after the service refused them.
//! Nothing here decides whether a request is sent again.

mod cache;
pub mod errors;
mod id_token;
mod keys;
mod metadata;
mod oidc;
mod password;
mod scope;
mod session;
pub mod signing;
mod wire;

pub use id_token::IdTokenSource;
pub use keys::{AccessKeys, Unsigned, seconds_between, to_minutes};
pub use metadata::{METADATA_ENDPOINT, Metadata};
pub use oidc::{Agency, Exchange, Oidc};
pub use password::PasswordLogin;
pub use scope::Scope;

use crate::http::error::CallError;
use crate::http::{HttpClient, sensitive};
use crate::messages::{CredentialsKind, KeysFile};
use crate::text::redactor;
use cache::{Login, SessionCache};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use session::SessionCredential;
use std::sync::Arc;
use std::time::SystemTime;
use url::Url;

/// Header that carries a token.
pub const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-auth-token");

/// What the user gave to prove who is asking.
#[derive(Debug)]
pub enum Credentials {
    /// A token made elsewhere (`CODEARTS_TOKEN`).
    Token(SecretString),
    /// A permanent or temporary key pair, and where it was found, if not in a variable.
    Keys(AccessKeys, Option<KeysFile>),
    /// An IAM user's password, exchanged for project-scoped tokens.
    Password(PasswordLogin),
    /// The CI's own identity, exchanged for sessions.
    Oidc(Oidc),
    /// The machine's own identity.
    Metadata(Metadata),
}

impl Credentials {
    /// The kind, for the first line of the log.
    pub const fn kind(&self) -> CredentialsKind {
        match self {
            Self::Token(_) => CredentialsKind::Token,
            Self::Keys(keys, file) if keys.security_token.is_some() => CredentialsKind::TemporaryKeys(*file),
            Self::Keys(_, file) => CredentialsKind::Keys(*file),
            Self::Password(_) => CredentialsKind::Password,
            Self::Oidc(Oidc { exchange: Exchange::Sts(_), .. }) => CredentialsKind::OidcSts,
            Self::Oidc(Oidc { exchange: Exchange::Iam { .. }, .. }) => CredentialsKind::OidcIam,
            Self::Metadata(Metadata::Server(_)) => CredentialsKind::Server,
            Self::Metadata(Metadata::Pod { .. }) => CredentialsKind::Pod,
        }
    }

    /// Where they are exchanged, if anywhere.
    pub fn origins(&self) -> Vec<&Url> {
        match self {
            Self::Password(login) => vec![&login.endpoint],
            Self::Oidc(Oidc { id_token: IdTokenSource::GitHub { url, .. }, exchange }) => {
                vec![url, exchange.endpoint()]
            }
            Self::Oidc(Oidc { exchange, .. }) => vec![exchange.endpoint()],
            Self::Token(_) | Self::Keys(..) | Self::Metadata(_) => Vec::new(),
        }
    }

    /// What must never be shown.
    pub fn secrets(&self) -> Vec<&SecretString> {
        match self {
            Self::Token(token) => vec![token],
            Self::Keys(keys, _) => std::iter::once(&keys.secret_key).chain(&keys.security_token).collect(),
            Self::Password(login) => vec![&login.password],
            Self::Oidc(Oidc { id_token: IdTokenSource::Variable(token), .. })
            | Self::Oidc(Oidc { id_token: IdTokenSource::GitHub { token, .. }, .. }) => vec![token],
            Self::Oidc(_) | Self::Metadata(_) => Vec::new(),
        }
    }
}

/// Makes requests carry the credentials, and keeps them fresh.
#[derive(Debug)]
pub struct Authenticator {
    method: AuthMethod,
    /// Whether requests are signed, so that the clock matters.
    signs: bool,
    signer: keys::Signer,
}

#[derive(Debug)]
enum AuthMethod {
    Token(SecretString),
    Keys(AccessKeys),
    Session(Arc<SessionCache>),
}

/// Marks which credentials a request went out with, so that several tasks refused at once renew them once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation(u64);

impl Authenticator {
    /// `project_id`: the IAM project, sent along with signed requests when known. Nothing is sent yet.
    pub fn new(credentials: Credentials, project_id: Option<String>, http: &HttpClient) -> Self {
        credentials.secrets().into_iter().for_each(|secret| redactor::learn(secret.expose_secret()));
        let signs = !matches!(
            &credentials,
            Credentials::Token(_)
                | Credentials::Password(_)
                | Credentials::Oidc(Oidc { exchange: Exchange::Iam { .. }, .. })
        );
        let session = |login| AuthMethod::Session(Arc::new(SessionCache::new(login, http.clone())));
        let method = match credentials {
            Credentials::Token(token) => AuthMethod::Token(token),
            Credentials::Keys(keys, _) => AuthMethod::Keys(keys),
            Credentials::Password(login) => session(Login::Password(login)),
            Credentials::Oidc(login) => session(Login::Oidc(login)),
            Credentials::Metadata(login) => session(Login::Metadata(login)),
        };
        Self { method, signs, signer: keys::Signer::new(project_id) }
    }

    /// Fetches a session, where the credentials need one; whether they do.
    ///
    /// # Errors
    /// When it could not be fetched.
    pub async fn log_in(&self) -> Result<bool, CallError> {
        match &self.method {
            AuthMethod::Token(_) | AuthMethod::Keys(_) => Ok(false),
            AuthMethod::Session(cache) => cache.credential().await.map(|_| true),
        }
    }

    /// The headers for one request, made anew for each try.
    ///
    /// # Errors
    /// When a session had to be fetched and could not be.
    pub async fn headers(&self, request: &Unsigned<'_>) -> Result<(HeaderMap, Generation), CallError> {
        match &self.method {
            AuthMethod::Token(token) => Ok((token_header(token), Generation(0))),
            AuthMethod::Keys(keys) => Ok((self.signer.headers(keys, request), Generation(0))),
            AuthMethod::Session(cache) => {
                let (credential, generation) = cache.credential().await?;
                let headers = match &credential {
                    SessionCredential::Token(token) => token_header(token),
                    SessionCredential::Keys(keys) => self.signer.headers(keys, request),
                };
                Ok((headers, Generation(generation)))
            }
        }
    }

    /// Called after the service refused credentials of `generation`: drops a refused session, corrects a wrong clock.
    pub async fn renew(&self, generation: Generation, server_date: Option<SystemTime>) {
        if self.signs {
            self.signer.correct_clock(server_date);
        }
        if let AuthMethod::Session(cache) = &self.method {
            cache.forget(generation.0).await;
        }
    }
}

#[expect(clippy::expect_used, reason = "tokens are checked to be visible ASCII where they are read")]
fn token_header(token: &SecretString) -> HeaderMap {
    let value: HeaderValue = sensitive(token.expose_secret()).expect("a token is visible ASCII");
    HeaderMap::from_iter([(TOKEN_HEADER, value)])
}
