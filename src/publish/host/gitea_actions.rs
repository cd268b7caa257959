//! A job of Gitea or Forgejo Actions: a runner like GitHub's, whose server shows no annotations and keeps archives only.

use super::github_actions::GitHubActions;
use super::interface::{Host, Reports};
use crate::ci::gitea_actions::Job;
use crate::console::Console;
use crate::messages::Message;
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Added, Offer, PublishError, PublishResults};
use crate::publish::target::Target;
use crate::report::formats::markdown::Page;
use crate::report::store::directory::ReportDirectory;
use futures_util::future::LocalBoxFuture;
use tokio::time::Instant;

/// Such a job.
#[derive(Debug)]
pub(super) struct GiteaActions {
    runner: GitHubActions,
}

impl GiteaActions {
    pub(super) fn new(job: Job, retention_days: Option<u32>) -> Self {
        Self { runner: GitHubActions { job: job.runner, retention_days } }
    }
}

impl Host for GiteaActions {
    fn targets(&self) -> &'static [Target] {
        const ALWAYS: &[Target] =
            &[Target::Artifact, Target::Comment, Target::Review, Target::CheckRun, Target::Outputs];
        const WITH_SUMMARY: &[Target] = &[
            Target::Artifact,
            Target::Comment,
            Target::Review,
            Target::CheckRun,
            Target::Summary,
            Target::Outputs,
        ];
        // Older runners have no file for it.
        if self.runner.job.summary_file.is_some() { WITH_SUMMARY } else { ALWAYS }
    }

    fn run_url(&self) -> Option<&str> {
        self.runner.run_url()
    }

    fn run_id(&self) -> String {
        self.runner.run_id()
    }

    fn mask(&self, console: &Console) {
        self.runner.mask(console);
    }

    fn offer(&self, target: Target, config: &PublishConfig) -> Offer {
        self.runner.offer(target, config)
    }

    fn try_file(&self, target: Target) -> Result<(), PublishError> {
        self.runner.try_file(target)
    }

    fn upload_artifacts<'a, 'r: 'a>(
        &'a self,
        config: &'a PublishConfig,
        reports: &'a mut Reports<'r>,
        directory: &'a ReportDirectory,
        console: &'a Console,
        deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        self.runner.upload_artifacts(config, reports, directory, console, deadline)
    }

    fn write_summary(
        &self,
        config: &PublishConfig,
        page: Page<'_>,
        results: &mut PublishResults,
    ) -> Result<(), PublishError> {
        self.runner.write_summary(config, page, results)
    }

    fn write_outputs(
        &self,
        config: &PublishConfig,
        values: &[(&str, String)],
        added: &mut Option<Added>,
    ) -> Result<Option<Message>, PublishError> {
        self.runner.write_outputs(config, values, added)
    }
}
