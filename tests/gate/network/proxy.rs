//! Proxies and redirects.

use crate::kit::scenario::{answers, scenario, succeeded};
use crate::kit::server::serve_bytes;
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};

const REFUSED: &[u8] = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// HTTPS goes through the proxy, with the credentials of the proxy and no others; hosts in NO_PROXY and this machine do
/// not.
#[test]
fn the_proxy_is_used_as_asked() {
    let world = World::new(scenario());
    let (proxy, heads) = serve_bytes(REFUSED);
    let mut run = world.run(&["check", TASK, "--endpoint", "https://check.invalid"]);
    run.env("HTTPS_PROXY", &format!("http://user:proxy-pass-canary@{proxy}"));
    let ended = run.finish().expect(69);
    assert!(!ended.stderr.contains("proxy-pass-canary"), "{}", ended.stderr);
    let head = heads.recv().expect("a request");
    assert!(head.starts_with("CONNECT check.invalid:443 HTTP/1.1"), "{head}");
    assert!(!head.to_lowercase().contains("x-sdk-date") && !head.contains("SDK-HMAC"), "{head}");

    let (proxy, heads) = serve_bytes(REFUSED);
    let mut run = world.run(&["check", TASK, "--endpoint", "https://check.invalid"]);
    run.env("HTTPS_PROXY", &format!("http://{proxy}")).env("NO_PROXY", "other.example,.invalid");
    run.finish().expect(69);
    assert!(heads.try_recv().is_err(), "NO_PROXY");

    let (proxy, heads) = serve_bytes(REFUSED);
    let world = World::new(succeeded());
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"] {
        run.env(name, &format!("http://{proxy}"));
    }
    run.finish().expect(0);
    assert!(heads.try_recv().is_err(), "this machine is never asked through a proxy");
}

#[test]
fn a_malformed_proxy_is_a_usage_error_without_its_password() {
    let world = World::new(scenario());
    let mut run = world.run(&["check", TASK, "--endpoint", "https://check.invalid"]);
    let ended = run.env("HTTPS_PROXY", "http://user:proxy-pass-canary@[").finish().expect(64);
    assert!(ended.stderr.contains("HTTPS_PROXY"), "{}", ended.stderr);
    assert_shown!("malformed_proxy", ended.stderr);
    assert!(!ended.stderr.contains("proxy-pass-canary"));
}

const WANTS_LOGIN: &[u8] = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The password is sent once, whether the proxy is asked for a tunnel or for an answer, and however many tasks there are.
#[test]
fn a_proxy_that_refuses_the_login_is_asked_once() {
    let mut table = Table::default();
    for (endpoint, variable) in
        [("https://check.invalid", "HTTPS_PROXY"), ("http://check.invalid", "HTTP_PROXY")]
    {
        let world = World::new(scenario());
        let (proxy, heads) = serve_bytes(WANTS_LOGIN);
        let mut run = world.run(&["check", "aa", "bb", "--start", "--allow-http", "--endpoint", endpoint]);
        run.env(variable, &format!("http://user:proxy-pass-canary@{proxy}"));
        let ended = run.finish().expect(77);
        assert_eq!(heads.try_iter().count(), 1, "{}", ended.stderr);
        assert!(lines_with(&ended.stderr, "error: aa").contains(&proxy), "{}", ended.stderr);
        table.add(endpoint, &lines_with(&ended.stderr, "error: aa"));
        assert!(!ended.stderr.contains("proxy-pass-canary"));
    }
    assert_shown!("proxy_that_refuses_the_login", table.text());
}

