//! Reading a pull request: its branches, its head, and the lines that it changes.

use super::api::Api;
use super::dialect::{Speaks as _, number};
use super::event::known;
use crate::ci::{is_commit, is_path_of_names};
use crate::error::Problem;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::messages::{Attempt, GiteeMessage};
use crate::model::changed_lines::{ChangedLines, FileChange};
use crate::model::pull_request::PullRequest;
use crate::publish::forge::address::shown_address;
use crate::publish::forge::read::{self, Files, ReadError};
use crate::publish::reviewed::{Identified, ReviewError};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Pages of changed files that are read.
const PAGES_LIMIT: usize = 10;
/// Gitee lists no more files than these; where there are as many, some may be missing.
const FILES_LIMIT: usize = 300;

/// A pull request as the forge describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) pull_request: PullRequest,
    /// Its number in the database, which only check runs need.
    pub(super) database_id: Option<u64>,
}

/// The pull request with this number, or the one that the job is about.
///
/// # Errors
/// When there is none, or it cannot be read.
pub(super) async fn identify(api: &Api<'_>, asked: Option<u64>) -> Result<Identified, ReadError> {
    let known = known(api.job);
    let none = || ReviewError::NotFound(Problem::new(GiteeMessage::NoPullRequest(api.job.kind.forge())));
    let number = asked.or(known.number).ok_or_else(none)?;
    let Described { pull_request, .. } = describe(api, number).await?;
    let job_head = known.head.filter(|_| known.number == Some(number));
    Ok(Identified { pull_request, job_head })
}

/// The pull request as it is now.
///
/// # Errors
/// When it cannot be read.
pub(super) async fn describe(api: &Api<'_>, number: u64) -> Result<Described, ReadError> {
    let call = Call::get(Attempt::ReadPullRequest, format!("/pulls/{number}"), &["number"]);
    Ok(described_in(&api.call(call).await?, number, api)?)
}

/// The lines that it changes. That a page is not full shows no end of the list here: whether the size of a page is obeyed is not
/// documented. A page without anything new does.
///
/// # Errors
/// When they cannot be read.
pub(super) async fn changed_lines(api: &Api<'_>, of: &PullRequest) -> Result<ChangedLines, ReadError> {
    let call = Call::get(Attempt::ReadChangedFiles, format!("/pulls/{}/files", of.number), &[]);
    let mut files = Files::default();
    for page in 1..=PAGES_LIMIT {
        let list: Vec<Value> = api.page(&call, page).await?.into_iter().map(with_new_name).collect();
        if !files.add(&list, "filename", change_in) {
            let is_whole = files.number() < FILES_LIMIT;
            return Ok(files.finish(is_whole));
        }
    }
    Ok(files.finish(false))
}

/// The patch of each file that has one. A page without a new file is the last, as for [`changed_lines`].
///
/// # Errors
/// When they cannot be read.
pub(super) async fn patches(api: &Api<'_>, number: u64) -> Result<HashMap<String, String>, CallError> {
    let call = Call::get(Attempt::ReadChangedFiles, format!("/pulls/{number}/files"), &[]);
    let mut patches = HashMap::new();
    let mut names = HashSet::new();
    for page in 1..=PAGES_LIMIT {
        let before = names.len();
        for file in api.page(&call, page).await?.into_iter().map(with_new_name) {
            let Some(name) = file["filename"].as_str() else { continue };
            names.insert(name.to_owned());
            patches.extend(patch_in(&file).map(|patch| (name.to_owned(), patch.to_owned())));
        }
        if names.len() == before {
            break;
        }
    }
    Ok(patches)
}

