//! The forge whose job this is, and with it the ways to each target.

use super::github::{self, GitHub};
use super::gitlab::{self, GitLab};
use super::{Missed, Offer, Plan, Publication, Target, outputs};
use crate::console::Console;
use crate::report::pages::markdown::Subject;
use crate::report::result::ReportResult;
use crate::report::store::directory::ReportDirectory;
use std::path::PathBuf;
use tokio::time::Instant;

/// Targets at the pull request, in the order in which they are written.
pub const PULL_REQUEST_TARGETS: [Target; 2] = [Target::Comment, Target::CheckRun];

/// Publishes from one job.
#[derive(Debug)]
pub enum Publisher {
    /// Of GitHub Actions.
    GitHub(Box<GitHub>),
    /// Of GitLab CI.
    GitLab(Box<GitLab>),
}

/// The way to the pull request, if there is one.
#[derive(Debug)]
pub enum Reach {
    /// On GitHub.
    GitHub(Result<github::Reached, Missed>),
    /// On GitLab, where it is called a merge request.
    GitLab(Result<gitlab::Reached, Missed>),
}

impl Publisher {
    /// What is wanted.
    pub const fn plan(&self) -> &Plan {
        match self {
            Self::GitHub(github) => &github.plan,
            Self::GitLab(gitlab) => &gitlab.plan,
        }
    }

    /// The same, to change it.
    pub const fn plan_mut(&mut self) -> &mut Plan {
        match self {
            Self::GitHub(github) => &mut github.plan,
            Self::GitLab(gitlab) => &mut gitlab.plan,
        }
    }

    /// Whether something goes to the report directory, where the CI collects it.
    pub const fn writes_reports(&self) -> bool {
        matches!(self, Self::GitLab(_))
    }

    /// What there is for each target, as far as this machine tells.
    pub fn offers(&self) -> Vec<Offer> {
        match self {
            Self::GitHub(github) => github.offers(),
            Self::GitLab(gitlab) => gitlab.offers(),
        }
    }

    /// Hides the tokens of the job.
    pub fn mask(&self, console: &Console) {
        match self {
            Self::GitHub(github) => github.mask(console),
            // GitLab's runner hides what the project says is to be hidden.
            Self::GitLab(_) => {}
        }
    }

    /// Hands values to later steps or jobs, if they are wanted. Later values of a name replace earlier ones.
    ///
    /// # Errors
    /// When they can not be written.
    pub fn write_outputs(&self, values: &[(&str, String)]) -> Result<(), Missed> {
        match self {
            Self::GitHub(github) => github.write_outputs(values),
            Self::GitLab(gitlab) => gitlab.write_outputs(values),
        }
    }

    /// Takes PDFs to where they are kept, each with the id of its task, and notes their addresses. `reach`: the way to the
    /// pull request that will link to them, if there is one.
    pub async fn upload_artifacts(
        &self,
        reports: &mut [(&str, &mut ReportResult)],
        reach: Option<&Reach>,
        directory: &ReportDirectory,
        console: &Console,
        deadline: Instant,
        publication: &mut Publication,
    ) {
        match (self, reach) {
            (Self::GitHub(github), _) => {
                github.upload_artifacts(reports, directory, console, deadline, publication).await;
            }
            (Self::GitLab(gitlab), Some(Reach::GitLab(reach))) => {
                gitlab.upload_artifacts(reports, reach, deadline, publication).await;
            }
            // Nothing would link to an upload, and uploads stay.
            (Self::GitLab(gitlab), _) => gitlab.plan.keep(reports, publication),
        }
    }

    /// Uploads findings for code scanning, if that is wanted. `files`: the SARIF file of each task.
    pub async fn upload_sarif(&self, files: &[PathBuf], deadline: Instant, publication: &mut Publication) {
        if let Self::GitHub(github) = self {
            github.upload_sarif(files, deadline, publication).await;
        }
    }

    /// Finds out whether the files of the step can be written, before others are told how it ended.
    pub fn try_files(&self, publication: &mut Publication) {
        if let Self::GitHub(github) = self {
            github.try_files(publication);
        }
    }

    /// Whether PDFs are uploaded only where a comment will link to them, so that the way there has to be known first.
    pub const fn uploads_for_comments(&self) -> bool {
        matches!(self, Self::GitLab(_))
    }

    /// Gets ready to write to the pull request until `deadline`, if anything is wanted there; looking for it ends at `limit`.
    pub async fn reach_pull_request(&self, deadline: Instant, limit: Instant) -> Option<Reach> {
        if !PULL_REQUEST_TARGETS.iter().any(|target| self.plan().wants(*target)) {
            return None;
        }
        Some(match self {
            Self::GitHub(github) => Reach::GitHub(github.reach(deadline, limit).await),
            Self::GitLab(gitlab) => Reach::GitLab(gitlab.reach(deadline, limit).await),
        })
    }

    /// Writes one of [`PULL_REQUEST_TARGETS`], if it is wanted; what came of it is noted.
    pub async fn write_to_pull_request(
        &self,
        target: Target,
        reach: &Reach,
        subject: Subject<'_>,
        deadline: Instant,
        publication: &mut Publication,
    ) {
        match (self, reach) {
            (Self::GitHub(github), Reach::GitHub(reach)) => {
                github.write_to_pull_request(target, reach, subject, deadline, publication).await;
            }
            (Self::GitLab(gitlab), Reach::GitLab(reach)) => {
                gitlab.write_to_merge_request(target, reach, subject, deadline, publication).await;
            }
            _ => {}
        }
    }

    /// Shows the result on the page of the run.
    pub fn show(&self, subject: Subject<'_>, console: &Console, publication: &mut Publication) {
        match self {
            Self::GitHub(github) => github.show(subject, console, publication),
            Self::GitLab(gitlab) => gitlab.show(subject, publication),
        }
    }

    /// Tells later steps or jobs how it all went.
    pub fn tell_outputs(&self, subject: Subject<'_>, publication: &mut Publication) {
        let values = outputs::values(subject, publication.comment_url.as_deref(), &self.plan().workspace);
        self.tell_values(&values, publication);
    }

    /// Hands over these last values. What was handed over before in their place is taken back if that fails.
    pub fn tell_values(&self, values: &[(&str, String)], publication: &mut Publication) {
        match self {
            Self::GitHub(github) => github.tell_values(values, publication),
            Self::GitLab(gitlab) => gitlab.tell_values(values, publication),
        }
    }
}
