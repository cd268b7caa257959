//! The client: limits, trust and proxies.

use super::lines::Lines;
use super::message::{Request, Response, TransportError, refuse_climbing};
use super::proxy::{Proxies, ProxyAddress};
use super::retry::{Backoff, Failure};
use super::tls::certificates;
use super::transport::{login_refused, next_chunk};
use crate::error::Problem;
use crate::messages::{Hint, HttpMessage, SetupMessage};
use crate::model::outcome::Outcome;
use bytes::BytesMut;
use reqwest::{Certificate, Proxy, redirect};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

/// Longest time to reach a server: name, connection, TLS.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(15);
/// Least time for a whole call: after its deadline too, one that is sent must be able to fail.
const CALL_LIMIT_LEAST: Duration = Duration::from_millis(1);
/// Longest time for a whole call. The gateway itself gives up on its backend after 60 s (`check-tasks`).
pub const CALL_LIMIT: Duration = Duration::from_secs(75);
/// The time for a call that should end at `deadline`: what is left, and no more than [`CALL_LIMIT`].
pub fn call_limit(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now()).clamp(CALL_LIMIT_LEAST, CALL_LIMIT)
}

/// Longest silence while a body is read; a download may last as long as its bytes keep coming.
pub const IDLE_LIMIT: Duration = Duration::from_secs(65);
/// Idle connections are dropped before usual load balancers drop them. One that is dead all the same costs a question 5 s ([`lines`]).
const POOL_IDLE_LIMIT: Duration = Duration::from_secs(45);
/// Calls under way at once: each holds a connection, and macOS gives a process 256 files.
pub(super) const CALLS_LIMIT: usize = 128;
/// Sent as `User-Agent`.
pub const USER_AGENT: &str = concat!("codearts-gate/", env!("CARGO_PKG_VERSION"));
/// Status with which a proxy refuses a login.
const LOGIN_AT_PROXY: u16 = 407;
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

/// The client. Cheap to clone; connections are shared.
#[derive(Clone, Debug)]
pub struct HttpClient {
    lines: Arc<Lines>,
    calls: Arc<Semaphore>,
    settings: Arc<HttpSettings>,
}

impl HttpClient {
    /// Builds the client.
    ///
    /// # Errors
    /// When the CA bundle cannot be used, or TLS cannot be set up.
    pub fn new(settings: &HttpSettings) -> Result<Self, Problem> {
        let mut ca_certificates = Vec::new();
        if let Some(bundle) = &settings.ca_bundle {
            ca_certificates = certificates(bundle)?;
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

        // Asked without further certificates, because with them a missing store goes unnoticed. The fuzz targets speak no TLS.
        let plain = if settings.plain_only || cfg!(fuzzing) { None } else { Some(builder().build()) };
        let with_certificates = || -> Result<reqwest::ClientBuilder, Problem> {
            let own = ca_certificates.iter().cloned();
            Ok(match &plain {
                None => builder().tls_certs_only([]),
                Some(Ok(_)) if ca_certificates.is_empty() => builder(),
                Some(Ok(_)) => builder().tls_certs_merge(own),
                // A machine without a certificate store, such as an empty image: the web's roots take its place.
                Some(Err(_)) => {
                    builder().tls_certs_merge(web_roots().map_err(not_set_up)?.into_iter().chain(own))
                }
            })
        };
        let build = |builder: reqwest::ClientBuilder| builder.build().map_err(not_set_up);
        let single = build(with_certificates()?.pool_max_idle_per_host(0))?;
        let shared = match &plain {
            Some(Ok(client)) if ca_certificates.is_empty() => client.clone(),
            _ => build(with_certificates()?)?,
        };
        Ok(Self {
            lines: Arc::new(Lines::new(shared, single)),
            calls: Arc::new(Semaphore::new(CALLS_LIMIT)),
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
    pub fn with_tls(&self) -> Result<Self, Problem> {
        if !self.settings.plain_only {
            return Ok(self.clone());
        }
        Self::new(&HttpSettings { plain_only: false, ..HttpSettings::clone(&self.settings) })
    }

    /// How long to pause after failures.
    pub fn backoff(&self) -> Backoff {
        self.settings.backoff
    }

    /// Sends a request, when it is its turn, and reads the whole answer within `limit` from then on.
    ///
    /// # Errors
    /// When no whole answer came in time, or it was larger than the request allows.
    pub async fn exchange(&self, request: Request, limit: Duration) -> Result<Response, TransportError> {
        let body_limit = request.body_limit;
        let _permit = if request.holds_permit { None } else { self.calls.acquire().await.ok() };
        let exchange = async {
            let mut response = self.open(request).await?;
            let mut body = BytesMut::new();
            while let Some(chunk) = next_chunk(&mut response).await? {
                if body.len() + chunk.len() > body_limit {
                    let message = HttpMessage::TooLarge(body_limit as u64);
                    return Err(TransportError::new(Failure::TooLarge, message));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Response {
                status: response.status().as_u16(),
                headers: std::mem::take(response.headers_mut()),
                body: body.freeze(),
            })
        };
        tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or_else(|_| Err(TransportError::new(Failure::Lost, HttpMessage::NotInTime(limit))))
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
        .first_alone(async {
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
            Failure::ProxyRefused => HttpMessage::ProxyLogin(Some(proxy.shown())),
            _ => HttpMessage::ThroughProxy(Box::new(error.message), proxy.shown()),
        },
        ..error
    })
}

fn not_set_up(error: reqwest::Error) -> Problem {
    let cause = format!("{:#}", anyhow::Error::new(error));
    Problem::new(SetupMessage::HttpClient).because(cause).hint(Hint::Outcome(Outcome::Internal))
}

fn web_roots() -> reqwest::Result<Vec<Certificate>> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der)).collect()
}
