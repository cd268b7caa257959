//! Artifacts of the run, without Node (`ci/github`, section 1).
//!
//! A PDF goes up as it is, so that a browser opens it from its link; servers that cannot do that get an archive. What
//! a server can do shows in its answers alone.

mod begin;
mod blob;
mod files;
mod form;
mod list;
mod service;

use crate::ci::github_actions::{Job, Runtime};
use crate::console::Console;
use crate::error::Problem;
use crate::http::HttpClient;
use crate::messages::{ArtifactHint, ArtifactMessage, Hint};
use crate::publish::results::PublishError;
use crate::report::store::archive::Archive;
use crate::report::store::directory::ReportDirectory;
use begin::{Begun, begin};
pub(super) use files::{Upload, UploadFile};
use form::ZIP_TYPE;
use service::Service;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Uploads to the service of one job.
pub(super) struct Uploader<'a> {
    job: &'a Job,
    service: Service<'a>,
    console: &'a Console,
}

impl<'a> Uploader<'a> {
    /// Prepares to upload until `deadline`.
    ///
    /// # Errors
    /// When the job gives no access.
    pub(super) fn new(
        http: &'a HttpClient,
        job: &'a Job,
        runtime: &Runtime,
        retention_days: Option<u32>,
        console: &'a Console,
        deadline: Instant,
    ) -> Result<Self, PublishError> {
        let expires_at = expiry(retention_days, job.retention_days, SystemTime::now());
        let service = Service::new(http, job, runtime, expires_at, deadline)?;
        Ok(Self { job, service, console })
    }

    /// Uploads an artifact; returns the address of the artifact's page.
    ///
    /// # Errors
    /// When nothing was uploaded.
    pub(super) async fn upload(
        &self,
        upload: &Upload,
        directory: &ReportDirectory,
    ) -> Result<String, PublishError> {
        let begun = begin(&self.service, self.job, upload).await?;
        for secret in begun.target.secrets() {
            self.console.mask(&secret);
        }
        let id = match upload.files.as_slice() {
            [file] if begun.form.is_file() => self.send(&begun, &file.path, file.bytes, &file.sha256).await?,
            _ => {
                let Archive { file, bytes, sha256 } = upload.archive(directory).await?;
                self.send(&begun, file.path(), bytes, &sha256).await?
            }
        };
        let bytes = upload.files.iter().map(|file| file.bytes).sum();
        tracing::info!("{}", ArtifactMessage::Uploaded { name: begun.name, bytes });
        Ok(self.job.artifact_url(&id))
    }

    /// Uploads and finalizes; returns the id of the artifact.
    async fn send(
        &self,
        begun: &Begun,
        path: &Path,
        bytes: u64,
        sha256: &str,
    ) -> Result<String, PublishError> {
        let mime_type = begun.form.mime_type().unwrap_or(ZIP_TYPE);
        let Service { http, deadline, .. } = &self.service;
        blob::upload(http, &begun.target, path, bytes, mime_type, *deadline).await?;
        Ok(self.service.finalize(&begun.name, bytes, sha256).await?)
    }
}

/// A `run` step is not allowed to upload.
pub(super) fn no_token() -> PublishError {
    let problem = Problem::new(ArtifactMessage::NoToken);
    PublishError::not_offered(problem.hint(Hint::Artifact(ArtifactHint::UploadStep)))
}

/// When the artifact may be removed: as asked for, within what the repository allows.
fn expiry(asked: Option<u32>, allowed: Option<u32>, now: SystemTime) -> Option<String> {
    let asked = asked.filter(|days| *days > 0)?;
    let days = match allowed {
        Some(allowed) if allowed > 0 && allowed < asked => {
            tracing::warn!("{}", ArtifactMessage::RetentionReduced { asked, allowed });
            allowed
        }
        Some(_) | None => asked,
    };
    Some(humantime::format_rfc3339_millis(now + DAY * days).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_is_asked_for_only_within_what_is_allowed() {
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(expiry(None, Some(90), now), None);
        assert_eq!(expiry(Some(0), Some(90), now), None);
        assert_eq!(expiry(Some(2), None, now).as_deref(), Some("1970-01-03T00:00:00.000Z"));
        assert_eq!(expiry(Some(5), Some(1), now).as_deref(), Some("1970-01-02T00:00:00.000Z"));
    }
}
