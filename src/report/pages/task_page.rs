//! What a page about one task is made of.

use crate::model::finding::PastRun;
use crate::model::language::Language;
use crate::report::lists::Overview;
use crate::report::result::TaskResult;

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
