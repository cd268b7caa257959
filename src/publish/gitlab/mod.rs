//! GitLab CI: what a job offers, and how the result reaches each target.
//!
//! Without any token: values for later jobs, and links on the page of the job, which GitLab's runner collects from the report
//! directory. With one: a note on the merge request with the PDF attached, and the status of the commit.

mod api;
mod files;
mod note;
mod status;
mod upload;

pub use files::{ANNOTATIONS_FILE, DOTENV_FILE};

use super::sticky::{self, Conversation as _};
use super::{Missed, Offer, Publication, Selection, Target, out_of_time, outputs};
use crate::ci::gitlab::{Job, MergeRequest};
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::http::{HttpClient, HttpSettings};
use crate::report::directory::{ReportDirectory, pdf_name};
use crate::report::markdown::{Page, Subject, TASK_ID_MARK, render};
use crate::report::result::{ReportResult, ResultDocument};
use api::Api;
use note::{Found, Notes, without_quick_actions};
use std::path::{Path, PathBuf};
use tokio::time::{Instant, timeout_at};
use upload::Uploaded;

/// Where the runner does not look.
const OUTSIDE: &str = "`--report-dir` lies outside the project, where GitLab collects no artifacts";

/// Targets that exist in a job of GitLab CI.
pub const TARGETS: &[Target] =
    &[Target::Artifact, Target::Comment, Target::CheckRun, Target::Annotations, Target::Outputs];

/// Publishes from one job.
#[derive(Debug)]
pub struct GitLab {
    /// The job.
    pub job: Job,
    /// Targets that exist here.
    pub targets: &'static [Target],
    /// What is wanted.
    pub selection: Selection,
    /// Tells notes of several gates apart.
    pub comment_key: String,
    /// Address of a task's page, with a mark for its id.
    pub task_url: Option<String>,
    /// Where the runner finds what it collects.
    pub report_dir: PathBuf,
    /// How to reach GitLab.
    pub http: HttpSettings,
}

/// The way to the merge request, if there is one.
#[derive(Debug)]
pub struct Reach(Result<Reached, Missed>);

#[derive(Debug)]
struct Reached {
    api: Api,
    merge_request: Result<Option<Found>, Missed>,
}

impl GitLab {
    /// Whether a target is wanted here; `auto` stands for all but the status of the commit.
    pub fn wants(&self, target: Target) -> bool {
        self.selection.wants(target, self.targets.contains(&target) && target != Target::CheckRun)
    }

    /// What there is for each target, as far as this machine tells.
    pub fn offers(&self) -> Vec<Offer> {
        let token = || match self.job.token {
            Some(_) => Ok("GITLAB_TOKEN is there; it needs the scope `api`".to_owned()),
            None => Err("there is no GITLAB_TOKEN (is it protected, and this branch is not?)".to_owned()),
        };
        let place = || match self.job.known_merge_request() {
            Some(MergeRequest { project, iid }) => Ok(format!("merge request {iid} of project {project}")),
            None if self.job.branch.is_some() => {
                Ok("the open merge request of the commit is asked for".to_owned())
            }
            None => Err("this pipeline belongs to no merge request".to_owned()),
        };
        let file = |name: &str, report: &str| {
            Ok(format!("`{}`, for `artifacts: reports: {report}`", self.report_dir.join(name).display()))
        };
        let offer = |target: &Target| {
            let offer = match target {
                Target::Comment => token().and_then(|token| Ok(format!("{token}; {}", place()?))),
                Target::CheckRun => token(),
                Target::Outputs => file(DOTENV_FILE, "dotenv"),
                Target::Annotations => file(ANNOTATIONS_FILE, "annotations"),
                _ if self.in_project(&self.report_dir).is_some() => {
                    Ok(format!("`{}`, for `artifacts: paths`", self.report_dir.display()))
                }
                _ => Err(OUTSIDE.to_owned()),
            };
            (*target, offer)
        };
        self.targets.iter().map(offer).collect()
    }

