//! GitLab CI: what a job offers, and how the result reaches each target.
//!
//! Without any token: values for later jobs, and links on the page of the job, which GitLab's runner collects from the report
//! directory. With one: a note on the merge request with the PDF attached, and the status of the commit.

mod api;
mod files;
mod note;
mod refusal;
mod status;
mod upload;

pub use files::{ANNOTATIONS_FILE, DOTENV_FILE};

use super::sticky::{self, Comment, Conversation as _};
use super::{Missed, Offer, Plan, Publication, Target, out_of_time, shown_address};
use crate::ci::gitlab::{Job, MergeRequest};
use crate::http::error::CallError;
use crate::report::lists::Format;
use crate::report::pages::markdown::{Page, Subject, TASK_ID_MARK, render};
use crate::report::result::{ReportResult, ResultDocument};
use crate::report::store::directory::{ReportDirectory, pdf_name};
use api::Api;
use note::{Notes, without_quick_actions};
use std::path::Path;
use tokio::time::{Instant, timeout_at};

/// PDFs that are uploaded to a project; more would only hide its other files, and all are artifacts of the job.
const UPLOADS_LIMIT: usize = 50;
/// Targets that exist in a job of GitLab CI.
pub const TARGETS: &[Target] =
    &[Target::Artifact, Target::Comment, Target::CheckRun, Target::Annotations, Target::Outputs];

/// Publishes from one job.
#[derive(Debug)]
pub struct GitLab {
    /// What is wanted.
    pub plan: Plan,
    /// The job.
    pub job: Job,
}

/// The way to the merge request, if there is one.
#[derive(Debug)]
pub struct Reached {
    api: Api,
    found: Result<Option<Found>, Missed>,
}

/// A merge request, and what we have written there.
#[derive(Debug)]
struct Found {
    merge_request: MergeRequest,
    notes: Vec<Comment>,
}

impl GitLab {
    /// What there is for each target, as far as this machine tells.
    pub fn offers(&self) -> Vec<Offer> {
        let token = || match self.job.token {
            Some(_) => match api::address(&self.job, self.plan.http.allows_plain) {
                Ok(_) => Ok("GITLAB_TOKEN is there; it needs the scope `api`".to_owned()),
                Err(missed) => Err(missed.reason().to_owned()),
            },
            None => Err(self.job.no_token().to_owned()),
        };
        let place = || match self.job.known_merge_request() {
            Some(MergeRequest { project, iid, .. }) => {
                Ok(format!("merge request {iid} of project {project}"))
            }
            None if self.job.branch.is_some() => {
                Ok("the open merge request of the commit is asked for".to_owned())
            }
            None => Err("this pipeline belongs to no merge request".to_owned()),
        };
        let file = |name: &str, report: &str| {
            Ok(format!(
                "`{}`, for `artifacts: reports: {report}`",
                self.plan.workspace.name(&self.plan.report_dir.join(name))
            ))
        };
        let offer = |target: &Target| {
            let offer = match target {
                Target::Comment => token().and_then(|token| Ok(format!("{token}; {}", place()?))),
                Target::CheckRun => token(),
                Target::Outputs => file(DOTENV_FILE, "dotenv"),
                Target::Annotations => file(ANNOTATIONS_FILE, "annotations"),
                _ => self.plan.offer_kept(),
            };
            (*target, offer)
        };
        self.plan.targets.iter().map(offer).collect()
    }

    /// Writes values for later jobs, if they are wanted, as far as there is room.
    pub fn write_outputs(&self, values: &[(&str, String)]) -> Result<(), Missed> {
        self.write_dotenv(values).map(drop)
    }

    /// The same; returns what there is no room for.
    fn write_dotenv(&self, values: &[(&str, String)]) -> Result<Vec<String>, Missed> {
        if !self.plan.wants(Target::Outputs) {
            return Ok(Vec::new());
        }
        let present =
            crate::file::read_text(&self.plan.report_dir.join(DOTENV_FILE), files::DOTENV_LIMIT as u64)
                .unwrap_or_default();
        let (text, left_out) = files::dotenv(&present, values);
        self.write_file(DOTENV_FILE, "dotenv", &text).map(|()| left_out)
    }

