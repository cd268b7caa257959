//! Certificates in English.

use crate::messages::tls::TlsMessage;

/// What is wrong with a bundle of certificate authorities.
pub(in crate::messages) fn tls(message: &TlsMessage) -> String {
    match message {
        TlsMessage::NotPem(cause) => format!("it is not a PEM file: {cause}"),
        TlsMessage::NoCertificate => "it contains no certificate; it must be a PEM file".to_owned(),
        TlsMessage::BadCertificate { number, cause } => {
            format!("certificate {number} in it is not valid: {cause}")
        }
    }
}
