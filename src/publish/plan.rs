//! What is to be published, and what every forge needs for it.

use super::{Missed, Publication, Selection, Target};
use crate::http::{HttpClient, HttpSettings, uri};
use crate::report::result::ReportResult;
use crate::report::store::workspace::Workspace;
use std::path::{Path, PathBuf};

/// Targets that must be named.
const OPT_IN: [Target; 2] = [Target::CheckRun, Target::Sarif];

/// What is wanted here.
#[derive(Debug)]
pub struct Plan {
    /// Targets that exist here.
    pub targets: &'static [Target],
    /// What is wanted.
    pub selection: Selection,
    /// Tells comments of several gates apart.
    pub comment_key: String,
    /// Address of a task's page, with a mark for its id.
    pub task_url: Option<String>,
    /// How to reach the forge.
    pub http: HttpSettings,
    /// Where our files are.
    pub report_dir: PathBuf,
    /// Address of the files that the CI keeps by itself after the job, with a slash at its end; their names in the workspace
    /// follow.
    pub kept: Option<String>,
    /// From where later steps and the CI look for files.
    pub workspace: Workspace,
}

impl Plan {
    /// Whether a target is wanted; `auto` stands for all that exist here but those that must be named.
    pub fn wants(&self, target: Target) -> bool {
        self.selection.wants(target, self.targets.contains(&target) && !OPT_IN.contains(&target))
    }

    /// A client for an API at this address.
    ///
    /// # Errors
    /// One sentence, when it can not be set up.
    pub(super) fn client(&self, api_url: &str) -> Result<HttpClient, Missed> {
        let plain_only = api_url.starts_with("http://");
        HttpClient::new(&HttpSettings { plain_only, ..self.http.clone() })
            .map_err(|error| Missed::Failed(format!("{error:#}")))
    }

    /// Gives PDFs that are nowhere else yet the addresses under which the CI keeps them, if that is wanted.
    pub(super) fn keep(&self, reports: &mut [(&str, &mut ReportResult)], publication: &mut Publication) {
        if !self.wants(Target::Artifact) || reports.is_empty() {
            return;
        }
        let mut result = Ok(());
        for (_, report) in reports.iter_mut().filter(|(_, report)| report.url.is_none()) {
            match self.kept_url(Path::new(&report.path)) {
                Ok(url) => report.url = Some(url),
                Err(reason) => result = Err(Missed::Unavailable(reason)),
            }
        }
        publication.note(&self.selection, Target::Artifact, result);
    }

    /// What there is for the PDF where the CI keeps files by itself.
    pub(super) fn offer_kept(&self) -> Result<String, String> {
        self.kept_url(&self.report_dir)?;
        Ok(format!("`{}`, for what the job archives", self.workspace.name(&self.report_dir)))
    }

    /// The address under which the CI keeps a file.
    ///
    /// # Errors
    /// One sentence, when it keeps none.
    pub(super) fn kept_url(&self, path: &Path) -> Result<String, String> {
        let kept = self
            .kept
            .as_ref()
            .ok_or("Jenkins does not tell its own address (BUILD_URL); set it in its system settings")?;
        let name = Some(path).filter(|path| path.exists()).and_then(|path| self.workspace.relative(path));
        let name = name.ok_or(
            "`--report-dir` lies outside the project, so the CI keeps nothing of it; name a directory within",
        )?;
        Ok(format!("{kept}{}", uri::path(&name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_kept_files_are_encoded() {
        let directory = tempfile::tempdir().expect("a directory");
        let plan = Plan {
            targets: &[],
            selection: Selection::Auto,
            comment_key: String::new(),
            task_url: None,
            http: HttpSettings::default(),
            report_dir: PathBuf::new(),
            kept: Some("https://h/job/7/artifact/".to_owned()),
            workspace: Workspace::new(Some(directory.path().to_owned())),
        };
        let file = directory.path().join("out (#1)");
        std::fs::write(&file, "").expect("a file");
        assert_eq!(plan.kept_url(&file).as_deref(), Ok("https://h/job/7/artifact/out%20(%231)"));
        assert!(plan.kept_url(&directory.path().join("gone")).is_err());
        assert!(plan.kept_url(&std::env::temp_dir()).is_err());
    }
}
