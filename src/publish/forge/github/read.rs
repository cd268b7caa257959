//! Reading a pull request of GitHub: its branches, its head, and the lines that it changes (`ci/github`, section 3).

use super::api::Api;
use super::event::{self, EventTarget, PullRequest as Found, commit};
use super::pull_request;
use super::request::Request;
use crate::ci::github::Repository;
use crate::error::Problem;
use crate::messages::{Attempt, ForgeMessage, GitHubMessage};
use crate::model::changed_lines::{ChangedLines, FileChange};
use crate::model::pull_request::{ForgeName, PullRequest};
use crate::publish::forge::address::shown_address;
use crate::publish::forge::read::{self, Files, ReadError};
use crate::publish::reviewed::{Identified, ReviewError};
use reqwest::header::{ETAG, HeaderValue};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// Files a page, the most GitHub gives.
const PAGE: usize = 100;
/// Pages of files: GitHub lists at most 3,000 files of a pull request.
const PAGES_LIMIT: usize = 30;
/// Of this event, the commit merges the pull request with others that wait in the queue.
pub(super) const QUEUE_EVENT: &str = "merge_group";
/// What GitHub calls files without a patch whose text did not change.
const SAME_TEXT: [&str; 2] = ["renamed", "unchanged"];
/// What GitHub calls files whose lines are all new, although their patch shows only what differs from another file.
const COPIED: &str = "copied";

/// A pull request as GitHub describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Described {
    pull_request: PullRequest,
    /// The commit that merges it for a test.
    merge_commit: Option<String>,
    /// How many files it changes, where the server counts them.
    files: Option<u64>,
}

/// The last description, so that GitHub need not send it again: "not modified" does not count against the limit of requests.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Option<(HeaderValue, Described)>>);

impl Memory {
    fn recall(&self, number: u64) -> Option<(HeaderValue, Described)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone().filter(|(_, described)| described.pull_request.number == number)
    }

    fn note(&self, mark: Option<&HeaderValue>, described: &Described) {
        let known = mark.map(|mark| (mark.clone(), described.clone()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// Reads pull requests of one repository.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    /// The API.
    pub(super) api: Api,
    /// The repository, and what the job knows about the pull request.
    pub(super) repository: &'a Repository,
    /// What was read before.
    pub(super) memory: &'a Memory,
}

impl Reader<'_> {
    /// The pull request with this number, or the one that the job is about.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub(super) async fn identify(&self, number: Option<u64>) -> Result<Identified, ReadError> {
        let target = self.target(number)?;
        if let EventTarget::Merge(number, merge) = target {
            let Described { pull_request, merge_commit, .. } = self.describe(number).await?;
            // The commit of the run merges another head where the pull request has moved on.
            let job_head = (merge_commit == Some(merge)).then(|| pull_request.head.clone());
            return Ok(Identified { pull_request, job_head });
        }
        let found = pull_request::find(&self.api, &self.repository.name, target).await?;
        let none = || ReviewError::NotFound(Problem::new(GitHubMessage::NoPullRequest));
        let Found { number, head_sha, .. } = found.ok_or_else(none)?;
        let Described { pull_request, .. } = self.describe(number).await?;
        let job_head = head_sha.filter(|_| self.repository.event_name != QUEUE_EVENT);
        Ok(Identified { pull_request, job_head })
    }

    fn target(&self, number: Option<u64>) -> Result<EventTarget, ReviewError> {
        let target = event::target_of(self.repository);
        match number {
            // The event may be about another one, and need not be there.
            Some(number) => {
                let known = target.ok().filter(|target| target.number() == Some(number));
                let other = Found { number, head_sha: None, is_from_fork: false };
                Ok(known.unwrap_or(EventTarget::PullRequest(other)))
            }
            None => target.map_err(ReviewError::NotFound),
        }
    }

    /// The pull request as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn current(&self, number: u64) -> Result<PullRequest, ReadError> {
        Ok(self.describe(number).await?.pull_request)
    }

    /// The lines that it changes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) async fn changed_lines(&self, number: u64) -> Result<ChangedLines, ReadError> {
        let expected = self.describe(number).await?.files;
        let mut files = Files::default();
        for page in 1..=PAGES_LIMIT {
            let route =
                format!("/repos/{}/pulls/{number}/files?per_page={PAGE}&page={page}", self.repository.name);
            let response = self.api.call(&Request::get(Attempt::ReadChangedFiles, route)).await?;
            let list = response.body.as_array().ok_or_else(no_list)?;
            let is_new = files.add(list, "filename", change_in);
            if !response.has_next_page() {
                let is_whole = expected.is_some_and(|expected| files.number() as u64 >= expected);
                return Ok(files.finish(is_whole));
            }
            if !is_new {
                break;
            }
        }
        Ok(files.finish(false))
    }

    async fn describe(&self, number: u64) -> Result<Described, ReadError> {
        let route = format!("/repos/{}/pulls/{number}", self.repository.name);
        let known = self.memory.recall(number);
        let request = Request {
            known: known.as_ref().map(|(mark, _)| mark.clone()),
            ..Request::get(Attempt::ReadPullRequest, route)
        };
        let response = self.api.call(&request).await?;
        match known {
            Some((_, described)) if response.is_unchanged => Ok(described),
            Some(_) | None => {
                let described = described_in(&response.body, number, self.repository)?;
                self.memory.note(response.headers.get(ETAG), &described);
                Ok(described)
            }
        }
    }
}

