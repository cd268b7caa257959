//! Proxies: how their addresses and the exceptions from them are written, and which one a request goes through.

use super::origin::is_loopback;
use crate::messages::ProxyFlaw;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Mutex;
use url::{Host, Url};

/// Address of an HTTP proxy. Clones share what is known of it.
#[derive(Clone)]
pub struct ProxyAddress {
    url: Url,
    login: Arc<Login>,
}

/// What became of the first request through a proxy.
#[derive(Default)]
struct Login {
    /// Held by the first request, so that a refused password is sent once.
    first: Mutex<()>,
    is_tried: AtomicBool,
    is_refused: AtomicBool,
}

/// May hold a password.
impl fmt::Debug for ProxyAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown())
    }
}

impl ProxyAddress {
    /// Reads the value of a variable; without a scheme it is `http://`.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn parse(text: &str) -> Result<Self, ProxyFlaw> {
        let text = text.trim();
        let url = match text.split_once("://") {
            // Readers of addresses take `http:/` for a beginning as well, and look for the host elsewhere then.
            Some((scheme, _)) if !scheme.bytes().all(is_of_scheme) => return Err(ProxyFlaw::NotAnAddress),
            Some(_) => Url::parse(text),
            None if text.trim_end_matches('/').contains(['/', '\\']) => return Err(ProxyFlaw::NotAnAddress),
            None => Url::parse(&format!("http://{text}")),
        };
        let url = url.map_err(|_| ProxyFlaw::NotAnAddress)?;
        match url.scheme() {
            "http" | "https" => {}
            scheme if scheme.starts_with("socks") => return Err(ProxyFlaw::Socks),
            _ => return Err(ProxyFlaw::Scheme),
        }
        // A password with a slash ends the host where nobody meant it to end, and a path that has been read may hide that: `..` takes
        // away what stands before. What is meant is behind the last `@`.
        let place = |url: &Url| url.host_str().map(|host| (host.to_owned(), url.port()));
        let is_elsewhere = text.rsplit_once('@').is_some_and(|(_, meant)| {
            let meant = Url::parse(&format!("{}://{meant}", url.scheme()));
            meant.map_or(true, |meant| place(&meant) != place(&url))
        });
        let is_cut =
            is_elsewhere || url.path().contains('@') || url.query().is_some() || url.fragment().is_some();
        // The client reads the address once more, and would go around a proxy that it cannot read.
        if is_cut || !url.has_host() || url.as_str().parse::<http::Uri>().is_err() {
            return Err(ProxyFlaw::NotAnAddress);
        }
        Ok(Self { url, login: Arc::default() })
    }

    /// `host:port`, for people.
    pub fn shown(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{host}:{}", self.url.port_or_known_default().unwrap_or_default())
    }

    /// Its password, as it is written and as it is meant.
    pub fn secrets(&self) -> Vec<SecretString> {
        let Some(written) = self.url.password() else { return Vec::new() };
        let meant = percent_decode_str(written).decode_utf8_lossy();
        [written, &*meant].map(SecretString::from).into()
    }

    /// For the client.
    pub(super) fn url(&self) -> Url {
        self.url.clone()
    }

    /// Whether the login was refused.
    pub(super) fn is_refused(&self) -> bool {
        self.login.is_refused.load(Ordering::SeqCst)
    }

    /// Notes that the login was refused: it is not sent again.
    pub(super) fn refuse(&self) {
        self.login.is_refused.store(true, Ordering::SeqCst);
    }

    /// Lets the first request through a proxy with a login go alone: the others wait for what becomes of it.
    pub(super) async fn first_alone<T>(&self, request: impl Future<Output = T>) -> T {
        if self.url.username().is_empty() || self.login.is_tried.load(Ordering::SeqCst) {
            return request.await;
        }
        let first = self.login.first.lock().await;
        if self.login.is_tried.load(Ordering::SeqCst) {
            drop(first);
            return request.await;
        }
        let result = request.await;
        self.login.is_tried.store(true, Ordering::SeqCst);
        result
    }
}

/// Which proxies there are.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For https addresses.
    pub https: Option<ProxyAddress>,
    /// For http addresses.
    pub http: Option<ProxyAddress>,
    /// What is reached without.
    pub exceptions: Exceptions,
}

impl Proxies {
    /// The proxy that a request to this address goes through. This machine is never asked through one.
    pub fn of(&self, url: &Url) -> Option<&ProxyAddress> {
        let proxy = if url.scheme() == "https" { &self.https } else { &self.http };
        proxy.as_ref().filter(|_| !is_loopback(url) && !self.exceptions.cover(url))
    }
}

/// What `NO_PROXY` lists, in the forms that curl and Go know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions(Vec<Exception>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    Everything,
    /// A host and all hosts below it.
    Domain(String, Option<u16>),
    Address(IpAddr, Option<u16>),
    /// An address and the number of its bits that count.
    Network(IpAddr, u8),
}

