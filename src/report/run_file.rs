//! The runs that `start` has started, for `check --run`: the file `run.json`. Fields are only ever added.

use crate::error::Problem;
use crate::file;
use crate::messages::{Hint, RunFileHint, RunFileMessage};
use crate::model::pull_request::{FetchRef, ForgeName, PullRequest};
use crate::text::{is_id, without_mark};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the file in the report directory.
pub const RUN_FILE: &str = "run.json";
/// Version of the file.
const SCHEMA: u32 = 1;
/// Largest file that is read.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;
/// Longest id.
const ID_LIMIT: usize = 64;

/// What was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFile {
    /// Version of this file.
    pub schema: u32,
    /// Name and version of the program.
    pub tool: String,
    /// When it was written, in UTC.
    pub started_at: String,
    /// The pull request whose code is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<StartedPullRequest>,
    /// One entry for each task.
    pub tasks: Vec<StartedTask>,
}

/// The pull request, and the commit that is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedPullRequest {
    /// Where it is reviewed.
    pub forge: ForgeName,
    /// The repository that it leads to.
    pub repository: String,
    /// Address of that repository.
    pub repository_url: String,
    /// Its number.
    pub number: u64,
    /// The branch that is to be merged.
    pub source_branch: String,
    /// The branch into which it is merged.
    pub target_branch: String,
    /// The commit that is checked.
    pub head: String,
    /// Whether the source branch is in another repository.
    pub from_fork: bool,
}

/// A run that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedTask {
    /// The task that was named.
    pub task_id: String,
    /// The run; `null` where CodeArts did not name it.
    pub run_id: Option<String>,
    /// The merge-request task that is run, if a pull request is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_request: Option<StartedMergeRequest>,
    /// What the task showed before.
    pub before: BeforeStart,
}

/// A merge-request task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedMergeRequest {
    /// Its id.
    pub task_id: String,
    /// The project of the full task.
    pub project_id: String,
    /// The name of the full task, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_name: Option<String>,
    /// Whether `start` has made it, so that it is deleted in the end.
    pub created: bool,
    /// Kind of ref by which it is fetched; `null` when CodeArts chooses.
    #[serde(rename = "ref")]
    pub fetch_ref: Option<FetchRef>,
    /// Whether `--ref` fixed that, so that no other is tried.
    #[serde(default)]
    pub ref_is_fixed: bool,
}

/// What a task showed before its run was started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeStart {
    /// Whether the status was certain.
    pub certain: bool,
    /// Its status; `null` for a task without any run.
    pub status: Option<i64>,
    /// Its latest runs, where they were listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<RunsBefore>,
}

/// The latest runs of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunsBefore {
    /// The latest.
    pub last: Option<String>,
    /// The latest that succeeded.
    pub last_successful: Option<String>,
}

impl RunFile {
    /// What was started just now.
    pub fn new(
        pull_request: Option<&PullRequest>,
        tasks: Vec<StartedTask>,
        now: std::time::SystemTime,
    ) -> Self {
        Self {
            schema: SCHEMA,
            tool: concat!("codearts-gate ", env!("CARGO_PKG_VERSION")).to_owned(),
            started_at: humantime::format_rfc3339_seconds(now).to_string(),
            pull_request: pull_request.map(StartedPullRequest::new),
            tasks,
        }
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        // These structs hold nothing that JSON cannot express.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not one of `start`.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let shown = path.display().to_string();
        let not_read = || RunFileMessage::NotRead { path: shown.clone() };
        let bytes = file::read(path, FILE_LIMIT).map_err(|error| file::not_read(not_read(), &error))?;
        let hint = || Hint::from(RunFileHint::WriteAgain);
        let file: Self = serde_json::from_slice(without_mark(&bytes))
            .map_err(|error| Problem::new(not_read()).because(error).hint(hint()))?;
        if file.schema != SCHEMA {
            let what = RunFileMessage::OtherSchema { path: shown, schema: file.schema };
            return Err(Problem::new(what).hint(hint()));
        }
        if file.tasks.is_empty() || !file.tasks.iter().all(StartedTask::has_ids) {
            return Err(Problem::new(RunFileMessage::NoRun { path: shown }).hint(hint()));
        }
        if !file.is_consistent() {
            return Err(Problem::new(RunFileMessage::Inconsistent { path: shown }).hint(hint()));
        }
        Ok(file)
    }

