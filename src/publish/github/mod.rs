//! GitHub Actions: what a job offers, and how the result reaches each target.
//!
//! Artifacts come first, because comments link to them; what only touches files of the job comes last, because it
//! tells how the rest went.

mod annotations;
mod api;
mod artifact;
mod blob;
mod check_run;
mod comment;
mod event;
mod files;
mod form;
mod notes;
mod pull_request;
mod refusal;
mod sarif;

use super::sticky::{self, Conversation as _};
use super::{Missed, Offer, Plan, Publication, Target, out_of_time};
use crate::ci::github::Job;
use crate::console::Console;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::report::pages::markdown::{Page, Room, Subject, headline, render};
use crate::report::result::ReportResult;
use crate::report::store::directory::{ReportDirectory, pdf_name};
use api::Api;
use artifact::{Upload, UploadFile, Uploader};
use check_run::CheckRun;
use comment::Comments;
use event::PullRequest;
use notes::notes;
use refusal::reason;
use std::path::{Path, PathBuf};
use tokio::time::{Instant, timeout_at};

/// Targets that exist in a job of GitHub Actions.
pub const TARGETS: &[Target] = &[
    Target::Artifact,
    Target::Comment,
    Target::CheckRun,
    Target::Summary,
    Target::Annotations,
    Target::Outputs,
    Target::Sarif,
];

/// Publishes from one job.
#[derive(Debug)]
pub struct GitHub {
    /// What is wanted.
    pub plan: Plan,
    /// The job.
    pub job: Job,
    /// Days to keep artifacts.
    pub retention_days: Option<u32>,
}

/// More PDFs than these become one artifact: a job may have 500 (`ci/github`, section 1.9), and each takes three calls.
const ARTIFACTS_LIMIT: usize = 50;

/// As much of the key as stands in an artifact's name.
const KEY_LIMIT: usize = 16;

/// The way to the pull request, if there is one.
#[derive(Debug)]
pub struct Reached {
    api: Api,
    /// The commit this run is about, where the event tells.
    commit: Option<String>,
    pull_request: Result<Option<PullRequest>, Missed>,
}

impl GitHub {
    fn page<'a>(&'a self, subject: Subject<'a>) -> Page<'a> {
        let (run_url, task_url) = (self.job.run_url.as_deref(), self.plan.task_url.as_deref());
        Page { run_url, task_url, workspace: Some(&self.plan.workspace), ..Page::new(subject) }
    }

    /// What there is for each target, as far as this machine tells.
    pub fn offers(&self) -> Vec<Offer> {
        let Job { token, runtime, summary_file, output_file, .. } = &self.job;
        let with_token = |permission: &str| match token {
            Some(_) => match api::address(&self.job, self.plan.http.allows_plain) {
                Ok(_) => Ok(format!("GITHUB_TOKEN is there; it needs `{permission}`")),
                Err(missed) => Err(missed.reason().to_owned()),
            },
            None => Err(self.job.no_token().to_owned()),
        };
        let file = |file: &Option<PathBuf>, variable: &str| match file {
            Some(path) => files::try_append(path)
                .map(|()| format!("{variable} is there"))
                .map_err(|error| unwritable(variable, path, &error)),
            None => Err(no_file(variable)),
        };
        let comment = || {
            let told = event::told_by(&self.job)?;
            let place = told.describe().ok_or("the event is about no pull request and no commit")?;
            Ok(format!("{}; {place}", with_token("pull-requests: write")?))
        };
        let offer = |target: Target| {
            let offer = match target {
                Target::Artifact if !self.job.is_actions => self.plan.offer_kept(),
                Target::Artifact if runtime.is_some() => Ok("the token for uploads is there".to_owned()),
                Target::Artifact => Err(artifact::no_token().reason().to_owned()),
                Target::Comment => comment(),
                Target::CheckRun => with_token("checks: write"),
                Target::Sarif => with_token("security-events: write"),
                Target::Summary => file(summary_file, "GITHUB_STEP_SUMMARY"),
                Target::Outputs => file(output_file, "GITHUB_OUTPUT"),
                Target::Annotations => Ok("in the log".to_owned()),
            };
            (target, offer)
        };
        self.plan.targets.iter().copied().map(offer).collect()
    }

