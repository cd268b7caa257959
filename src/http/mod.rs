//! The one HTTP client: every limit, TLS trust and the proxy are decided here and nowhere else.
//!
//! It sends what it is given and reports what came back. Whether to send again is [`retry`]'s decision and the caller's
//! loop; what a body means is [`error`]'s and the caller's.

pub mod call;
pub mod dialect;
pub mod error;
pub mod json;
mod lines;
pub mod proxy;
pub mod query;
pub mod repeat;
pub mod retry;
pub mod retry_after;
mod tls;
pub mod uri;

use anyhow::Context as _;
use bytes::{Bytes, BytesMut};
use lines::Lines;
use proxy::{Proxies, ProxyAddress};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Certificate, Method, Proxy, redirect};
use retry::{Backoff, Failure, TlsFault};
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
/// Idle connections are dropped before usual load balancers drop them. One that is dead all the same costs a question 5 s ([`lines`]).
const POOL_IDLE_LIMIT: Duration = Duration::from_secs(45);
/// Largest JSON answer that is read, where a call does not set its own limit.
pub const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// Calls under way at once: each holds a connection, and macOS gives a process 256 files.
const CALLS_LIMIT: usize = 128;
/// Sent as `User-Agent`.
pub const USER_AGENT: &str = concat!("codearts-gate/", env!("CARGO_PKG_VERSION"));
/// Status with which a proxy refuses a login.
const LOGIN_AT_PROXY: u16 = 407;
/// What the client below says when a proxy refuses the login of a tunnel; it has no type for it that could be seen.
const LOGIN_AT_TUNNEL: &str = "proxy authorization required";

/// How to reach servers; plain values that `settings` resolved.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// Further certificate authorities, PEM.
    pub ca_bundle: Option<Vec<u8>>,
    /// Proxies, and what is reached without.
    pub proxies: Proxies,
    /// No TLS will be spoken, so the machine's certificates need not be loaded.
    pub plain_only: bool,
    /// How long to pause after failures.
    pub backoff: Backoff,
    /// Whether a secret may cross the network in plain text (`--allow-http`).
    pub allows_plain: bool,
}

/// One request, ready to send. Not printable: its body may hold a password.
pub struct Request {
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
    pub holds_permit: bool,
    /// Whether it must not meet a connection that was used before: it can be sent only once, or does something.
    pub has_own_connection: bool,
}

/// A whole answer.
#[derive(Debug)]
pub struct Response {
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
    backoff: Backoff,
    settings: Arc<HttpSettings>,
}

impl HttpClient {
    /// Builds the client.
    ///
    /// # Errors
    /// When the CA bundle can not be read.
    pub fn new(settings: &HttpSettings) -> anyhow::Result<Self> {
        let mut ca_certificates = Vec::new();
        if let Some(bundle) = &settings.ca_bundle {
            ca_certificates = certificates(bundle).context("could not read the CA bundle of `--ca-file`")?;
        }
        let proxies = Arc::new(settings.proxies.clone());
        let builder = || {
            let chosen = Arc::clone(&proxies);
            reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .connect_timeout(CONNECT_LIMIT)
                .read_timeout(IDLE_LIMIT)
                .pool_idle_timeout(POOL_IDLE_LIMIT)
                // Proxies are resolved by `settings`, not read from the environment behind its back.
                .no_proxy()
                .proxy(Proxy::custom(move |url| chosen.of(url).map(ProxyAddress::url)))
        };

        // Asked without further certificates, because with them a missing store goes unnoticed.
        let plain = if settings.plain_only { None } else { Some(builder().build()) };
        let with_certificates = || -> anyhow::Result<reqwest::ClientBuilder> {
            let own = ca_certificates.iter().cloned();
            Ok(match &plain {
                None => builder().tls_certs_only([]),
                Some(Ok(_)) if ca_certificates.is_empty() => builder(),
                Some(Ok(_)) => builder().tls_certs_merge(own),
                // A machine without a certificate store, such as an empty image: the web's roots take its place.
                Some(Err(_)) => builder().tls_certs_merge(web_roots()?.into_iter().chain(own)),
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
            backoff: settings.backoff,
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
    pub const fn backoff(&self) -> Backoff {
        self.backoff
    }

    /// Sends a request, when it is its turn, and reads the whole answer within `limit` from then on.
    ///
    /// # Errors
    /// When no whole answer came in time, or it was larger than the request allows.
    pub async fn exchange(&self, request: Request, limit: Duration) -> Result<Response, TransportError> {
        let body_limit = request.body_limit;
        let _turn = if request.holds_permit { None } else { self.calls.acquire().await.ok() };
        let exchange = async {
            let mut response = self.open(request).await?;
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
            Ok(Response {
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
    pub async fn open(&self, request: Request) -> Result<reqwest::Response, TransportError> {
        let path = request.url.split_once("://").and_then(|(_, rest)| Some(rest.split_once('/')?.1));
        refuse_climbing(path.unwrap_or_default())?;
        let url = Url::parse(&request.url).ok();
        let proxy = url.as_ref().and_then(|url| self.settings.proxies.of(url));
        let send = async || {
            let response = self.lines.send(request).await?;
            if proxy.is_some() && response.status().as_u16() == LOGIN_AT_PROXY {
                return Err(login_refused());
            }
            Ok(response)
        };
        through(proxy, send).await
    }

    /// Sends a request that was made elsewhere for the client below, with the same care about the proxy.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn send_through<T>(
        &self,
        url: &Url,
        send: impl AsyncFnOnce() -> Result<T, TransportError>,
    ) -> Result<T, TransportError> {
        through(self.settings.proxies.of(url), send).await
    }
}

/// Sends a request through a proxy, if there is one: an error names it, and a login that it refused is not sent again.
async fn through<T>(
    proxy: Option<&ProxyAddress>,
    send: impl AsyncFnOnce() -> Result<T, TransportError>,
) -> Result<T, TransportError> {
    let Some(proxy) = proxy else { return send().await };
    let result = proxy
        .turn(async {
            if proxy.is_refused() {
                return Err(login_refused());
            }
            let result = send().await;
            if result.as_ref().is_err_and(|error| error.failure == Failure::ProxyRefused) {
                proxy.refuse();
            }
            result
        })
        .await;
    result.map_err(|error| TransportError {
        message: match error.failure {
            Failure::ProxyRefused => format!("proxy {} refuses the login (HTTP 407)", proxy.shown()),
            _ => format!("{}, through proxy {}", error.message, proxy.shown()),
        },
        ..error
    })
}

fn login_refused() -> TransportError {
    let message = "the proxy refuses the login (HTTP 407)".to_owned();
    TransportError { failure: Failure::ProxyRefused, message }
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
pub async fn next_chunk(response: &mut reqwest::Response) -> Result<Option<Bytes>, TransportError> {
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
    if error.is_connect() && cause.ends_with(LOGIN_AT_TUNNEL) {
        return login_refused();
    }
    let other = is_about_certificates.then_some(TlsFault::OtherCertificate);
    let fault = if error.is_connect() { tls::fault(error).or(other) } else { None };
    let (failure, what) = if let Some(fault) = fault {
        (Failure::Tls(fault), tls::describe(fault))
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
