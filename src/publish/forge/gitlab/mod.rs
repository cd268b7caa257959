//! GitLab: a note on the merge request with the PDF attached, and the status of the commit.

mod api;
mod note;
mod read;
mod refusal;
mod review;
mod status;
mod upload;

use super::address::{no_token, shown_address, usable_token};
use super::glance::Glance;
use super::inline;
use super::interface::{Forge, InDiff, PullRequest, WantedComment};
use super::read::ReadError;
use super::sticky::{self, Comment, Form};
use crate::ci::TokenSource;
use crate::ci::gitlab::{MergeRequest, Project};
use crate::error::Problem;
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::log_problem;
use crate::messages::{GitLabHint, GitLabMessage, Hint, MergeRequestPlace};
use crate::model::changed_lines::ChangedLines;
use crate::model::pull_request as model;
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Offer, PublishError};
use crate::publish::reviewed::{Identified, ReviewError};
use crate::publish::target::Target;
use crate::report::formats::markdown::Page;
use crate::report::result::ReportResult;
use crate::report::store::directory::pdf_name;
use api::Api;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use note::Notes;
use read::Reader;
use review::Discussions;
use std::path::Path;
use tokio::time::{Instant, timeout_at};

/// PDFs that are uploaded to a project; more would only hide its other files, and all are artifacts of the job.
const UPLOADS_LIMIT: usize = 50;

/// A project on GitLab.
#[derive(Debug)]
pub(super) struct GitLab {
    project: Project,
    token_source: TokenSource,
}

/// The way to the merge request, if there is one, and to the commit.
#[derive(Debug)]
struct Destination<'a> {
    gitlab: &'a GitLab,
    config: &'a PublishConfig,
    api: Api,
    found: Result<Option<Found>, PublishError>,
    glance: Glance,
}

/// A merge request, and the notes that an earlier job has written there.
#[derive(Debug)]
struct Found {
    merge_request: MergeRequest,
    notes: Vec<Comment>,
}

impl GitLab {
    pub(super) const fn new(project: Project, token_source: TokenSource) -> Self {
        Self { project, token_source }
    }

    /// What to do where there is no token.
    const fn how_to_get_token(&self) -> Hint {
        Hint::GitLab(match self.token_source {
            TokenSource::Job => GitLabHint::SetToken,
            TokenSource::Credentials => GitLabHint::BindToken,
        })
    }

