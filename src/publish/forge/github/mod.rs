//! GitHub: comments and check runs at a pull request, and findings for code scanning.

mod api;
mod check_run;
mod comment;
mod event;
mod identity;
mod place;
mod pull_request;
mod read;
mod refusal;
mod request;
mod response;
mod review;
mod sarif;

use super::address::{no_token, usable_token};
use super::glance::Glance;
use super::inline;
use super::interface::{self, EventPullRequest, Forge, InDiff, WantedComment};
use super::read::ReadError;
use super::sticky::{self, Form};
use crate::ci::TokenSource;
use crate::ci::github::Repository;
use crate::error::Problem;
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::{GitHubHint, GitHubMessage, Hint};
use crate::model::changed_lines::ChangedLines;
use crate::model::pull_request as model;
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Offer, PublishError};
use crate::publish::reviewed::{Identified, ReviewError};
use crate::publish::target::Target;
use crate::report::formats::markdown::{Page, render};
use api::Api;
use check_run::CheckRun;
use comment::Comments;
use event::PullRequest;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use identity::Owner;
use place::Place;
use read::{Memory, Reader};
use refusal::{is_of_personal_token, refusal};
use review::Review;
use sarif::UploadError;
use std::path::PathBuf;
use tokio::time::{Instant, timeout_at};

/// A repository on GitHub, or on a server that behaves like it.
#[derive(Debug)]
pub(super) struct GitHub {
    repository: Repository,
    token_source: TokenSource,
    memory: Memory,
    owner: Owner,
}

/// The way to the pull request, if there is one, and to the commit.
#[derive(Debug)]
struct Destination<'a> {
    github: &'a GitHub,
    config: &'a PublishConfig,
    api: Api,
    /// The commit this run is about, where the event names it.
    commit: Option<String>,
    pull_request: Result<Option<PullRequest>, PublishError>,
    glance: Glance,
}

impl GitHub {
    pub(super) fn new(repository: Repository, token_source: TokenSource) -> Self {
        Self { repository, token_source, memory: Memory::default(), owner: Owner::default() }
    }

    /// What to do where there is no token.
    const fn how_to_get_token(&self) -> Hint {
        Hint::GitHub(match self.token_source {
            TokenSource::Job => GitHubHint::GiveToken,
            TokenSource::Credentials => GitHubHint::BindToken,
        })
    }

    fn api(&self, config: &PublishConfig, deadline: Instant) -> Result<Api, PublishError> {
        let http = config.client(&self.repository.api_url)?;
        Api::new(&self.repository, self.how_to_get_token(), &http, deadline)
    }