/// Unsupported kinds of proxies and invalid addresses are rejected before anything is sent, with the name of the
/// variable and never its value.
#[test]
fn proxies_that_cannot_be_used_are_named_by_their_variable() {
    let cases = [
        ("HTTPS_PROXY", "socks5://user:proxy-pass-canary@127.0.0.1:9"),
        ("ALL_PROXY", "socks5h://127.0.0.1:9"),
        ("all_proxy", "socks4://127.0.0.1:9"),
        ("https_proxy", "ftp://127.0.0.1:9"),
        ("HTTPS_PROXY", "http://user:pa#proxy-pass-canary@127.0.0.1:9"),
        ("HTTPS_PROXY", "http://127.0.0.1:notaport"),
        ("HTTPS_PROXY", "http://"),
        ("HTTPS_PROXY", "proxy host:9"),
        ("NO_PROXY", "http://other.example"),
        ("NO_PROXY", "300.*"),
        ("no_proxy", "10.0.0.0/99"),
        ("NO_PROXY", "other.example:port"),
    ];
    // Without a proxy, exceptions from it do not matter.
    let world = World::new(succeeded());
    world.run(&["check", TASK, "--report", "none"]).env("NO_PROXY", "300.*").finish().expect(0);
    let mut table = Table::default();
    for (variable, value) in cases {
        let world = World::new(scenario());
        let mut run = world.run(&["check", TASK, "--endpoint", "https://check.invalid"]);
        if variable.eq_ignore_ascii_case("NO_PROXY") {
            run.env("HTTPS_PROXY", "http://127.0.0.1:9");
        }
        let ended = run.env(variable, value).env("CODEARTS_TIMEOUT", "3s").finish();
        assert_eq!(ended.code, 64, "{variable}={value}: {}", ended.stderr);
        assert!(ended.stderr.contains(variable), "{variable}={value}: {}", ended.stderr);
        assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
        table.add(format!("{variable}={}", value.replace("proxy-pass-canary", "PASSWORD")), &ended.stderr);
    }
    assert_shown!("proxies_that_cannot_be_used", table.text());
}

/// The forms of exceptions that curl and Go accept.
#[test]
fn no_proxy_accepts_every_usual_form() {
    for (exceptions, is_proxied) in [
        ("*", false),
        (".invalid", false),
        ("*.invalid", false),
        ("INVALID.", false),
        ("check.invalid:443", false),
        ("a.example check.invalid", false),
        ("check.invalid:8443", true),
        ("heck.invalid", true),
        ("10.0.0.0/8, fe80::/10, [::1]:443", true),
    ] {
        let world = World::new(scenario());
        let (proxy, heads) = serve_bytes(WANTS_LOGIN);
        let mut run = world.run(&["check", TASK, "--endpoint", "https://check.invalid", "--timeout", "2s"]);
        run.env("HTTPS_PROXY", &format!("http://{proxy}")).env("NO_PROXY", exceptions);
        let ended = run.finish();
        assert_eq!(heads.try_iter().count() > 0, is_proxied, "{exceptions}: {}", ended.stderr);
    }
}

/// The first line of the log, and every error on the way, names the proxy, never its password.
#[test]
fn the_proxy_is_named() {
    let world = World::new(scenario());
    let (proxy, _heads) = serve_bytes(REFUSED);
    let mut run = world.run(&["check", TASK, "--endpoint", "https://check.invalid"]);
    let ended = run.env("HTTPS_PROXY", &format!("user:proxy-pass-canary@{proxy}")).finish().expect(69);
    let first = ended.stderr.lines().next().unwrap_or_default();
    let reason = ended.result()["tasks"][0]["reason"].as_str().expect("a reason").to_owned();
    assert!(first.contains(&proxy) && reason.contains(&proxy), "{first} {reason}");
    assert_shown!("proxy_is_named", format!("{first}\n{reason}"));
    assert!(!ended.stderr.contains("proxy-pass-canary"), "{}", ended.stderr);
}

/// A server that speaks http where https is expected has its own message.
#[test]
fn plain_http_where_https_is_expected_is_named() {
    let world = World::new(scenario());
    let (address, heads) =
        serve_bytes(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let ended = world.run(&["check", TASK, "--endpoint", &format!("https://{address}")]).finish().expect(69);
    assert_shown!("plain_http_where_https_is_expected", lines_with(&ended.stderr, "error: "));
    assert_eq!(heads.try_iter().count(), 1, "{}", ended.stderr);
}

/// A redirect is never followed with credentials.
#[test]
fn redirects_are_not_followed() {
    let (elsewhere, heads) = serve_bytes(REFUSED);
    let mut table = Table::default();
    for status in [301, 302, 303, 307, 308] {
        let away = answers(status).header("Location", &format!("http://{elsewhere}/stolen"));
        let world = World::new(scenario().when("progress", away));
        let ended = world.run(&["check", TASK]).finish().expect(69);
        table.add(status, &lines_with(&ended.stderr, "error: 2b31"));
    }
    assert_shown!("redirects", table.text());
    assert!(heads.try_recv().is_err());
}