    /// Whether merge-request tasks come with a pull request, whose head is compared, and none is a full task: one that `start` has
    /// made is deleted in the end.
    fn is_consistent(&self) -> bool {
        let is_full = |id: &String| self.tasks.iter().any(|task| task.task_id == *id);
        self.tasks.iter().all(|task| match &task.merge_request {
            Some(merge_request) => self.pull_request.is_some() && !is_full(&merge_request.task_id),
            None => self.pull_request.is_none(),
        })
    }
}

impl StartedTask {
    /// Whether all ids have the form of one: they will stand in paths.
    fn has_ids(&self) -> bool {
        let of_task = self.merge_request.iter().flat_map(|task| [&task.task_id, &task.project_id]);
        let mut all = of_task.chain([&self.task_id]).chain(&self.run_id);
        all.all(|id| is_id(id, ID_LIMIT))
    }
}

impl StartedPullRequest {
    fn new(pull_request: &PullRequest) -> Self {
        let PullRequest {
            forge,
            repository,
            repository_url,
            number,
            source_branch,
            target_branch,
            head,
            is_from_fork,
            ..
        } = pull_request.clone();
        Self {
            forge,
            repository,
            repository_url,
            number,
            source_branch,
            target_branch,
            head,
            from_fork: is_from_fork,
        }
    }
}

impl From<StartedPullRequest> for PullRequest {
    fn from(started: StartedPullRequest) -> Self {
        let StartedPullRequest {
            forge,
            repository,
            repository_url,
            number,
            source_branch,
            target_branch,
            head,
            from_fork,
        } = started;
        Self {
            forge,
            repository,
            repository_url,
            number,
            title: String::new(),
            source_branch,
            target_branch,
            head,
            is_from_fork: from_fork,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> RunFile {
        let id = str::to_owned;
        let pull_request = PullRequest {
            forge: ForgeName::GitHub,
            repository: id("acme/widget"),
            repository_url: id("https://github.com/acme/widget.git"),
            number: 7,
            title: String::new(),
            source_branch: id("feature"),
            target_branch: id("main"),
            head: "2".repeat(40),
            is_from_fork: false,
        };
        RunFile::new(
            Some(&pull_request),
            vec![StartedTask {
                task_id: id("2b31ed520aaaaaaebedb6e57aaaaaaaa"),
                run_id: Some("d163535d0bbbbbbb81d6a7654443eaaa".to_owned()),
                merge_request: Some(StartedMergeRequest {
                    task_id: id("3c31ed520aaaaaaebedb6e57aaaaaaaa"),
                    project_id: id("4d31ed520aaaaaaebedb6e57aaaaaaaa"),
                    parent_name: Some(id("widget")),
                    created: true,
                    fetch_ref: Some(FetchRef::Pull),
                    ref_is_fixed: true,
                }),
                before: BeforeStart {
                    certain: true,
                    status: None,
                    runs: Some(RunsBefore { last: None, last_successful: Some("a".to_owned()) }),
                },
            }],
            std::time::SystemTime::UNIX_EPOCH,
        )
    }

    #[test]
    fn what_was_written_is_read() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join(RUN_FILE);
        std::fs::write(&path, file().to_text()).expect("written");
        assert_eq!(RunFile::read(&path), Ok(file()));
        let cases = [
            ("{}", "a field is missing"),
            (r#"{"schema": 2, "tool": "", "started_at": "", "tasks": []}"#, "another version"),
            (r#"{"schema": 1, "tool": "", "started_at": "", "tasks": []}"#, "no task"),
        ];
        for (text, why) in cases {
            std::fs::write(&path, text).expect("written");
            assert!(RunFile::read(&path).is_err(), "{why}");
        }
        let hostile = file().to_text().replace("d163535d0bbbbbbb81d6a7654443eaaa", "../x");
        std::fs::write(&path, hostile).expect("written");
        assert!(RunFile::read(&path).is_err(), "a run that is not an id");
        let parent =
            file().to_text().replace("3c31ed520aaaaaaebedb6e57aaaaaaaa", "2b31ed520aaaaaaebedb6e57aaaaaaaa");
        std::fs::write(&path, parent).expect("written");
        assert!(RunFile::read(&path).is_err(), "the full task would be deleted");
        let unreviewed = RunFile { pull_request: None, ..file() };
        std::fs::write(&path, unreviewed.to_text()).expect("written");
        assert!(RunFile::read(&path).is_err(), "the head would not be compared");
        assert!(RunFile::read(&place.path().join("none.json")).is_err());
    }
}
