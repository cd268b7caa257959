//! What went wrong below: the errors of the client that carries the requests, and the pieces of streamed bodies.

use super::message::TransportError;
use super::retry::Failure;
use super::tls;
use crate::messages::HttpMessage;
use crate::model::tls_fault::TlsFault;
use crate::text::{QUOTE_LIMIT, one_line};
use bytes::Bytes;

/// The text of the client's error when a proxy refuses the login of a tunnel; it has no public type for it.
const LOGIN_AT_TUNNEL: &str = "proxy authorization required";

/// The error for a login that a proxy refused.
pub(super) fn login_refused() -> TransportError {
    TransportError::new(Failure::ProxyRefused, HttpMessage::ProxyLogin(None))
}

/// The next piece of a streamed body, `None` at its proper end.
///
/// # Errors
/// When the connection broke or stayed silent too long.
pub async fn next_chunk(response: &mut reqwest::Response) -> Result<Option<Bytes>, TransportError> {
    response.chunk().await.map_err(|error| transport_error(&error))
}

/// The innermost cause holds what happened; the layers above it only that something did.
pub(crate) fn transport_error(error: &reqwest::Error) -> TransportError {
    let mut cause: &dyn std::error::Error = error;
    let mut is_about_certificates = false;
    while let Some(inner) = cause.source() {
        cause = inner;
        is_about_certificates |= cause.to_string().contains("certificate");
    }
    let cause = cause.to_string();
    if error.is_connect() && cause.ends_with(LOGIN_AT_TUNNEL) {
        return login_refused();
    }
    let other = is_about_certificates.then_some(TlsFault::OtherCertificate);
    let fault = if error.is_connect() { tls::fault(error).or(other) } else { None };
    let cause = one_line(&cause, QUOTE_LIMIT);
    if let Some(fault) = fault {
        TransportError::new(Failure::Tls(fault), HttpMessage::Tls(fault, cause))
    } else if error.is_connect() {
        TransportError::new(Failure::Unreachable, HttpMessage::NoConnection(cause))
    } else if error.is_timeout() {
        TransportError::new(Failure::Lost, HttpMessage::Silent(cause))
    } else {
        TransportError::new(Failure::Lost, HttpMessage::Broken(cause))
    }
}
