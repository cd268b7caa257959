//! GitHub: comments and check runs at a pull request, and findings for code scanning.

mod api;
mod check_run;
mod comment;
mod event;
mod pull_request;
mod refusal;
mod request;
mod response;
mod sarif;

use super::interface::{self, Forge};
use super::sticky::{self, Conversation as _};
use crate::ci::TokenSource;
use crate::ci::github::Repository;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::model::finding::Counts;
use crate::publish::plan::PublishConfig;
use crate::publish::results::PublishError;
use crate::publish::target::Target;
use crate::report::pages::markdown::{Page, render};
use api::Api;
use check_run::CheckRun;
use comment::Comments;
use event::PullRequest;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use refusal::reason;
use std::path::PathBuf;
use tokio::time::{Instant, timeout_at};

/// A repository on GitHub, or on a server that behaves like it.
#[derive(Debug)]
pub(super) struct GitHub {
    repository: Repository,
    token_source: TokenSource,
}

/// The way to the pull request, if there is one, and to the commit.
#[derive(Debug)]
struct Context<'a> {
    github: &'a GitHub,
    config: &'a PublishConfig,
    api: Api,
    /// The commit this run is about, where the event names it.
    commit: Option<String>,
    pull_request: Result<Option<PullRequest>, PublishError>,
}

impl GitHub {
    pub(super) const fn new(repository: Repository, token_source: TokenSource) -> Self {
        Self { repository, token_source }
    }

    /// What to do where there is no token.
    const fn no_token(&self) -> &'static str {
        match self.token_source {
            TokenSource::Job => "there is no GITHUB_TOKEN: give the step `GITHUB_TOKEN: ${{ github.token }}`",
            TokenSource::Credentials => "there is no GITHUB_TOKEN: bind one with `withCredentials`",
        }
    }

    fn api(&self, config: &PublishConfig, deadline: Instant) -> Result<Api, PublishError> {
        let http = config.client(&self.repository.api_url)?;
        Api::new(&self.repository, self.no_token(), &http, deadline)
    }

    async fn find<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> Result<Context<'a>, PublishError> {
        let api = self.api(config, deadline)?;
        let target = event::target_of(&self.repository).map_err(PublishError::NotOffered)?;
        let commit = target.commit().map(str::to_owned);
        let finding = timeout_at(limit, pull_request::find(&api, &self.repository.name, target));
        let pull_request = match finding.await {
            Ok(found) => found.map_err(|error| {
                let why = self.refused(&error, None, "pull-requests: read");
                let why = why.reason();
                PublishError::NotOffered(format!("which pull request this is about is not known: {why}"))
            }),
            Err(_) => Err(PublishError::out_of_time()),
        };
        let head = pull_request.as_ref().ok().and_then(|found| found.as_ref()?.head_sha.clone());
        Ok(Context { github: self, config, api, commit: commit.or(head), pull_request })
    }

    async fn upload(
        &self,
        config: &PublishConfig,
        files: &[PathBuf],
        deadline: Instant,
    ) -> Result<(), PublishError> {
        if files.is_empty() {
            return Err(PublishError::NotOffered("there are no findings to upload".to_owned()));
        }
        let subject = sarif::subject(&self.repository).ok_or_else(|| {
            let event = &self.repository.event_name;
            PublishError::NotOffered(format!("the event `{event}` does not tell which commit was checked"))
        })?;
        let api = self.api(config, deadline)?;
        for file in files {
            let uploaded = sarif::upload(&api, &self.repository.name, &subject, file, deadline).await;
            uploaded.map_err(|error| match error {
                sarif::UploadError::Call(error) => self.refused(&error, None, "security-events: write"),
                sarif::UploadError::Publish(error) => error,
            })?;
        }
        Ok(())
    }

    /// What a refusal means for the reader: the reason that GitHub gives, else a permission that is missing.
    fn refused(&self, error: &CallError, found: Option<&PullRequest>, permission: &str) -> PublishError {
        let is_refused = matches!(
            error.failure,
            Failure::Denied
                | Failure::NotFound
                | Failure::Unauthenticated
                | Failure::Busy
                | Failure::Rejected
        );
        let reason = error.status.filter(|_| is_refused).and_then(|status| reason(status, error.said()));
        if let Some(reason) = reason {
            return PublishError::Failed(format!("{error}; {}", reason.advice(permission)));
        }
        if !matches!(error.failure, Failure::Denied | Failure::NotFound) {
            return PublishError::Failed(error.to_string());
        }
        // Other events of a fork's pull request run with a token that may write.
        let reads_only =
            found.is_some_and(|found| found.is_from_fork) && self.repository.event_name == "pull_request";
        PublishError::Failed(match self.token_source {
            _ if reads_only => format!(
                "{error}; the token of a pull request from a fork may only read: the summary of this job says the same"
            ),
            TokenSource::Job => format!("{error}; give the job `permissions: {permission}`"),
            TokenSource::Credentials => {
                format!("{error}; GITHUB_TOKEN needs the permission `{permission}` for the repository")
            }
        })
    }
}

