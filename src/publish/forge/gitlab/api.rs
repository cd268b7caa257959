//! GitLab's REST API for one token (`ci/gitlab`, sections 2 and 3).

use crate::ci::gitlab::Project;
use crate::error::Problem;
use crate::http::call::{Call, send};
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, Tries, retry};
use crate::http::retry::{Backoff, CALL_TRIES};
use crate::http::{HttpClient, call_limit, sensitive, uri};
use crate::messages::{Attempt, ForgeMessage, GitLabMessage, Hint};
use crate::publish::forge::address::{Access, api_address, usable_token};
use crate::publish::forge::read::no_list;
use crate::publish::forge::sticky::owner_unknown;
use crate::publish::results::PublishError;
use crate::text::redactor::redact_file;
use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::borrow::Cow;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

/// Header of tokens that people and bots make.
const TOKEN_HEADER: HeaderName = HeaderName::from_static("private-token");
/// Names the next page of a list; empty on the last.
const NEXT_PAGE_HEADER: &str = "x-next-page";
/// Entries a page, the most GitLab gives.
const PAGE: &str = "100";
/// The first page of a list.
pub(super) const FIRST_PAGE: &str = "1";
/// Pages of a list that are read. No conversation that anybody reads has more.
const PAGES_LIMIT: usize = 50;
const JSON: &str = "application/json";
/// How GitLab is reached.
pub(super) const ACCESS: Access = Access { api: "CI_API_V4_URL", token: "GITLAB_TOKEN", path: "/api/v4" };

/// The API.
#[derive(Debug)]
pub(super) struct Api {
    http: HttpClient,
    origin: Url,
    /// Path of the API on its host.
    prefix: String,
    token: SecretString,
    deadline: Instant,
    own_id: OnceCell<u64>,
}

impl Api {
    /// Prepares to talk for the job's token until `deadline`.
    ///
    /// # Errors
    /// When there is no token, or the address cannot be used.
    pub(super) fn new(
        job: &Project,
        how_to_get_token: Hint,
        http: HttpClient,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        let token = usable_token(job.token.as_ref(), ACCESS, how_to_get_token)?;
        let address = address(job, http.allows_plain())?;
        let prefix = address.path().trim_end_matches('/').to_owned();
        let origin = address.join("/").map_err(|_| {
            PublishError::failed(Problem::new(ForgeMessage::NotAnAddress { api: ACCESS.api }))
        })?;
        Ok(Self { http, origin, prefix, token, deadline, own_id: OnceCell::new() })
    }

    /// How often something is created anew whose answer was lost.
    pub(super) fn tries(&self) -> Tries {
        Tries { limit: CALL_TRIES, deadline: self.deadline, backoff: self.backoff() }
    }

    /// How long to pause after failures.
    fn backoff(&self) -> Backoff {
        self.http.backoff()
    }

    /// Sends a call of the API, again where that is safe and may help; `path` is relative to the API.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn call(&self, call: Call) -> Result<Value, CallError> {
        Ok(self.exchange(call, JSON).await?.0)
    }

    /// The same for a body that is not JSON.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn upload(&self, call: Call, content_type: &str) -> Result<Value, CallError> {
        Ok(self.exchange(call, content_type).await?.0)
    }

    /// Number of the user whose token this is, asked for once.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn own_id(&self) -> Result<u64, CallError> {
        let call = Call::get(Attempt::ReadTokenOwner, "/user".to_owned(), &["id"]);
        let asking = self
            .own_id
            .get_or_try_init(async || self.call(call).await?["id"].as_u64().ok_or_else(owner_unknown));
        asking.await.copied()
    }

    /// All entries of a list.
    ///
    /// # Errors
    /// The last failure; also when there are too many.
    pub(super) async fn list(&self, call: Call) -> Result<Vec<Value>, CallError> {
        let mut entries = Vec::new();
        let mut page = FIRST_PAGE.to_owned();
        for _ in 0..PAGES_LIMIT {
            let (body, next) = self.page(call.clone(), page).await?;
            match body {
                Value::Array(found) => entries.extend(found),
                other => return Err(no_list(call.attempt, &other)),
            }
            let Some(next) = next else { return Ok(entries) };
            page = next;
        }
        Err(CallError::list_too_long(call.attempt))
    }

    /// One page of a list, and the number of the next.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn page(&self, call: Call, page: String) -> Result<(Value, Option<String>), CallError> {
        let call = call.with_query("per_page", PAGE).with_query("page", page);
        let (body, headers) = self.exchange(call, JSON).await?;
        let next = headers.get(NEXT_PAGE_HEADER).and_then(|value| value.to_str().ok());
        Ok((body, next.filter(|next| !next.is_empty()).map(str::to_owned)))
    }

    async fn exchange(&self, mut call: Call, content_type: &str) -> Result<(Value, HeaderMap), CallError> {
        call.path = format!("{}{}", self.prefix, call.path);
        if content_type == JSON {
            let redacted = call.body.as_deref().map(redact_file).map(Cow::into_owned);
            call.body = redacted.map(Bytes::from);
        }
        let mut headers = HeaderMap::new();
        if let Some(token) = sensitive(self.token.expose_secret()) {
            headers.insert(TOKEN_HEADER, token);
        }
        if let Ok(content_type) = HeaderValue::from_str(content_type) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        retry(RetryPolicy::new(call.class, self.deadline, self.backoff()), async || {
            send(&self.http, &self.origin, &call, headers.clone(), call_limit(self.deadline)).await
        })
        .await
    }
}

/// The address of the API, if the token may go there and there is a project to ask about.
///
/// # Errors
/// When not.
pub(super) fn address(job: &Project, allows_plain: bool) -> Result<Url, PublishError> {
    if job.project_id.is_empty() {
        return Err(PublishError::not_offered(Problem::new(GitLabMessage::NoProject)));
    }
    api_address(&job.api_url, ACCESS, &job.server_url, allows_plain)
}

/// A project in a path: its number, or its own path with the slashes escaped.
pub(super) fn project(id: &str) -> String {
    format!("/projects/{}", uri::segment(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_escaped() {
        assert_eq!(project("group/sub.x"), "/projects/group%2Fsub.x");
        assert_eq!(project("42"), "/projects/42");
    }
}
