//! What a page about one task is made of.

use crate::model::finding::PastRun;
use crate::report::lists::Overview;
use crate::report::result::TaskResult;

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
    /// Address of a task's page in the console, with `{task_id}` for its id.
    pub task_url: Option<&'a str>,
}
