//! About certificates.

/// What is wrong with a bundle of certificate authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum TlsMessage {
    /// It is not PEM; the words of the library.
    NotPem(String),
    /// It holds no certificate.
    NoCertificate,
    /// TLS takes no certificate like this one.
    BadCertificate {
        /// Its place in the bundle, from 1.
        number: usize,
        /// The words of the library.
        cause: String,
    },
}
