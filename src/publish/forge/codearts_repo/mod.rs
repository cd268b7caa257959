//! CodeArts Repo: a comment on the merge request, as a discussion that is resolved when the gate is green.

mod discussions;
mod read;

use super::interface::{Forge, PullRequest, WantedComment};
use super::sticky;
use crate::ci::codearts_repo::Repository;
use crate::codearts::errors::with_hints;
use crate::codearts::repo::{MergeRequest, Repo};
use crate::error::Problem;
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::log_problem;
use crate::messages::{CodeArtsRepoHint, CodeArtsRepoMessage};
use crate::model::changed_lines::ChangedLines;
use crate::model::pull_request as model;
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Offer, PublishError};
use crate::publish::reviewed::{Identified, ReviewError};
use crate::publish::target::Target;
use crate::report::formats::markdown::render;
use discussions::Discussions;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use std::slice;
use std::sync::Arc;
use sticky::{Comment, Conversation as _, Marks, ROOM, without_commands};
use tokio::time::{Instant, timeout_at};

/// Users whose comments carry the mark and cannot be edited, before no comment is written: each costs a request.
const STRANGERS_LIMIT: usize = 3;

/// A repository on CodeArts Repo.
#[derive(Debug)]
pub(super) struct CodeArtsRepo {
    repository: Repository,
    repo: Option<Arc<Repo>>,
}

/// The way to the merge request.
#[derive(Debug)]
struct Destination<'a> {
    forge: &'a CodeArtsRepo,
    config: &'a PublishConfig,
    repo: &'a Repo,
    place: MergeRequest,
    deadline: Instant,
}

impl CodeArtsRepo {
    pub(super) const fn new(repository: Repository) -> Self {
        Self { repository, repo: None }
    }

    fn repo(&self) -> Result<&Repo, Problem> {
        let unknown = || Problem::new(CodeArtsRepoMessage::NoEndpoint).hint(CodeArtsRepoHint::NameEndpoint);
        self.repo.as_deref().ok_or_else(unknown)
    }

    /// The number of the merge request that this job is about.
    fn iid(&self) -> Result<u64, Problem> {
        let unknown = || Problem::new(CodeArtsRepoMessage::NoMergeRequest).hint(CodeArtsRepoHint::HandOver);
        self.repository.iid.ok_or_else(unknown)
    }

    fn no_repository(&self) -> Problem {
        let url = self.repository.url.clone();
        Problem::new(CodeArtsRepoMessage::NoRepository { url }).hint(CodeArtsRepoHint::Project)
    }

    async fn described(
        &self,
        number: u64,
        is_named: bool,
        deadline: Instant,
    ) -> Result<model::PullRequest, ReviewError> {
        let repo = self.repo().map_err(ReviewError::NotFound)?;
        let named = is_named.then_some(number);
        let failed = |named| move |error: CallError| ReviewError::of(&error, explain(&error), named);
        let Repository { project_id, url, .. } = &self.repository;
        let found = repo.repository(project_id, url, deadline).await.map_err(failed(None))?;
        let repository = found.ok_or_else(|| ReviewError::NotFound(self.no_repository()))?;
        let place = MergeRequest { repository, iid: number };
        let body = repo.merge_request(place, deadline).await.map_err(failed(named))?;
        read::described_in(&body, number, &self.repository)
    }

    async fn find<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
    ) -> Result<Destination<'a>, PublishError> {
        let iid = self.iid().map_err(PublishError::not_offered)?;
        let repo = self.repo().map_err(PublishError::not_offered)?;
        let Repository { project_id, url, .. } = &self.repository;
        let found = repo.repository(project_id, url, deadline).await;
        let found = found.map_err(|error| PublishError::failed(explain(&error)))?;
        let repository = found.ok_or_else(|| PublishError::not_offered(self.no_repository()))?;
        let place = MergeRequest { repository, iid };
        Ok(Destination { forge: self, config, repo, place, deadline })
    }
}

/// A failed call with what to do about it.
fn explain(error: &CallError) -> Problem {
    let hint = match error.failure {
        Failure::Denied => Some(CodeArtsRepoHint::Role),
        Failure::NotFound => Some(CodeArtsRepoHint::Project),
        Failure::Busy => Some(CodeArtsRepoHint::Rate),
        Failure::Unauthenticated
        | Failure::Unreachable
        | Failure::Tls(_)
        | Failure::ProxyRefused
        | Failure::Lost
        | Failure::Unavailable
        | Failure::Unreadable
        | Failure::TooLarge
        | Failure::Inner
        | Failure::Conflict
        | Failure::Rejected => None,
    };
    match hint {
        Some(hint) => Problem::from(error).hint(hint),
        None => with_hints(error),
    }
}

