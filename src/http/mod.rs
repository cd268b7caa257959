//! The one HTTP client: every limit, TLS trust and the proxy are decided here and nowhere else.
//!
//! It sends what it is given and reports what came back. Whether to send again is [`retry`]'s decision and the caller's
//! loop; what a body means is [`error`]'s and the caller's.

pub mod call;
pub mod error;
pub mod json;
mod lines;
pub mod query;
pub mod retry;
pub mod retry_after;
pub mod uri;

use anyhow::Context as _;
use bytes::{Bytes, BytesMut};
use lines::Lines;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Certificate, Method, NoProxy, Proxy, Response, redirect};
use retry::{Failure, Pauses};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::{Host, Url};

/// Longest time to reach a server: name, connection, TLS.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// Longest time for a whole call. The gateway itself gives up on its backend after 60 s (`check-tasks`).
pub const CALL_LIMIT: Duration = Duration::from_secs(75);
/// Longest silence while a body is read; a download may last as long as its bytes keep coming.
pub const IDLE_LIMIT: Duration = Duration::from_secs(65);
/// Idle connections are dropped before servers and load balancers drop them: the hastiest usual ones do so after 5 s.
const POOL_IDLE_LIMIT: Duration = Duration::from_secs(4);
/// Largest JSON answer that is read, where a call does not set its own limit.
pub const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// Calls under way at once: each holds a connection, and macOS gives a process 256 files.
const CALLS_LIMIT: usize = 128;
/// Sent as `User-Agent`.
pub const USER_AGENT: &str = concat!("codearts-gate/", env!("CARGO_PKG_VERSION"));
/// Never asked through a proxy, whatever the environment says.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// How to reach servers; plain values that `settings` resolved.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// Further certificate authorities, PEM.
    pub ca_bundle: Option<Vec<u8>>,
    /// Proxy for https addresses. May hold a password.
    pub https_proxy: Option<SecretString>,
    /// Proxy for http addresses. May hold a password.
    pub http_proxy: Option<SecretString>,
    /// Hosts reached without a proxy, in the usual comma form.
    pub no_proxy: Option<String>,
    /// No TLS will be spoken, so the machine's certificates need not be loaded.
    pub plain_only: bool,
    /// How long to pause after failures.
    pub pauses: Pauses,
    /// Whether a secret may cross the network in plain text (`--allow-http`).
    pub allows_plain: bool,
}

/// One request, ready to send. Not printable: its body may hold a password.
pub struct Outgoing {
    /// HTTP method.
    pub method: Method,
    /// Full address; its query is encoded already and goes out as it is.
    pub url: String,
    /// Headers, authentication included.
    pub headers: HeaderMap,
    /// The exact bytes that were signed.
    pub body: Option<Bytes>,
    /// Largest answer that is read, in bytes.
    pub body_limit: usize,
    /// Whether the sender has seen to it that not too many are under way at once.
    pub is_in_turn: bool,
    /// Whether it must not meet a connection that was used before: it can be sent only once, or does something.
    pub has_own_connection: bool,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: HeaderMap,
    /// The body, within the limit of its request.
    pub body: Bytes,
}

/// Why no whole answer came.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TransportError {
    /// The kind of trouble.
    pub failure: Failure,
    /// The transport's explanation, without the address.
    pub message: String,
}

/// The client. Cheap to clone; connections are shared.
#[derive(Clone, Debug)]
pub struct HttpClient {
    lines: Arc<Lines>,
    calls: Arc<Semaphore>,
    pauses: Pauses,
    settings: Arc<HttpSettings>,
}

