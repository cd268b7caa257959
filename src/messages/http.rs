//! About connections and the requests that go over them.

use crate::model::tls_fault::TlsFault;

/// What to do about a request that did not get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpHint {
    /// The server cannot be reached.
    Unreachable,
    /// The server's TLS is not as it should be.
    Tls(TlsFault),
    /// The proxy refuses the login.
    ProxyLogin,
}