    fn reader(&self, http: &HttpClient, deadline: Instant) -> Result<Reader<'_>, ReviewError> {
        let hint = self.how_to_get_token();
        usable_token(self.project.token.as_ref(), api::ACCESS, hint.clone())
            .map_err(|error| ReviewError::Denied(error.problem))?;
        // What is left to be wrong is the address.
        let api = Api::new(&self.project, hint, http.clone(), deadline)
            .map_err(|error| ReviewError::NotFound(error.problem))?;
        Ok(Reader { api, job: &self.project })
    }

    /// `number`: the one that was asked for.
    fn review_error(&self, error: ReadError, number: Option<u64>) -> ReviewError {
        match error {
            ReadError::Call(error) => ReviewError::of(&error, self.explain(&error), number),
            ReadError::Other(error) => error,
        }
    }

    async fn find<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> Result<Destination<'a>, PublishError> {
        let http = config.client(&self.project.api_url)?;
        let api = Api::new(&self.project, self.how_to_get_token(), http, deadline)?;
        let glance = Glance::default();
        let finding = timeout_at(limit, self.find_merge_request(config, &api, &glance));
        let found = finding.await.unwrap_or_else(|_| Err(PublishError::out_of_time()));
        Ok(Destination { gitlab: self, config, api, found, glance })
    }

    async fn find_merge_request(
        &self,
        config: &PublishConfig,
        api: &Api,
        glance: &Glance,
    ) -> Result<Option<Found>, PublishError> {
        if !config.wants(Target::Comment) && !config.wants(Target::Review) {
            return Ok(None);
        }
        let found = note::find(api, &self.project).await.map_err(|error| {
            let problem = self.review_error(error, None).problem();
            let what = GitLabMessage::MergeRequestUnknown { why: Box::new(problem.what) };
            PublishError::not_offered(Problem { what: what.into(), ..problem })
        })?;
        let Some(merge_request) = found else { return Ok(None) };
        if !config.wants(Target::Comment) {
            return Ok(Some(Found { merge_request, notes: Vec::new() }));
        }
        let notes = Notes { api, merge_request: &merge_request, key: &config.comment_key };
        let notes = glance.ahead(&notes).await;
        let notes = notes.map_err(|error| PublishError::failed(self.explain(&error)))?;
        Ok(Some(Found { merge_request, notes }))
    }

    /// A failed call with what to do about it, by the reason that GitLab gives.
    fn explain(&self, error: &CallError) -> Problem {
        let refusal = error.status.and_then(|status| {
            // What is not an error object of a known form is quoted in the message.
            refusal::refusal(status, error.said(), self.project.has_job_token)
        });
        let hint = refusal.map(|refusal| Hint::GitLab(GitLabHint::Refused(refusal)));
        hint.into_iter().fold(Problem::from(error), Problem::hint)
    }

    /// Whether there is a token that may go to the API, as far as this machine shows.
    fn check_token(&self, config: &PublishConfig) -> Result<(), Problem> {
        if self.project.token.is_none() {
            return Err(no_token(api::ACCESS, self.how_to_get_token()));
        }
        api::address(&self.project, config.http.allows_plain).map(drop).map_err(|error| error.problem)
    }

    /// The merge request that a note goes to, as far as this machine shows.
    fn place(&self) -> Option<MergeRequestPlace> {
        match self.project.known_merge_request() {
            Some(MergeRequest { project, iid, .. }) => {
                Some(MergeRequestPlace::Number { iid: iid.clone(), project: project.clone() })
            }
            None => self.project.branch.as_ref().map(|_| MergeRequestPlace::OfCommit),
        }
    }
}

fn not_offered(what: GitLabMessage) -> PublishError {
    PublishError::not_offered(Problem::new(what))
}

/// The artifacts of the job have the PDF all the same.
fn warn_of_missing_pdf(problem: Problem) {
    let what = GitLabMessage::PdfNotUploaded { why: Box::new(problem.what) };
    log_problem!(warn, Problem { what: what.into(), ..problem });
}

impl Forge for GitLab {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment, Target::Review, Target::CheckRun]
    }

    fn offer(&self, target: Target, config: &PublishConfig) -> Offer {
        match target {
            Target::Comment | Target::Review => {
                self.check_token(config)?;
                let place = self.place().ok_or_else(|| Problem::new(GitLabMessage::NoMergeRequest))?;
                Ok(GitLabMessage::ReadyFor(place).into())
            }
            Target::CheckRun => self.check_token(config).map(|()| GitLabMessage::Ready.into()),
            Target::Artifact | Target::Summary | Target::Annotations | Target::Outputs | Target::Sarif => {
                Err(PublishError::unknown_place(target).problem)
            }
        }
    }

    fn takes_pdfs(&self) -> bool {
        true
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

    fn job_head(&self) -> Option<String> {
        let is_known = self.project.known_merge_request().is_some() && !self.project.head().is_empty();
        is_known.then(|| self.project.head().to_owned())
    }

    fn api_url(&self) -> &str {
        &self.project.api_url
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
            let current = self.reader(http, deadline)?.current(pull_request).await;
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
            let changed = self.reader(http, deadline)?.changed_lines(pull_request).await;
            changed.map_err(|error| self.review_error(error, None))
        }
        .boxed_local()
    }
}

impl PullRequest for Destination<'_> {
    fn comment<'a>(
        &'a self,
        wanted: WantedComment<'a>,
    ) -> LocalBoxFuture<'a, Result<Option<String>, PublishError>> {
        self.write_note(wanted).boxed_local()
    }

    fn review<'a>(&'a self, shown: InDiff<'a>) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.write_review(shown).boxed_local()
    }

    fn check_run<'a>(&'a self, page: Page<'a>) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.write_status(page).boxed_local()
    }

    fn upload_pdfs<'a, 'r: 'a>(
        &'a self,
        reports: &'a mut [(&'r str, &'r mut ReportResult)],
        deadline: Instant,
    ) -> LocalBoxFuture<'a, ()> {
        self.upload_all(reports, deadline).boxed_local()
    }
}

