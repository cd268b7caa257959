//! Reading a merge request of GitLab: its branches, its head, and the lines that it changes.

use super::api::{Api, FIRST_PAGE, project};
use super::note;
use crate::ci::gitlab::{MERGE_REQUESTS, MergeRequest, Project};
use crate::ci::{is_commit, is_path_of_names};
use crate::error::Problem;
use crate::http::call::Call;
use crate::http::retry::Failure;
use crate::messages::{Attempt, ForgeMessage, GitLabMessage};
use crate::model::changed_lines::{ChangedLines, FileChange};
use crate::model::pull_request::{ForgeName, PullRequest};
use crate::publish::forge::address::shown_address;
use crate::publish::forge::read::{self, Files, ReadError};
use crate::publish::reviewed::{Identified, ReviewError};
use serde_json::Value;

/// Pages of changed files that are read; GitLab keeps at most 3,000 files of a merge request.
const PAGES_LIMIT: usize = 30;

/// A merge request as GitLab describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Described {
    pull_request: PullRequest,
    /// How many files it changes; `None`: not known yet, or more than GitLab keeps.
    files: Option<usize>,
}

/// Reads merge requests for one job.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    /// The API.
    pub(super) api: Api,
    /// What the job knows about its merge request.
    pub(super) job: &'a Project,
}

impl Reader<'_> {
    /// The merge request with this number, or the one that the job is about.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub(super) async fn identify(&self, number: Option<u64>) -> Result<Identified, ReadError> {
        let (MergeRequest { project, iid, .. }, is_of_job) = match number.map(|number| number.to_string()) {
            None => (note::find(&self.api, self.job).await?.ok_or_else(|| self.none())?, true),
            Some(iid) => match self.job.named(&iid) {
                Some(named) => (named.clone(), true),
                None => {
                    let project = self.job.target_project().to_owned();
                    (MergeRequest { project, iid, page_url: None }, false)
                }
            },
        };
        let number = iid.parse().map_err(|_| self.none())?;
        let Described { pull_request, .. } = self.describe(&project, number).await?;
        let job_head = Some(self.job.head()).filter(|head| is_of_job && !head.is_empty());
        Ok(Identified { pull_request, job_head: job_head.map(str::to_owned) })
    }

    /// There is no merge request.
    fn none(&self) -> ReviewError {
        let what = match self.job.branch {
            Some(_) => GitLabMessage::NoOpenMergeRequest,
            None => GitLabMessage::NoMergeRequest,
        };
        ReviewError::NotFound(Problem::new(what))
    }

    /// The merge request as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) async fn current(&self, of: &PullRequest) -> Result<PullRequest, ReadError> {
        Ok(self.describe(&of.repository, of.number).await?.pull_request)
    }

    /// The lines that it changes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) async fn changed_lines(&self, of: &PullRequest) -> Result<ChangedLines, ReadError> {
        let expected = self.describe(&of.repository, of.number).await?.files;
        let is_whole = |files: &Files| expected.is_some_and(|expected| files.number() >= expected);
        let route = route(&of.repository, of.number);
        let mut files = Files::default();
        let mut page = FIRST_PAGE.to_owned();
        for _ in 0..PAGES_LIMIT {
            let call = Call::get(Attempt::ReadChanges, format!("{route}/diffs"), &[]);
            let (body, next) = match self.api.page(call, page).await {
                Err(error) if error.failure == Failure::NotFound && files.number() == 0 => {
                    // Servers before 15.7.
                    let call = Call::get(Attempt::ReadChanges, format!("{route}/changes"), &["changes"]);
                    let mut body = self.api.call(call).await?;
                    (body["changes"].take(), None)
                }
                answer => answer?,
            };
            let list = body.as_array().ok_or_else(no_list)?;
            let is_new = files.add(list, "new_path", change_in);
            match next {
                Some(next) if is_new => page = next,
                Some(_) => break,
                None => {
                    let is_whole = is_whole(&files);
                    return Ok(files.finish(is_whole));
                }
            }
        }
        Ok(files.finish(false))
    }

    async fn describe(&self, project: &str, number: u64) -> Result<Described, ReadError> {
        let call = Call::get(Attempt::ReadMergeRequest, route(project, number), &["iid"]);
        Ok(described_in(&self.api.call(call).await?, number, self.job)?)
    }
}

fn route(of: &str, number: u64) -> String {
    format!("{}/merge_requests/{number}", project(of))
}

fn no_list() -> ReviewError {
    ReviewError::Unavailable(Problem::new(ForgeMessage::NoListOfFiles(ForgeName::GitLab)))
}