impl HttpClient {
    /// Builds the client.
    ///
    /// # Errors
    /// When the CA bundle or a proxy address can not be read.
    pub fn new(settings: &HttpSettings) -> anyhow::Result<Self> {
        let mut ca_certificates = Vec::new();
        if let Some(bundle) = &settings.ca_bundle {
            ca_certificates = certificates(bundle).context("could not read the CA bundle of `--ca-file`")?;
        }
        let builder = || -> anyhow::Result<reqwest::ClientBuilder> {
            let mut builder = reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .connect_timeout(CONNECT_LIMIT)
                .read_timeout(IDLE_LIMIT)
                .pool_idle_timeout(POOL_IDLE_LIMIT)
                // Proxies are resolved by `settings`, not read from the environment behind its back.
                .no_proxy();
            for proxy in proxies(settings)? {
                builder = builder.proxy(proxy);
            }
            Ok(builder)
        };

        // Asked without further certificates, because with them a missing store goes unnoticed.
        let plain = if settings.plain_only { None } else { Some(builder()?.build()) };
        let with_certificates = || -> anyhow::Result<reqwest::ClientBuilder> {
            let own = ca_certificates.iter().cloned();
            Ok(match &plain {
                None => builder()?.tls_certs_only([]),
                Some(Ok(_)) if ca_certificates.is_empty() => builder()?,
                Some(Ok(_)) => builder()?.tls_certs_merge(own),
                // A machine without a certificate store, such as an empty image: the web's roots take its place.
                Some(Err(_)) => builder()?.tls_certs_merge(web_roots()?.into_iter().chain(own)),
            })
        };
        let build =
            |builder: reqwest::ClientBuilder| builder.build().context("could not set up HTTP and TLS");
        let single = build(with_certificates()?.pool_max_idle_per_host(0))?;
        let shared = match &plain {
            Some(Ok(client)) if ca_certificates.is_empty() => client.clone(),
            _ => build(with_certificates()?)?,
        };
        Ok(Self {
            lines: Arc::new(Lines::new(shared, single)),
            calls: Arc::new(Semaphore::new(CALLS_LIMIT)),
            pauses: settings.pauses,
            settings: Arc::new(settings.clone()),
        })
    }

    /// Whether a secret may cross the network in plain text.
    pub fn allows_plain(&self) -> bool {
        self.settings.allows_plain
    }

    /// A client below, for libraries that bring their own requests; all limits but those of [`Self::exchange`] hold. It opens a
    /// connection for each request: nothing is known of which of them may be repeated.
    pub fn inner(&self) -> reqwest::Client {
        self.lines.single().clone()
    }

    /// The same client for addresses that need TLS, where that was left out.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn with_tls(&self) -> anyhow::Result<Self> {
        if !self.settings.plain_only {
            return Ok(self.clone());
        }
        Self::new(&HttpSettings { plain_only: false, ..HttpSettings::clone(&self.settings) })
    }

    /// How long to pause after failures.
    pub const fn pauses(&self) -> Pauses {
        self.pauses
    }

    /// Sends a request, when it is its turn, and reads the whole answer within `limit` from then on.
    ///
    /// # Errors
    /// When no whole answer came in time, or it was larger than the request allows.
    pub async fn exchange(&self, outgoing: Outgoing, limit: Duration) -> Result<Answer, TransportError> {
        let body_limit = outgoing.body_limit;
        let _turn = if outgoing.is_in_turn { None } else { self.calls.acquire().await.ok() };
        let exchange = async {
            let mut response = self.open(outgoing).await?;
            let mut body = BytesMut::new();
            while let Some(chunk) = next_chunk(&mut response).await? {
                if body.len() + chunk.len() > body_limit {
                    return Err(TransportError {
                        failure: Failure::TooLarge,
                        message: format!("the answer is larger than {body_limit} bytes"),
                    });
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer {
                status: response.status().as_u16(),
                headers: std::mem::take(response.headers_mut()),
                body: body.freeze(),
            })
        };
        tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| {
            Err(TransportError {
                failure: Failure::Lost,
                message: format!("no whole answer within {}", crate::text::duration(limit)),
            })
        })
    }

    /// Sends a request and returns when the headers of the answer are there; for bodies that are streamed.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn open(&self, outgoing: Outgoing) -> Result<Response, TransportError> {
        let path = outgoing.url.split_once("://").and_then(|(_, rest)| Some(rest.split_once('/')?.1));
        refuse_climbing(path.unwrap_or_default())?;
        self.lines.send(outgoing).await
    }
}

