//! Runs that one process starts and another waits for: what the file of `start` holds of them.

use crate::codearts::Id;
use crate::codearts::before::Before;
use crate::codearts::tasks::{LastJobs, TaskStatus};
use crate::lifecycle::report::ReviewTask;
use crate::model::pull_request::FetchRef;
use crate::report::run_file::{BeforeStart, RunsBefore, StartedMergeRequest, StartedTask};

/// The entry of a run that was started. `review`: the merge-request task, how it is fetched, and whether another way is left.
pub(crate) fn entry(
    task: &Id,
    run: Option<String>,
    review: Option<(&ReviewTask, Option<FetchRef>, bool)>,
    before: &Before,
) -> StartedTask {
    let merge_request = review.map(|(task, fetch_ref, has_other_ref)| StartedMergeRequest {
        task_id: task.id.to_string(),
        project_id: task.project.to_string(),
        parent_name: task.parent_name.clone(),
        created: task.is_created,
        fetch_ref,
        ref_is_fixed: !has_other_ref,
    });
    StartedTask { task_id: task.to_string(), run_id: run, merge_request, before: written(before) }
}

/// The merge-request task of an entry, if it has one.
pub(crate) fn review_task(entry: &StartedTask) -> Option<ReviewTask> {
    let StartedMergeRequest { task_id, project_id, parent_name, created, .. } =
        entry.merge_request.as_ref()?;
    let (id, project) = (task_id.parse().ok()?, project_id.parse().ok()?);
    Some(ReviewTask { id, project, parent_name: parent_name.clone(), is_created: *created })
}

fn written(before: &Before) -> BeforeStart {
    let runs =
        before.runs.clone().map(|LastJobs { last, last_successful }| RunsBefore { last, last_successful });
    BeforeStart { certain: before.status.is_some(), status: before.status.and_then(TaskStatus::number), runs }
}

/// What a task showed before its run was started.
pub(crate) fn before(entry: &StartedTask) -> Before {
    let BeforeStart { certain, status, runs } = entry.before.clone();
    let runs = runs.map(|RunsBefore { last, last_successful }| LastJobs { last, last_successful });
    Before { status: certain.then(|| TaskStatus::of_number(status)), runs }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_before_is_read_as_it_was() {
        let runs = || Some(LastJobs { last: Some("a".to_owned()), last_successful: None });
        let cases = [
            Before { status: None, runs: None },
            Before { status: Some(TaskStatus::NotChecked), runs: runs() },
            Before { status: Some(TaskStatus::Successful), runs: None },
            Before { status: Some(TaskStatus::Unknown(7)), runs: runs() },
        ];
        for known in cases {
            let task: Id = "a1".parse().expect("an id");
            let text = serde_json::to_string(&entry(&task, None, None, &known)).expect("JSON");
            let read = serde_json::from_str(&text).expect("an entry");
            assert_eq!(before(&read), known, "{text}");
        }
    }
}
