//! About where the service is and how to reach it.

use crate::model::sourced::{Origin, Sourced};

/// What is wrong with a connection before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ConnectionMessage {
    /// Neither a region nor an address was given.
    NoRegion,
    /// The region is not one of the service.
    UnknownRegion {
        /// The service.
        service: ServiceName,
        /// The region.
        region: Sourced<String>,
    },
    /// An address given by hand cannot be used. It may hold a password, so it is not repeated.
    Endpoint {
        /// Where it comes from.
        origin: Origin,
        /// What is wrong with it.
        flaw: EndpointFlaw,
    },
    /// The address of IAM is not known.
    NoIam,
    /// The address of a proxy cannot be used. It may hold a password, so it is not repeated.
    Proxy {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        flaw: ProxyFlaw,
    },
    /// An entry of the list of hosts without a proxy cannot be read.
    NoProxy {
        /// The variable.
        variable: &'static str,
        /// The entry, counted from 1.
        entry: usize,
    },
    /// The file of certificates cannot be read.
    CaFileNotRead(Sourced<String>),
    /// The file of certificates is not one that TLS can use.
    CaFileUnusable(Sourced<String>),
    /// The certificates of GitLab's runner cannot be used.
    RunnerCaFile(String),
}

/// A service of Huawei Cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ServiceName {
    /// CodeArts Check.
    Check,
    /// CodeArts Build.
    Build,
    /// STS.
    Sts,
}

/// What is wrong with an address given by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum EndpointFlaw {
    /// It is neither a host nor a URL.
    NotAUrl,
    /// It holds a user name or a password.
    User,
    /// It has more than a scheme and a host.
    Path,
    /// It would send credentials unencrypted to another machine.
    PlainHttp,
    /// Its scheme is another one.
    Scheme(String),
}

/// Why the address of a proxy cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ProxyFlaw {
    /// It is not an address; special characters of a password are the likely cause.
    NotAnAddress,
    /// It is of a SOCKS proxy.
    Socks,
    /// It has another scheme than http and https.
    Scheme,
}

/// What to do about a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ConnectionHint {
    /// A region of the service is needed: these.
    Region(Vec<&'static str>),
    /// This option gives the URL, whatever the region.
    UrlOption(&'static str),
    /// What a usable address looks like.
    Endpoint,
    /// The path must go.
    SchemeAndHost,
    /// Http must be allowed or replaced.
    Https,
    /// What a file of certificates looks like.
    CaFile,
    /// What the address of a proxy looks like.
    ProxyForm,
    /// How special characters of a proxy's password are written.
    ProxyPassword,
    /// What entries of the list of hosts without a proxy look like.
    NoProxyForm,
}