    /// Writes values for later jobs, if they are wanted.
    pub fn write_outputs(&self, values: &[(&str, String)]) -> Result<(), Missed> {
        if !self.wants(Target::Outputs) {
            return Ok(());
        }
        let present = std::fs::read_to_string(self.report_dir.join(DOTENV_FILE)).unwrap_or_default();
        let (text, left_out) = files::dotenv(&present, values);
        if !left_out.is_empty() {
            tracing::warn!("outputs: no room for {} (GitLab takes 5 KB)", left_out.join(", "));
        }
        self.write_file(DOTENV_FILE, &text)
    }

    fn write_file(&self, name: &str, text: &str) -> Result<(), Missed> {
        let directory = ReportDirectory::prepare(&self.report_dir);
        let written =
            directory.and_then(|directory| directory.write(&directory.path().join(name), text.as_bytes()));
        written.map_err(|error| Missed::Failed(format!("{error:#}")))
    }

    /// Uploads PDFs to the project of the merge request, each with the id of its task, and notes their addresses; without one,
    /// those of the job's artifacts.
    pub async fn upload_artifacts(
        &self,
        reports: &mut [(&str, &mut ReportResult)],
        deadline: Instant,
        publication: &mut Publication,
    ) {
        if !self.wants(Target::Artifact) || reports.is_empty() {
            return;
        }
        let uploading = async {
            let reached = if self.wants(Target::Comment) { self.reach(deadline).await.ok() } else { None };
            let Some(Reached { api, merge_request: Ok(Some(found)) }) = &reached else { return };
            for (task_id, report) in reports.iter_mut() {
                let project = &found.merge_request.project;
                match upload::upload(api, project, Path::new(&report.path), &pdf_name(task_id)).await {
                    Ok(uploaded) => report.url = Some(self.address(uploaded)),
                    Err(missed) => tracing::warn!("artifact: {}", missed.reason()),
                }
            }
        };
        if timeout_at(deadline, uploading).await.is_err() {
            tracing::warn!("artifact: {}; the PDF stays an artifact of the job", out_of_time().reason());
        }
        for (_, report) in reports.iter_mut().filter(|(_, report)| report.url.is_none()) {
            report.url = self.artifact_url(Path::new(&report.path));
        }
        let result = if reports.iter().all(|(_, report)| report.url.is_some()) {
            Ok(())
        } else {
            Err(Missed::Unavailable(OUTSIDE.to_owned()))
        };
        publication.note(&self.selection, Target::Artifact, result);
    }

    fn address(&self, uploaded: Uploaded) -> String {
        match uploaded {
            Uploaded::OnServer(path) => format!("{}{path}", self.job.server_url),
            Uploaded::InProject(path) => {
                format!("{}{path}", self.job.target_project_url.as_deref().unwrap_or(&self.job.project_url))
            }
        }
    }

    /// The page of a file that the job keeps.
    fn artifact_url(&self, path: &Path) -> Option<String> {
        Some(self.job.artifact_url(&self.in_project(path)?))
    }