    fn reader(&self, http: &HttpClient, deadline: Instant) -> Result<Reader<'_>, ReviewError> {
        let hint = self.how_to_get_token();
        usable_token(self.repository.token.as_ref(), api::ACCESS, hint.clone())
            .map_err(|error| ReviewError::Denied(error.problem))?;
        // What is left to be wrong is the address.
        let api = Api::new(&self.repository, hint, http, deadline)
            .map_err(|error| ReviewError::NotFound(error.problem))?;
        Ok(Reader { api, repository: &self.repository, memory: &self.memory })
    }

    /// `number`: the one that was asked for.
    fn review_error(&self, error: ReadError, number: Option<u64>) -> ReviewError {
        match error {
            ReadError::Call(error) => {
                ReviewError::of(&error, self.explain(&error, None, "pull-requests: read"), number)
            }
            ReadError::Other(error) => error,
        }
    }

    async fn find<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> Result<Destination<'a>, PublishError> {
        let api = self.api(config, deadline)?;
        let target = event::target_of(&self.repository).map_err(PublishError::not_offered)?;
        let commit = target.commit().map(str::to_owned);
        let finding = timeout_at(limit, pull_request::find(&api, &self.repository.name, target));
        let pull_request = match finding.await {
            Ok(found) => found.map_err(|error| {
                let problem = self.review_error(error, None).problem();
                let what = GitHubMessage::PullRequestUnknown { why: Box::new(problem.what) };
                PublishError::not_offered(Problem { what: what.into(), ..problem })
            }),
            Err(_) => Err(PublishError::out_of_time()),
        };
        let head = pull_request.as_ref().ok().and_then(|found| found.as_ref()?.head_sha.clone());
        let commit = commit.or(head);
        Ok(Destination { github: self, config, api, commit, pull_request, glance: Glance::default() })
    }

    async fn upload(
        &self,
        config: &PublishConfig,
        files: &[PathBuf],
        deadline: Instant,
    ) -> Result<(), PublishError> {
        if files.is_empty() {
            return Err(not_offered(GitHubMessage::NoFindings));
        }
        let subject = sarif::subject(&self.repository).ok_or_else(|| self.no_commit())?;
        let api = self.api(config, deadline)?;
        for file in files {
            let uploaded = sarif::upload(&api, &self.repository.name, &subject, file, deadline).await;
            uploaded.map_err(|error| match error {
                UploadError::Call(error) => {
                    PublishError::failed(self.explain(&error, None, "security-events: write"))
                }
                UploadError::Other(problem) => PublishError::failed(problem),
            })?;
        }
        Ok(())
    }

    /// The event runs on another commit than the one that was checked, or on none that is known.
    fn no_commit(&self) -> PublishError {
        not_offered(GitHubMessage::NoCommit { event: self.repository.event_name.clone() })
    }

    /// A failed call with what to do about it: by the reason that GitHub gives, else by the permission that is missing.
    fn explain(&self, error: &CallError, found: Option<&PullRequest>, permission: &'static str) -> Problem {
        let refusal = error.status.and_then(|status| refusal(status, error.said()));
        let hint = match (refusal, error.failure) {
            (Some(refusal), _) => GitHubHint::Refused(refusal),
            (None, Failure::Denied | Failure::NotFound) => self.permission_hint(error, found, permission),
            (None, _) => return Problem::from(error),
        };
        Problem::from(error).hint(Hint::GitHub(hint))
    }

    fn permission_hint(
        &self,
        error: &CallError,
        found: Option<&PullRequest>,
        permission: &'static str,
    ) -> GitHubHint {
        if is_of_personal_token(error.said()) {
            return GitHubHint::TokenPermission(permission);
        }
        // Other events of a fork's pull request run with a token that may write.
        if found.is_some_and(|found| found.is_from_fork) && self.repository.event_name == "pull_request" {
            return GitHubHint::Fork;
        }
        match self.token_source {
            TokenSource::Job => GitHubHint::JobPermission(permission),
            TokenSource::Credentials => GitHubHint::TokenPermission(permission),
        }
    }

    /// Whether there is a token that may go to the API, as far as this machine shows.
    fn check_token(&self, config: &PublishConfig) -> Result<(), Problem> {
        if self.repository.token.is_none() {
            return Err(no_token(api::ACCESS, self.how_to_get_token()));
        }
        api::address(&self.repository, config.http.allows_plain).map(drop).map_err(|error| error.problem)
    }
}

fn not_offered(what: GitHubMessage) -> PublishError {
    PublishError::not_offered(Problem::new(what))
}

