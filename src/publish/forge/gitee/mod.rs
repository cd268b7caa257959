//! Gitee and GitCode: a comment on the pull request, and on Gitee a check run. One adapter; `dialect` holds what differs.

mod api;
mod check_run;
mod comment;
mod dialect;
mod event;
mod read;
mod review;

use super::address::{no_token, usable_token};
use super::glance::Glance;
use super::inline;
use super::interface::{EventPullRequest, Forge, InDiff, PullRequest, WantedComment};
use super::read::ReadError;
use super::sticky::{self, Form, ROOM};
use crate::ci::TokenSource;
use crate::ci::gitee::Repository;
use crate::error::Problem;
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::messages::{GiteeHint, GiteeMessage, GiteeRefusal, Hint};
use crate::model::changed_lines::ChangedLines;
use crate::model::pull_request as model;
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Offer, PublishError};
use crate::publish::reviewed::{Identified, ReviewError};
use crate::publish::target::Target;
use crate::report::formats::markdown::Page;
use api::Api;
use comment::Comments;
use dialect::Speaks as _;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use review::Review;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// A repository on Gitee or GitCode.
#[derive(Debug)]
pub(super) struct Gitee {
    job: Repository,
    token_source: TokenSource,
}

/// The way to a pull request.
#[derive(Debug)]
struct Destination<'a> {
    gitee: &'a Gitee,
    config: &'a PublishConfig,
    api: Api<'a>,
    number: u64,
    /// The head that the job was started for, where that is known.
    head: Option<String>,
    glance: Glance,
}

impl Gitee {
    pub(super) const fn new(job: Repository, token_source: TokenSource) -> Self {
        Self { job, token_source }
    }

    /// What to do where there is no token.
    fn how_to_get_token(&self) -> Hint {
        let forge = self.job.kind.forge();
        Hint::Gitee(match self.token_source {
            TokenSource::Job => GiteeHint::SetToken(forge),
            TokenSource::Credentials => GiteeHint::BindToken(forge),
        })
    }

    fn api(&self, http: &HttpClient, deadline: Instant) -> Result<Api<'_>, ReviewError> {
        let hint = self.how_to_get_token();
        usable_token(self.job.token.as_ref(), self.job.kind.access(), hint.clone())
            .map_err(|error| ReviewError::Denied(error.problem))?;
        // What is left to be wrong is the address.
        Api::new(&self.job, hint, http.clone(), deadline)
            .map_err(|error| ReviewError::NotFound(error.problem))
    }

    /// `number`: the one that was asked for.
    fn review_error(&self, error: ReadError, number: Option<u64>) -> ReviewError {
        match error {
            ReadError::Call(error) => ReviewError::of(&error, self.explain(&error), number),
            ReadError::Other(error) => error,
        }
    }

    /// A failed call with what to do about it.
    fn explain(&self, error: &CallError) -> Problem {
        let refusal = error.status.and_then(GiteeRefusal::of);
        let hint = refusal.map(|refusal| Hint::Gitee(GiteeHint::Refused(self.job.kind.forge(), refusal)));
        hint.into_iter().fold(Problem::from(error), Problem::hint)
    }

    fn no_pull_request(&self) -> Problem {
        Problem::new(GiteeMessage::NoPullRequest(self.job.kind.forge()))
    }

    fn find<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
    ) -> Result<Destination<'a>, PublishError> {
        let http = config.client(&self.job.api_url)?;
        let api = Api::new(&self.job, self.how_to_get_token(), http, deadline)?;
        let known = event::known(&self.job);
        let number = known.number.ok_or_else(|| PublishError::not_offered(self.no_pull_request()))?;
        Ok(Destination { gitee: self, config, api, number, head: known.head, glance: Glance::default() })
    }
}

