//! Connections and requests in English.

use crate::messages::http::{FailedCall, HttpHint, HttpMessage, Target};
use crate::model::language::Language;
use crate::model::tls_fault::TlsFault;
use crate::text::{bytes, duration};

/// What became of a request.
pub(in crate::messages) fn http(message: &HttpMessage) -> String {
    let text = match message {
        HttpMessage::Failed(call) => return failed(call),
        HttpMessage::FailedBriefly(call) => return failed_briefly(call),
        HttpMessage::Retrying(call, pause) => {
            return format!("{}; retrying in {}", failed_briefly(call), duration(*pause));
        }
        HttpMessage::LookingForResult(call) => {
            return format!("{}; checking whether it was done", failed_briefly(call));
        }
        HttpMessage::Said(text) => return text.clone(),
        HttpMessage::DuplicateName => "duplicate name in an object",
        HttpMessage::NoExplanation => "no explanation",
        HttpMessage::Redirected => "the server redirects elsewhere; credentials are not sent there",
        HttpMessage::ListCut { listed, total } => {
            return format!("the response lists {listed} of {total} entries");
        }
        HttpMessage::ListTooLong => "there are too many of them",
        HttpMessage::NotWhole => "the response is incomplete: only HTTP 200 to 204 are whole answers",
        HttpMessage::Empty => "the response is empty",
        HttpMessage::WebPage(text) => {
            return format!("the response is a web page instead of JSON, perhaps from a proxy: {text}");
        }
        HttpMessage::NotJson { why, text: None } => {
            return format!("the response is not valid JSON ({why})");
        }
        HttpMessage::NotJson { why, text: Some(text) } => {
            return format!("the response is not valid JSON ({why}): {text}");
        }
        HttpMessage::Unexplained(text) => return format!("the response was: {text}"),
        HttpMessage::NoConnection(cause) => return format!("no connection: {cause}"),
        HttpMessage::Silent(cause) => return format!("no response in time: {cause}"),
        HttpMessage::Broken(cause) => return format!("the connection broke: {cause}"),
        HttpMessage::NotInTime(limit) => return format!("no complete response within {}", duration(*limit)),
        HttpMessage::TooLarge(limit) => return format!("the response is larger than {}", bytes(*limit)),
        HttpMessage::Tls(fault, cause) => return format!("{}: {cause}", tls(*fault)),
        HttpMessage::ProxyLogin(None) => "the proxy rejected the login (HTTP 407)",
        HttpMessage::ProxyLogin(Some(proxy)) => {
            return format!("proxy {proxy} rejected the login (HTTP 407)");
        }
        HttpMessage::ThroughProxy(what, proxy) => return format!("{}, through proxy {proxy}", http(what)),
        HttpMessage::Climbing => "the path leads elsewhere (`.` or `..`), so the request was not sent",
        HttpMessage::FileNotRead { path, cause } => return format!("could not read `{path}`: {cause}"),
    };
    text.to_owned()
}

fn failed(call: &FailedCall) -> String {
    let target = match &call.target {
        Target::Unsent => "nothing was sent",
        Target::Address(address) => address,
        Target::ArtifactStore => "PUT to the artifact store",
    };
    let attempt = call.attempt.text(Language::English);
    let text = format!("could not {attempt} ({target}): {}", answer(call));
    match &call.request_id {
        Some(request_id) => format!("{text} [request {request_id}]"),
        None => text,
    }
}

/// A call that failed, in few words.
pub(super) fn failed_briefly(call: &FailedCall) -> String {
    format!("could not {}: {}", call.attempt.text(Language::English), answer(call))
}

fn answer(call: &FailedCall) -> String {
    let why = call.why.text(Language::English);
    match (call.status, &call.code) {
        (None, _) => why,
        (Some(status), None) => format!("HTTP {status}, {why}"),
        (Some(status), Some(code)) if *code == status.to_string() => format!("HTTP {status}, {why}"),
        (Some(status), Some(code)) => format!("HTTP {status} {code}, {why}"),
    }
}

const fn tls(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::Expired => "the server's certificate has expired",
        TlsFault::NotYetValid => "the server's certificate is not valid yet",
        TlsFault::WrongName => "the server's certificate is for another host name",
        TlsFault::UnknownAuthority => "the server's certificate is signed by an unknown authority",
        TlsFault::OtherCertificate => "the server's certificate is not trusted",
        TlsFault::NotSpoken => "the server does not use TLS",
    }
}

/// What to do about a request that did not get through.
pub(in crate::messages) fn http_hint(hint: &HttpHint) -> String {
    match hint {
        HttpHint::Unreachable => {
            "check the host name, `--region`/`--endpoint`, the proxy variables and the firewall"
        }
        HttpHint::Tls(TlsFault::Expired | TlsFault::NotYetValid) => {
            "renew the server's certificate; if others find it valid, set the clock of this machine"
        }
        HttpHint::Tls(TlsFault::WrongName) => {
            "check the host name in `--endpoint`; a proxy that intercepts TLS may also answer in its place"
        }
        HttpHint::Tls(TlsFault::NotSpoken) => {
            "check the port in `--endpoint`: plain http answers there, or something that is not a web server"
        }
        HttpHint::Tls(TlsFault::UnknownAuthority | TlsFault::OtherCertificate) => {
            "pass the certificate authority with `--ca-file` if a proxy or a private deployment uses its own"
        }
        HttpHint::ProxyLogin => {
            "check the user and the password in the proxy's URL (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY); the login is not sent again"
        }
    }
    .to_owned()
}
