//! A proxy that takes one request a connection: a second one on the same connection is reset, or never answered.

use crate::kit::scenario::{Story, job, pdf, scenario, task};
use crate::kit::server::serve_connections;
use crate::kit::{TASK, World};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What happens to the second request on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Second {
    Reset,
    Silence,
}

/// The proxy; counts the requests that it did not pass on.
struct Neighbour {
    origin: String,
    lost: Arc<AtomicUsize>,
}

impl Neighbour {
    fn new(service: &str, second: Second) -> Self {
        let lost = Arc::new(AtomicUsize::new(0));
        let (service, counter) = (service.trim_start_matches("http://").to_owned(), Arc::clone(&lost));
        let address = serve_connections(move |stream| pass_on(stream, &service, second, &counter));
        Self { origin: format!("http://{address}"), lost }
    }

    fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }
}

/// Reads one request, head and body; `None` where the connection ends.
fn request(reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some([head.into_bytes(), body].concat())
}

fn pass_on(mut client: TcpStream, service: &str, second: Second, lost: &AtomicUsize) {
    let host = client.local_addr().expect("an address");
    let mut reader = BufReader::new(client.try_clone().expect("a clone"));
    let Some(first) = request(&mut reader) else { return };
    // The signed host is the proxy's; the service listens elsewhere, but checks only what it receives.
    assert!(String::from_utf8_lossy(&first).to_lowercase().contains(&format!("host: {host}")));
    let mut server = TcpStream::connect(service).expect("the service");
    server.write_all(&first).expect("sent");
    let mut answers = BufReader::new(server);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if answers.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = answers.read_exact(&mut body);
    let _ = client.write_all(&[head.into_bytes(), body].concat());
    // Closing while bytes wait to be read resets the connection.
    if client.peek(&mut [0]).unwrap_or(0) == 0 {
        return;
    }
    lost.fetch_add(1, Ordering::SeqCst);
    if second == Second::Silence {
        while client.read(&mut [0; 1024]).unwrap_or(0) > 0 {}
    }
}

fn tasks() -> Story {
    scenario().task(task().ends_at_poll(5).pdf(pdf().bytes(5000))).job(job().ends_at_poll(5))
}

/// A request that can be sent only once uses a new connection, so that it cannot be lost on a stale one.
#[test]
fn single_use_connections_lose_neither_run_nor_report() {
    let world = World::new(tasks());
    let neighbour = Neighbour::new(&world.sandbox.origin(), Second::Reset);
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "60s"]);
    run.env("CODEARTS_ENDPOINT", &neighbour.origin).finish().expect(0);
    assert_eq!((world.calls("run").len(), world.sandbox.runs_started(TASK)), (1, 1));
    assert_eq!((world.calls("pdf-start").len(), world.calls("pdf-file").len()), (1, 1));

    let mut run = world.run(&["build", "48c66c6002964721be537cdc6ce0297b", "--start"]);
    run.env("CODEARTS_BUILD_ENDPOINT", &neighbour.origin).finish().expect(0);
    assert_eq!(world.calls("build-run").len(), 1);
}

/// A connection that stops answering is noticed once, and no other is used twice after that.
#[test]
fn a_silent_connection_is_waited_for_once() {
    let world = World::new(tasks());
    let neighbour = Neighbour::new(&world.sandbox.origin(), Second::Silence);
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "60s", "--report-timeout", "30s"]);
    let ended = run.env("CODEARTS_ENDPOINT", &neighbour.origin).finish().expect(0);
    assert_eq!((world.sandbox.runs_started(TASK), world.calls("pdf-file").len()), (1, 1));
    assert!(neighbour.lost() <= 2, "{} requests were lost:\n{}", neighbour.lost(), ended.stderr);
}
