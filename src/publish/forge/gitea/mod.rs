//! Gitea and Forgejo: a comment on the pull request, and the status of the commit.

mod api;
mod comment;
mod event;
mod owner;
mod read;
mod refusal;
mod review;
mod status;

use super::address::{no_token, usable_token};
use super::glance::Glance;
use super::inline;
use super::interface::{EventPullRequest, Forge, InDiff, PullRequest, WantedComment};
use super::read::ReadError;
use super::rest::Rest;
use super::sticky::{self, Form, ROOM};
use crate::ci::TokenSource;
use crate::ci::gitea::Repository;
use crate::error::Problem;
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::messages::{GiteaHint, GiteaMessage, Hint};
use crate::model::changed_lines::ChangedLines;
use crate::model::pull_request as model;
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Offer, PublishError};
use crate::publish::reviewed::{Identified, ReviewError};
use crate::publish::target::Target;
use crate::report::formats::markdown::Page;
use comment::Comments;
use event::Known;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use owner::Owners;
use read::Reader;
use review::{PageOfReviews, Review};
use std::cell::{Cell, RefCell};
use tokio::time::{Instant, timeout_at};

/// A repository on a Gitea or Forgejo server.
#[derive(Debug)]
pub(super) struct Gitea {
    repository: Repository,
    token_source: TokenSource,
    /// Whose comments the token of the job has written.
    owners: Owners,
}

/// The way to the pull request, if there is one, and to the commit.
#[derive(Debug)]
struct Destination<'a> {
    gitea: &'a Gitea,
    config: &'a PublishConfig,
    api: Rest,
    /// The commit this run is about, where the event names it.
    commit: Option<String>,
    found: Result<Option<Known>, PublishError>,
    glance: Glance,
}

impl Gitea {
    pub(super) fn new(repository: Repository, token_source: TokenSource) -> Self {
        let owners = Owners::new(token_source == TokenSource::Job);
        Self { repository, token_source, owners }
    }

    /// What to do where there is no token.
    const fn how_to_get_token(&self) -> Hint {
        Hint::Gitea(match self.token_source {
            TokenSource::Job => GiteaHint::GiveToken,
            TokenSource::Credentials => GiteaHint::BindToken,
        })
    }

    fn reader(&self, http: &HttpClient, deadline: Instant) -> Result<Reader<'_>, ReviewError> {
        let hint = self.how_to_get_token();
        usable_token(self.repository.token.as_ref(), api::ACCESS, hint.clone())
            .map_err(|error| ReviewError::Denied(error.problem))?;
        // What is left to be wrong is the address.
        let api = api::api(&self.repository, hint, http.clone(), deadline)
            .map_err(|error| ReviewError::NotFound(error.problem))?;
        Ok(Reader { api, repository: &self.repository })
    }

    /// `number`: the one that was asked for.
    fn review_error(&self, error: ReadError, number: Option<u64>) -> ReviewError {
        match error {
            ReadError::Call(error) => ReviewError::of(&error, self.explain(&error, None), number),
            ReadError::Other(error) => error,
        }
    }

    async fn find<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> Result<Destination<'a>, PublishError> {
        let http = config.client(&self.repository.api_url)?;
        let api = api::api(&self.repository, self.how_to_get_token(), http, deadline)?;
        let target = event::target_of(&self.repository).map_err(PublishError::not_offered)?;
        let commit = target.commit().map(str::to_owned);
        let finding = async {
            if ![Target::Comment, Target::Review].iter().any(|target| config.wants(*target)) {
                return Ok(None);
            }
            read::find(&api, &self.repository, target).await
        };
        let found = match timeout_at(limit, finding).await {
            Ok(found) => found.map_err(|error| {
                let problem = self.review_error(error, None).problem();
                let what = GiteaMessage::PullRequestUnknown { why: Box::new(problem.what) };
                PublishError::not_offered(Problem { what: what.into(), ..problem })
            }),
            Err(_) => Err(PublishError::out_of_time()),
        };
        Ok(Destination { gitea: self, config, api, commit, found, glance: Glance::default() })
    }

    /// A failed call with what to do about it, by the reason that the server gives.
    fn explain(&self, error: &CallError, found: Option<&Known>) -> Problem {
        // Whoever hands over a token of their own has chosen its rights.
        let is_job = self.token_source == TokenSource::Job;
        let is_from_fork = is_job && found.is_some_and(|known| known.is_from_fork == Some(true));
        let refusal = error.status.and_then(|status| refusal::refusal(status, error.said(), is_from_fork));
        let hint = refusal.map(|refusal| Hint::Gitea(GiteaHint::Refused(refusal)));
        hint.into_iter().fold(Problem::from(error), Problem::hint)
    }

    /// Whether there is a token that may go to the API, as far as this machine shows.
    fn check_token(&self, config: &PublishConfig) -> Result<(), Problem> {
        if self.repository.token.is_none() {
            return Err(no_token(api::ACCESS, self.how_to_get_token()));
        }
        api::address(&self.repository, config.http.allows_plain).map(drop).map_err(|error| error.problem)
    }
}

