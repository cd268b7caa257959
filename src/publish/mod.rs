//! Bringing the result to where people look. A host is where the job runs, a forge is where the change is reviewed; this
//! module walks the wanted targets and collects what came of each.

mod forge;
mod host;
mod outputs;
mod plan;
mod results;
mod review;
mod reviewed;
mod target;

pub use forge::{CommentMode, EventPullRequest, InDiff};
pub use plan::PublishConfig;
pub use results::{Offer, PublishError, PublishErrorKind, PublishResults, logged_before};
pub use review::{CodeReview, event_pull_request};
pub use reviewed::{Identified, ReviewError};
pub use target::{PublishChoice, Selection, Target};

use crate::ci::CiEnvironment;
use crate::codearts::repo::Repo;
use crate::console::Console;
use crate::messages::NowhereMessage;
use crate::report::formats::markdown::{Page, Subject};
use crate::report::result::ReportResult;
use crate::report::store::directory::ReportDirectory;
use forge::{Forge, PullRequest, WantedComment};
use host::Host;
use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use target::Carrier;
use tokio::time::{Instant, timeout_at};

/// Targets at the pull request.
const PULL_REQUEST_TARGETS: [Target; 3] = [Target::Comment, Target::Review, Target::CheckRun];

/// Files in the report directory that a host leaves there for its CI, whichever it is.
pub const HOST_FILES: &[&str] = host::FILES;
/// Those of them that hold outputs.
pub const OUTPUT_FILES: &[&str] = host::OUTPUT_FILES;

/// Publishes from one job.
#[derive(Debug)]
pub struct Publisher {
    config: Box<PublishConfig>,
    host: Box<dyn Host>,
    forge: Box<dyn Forge>,
}

/// Whether the pull request shows what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It does.
    Yes,
    /// There was no answer.
    Perhaps,
    /// It does not.
    No,
}

/// The way to the pull request, or why there is none.
#[derive(Debug)]
pub struct PullRequestContext<'a>(Result<Box<dyn PullRequest + 'a>, PublishError>);

impl Publisher {
    /// How to publish from a job of this CI.
    ///
    /// # Errors
    /// Why the result cannot be shown anywhere.
    pub fn new(
        ci: &CiEnvironment,
        mut config: PublishConfig,
        retention_days: Option<u32>,
    ) -> Result<Self, NowhereMessage> {
        let host = host::of(&ci.host, retention_days);
        let forge = match &ci.facts.change {
            Some(change) => forge::of(change).map_err(NowhereMessage::UnknownForge)?,
            None => return Err(NowhereMessage::NoChange),
        };
        let exists = |target: &Target| match target.carrier() {
            Carrier::Host => true,
            Carrier::Forge => forge.targets().contains(target),
        };
        config.targets = host.targets().iter().copied().filter(exists).collect();
        config.kept = host.kept();
        config.run_url = host.run_url().map(str::to_owned);
        config.run_id = host.run_id();
        Ok(Self { config: Box::new(config), host, forge })
    }

    /// What is wanted.
    pub fn config(&self) -> &PublishConfig {
        &self.config
    }

    /// The same, to change it.
    pub fn config_mut(&mut self) -> &mut PublishConfig {
        &mut self.config
    }

    /// Hands over CodeArts Repo to a forge that needs it.
    pub fn connect(&mut self, repo: &Arc<Repo>) {
        self.forge.connect(repo);
    }

    /// Whether something goes to the report directory, where the CI collects it.
    pub fn writes_reports(&self) -> bool {
        self.host.writes_reports()
    }

    /// What there is for each target, as far as this machine shows.
    pub fn offers(&self) -> Vec<(Target, Offer)> {
        let offer = |target: &Target| match target.carrier() {
            Carrier::Host => (*target, self.host.offer(*target, &self.config)),
            Carrier::Forge => (*target, self.forge.offer(*target, &self.config)),
        };
        self.config.targets.iter().map(offer).collect()
    }

