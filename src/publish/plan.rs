//! What is to be published, and what every forge needs for it.

use super::results::{Offer, PublishError};
use super::target::{Selection, Target};
use crate::error::Problem;
use crate::http::{HttpClient, HttpSettings, uri};
use crate::messages::{Hint, PublishHint, PublishMessage};
use crate::report::store::workspace::Workspace;
use std::path::{Path, PathBuf};

/// What is wanted here.
#[derive(Debug)]
pub struct PublishConfig {
    /// Targets that exist here.
    pub targets: Vec<Target>,
    /// What is wanted.
    pub selection: Selection,
    /// Distinguishes comments of several gates.
    pub comment_key: String,
    /// Address of a task's page, with a mark for its id.
    pub task_url: Option<String>,
    /// How to reach the forge.
    pub http: HttpSettings,
    /// Where the reports are.
    pub report_dir: PathBuf,
    /// Address of the files that the CI keeps by itself after the job, with a slash at its end; their names in the workspace
    /// follow.
    pub kept: Option<String>,
    /// The page of this run, if there is one.
    pub run_url: Option<String>,
    /// Distinguishes this run from others of the same commit.
    pub run_id: String,
    /// From where later steps and the CI look for files.
    pub workspace: Workspace,
}

impl PublishConfig {
    /// Whether a target is wanted; `auto` stands for all that exist here but those that must be named.
    pub fn wants(&self, target: Target) -> bool {
        match &self.selection {
            Selection::Auto => self.targets.contains(&target) && !target.is_opt_in(),
            Selection::Named(targets) => targets.contains(&target),
        }
    }

    /// A client for an API at this address.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub(super) fn client(&self, api_url: &str) -> Result<HttpClient, PublishError> {
        client(&self.http, api_url).map_err(PublishError::failed)
    }

    /// What there is for the PDF where the CI keeps files by itself.
    pub(super) fn offer_kept(&self) -> Offer {
        self.kept_url(&self.report_dir)?;
        let path = self.workspace.name(&self.report_dir);
        Ok(PublishMessage::ArchivedFrom { path }.into())
    }

    /// The address under which the CI keeps a file.
    ///
    /// # Errors
    /// When it keeps none.
    pub(super) fn kept_url(&self, path: &Path) -> Result<String, Problem> {
        let kept = self.kept.as_ref().ok_or_else(|| {
            Problem::new(PublishMessage::NoJenkinsAddress).hint(Hint::Publish(PublishHint::JenkinsAddress))
        })?;
        let name = Some(path).filter(|path| path.exists()).and_then(|path| self.workspace.relative(path));
        let name = name.ok_or_else(|| {
            Problem::new(PublishMessage::ReportDirOutside).hint(Hint::Publish(PublishHint::ReportDirWithin))
        })?;
        Ok(format!("{kept}{}", uri::path(&name)))
    }
}

/// A client for an API at this address.
///
/// # Errors
/// When it cannot be set up.
pub(super) fn client(settings: &HttpSettings, api_url: &str) -> Result<HttpClient, Problem> {
    let plain_only = api_url.starts_with("http://");
    HttpClient::new(&HttpSettings { plain_only, ..settings.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_kept_files_are_encoded() {
        let directory = tempfile::tempdir().expect("a directory");
        let plan = PublishConfig {
            targets: Vec::new(),
            selection: Selection::Auto,
            comment_key: String::new(),
            task_url: None,
            http: HttpSettings::default(),
            report_dir: PathBuf::new(),
            kept: Some("https://h/job/7/artifact/".to_owned()),
            run_url: None,
            run_id: String::new(),
            workspace: Workspace::new(Some(directory.path().to_owned()), None),
        };
        let file = directory.path().join("out (#1)");
        std::fs::write(&file, "").expect("a file");
        assert_eq!(plan.kept_url(&file).as_deref(), Ok("https://h/job/7/artifact/out%20(%231)"));
        assert!(plan.kept_url(&directory.path().join("gone")).is_err());
        assert!(plan.kept_url(&std::env::temp_dir()).is_err());
    }
}