    /// Hides the tokens of the job.
    pub fn mask(&self, console: &Console) {
        use secrecy::ExposeSecret as _;
        let runtime = self.job.runtime.as_ref().map(|runtime| &runtime.token);
        for token in self.job.token.iter().chain(runtime) {
            console.mask(token.expose_secret());
        }
    }

    /// Writes outputs of the step, if they are wanted.
    pub fn write_outputs(&self, values: &[(&str, String)]) -> Result<(), Missed> {
        if !self.plan.wants(Target::Outputs) {
            return Ok(());
        }
        let Some(file) = &self.job.output_file else {
            return Err(Missed::Unavailable(no_file("GITHUB_OUTPUT")));
        };
        files::write_outputs(file, values, &mut None)
            .map_err(|error| Missed::Failed(unwritable("GITHUB_OUTPUT", file, &error)))
    }

    /// Uploads PDFs, each with the id of its task, and notes their addresses.
    pub async fn upload_artifacts(
        &self,
        reports: &mut [(&str, &mut ReportResult)],
        directory: &ReportDirectory,
        console: &Console,
        deadline: Instant,
        publication: &mut Publication,
    ) {
        if !self.job.is_actions {
            return self.plan.keep(reports, publication);
        }
        if !self.plan.wants(Target::Artifact) || reports.is_empty() {
            return;
        }
        let result = self.upload_all(reports, directory, console, deadline).await;
        publication.note(&self.plan.selection, Target::Artifact, result);
    }

    async fn upload_all(
        &self,
        reports: &mut [(&str, &mut ReportResult)],
        directory: &ReportDirectory,
        console: &Console,
        deadline: Instant,
    ) -> Result<(), Missed> {
        let runtime = self.job.runtime.as_ref().ok_or_else(artifact::no_token)?;
        // The addresses of uploads are told later, and can be of another kind than that of the service.
        let http = self.plan.client("")?;
        let uploader = Uploader::new(&http, &self.job, runtime, self.retention_days, console, deadline)?;
        let mut result = Ok(());
        let together = if reports.len() > ARTIFACTS_LIMIT { reports.len() } else { 1 };
        for reports in reports.chunks_mut(together) {
            let upload = upload_of(reports, &self.plan.comment_key);
            let uploading = uploader.upload(&upload, directory);
            match timeout_at(deadline, uploading).await.unwrap_or_else(|_| Err(out_of_time())) {
                Ok(url) => reports.iter_mut().for_each(|(_, report)| report.url = Some(url.clone())),
                // The others may fare better.
                Err(missed) => result = Err(missed),
            }
        }
        result
    }

    /// Uploads findings for code scanning, if that is wanted. `files`: the SARIF file of each task.
    pub async fn upload_sarif(&self, files: &[PathBuf], deadline: Instant, publication: &mut Publication) {
        if !self.plan.wants(Target::Sarif) {
            return;
        }
        let uploading = async {
            if files.is_empty() {
                return Err(Missed::Unavailable("there are no findings to upload".to_owned()));
            }
            let subject = sarif::subject(&self.job).ok_or_else(|| {
                let event = &self.job.event_name;
                Missed::Unavailable(format!("the event `{event}` does not tell which commit was checked"))
            })?;
            let http = self.plan.client(&self.job.api_url)?;
            let api = Api::new(&self.job, &http, deadline)?;
            for file in files {
                sarif::upload(&api, &self.job.repository, &subject, file, deadline).await.map_err(
                    |error| match error {
                        sarif::Upload::Call(error) => self.missed(&error, None, "security-events: write"),
                        sarif::Upload::Missed(missed) => missed,
                    },
                )?;
            }
            Ok(())
        };
        let result = timeout_at(deadline, uploading).await.unwrap_or_else(|_| Err(out_of_time()));
        publication.note(&self.plan.selection, Target::Sarif, result);
    }

    /// Gets ready to write to the pull request until `deadline`; looking for it ends at `limit`.
    ///
    /// # Errors
    /// One sentence, when there is no way there.
    pub(super) async fn reach(&self, deadline: Instant, limit: Instant) -> Result<Reached, Missed> {
        let http = self.plan.client(&self.job.api_url)?;
        let api = Api::new(&self.job, &http, deadline)?;
        let told = event::told_by(&self.job).map_err(Missed::Unavailable)?;
        let commit = told.commit().map(str::to_owned);
        let finding = timeout_at(limit, pull_request::find(&api, &self.job.repository, told));
        let pull_request = match finding.await {
            Ok(found) => found.map_err(|error| {
                let why = self.missed(&error, None, "pull-requests: read");
                Missed::Unavailable(format!(
                    "which pull request this is about is not known: {}",
                    why.reason()
                ))
            }),
            Err(_) => Err(out_of_time()),
        };
        let head = pull_request.as_ref().ok().and_then(|found| found.as_ref()?.head_sha.clone());
        Ok(Reached { api, commit: commit.or(head), pull_request })
    }