impl Exceptions {
    /// Reads the value of a variable. What other programs understand and no request here can match is skipped: paths of sockets, and
    /// `<local>`, which on Windows means hosts without a dot.
    ///
    /// # Errors
    /// The number of the first entry that cannot be read, from 1.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let entries = text.split(|character: char| character == ',' || character.is_whitespace());
        let entries =
            entries.filter(|entry| !entry.starts_with('/') && !entry.eq_ignore_ascii_case("<local>"));
        let entries = entries.filter(|entry| !entry.is_empty()).enumerate();
        entries
            .map(|(number, entry)| Exception::parse(entry).ok_or(number + 1))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn cover(&self, url: &Url) -> bool {
        self.0.iter().any(|exception| exception.covers(url))
    }
}

impl Exception {
    fn parse(entry: &str) -> Option<Self> {
        if entry == "*" {
            return Some(Self::Everything);
        }
        if let Some(network) = network_of_octets(entry) {
            return Some(network);
        }
        if let Some((address, bits)) = entry.split_once('/') {
            let address: IpAddr = without_brackets(address).parse().ok()?;
            let bits = bits.parse().ok().filter(|bits| *bits <= width(address))?;
            return Some(Self::Network(address, bits));
        }
        if let Ok(address) = entry.parse::<SocketAddr>() {
            return Some(Self::Address(address.ip(), Some(address.port())));
        }
        if let Ok(address) = without_brackets(entry).parse() {
            return Some(Self::Address(address, None));
        }
        let (name, port) = match entry.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
        let name = name.trim_matches('.');
        match Host::parse(name).ok()? {
            Host::Domain(name) if !name.contains('*') => Some(Self::Domain(name, port)),
            Host::Ipv4(address) => Some(Self::Address(address.into(), port)),
            _ => None,
        }
    }

    fn covers(&self, url: &Url) -> bool {
        let is_port = |port: &Option<u16>| port.is_none_or(|port| url.port_or_known_default() == Some(port));
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            Some(Host::Domain(_)) | None => None,
        };
        match self {
            Self::Everything => true,
            Self::Domain(domain, port) => {
                let host = url.host_str().unwrap_or_default().trim_end_matches('.');
                let is_below = || host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.'));
                is_port(port) && address.is_none() && (host == domain || is_below())
            }
            Self::Address(excepted, port) => is_port(port) && address == Some(*excepted),
            Self::Network(network, bits) => {
                address.is_some_and(|address| is_within(address, *network, *bits))
            }
        }
    }
}

/// Whether it may stand in a scheme (RFC 3986, 3.1).
const fn is_of_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// `10.*` or `192.168.*.*`, as Java and Windows write networks.
fn network_of_octets(entry: &str) -> Option<Exception> {
    let mut octets = [0; 4];
    let known: Vec<&str> = entry.split('.').take_while(|part| *part != "*").collect();
    let rest = entry.split('.').skip(known.len());
    if !(1..=3).contains(&known.len()) || !entry.ends_with(".*") || !rest.into_iter().all(|part| part == "*")
    {
        return None;
    }
    for (octet, part) in octets.iter_mut().zip(&known) {
        *octet = part.parse().ok()?;
    }
    Some(Exception::Network(IpAddr::from(octets), known.len() as u8 * 8))
}

fn without_brackets(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text)
}

const fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    // Counted from the right, so that nothing is shifted by all there is.
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    let rest = u32::from(width(network) - bits);
    let head = |address| number(address).checked_shr(rest).unwrap_or(0);
    address.is_ipv4() == network.is_ipv4() && head(address) == head(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_refused_without_their_password() {
        let shown = |text| ProxyAddress::parse(text).map(|proxy| proxy.shown());
        let good = [
            ("http://proxy.corp:3128", "proxy.corp:3128"),
            (" proxy.corp:3128\n", "proxy.corp:3128"),
            ("proxy.corp", "proxy.corp:80"),
            ("proxy.corp/", "proxy.corp:80"),
            ("https://proxy.corp/", "proxy.corp:443"),
            ("HTTP://u:p@[::1]:8080", "[::1]:8080"),
            ("http://u:p%40%23@proxy.corp:80", "proxy.corp:80"),
            ("http://u:p@ss@proxy.corp:81", "proxy.corp:81"),
        ];
        for (text, expected) in good {
            assert_eq!(shown(text), Ok(expected.to_owned()), "{text}");
        }
        let bad = [
            ("socks5://h:1", ProxyFlaw::Socks),
            ("socks4a://h:1", ProxyFlaw::Socks),
            ("ftp://h:1", ProxyFlaw::Scheme),
            ("http://u:pa#ss@h:1", ProxyFlaw::NotAnAddress),
            ("http://u:12#34@h:1", ProxyFlaw::NotAnAddress),
            ("http://u:12/34@h:1", ProxyFlaw::NotAnAddress),
            ("http://u:12?34@h:1", ProxyFlaw::NotAnAddress),
            ("http://u:12/34@h/..", ProxyFlaw::NotAnAddress),
            ("http://u:12\\34@h/..", ProxyFlaw::NotAnAddress),
            ("http:/u:12@h/x://34@h", ProxyFlaw::NotAnAddress),
            ("http:/u:12@h://x.example", ProxyFlaw::NotAnAddress),
            ("http:/proxy:3128", ProxyFlaw::NotAnAddress),
            ("https:\\proxy", ProxyFlaw::NotAnAddress),
            ("http://", ProxyFlaw::NotAnAddress),
            ("h:port", ProxyFlaw::NotAnAddress),
            ("two hosts:1", ProxyFlaw::NotAnAddress),
            ("http://h:99999", ProxyFlaw::NotAnAddress),
        ];
        for (text, why) in bad {
            assert_eq!(shown(text), Err(why), "{text}");
        }
        let proxy = ProxyAddress::parse("http://u:p%40-canary@h:1").expect("an address");
        assert_eq!(format!("{proxy:?}"), "h:1");
        assert_eq!(proxy.secrets().len(), 2);
    }

    #[test]
    fn exceptions_in_every_usual_form() {
        let cases = [
            ("example.com", "https://example.com/", true),
            ("example.com", "https://a.example.com/", true),
            ("example.com", "https://notexample.com/", false),
            ("example.com", "https://example.com./", true),
            ("example.com.", "https://example.com/", true),
            ("EXAMPLE.com", "https://Example.COM/", true),
            (".example.com", "https://a.example.com/", true),
            (".example.com", "https://example.com/", true),
            ("*.example.com", "https://a.b.example.com/", true),
            ("example.com:443", "https://example.com/", true),
            ("example.com:443", "http://example.com/", false),
            ("example.com:8443", "https://a.example.com:8443/", true),
            ("a, b\tc\n,, d", "https://d/", true),
            ("", "https://d/", false),
            ("*", "https://anything/", true),
            ("10.1.2.3", "https://10.1.2.3/", true),
            ("10.1.2.3", "https://10.1.2.4/", false),
            ("10.1.2.3:80", "http://10.1.2.3/", true),
            ("10.1.2.3:80", "https://10.1.2.3/", false),
            ("10.0.0.0/8", "https://10.200.0.1/", true),
            ("10.0.0.0/8", "https://11.0.0.1/", false),
            ("0.0.0.0/0", "https://11.0.0.1/", true),
            ("0.0.0.0/0", "https://host/", false),
            ("10.1.2.3/32", "https://10.1.2.3/", true),
            ("fe80::/10", "https://[fe80::1]/", true),
            ("[fe80::]/10", "https://[fe80::1]/", true),
            ("::/0", "https://10.0.0.1/", false),
            ("2001:db8::1", "https://[2001:db8::1]/", true),
            ("[2001:db8::1]", "https://[2001:db8::1]/", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/", true),
            ("[2001:db8::1]:8443", "https://[2001:db8::1]/", false),
            ("2.3", "https://1.2.3.4/", false),
            ("10.*", "https://10.200.0.1/", true),
            ("10.*", "https://11.0.0.1/", false),
            ("192.168.*.*", "https://192.168.3.4/", true),
            ("/var/run/docker.sock,<local>,a.b", "https://a.b/", true),
            ("<local>", "https://local/", false),
        ];
        for (list, url, expected) in cases {
            let exceptions = Exceptions::parse(list).unwrap_or_else(|number| panic!("{list}: {number}"));
            assert_eq!(exceptions.cover(&Url::parse(url).expect("an address")), expected, "{list} {url}");
        }
        let bad = [
            ("http://a", 1),
            ("a,300.*", 2),
            ("10.0.0.0/33", 1),
            ("::/129", 1),
            ("a/8", 1),
            ("a b:c", 2),
            ("a:1:2", 1),
            ("x*y", 1),
            ("[::1", 1),
            (".", 1),
        ];
        for (list, number) in bad {
            assert_eq!(Exceptions::parse(list), Err(number), "{list}");
        }
    }

    #[test]
    fn this_machine_is_never_asked_through_a_proxy() {
        let proxy = || ProxyAddress::parse("p:1").ok();
        let proxies = Proxies { https: proxy(), http: proxy(), ..Proxies::default() };
        for (url, expected) in [
            ("https://host/", true),
            ("http://host/", true),
            ("https://localhost/", false),
            ("http://127.0.0.9/", false),
            ("http://[::1]:80/", false),
        ] {
            assert_eq!(proxies.of(&Url::parse(url).expect("an address")).is_some(), expected, "{url}");
        }
    }
}
