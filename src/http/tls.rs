//! Certificates that are trusted, and what is wrong with a server's TLS, by the kind of the error and not by its words.

use crate::error::Problem;
use crate::messages::TlsMessage;
use crate::model::tls_fault::TlsFault;
use reqwest::Certificate;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, InvalidMessage, RootCertStore};
use std::error::Error;
use std::io;

/// The certificates of a CA bundle, each one that TLS takes.
///
/// # Errors
/// When it is not PEM, holds none, or holds one that cannot be used.
pub fn certificates(bundle: &[u8]) -> Result<Vec<Certificate>, Problem> {
    // The client would refuse a bad one too, but without saying which.
    let mut roots = RootCertStore::empty();
    let mut certificates = Vec::new();
    for der in CertificateDer::pem_slice_iter(bundle) {
        let der = der.map_err(|error| Problem::new(TlsMessage::NotPem(error.to_string())))?;
        let number = certificates.len() + 1;
        let bad = |cause: String| Problem::new(TlsMessage::BadCertificate { number, cause });
        certificates.push(Certificate::from_der(&der).map_err(|error| bad(error.to_string()))?);
        roots.add(der).map_err(|error| bad(error.to_string()))?;
    }
    if certificates.is_empty() { Err(Problem::new(TlsMessage::NoCertificate)) } else { Ok(certificates) }
}

/// The fault, if there is one among the causes of an error.
pub(super) fn fault(error: &(dyn Error + 'static)) -> Option<TlsFault> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return of(error);
    }
    // An error of input and output does not count what it wraps among its causes.
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let wrapped = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static));
    wrapped.or_else(|| error.source()).and_then(fault)
}

fn of(error: &rustls::Error) -> Option<TlsFault> {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
        UnknownIssuer,
    };
    match error {
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Some(TlsFault::NotSpoken),
        rustls::Error::InvalidCertificate(error) => Some(match error {
            Expired | ExpiredContext { .. } => TlsFault::Expired,
            NotValidYet | NotValidYetContext { .. } => TlsFault::NotYetValid,
            NotValidForName | NotValidForNameContext { .. } => TlsFault::WrongName,
            UnknownIssuer => TlsFault::UnknownAuthority,
            _ => TlsFault::OtherCertificate,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::Error::{General, InvalidCertificate};

    /// As the layers of the client wrap it.
    fn wrapped(error: rustls::Error) -> io::Error {
        io::Error::other(Box::new(io::Error::other(error)) as Box<dyn Error + Send + Sync>)
    }

    #[test]
    fn faults_are_recognised_by_their_kind() {
        let cases = [
            (InvalidCertificate(CertificateError::Expired), Some(TlsFault::Expired)),
            (InvalidCertificate(CertificateError::NotValidYet), Some(TlsFault::NotYetValid)),
            (InvalidCertificate(CertificateError::NotValidForName), Some(TlsFault::WrongName)),
            (InvalidCertificate(CertificateError::UnknownIssuer), Some(TlsFault::UnknownAuthority)),
            (InvalidCertificate(CertificateError::BadSignature), Some(TlsFault::OtherCertificate)),
            (InvalidMessage::InvalidContentType.into(), Some(TlsFault::NotSpoken)),
            (General("certificate has expired".to_owned()), None),
        ];
        for (error, expected) in cases {
            assert_eq!(fault(&error), expected, "{error}");
            assert_eq!(fault(&io::Error::other(error.clone())), expected, "{error}");
            assert_eq!(fault(&wrapped(error.clone())), expected, "{error}");
        }
        assert_eq!(fault(&io::Error::other("x")), None);
    }
}
