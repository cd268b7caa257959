//! A job of GitCode Actions: its runner reads outputs and the summary of a step from files.

use super::interface::Host;
use super::step_files;
use crate::ci::gitcode_actions::Job;
use crate::error::Problem;
use crate::messages::{Message, PublishMessage};
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Added, Offer, PublishError, PublishResults};
use crate::publish::target::Target;
use crate::report::formats::markdown::{Page, Room, render};
use crate::text::redactor::redact;
use std::path::Path;

/// Where outputs go, and where the summary goes.
const OUTPUT: &str = "ATOMGIT_OUTPUT";
const SUMMARY: &str = "ATOMGIT_STEP_SUMMARY";

/// A job of GitCode Actions.
#[derive(Debug)]
pub(super) struct GitCodeActions {
    /// What its variables describe.
    pub(super) job: Job,
}

impl GitCodeActions {
    /// The file of a target and the variable that names it, where it has one.
    fn file(&self, target: Target) -> Option<(&'static str, Option<&Path>)> {
        match target {
            Target::Summary => Some((SUMMARY, self.job.summary_file.as_deref())),
            Target::Outputs => Some((OUTPUT, self.job.output_file.as_deref())),
            Target::Artifact
            | Target::Comment
            | Target::Review
            | Target::CheckRun
            | Target::Annotations
            | Target::Sarif => None,
        }
    }
}

impl Host for GitCodeActions {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment, Target::Review, Target::Summary, Target::Outputs]
    }

    fn run_id(&self) -> String {
        self.job.run_id.clone()
    }

    fn offer(&self, target: Target, _config: &PublishConfig) -> Offer {
        match self.file(target) {
            Some((variable, Some(path))) => step_files::try_append(path)
                .map(|()| PublishMessage::RunnerFile { variable }.into())
                .map_err(|error| step_files::unwritable(variable, path, &error)),
            Some((variable, None)) => Err(step_files::no_file(variable)),
            None => Err(PublishError::unknown_place(target).problem),
        }
    }

    fn try_file(&self, target: Target) -> Result<(), PublishError> {
        let Some((variable, Some(file))) = self.file(target) else { return Ok(()) };
        step_files::try_append(file)
            .map_err(|error| PublishError::failed(step_files::unwritable(variable, file, &error)))
    }

    fn write_summary(
        &self,
        _config: &PublishConfig,
        page: Page<'_>,
        results: &mut PublishResults,
    ) -> Result<(), PublishError> {
        let file = self.job.summary_file.as_deref();
        let file = file.ok_or_else(|| PublishError::not_offered(step_files::no_file(SUMMARY)))?;
        let text = render(&page, Room::Bytes(step_files::summary_room(file)));
        if !step_files::has_room(file, &text, results.added.get(&Target::Summary).copied()) {
            return Err(PublishError::failed(Problem::new(PublishMessage::SummaryFull)));
        }
        let mut added = results.added.remove(&Target::Summary);
        let written = step_files::replace(file, &redact(&text), &mut added);
        results.added.extend(added.map(|added| (Target::Summary, added)));
        written.map_err(|error| PublishError::failed(step_files::unwritable(SUMMARY, file, &error)))
    }

    fn write_outputs(
        &self,
        _config: &PublishConfig,
        values: &[(&str, String)],
        added: &mut Option<Added>,
    ) -> Result<Option<Message>, PublishError> {
        let file = self.job.output_file.as_deref();
        let file = file.ok_or_else(|| PublishError::not_offered(step_files::no_file(OUTPUT)))?;
        step_files::replace(file, &step_files::outputs(values), added)
            .map(|()| None)
            .map_err(|error| PublishError::failed(step_files::unwritable(OUTPUT, file, &error)))
    }
}
