//! Servers for tests, each on its own thread and port.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;
use tokio::sync::oneshot;

/// An answer; an error closes the connection without one.
pub(crate) type Answer = io::Result<Response<Full<Bytes>>>;

/// Starts something on its own thread; it runs until the second value is dropped.
pub(crate) fn in_background<T, F>(start: impl FnOnce() -> F + Send + 'static) -> (T, oneshot::Sender<()>)
where
    T: Send + 'static,
    F: Future<Output = io::Result<T>>,
{
    let (started, running) = mpsc::channel();
    let (end, ended) = oneshot::channel::<()>();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            started.send(start().await.expect("a port")).expect("a test");
            let _ = ended.await;
        });
    });
    (running.recv().expect("a server"), end)
}

/// An HTTP server; ends when dropped.
pub(crate) struct Server {
    origin: String,
    _end: oneshot::Sender<()>,
}

impl Server {
    /// Answers every request with the result of `answer`.
    pub(crate) fn new<F>(answer: impl Fn(Request<Bytes>) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let (origin, end) = in_background(|| async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            let origin = format!("http://{}", listener.local_addr()?);
            tokio::spawn(serve(listener, answer));
            Ok(origin)
        });
        Self { origin, _end: end }
    }

    /// Its address, such as `http://127.0.0.1:1234`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

async fn serve<F>(
    listener: tokio::net::TcpListener,
    answer: impl Fn(Request<Bytes>) -> F + Clone + Send + 'static,
) where
    F: Future<Output = Answer> + Send + 'static,
{
    while let Ok((stream, _)) = listener.accept().await {
        let answer = answer.clone();
        let service = service_fn(move |request: Request<hyper::body::Incoming>| {
            let answer = answer.clone();
            async move {
                let (head, body) = request.into_parts();
                let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
                answer(Request::from_parts(head, body)).await
            }
        });
        tokio::spawn(async move {
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Passes each connection on, on its own thread; returns the address, such as `127.0.0.1:1234`.
pub(crate) fn serve_connections(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream.expect("a connection")));
        }
    });
    address
}

/// Answers each connection with these bytes; returns the address, and the heads of the requests.
pub(crate) fn serve_bytes(answer: impl Into<Vec<u8>>) -> (String, mpsc::Receiver<String>) {
    let (sender, heads) = mpsc::channel();
    let answer = answer.into();
    let address = serve_connections(move |mut stream| {
        let reader = BufReader::new(stream.try_clone().expect("a clone"));
        let lines = reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty());
        let head = lines.fold(String::new(), |head, line| head + &line + "\n");
        // Recorded before it is answered, so that it is there when the answer arrives.
        let _ = sender.send(head);
        let _ = stream.write_all(&answer);
    });
    (address, heads)
}
