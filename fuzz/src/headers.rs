//! Headers and variables.

use crate::memory;
use crate::promise;
use codearts_gate::http::is_loopback;
use codearts_gate::http::proxy::{Exceptions, Proxies, ProxyAddress};
use codearts_gate::http::retry_after::{self, server_date};
use http::{HeaderMap, HeaderValue};
use std::time::{Duration, SystemTime};
use url::{Host, Url};

/// `Retry-After`, and behind a line end the `Date` that it counts from.
pub fn retry_after(input: &[u8]) {
    let mut lines = input.splitn(2, |byte| *byte == b'\n').map(HeaderValue::from_bytes);
    let mut headers = HeaderMap::new();
    if let Some(Ok(asked)) = lines.next() {
        headers.insert("retry-after", asked);
    }
    if let Some(Ok(date)) = lines.next() {
        headers.insert("date", date);
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_946_400);
    let pause = memory::within(input, 16, || retry_after::retry_after(&headers, now));
    let text =
        headers.get("retry-after").and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    if !text.is_empty() && text.len() < 19 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        assert_eq!(pause, text.parse().ok().map(Duration::from_secs));
    }
    if let (Some(pause), Err(_)) = (pause, text.parse::<u64>()) {
        // A date: the pause ends at it, whatever the clock of this machine shows.
        let from = server_date(&headers).unwrap_or(now);
        let later =
            retry_after::retry_after(&headers, now + Duration::from_secs(1)).expect("the same header");
        assert!(pause.subsec_nanos() == 0 && later <= pause);
        assert_eq!(pause == later, server_date(&headers).is_some() || pause.is_zero());
        assert!(from + pause >= from);
    }
}

/// The variables of a proxy: its address, `NO_PROXY`, and on a third line where a request goes.
pub fn proxy(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let mut lines = text.splitn(3, '\n');
    let [address, exceptions, target] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let written = address;
    let (address, exceptions) = memory::within(input, 64, || {
        (ProxyAddress::parse(address), Exceptions::parse(exceptions).map(|all| (all, exceptions)))
    });
    let address = match address {
        Ok(address) => {
            login_stays(written, &address);
            address
        }
        Err(_) => ProxyAddress::parse("proxy.example:3128").expect("an address"),
    };
    let Ok((all, list)) = exceptions else { return };
    let proxies = Proxies { https: Some(address.clone()), http: Some(address), exceptions: all };
    let loopback = Url::parse("http://127.0.0.1:9/").expect("an address");
    assert!(proxies.of(&loopback).is_none(), "this machine is asked through a proxy");
    // In an address of another kind, a number is a name.
    let Some(target) = Url::parse(target).ok().filter(|url| ["http", "https"].contains(&url.scheme())) else {
        return;
    };
    let uses = proxies.of(&target).is_some();
    let entries: Vec<&str> =
        list.split(|one: char| one == ',' || one.is_whitespace()).filter(|entry| !entry.is_empty()).collect();
    if entries.contains(&"*") {
        assert!(!uses, "everything is an exception");
    }
    // A host that is named, and each host below it.
    if let Some(Host::Domain(host)) = target.host() {
        let host = host.trim_end_matches('.');
        let is_named = |entry: &&str| {
            let entry = entry.trim_matches('.');
            // With an asterisk it is a pattern, also where the host has one.
            !entry.is_empty()
                && !entry.contains('*')
                && (host == entry || host.strip_suffix(entry).is_some_and(|rest| rest.ends_with('.')))
        };
        if entries.iter().any(is_named) {
            assert!(!uses, "{target} for {list:?}");
        }
    }
    if entries.is_empty() {
        assert!(uses || is_loopback(&target), "{target} goes around the proxy");
    }
}

/// Of an address with a login, the host and the port are shown, and nothing else.
fn login_stays(written: &str, address: &ProxyAddress) {
    promise::line(&address.shown(), usize::MAX - 1);
    assert_eq!(format!("{address:?}"), address.shown());
    let (scheme, rest) = written.trim().split_once("://").unwrap_or(("http", written.trim()));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let without = ProxyAddress::parse(&format!("{scheme}://{host}")).expect("an address without a login");
    assert_eq!(without.shown(), address.shown(), "{written:?}");
    assert!(without.secrets().is_empty());
}
