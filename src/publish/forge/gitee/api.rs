//! The REST API of version 5 for one token (`ci/forges-cn`, sections 1 and 2).

use super::dialect::{Speaks as _, id};
use crate::ci::gitee::Repository;
use crate::error::Problem;
use crate::http::HttpClient;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::messages::{Attempt, GiteeHint, GiteeMessage, Hint};
use crate::publish::forge::address::{api_address, usable_token};
use crate::publish::forge::rest::Rest;
use crate::publish::forge::sticky::owner_unknown;
use crate::publish::results::PublishError;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

/// Entries a page, the most that either forge gives.
const PAGE: usize = 100;
/// Pages of a list that are read. No conversation that anybody reads has more.
const PAGES_LIMIT: usize = 50;

/// The API of a repository.
#[derive(Debug)]
pub(super) struct Api<'a> {
    /// The repository, and what the job knows of its pull request.
    pub(super) job: &'a Repository,
    rest: Rest,
    own_id: OnceCell<String>,
}

impl<'a> Api<'a> {
    /// Prepares to talk for the job's token until `deadline`.
    ///
    /// # Errors
    /// When there is no token or no repository, or the address cannot be used.
    pub(super) fn new(
        job: &'a Repository,
        how_to_get_token: Hint,
        http: HttpClient,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        let access = job.kind.access();
        let token = usable_token(job.token.as_ref(), access, how_to_get_token)?;
        let address = address(job, http.allows_plain())?;
        let (name, value) = job.kind.header(token.expose_secret());
        let rest = Rest::new(&address, access.api, (name, &value), http, deadline)?;
        Ok(Self { job, rest, own_id: OnceCell::new() })
    }

    /// How often something is created anew whose answer was lost.
    pub(super) fn tries(&self) -> Tries {
        self.rest.tries()
    }

    /// Sends a call, again where that is safe and may help; `path` is relative to the repository.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn call(&self, call: Call) -> Result<Value, CallError> {
        Ok(self.rest.call(self.of_repository(call)).await?.0)
    }

    fn of_repository(&self, call: Call) -> Call {
        let path = format!("/repos/{}{}", self.job.name, call.path);
        Call { path, dialect: self.job.kind.dialect(), ..call }
    }

    /// The user whose token this is, asked for once.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn own_id(&self) -> Result<&str, CallError> {
        let asking = self.own_id.get_or_try_init(async || {
            let call = Call::get(Attempt::ReadTokenOwner, "/user", &["id"]);
            let (user, _) = self.rest.call(Call { dialect: self.job.kind.dialect(), ..call }).await?;
            id(&user["id"]).ok_or_else(owner_unknown)
        });
        asking.await.map(String::as_str)
    }

    /// All entries of a list: a page that is not full is the last, and so is one that the server has given before.
    ///
    /// # Errors
    /// The last failure; also when there are too many.
    pub(super) async fn list(&self, call: Call) -> Result<Vec<Value>, CallError> {
        let mut entries: Vec<Value> = Vec::new();
        for number in 1..=PAGES_LIMIT {
            let page = self.page(&call, number).await?;
            let (is_last, is_known) =
                (page.len() < PAGE, page.first().is_some_and(|first| entries.contains(first)));
            if !is_known {
                entries.extend(page);
            }
            if is_last || is_known {
                return Ok(entries);
            }
        }
        Err(CallError::list_too_long(call.attempt))
    }

    /// A page of a list, from 1.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn page(&self, call: &Call, number: usize) -> Result<Vec<Value>, CallError> {
        let call =
            call.clone().with_query("page", number.to_string()).with_query("per_page", PAGE.to_string());
        Ok(self.rest.list(self.of_repository(call)).await?.0)
    }
}

/// The address of the API, if the token may go there and there is a repository to ask about.
///
/// # Errors
/// When not.
pub(super) fn address(job: &Repository, allows_plain: bool) -> Result<Url, PublishError> {
    let forge = job.kind.forge();
    if job.name.is_empty() {
        let problem = Problem::new(GiteeMessage::NoRepository(forge));
        return Err(PublishError::not_offered(problem.hint(Hint::Gitee(GiteeHint::NameRepository(forge)))));
    }
    api_address(&job.api_url, job.kind.access(), &job.server_url, allows_plain)
}
