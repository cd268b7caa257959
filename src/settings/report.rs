//! Where the report goes, its title, and the time for it.

use super::environment::Environment;
use super::times::positive_duration;
use super::value::refuse;
use crate::cli::FileArgs;
use crate::error::Problem;
use crate::messages::{SettingsHint, SettingsMessage, spoken};
use crate::model::language::Language;
use crate::report::store::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest title of a PDF, in characters (`check-pdf-export`).
const TITLE_LIMIT: usize = 128;
/// Time kept back from `--report-timeout` for publishing, a fifth of it at the most.
const PUBLISHING_RESERVE: Duration = Duration::from_secs(60);

/// Where the report goes.
#[derive(Debug)]
pub struct ReportSettings {
    /// Directory.
    pub directory: PathBuf,
    /// Where it lies.
    pub workspace: Workspace,
    /// Title of the PDF.
    pub title: String,
    /// Time for everything after the verdict.
    pub timeout: Duration,
    /// Language.
    pub language: Language,
}

impl ReportSettings {
    /// Time for the PDF: what publishing may need is kept back.
    pub fn pdf_limit(&self, publishes: bool) -> Duration {
        let kept = if publishes { PUBLISHING_RESERVE.min(self.timeout / 5) } else { Duration::ZERO };
        self.timeout - kept
    }

    pub(super) fn resolve(args: FileArgs, environment: &Environment) -> Result<Self, Problem> {
        not_empty(&args.directory.report_dir, environment)?;
        Ok(Self {
            directory: args.directory.report_dir,
            workspace: environment.workspace(),
            title: title(args.report_title, environment)?,
            timeout: positive_duration(&environment.sourced("--report-timeout", args.report_timeout))?,
            language: spoken(),
        })
    }
}

/// The title of the PDF: what was typed, else what names the code.
pub(super) fn title(typed: Option<String>, environment: &Environment) -> Result<String, Problem> {
    let Some(title) = typed else { return Ok(default_title(environment)) };
    let title = title.trim().to_owned();
    if !(1..=TITLE_LIMIT).contains(&title.chars().count()) {
        let origin = environment.origin("--report-title");
        return Err(Problem::new(SettingsMessage::Title { origin, limit: TITLE_LIMIT }));
    }
    Ok(title)
}

/// Refuses a report directory without a name.
pub(super) fn not_empty(directory: &Path, environment: &Environment) -> Result<(), Problem> {
    if directory.as_os_str().is_empty() {
        let origin = environment.origin("--report-dir");
        return refuse(SettingsMessage::EmptyDirectory(origin), SettingsHint::NameDirectory);
    }
    Ok(())
}

/// Where the report would go, as far as variables say.
pub fn usual_report_directory(environment: &Environment) -> PathBuf {
    environment.get("CODEARTS_REPORT_DIR").unwrap_or(crate::cli::REPORT_DIRECTORY).into()
}

fn default_title(environment: &Environment) -> String {
    let name = environment
        .ci()
        .facts
        .repository
        .clone()
        .or_else(|| Some(environment.directory()?.file_name()?.to_string_lossy().into_owned()));
    let title: String = name.unwrap_or_default().trim().chars().take(TITLE_LIMIT).collect();
    if title.is_empty() { "codearts-gate".to_owned() } else { title }
}