    /// `report`: the kind of report that the runner takes the file for.
    fn write_file(&self, name: &str, report: &str, text: &str) -> Result<(), Missed> {
        let directory = ReportDirectory::shared(&self.plan.report_dir);
        let written =
            directory.and_then(|directory| directory.write(&directory.path().join(name), text.as_bytes()));
        written.map_err(|error| {
            let file = format!("the file for `artifacts: reports: {report}`");
            Missed::Failed(format!("{file} cannot be written: {error:#}"))
        })
    }

    /// Uploads PDFs to the project of the merge request, each with the id of its task, unless our note links to the very same
    /// already; notes their addresses. Where that can not be done, those of the job's artifacts.
    pub(super) async fn upload_artifacts(
        &self,
        reports: &mut [(&str, &mut ReportResult)],
        reach: &Result<Reached, Missed>,
        deadline: Instant,
        publication: &mut Publication,
    ) {
        if let Ok(Reached { api, found: Ok(Some(found)) }) = reach
            && self.plan.wants(Target::Comment)
            && self.plan.wants(Target::Artifact)
        {
            if reports.len() > UPLOADS_LIMIT {
                tracing::info!(
                    "artifact: only the first {UPLOADS_LIMIT} PDFs are uploaded; all are artifacts of the job"
                );
            }
            let uploading = async {
                for (task_id, report) in reports.iter_mut().take(UPLOADS_LIMIT) {
                    match self.upload(api, found, task_id, report).await {
                        Ok(url) => report.url = Some(url),
                        Err(missed) => tracing::warn!("artifact: {}", missed.reason()),
                    }
                }
            };
            if timeout_at(deadline, uploading).await.is_err() {
                tracing::warn!("artifact: {}; the PDF stays an artifact of the job", out_of_time().reason());
            }
        }
        self.plan.keep(reports, publication);
    }

    async fn upload(
        &self,
        api: &Api,
        found: &Found,
        task_id: &str,
        report: &ReportResult,
    ) -> Result<String, Missed> {
        let Found { merge_request, notes } = found;
        let is_on_server = |url: &&str| url.starts_with(&format!("{}/", self.job.server_url));
        let present = notes.first().and_then(|note| upload::find(&note.body, &report.sha256));
        if let Some(url) = present.filter(is_on_server).and_then(shown_address) {
            return Ok(url);
        }
        let uploaded =
            upload::upload(api, &merge_request.project, Path::new(&report.path), &pdf_name(task_id)).await?;
        let project_url = merge_request.project_url().unwrap_or(&self.job.project_url);
        Ok(uploaded.address(&self.job.server_url, project_url))
    }

    /// Gets ready to write to the merge request until `deadline`; looking for it ends at `limit`.
    ///
    /// # Errors
    /// One sentence, when there is no way there.
    pub(super) async fn reach(&self, deadline: Instant, limit: Instant) -> Result<Reached, Missed> {
        let http = self.plan.client(&self.job.api_url)?;
        let api = Api::new(&self.job, http, deadline)?;
        let found = timeout_at(limit, self.find(&api)).await.unwrap_or_else(|_| Err(out_of_time()));
        Ok(Reached { api, found })
    }

    async fn find(&self, api: &Api) -> Result<Option<Found>, Missed> {
        if !self.plan.wants(Target::Comment) {
            return Ok(None);
        }
        let found = note::find(api, &self.job).await.map_err(|error| {
            let why = self.missed(&error);
            Missed::Unavailable(format!("which merge request this is about is not known: {}", why.reason()))
        })?;
        let Some(merge_request) = found else { return Ok(None) };
        let notes = self.notes(api, &merge_request).look().await.map_err(|error| self.missed(&error))?;
        Ok(Some(Found { merge_request, notes }))
    }

