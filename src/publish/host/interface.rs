//! What a host can do.

use crate::console::Console;
use crate::messages::Message;
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Added, Offer, PublishError, PublishResults};
use crate::publish::target::Target;
use crate::report::formats::markdown::Page;
use crate::report::result::ReportResult;
use crate::report::store::directory::ReportDirectory;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use std::fmt::Debug;
use std::path::Path;
use tokio::time::Instant;

/// PDFs, each with the id of its task.
pub(in crate::publish) type Reports<'r> = [(&'r str, &'r mut ReportResult)];

/// Where the job runs. What a host does not offer, it leaves out.
pub(in crate::publish) trait Host: Debug {
    /// Targets that can exist in a job here, those at the pull request included.
    fn targets(&self) -> &'static [Target];

    /// The page of this run.
    fn run_url(&self) -> Option<&str> {
        None
    }

    /// Distinguishes this run from others of the same commit.
    fn run_id(&self) -> String {
        String::new()
    }

    /// Address of the files that the CI keeps by itself after the job, with a slash at its end.
    fn kept(&self) -> Option<String> {
        None
    }

    /// Whether something goes to the report directory, where the CI collects it.
    fn writes_reports(&self) -> bool {
        false
    }

    /// Hides the tokens of the job.
    fn mask(&self, _console: &Console) {}

    /// What there is for a target, as far as this machine shows; what it lacks.
    fn offer(&self, target: Target, config: &PublishConfig) -> Offer {
        match target {
            Target::Artifact => config.offer_kept(),
            Target::Comment
            | Target::CheckRun
            | Target::Review
            | Target::Summary
            | Target::Annotations
            | Target::Outputs
            | Target::Sarif => Err(PublishError::unknown_place(target).problem),
        }
    }

    /// Finds out whether the file of a target can be written, before others show how it ended.
    ///
    /// # Errors
    /// When it is there and cannot.
    fn try_file(&self, _target: Target) -> Result<(), PublishError> {
        Ok(())
    }

    /// Takes PDFs to where they are kept, and notes their addresses.
    fn upload_artifacts<'a, 'r: 'a>(
        &'a self,
        config: &'a PublishConfig,
        reports: &'a mut Reports<'r>,
        _directory: &'a ReportDirectory,
        _console: &'a Console,
        _deadline: Instant,
    ) -> LocalBoxFuture<'a, Result<(), PublishError>> {
        async { keep(config, reports) }.boxed_local()
    }

    /// Puts annotations where this CI shows them.
    ///
    /// # Errors
    /// When they cannot be written.
    fn annotate(
        &self,
        _config: &PublishConfig,
        _page: &Page<'_>,
        _console: &Console,
        _results: &mut PublishResults,
    ) -> Result<(), PublishError> {
        Err(PublishError::unknown_place(Target::Annotations))
    }

    /// Writes the page of the run.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write_summary(
        &self,
        _config: &PublishConfig,
        _page: Page<'_>,
        _results: &mut PublishResults,
    ) -> Result<(), PublishError> {
        Err(PublishError::unknown_place(Target::Summary))
    }

    /// Hands values to later steps or jobs, in place of what was `added`; later values of a name replace earlier ones.
    /// Returns what did not fit, for the log.
    ///
    /// # Errors
    /// When they cannot be written.
    fn write_outputs(
        &self,
        _config: &PublishConfig,
        _values: &[(&str, String)],
        _added: &mut Option<Added>,
    ) -> Result<Option<Message>, PublishError> {
        Err(PublishError::unknown_place(Target::Outputs))
    }
}

/// Gives PDFs that are nowhere else yet the addresses under which the CI keeps them.
fn keep(config: &PublishConfig, reports: &mut Reports<'_>) -> Result<(), PublishError> {
    let mut result = Ok(());
    for (_, report) in reports.iter_mut().filter(|(_, report)| report.url.is_none()) {
        match config.kept_url(Path::new(&report.path)) {
            Ok(url) => report.url = Some(url),
            Err(problem) => result = Err(PublishError::not_offered(problem)),
        }
    }
    result
}
