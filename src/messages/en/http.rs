//! Connections and requests in English.

use crate::messages::HttpHint;
use crate::model::tls_fault::TlsFault;

/// What to do about a request that did not get through.
pub(in crate::messages) fn http_hint(hint: &HttpHint) -> String {
    match hint {
        HttpHint::Unreachable => {
            "check the host name, `--region`/`--endpoint`, the proxy variables and the firewall"
        }
        HttpHint::Tls(TlsFault::Expired | TlsFault::NotYetValid) => {
            "renew the server's certificate; if others find it valid, set the clock of this machine"
        }
        HttpHint::Tls(TlsFault::WrongName) => {
            "check the host name in `--endpoint`; a proxy that intercepts TLS may also answer in its place"
        }
        HttpHint::Tls(TlsFault::NotSpoken) => {
            "check the port in `--endpoint`: plain http answers there, or something that is not a web server"
        }
        HttpHint::Tls(TlsFault::UnknownAuthority | TlsFault::OtherCertificate) => {
            "pass the certificate authority with `--ca-file` if a proxy or a private deployment uses its own"
        }
        HttpHint::ProxyLogin => {
            "check the user and the password in the proxy's address (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY); they are not sent again"
        }
    }
    .to_owned()
}