impl Forge for CodeArtsRepo {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment]
    }

    fn offer(&self, target: Target, _: &PublishConfig) -> Offer {
        match target {
            Target::Comment => {
                let repository = self.repository.name.clone();
                Ok(CodeArtsRepoMessage::Ready { iid: self.iid()?, repository }.into())
            }
            Target::CheckRun
            | Target::Review
            | Target::Artifact
            | Target::Summary
            | Target::Annotations
            | Target::Outputs
            | Target::Sarif => Err(PublishError::unknown_place(target).problem),
        }
    }

    fn connect(&mut self, repo: &Arc<Repo>) {
        self.repo = Some(Arc::clone(repo));
    }

    fn lacks_changed_lines(&self) -> Option<model::ForgeName> {
        Some(model::ForgeName::CodeArtsRepo)
    }

    fn find_pull_request<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> LocalBoxFuture<'a, Result<Box<dyn PullRequest + 'a>, PublishError>> {
        async move {
            let found = timeout_at(limit, self.find(config, deadline)).await;
            let found = found.unwrap_or_else(|_| Err(PublishError::out_of_time()))?;
            Ok(Box::new(found) as Box<dyn PullRequest + 'a>)
        }
        .boxed_local()
    }

    /// The service has a client of its own.
    fn api_url(&self) -> &str {
        ""
    }

    fn identify<'a>(
        &'a self,
        number: Option<u64>,
        _: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<Identified, ReviewError>> {
        async move {
            let iid = match number {
                Some(number) => number,
                None => self.iid().map_err(ReviewError::NotFound)?,
            };
            let pull_request = self.described(iid, number.is_some(), deadline).await?;
            // COMMIT_ID may be a merge of both branches: nothing shows which head the job was started for.
            Ok(Identified { pull_request, job_head: None })
        }
        .boxed_local()
    }

    fn current<'a>(
        &'a self,
        pull_request: &'a model::PullRequest,
        _: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<model::PullRequest, ReviewError>> {
        self.described(pull_request.number, false, deadline).boxed_local()
    }

    fn changed_lines<'a>(
        &'a self,
        _: &'a model::PullRequest,
        _: &'a HttpClient,
        _: Instant,
    ) -> LocalBoxFuture<'a, Result<ChangedLines, ReviewError>> {
        let problem = Problem::new(CodeArtsRepoMessage::NoChangedLines);
        async { Err(ReviewError::NotFound(problem)) }.boxed_local()
    }
}

impl PullRequest for Destination<'_> {
    fn comment<'a>(
        &'a self,
        wanted: WantedComment<'a>,
    ) -> LocalBoxFuture<'a, Result<Option<String>, PublishError>> {
        self.write(wanted).boxed_local()
    }
}

impl Destination<'_> {
    async fn write(&self, wanted: WantedComment<'_>) -> Result<Option<String>, PublishError> {
        let WantedComment { page, before, mode, is_sent } = wanted;
        let failed = |error: CallError| PublishError::of_write(&error, explain(&error));
        let key = &self.config.comment_key;
        let discussions = Discussions::new(self.repo, self.place, key, self.deadline);
        let mut present = discussions.look().await.map_err(failed)?;
        let surroundings = (self.forge as &dyn Forge, self.config);
        if sticky::kept(&page, &present, mode, surroundings, discussions.tries()).await.is_some() {
            return Ok(Some(String::new()));
        }
        let marks = Marks::new(key, &page, self.forge);
        let mut strangers = 0;
        let note = loop {
            // Counts in a stranger's comment are compared with nothing.
            let mut known = *before;
            let own = present.first();
            let shown = sticky::compared(page, own.map_or(&[], slice::from_ref), &mut known);
            let body = marks.around_visibly(&without_commands(&render(&shown, ROOM)));
            match (
                sticky::write(&discussions, own.map_or(&[], slice::from_ref), &body, mode, is_sent).await,
                own,
            ) {
                (Ok(None), _) => return Ok(None),
                (Ok(Some(_)), own) => {
                    *before = known;
                    break own.map(|own| own.id).or_else(|| discussions.latest());
                }
                (Err(error), Some(Comment { id, .. })) if error.failure == Failure::Denied => {
                    strangers += 1;
                    if strangers > STRANGERS_LIMIT {
                        let problem = Problem::new(CodeArtsRepoMessage::Strangers { number: strangers });
                        return Err(PublishError::failed(problem.hint(CodeArtsRepoHint::RemoveComments)));
                    }
                    discussions.disown(*id);
                    present.retain(|comment| !discussions.is_foreign(comment.id));
                }
                (Err(error), _) => return Err(failed(error)),
            }
        };
        tracing::info!("{}", CodeArtsRepoMessage::Commented);
        if let Some(note) = note
            && let Err(error) = discussions.resolve(note, page.subject.exit_code == 0).await
        {
            let why = explain(&error);
            let what = CodeArtsRepoMessage::NotResolved { why: Box::new(why.what) };
            log_problem!(warn, Problem::new(what).hints(why.hints));
        }
        Ok(Some(String::new()))
    }
}
