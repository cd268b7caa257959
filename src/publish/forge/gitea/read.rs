//! Reading a pull request of Gitea or Forgejo: which one it is, its branches, its head, and the lines that it changes.

use super::api::{PAGE, total};
use super::event::{self, EventTarget, Known, commit};
use crate::ci::gitea::Repository;
use crate::diff::{self, DIFF_LIMIT};
use crate::error::Problem;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::messages::{Attempt, GiteaMessage};
use crate::model::changed_lines::{ChangedLines, FileChange};
use crate::model::pull_request::PullRequest;
use crate::publish::forge::address::shown_address;
use crate::publish::forge::read::{self, Files, ReadError, only};
use crate::publish::forge::rest::Rest;
use crate::publish::reviewed::{Identified, ReviewError};
use serde_json::Value;
use std::collections::HashSet;

/// Pages of changed files that are read. What is beyond them is taken from the diff alone.
const FILES_PAGES: usize = 5;
/// Pages of open pull requests that are searched for the one of a commit, those first that changed last.
const OPEN_PAGES: usize = 3;
/// What files are called that are gone.
const REMOVED: [&str; 2] = ["deleted", "removed"];
/// What files are called whose lines are all new, although the diff shows only what differs from another file.
const COPIED: &str = "copied";

/// A pull request as the server describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Described {
    pull_request: PullRequest,
    /// How many files it changes, where the server counts them.
    files: Option<usize>,
}

/// Reads pull requests of one repository.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    /// The API.
    pub(super) api: Rest,
    /// The repository, and what the job knows about the pull request.
    pub(super) repository: &'a Repository,
}

impl Reader<'_> {
    /// The pull request with this number, or the one that the job is about.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub(super) async fn identify(&self, number: Option<u64>) -> Result<Identified, ReadError> {
        let target = event::target_of(self.repository);
        let known = match number {
            // The event may be about another one, and need not be there.
            Some(number) => {
                let known = target.ok().and_then(|target| target.known().cloned());
                known.filter(|known| known.number == number).unwrap_or(Known { number, ..Known::default() })
            }
            None => {
                let target = target.map_err(ReviewError::NotFound)?;
                let found = find(&self.api, self.repository, target).await?;
                found.ok_or_else(|| ReviewError::NotFound(Problem::new(GiteaMessage::NoPullRequest)))?
            }
        };
        let Described { pull_request, .. } = self.describe(known.number).await?;
        Ok(Identified { pull_request, job_head: known.head })
    }

    /// The pull request as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn current(&self, number: u64) -> Result<PullRequest, ReadError> {
        Ok(self.describe(number).await?.pull_request)
    }

    /// The lines that it changes: the diff shows them, and the list of files, which has no lines, shows whether it is whole.
    ///
    /// # Errors
    /// When the list cannot be read. Without a diff that can, all its files count whole.
    pub(super) async fn changed_lines(&self, number: u64) -> Result<ChangedLines, ReadError> {
        let expected = self.describe(number).await?.files;
        let diff = self.diff(number).await;
        let mut files = Files::default();
        let mut is_whole = false;
        for page in 1..=FILES_PAGES {
            let path = format!("{}/files", self.path(number));
            let call = Call::get(Attempt::ReadChangedFiles, path, &[])
                .with_query("page", page.to_string())
                .with_query("limit", PAGE);
            let (list, headers) = self.api.list(call).await?;
            let is_new = files.add(&list, "filename", |file| change_in(file, diff.as_ref()));
            let all = expected.or_else(|| total(&headers));
            is_whole = all.is_some_and(|all| files.number() >= all);
            if is_whole || !is_new {
                break;
            }
        }
        Ok(match diff {
            Some(diff) if !is_whole => diff,
            Some(_) | None => files.finish(is_whole),
        })
    }

    /// What the diff shows; `None`: it cannot be used.
    async fn diff(&self, number: u64) -> Option<ChangedLines> {
        let path = format!("{}.diff", self.path(number));
        let call = Call { body_limit: DIFF_LIMIT, ..Call::get(Attempt::ReadChangedFiles, path, &[]) };
        let why = match self.api.text(call).await {
            Ok(text) => match diff::unified(&text) {
                Ok(changed) => return Some(changed),
                Err(error) => error.into(),
            },
            Err(error) => Problem::from(&error).what,
        };
        tracing::info!("{}", GiteaMessage::DiffNotUsed { why: Box::new(why) });
        None
    }

    async fn describe(&self, number: u64) -> Result<Described, ReadError> {
        let call = Call::get(Attempt::ReadPullRequest, self.path(number), &["number"]);
        let (body, _) = self.api.call(call).await?;
        Ok(described_in(&body, number, self.repository)?)
    }

    fn path(&self, number: u64) -> String {
        format!("/repos/{}/pulls/{number}", self.repository.name)
    }
}

/// The pull request of an event; where that names only a commit, the open one whose latest commit it is.
///
/// # Errors
/// The last failure; or that there are several.
pub(super) async fn find(
    api: &Rest,
    repository: &Repository,
    target: EventTarget,
) -> Result<Option<Known>, ReadError> {
    let sha = match target {
        EventTarget::PullRequest(known) => return Ok(Some(known)),
        EventTarget::Nothing => return Ok(None),
        EventTarget::Commit(sha) => sha,
    };
    let found = open_with(api, repository, &sha).await?;
    Ok(only(repository.forge, found, |found| Some(found.number))?)
}

