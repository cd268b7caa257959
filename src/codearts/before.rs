//! What a task showed before a run of it was started.

use super::tasks::{LastJobs, TaskStatus};

/// What the task showed before a run was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Its status, where that is certain.
    pub status: Option<TaskStatus>,
    /// Its latest runs, where the list could be read.
    pub runs: Option<LastJobs>,
}

impl Before {
    /// What the task shows now. Null is also shown in passing, so it counts only for a task that is known to have no run. What the
    /// list of runs belies is behind, or the list is: the next status may be that of an earlier run.
    pub(super) fn new(status: TaskStatus, runs: Option<LastJobs>) -> Self {
        let last = runs.as_ref().map(|LastJobs { last, last_successful }| (last, last == last_successful));
        let is_certain = match (status, last) {
            (TaskStatus::NotChecked, Some((last, _))) => last.is_none(),
            (TaskStatus::NotChecked, None) => false,
            (status, Some((Some(_), has_succeeded))) => {
                status.is_final() && has_succeeded == (status == TaskStatus::Successful)
            }
            // A list that names no run at all counts as none.
            (status, Some((None, _)) | None) => status.is_final(),
        };
        Self { status: is_certain.then_some(status), runs }
    }

    /// Whether this run was there before.
    pub fn names(&self, run: &str) -> bool {
        self.runs.iter().flat_map(LastJobs::ids).any(|id| id == run)
    }

    /// Whether it certainly had a run.
    pub fn shows_run(&self) -> bool {
        self.status.is_some_and(TaskStatus::is_final)
            || self.runs.as_ref().is_some_and(|runs| runs.last.is_some())
    }

    /// The same for a run that was active already: only what had succeeded is known to be another run.
    pub(super) fn of_active(self) -> Self {
        let runs = self.runs.map(|LastJobs { last_successful, .. }| LastJobs {
            last: last_successful.clone(),
            last_successful,
        });
        Self { status: None, runs }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::runs;
    use super::*;
    use TaskStatus::*;

    #[test]
    fn a_status_from_before_counts_where_it_is_certain() {
        let status = |status, runs| Before::new(status, runs).status;
        assert_eq!(status(NotChecked, Some(runs("", ""))), Some(NotChecked));
        assert_eq!(status(NotChecked, Some(runs("a", ""))), None);
        assert_eq!(status(NotChecked, None), None);
        assert_eq!(status(Failed, None), Some(Failed));
        assert_eq!(status(Checking, None), None);
        assert_eq!(status(Unknown(7), None), None);
        let cases = [
            (Successful, "a", "a", true),
            (Successful, "a", "", false),
            (Failed, "a", "a", false),
            (Failed, "b", "a", true),
            (Stopped, "b", "", true),
            (Successful, "", "", true),
        ];
        for (shown, last, last_successful, is_certain) in cases {
            let expected = is_certain.then_some(shown);
            assert_eq!(status(shown, Some(runs(last, last_successful))), expected, "{shown:?} {last}");
        }
    }
}