    /// The path within the project, if it is in there.
    fn in_project(&self, path: &Path) -> Option<String> {
        let told = self.job.project_dir.as_ref().and_then(|root| root.canonicalize().ok());
        // Imitations of GitLab name a directory that is not there; jobs begin in it.
        let root = told.or_else(|| std::env::current_dir().ok()?.canonicalize().ok())?;
        let path = path.canonicalize().ok()?;
        Some(path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/"))
    }

    /// Gets ready to write to the merge request, if anything is wanted there.
    pub async fn reach_merge_request(&self, deadline: Instant) -> Option<Reach> {
        if !self.wants(Target::Comment) && !self.wants(Target::CheckRun) {
            return None;
        }
        Some(Reach(timeout_at(deadline, self.reach(deadline)).await.unwrap_or_else(|_| Err(out_of_time()))))
    }

    async fn reach(&self, deadline: Instant) -> Result<Reached, Missed> {
        let plain_only = self.job.api_url.starts_with("http://");
        let http = HttpClient::new(&HttpSettings { plain_only, ..self.http.clone() })
            .map_err(|error| Missed::Failed(format!("{error:#}")))?;
        let api = Api::new(&self.job, http, deadline)?;
        let found = note::find(&api, &self.job).await;
        let merge_request = found.map_err(|error| {
            Missed::Unavailable(format!("which merge request this is about is not known: {error}"))
        });
        Ok(Reached { api, merge_request })
    }

    /// Writes the note or the status of the commit, if it is wanted; what came of it is noted.
    pub async fn write_to_merge_request(
        &self,
        target: Target,
        reach: &Reach,
        subject: Subject<'_>,
        deadline: Instant,
        publication: &mut Publication,
    ) {
        if !self.wants(target) {
            return;
        }
        let writing = async {
            let Reached { api, merge_request } = reach.0.as_ref().map_err(Clone::clone)?;
            match target {
                Target::CheckRun => status::write(api, &self.job, &self.comment_key, subject)
                    .await
                    .map_err(|error| self.missed(&error)),
                _ => match merge_request.as_ref().map_err(Clone::clone)? {
                    Some(found) => self.note(api, found, subject, publication).await,
                    None => {
                        Err(Missed::Unavailable("this pipeline belongs to no open merge request".to_owned()))
                    }
                },
            }
        };
        let result = timeout_at(deadline, writing).await.unwrap_or_else(|_| Err(out_of_time()));
        publication.note(&self.selection, target, result);
    }

    async fn note(
        &self,
        api: &Api,
        found: &Found,
        subject: Subject<'_>,
        publication: &mut Publication,
    ) -> Result<(), Missed> {
        let Found { merge_request, page_url } = found;
        let notes = Notes { api, merge_request, page_url: page_url.as_deref(), key: &self.comment_key };
        let failed = |error: CallError| self.missed(&error);
        let present = notes.look().await.map_err(failed)?;
        // A note that is written a second time compares with what was there before the first.
        let counts_before = || present.first().and_then(|note| sticky::read_counts(&note.body));
        let before = publication.counts_before.or_else(counts_before);
        publication.counts_before = before;
        let page = Page {
            run_url: Some(self.job.url.as_str()).filter(|url| !url.is_empty()),
            task_url: self.task_url.as_deref(),
            before,
            ..Page::new(subject)
        };
        let text = without_quick_actions(&render(&page, note::ROOM));
        let body = sticky::marked(&self.comment_key, &text, subject.document.counts());
        let url = sticky::write(&notes, &present, &body).await.map_err(failed)?;
        tracing::info!("note: {url}");
        publication.comment_url = Some(url);
        Ok(())
    }

    /// What a refusal means for the reader.
    fn missed(&self, error: &CallError) -> Missed {
        Missed::Failed(match error.failure {
            Failure::Denied | Failure::NotFound | Failure::Unauthenticated => {
                format!("{error}; GITLAB_TOKEN needs the scope `api` and the role Developer in the project")
            }
            _ => error.to_string(),
        })
    }

    /// Puts links on the page of the job.
    pub fn show(&self, subject: Subject<'_>, publication: &mut Publication) {
        if !self.wants(Target::Annotations) {
            return;
        }
        let links = self.links(subject.document, publication);
        let result = self.write_file(ANNOTATIONS_FILE, &files::annotations(&links));
        publication.note(&self.selection, Target::Annotations, result);
    }

    fn links(&self, document: &ResultDocument, publication: &Publication) -> Vec<(String, String)> {
        let mut links = Vec::new();
        for task in &document.tasks {
            let id = task.task_id.get(..8).unwrap_or(&task.task_id);
            let pdf = task.report.as_ref().and_then(|report| report.url.clone());
            links.extend(pdf.map(|url| (format!("PDF report of {id}"), url)));
            let html = task.files.iter().find(|file| file.format == "html");
            let html = html.and_then(|file| self.artifact_url(Path::new(&file.path)));
            links.extend(html.map(|url| (format!("Findings of {id}"), url)));
            let page = self.task_url.as_ref().map(|url| url.replace(TASK_ID_MARK, &task.task_id));
            links.extend(page.map(|url| (format!("Task {id} in CodeArts"), url)));
        }
        let note = publication.comment_url.clone().filter(|url| !url.is_empty());
        links.extend(note.map(|url| ("Note on the merge request".to_owned(), url)));
        links
    }

    /// Tells later jobs how it all went.
    pub fn tell_outputs(&self, subject: Subject<'_>, publication: &mut Publication) {
        let result = self.write_outputs(&outputs::values(subject, publication.comment_url.as_deref()));
        publication.note(&self.selection, Target::Outputs, result);
    }
}
