//! A job of GitHub Actions: what it offers, and how the result reaches each place of it.

mod annotations;
mod artifact;
mod notes;

use super::interface::{Host, Reports};
use super::step_files as files;
use crate::ci::github_actions::Job;
use crate::console::Console;
use crate::error::Problem;
use crate::messages::{ArtifactMessage, Message, PublishLabel, PublishMessage};
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Added, Offer, PublishError, PublishResults};
use crate::publish::target::Target;
use crate::report::formats::markdown::{Page, Room, Subject, render};
use crate::report::result::ReportResult;
use crate::report::store::directory::{ReportDirectory, pdf_name};
use crate::text::redactor::redact;
use artifact::{Upload, UploadFile, Uploader};
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use notes::notes;
use std::path::{Path, PathBuf};
use tokio::time::{Instant, timeout_at};

/// More PDFs than these become one artifact: a job may have 500 (`ci/github`, section 1.9), and each takes three calls.
const ARTIFACTS_LIMIT: usize = 50;
/// As much of the key as stands in an artifact's name.
const KEY_LIMIT: usize = 16;

/// A job of GitHub Actions, or of a runner that behaves like it.
#[derive(Debug)]
pub(super) struct GitHubActions {
    /// What its variables describe.
    pub(super) job: Job,
    /// Days to keep artifacts.
    pub(super) retention_days: Option<u32>,
}

impl GitHubActions {
    async fn upload_all(
        &self,
        config: &PublishConfig,
        reports: &mut Reports<'_>,
        directory: &ReportDirectory,
        console: &Console,
        deadline: Instant,
    ) -> Result<(), PublishError> {
        let runtime = self.job.runtime.as_ref().ok_or_else(artifact::no_token)?;
        // The addresses of uploads come later, and can be of another kind than that of the service.
        let http = config.client("")?;
        let uploader = Uploader::new(&http, &self.job, runtime, self.retention_days, console, deadline)?;
        let mut result = Ok(());
        let together = if reports.len() > ARTIFACTS_LIMIT { reports.len() } else { 1 };
        for reports in reports.chunks_mut(together) {
            let upload = upload_of(reports, &config.comment_key);
            let uploading = timeout_at(deadline, uploader.upload(&upload, directory));
            match uploading.await.unwrap_or_else(|_| Err(PublishError::out_of_time())) {
                Ok(url) => reports.iter_mut().for_each(|(_, report)| report.url = Some(url.clone())),
                // The others may fare better.
                Err(error) => result = Err(error),
            }
        }
        result
    }

    /// The file of a target and the variable that names it, where it has one.
    fn file(&self, target: Target) -> Option<(&'static str, Option<&Path>)> {
        match target {
            Target::Summary => Some(("GITHUB_STEP_SUMMARY", self.job.summary_file.as_deref())),
            Target::Outputs => Some(("GITHUB_OUTPUT", self.job.output_file.as_deref())),
            Target::Artifact
            | Target::Comment
            | Target::Review
            | Target::CheckRun
            | Target::Annotations
            | Target::Sarif => None,
        }
    }
}