impl Forge for Gitee {
    fn targets(&self) -> &'static [Target] {
        self.job.kind.targets()
    }

    fn offer(&self, target: Target, config: &PublishConfig) -> Offer {
        if !self.targets().contains(&target) {
            return Err(PublishError::unknown_place(target).problem);
        }
        let access = self.job.kind.access();
        if self.job.token.is_none() {
            return Err(no_token(access, self.how_to_get_token()));
        }
        api::address(&self.job, config.http.allows_plain).map_err(|error| error.problem)?;
        let number = event::known(&self.job).number.ok_or_else(|| self.no_pull_request())?;
        let (repository, token) = (self.job.name.clone(), access.token);
        Ok(GiteeMessage::Ready { number, repository, token }.into())
    }

    fn find_pull_request<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        _limit: Instant,
    ) -> LocalBoxFuture<'a, Result<Box<dyn PullRequest + 'a>, PublishError>> {
        async move { Ok(Box::new(self.find(config, deadline)?) as Box<dyn PullRequest + 'a>) }.boxed_local()
    }

    fn of_event(&self) -> Option<EventPullRequest> {
        let known = event::known(&self.job);
        Some(EventPullRequest { number: known.number?, is_from_fork: known.is_from_fork })
    }

    fn job_head(&self) -> Option<String> {
        event::read_known(&self.job).0.head
    }

    fn api_url(&self) -> &str {
        &self.job.api_url
    }

    fn identify<'a>(
        &'a self,
        number: Option<u64>,
        http: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<Identified, ReviewError>> {
        async move {
            let found = read::identify(&self.api(http, deadline)?, number).await;
            found.map_err(|error| self.review_error(error, number))
        }
        .boxed_local()
    }

    fn current<'a>(
        &'a self,
        pull_request: &'a model::PullRequest,
        http: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<model::PullRequest, ReviewError>> {
        async move {
            let current = read::describe(&self.api(http, deadline)?, pull_request.number).await;
            current.map(|current| current.pull_request).map_err(|error| self.review_error(error, None))
        }
        .boxed_local()
    }

    fn changed_lines<'a>(
        &'a self,
        pull_request: &'a model::PullRequest,
        http: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<ChangedLines, ReviewError>> {
        async move {
            let changed = read::changed_lines(&self.api(http, deadline)?, pull_request).await;
            changed.map_err(|error| self.review_error(error, None))
        }
        .boxed_local()
    }
}

impl PullRequest for Destination<'_> {
    fn look_ahead(&self) -> LocalBoxFuture<'_, ()> {
        async { drop(self.glance.ahead(&self.comments()).await) }.boxed_local()
    }

    fn comment<'a>(
        &'a self,
        wanted: WantedComment<'a>,
    ) -> LocalBoxFuture<'a, Result<Option<String>, PublishError>> {
        self.write_comment(wanted).boxed_local()
    }

    fn review<'a>(&'a self, shown: InDiff<'a>) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.write_review(shown).boxed_local()
    }

    fn check_run<'a>(&'a self, page: Page<'a>) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.write_check_run(page).boxed_local()
    }
}

impl Destination<'_> {
    fn comments(&self) -> Comments<'_> {
        Comments { api: &self.api, number: self.number, key: &self.config.comment_key }
    }

    async fn write_review(&self, shown: InDiff<'_>) -> Result<(), PublishError> {
        let review = Review {
            api: &self.api,
            number: self.number,
            key: &self.config.comment_key,
            shown,
            patches: OnceCell::new(),
        };
        let written = inline::write(&review, shown).await;
        written.map_err(|error| PublishError::failed(self.gitee.explain(&error)))
    }

    async fn write_comment(&self, wanted: WantedComment<'_>) -> Result<Option<String>, PublishError> {
        let form = Form { room: ROOM, has_visible_mark: true, hidden: "" };
        let comments = self.comments();
        let publishing = async {
            let present = self.glance.take(&comments).await?;
            sticky::publish(&comments, &present, form, wanted, (self.gitee, self.config)).await
        };
        publishing.await.map_err(|error| PublishError::of_write(&error, self.gitee.explain(&error)))
    }

    /// On the commit that was checked, else on the one that the job is about; only the forge links it to the pull request.
    async fn write_check_run(&self, page: Page<'_>) -> Result<(), PublishError> {
        let described = read::describe(&self.api, self.number).await;
        let described = described
            .map_err(|error| PublishError::failed(self.gitee.review_error(error, None).problem()))?;
        // Asked for now, the head could be another than the one that was checked.
        let checked = page.subject.document.checked_head();
        let head = checked.or(self.head.as_deref()).unwrap_or(&described.pull_request.head);
        let written = check_run::write(&self.api, &described, head, &self.config.comment_key, page).await;
        written.map_err(|error| PublishError::of_write(&error, self.gitee.explain(&error)))
    }
}
