//! Findings for code scanning (`ci/github`, section 4.6): the SARIF file goes up, and GitHub reports after a while whether it
//! could read it.

use super::api::Api;
use super::request::Request;
use crate::ci::github::Repository;
use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::repeat::look_until;
use crate::http::uri;
use crate::messages::{Attempt, ForgeMessage, GitHubMessage};
use crate::text::is_id;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

/// Pause before GitHub is asked for the first time what became of the file.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Times GitHub is asked.
const LOOKS: u32 = 5;
/// Longest id of an upload, in characters.
const ID_LIMIT: usize = 100;

/// Which state of the code the findings are about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subject<'a> {
    commit: &'a str,
    git_ref: &'a str,
}

/// What the job is about; `None`: the event runs on another state of the code than the one that was checked.
pub(super) fn subject(repository: &Repository) -> Option<Subject<'_>> {
    let is_about_another =
        ["pull_request_target", "workflow_run", "check_suite", "check_run", "issue_comment"]
            .contains(&repository.event_name.as_str());
    let is_commit = repository.sha.len() >= 40 && repository.sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_ref =
        ["refs/heads/", "refs/tags/", "refs/pull/"].iter().any(|start| repository.git_ref.starts_with(start));
    (!is_about_another && is_commit && is_ref)
        .then_some(Subject { commit: &repository.sha, git_ref: &repository.git_ref })
}

/// Uploads one file and waits until it was read, or the time is up.
///
/// # Errors
/// [`UploadError::Call`] when a call failed, [`UploadError::Other`] when the file was read neither here nor there.
pub(super) async fn upload(
    api: &Api,
    repository: &str,
    subject: &Subject<'_>,
    path: &Path,
    deadline: Instant,
) -> Result<(), UploadError> {
    let file = path.to_owned();
    let packed = spawn_blocking(move || pack(file)).await.map_err(io::Error::other).flatten();
    let packed = packed.map_err(|error| {
        let path = path.display().to_string();
        Problem::new(ForgeMessage::FileNotRead { path }).because(error)
    })?;
    let body = json!({"commit_sha": subject.commit, "ref": subject.git_ref, "sarif": packed});
    let route = format!("/repos/{repository}/code-scanning/sarifs");
    // The same findings of the same commit replace each other.
    let request = Request::upload(Attempt::UploadFindings, route.clone(), body);
    let response = api.call(&request).await?;
    // A path would end it, but for slashes that are escaped.
    let is_plain = |id: &&str| is_id(&id.replace('/', "-"), ID_LIMIT);
    let Some(id) = response.body["id"].as_str().filter(is_plain) else {
        return Err(Problem::new(GitHubMessage::NoUploadId).into());
    };
    let route = format!("{route}/{}", uri::segment(id));
    let request = Request::get(Attempt::ReadUpload, route);
    let first_pause = api.backoff().cap(FIRST_PAUSE);
    let processed = look_until(first_pause, LOOKS, deadline, async || {
        let response = api.call(&request).await?;
        match response.body["processing_status"].as_str() {
            Some("complete") => Ok(Some(())),
            Some("failed") => Err(UploadError::Other(rejected(&response.body))),
            Some(_) | None => Ok(None),
        }
    });
    if processed.await?.is_none() {
        tracing::info!("{}", GitHubMessage::FindingsPending);
    }
    Ok(())
}

fn rejected(body: &Value) -> Problem {
    let errors: Vec<&str> =
        body["errors"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    Problem::new(GitHubMessage::FindingsRejected).because(errors.join("; "))
}

/// Why findings are not there.
#[derive(Debug)]
pub(super) enum UploadError {
    /// A call failed.
    Call(CallError),
    /// Something else.
    Other(Problem),
}

impl From<CallError> for UploadError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<Problem> for UploadError {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

/// The file, compressed and as text.
fn pack(path: PathBuf) -> io::Result<String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    io::copy(&mut File::open(path)?, &mut encoder)?;
    Ok(BASE64_STANDARD.encode(encoder.finish()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_events_are_about_the_code_that_was_checked() {
        let sha = "3".repeat(40);
        let job = |event: &str, git_ref: &str, sha: &str| {
            Repository::read(&|name| match name {
                "GITHUB_EVENT_NAME" => Some(event.to_owned()),
                "GITHUB_REF" => Some(git_ref.to_owned()),
                "GITHUB_SHA" => Some(sha.to_owned()),
                _ => None,
            })
        };
        for (event, git_ref) in [("push", "refs/heads/main"), ("pull_request", "refs/pull/12/merge")] {
            let job = job(event, git_ref, &sha);
            assert_eq!(subject(&job), Some(Subject { commit: &sha, git_ref }));
        }
        for (event, git_ref, sha) in [
            ("pull_request_target", "refs/heads/main", sha.as_str()),
            ("workflow_run", "refs/heads/main", &sha),
            ("check_suite", "refs/heads/main", &sha),
            ("check_run", "refs/heads/main", &sha),
            ("push", "main", &sha),
            ("push", "refs/heads/main", "abc"),
        ] {
            assert_eq!(subject(&job(event, git_ref, sha)), None, "{event} {git_ref} {sha}");
        }
    }
}