fn not_offered(what: GiteaMessage) -> PublishError {
    PublishError::not_offered(Problem::new(what))
}

impl Forge for Gitea {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment, Target::Review, Target::CheckRun]
    }

    fn offer(&self, target: Target, config: &PublishConfig) -> Offer {
        match target {
            Target::Comment | Target::Review => {
                self.check_token(config)?;
                let place = event::target_of(&self.repository)?.place();
                let place = place.ok_or_else(|| Problem::new(GiteaMessage::NothingInEvent))?;
                Ok(GiteaMessage::ReadyFor(place).into())
            }
            Target::CheckRun => self.check_token(config).map(|()| GiteaMessage::Ready.into()),
            Target::Artifact | Target::Summary | Target::Annotations | Target::Outputs | Target::Sarif => {
                Err(PublishError::unknown_place(target).problem)
            }
        }
    }

    fn find_pull_request<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> LocalBoxFuture<'a, Result<Box<dyn PullRequest + 'a>, PublishError>> {
        async move {
            let found = self.find(config, deadline, limit).await?;
            Ok(Box::new(found) as Box<dyn PullRequest + 'a>)
        }
        .boxed_local()
    }

    fn of_event(&self) -> Option<EventPullRequest> {
        let target = event::target_of(&self.repository).ok()?;
        let Known { number, is_from_fork, .. } = target.known()?;
        Some(EventPullRequest { number: *number, is_from_fork: *is_from_fork })
    }

    fn job_head(&self) -> Option<String> {
        event::read_target(&self.repository).ok()?.0.known()?.head.clone()
    }

    fn api_url(&self) -> &str {
        &self.repository.api_url
    }

    fn identify<'a>(
        &'a self,
        number: Option<u64>,
        http: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<Identified, ReviewError>> {
        async move {
            let found = self.reader(http, deadline)?.identify(number).await;
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
            let current = self.reader(http, deadline)?.current(pull_request.number).await;
            current.map_err(|error| self.review_error(error, None))
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
            let changed = self.reader(http, deadline)?.changed_lines(pull_request.number).await;
            changed.map_err(|error| self.review_error(error, None))
        }
        .boxed_local()
    }
}

impl PullRequest for Destination<'_> {
    fn look_ahead(&self) -> LocalBoxFuture<'_, ()> {
        async {
            if let Ok(found) = self.found() {
                let _ = self.glance.ahead(&self.comments(found)).await;
            }
        }
        .boxed_local()
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
        self.write_status(page).boxed_local()
    }
}

impl Destination<'_> {
    /// The pull request to write to.
    fn found(&self) -> Result<&Known, PublishError> {
        let found = self.found.as_ref().map_err(Clone::clone)?.as_ref();
        found.ok_or_else(|| not_offered(GiteaMessage::NoPullRequest))
    }

    fn comments(&self, found: &Known) -> Comments<'_> {
        Comments {
            api: &self.api,
            owners: &self.gitea.owners,
            repository: &self.gitea.repository.name,
            number: found.number,
            key: &self.config.comment_key,
        }
    }

    async fn write_review(&self, shown: InDiff<'_>) -> Result<(), PublishError> {
        let found = self.found()?;
        let review = Review {
            api: &self.api,
            owners: &self.gitea.owners,
            repository: &self.gitea.repository.name,
            number: found.number,
            key: &self.config.comment_key,
            shown,
            drafts: RefCell::default(),
            last: Cell::new(PageOfReviews::FIRST),
        };
        let written = inline::write(&review, shown).await;
        written.map_err(|error| PublishError::failed(self.gitea.explain(&error, Some(found))))
    }

    async fn write_comment(&self, wanted: WantedComment<'_>) -> Result<Option<String>, PublishError> {
        let found = self.found()?;
        let form = Form { room: ROOM, has_visible_mark: false, hidden: "" };
        let comments = self.comments(found);
        let publishing = async {
            let present = self.glance.take(&comments).await?;
            sticky::publish(&comments, &present, form, wanted, (self.gitea, self.config)).await
        };
        publishing
            .await
            .map_err(|error| PublishError::of_write(&error, self.gitea.explain(&error, Some(found))))
    }

    async fn write_status(&self, page: Page<'_>) -> Result<(), PublishError> {
        let repository = &self.gitea.repository;
        // Asked for now, it could be another than the one that was checked.
        let checked = page.subject.document.checked_head();
        let sha = self.commit.as_deref().or(checked);
        let sha =
            sha.ok_or_else(|| not_offered(GiteaMessage::NoCommit { event: repository.event_name.clone() }))?;
        let written = status::write(&self.api, &repository.name, sha, &self.config.comment_key, page).await;
        written.map_err(|error| PublishError::of_write(&error, self.gitea.explain(&error, None)))
    }
}
