//! Proxies in English.

use crate::messages::ProxyFlaw;

/// Why the address of a proxy cannot be used.
pub(in crate::messages) fn proxy(flaw: &ProxyFlaw) -> String {
    match flaw {
        ProxyFlaw::NotAnAddress => {
            "it is not an address such as http://host:port or http://user:password@host:port; write `@ : / # ? %` of a password as %40 %3A %2F %23 %3F %25"
        }
        ProxyFlaw::Socks => "SOCKS proxies are not supported; name an HTTP proxy such as http://host:port",
        ProxyFlaw::Scheme => "the address of a proxy begins with http:// or https://",
    }
    .to_owned()
}