fn described_in(body: &Value, number: u64, job: &Project) -> Result<Described, ReviewError> {
    let missing = |field| read::missing(ForgeName::GitLab, field);
    if body["iid"].as_u64() != Some(number) {
        return Err(missing("iid"));
    }
    // It will stand in a path.
    let full = body["references"]["full"].as_str().and_then(|full| full.strip_suffix(&format!("!{number}")));
    let repository =
        full.filter(|path| is_path_of_names(path, 2..)).ok_or_else(|| missing("references.full"))?;
    let page = body["web_url"].as_str().and_then(shown_address);
    let address = page.as_deref().and_then(|page| Some(page.split_once(MERGE_REQUESTS)?.0));
    let commit = |sha: &Value| sha.as_str().filter(|sha| is_commit(sha)).map(str::to_owned);
    let pull_request = PullRequest {
        forge: ForgeName::GitLab,
        repository_url: address.map_or_else(|| format!("{}/{repository}", job.server_url), str::to_owned),
        repository: repository.to_owned(),
        number,
        title: read::title(&body["title"]),
        source_branch: read::branch(&body["source_branch"]).ok_or_else(|| missing("source_branch"))?,
        target_branch: read::branch(&body["target_branch"]).ok_or_else(|| missing("target_branch"))?,
        head: commit(&body["sha"])
            .or_else(|| commit(&body["diff_refs"]["head_sha"]))
            .ok_or_else(|| missing("sha"))?,
        // The project of a fork can be gone already.
        is_from_fork: body["source_project_id"] != body["target_project_id"],
    };
    // Text; with a plus where there are more than GitLab keeps.
    let files = body["changes_count"].as_str().and_then(|count| count.parse().ok());
    Ok(Described { pull_request, files })
}

/// What a listed file changes; `None`: it is gone.
fn change_in(file: &Value) -> Option<FileChange> {
    if file["deleted_file"] == true {
        return None;
    }
    let is_cut = file["too_large"] == true || file["collapsed"] == true;
    let is_only_renamed = file["renamed_file"] == true && file["a_mode"] == file["b_mode"];
    Some(match file["diff"].as_str() {
        Some("") if is_only_renamed && !is_cut => FileChange::Lines(Vec::new()),
        Some(patch) if !is_cut && !patch.is_empty() => read::in_patch(patch, None),
        // Too large to be shown, not text, or not as documented.
        Some(_) | None => FileChange::Whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PATCH: &str = "@@ -1 +1,2 @@\n a\n+b\n";

    #[test]
    fn every_kind_of_file() {
        let lines = |lines: &[u32]| Some(FileChange::Lines(lines.iter().map(|line| *line..=*line).collect()));
        let renamed = |more: Value| {
            let mut file = json!({"renamed_file": true, "a_mode": "100644", "b_mode": "100644", "diff": ""});
            for (name, value) in more.as_object().expect("an object") {
                file[name] = value.clone();
            }
            file
        };
        let cases = [
            (json!({"diff": PATCH}), lines(&[2])),
            (json!({"diff": PATCH, "too_large": false, "collapsed": false, "new_file": true}), lines(&[2])),
            (json!({"diff": "--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n a\n+b\n"}), lines(&[2])),
            (json!({"diff": "@@ -1 +0,0 @@\n-a\n", "deleted_file": true}), None),
            (renamed(json!({})), lines(&[])),
            (renamed(json!({"diff": PATCH})), lines(&[2])),
            (renamed(json!({"too_large": true})), Some(FileChange::Whole)),
            (renamed(json!({"b_mode": "100755"})), Some(FileChange::Whole)),
            (json!({"diff": PATCH, "collapsed": true}), Some(FileChange::Whole)),
            (json!({"diff": ""}), Some(FileChange::Whole)),
            (json!({"diff": "Binary files a/x and b/x differ\n"}), Some(FileChange::Whole)),
            (json!({"diff": "@@ -1 +1,9 @@\n a\n"}), Some(FileChange::Whole)),
            (json!({"diff": ["@@"], "deleted_file": "true"}), Some(FileChange::Whole)),
            (json!("a.c"), Some(FileChange::Whole)),
        ];
        for (file, expected) in cases {
            assert_eq!(change_in(&file), expected, "{file}");
        }
    }

    #[test]
    fn the_repository_is_that_of_the_target() {
        let job = Project::read(&|name| (name == "CI_SERVER_URL").then(|| "https://h/gitlab".to_owned()));
        let sha = "2".repeat(40);
        let read = |full: &str, page: Value, count: Value| {
            let body = json!({"iid": 12, "sha": null, "diff_refs": {"head_sha": sha}, "title": null, "source_branch": "a",
                              "target_branch": "b", "source_project_id": null, "target_project_id": 3,
                              "references": {"full": full}, "web_url": page, "changes_count": count});
            described_in(&body, 12, &job).ok()
        };
        let address =
            |page: Value| read("g/s/p!12", page, Value::Null).expect("whole").pull_request.repository_url;
        assert_eq!(address(json!("https://h/gitlab/g/s/p/-/merge_requests/12")), "https://h/gitlab/g/s/p");
        for odd in [Value::Null, json!("https://u:p@h/g/p/-/merge_requests/12"), json!(["x"])] {
            assert_eq!(address(odd), "https://h/gitlab/g/s/p");
        }
        for odd in ["", "p!12", "g/p!13", "g/p", "../p!12", "g/p?x!12"] {
            assert_eq!(read(odd, Value::Null, Value::Null), None, "{odd}");
        }
        for (count, files) in
            [(json!("3"), Some(3)), (json!("1000+"), None), (Value::Null, None), (json!(3), None)]
        {
            assert_eq!(read("g/p!12", Value::Null, count).expect("whole").files, files);
        }
    }
}
