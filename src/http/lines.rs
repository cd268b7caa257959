//! Over which connection a request goes.
//!
//! Load balancers and firewalls drop connections that they have forgotten: some with a reset, some silently. A request
//! that may be sent only once must not meet such a connection, and one that may be repeated must not wait for it.

use super::message::{Request, TransportError};
use super::transport::transport_error;
use crate::http::retry::Failure;
use futures_util::future::{Either, select};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// A connection that may have been used before and brings no answer for so long may be dead: the request is sent once more, over
/// a new one, and the first answer counts. Usual answers take less than a second.
const SILENCE_LIMIT: Duration = Duration::from_secs(5);
/// How long the first request is still waited for when the second has its answer, to know whether its connection was dead.
const SLOW_LIMIT: Duration = Duration::from_secs(1);
/// So long no connection is used twice after one of them broke.
const CAUTION: Duration = Duration::from_secs(300);
/// Second requests that brought nothing, because the first was only slow, before no more are sent.
const NEEDLESS_LIMIT: u32 = 3;

/// The two ways out.
#[derive(Debug)]
pub(super) struct Lines {
    /// Keeps connections for later requests.
    shared: reqwest::Client,
    /// Opens one for each request.
    single: reqwest::Client,
    /// Until when no connection is used twice.
    cautious_until: Mutex<Option<Instant>>,
    needless: AtomicU32,
    silence_limit: Duration,
}

impl Lines {
    pub(super) const fn new(shared: reqwest::Client, single: reqwest::Client) -> Self {
        Self {
            shared,
            single,
            cautious_until: Mutex::new(None),
            needless: AtomicU32::new(0),
            silence_limit: SILENCE_LIMIT,
        }
    }

    /// The client that opens a connection for each request.
    pub(super) const fn single(&self) -> &reqwest::Client {
        &self.single
    }

    /// Sends a request and returns when the headers of the answer are there.
    pub(super) async fn send(&self, request: Request) -> Result<reqwest::Response, TransportError> {
        if request.has_own_connection || self.is_cautious() {
            return send(&self.single, &request).await;
        }
        let mut first = pin!(send(&self.shared, &request));
        if let Ok(answer) = timeout(self.silence_limit, &mut first).await {
            return answer.inspect_err(|error| self.learn_from(error));
        }
        if self.needless.load(Ordering::Relaxed) >= NEEDLESS_LIMIT {
            return first.await.inspect_err(|error| self.learn_from(error));
        }
        match select(first, pin!(send(&self.single, &request))).await {
            Either::Left((Ok(answer), _)) => {
                self.needless.fetch_add(1, Ordering::Relaxed);
                Ok(answer)
            }
            Either::Left((Err(error), second)) => {
                self.learn_from(&error);
                second.await
            }
            Either::Right((Ok(answer), first)) => {
                // The first may only have been slower by chance.
                match timeout(SLOW_LIMIT.min(self.silence_limit), first).await {
                    Ok(Ok(_)) => drop(self.needless.fetch_add(1, Ordering::Relaxed)),
                    Ok(Err(_)) | Err(_) => self.be_cautious(),
                }
                Ok(answer)
            }
            Either::Right((Err(_), first)) => first.await.inspect_err(|error| self.learn_from(error)),
        }
    }

    fn learn_from(&self, error: &TransportError) {
        if error.failure == Failure::Lost {
            self.be_cautious();
        }
    }

    fn is_cautious(&self) -> bool {
        let until = self.cautious_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn be_cautious(&self) {
        *self.cautious_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + CAUTION);
    }
}

async fn send(client: &reqwest::Client, request: &Request) -> Result<reqwest::Response, TransportError> {
    #[cfg(fuzzing)]
    if let Some(answer) = super::imitation::answer(&request.method, &request.url) {
        return Ok(answer.into());
    }
    let mut builder =
        client.request(request.method.clone(), request.url.as_str()).headers(request.headers.clone());
    if let Some(body) = &request.body {
        builder = builder.body(body.clone());
    }
    builder.send().await.map_err(|error| transport_error(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::Method;
    use reqwest::header::HeaderMap;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// A server that answers the first request of each connection after `delay`; `None`: never. Later requests on it are answered
    /// never. Counts what it got: connections, requests.
    async fn server(delay: Option<Duration>) -> (String, Arc<[AtomicU32; 2]>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let counts = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let counters = Arc::clone(&counts);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counters[0].fetch_add(1, Ordering::SeqCst);
                let counters = Arc::clone(&counters);
                tokio::spawn(async move {
                    let mut is_first = true;
                    while socket.read(&mut [0; 4096]).await.is_ok_and(|length| length > 0) {
                        counters[1].fetch_add(1, Ordering::SeqCst);
                        if let Some(delay) = delay.filter(|_| std::mem::take(&mut is_first)) {
                            tokio::time::sleep(delay).await;
                            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
                        }
                    }
                });
            }
        });
        (url, counts)
    }

    fn lines(silence_limit: Duration) -> Lines {
        let client = |idle| reqwest::Client::builder().no_proxy().pool_max_idle_per_host(idle).build();
        let [shared, single] = [8, 0].map(|idle| client(idle).expect("a client"));
        Lines { silence_limit, ..Lines::new(shared, single) }
    }

    async fn get(lines: &Lines, url: &str, has_own_connection: bool) -> String {
        let request = Request {
            method: Method::GET,
            url: url.to_owned(),
            headers: HeaderMap::new(),
            body: None,
            body_limit: 100,
            holds_permit: false,
            has_own_connection,
        };
        lines.send(request).await.expect("an answer").text().await.expect("a body")
    }

    #[tokio::test]
    async fn a_silent_connection_is_found_once_and_then_none_is_used_twice() {
        let (url, counts) = server(Some(Duration::ZERO)).await;
        let lines = lines(Duration::from_millis(300));
        for number in 0..6 {
            assert_eq!(get(&lines, &url, false).await, "{}", "{number}");
        }
        // The second request fell on a connection that was used before, and was sent again; those after it had new ones.
        let [connections, requests] = [0, 1].map(|number| counts[number].load(Ordering::SeqCst));
        assert_eq!((connections, requests), (6, 7));
    }

    #[tokio::test]
    async fn what_can_be_sent_only_once_meets_no_used_connection() {
        let (url, counts) = server(Some(Duration::ZERO)).await;
        let lines = lines(Duration::from_secs(30));
        for has_own_connection in [false, true, true] {
            assert_eq!(get(&lines, &url, has_own_connection).await, "{}");
        }
        assert_eq!([0, 1].map(|number| counts[number].load(Ordering::SeqCst)), [3, 3]);
    }

    /// A service that is slow is not asked twice for ever.
    #[tokio::test]
    async fn needless_second_requests_end() {
        let (url, counts) = server(Some(Duration::from_millis(400))).await;
        let fresh = || lines(Duration::from_millis(50));
        let lines = Lines { needless: AtomicU32::new(NEEDLESS_LIMIT - 1), ..fresh() };
        assert_eq!(get(&lines, &url, false).await, "{}");
        assert_eq!(counts[1].load(Ordering::SeqCst), 2);
        assert_eq!(lines.needless.load(Ordering::SeqCst), NEEDLESS_LIMIT);
        // Another client, which keeps no connection of the first.
        let lines = Lines { needless: AtomicU32::new(NEEDLESS_LIMIT), ..fresh() };
        assert_eq!(get(&lines, &url, false).await, "{}");
        assert_eq!(counts[1].load(Ordering::SeqCst), 3);
    }
}
