//! What is to be published, and what every forge needs for it.

use super::{Missed, Publication, Selection, Target};
use crate::http::{HttpClient, HttpSettings};
use crate::report::result::ReportResult;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::path::{Path, PathBuf};

/// Kept as they are in a path.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
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
    /// What the CI keeps by itself, where it keeps files.
    pub kept: Option<KeptFiles>,
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
        Ok(format!("`{}`, for what the job archives", self.report_dir.display()))
    }

    /// The address under which the CI keeps a file.
    ///
    /// # Errors
    /// One sentence, when it keeps none.
    pub(super) fn kept_url(&self, path: &Path) -> Result<String, String> {
        let kept = self.kept.as_ref().ok_or("Jenkins does not tell its own address (BUILD_URL)")?;
        kept.url(path).ok_or_else(|| {
            "`--report-dir` lies outside the project, so the CI keeps nothing of it".to_owned()
        })
    }
}

/// Files below a directory that the CI keeps after the job.
#[derive(Clone, Debug)]
pub struct KeptFiles {
    /// The directory.
    pub root: Option<PathBuf>,
    /// Its address, with a slash at its end.
    pub url: String,
}

impl KeptFiles {
    /// The address of a file that is there, once the job is over; `None`: it lies elsewhere.
    pub fn url(&self, path: &Path) -> Option<String> {
        let told = self.root.as_ref().and_then(|root| root.canonicalize().ok());
        // Imitations of GitLab name a directory that is not there; jobs begin in it.
        let root = told.or_else(|| std::env::current_dir().ok()?.canonicalize().ok())?;
        let path = path.canonicalize().ok()?;
        let path = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        Some(format!("{}{}", self.url, utf8_percent_encode(&path, IN_PATH)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_kept_files_are_encoded() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = Some(directory.path().to_owned());
        let kept = KeptFiles { root, url: "https://h/job/7/artifact/".to_owned() };
        let file = directory.path().join("out #1");
        std::fs::write(&file, "").expect("a file");
        assert_eq!(kept.url(&file).as_deref(), Some("https://h/job/7/artifact/out%20%231"));
        assert_eq!(kept.url(&directory.path().join("gone")), None);
        assert_eq!(kept.url(&std::env::temp_dir()), None);
    }
}
