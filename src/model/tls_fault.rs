//! What can be wrong with the TLS of a server.

/// What is wrong with a server's TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum TlsFault {
    /// The certificate has expired.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is for other names.
    WrongName,
    /// The certificate was signed by an authority that is not trusted here.
    UnknownAuthority,
    /// Something else about the certificate.
    OtherCertificate,
    /// What answers does not speak TLS.
    NotSpoken,
}
