//! What a forge can do. What it does not offer, it leaves out.

use crate::codearts::repo::Repo;
use crate::http::HttpClient;
use crate::model::changed_lines::ChangedLines;
use crate::model::finding::Counts;
use crate::model::language::Language;
use crate::model::pull_request::{self, ForgeName};
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Offer, PublishError};
use crate::publish::reviewed::{Identified, ReviewError};
use crate::publish::target::Target;
use crate::report::formats::markdown::Page;
use crate::report::lists::on_lines::LineFindings;
use crate::report::result::ReportResult;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use std::cell::Cell;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::time::Instant;

/// The pull request of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPullRequest {
    /// Its number.
    pub number: u64,
    /// Whether it comes from another repository, where that is known.
    pub is_from_fork: Option<bool>,
}

/// What is shown in the diff of a pull request.
#[derive(Clone, Copy, Debug)]
pub struct InDiff<'a> {
    /// The commit that was checked, whose lines the findings lie on.
    pub head: &'a str,
    /// The findings on lines that the pull request changes.
    pub findings: &'a LineFindings,
    /// Language of the comments.
    pub language: Language,
}

/// What a comment is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentMode {
    /// It is made where there is none.
    Write,
    /// Only one that is there is changed: where none is to be seen, its request may still be on its way.
    Correct,
}

/// A comment that is wanted.
#[derive(Debug)]
pub(in crate::publish) struct WantedComment<'a> {
    /// What it shows.
    pub(in crate::publish) page: Page<'a>,
    /// The counts that the comment of the last run had.
    pub(in crate::publish) before: &'a mut Option<Counts>,
    /// Whether it may be made.
    pub(in crate::publish) mode: CommentMode,
    /// Set when something is sent that changes or makes it.
    pub(in crate::publish) is_sent: &'a Cell<bool>,
}

/// A forge. What it does not offer, it leaves out.
pub(in crate::publish) trait Forge: Debug {
    /// Targets that it has.
    fn targets(&self) -> &'static [Target];

    /// What there is for a target, as far as this machine shows; what it lacks.
    fn offer(&self, target: Target, config: &PublishConfig) -> Offer;

    /// Whether PDFs are uploaded here where a comment will link to them, so that the way there has to be known first.
    fn takes_pdfs(&self) -> bool {
        false
    }

    /// Hands over CodeArts Repo, which the credentials of CodeArts open.
    fn connect(&mut self, _repo: &Arc<Repo>) {}

    /// Which one it is, if it does not show which lines a pull request changes.
    fn lacks_changed_lines(&self) -> Option<ForgeName> {
        None
    }

    /// Gets ready to write to the pull request until `deadline`; looking for it ends at `limit`.
    fn find_pull_request<'a>(
        &'a self,
        config: &'a PublishConfig,
        deadline: Instant,
        limit: Instant,
    ) -> LocalBoxFuture<'a, Result<Box<dyn PullRequest + 'a>, PublishError>>;

    /// The pull request that the job is about, as far as a file on this machine shows it.
    fn of_event(&self) -> Option<EventPullRequest> {
        None
    }

    /// The latest commit of the source branch when the job began, as far as this machine shows it.
    fn job_head(&self) -> Option<String> {
        None
    }

    /// Address of its API, as far as the surroundings name it.
    fn api_url(&self) -> &str;

    /// The pull request with this number, or the one that the job is about, as it is now.
    fn identify<'a>(
        &'a self,
        number: Option<u64>,
        http: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<Identified, ReviewError>>;

    /// A pull request as it is now, in one request.
    fn current<'a>(
        &'a self,
        pull_request: &'a pull_request::PullRequest,
        http: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<pull_request::PullRequest, ReviewError>>;

    /// The lines that a pull request adds or changes.
    fn changed_lines<'a>(
        &'a self,
        pull_request: &'a pull_request::PullRequest,
        http: &'a HttpClient,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<ChangedLines, ReviewError>>;

    /// Uploads findings for code scanning. `files`: the SARIF file of each task.
    fn upload_findings<'a>(
        &'a self,
        _config: &'a PublishConfig,
        _files: &'a [PathBuf],
        _deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        async { Err(PublishError::unknown_place(Target::Sarif)) }.boxed_local()
    }
}

/// The way to one pull request and its commit.
pub(in crate::publish) trait PullRequest: Debug {
    /// Looks at the comments that are there, while other things are under way: [`Self::comment`] need not wait for that then. It
    /// also reports what went wrong.
    fn look_ahead(&self) -> LocalBoxFuture<'_, ()> {
        async {}.boxed_local()
    }

    /// Writes the comment; returns its address, empty if it has none that can be shown. `None`: there is none to correct.
    fn comment<'a>(
        &'a self,
        wanted: WantedComment<'a>,
    ) -> LocalBoxFuture<'a, Result<Option<String>, PublishError>>;

    /// Shows findings as comments in the diff, and takes back the comments of those that are gone.
    fn review<'a>(&'a self, _shown: InDiff<'a>) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        async { Err(PublishError::unknown_place(Target::Review)) }.boxed_local()
    }

    /// Writes the check run, or the status of the commit.
    fn check_run<'a>(&'a self, _page: Page<'a>) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        async { Err(PublishError::unknown_place(Target::CheckRun)) }.boxed_local()
    }

    /// Uploads PDFs, each with the id of its task, and notes their addresses. What is not uploaded is left to the host.
    fn upload_pdfs<'a, 'r: 'a>(
        &'a self,
        _reports: &'a mut [(&'r str, &'r mut ReportResult)],
        _deadline: Instant,
    ) -> LocalBoxFuture<'a, ()> {
        async {}.boxed_local()
    }
}