fn no_list() -> ReviewError {
    ReviewError::Unavailable(Problem::new(ForgeMessage::NoListOfFiles(ForgeName::GitHub)))
}

fn described_in(body: &Value, number: u64, repository: &Repository) -> Result<Described, ReviewError> {
    let missing = |field| read::missing(ForgeName::GitHub, field);
    if body["number"].as_u64() != Some(number) {
        return Err(missing("number"));
    }
    let (head, base) = (&body["head"], &body["base"]);
    // The repository of a fork can be gone already.
    let source = head["repo"]["full_name"].as_str();
    let is_from_fork = !source.is_some_and(|name| name.eq_ignore_ascii_case(&repository.name));
    let address = ["clone_url", "html_url"]
        .into_iter()
        .find_map(|field| base["repo"][field].as_str().and_then(shown_address));
    let Repository { server_url, name, .. } = repository;
    let pull_request = PullRequest {
        forge: ForgeName::GitHub,
        repository: name.clone(),
        repository_url: address.unwrap_or_else(|| format!("{server_url}/{name}")),
        number,
        title: read::title(&body["title"]),
        source_branch: read::branch(&head["ref"]).ok_or_else(|| missing("head.ref"))?,
        target_branch: read::branch(&base["ref"]).ok_or_else(|| missing("base.ref"))?,
        head: commit(&head["sha"]).ok_or_else(|| missing("head.sha"))?,
        is_from_fork,
    };
    let files = body["changed_files"].as_u64();
    Ok(Described { pull_request, merge_commit: commit(&body["merge_commit_sha"]), files })
}

/// What a listed file changes; `None`: it is gone.
fn change_in(file: &Value) -> Option<FileChange> {
    let status = file["status"].as_str().unwrap_or_default();
    if status == "removed" {
        return None;
    }
    let change = match (file["patch"].as_str(), file["additions"].as_u64()) {
        (Some(_) | None, _) if status == COPIED => FileChange::Whole,
        (Some(patch), Some(added)) => read::in_patch(patch, Some(added)),
        (None, Some(_)) if SAME_TEXT.contains(&status) && file["changes"] == 0 => {
            FileChange::Lines(Vec::new())
        }
        // Too large to be shown, not text, or not as documented.
        (Some(_) | None, _) => FileChange::Whole,
    };
    Some(change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const PATCH: &str = "@@ -1 +1,2 @@\n a\n+b";

    #[test]
    fn every_kind_of_file() {
        let lines = |lines: &[u32]| Some(FileChange::Lines(lines.iter().map(|line| *line..=*line).collect()));
        let cases = [
            (json!({"status": "modified", "patch": PATCH, "additions": 1, "changes": 1}), lines(&[2])),
            (json!({"status": "added", "patch": PATCH, "additions": 1}), lines(&[2])),
            (json!({"status": "renamed", "patch": PATCH, "additions": 1, "changes": 1}), lines(&[2])),
            (json!({"status": "changed", "patch": PATCH, "additions": 1}), lines(&[2])),
            (json!({"status": "removed", "patch": "@@ -1 +0,0 @@\n-a", "additions": 0}), None),
            (json!({"status": "renamed", "additions": 0, "changes": 0}), lines(&[])),
            (json!({"status": "copied", "additions": 0, "changes": 0}), Some(FileChange::Whole)),
            (
                json!({"status": "copied", "patch": PATCH, "additions": 1, "changes": 1}),
                Some(FileChange::Whole),
            ),
            (json!({"status": "unchanged", "additions": 0, "changes": 0}), lines(&[])),
            // Too large; not text; cut; another number of lines than GitHub counts; not as documented.
            (json!({"status": "renamed", "additions": 9000, "changes": 9000}), Some(FileChange::Whole)),
            (json!({"status": "modified", "additions": 0, "changes": 0}), Some(FileChange::Whole)),
            (
                json!({"status": "modified", "patch": "@@ -1 +1,9 @@\n a\n+b", "additions": 1}),
                Some(FileChange::Whole),
            ),
            (json!({"status": "modified", "patch": PATCH, "additions": 2}), Some(FileChange::Whole)),
            (json!({"status": "modified", "patch": PATCH}), Some(FileChange::Whole)),
            (json!({"status": "modified", "patch": "", "additions": 3}), Some(FileChange::Whole)),
            (json!({"status": ["removed"], "patch": 7, "additions": -1}), Some(FileChange::Whole)),
            (json!("a.c"), Some(FileChange::Whole)),
        ];
        for (file, expected) in cases {
            assert_eq!(change_in(&file), expected, "{file}");
        }
    }

    proptest! {
        /// Whatever stands there, it is read or refused, and what is read fits into a path and a line.
        #[test]
        fn any_description_is_safe(sha in "[0-9a-f]{40}|.*", branch in ".*", title in "(.|\n)*", repo in ".*") {
            let body = json!({"number": 12, "changed_files": 1, "title": title, "head": {"sha": sha, "ref": branch, "repo": null},
                              "base": {"ref": branch, "repo": {"clone_url": repo, "html_url": repo}}});
            let repository = Repository::read(&|name| (name == "GITHUB_REPOSITORY").then(|| "acme/widget".to_owned()));
            if let Ok(Described { pull_request, .. }) = described_in(&body, 12, &repository) {
                prop_assert_eq!(pull_request.head.len(), 40);
                let texts = [&pull_request.title, &pull_request.repository_url];
                prop_assert!(texts.iter().all(|text| !text.contains(char::is_control)));
                prop_assert!(pull_request.is_from_fork);
            }
        }
    }
}