    fn notes<'a>(&'a self, api: &'a Api, merge_request: &'a MergeRequest) -> Notes<'a> {
        Notes { api, merge_request, key: &self.plan.comment_key }
    }

    /// Writes the note or the status of the commit, if it is wanted; what came of it is noted.
    pub async fn write_to_merge_request(
        &self,
        target: Target,
        reach: &Result<Reached, Missed>,
        subject: Subject<'_>,
        deadline: Instant,
        publication: &mut Publication,
    ) {
        if !self.plan.wants(target) {
            return;
        }
        let writing = async {
            let Reached { api, found } = reach.as_ref().map_err(Clone::clone)?;
            match target {
                Target::CheckRun if self.job.head().is_empty() => {
                    Err(Missed::Unavailable("CI_COMMIT_SHA is not a commit".to_owned()))
                }
                Target::CheckRun => status::write(api, &self.job, &self.plan.comment_key, subject)
                    .await
                    .map_err(|error| self.missed(&error)),
                _ => match found.as_ref().map_err(Clone::clone)? {
                    Some(found) => self.note(api, found, subject, publication).await,
                    None => {
                        Err(Missed::Unavailable("this pipeline belongs to no open merge request".to_owned()))
                    }
                },
            }
        };
        let result = timeout_at(deadline, writing).await.unwrap_or_else(|_| Err(out_of_time()));
        publication.note(&self.plan.selection, target, result);
    }

    async fn note(
        &self,
        api: &Api,
        found: &Found,
        subject: Subject<'_>,
        publication: &mut Publication,
    ) -> Result<(), Missed> {
        let notes = self.notes(api, &found.merge_request);
        let failed = |error: CallError| self.missed(&error);
        // Anew: another job may have written meanwhile.
        let present = notes.look().await.map_err(failed)?;
        // A note that is written a second time compares with what was there before the first.
        let counts_before = || present.first().and_then(|note| sticky::read_counts(&note.body));
        let before = publication.counts_before.or_else(counts_before);
        publication.counts_before = before;
        let page = Page {
            run_url: Some(self.job.url.as_str()).filter(|url| !url.is_empty()),
            task_url: self.plan.task_url.as_deref(),
            before,
            workspace: Some(&self.plan.workspace),
            ..Page::new(subject)
        };
        let mut text = without_quick_actions(&render(&page, note::ROOM));
        for report in subject.document.tasks.iter().filter_map(|task| task.report.as_ref()) {
            let is_kept = || self.plan.kept_url(Path::new(&report.path)).ok() == report.url;
            if let Some(url) = report.url.as_deref().filter(|_| !is_kept()) {
                text.push_str(&upload::mark(&report.sha256, url));
            }
        }
        let body = sticky::marked(&self.plan.comment_key, &text, subject.document.counts());
        let url = sticky::write(&notes, &present, &body).await.map_err(failed)?;
        tracing::info!("note: {}", if url.is_empty() { "written" } else { &url });
        publication.comment_url = Some(url);
        Ok(())
    }

    /// What a refusal means for the reader.
    fn missed(&self, error: &CallError) -> Missed {
        let advice = error.status.and_then(|status| {
            // What is no error object of a known form is quoted in the message.
            refusal::advice(status, &error.message, self.job.has_job_token)
        });
        Missed::Failed(advice.map_or_else(|| error.to_string(), |advice| format!("{error}; {advice}")))
    }

    /// Puts links on the page of the job.
    pub fn show(&self, subject: Subject<'_>, publication: &mut Publication) {
        if !self.plan.wants(Target::Annotations) {
            return;
        }
        let links = self.links(subject.document, publication);
        let result = self.write_file(ANNOTATIONS_FILE, "annotations", &files::annotations(&links));
        publication.note(&self.plan.selection, Target::Annotations, result);
    }

    fn links(&self, document: &ResultDocument, publication: &Publication) -> Vec<(String, String)> {
        let mut links = Vec::new();
        for task in &document.tasks {
            let id = task.task_id.get(..8).unwrap_or(&task.task_id);
            let pdf = task.report.as_ref().and_then(|report| report.url.clone());
            links.extend(pdf.map(|url| (format!("PDF report of {id}"), url)));
            let html = task.files.iter().find(|file| file.format == Format::Html);
            let html = html.and_then(|file| self.plan.kept_url(Path::new(&file.path)).ok());
            links.extend(html.map(|url| (format!("Findings of {id}"), url)));
            let page = self.plan.task_url.as_ref().map(|url| url.replace(TASK_ID_MARK, &task.task_id));
            links.extend(page.map(|url| (format!("Task {id} in CodeArts"), url)));
        }
        let note = publication.comment_url.clone().filter(|url| !url.is_empty());
        links.extend(note.map(|url| ("Note on the merge request".to_owned(), url)));
        links
    }

    /// Tells later jobs how it all went.
    pub fn tell_values(&self, values: &[(&str, String)], publication: &mut Publication) {
        let result = self.write_dotenv(values).map(|left_out| {
            if !left_out.is_empty() {
                tracing::warn!("outputs: no room for {} (GitLab takes 5 KB)", left_out.join(", "));
            }
        });
        publication.note(&self.plan.selection, Target::Outputs, result);
    }
}
