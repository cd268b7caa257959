//! The machine's own identity: the agency of a cloud server, or that of a pod (page `auth`, sections 5 and 6). Asked for by
//! name only, within short limits, and never through a proxy.

use super::errors::METADATA;
use super::id_token::{origin_of, read_secret, unreadable};
use super::session::Session;
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::http::{HttpClient, HttpSettings, json_headers, sensitive};
use crate::messages::{Attempt, Hint, LoginHint, LoginMessage};
use crate::text::redactor;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// Address of the metadata of a cloud server.
pub const METADATA_ENDPOINT: &str = "http://169.254.169.254";

/// Longest time for one request.
const LIMIT: Duration = Duration::from_secs(3);
/// How long the token for the metadata lives, in seconds.
const TOKEN_SECONDS: &str = "21600";
const TOKEN_SECONDS_HEADER: HeaderName = HeaderName::from_static("x-metadata-token-ttl-seconds");
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-metadata-token");

/// Where the machine's identity comes from.
#[derive(Debug)]
pub enum Metadata {
    /// The metadata of a cloud server.
    Server(Url),
    /// The identity service of a pod.
    Pod {
        /// Where to ask.
        url: Url,
        /// File with what to ask with, read anew each time.
        token_file: PathBuf,
    },
}

impl Metadata {
    pub(super) async fn log_in(&self, limit: Duration) -> Result<Session, CallError> {
        let limit = limit.min(LIMIT);
        // Its own client, because that of the service may have a proxy.
        let plain_only = match self {
            Self::Server(_) => true,
            Self::Pod { url, .. } => url.scheme() == "http",
        };
        let settings = HttpSettings { plain_only, ..HttpSettings::default() };
        let http = HttpClient::new(&settings).map_err(|problem| {
            CallError::before_sending(Attempt::ReachMetadata, Failure::Unreachable, problem)
        })?;
        match self {
            Self::Server(endpoint) => of_server(&http, endpoint, limit).await,
            Self::Pod { url, token_file } => of_pod(&http, url, token_file, limit).await,
        }
    }
}

async fn of_server(http: &HttpClient, endpoint: &Url, limit: Duration) -> Result<Session, CallError> {
    let asking = Call {
        method: Method::PUT,
        is_confidential: true,
        ..Call::get(Attempt::GetMetadataToken, "/meta-data/latest/api/token", &[])
    };
    let mut headers = HeaderMap::from_iter([(TOKEN_SECONDS_HEADER, HeaderValue::from_static(TOKEN_SECONDS))]);
    let request = asking.request(endpoint, std::mem::take(&mut headers));
    let answer =
        http.exchange(request, limit).await.map_err(|error| asking.transport_error(endpoint, error))?;
    // Older servers do without.
    if answer.status == 200
        && let Ok(text) = std::str::from_utf8(&answer.body)
        && let Some(token) = sensitive(text.trim())
    {
        redactor::learn(text);
        headers.insert(TOKEN_HEADER, token);
    }
    let call = Call {
        is_confidential: true,
        dialect: METADATA,
        ..Call::get(Attempt::ReadServerKeys, "/openstack/latest/securitykey", &["credential"])
    };
    let (body, answered) = send(http, endpoint, &call, headers, limit).await.map_err(without_agency)?;
    Session::of_keys(&body, &answered).ok_or_else(|| unreadable(&call, endpoint, LoginMessage::LacksKeys))
}

/// A server without an agency answers with the status 401.
fn without_agency(error: CallError) -> CallError {
    match error.failure {
        Failure::Unauthenticated | Failure::NotFound => {
            CallError { hints: vec![Hint::Login(LoginHint::Agency)], ..error }
        }
        _ => error,
    }
}

async fn of_pod(
    http: &HttpClient,
    url: &Url,
    token_file: &Path,
    limit: Duration,
) -> Result<Session, CallError> {
    let mut call = Call {
        is_confidential: true,
        dialect: METADATA,
        ..Call::post(Attempt::GetPodKeys, url.path(), "{}")
    };
    call.query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let unusable = |why| CallError::before_sending(Attempt::GetPodKeys, Failure::Unauthenticated, why);
    let path = || token_file.display().to_string();
    let token = read_secret(token_file).map_err(|error| {
        let unusable = unusable(LoginMessage::PodTokenNotRead { path: path(), cause: error.to_string() });
        CallError { hints: crate::file::hint(&error).map(Into::into).into_iter().collect(), ..unusable }
    })?;
    redactor::learn(&token);
    let token = sensitive(token.trim()).ok_or_else(|| unusable(LoginMessage::NoPodToken(path())))?;
    let mut headers = json_headers();
    headers.insert(AUTHORIZATION, token);
    let origin = origin_of(url);
    let (body, answered) = send(http, &origin, &call, headers, limit).await?;
    Session::of_keys(&body, &answered).ok_or_else(|| unreadable(&call, &origin, LoginMessage::LacksKeys))
}
