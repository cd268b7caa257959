//! What tracking a check task and collecting its evidence both need: the surroundings of all tasks, the task itself, and its
//! run.

use crate::codearts::proof::Proof;
use crate::codearts::tasks::TaskStatus;
use crate::codearts::{Id, Service};
use crate::console::Console;
use crate::lifecycle::review::Review;
use crate::lifecycle::scope::ScopeSource;
use crate::report::store::directory::ReportDirectory;
use crate::settings::{CheckSettings, RunSettings};
use crate::wait::Waiter;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// What all check tasks of a process use; nothing in it changes.
pub(crate) struct CheckEnvironment<'a> {
    pub(crate) service: &'a Service,
    pub(crate) waiter: &'a Waiter,
    pub(crate) settings: &'a CheckSettings,
    pub(crate) project_id: Option<&'a Id>,
    /// The pull request whose code is checked.
    pub(crate) review: Option<&'a Review<'a>>,
    pub(crate) directory: &'a ReportDirectory,
    pub(crate) console: &'a Console,
    pub(crate) deadline: Instant,
    /// Which findings count.
    pub(crate) scope: ScopeSource<'a>,
    /// One task at a time lists its findings: memory and requests are those of one, however many there are.
    pub(crate) list_permit: &'a Semaphore,
}

/// What starting a run takes.
#[derive(Clone, Copy)]
pub(crate) struct StartEnvironment<'a> {
    pub(crate) service: &'a Service,
    pub(crate) waiter: &'a Waiter,
    pub(crate) settings: &'a RunSettings,
    pub(crate) project_id: Option<&'a Id>,
    /// The pull request whose code is checked.
    pub(crate) review: Option<&'a Review<'a>>,
    pub(crate) deadline: Instant,
}

impl CheckEnvironment<'_> {
    /// The part that starting a run takes.
    pub(crate) const fn of_start(&self) -> StartEnvironment<'_> {
        StartEnvironment {
            service: self.service,
            waiter: self.waiter,
            settings: &self.settings.run,
            project_id: self.project_id,
            review: self.review,
            deadline: self.deadline,
        }
    }

    /// Time for what is fetched after the verdict.
    pub(crate) fn pdf_limit(&self) -> Duration {
        self.settings.report.pdf_limit(self.settings.publish.is_some())
    }
}

/// The task that is judged.
#[derive(Clone, Debug)]
pub(crate) struct CheckedTask {
    /// The id that was named, which stays the same from job to job: files have it.
    pub(crate) named: Id,
    /// The one that CodeArts is asked about: of a pull request its merge-request task.
    pub(crate) id: Id,
    /// Its project, where that is known.
    pub(crate) project: Option<Id>,
}

/// The run of a task that is watched.
#[derive(Debug)]
pub(crate) struct CheckRun {
    /// Its id, once it is known.
    pub(crate) id: Option<String>,
    /// Whose status the task shows.
    pub(crate) proof: Proof,
    /// Since when it is watched.
    pub(crate) since: Instant,
    /// What the task showed last.
    pub(crate) status: Option<TaskStatus>,
}

impl CheckRun {
    /// A run that is watched from now on.
    pub(crate) fn new(proof: Proof) -> Self {
        Self { id: proof.id().map(str::to_owned), proof, since: Instant::now(), status: None }
    }

    /// How long it has been watched.
    pub(crate) fn watched_for(&self) -> Duration {
        self.since.elapsed()
    }
}