    /// Writes the comment or the check run, if it is wanted; what came of it is noted.
    pub async fn write_to_pull_request(
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
            let Reached { api, commit, pull_request } = reach.as_ref().map_err(Clone::clone)?;
            match target {
                Target::CheckRun => self.check_run(api, commit.as_deref(), subject).await,
                _ => match pull_request.as_ref().map_err(Clone::clone)? {
                    Some(found) => self.comment(api, found, subject, publication).await,
                    None => Err(Missed::Unavailable("this run belongs to no open pull request".to_owned())),
                },
            }
        };
        let result = timeout_at(deadline, writing).await.unwrap_or_else(|_| Err(out_of_time()));
        publication.note(&self.plan.selection, target, result);
    }

    async fn comment(
        &self,
        api: &Api,
        found: &PullRequest,
        subject: Subject<'_>,
        publication: &mut Publication,
    ) -> Result<(), Missed> {
        let comments = Comments {
            api,
            repository: &self.job.repository,
            number: found.number,
            key: &self.plan.comment_key,
        };
        let failed = |error: CallError| self.missed(&error, Some(found), "pull-requests: write");
        let present = comments.look().await.map_err(failed)?;
        // A comment that is written a second time compares with what was there before the first.
        let counts_before = || present.first().and_then(|comment| sticky::read_counts(&comment.body));
        let before = publication.counts_before.or_else(counts_before);
        publication.counts_before = before;
        let text = render(&Page { before, ..self.page(subject) }, comment::ROOM);
        let body = sticky::marked(&self.plan.comment_key, &text, subject.document.counts());
        let url = sticky::write(&comments, &present, &body).await.map_err(failed)?;
        tracing::info!("comment: {}", if url.is_empty() { "written" } else { &url });
        publication.comment_url = Some(url);
        Ok(())
    }

    async fn check_run(&self, api: &Api, commit: Option<&str>, subject: Subject<'_>) -> Result<(), Missed> {
        let Job { repository, run_id, run_attempt, event_name, .. } = &self.job;
        // Asked for now, or taken from the workflow's own branch, it could be another than the one that was checked.
        let head_sha = commit.ok_or_else(|| {
            Missed::Unavailable(format!("the event `{event_name}` does not tell which commit this is about"))
        })?;
        let check_run = CheckRun {
            api,
            repository,
            head_sha,
            name: &format!("CodeArts Check ({})", self.plan.comment_key),
            external_id: &format!("{}/{run_id}/{run_attempt}", self.plan.comment_key),
            details_url: self.job.run_url.as_deref().unwrap_or_default(),
        };
        let summary = render(&self.page(subject), check_run::ROOM);
        let title = headline(subject.outcome, subject.exit_code);
        let conclusion = check_run::conclusion(subject.outcome, subject.exit_code);
        let failed = |error: CallError| self.missed(&error, None, "checks: write");
        check_run.write(conclusion, &title, &summary, subject.findings).await.map_err(failed)
    }

    /// What a refusal means for the reader: the reason that GitHub tells, else a permission that is missing.
    fn missed(&self, error: &CallError, found: Option<&PullRequest>, permission: &str) -> Missed {
        let is_refused = matches!(
            error.failure,
            Failure::Denied
                | Failure::NotFound
                | Failure::Unauthenticated
                | Failure::Busy
                | Failure::Rejected
        );
        let reason = error.status.filter(|_| is_refused).and_then(|status| reason(status, &error.message));
        if let Some(reason) = reason {
            return Missed::Failed(format!("{error}; {}", reason.advice(permission)));
        }
        // Other events of a fork's pull request run with a token that may write.
        let reads_only =
            found.is_some_and(|found| found.is_from_fork) && self.job.event_name == "pull_request";
        Missed::Failed(match error.failure {
            Failure::Denied | Failure::NotFound if reads_only => format!(
                "{error}; the token of a pull request from a fork may only read: the summary of this job says the same"
            ),
            Failure::Denied | Failure::NotFound if self.job.is_actions => {
                format!("{error}; give the job `permissions: {permission}`")
            }
            Failure::Denied | Failure::NotFound => {
                format!("{error}; GITHUB_TOKEN needs the permission `{permission}` for the repository")
            }
            _ => error.to_string(),
        })
    }

    /// Finds out whether the files of the step can be written, before others are told how it ended.
    pub fn try_files(&self, publication: &mut Publication) {
        let files = [
            (Target::Summary, "GITHUB_STEP_SUMMARY", &self.job.summary_file),
            (Target::Outputs, "GITHUB_OUTPUT", &self.job.output_file),
        ];
        for (target, variable, file) in files.into_iter().filter(|(target, ..)| self.plan.wants(*target)) {
            let Some(file) = file else { continue };
            if let Err(error) = files::try_append(file) {
                let missed = Missed::Failed(unwritable(variable, file, &error));
                publication.note(&self.plan.selection, target, Err(missed));
            }
        }
    }

    /// Shows the result on the page of the run: annotations and the summary.
    pub fn show(&self, subject: Subject<'_>, console: &Console, publication: &mut Publication) {
        if self.plan.wants(Target::Annotations) && !publication.has_annotations {
            publication.has_annotations = true;
            let (annotations, left_out) = annotations::annotations(subject.document, subject.findings);
            // The log says the same right after it, so there they are folded.
            if !annotations.is_empty() {
                console.group("Annotations");
                annotations.iter().for_each(|annotation| console.annotate(annotation));
                console.end_group();
            }
            if left_out > 0 {
                tracing::info!("annotations: {left_out} more findings are in the report only");
            }
        }
        if self.plan.wants(Target::Summary) {
            let result = self.write_summary(subject, publication);
            publication.note(&self.plan.selection, Target::Summary, result);
        }
    }

    /// Tells later steps how it all went.
    pub fn tell_values(&self, values: &[(&str, String)], publication: &mut Publication) {
        let mut added = publication.added.remove(&Target::Outputs);
        let result = match &self.job.output_file {
            Some(file) if self.plan.wants(Target::Outputs) => files::write_outputs(file, values, &mut added)
                .map_err(|error| Missed::Failed(unwritable("GITHUB_OUTPUT", file, &error))),
            _ => self.write_outputs(values),
        };
        publication.added.extend(added.map(|added| (Target::Outputs, added)));
        publication.note(&self.plan.selection, Target::Outputs, result);
    }

    fn write_summary(&self, subject: Subject<'_>, publication: &mut Publication) -> Result<(), Missed> {
        let Some(file) = &self.job.summary_file else {
            return Err(Missed::Unavailable(no_file("GITHUB_STEP_SUMMARY")));
        };
        let notes = notes(subject.document, publication, &self.plan.workspace, self.job.is_github());
        let page = Page { has_charts: true, notes: &notes, ..self.page(subject) };
        let text = render(&page, Room::Bytes(files::summary_room(file)));
        let mut added = publication.added.remove(&Target::Summary);
        let written = files::write_summary(file, &text, &mut added);
        publication.added.extend(added.map(|added| (Target::Summary, added)));
        written.map_err(|error| Missed::Failed(unwritable("GITHUB_STEP_SUMMARY", file, &error)))
    }
}

/// The runner has given none.
fn no_file(variable: &str) -> String {
    format!("{variable} names no file; the runner sets it: pass it on where the gate runs in a container")
}

/// People look for the variable, because the runner chooses the file.
fn unwritable(variable: &str, file: &Path, error: &std::io::Error) -> String {
    format!("{variable} (`{}`) cannot be written: {error}", file.display())
}

/// One artifact of these PDFs, each with the id of its task. Several are named after `key`, which a later try has too.
fn upload_of(reports: &[(&str, &mut ReportResult)], key: &str) -> Upload {
    let files = reports.iter().map(|(task_id, report)| UploadFile {
        path: PathBuf::from(&report.path),
        bytes: report.bytes,
        sha256: report.sha256.clone(),
        name: pdf_name(task_id),
    });
    let stem = match reports {
        [(task_id, _)] => (*task_id).to_owned(),
        // A key of our own is long.
        _ => key.get(..KEY_LIMIT).unwrap_or(key).to_owned(),
    };
    Upload { stem, files: files.collect() }
}
