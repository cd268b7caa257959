//! What a task of CodeArts Check does.

use super::time::time;
use codearts_gate::sandbox::scenario::{
    FailingStepScript, Findings, Paging, PdfScript, ProgressShape, TaskScript,
};
use serde_json::Value;

/// Statuses of a check.
pub(crate) const CHECKING: i64 = 0;
pub(crate) const FAILED: i64 = 1;
pub(crate) const SUCCEEDED: i64 = 2;
pub(crate) const STOPPED: i64 = 3;

/// A task that was never checked, and whose runs take three seconds and succeed.
pub(crate) fn task() -> Task {
    Task(TaskScript::default())
}

/// A task whose check has succeeded already.
pub(crate) fn succeeded() -> Task {
    task().before(SUCCEEDED)
}

/// A task whose check goes on until it is stopped.
pub(crate) fn endless() -> Task {
    task().takes("1h")
}

/// An export that takes a moment.
pub(crate) fn pdf() -> Pdf {
    Pdf(PdfScript { duration: time("10ms"), ..PdfScript::default() })
}

/// How a task behaves.
#[derive(Clone, Debug)]
pub(crate) struct Task(pub(super) TaskScript);

impl Task {
    /// Changes the settings that have no name here.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut TaskScript)) -> Self {
        change(&mut self.0);
        self
    }

    /// Its settings.
    pub(crate) const fn script(&self) -> &TaskScript {
        &self.0
    }

    /// The status before any run is started here.
    pub(crate) fn before(self, status: impl Into<Option<i64>>) -> Self {
        self.with(|task| task.before = status.into())
    }

    /// How long a run takes.
    pub(crate) fn takes(self, duration: &str) -> Self {
        self.with(|task| task.duration = time(duration))
    }

    /// The poll at which a run has ended.
    pub(crate) fn ends_at_poll(self, poll: u32) -> Self {
        self.with(|task| task.polls = Some(poll))
    }

    /// The status at the end of a run.
    pub(crate) fn ends(self, status: i64) -> Self {
        self.with(|task| task.final_status = status)
    }

    /// How many polls after a start still show the result of the run before.
    pub(crate) fn stale_polls(self, polls: u32) -> Self {
        self.with(|task| task.stale_polls = polls)
    }

    /// The result of the run before is shown for ever.
    pub(crate) fn stale_for_ever(self) -> Self {
        self.with(|task| task.stale_for = time("1h"))
    }

    /// How many polls after a start show no status.
    pub(crate) fn null_polls(self, polls: u32) -> Self {
        self.with(|task| task.null_polls = polls)
    }

    /// How progress is reported.
    pub(crate) fn progress(self, shape: ProgressShape) -> Self {
        self.with(|task| task.progress = shape)
    }

    /// Numbers come as strings.
    pub(crate) fn numbers_as_strings(self) -> Self {
        self.with(|task| task.numbers_as_strings = true)
    }

    /// The log of a failed run.
    pub(crate) fn failing_step(self, step: FailingStepScript) -> Self {
        self.with(|task| task.failing_step = step)
    }

    /// Open findings: critical, major, minor, suggestions.
    pub(crate) fn findings(self, [critical, major, minor, suggestion]: [u32; 4]) -> Self {
        self.with(|task| task.findings = Findings { critical, major, minor, suggestion })
    }

    /// Rows of the list of findings, as they are sent.
    pub(crate) fn defects(self, rows: Vec<Value>) -> Self {
        self.with(|task| task.defects = Some(rows))
    }

    /// What the `offset` of the list of findings means.
    pub(crate) fn paging(self, paging: Paging) -> Self {
        self.with(|task| task.paging = paging)
    }

    /// How many findings the list claims to have.
    pub(crate) fn total(self, total: u64) -> Self {
        self.with(|task| task.total = Some(total))
    }

    /// The quality gate, as the service writes it (`is_access`).
    pub(crate) fn gate(self, value: impl Into<Value>) -> Self {
        self.with(|task| task.is_access = value.into())
    }

    /// The PDF export.
    pub(crate) fn pdf(self, pdf: Pdf) -> Self {
        self.with(|task| task.pdf = pdf.0)
    }
}

/// How an export of a PDF behaves.
#[derive(Clone, Debug)]
pub(crate) struct Pdf(PdfScript);

impl Pdf {
    /// How long a job takes.
    pub(crate) fn takes(mut self, duration: &str) -> Self {
        self.0.duration = time(duration);
        self
    }

    /// The poll at which a job has ended.
    pub(crate) fn ends_at_poll(mut self, poll: u32) -> Self {
        self.0.polls = Some(poll);
        self
    }

    /// The size of the file.
    pub(crate) fn bytes(mut self, bytes: usize) -> Self {
        self.0.bytes = bytes;
        self
    }

    /// Why the job fails.
    pub(crate) fn fails(mut self, reason: &str) -> Self {
        self.0.failure = Some(reason.to_owned());
        self
    }
}
