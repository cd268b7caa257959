//! Where the service is, in English.

use crate::messages::connection::{ConnectionHint, ConnectionMessage, EndpointFlaw, ProxyFlaw, ServiceName};
use crate::messages::shown::OPTION_LIMIT;
use crate::text::one_line;

/// What is wrong with a connection.
pub(in crate::messages) fn connection(message: &ConnectionMessage) -> String {
    match message {
        ConnectionMessage::NoRegion => "no region".to_owned(),
        ConnectionMessage::UnknownRegion { service, region } => {
            let service = match service {
                ServiceName::Check => "CodeArts Check",
                ServiceName::Build => "CodeArts Build",
                ServiceName::Sts => "STS",
            };
            let shown = one_line(&region.value, OPTION_LIMIT);
            format!("no {service} host is known for region `{shown}` (`{}`)", region.origin)
        }
        ConnectionMessage::Endpoint { origin, flaw } => {
            format!("`{origin}` cannot be used: {}", endpoint_flaw(flaw))
        }
        ConnectionMessage::NoIam => "no URL of IAM".to_owned(),
        ConnectionMessage::Proxy { variable, flaw } => {
            format!("{variable} cannot be used: {}", proxy_flaw(*flaw))
        }
        ConnectionMessage::NoProxy { variable, entry } => {
            format!(
                "{variable} cannot be used: entry {entry} is not a host, a domain, an IP address, a network or `*`"
            )
        }
        ConnectionMessage::CaFileNotRead(path) => format!("could not read `{path}`"),
        ConnectionMessage::CaFileUnusable(path) => format!("could not use `{path}`"),
        ConnectionMessage::RunnerCaFile(path) => format!("could not use CI_SERVER_TLS_CA_FILE `{path}`"),
    }
}

const fn proxy_flaw(flaw: ProxyFlaw) -> &'static str {
    match flaw {
        ProxyFlaw::NotAnAddress => "it is not a URL",
        ProxyFlaw::Socks => "SOCKS proxies are not supported",
        ProxyFlaw::Scheme => "the scheme is not http or https",
    }
}

fn endpoint_flaw(flaw: &EndpointFlaw) -> String {
    match flaw {
        EndpointFlaw::NotAUrl => "it is not a host name or a URL".to_owned(),
        EndpointFlaw::User => "it must not contain a user name or a password".to_owned(),
        EndpointFlaw::Path => "a path would break the request signature".to_owned(),
        EndpointFlaw::PlainHttp => "unencrypted HTTP would expose the credentials".to_owned(),
        EndpointFlaw::Scheme(scheme) => {
            format!("the scheme `{}` is not https", one_line(scheme, OPTION_LIMIT))
        }
    }
}

/// What to do about a connection.
pub(in crate::messages) fn connection_hint(hint: &ConnectionHint) -> String {
    match hint {
        ConnectionHint::Region(known) => {
            format!("give `--region` (or CODEARTS_REGION), one of {}", known.join(", "))
        }
        ConnectionHint::UrlOption(option) => {
            format!("give the URL of the service with `{option}` for any other place")
        }
        ConnectionHint::Endpoint => {
            "give a URL such as https://codearts-check.cn-north-4.myhuaweicloud.com".to_owned()
        }
        ConnectionHint::SchemeAndHost => "give only the scheme and the host".to_owned(),
        ConnectionHint::Https => "use https, or pass `--allow-http`".to_owned(),
        ConnectionHint::CaFile => {
            "name an existing PEM file with the certificates of the authority".to_owned()
        }
        ConnectionHint::ProxyForm => {
            "give the URL of an HTTP proxy, such as http://host:port or http://user:password@host:port".to_owned()
        }
        ConnectionHint::ProxyPassword => {
            "write `@ : / # ? %` in a password as %40 %3A %2F %23 %3F %25".to_owned()
        }
        ConnectionHint::NoProxyForm => {
            "write entries such as host, .example.com, 10.1.2.3, 10.0.0.0/8 or `*`, each with an optional :port".to_owned()
        }
    }
}
