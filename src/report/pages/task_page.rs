//! What a page about one task is made of.

use crate::messages::PageText;
use crate::model::finding::PastRun;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::report::lists::Overview;
use crate::report::result::{PullRequestResult, TaskResult};

/// Stands for the id in the address of a task's page in the console.
pub const TASK_ID_MARK: &str = "{task_id}";

/// What the page is about.
#[derive(Clone, Copy, Debug)]
pub struct TaskPage<'a> {
    /// How the task ended.
    pub task: &'a TaskResult,
    /// Its findings, where they were listed.
    pub overview: Option<&'a Overview>,
    /// Past runs, oldest first.
    pub past: &'a [PastRun],
    /// Program and version.
    pub tool: &'a str,
    /// Address of a task's page in the console, with [`TASK_ID_MARK`] for its id.
    pub task_url: Option<&'a str>,
    /// Language of the page.
    pub language: Language,
}

/// Digits of a commit that people recognize.
const COMMIT_DIGITS: usize = 12;

/// Which code was checked, where that is known; `code` makes names safe for the page.
pub fn checked(task: &TaskResult, code: impl Fn(&str) -> String) -> Option<PageText> {
    if let Some(PullRequestResult { number, head, source_branch, target_branch, .. }) = &task.pull_request {
        let head = head.get(..COMMIT_DIGITS).unwrap_or(head);
        let (source, target) = (code(source_branch), code(target_branch));
        let is_checked =
            matches!(task.outcome, Outcome::Passed | Outcome::GateFailed | Outcome::ReportFailed);
        let (number, head) = (*number, code(head));
        return Some(PageText::CheckedPullRequest { number, head, source, target, is_checked });
    }
    let branch = code(task.branch.as_deref()?);
    Some(PageText::CheckedBranch { branch, repository: task.repository.as_deref().map(code) })
}
