//! About proxies.

/// Why the address of a proxy cannot be used. It may hold a password, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyFlaw {
    /// It is not an address; special characters of a password are the likely cause.
    NotAnAddress,
    /// It is of a SOCKS proxy.
    Socks,
    /// It has another scheme than http and https.
    Scheme,
}
