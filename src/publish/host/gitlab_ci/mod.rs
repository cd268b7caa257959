//! A job of GitLab CI: its runner collects values for later jobs and links for the page of the job from the report directory.

mod files;

use super::interface::Host;
use crate::ci::gitlab_ci::Job;
use crate::console::Console;
use crate::error::Problem;
use crate::messages::{Message, PublishLabel, PublishMessage};
use crate::publish::plan::PublishConfig;
use crate::publish::results::{Added, Offer, PublishError, PublishResults};
use crate::publish::target::Target;
use crate::report::formats::html;
use crate::report::formats::markdown::Page;
use crate::report::pages::task_page::TASK_ID_MARK;
use crate::report::store::directory::ReportDirectory;
use files::{ANNOTATIONS_FILE, DOTENV_FILE};
use std::path::Path;

/// Files in the report directory that GitLab's runner collects.
pub(super) const FILES: [&str; 2] = [DOTENV_FILE, ANNOTATIONS_FILE];

/// The one with outputs.
pub(super) const OUTPUT_FILE: &str = DOTENV_FILE;

/// A job of GitLab CI.
#[derive(Debug)]
pub(super) struct GitLabCi {
    /// What its variables describe.
    pub(super) job: Job,
}

impl Host for GitLabCi {
    fn targets(&self) -> &'static [Target] {
        &[
            Target::Artifact,
            Target::Comment,
            Target::Review,
            Target::CheckRun,
            Target::Annotations,
            Target::Outputs,
        ]
    }

    fn run_url(&self) -> Option<&str> {
        self.job.url.as_deref()
    }

    fn kept(&self) -> Option<String> {
        Some(self.job.artifacts_url())
    }

    fn writes_reports(&self) -> bool {
        true
    }

    fn offer(&self, target: Target, config: &PublishConfig) -> Offer {
        let file = |name: &str, report: &'static str| {
            let path = config.workspace.name(&config.report_dir.join(name));
            Ok(PublishMessage::ReportFile { path, report }.into())
        };
        match target {
            Target::Artifact => config.offer_kept(),
            Target::Outputs => file(DOTENV_FILE, "dotenv"),
            Target::Annotations => file(ANNOTATIONS_FILE, "annotations"),
            Target::Comment | Target::Review | Target::CheckRun | Target::Summary | Target::Sarif => {
                Err(PublishError::unknown_place(target).problem)
            }
        }
    }

    fn annotate(
        &self,
        config: &PublishConfig,
        page: &Page<'_>,
        _console: &Console,
        results: &mut PublishResults,
    ) -> Result<(), PublishError> {
        let links = links(config, page, results.comment_url.as_deref());
        write_file(config, ANNOTATIONS_FILE, "annotations", &files::annotations(&links))
    }

    fn write_outputs(
        &self,
        config: &PublishConfig,
        values: &[(&str, String)],
        _added: &mut Option<Added>,
    ) -> Result<Option<Message>, PublishError> {
        let file = config.report_dir.join(DOTENV_FILE);
        let present = crate::file::read_text(&file, files::DOTENV_LIMIT as u64).unwrap_or_default();
        let (text, left_out) = files::dotenv(&present, values);
        write_file(config, DOTENV_FILE, "dotenv", &text)?;
        let left_out = Some(left_out).filter(|names| !names.is_empty());
        Ok(left_out.map(|names| PublishMessage::OutputsLeftOut { names, limit: files::DOTENV_LIMIT }.into()))
    }
}

/// `report`: the kind of report that the runner takes the file for.
fn write_file(
    config: &PublishConfig,
    name: &str,
    report: &'static str,
    text: &str,
) -> Result<(), PublishError> {
    let directory = ReportDirectory::shared(&config.report_dir, &config.workspace);
    let written =
        directory.and_then(|directory| directory.write(&directory.path().join(name), text.as_bytes()));
    written.map_err(|error| {
        let path = name.to_owned();
        let problem = Problem::new(PublishMessage::ReportFileNotWritten { path, report });
        PublishError::failed(problem.because(format!("{error:#}")))
    })
}

/// Links for the page of the job, each with its label.
fn links(config: &PublishConfig, page: &Page<'_>, comment_url: Option<&str>) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for result in &page.subject.document.tasks {
        let task = result.shown().to_owned();
        let pdf = result.report.as_ref().and_then(|report| report.url.clone());
        links.extend(pdf.map(|url| (PublishLabel::Pdf { task: task.clone() }, url)));
        let html = result.files.iter().find(|file| file.format == &html::FORMAT);
        let html = html.and_then(|file| config.kept_url(Path::new(&file.path)).ok());
        links.extend(html.map(|url| (PublishLabel::Findings { task: task.clone() }, url)));
        let task_url = page.task_url.map(|url| url.replace(TASK_ID_MARK, &result.task_id));
        links.extend(task_url.map(|url| (PublishLabel::Task { task }, url)));
    }
    let note = comment_url.filter(|url| !url.is_empty());
    links.extend(note.map(|url| (PublishLabel::Note, url.to_owned())));
    links.into_iter().map(|(label, url)| (label.text(page.subject.language), url)).collect()
}