fn described_in(body: &Value, asked: u64, api: &Api<'_>) -> Result<Described, ReviewError> {
    let job = api.job;
    let missing = |field| read::missing(job.kind.forge(), field);
    if number(&body["number"]) != Some(asked) {
        return Err(missing("number"));
    }
    let (head, base) = (&body["head"], &body["base"]);
    // It will stand in a path.
    let path = |side: &Value| {
        let path = side["repo"]["full_name"].as_str().filter(|path| is_path_of_names(path, 2..=2));
        path.map(str::to_owned)
    };
    let repository = path(base).unwrap_or_else(|| job.name.clone());
    let address = base["repo"]["html_url"].as_str().and_then(shown_address);
    let sha = head["sha"].as_str().filter(|sha| is_commit(sha)).ok_or_else(|| missing("head.sha"))?;
    let pull_request = PullRequest {
        forge: job.kind.forge(),
        repository_url: address.unwrap_or_else(|| format!("{}/{repository}", job.server_url)),
        number: asked,
        title: read::title(&body["title"]),
        source_branch: read::branch(&head["ref"]).ok_or_else(|| missing("head.ref"))?,
        target_branch: read::branch(&base["ref"]).ok_or_else(|| missing("base.ref"))?,
        head: sha.to_owned(),
        // The repository of a fork can be gone already.
        is_from_fork: path(head).is_none_or(|path| !path.eq_ignore_ascii_case(&repository)),
        repository,
    };
    Ok(Described { pull_request, database_id: number(&body["id"]) })
}

/// The entry with the name that its file has now.
fn with_new_name(mut entry: Value) -> Value {
    if let Some(name) = entry["patch"]["new_path"].as_str().map(str::to_owned) {
        entry["filename"] = name.into();
    }
    entry
}

/// The hunks of a listed file. The pages describe a text; an object comes.
fn patch_in(file: &Value) -> Option<&str> {
    let patch = &file["patch"];
    patch["diff"].as_str().or_else(|| patch.as_str())
}

/// What a listed file changes; `None`: it is gone.
fn change_in(file: &Value) -> Option<FileChange> {
    let patch = &file["patch"];
    if patch["deleted_file"] == true || file["status"] == "removed" {
        return None;
    }
    let is_only_renamed = patch["renamed_file"] == true && patch["a_mode"] == patch["b_mode"];
    Some(match patch_in(file) {
        Some("") if is_only_renamed && patch["too_large"] != true => FileChange::Lines(Vec::new()),
        Some(diff) if patch["too_large"] != true && !diff.is_empty() => {
            read::in_patch(diff, number(&file["additions"]))
        }
        // Too large to be shown, not text, or not as documented.
        Some(_) | None => FileChange::Whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_of_file() {
        let diff = "@@ -1 +1,2 @@\n a\n+b\n";
        let lines = Some(FileChange::Lines(vec![2..=2]));
        let renamed = |more: &str, too_large: bool| {
            json!({"filename": "b", "additions": "0", "patch": {"diff": more, "renamed_file": true, "too_large": too_large,
                   "a_mode": "100644", "b_mode": "100644"}})
        };
        let cases = [
            (json!({"additions": 1, "patch": {"diff": diff}}), lines.clone()),
            (
                json!({"additions": "1", "patch": {"diff": diff, "too_large": false, "new_file": true}}),
                lines.clone(),
            ),
            (json!({"patch": diff}), lines),
            (json!({"additions": "9", "patch": {"diff": diff}}), Some(FileChange::Whole)),
            (json!({"patch": {"diff": diff, "too_large": true}}), Some(FileChange::Whole)),
            (json!({"patch": {"diff": ""}}), Some(FileChange::Whole)),
            (json!({"patch": null, "additions": "20000"}), Some(FileChange::Whole)),
            (renamed("", false), Some(FileChange::Lines(Vec::new()))),
            (renamed("", true), Some(FileChange::Whole)),
            (json!({"patch": {"diff": "@@ -1 +0,0 @@\n-a\n", "deleted_file": true}}), None),
            (json!({"status": "removed", "patch": {"diff": "@@ -1 +0,0 @@\n-a\n"}}), None),
            (json!("a.c"), Some(FileChange::Whole)),
        ];
        for (file, expected) in cases {
            assert_eq!(change_in(&file), expected, "{file}");
        }
    }
}
