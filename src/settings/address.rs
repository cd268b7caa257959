//! Addresses given by hand, and regions that a service does not have.

use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use crate::codearts::endpoints;
use crate::error::Problem;
use crate::messages::{ConnectionHint, ConnectionMessage, EndpointFlaw, ServiceName};
use crate::model::sourced::Sourced;
use url::Url;

/// Refuses a region that a service does not have. `option`: the one for the address of the service.
pub(super) fn unknown_region(
    service: ServiceName,
    region: &Sourced<String>,
    known: Vec<&'static str>,
    option: &'static str,
) -> Problem {
    let meant = nearest(&region.value.replace('_', "-"), known.iter().copied(), SLIP_LIMIT);
    Problem::new(ConnectionMessage::UnknownRegion { service, region: region.clone() })
        .hints(did_you_mean(&meant))
        .hint(ConnectionHint::Region(known))
        .hint(ConnectionHint::UrlOption(option))
}

/// An address given by hand.
pub(super) fn address(given: &Sourced<String>, allow_http: bool) -> Result<Url, Problem> {
    endpoints::parse(&given.value, allow_http).map_err(|flaw| {
        let hint = match flaw {
            EndpointFlaw::NotAUrl | EndpointFlaw::Scheme(_) => ConnectionHint::Endpoint,
            EndpointFlaw::Path | EndpointFlaw::User => ConnectionHint::SchemeAndHost,
            EndpointFlaw::PlainHttp => ConnectionHint::Https,
        };
        // The text is not repeated: it may hold a password.
        Problem::new(ConnectionMessage::Endpoint { origin: given.origin.clone(), flaw }).hint(hint)
    })
}