async fn open_with(api: &Rest, repository: &Repository, sha: &str) -> Result<Vec<Known>, CallError> {
    let (mut found, mut seen) = (Vec::<Known>::new(), HashSet::new());
    for page in 1..=OPEN_PAGES {
        let call = Call::get(Attempt::FindPullRequest, format!("/repos/{}/pulls", repository.name), &[])
            .with_query("state", "open")
            .with_query("sort", "recentupdate")
            .with_query("page", page.to_string())
            .with_query("limit", PAGE);
        let (list, headers) = api.list(call).await?;
        let before = seen.len();
        for entry in &list {
            let Some(number) = entry["number"].as_u64().filter(|number| seen.insert(*number)) else {
                continue;
            };
            if entry["state"] == "open" && entry["head"]["sha"] == sha {
                let (head, base) = (&entry["head"]["repo"], &entry["base"]["repo"]);
                let is_from_fork = Some(head["full_name"] != base["full_name"]);
                found.push(Known { number, head: Some(sha.to_owned()), is_from_fork });
            }
        }
        // Servers that do not turn pages repeat the first.
        if seen.len() == before || total(&headers).is_some_and(|total| seen.len() >= total) {
            break;
        }
    }
    Ok(found)
}

fn described_in(body: &Value, number: u64, repository: &Repository) -> Result<Described, ReviewError> {
    let Repository { forge, server_url, name, .. } = repository;
    let missing = |field| read::missing(*forge, field);
    if body["number"].as_u64() != Some(number) {
        return Err(missing("number"));
    }
    let (head, base) = (&body["head"], &body["base"]);
    // The repository of a fork can be gone already.
    let source = head["repo"]["full_name"].as_str();
    let address = ["clone_url", "html_url"]
        .into_iter()
        .find_map(|field| base["repo"][field].as_str().and_then(shown_address));
    let pull_request = PullRequest {
        forge: *forge,
        repository: name.clone(),
        repository_url: address.unwrap_or_else(|| format!("{server_url}/{name}")),
        number,
        title: read::title(&body["title"]),
        source_branch: read::branch(&head["ref"]).ok_or_else(|| missing("head.ref"))?,
        target_branch: read::branch(&base["ref"]).ok_or_else(|| missing("base.ref"))?,
        head: commit(&head["sha"]).ok_or_else(|| missing("head.sha"))?,
        is_from_fork: !source.is_some_and(|source| source.eq_ignore_ascii_case(name)),
    };
    let files = body["changed_files"].as_u64().and_then(|files| usize::try_from(files).ok());
    Ok(Described { pull_request, files })
}

/// What a listed file changes; `None`: it is gone. The diff is believed where it has as many new lines as the server counts.
fn change_in(file: &Value, diff: Option<&ChangedLines>) -> Option<FileChange> {
    let status = file["status"].as_str().unwrap_or_default();
    if REMOVED.contains(&status) {
        return None;
    }
    let added = file["additions"].as_u64();
    let shown = diff.zip(file["filename"].as_str()).and_then(|(diff, name)| Some(diff.get(name)?.1.clone()));
    Some(match (shown, file["patch"].as_str()) {
        _ if status == COPIED => FileChange::Whole,
        (Some(FileChange::Lines(lines)), _) if added.is_some_and(|added| added == number_of(&lines)) => {
            FileChange::Lines(lines)
        }
        // The servers that were seen list no patches.
        (None, Some(patch)) => read::in_patch(patch, added),
        (Some(_) | None, _) => FileChange::Whole,
    })
}

fn number_of(lines: &[std::ops::RangeInclusive<u32>]) -> u64 {
    lines.iter().map(|range| u64::from(range.end() - range.start()) + 1).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_of_file() {
        let mut diff = ChangedLines::default();
        diff.add("a.c", FileChange::Lines(vec![2..=2]));
        diff.add("moved.c", FileChange::Lines(Vec::new()));
        diff.add("logo.png", FileChange::Whole);
        let lines = |lines: &[u32]| Some(FileChange::Lines(lines.iter().map(|line| *line..=*line).collect()));
        let whole = Some(FileChange::Whole);
        for (file, with_diff, without) in [
            (json!({"filename": "a.c", "status": "changed", "additions": 1}), lines(&[2]), whole.clone()),
            (json!({"filename": "a.c", "status": "added", "additions": 2}), whole.clone(), whole.clone()),
            (json!({"filename": "a.c", "status": "changed"}), whole.clone(), whole.clone()),
            (json!({"filename": "a.c", "status": "copied", "additions": 1}), whole.clone(), whole.clone()),
            (json!({"filename": "a.c", "status": "deleted", "additions": 0}), None, None),
            (json!({"filename": "moved.c", "status": "renamed", "additions": 0}), lines(&[]), whole.clone()),
            (
                json!({"filename": "logo.png", "status": "changed", "additions": 0}),
                whole.clone(),
                whole.clone(),
            ),
            (json!({"filename": "b.c", "status": "changed", "additions": 1}), whole.clone(), whole.clone()),
            (
                json!({"filename": "b.c", "patch": "@@ -1 +1,2 @@\n a\n+b", "additions": 1}),
                lines(&[2]),
                lines(&[2]),
            ),
            (json!("a.c"), whole.clone(), whole),
        ] {
            assert_eq!(change_in(&file, Some(&diff)), with_diff, "{file}");
            assert_eq!(change_in(&file, None), without, "{file}");
        }
    }
}
