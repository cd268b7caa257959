//! The PDF where it may really lie: in object storage, to which the service redirects. Nobody is followed with credentials, nor
//! twice, nor to where others could read along.

use super::id::Id;
use super::service::Service;
use crate::http::call::{Call, host_of};
use crate::http::error::CallError;
use crate::http::is_loopback;
use crate::http::retry::Failure;
use crate::messages::{Attempt, RedirectFault, ServiceMessage};
use crate::text::redactor;
use reqwest::Response;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, LOCATION};
use url::Url;

/// Parts of the names of parameters that prove something.
const SECRET_PARAMETERS: [&str; 4] = ["sign", "token", "credential", "key"];

impl Service {
    /// Follows the redirect that came as the answer to `call`; the call to what it led to, and the answer.
    ///
    /// # Errors
    /// When it leads where it must not be followed, or nobody answers there.
    pub(super) async fn follow(
        &self,
        task: &Id,
        call: &Call,
        redirect: &Response,
    ) -> Result<(Call, Url, Response), CallError> {
        let refused = |fault| CallError {
            status: Some(redirect.status().as_u16()),
            ..self.unreadable(call, ServiceMessage::RedirectNotFollowed(fault))
        };
        let location = redirect.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let asked = redirect.url();
        let address = target(&self.origin, asked, location.unwrap_or_default(), self.http.allows_plain())
            .map_err(refused)?;
        let host = host_of(&address);
        tracing::debug!("{}: redirected to {host}", call.address(&self.origin));
        learn_signature(&address);
        let call = Call {
            attempt: Attempt::DownloadPdfFrom(task.short(), host),
            path: address.path().to_owned(),
            query: Vec::new(),
            is_confidential: true,
            ..call.clone()
        };
        let mut request = call.request(&address, HeaderMap::new());
        request.url = address.to_string();
        request.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let http =
            self.http.with_tls().map_err(|problem| call.failed(&address, Failure::Unreadable, problem))?;
        let answer = http.open(request).await.map_err(|error| call.transport_error(&address, error))?;
        tracing::debug!("{}: HTTP {}", call.address(&address), answer.status().as_u16());
        if answer.status().is_redirection() {
            return Err(call.failed(&address, Failure::Unreadable, ServiceMessage::RedirectedTwice));
        }
        Ok((call, address, answer))
    }
}

/// Addresses of object storage are signed, and its errors quote what was signed.
fn learn_signature(address: &Url) {
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        SECRET_PARAMETERS.iter().any(|part| name.contains(part))
    };
    for (_, value) in address.query_pairs().filter(|(name, _)| is_secret(name)) {
        redactor::learn(&value);
    }
}

/// An error of object storage reveals nothing about the service's credentials; another export may bring a better address.
pub(super) fn not_about_credentials(error: CallError) -> CallError {
    CallError { failure: Failure::Unavailable, ..error }
}

/// Where a redirect leads, if it may be followed: to https; to http only where the user has allowed it, or from a service on this
/// machine to this machine.
fn target(origin: &Url, asked: &Url, location: &str, allows_plain: bool) -> Result<Url, RedirectFault> {
    let mut address = asked.join(location).map_err(|_| RedirectFault::NoAddress)?;
    address.set_fragment(None);
    if !address.username().is_empty() || address.password().is_some() {
        return Err(RedirectFault::NamesUser);
    }
    match address.scheme() {
        "https" => Ok(address),
        "http" if allows_plain || is_loopback(origin) && is_loopback(&address) => Ok(address),
        _ => Err(RedirectFault::NotHttps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_redirect_may_lead() {
        let service = "https://check.example.com";
        let here = "http://127.0.0.1:9";
        let cases = [
            (service, "https://obs.example.com/b/r.pdf?a=1#x", Some("https://obs.example.com/b/r.pdf?a=1")),
            (service, "/elsewhere/r.pdf", Some("https://check.example.com/elsewhere/r.pdf")),
            (service, "http://obs.example.com/r.pdf", None),
            (service, "http://127.0.0.1/r.pdf", None),
            (service, "//obs.example.com/r.pdf", Some("https://obs.example.com/r.pdf")),
            (service, "https://me@obs.example.com/r.pdf", None),
            (service, "file:///etc/passwd", None),
            (service, "data:application/pdf,x", None),
            (here, "http://127.0.0.1:8/r.pdf", Some("http://127.0.0.1:8/r.pdf")),
            (here, "http://obs.example.com/r.pdf", None),
            (here, "https://obs.example.com/r.pdf", Some("https://obs.example.com/r.pdf")),
            (service, "https://", None),
        ];
        for (origin, location, expected) in cases {
            let origin = Url::parse(origin).expect("an origin");
            let asked = origin.join("/v1/tasks/t/pdf-file?job_file=x").expect("an address");
            let found = target(&origin, &asked, location, false).map(String::from);
            assert_eq!(found.as_deref().ok(), expected, "{location}: {found:?}");
            let allowed = target(&origin, &asked, location, true).map(String::from);
            let expected = if location.starts_with("http://") { Some(location) } else { expected };
            assert_eq!(allowed.as_deref().ok(), expected, "{location} with --allow-http: {allowed:?}");
        }
    }
}