impl Forge for GitHub {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment, Target::Review, Target::CheckRun, Target::Sarif]
    }

    fn offer(&self, target: Target, config: &PublishConfig) -> Offer {
        match target {
            Target::Comment | Target::Review => {
                self.check_token(config)?;
                let place = event::target_of(&self.repository)?.place();
                let place = place.ok_or_else(|| Problem::new(GitHubMessage::NothingInEvent))?;
                Ok(GitHubMessage::ReadyFor { place, permission: "pull-requests: write" }.into())
            }
            Target::CheckRun => {
                self.check_token(config)?;
                Ok(GitHubMessage::Ready { permission: "checks: write" }.into())
            }
            Target::Sarif => {
                self.check_token(config)?;
                Ok(GitHubMessage::Ready { permission: "security-events: write" }.into())
            }
            Target::Artifact | Target::Summary | Target::Annotations | Target::Outputs => {
                Err(PublishError::unknown_place(target).problem)
            }
        }
    }

    fn find_pull_request<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> LocalBoxFuture<'a, Result<Box<dyn interface::PullRequest + 'a>, PublishError>> {
        async move {
            let found = self.find(config, deadline, limit).await?;
            Ok(Box::new(found) as Box<dyn interface::PullRequest + 'a>)
        }
        .boxed_local()
    }

    fn of_event(&self) -> Option<EventPullRequest> {
        let target = event::target_of(&self.repository).ok()?;
        Some(EventPullRequest { number: target.number()?, is_from_fork: target.is_from_fork() })
    }

    fn job_head(&self) -> Option<String> {
        let (target, _) = event::read_target(&self.repository).ok()?;
        // The commit of a merge queue is none of the source branch.
        let is_queue = self.repository.event_name == read::QUEUE_EVENT;
        target.number().and(target.commit()).filter(|_| !is_queue).map(str::to_owned)
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

    fn upload_findings<'a>(
        &'a self,
        config: &'a PublishConfig,
        files: &'a [PathBuf],
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.upload(config, files, deadline).boxed_local()
    }
}

impl interface::PullRequest for Destination<'_> {
    fn look_ahead(&self) -> LocalBoxFuture<'_, ()> {
        async {
            if let Ok(found) = self.found() {
                let _ = self.glance.ahead(&Comments { place: self.place(found) }).await;
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
        self.write_check_run(page).boxed_local()
    }
}

impl Destination<'_> {
    /// The pull request to write to.
    fn found(&self) -> Result<&PullRequest, PublishError> {
        let found = self.pull_request.as_ref().map_err(Clone::clone)?.as_ref();
        found.ok_or_else(|| not_offered(GitHubMessage::NoPullRequest))
    }

    fn not_written(&self, error: &CallError, found: &PullRequest) -> PublishError {
        PublishError::of_write(error, self.github.explain(error, Some(found), "pull-requests: write"))
    }

    fn place(&self, found: &PullRequest) -> Place<'_> {
        Place {
            api: &self.api,
            owner: &self.github.owner,
            repository: &self.github.repository.name,
            number: found.number,
            key: &self.config.comment_key,
        }
    }

    async fn write_review(&self, shown: InDiff<'_>) -> Result<(), PublishError> {
        let found = self.found()?;
        let review = Review { place: self.place(found), shown };
        inline::write(&review, shown).await.map_err(|error| self.not_written(&error, found))
    }

    async fn write_comment(&self, wanted: WantedComment<'_>) -> Result<Option<String>, PublishError> {
        let found = self.found()?;
        let form = Form { room: comment::ROOM, has_visible_mark: false, hidden: "" };
        let comments = Comments { place: self.place(found) };
        let publishing = async {
            let present = self.glance.take(&comments).await?;
            sticky::publish(&comments, &present, form, wanted, (self.github, self.config)).await
        };
        publishing.await.map_err(|error| self.not_written(&error, found))
    }

    async fn write_check_run(&self, page: Page<'_>) -> Result<(), PublishError> {
        let repository = &self.github.repository.name;
        // Asked for now, or taken from the workflow's own branch, it could be another than the one that was checked.
        let checked = page.subject.document.checked_head();
        let head_sha = self.commit.as_deref().or(checked).ok_or_else(|| self.github.no_commit())?;
        let key = &self.config.comment_key;
        let check_run = CheckRun {
            api: &self.api,
            repository,
            head_sha,
            name: &format!("CodeArts Check ({key})"),
            external_id: &format!("{key}/{}", self.config.run_id),
            details_url: page.run_url.unwrap_or_default(),
        };
        let subject = page.subject;
        let summary = render(&page, check_run::ROOM);
        let title = subject.title();
        let conclusion = check_run::conclusion(subject.outcome, subject.exit_code);
        let written = check_run.write(conclusion, &title, &summary, subject.findings).await;
        written.map_err(|error| {
            PublishError::of_write(&error, self.github.explain(&error, None, "checks: write"))
        })
    }
}
