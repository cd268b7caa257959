//! One request and one answer, as they go over the wire.

use super::retry::Failure;
use crate::messages::HttpMessage;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

/// Largest JSON answer that is read, where a call does not set its own limit.
pub const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// One request, ready to send. Not printable: its body may hold a password.
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Full address; its query is encoded already and goes out as it is.
    pub url: String,
    /// Headers, authentication included.
    pub headers: HeaderMap,
    /// The exact bytes that were signed.
    pub body: Option<Bytes>,
    /// Largest answer that is read, in bytes.
    pub body_limit: usize,
    /// Whether the sender has seen to it that not too many are under way at once.
    pub holds_permit: bool,
    /// Whether it must not meet a connection that was used before: it can be sent only once, or does something.
    pub has_own_connection: bool,
}

/// A whole answer.
#[derive(Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: HeaderMap,
    /// The body, within the limit of its request.
    pub body: Bytes,
}

/// Why no whole answer came.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// What went wrong, as far as repeating is concerned.
    pub failure: Failure,
    /// The same for people, without the address.
    pub message: HttpMessage,
}

impl TransportError {
    /// Both parts of it.
    pub const fn new(failure: Failure, message: HttpMessage) -> Self {
        Self { failure, message }
    }
}

/// Refuses a path that leads elsewhere than it seems to: a part of one or two dots, however they are written, would take away what
/// stands before it.
///
/// # Errors
/// When there is such a part; nothing is sent then.
pub fn refuse_climbing(path: &str) -> Result<(), TransportError> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |part: &str| {
        let part = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
        part == "." || part == ".."
    };
    // Readers of addresses take a backslash for a slash, and leave out line breaks.
    if path.split(['/', '\\']).any(is_dots) || path.contains(|character: char| character.is_control()) {
        return Err(TransportError::new(Failure::Rejected, HttpMessage::Climbing));
    }
    Ok(())
}

/// The headers of a JSON body.
pub fn json_headers() -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))])
}

/// A header value that is kept out of debug output; `None`: the text has other characters than visible ASCII and blanks, which no
/// login has, and which each server reads in its own way.
pub fn sensitive(text: &str) -> Option<HeaderValue> {
    let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let mut value = HeaderValue::from_str(text).ok().filter(|_| is_visible)?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_elsewhere() {
        for good in ["v2/tasks/2b31/progress", "/a/b.c/...?x=..", "/a%2Fb", "/a//b", "", "/a#/../b"] {
            assert!(refuse_climbing(good).is_ok(), "{good}");
        }
        for bad in ["/a/../b", "..", "/a/./b", "/a/%2e%2E/b", "/a/.%2e", "/a\\..\\b", "/a/.\n./b", "/a/%2e"] {
            let error = refuse_climbing(bad).expect_err(bad);
            assert_eq!(error.failure, Failure::Rejected, "{bad}");
        }
    }

    #[test]
    fn only_visible_ascii_stands_in_a_header() {
        for good in ["AKIA+/=", "Bearer a.b-c_~", ""] {
            assert_eq!(sensitive(good).expect(good), good);
        }
        for bad in ["Schl\u{fc}ssel", "\u{7f}", "a\tb", "a\nb", "\u{0}", "\u{2028}"] {
            assert_eq!(sensitive(bad), None, "{bad:?}");
        }
    }
}