impl Host for GitHubActions {
    fn targets(&self) -> &'static [Target] {
        &[
            Target::Artifact,
            Target::Comment,
            Target::Review,
            Target::CheckRun,
            Target::Summary,
            Target::Annotations,
            Target::Outputs,
            Target::Sarif,
        ]
    }

    fn run_url(&self) -> Option<&str> {
        self.job.run_url.as_deref()
    }

    fn run_id(&self) -> String {
        format!("{}/{}", self.job.run_id, self.job.run_attempt)
    }

    fn mask(&self, console: &Console) {
        use secrecy::ExposeSecret as _;
        let runtime = self.job.runtime.as_ref().map(|runtime| &runtime.token);
        for token in self.job.repository.token.iter().chain(runtime) {
            console.mask(token.expose_secret());
        }
    }

    fn offer(&self, target: Target, _config: &PublishConfig) -> Offer {
        match (target, self.file(target)) {
            (_, Some((variable, Some(path)))) => files::try_append(path)
                .map(|()| PublishMessage::RunnerFile { variable }.into())
                .map_err(|error| files::unwritable(variable, path, &error)),
            (_, Some((variable, None))) => Err(files::no_file(variable)),
            (Target::Artifact, None) if self.job.runtime.is_some() => Ok(ArtifactMessage::TokenIsSet.into()),
            (Target::Artifact, None) => Err(artifact::no_token().problem),
            (Target::Annotations, None) => Ok(PublishMessage::AnnotationsInLog.into()),
            (
                Target::Comment
                | Target::Review
                | Target::CheckRun
                | Target::Summary
                | Target::Outputs
                | Target::Sarif,
                None,
            ) => Err(PublishError::unknown_place(target).problem),
        }
    }

    fn try_file(&self, target: Target) -> Result<(), PublishError> {
        let Some((variable, Some(file))) = self.file(target) else { return Ok(()) };
        files::try_append(file)
            .map_err(|error| PublishError::failed(files::unwritable(variable, file, &error)))
    }

    fn upload_artifacts<'a, 'r: 'a>(
        &'a self,
        config: &'a PublishConfig,
        reports: &'a mut Reports<'r>,
        directory: &'a ReportDirectory,
        console: &'a Console,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.upload_all(config, reports, directory, console, deadline).boxed_local()
    }

    fn annotate(
        &self,
        _config: &PublishConfig,
        page: &Page<'_>,
        console: &Console,
        results: &mut PublishResults,
    ) -> Result<(), PublishError> {
        if std::mem::replace(&mut results.has_annotations, true) {
            return Ok(());
        }
        let (annotations, left_out) = annotations::annotations(page.subject);
        // The log has the same right after it, so there they are folded.
        if !annotations.is_empty() {
            console.group(&PublishLabel::Annotations);
            annotations.iter().for_each(|annotation| console.annotate(annotation));
            console.end_group();
        }
        if left_out > 0 {
            tracing::info!("{}", PublishMessage::FindingsNotAnnotated { number: left_out });
        }
        Ok(())
    }

    fn write_summary(
        &self,
        config: &PublishConfig,
        page: Page<'_>,
        results: &mut PublishResults,
    ) -> Result<(), PublishError> {
        let variable = "GITHUB_STEP_SUMMARY";
        let file = self.job.summary_file.as_deref();
        let file = file.ok_or_else(|| PublishError::not_offered(files::no_file(variable)))?;
        let is_on_github = self.job.repository.is_on_github();
        let Subject { document, language, .. } = page.subject;
        let notes = notes(document, results, &config.workspace, is_on_github, language);
        let page = Page { has_charts: true, notes: &notes, ..page };
        let text = render(&page, Room::Bytes(files::summary_room(file)));
        if !files::has_room(file, &text, results.added.get(&Target::Summary).copied()) {
            return Err(PublishError::failed(Problem::new(PublishMessage::SummaryFull)));
        }
        let mut added = results.added.remove(&Target::Summary);
        let written = files::replace(file, &redact(&text), &mut added);
        results.added.extend(added.map(|added| (Target::Summary, added)));
        written.map_err(|error| PublishError::failed(files::unwritable(variable, file, &error)))
    }

    fn write_outputs(
        &self,
        _config: &PublishConfig,
        values: &[(&str, String)],
        added: &mut Option<Added>,
    ) -> Result<Option<Message>, PublishError> {
        let variable = "GITHUB_OUTPUT";
        let file = self.job.output_file.as_deref();
        let file = file.ok_or_else(|| PublishError::not_offered(files::no_file(variable)))?;
        files::replace(file, &files::outputs(values), added)
            .map(|()| None)
            .map_err(|error| PublishError::failed(files::unwritable(variable, file, &error)))
    }
}

/// The name of a file within an artifact.
fn name_of(report: &ReportResult, task_id: &str) -> String {
    let name = Path::new(&report.path).file_name().and_then(|name| name.to_str());
    name.map_or_else(|| pdf_name(task_id), str::to_owned)
}

/// One artifact of these PDFs, each with the id of its task. Several are named after `key`, which a later try has too.
fn upload_of(reports: &[(&str, &mut ReportResult)], key: &str) -> Upload {
    let files = reports.iter().map(|(task_id, report)| UploadFile {
        path: PathBuf::from(&report.path),
        bytes: report.bytes,
        sha256: report.sha256.clone(),
        name: name_of(report, task_id),
    });
    let stem = match reports {
        [(task_id, _)] => (*task_id).to_owned(),
        // A key of our own is long.
        _ => key.get(..KEY_LIMIT).unwrap_or(key).to_owned(),
    };
    Upload { stem, files: files.collect() }
}