impl Forge for GitHub {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment, Target::CheckRun, Target::Sarif]
    }

    fn offer(&self, target: Target, config: &PublishConfig) -> Result<String, String> {
        let with_token = |permission: &str| match self.repository.token {
            Some(_) => match api::address(&self.repository, config.http.allows_plain) {
                Ok(_) => Ok(format!("GITHUB_TOKEN is there; it needs `{permission}`")),
                Err(error) => Err(error.reason().to_owned()),
            },
            None => Err(self.no_token().to_owned()),
        };
        match target {
            Target::Comment => {
                let event = event::target_of(&self.repository)?;
                let place = event.describe().ok_or("the event is about no pull request and no commit")?;
                Ok(format!("{}; {place}", with_token("pull-requests: write")?))
            }
            Target::CheckRun => with_token("checks: write"),
            Target::Sarif => with_token("security-events: write"),
            Target::Artifact | Target::Summary | Target::Annotations | Target::Outputs => {
                Err(PublishError::unknown_place(target).reason().to_owned())
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

    fn upload_findings<'a>(
        &'a self,
        config: &'a PublishConfig,
        files: &'a [PathBuf],
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.upload(config, files, deadline).boxed_local()
    }
}

impl interface::PullRequest for Context<'_> {
    fn comment<'a>(
        &'a self,
        page: Page<'a>,
        before: &'a mut Option<Counts>,
    ) -> LocalBoxFuture<'a, Result<String, PublishError>> {
        self.write_comment(page, before).boxed_local()
    }

    fn check_run<'a>(&'a self, page: Page<'a>) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.write_check_run(page).boxed_local()
    }
}

impl Context<'_> {
    async fn write_comment(
        &self,
        page: Page<'_>,
        before: &mut Option<Counts>,
    ) -> Result<String, PublishError> {
        let found =
            self.pull_request.as_ref().map_err(Clone::clone)?.as_ref().ok_or_else(|| {
                PublishError::NotOffered("this run belongs to no open pull request".to_owned())
            })?;
        let key = &self.config.comment_key;
        let repository = &self.github.repository.name;
        let comments = Comments { api: &self.api, repository, number: found.number, key };
        let failed = |error: CallError| self.github.refused(&error, Some(found), "pull-requests: write");
        let present = comments.look().await.map_err(failed)?;
        let text = render(&sticky::compared(page, &present, before), comment::ROOM);
        let body = sticky::marked(key, &text, page.subject.document.counts());
        let url = sticky::write(&comments, &present, &body).await.map_err(failed)?;
        tracing::info!("comment: {}", if url.is_empty() { "written" } else { &url });
        Ok(url)
    }

    async fn write_check_run(&self, page: Page<'_>) -> Result<(), PublishError> {
        let Repository { name: repository, event_name, .. } = &self.github.repository;
        // Asked for now, or taken from the workflow's own branch, it could be another than the one that was checked.
        let head_sha = self.commit.as_deref().ok_or_else(|| {
            let why = format!("the event `{event_name}` does not tell which commit this is about");
            PublishError::NotOffered(why)
        })?;
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
        let title = subject.headline();
        let conclusion = check_run::conclusion(subject.outcome, subject.exit_code);
        let failed = |error: CallError| self.github.refused(&error, None, "checks: write");
        check_run.write(conclusion, &title, &summary, subject.findings).await.map_err(failed)
    }
}
