//! The API of Gitea and Forgejo for one token (`ci/forges-cn`, section 5).

use crate::ci::gitea::{API_PATH, Repository};
use crate::error::Problem;
use crate::http::HttpClient;
use crate::messages::{GiteaMessage, Hint};
use crate::publish::forge::address::{Access, api_address, usable_token};
use crate::publish::forge::rest::Rest;
use crate::publish::results::PublishError;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::ExposeSecret as _;
use tokio::time::Instant;
use url::Url;

/// Entries a page, the most that a server gives unless its administrator has changed that.
pub(super) const PAGE: &str = "50";
/// How many entries a list has in all.
const TOTAL_HEADER: &str = "x-total-count";
/// How such a server is reached.
pub(super) const ACCESS: Access = Access { api: "GITEA_API_URL", token: "GITEA_TOKEN", path: API_PATH };

/// Prepares to talk for the job's token until `deadline`.
///
/// # Errors
/// When there is no token, or the address cannot be used.
pub(super) fn api(
    repository: &Repository,
    how_to_get_token: Hint,
    http: HttpClient,
    deadline: Instant,
) -> Result<Rest, PublishError> {
    let token = usable_token(repository.token.as_ref(), ACCESS, how_to_get_token)?;
    let address = address(repository, http.allows_plain())?;
    let token = format!("token {}", token.expose_secret());
    Rest::new(&address, ACCESS.api, (AUTHORIZATION, &token), http, deadline)
}

/// The address of the API, if the token may go there and there is a repository to ask about.
///
/// # Errors
/// When not.
pub(super) fn address(repository: &Repository, allows_plain: bool) -> Result<Url, PublishError> {
    if repository.name.is_empty() {
        return Err(PublishError::not_offered(Problem::new(GiteaMessage::NoRepository)));
    }
    api_address(&repository.api_url, ACCESS, &repository.server_url, allows_plain)
}

/// How many entries a list has in all, where the server counts them.
pub(super) fn total(headers: &HeaderMap) -> Option<usize> {
    headers.get(TOTAL_HEADER)?.to_str().ok()?.parse().ok()
}