impl Destination<'_> {
    /// Uploads PDFs to the project of the merge request, unless the note links to the very same already.
    async fn upload_all(&self, reports: &mut [(&str, &mut ReportResult)], deadline: Instant) {
        let Ok(Some(found)) = &self.found else { return };
        if reports.len() > UPLOADS_LIMIT {
            tracing::info!("{}", GitLabMessage::FirstPdfsOnly { limit: UPLOADS_LIMIT });
        }
        let uploading = async {
            // A page that takes the place of a PDF stays with the host.
            let is_pdf = |(_, report): &&mut (&str, &mut ReportResult)| report.path.ends_with(".pdf");
            for (task_id, report) in reports.iter_mut().filter(is_pdf).take(UPLOADS_LIMIT) {
                match self.upload(found, task_id, report).await {
                    Ok(url) => report.url = Some(url),
                    Err(problem) => warn_of_missing_pdf(problem),
                }
            }
        };
        if timeout_at(deadline, uploading).await.is_err() {
            warn_of_missing_pdf(PublishError::out_of_time().problem);
        }
    }

    async fn upload(&self, found: &Found, task_id: &str, report: &ReportResult) -> Result<String, Problem> {
        let Found { merge_request, notes } = found;
        let Project { server_url, project_url, .. } = &self.gitlab.project;
        let is_on_server = |url: &&str| url.starts_with(&format!("{server_url}/"));
        let present = notes.first().and_then(|note| upload::find(&note.body, &report.sha256));
        if let Some(url) = present.filter(is_on_server).and_then(shown_address) {
            return Ok(url);
        }
        let (file, name) = (Path::new(&report.path), pdf_name(task_id));
        let uploaded = upload::upload(&self.api, &merge_request.project, file, &name).await?;
        Ok(uploaded.address(server_url, merge_request.project_url().unwrap_or(project_url)))
    }

    /// The merge request to write to.
    fn found(&self) -> Result<&Found, PublishError> {
        let found = self.found.as_ref().map_err(Clone::clone)?.as_ref();
        found.ok_or_else(|| not_offered(GitLabMessage::NoOpenMergeRequest))
    }

    async fn write_review(&self, shown: InDiff<'_>) -> Result<(), PublishError> {
        let of = &self.found()?.merge_request;
        let discussions = Discussions::new(&self.api, of, &self.config.comment_key, shown);
        let written = inline::write(&discussions, shown).await;
        written.map_err(|error| PublishError::failed(self.gitlab.explain(&error)))
    }

    async fn write_note(&self, wanted: WantedComment<'_>) -> Result<Option<String>, PublishError> {
        let found = self.found()?;
        let key = &self.config.comment_key;
        let notes = Notes { api: &self.api, merge_request: &found.merge_request, key };
        let mut uploads = String::new();
        for report in wanted.page.subject.document.tasks.iter().filter_map(|task| task.report.as_ref()) {
            let is_kept = || self.config.kept_url(Path::new(&report.path)).ok() == report.url;
            if let Some(url) = report.url.as_deref().filter(|_| !is_kept()) {
                uploads.push_str(&upload::mark(&report.sha256, url));
            }
        }
        let form = Form { room: note::ROOM, has_visible_mark: false, hidden: &uploads };
        let publishing = async {
            let present = self.glance.take(&notes).await?;
            sticky::publish(&notes, &present, form, wanted, (self.gitlab, self.config)).await
        };
        publishing.await.map_err(|error| PublishError::of_write(&error, self.gitlab.explain(&error)))
    }

    async fn write_status(&self, page: Page<'_>) -> Result<(), PublishError> {
        let project = &self.gitlab.project;
        if project.head().is_empty() {
            return Err(not_offered(GitLabMessage::NoCommit));
        }
        let written = status::write(&self.api, project, &self.config.comment_key, page).await;
        written.map_err(|error| PublishError::of_write(&error, self.gitlab.explain(&error)))
    }
}