/// Refuses a path that leads elsewhere than it says: a part of one or two dots, however they are written, would take away what
/// stands before it.
///
/// # Errors
/// When there is such a part; nothing is sent then.
pub fn refuse_climbing(path: &str) -> Result<(), TransportError> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |part: &str| {
        let part = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
        part == "." || part == ".."
    };
    // Readers of addresses take a backslash for a slash, and leave out line breaks.
    if path.split(['/', '\\']).any(is_dots) || path.contains(|character: char| character.is_control()) {
        let message = "its path would lead elsewhere, so it was not sent".to_owned();
        return Err(TransportError { failure: Failure::Rejected, message });
    }
    Ok(())
}

/// The next piece of a streamed body, `None` at its proper end.
///
/// # Errors
/// When the connection broke or stayed silent too long.
pub async fn next_chunk(response: &mut Response) -> Result<Option<Bytes>, TransportError> {
    response.chunk().await.map_err(|error| transport_error(&error))
}

/// The certificates of a CA bundle.
///
/// # Errors
/// When it is no PEM file, or holds none.
pub fn certificates(bundle: &[u8]) -> anyhow::Result<Vec<Certificate>> {
    let certificates = Certificate::from_pem_bundle(bundle).context("it must hold PEM certificates")?;
    anyhow::ensure!(!certificates.is_empty(), "it holds no certificate; it must be a PEM file");
    Ok(certificates)
}

/// A header value that is kept out of debug output.
///
/// # Errors
/// When the text can not stand in a header.
pub fn sensitive(text: &str) -> Result<HeaderValue, reqwest::header::InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether an address leads to this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn proxies(settings: &HttpSettings) -> anyhow::Result<Vec<Proxy>> {
    let exceptions = match &settings.no_proxy {
        Some(hosts) => format!("{LOOPBACK},{hosts}"),
        None => LOOPBACK.to_owned(),
    };
    let mut proxies = Vec::new();
    for (address, is_for_https) in [(&settings.https_proxy, true), (&settings.http_proxy, false)] {
        let Some(address) = address else { continue };
        let address = address.expose_secret();
        let proxy = if is_for_https { Proxy::https(address) } else { Proxy::http(address) };
        // The cause would quote the address, which may hold a password.
        let proxy = proxy.map_err(|_| {
            anyhow::anyhow!("could not read the proxy address; it must look like http://host:port")
        })?;
        proxies.push(proxy.no_proxy(NoProxy::from_string(&exceptions)));
    }
    Ok(proxies)
}

fn web_roots() -> anyhow::Result<Vec<Certificate>> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|der| Certificate::from_der(der).context("could not read a built-in root certificate"))
        .collect()
}

/// The innermost cause says what happened; the layers above it say only that it did.
pub(crate) fn transport_error(error: &reqwest::Error) -> TransportError {
    let mut cause: &dyn std::error::Error = error;
    let mut is_about_certificates = false;
    while let Some(inner) = cause.source() {
        cause = inner;
        is_about_certificates |= cause.to_string().contains("certificate");
    }
    let cause = cause.to_string();
    let (failure, what) = if error.is_connect() && is_about_certificates {
        (Failure::Certificate, "the server's certificate is not trusted")
    } else if error.is_connect() {
        (Failure::Unreachable, "no connection")
    } else if error.is_timeout() {
        (Failure::Lost, "no answer in time")
    } else {
        (Failure::Lost, "the connection broke")
    };
    let message = crate::text::one_line(&format!("{what}: {cause}"), crate::text::QUOTE_LIMIT);
    TransportError { failure, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_elsewhere() {
        for good in ["v2/tasks/2b31/progress", "/a/b.c/...?x=..", "/a%2Fb", "/a//b", "", "/a#/../b"] {
            assert!(refuse_climbing(good).is_ok(), "{good}");
        }
        for bad in ["/a/../b", "..", "/a/./b", "/a/%2e%2E/b", "/a/.%2e", "/a\\..\\b", "/a/.\n./b", "/a/%2e"] {
            let error = refuse_climbing(bad).expect_err(bad);
            assert_eq!(error.failure, Failure::Rejected, "{bad}");
        }
    }
}