    /// Hides the tokens of the job.
    pub fn mask(&self, console: &Console) {
        self.host.mask(console);
    }

    /// Hands values to later steps or jobs, if they are wanted. Later values of a name replace earlier ones.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_outputs(&self, values: &[(&str, String)]) -> Result<(), PublishError> {
        if !self.config.wants(Target::Outputs) {
            return Ok(());
        }
        self.host.write_outputs(&self.config, values, &mut None).map(drop)
    }

    /// Takes PDFs to where they are kept, each with the id of its task, and notes their addresses. `pull_request`: the one
    /// that will link to them, if there is one.
    pub async fn upload_artifacts<'r>(
        &self,
        reports: &mut [(&'r str, &'r mut ReportResult)],
        pull_request: Option<&PullRequestContext<'_>>,
        directory: &ReportDirectory,
        console: &Console,
        deadline: Instant,
        results: &mut PublishResults,
    ) {
        if !self.config.wants(Target::Artifact) || reports.is_empty() {
            return;
        }
        // Without a comment nothing would link to an upload, and uploads stay.
        if let Some(PullRequestContext(Ok(found))) = pull_request
            && self.config.wants(Target::Comment)
        {
            found.upload_pdfs(reports, deadline).await;
        }
        let result = self.host.upload_artifacts(&self.config, reports, directory, console, deadline).await;
        results.note(&self.config.selection, Target::Artifact, result);
    }

    /// Uploads findings for code scanning, if that is wanted. `files`: the SARIF file of each task.
    pub async fn upload_sarif(&self, files: &[PathBuf], deadline: Instant, results: &mut PublishResults) {
        if !self.config.wants(Target::Sarif) {
            return;
        }
        let uploading = self.forge.upload_findings(&self.config, files, deadline);
        let result = timeout_at(deadline, uploading).await;
        let result = result.unwrap_or_else(|_| Err(PublishError::out_of_time()));
        results.note(&self.config.selection, Target::Sarif, result);
    }

    /// Finds out whether the files of the step can be written, before others show how it ended.
    pub fn try_files(&self, results: &mut PublishResults) {
        for target in self.config.targets.iter().copied().filter(|target| self.config.wants(*target)) {
            if let Err(error) = self.host.try_file(target) {
                results.note(&self.config.selection, target, Err(error));
            }
        }
    }

    /// Whether PDFs are uploaded only where a comment will link to them, so that the way there has to be known first.
    pub fn uploads_for_comments(&self) -> bool {
        self.forge.takes_pdfs()
    }

    /// Gets ready to write to the pull request until `deadline`, if anything is wanted there; looking for it ends at `limit`.
    pub async fn reach_pull_request(
        &self,
        deadline: Instant,
        limit: Instant,
    ) -> Option<PullRequestContext<'_>> {
        if !PULL_REQUEST_TARGETS.iter().any(|target| self.config.wants(*target)) {
            return None;
        }
        Some(PullRequestContext(self.forge.find_pull_request(&self.config, deadline, limit).await))
    }

    /// Looks at the comments that are there, if one is wanted, while other things are under way.
    pub async fn look_ahead(&self, PullRequestContext(found): &PullRequestContext<'_>, deadline: Instant) {
        if let Ok(found) = found
            && self.config.wants(Target::Comment)
        {
            // Whoever writes the comment runs out of time as well.
            let _ = timeout_at(deadline, found.look_ahead()).await;
        }
    }

    /// Writes the comment, if it is wanted; what came of it is noted. `is_sent` is set when something is sent that changes or makes
    /// it.
    pub async fn comment(
        &self,
        PullRequestContext(found): &PullRequestContext<'_>,
        subject: Subject<'_>,
        (mode, is_sent): (CommentMode, &Cell<bool>),
        deadline: Instant,
        results: &mut PublishResults,
    ) -> Arrival {
        if !self.config.wants(Target::Comment) {
            return Arrival::No;
        }
        let wanted =
            WantedComment { page: self.page(subject), before: &mut results.counts_before, mode, is_sent };
        let writing = async { found.as_ref().map_err(Clone::clone)?.comment(wanted).await };
        let result = timeout_at(deadline, writing).await;
        let result = match result.unwrap_or_else(|_| Err(PublishError::out_of_time())) {
            Ok(None) => return Arrival::No,
            Ok(Some(url)) => {
                results.comment_url = Some(url);
                Ok(())
            }
            Err(error) => Err(error),
        };
        self.note_written(Target::Comment, result, results)
    }

    /// Writes the check run, in the same way. One that is there already is replaced.
    pub async fn check_run(
        &self,
        PullRequestContext(found): &PullRequestContext<'_>,
        subject: Subject<'_>,
        deadline: Instant,
        results: &mut PublishResults,
    ) -> Arrival {
        if !self.config.wants(Target::CheckRun) {
            return Arrival::No;
        }
        let page = self.page(subject);
        let writing = async { found.as_ref().map_err(Clone::clone)?.check_run(page).await };
        let result = timeout_at(deadline, writing).await;
        let result = result.unwrap_or_else(|_| Err(PublishError::out_of_time()));
        self.note_written(Target::CheckRun, result, results)
    }

    fn note_written(
        &self,
        target: Target,
        result: Result<(), PublishError>,
        results: &mut PublishResults,
    ) -> Arrival {
        let arrival = match &result {
            Ok(()) => Arrival::Yes,
            Err(PublishError { kind: PublishErrorKind::Unanswered, .. }) => Arrival::Perhaps,
            Err(_) => Arrival::No,
        };
        results.note(&self.config.selection, target, result);
        arrival
    }

    /// Shows findings as comments in the diff; what came of it is noted. `shown`: what to show, or why that is not known.
    pub async fn comment_on_lines(
        &self,
        PullRequestContext(found): &PullRequestContext<'_>,
        shown: Result<InDiff<'_>, PublishError>,
        deadline: Instant,
        results: &mut PublishResults,
    ) {
        let writing = async { found.as_ref().map_err(Clone::clone)?.review(shown?).await };
        let result = timeout_at(deadline, writing).await;
        let result = result.unwrap_or_else(|_| Err(PublishError::out_of_time()));
        results.note(&self.config.selection, Target::Review, result);
    }

    /// Shows the result on the page of the run.
    pub fn show(&self, subject: Subject<'_>, console: &Console, results: &mut PublishResults) {
        let page = self.page(subject);
        if self.config.wants(Target::Annotations) {
            let result = self.host.annotate(&self.config, &page, console, results);
            results.note(&self.config.selection, Target::Annotations, result);
        }
        if self.config.wants(Target::Summary) {
            let result = self.host.write_summary(&self.config, page, results);
            results.note(&self.config.selection, Target::Summary, result);
        }
    }

    /// Hands how it all went to later steps or jobs.
    pub fn write_result_outputs(&self, subject: Subject<'_>, results: &mut PublishResults) {
        let values = outputs::values(subject, results.comment_url.as_deref(), &self.config.workspace);
        self.write_final_outputs(&values, results);
    }

    /// Hands over these last values. What was handed over before in their place is removed if that fails.
    pub fn write_final_outputs(&self, values: &[(&str, String)], results: &mut PublishResults) {
        if !self.config.wants(Target::Outputs) {
            return;
        }
        let mut added = results.added.remove(&Target::Outputs);
        let result = self.host.write_outputs(&self.config, values, &mut added).map(|left_out| {
            if let Some(left_out) = left_out {
                tracing::warn!("outputs: {left_out}");
            }
        });
        results.added.extend(added.map(|added| (Target::Outputs, added)));
        results.note(&self.config.selection, Target::Outputs, result);
    }

    fn page<'a>(&'a self, subject: Subject<'a>) -> Page<'a> {
        Page {
            run_url: self.config.run_url.as_deref(),
            task_url: self.config.task_url.as_deref(),
            workspace: Some(&self.config.workspace),
            ..Page::new(subject)
        }
    }
}
