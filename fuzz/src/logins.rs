//! Answers to logins: IAM, STS, the metadata of a machine, and the CI's own identity.

use crate::memory;
use crate::promise;
use crate::wire::{ORIGIN, Wire};
use codearts_gate::auth::{
    Agency, Authenticator, Credentials, Exchange, IdTokenSource, Metadata, Oidc, PasswordLogin, Scope,
    Unsigned,
};
use http::HeaderMap;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use url::Url;

/// What no message may hold, whatever a server quotes.
const PASSWORD: &str = "password-of-the-fuzzer-4711";
/// Bytes that an answer may take for each of its own: a secret is looked for in some forty forms.
const FACTOR: usize = 600;

/// Shorter texts may be words of a sentence.
const SECRET_LENGTH: usize = 20;

thread_local! {
    static WIRE: Wire = Wire::default();
}

fn origin() -> Url {
    ORIGIN.parse().expect("an address")
}

/// Logs in and signs a request; the headers that it gets. `secret`: what no message may hold.
fn log_in(input: &[u8], credentials: Credentials, secret: &str) -> Option<HeaderMap> {
    WIRE.with(|wire| {
        let read = || {
            wire.run(input, async |_| {
                let auth = Authenticator::new(credentials, Some("p".to_owned()), &wire.http);
                let request = Unsigned { method: "GET", host: "h", path: "/v2/tasks", query: &[], body: b"" };
                // Twice: the second request gets the session of the first.
                auth.headers(&request).await?;
                auth.headers(&request).await.map(|(headers, _)| headers)
            })
        };
        match memory::within(input, FACTOR, read) {
            Ok(headers) => Some(headers),
            Err(error) => {
                promise::call_error(&error);
                if secret.len() >= SECRET_LENGTH {
                    promise::without(&error, secret);
                }
                None
            }
        }
    })
}

/// A token of IAM for a password.
pub fn iam_token(input: &[u8]) {
    let login = PasswordLogin {
        user: "u".to_owned(),
        password: PASSWORD.to_owned().into(),
        domain: "d".to_owned(),
        scope: Scope::Name("r".to_owned()),
        endpoint: origin(),
    };
    if let Some(headers) = log_in(input, Credentials::Password(login), PASSWORD) {
        assert!(headers["x-auth-token"].is_sensitive() && !headers["x-auth-token"].is_empty());
    }
}

/// Temporary keys of STS for an id token.
pub fn sts_keys(input: &[u8]) {
    let id_token = IdTokenSource::Variable(PASSWORD.to_owned().into());
    keys(log_in(input, by_sts(id_token), PASSWORD));
}

fn by_sts(id_token: IdTokenSource) -> Credentials {
    let agency = Agency {
        endpoint: origin(),
        provider_urn: "p".to_owned(),
        agency_urn: "a".to_owned(),
        session_name: "s".to_owned(),
        duration: Duration::from_secs(7200),
        is_duration_given: false,
        policy: None,
        policy_ids: Vec::new(),
        refuses_length: AtomicBool::new(false),
    };
    Credentials::Oidc(Oidc { id_token, exchange: Exchange::Sts(agency) })
}

fn keys(headers: Option<HeaderMap>) {
    let Some(headers) = headers else { return };
    assert!(!headers["x-security-token"].is_empty());
    let signature = headers["authorization"].to_str().expect("ASCII");
    assert!(signature.starts_with("SDK-HMAC-SHA256 Access="), "{signature}");
}

/// The keys of a server with an agency.
pub fn metadata_keys(input: &[u8]) {
    keys(log_in(input, Credentials::Metadata(Metadata::Server(origin())), ""));
}

/// A token for the CI's identity: first GitHub's answer, then that of IAM.
pub fn id_token_answer(input: &[u8]) {
    let id_token = IdTokenSource::GitHub { url: origin(), token: PASSWORD.to_owned().into(), audience: None };
    log_in(input, by_iam(id_token), PASSWORD);
}

fn by_iam(id_token: IdTokenSource) -> Credentials {
    let (endpoint, provider) = (origin(), "p".to_owned());
    let exchange = Exchange::Iam { endpoint, provider, scope: Scope::Id("i".to_owned()) };
    Credentials::Oidc(Oidc { id_token, exchange })
}

/// A token that is refused: what it claims is shown, the token never.
pub fn id_token(input: &[u8]) {
    let Ok(token) = std::str::from_utf8(input) else { return };
    let refusal = br#"HTTP 401

{"error": {"code": 401, "message": "no"}}"#;
    let signature = token.trim().rsplit('.').next().unwrap_or_default();
    for credentials in [by_iam, by_sts] {
        let source = IdTokenSource::Variable(token.to_owned().into());
        assert!(log_in(refusal, credentials(source), signature).is_none());
    }
}
