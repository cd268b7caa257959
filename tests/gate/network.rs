//! Proxies and redirects.

use crate::harness::{TASK, World};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread;

/// A server that answers every connection with these bytes; gives its address and the heads of the requests.
fn server(answer: &'static [u8]) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (sender, heads) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let reader = BufReader::new(stream.try_clone().expect("a clone"));
            let head: String = reader
                .lines()
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .fold(String::new(), |head, line| head + &line + "\n");
            let _ = stream.write_all(answer);
            if sender.send(head).is_err() {
                return;
            }
        }
    });
    (address, heads)
}

const REFUSED: &[u8] = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// https goes through the proxy, with the credentials of the proxy and none of ours; NO_PROXY and this machine do not.
#[test]
fn the_proxy_is_used_as_asked() {
    let world = World::new("{}");
    let (proxy, heads) = server(REFUSED);
    let mut gate = world.gate(&["check", TASK, "--endpoint", "https://check.invalid"]);
    gate.env("HTTPS_PROXY", &format!("http://user:proxy-pass-canary@{proxy}"));
    let ended = gate.run().expect(69);
    assert!(!ended.stderr.contains("proxy-pass-canary"), "{}", ended.stderr);
    let head = heads.recv().expect("a request");
    assert!(head.starts_with("CONNECT check.invalid:443 HTTP/1.1"), "{head}");
    assert!(!head.to_lowercase().contains("x-sdk-date") && !head.contains("SDK-HMAC"), "{head}");

    let (proxy, heads) = server(REFUSED);
    let mut gate = world.gate(&["check", TASK, "--endpoint", "https://check.invalid"]);
    gate.env("HTTPS_PROXY", &format!("http://{proxy}")).env("NO_PROXY", "other.example,.invalid");
    gate.run().expect(69);
    assert!(heads.try_recv().is_err(), "NO_PROXY");

    let (proxy, heads) = server(REFUSED);
    let world = World::new(r#"{"tasks": {"*": {"before": 2}}}"#);
    let mut gate = world.gate(&["check", TASK, "--report", "none"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"] {
        gate.env(name, &format!("http://{proxy}"));
    }
    gate.run().expect(0);
    assert!(heads.try_recv().is_err(), "this machine is never asked through a proxy");
}

#[test]
fn a_malformed_proxy_is_a_usage_error_without_its_password() {
    let world = World::new("{}");
    let mut gate = world.gate(&["check", TASK, "--endpoint", "https://check.invalid"]);
    let ended = gate.env("HTTPS_PROXY", "http://user:proxy-pass-canary@[").run().expect(64);
    assert!(ended.stderr.contains("could not read the proxy address"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("proxy-pass-canary"));
}

/// Nobody is followed anywhere with credentials.
#[test]
fn redirects_are_not_followed() {
    let (elsewhere, heads) = server(REFUSED);
    for status in [301, 302, 303, 307, 308] {
        let scenario = serde_json::json!({"faults": [{"call": "progress", "fault":
            {"kind": "answer", "status": status, "headers": {"Location": format!("http://{elsewhere}/stolen")}}}]});
        let world = World::new(&scenario.to_string());
        let ended = world.gate(&["check", TASK]).run().expect(64);
        assert!(ended.stderr.contains("redirects elsewhere"), "{}", ended.stderr);
    }
    assert!(heads.try_recv().is_err());
}
