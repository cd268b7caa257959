//! What was found, as far as it is shown.

use crate::model::finding::{Finding, PastRun};
use crate::report::lists::on_lines::LineFindings;
use crate::report::lists::{BLOCKING, Overview};

/// What was found in one task.
pub(super) struct TaskFindings {
    pub(super) overview: Option<Overview>,
    pub(super) past_runs: Vec<PastRun>,
}

/// The findings to show where all tasks are shown together.
pub(super) fn worst_of(tasks: &[TaskFindings]) -> Vec<Finding> {
    let overviews = tasks.iter().filter_map(|findings| findings.overview.as_ref());
    let mut worst: Vec<Finding> = overviews.flat_map(|overview| overview.blocking.iter().cloned()).collect();
    worst.sort_unstable();
    worst.truncate(BLOCKING);
    worst
}

/// What was found in each task; `None`: that is not known of all.
pub(super) fn overviews(tasks: &[TaskFindings]) -> Option<Vec<&Overview>> {
    tasks.iter().map(|findings| findings.overview.as_ref()).collect()
}

/// The findings on changed lines of all tasks; `None`: the lines are not known.
pub(super) fn on_lines(overviews: &[&Overview]) -> Option<LineFindings> {
    let of_tasks: Option<Vec<&LineFindings>> =
        overviews.iter().map(|overview| overview.on_lines.as_ref()).collect();
    of_tasks.map(LineFindings::joined)
}
