//! Scenarios that read like a story: `scenario().task(task().before(SUCCEEDED)).when("pdf-file", breaks_after(9000))`.
//!
//! The fields are explained in [`codearts_gate::sandbox::scenario`].

mod fault;
mod job;
mod task;
mod time;

pub(crate) use fault::{
    Answer, Calls, answers, breaks_after, calls, is_held, is_late, loses_the_answer, refuses, resets,
    returns, shows_a_web_page, stalls_after,
};
pub(crate) use job::{Job, job, parameters};
pub(crate) use task::{CHECKING, FAILED, STOPPED, SUCCEEDED, Task, endless, pdf, succeeded, task};

use codearts_gate::sandbox::scenario::{
    ANY_TASK, Fault, FaultRule, JobScript, Scenario, TaskScript, is_call,
};
use std::collections::BTreeMap;
use time::time;

/// A service that knows every task and every job, and makes no mistake.
pub(crate) fn scenario() -> Story {
    Story { settings: Scenario::default(), tasks: BTreeMap::new(), jobs: BTreeMap::new() }
}

/// A scenario that is being written.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    settings: Scenario,
    /// Where there are any, no others are known.
    tasks: BTreeMap<String, TaskScript>,
    jobs: BTreeMap<String, JobScript>,
}

impl Story {
    /// How every task behaves that has no script of its own.
    pub(crate) fn task(self, task: Task) -> Self {
        self.task_named(ANY_TASK, task)
    }

    /// How one task behaves; the service knows only tasks that have a script.
    pub(crate) fn task_named(mut self, id: &str, task: Task) -> Self {
        self.tasks.insert(id.to_owned(), task.0);
        self
    }

    /// How every job behaves that has no script of its own.
    pub(crate) fn job(self, job: Job) -> Self {
        self.job_named(ANY_TASK, job)
    }

    /// How one job behaves; the service knows only jobs that have a script.
    pub(crate) fn job_named(mut self, id: &str, job: Job) -> Self {
        self.jobs.insert(id.to_owned(), job.0);
        self
    }

    /// What goes wrong with some calls: their name, or [`calls`].
    pub(crate) fn when(mut self, calls: impl Into<Calls>, fault: impl Into<Fault>) -> Self {
        let Calls { call, task, on } = calls.into();
        assert!(is_call(&call), "{call}");
        self.settings.faults.push(FaultRule { call, task, on, fault: fault.into() });
        self
    }

    /// The service knows neither tasks nor jobs.
    pub(crate) fn without_tasks_and_jobs(self) -> Self {
        self.with(|settings| {
            settings.tasks.clear();
            settings.jobs.clear();
        })
    }

    /// Changes the settings that have no name here.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Scenario)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Older deployments: runs are not listed.
    pub(crate) fn without_list_of_runs(self) -> Self {
        self.with(|settings| settings.has_last_jobs = false)
    }

    /// The progress call does not obey the id of a run.
    pub(crate) fn ignoring_run_ids(self) -> Self {
        self.with(|settings| settings.knows_job_id = false)
    }

    /// The summary is of the run that is asked for.
    pub(crate) fn summary_of_a_run(self) -> Self {
        self.with(|settings| settings.summary_knows_job_id = true)
    }

    /// How long IAM tokens live.
    pub(crate) fn token_life(self, life: &str) -> Self {
        self.with(|settings| settings.token_life = time(life))
    }

    /// How long temporary keys live.
    pub(crate) fn session_life(self, life: &str) -> Self {
        self.with(|settings| settings.session_life = Some(time(life)))
    }

    /// By how many seconds the service's clock is ahead.
    pub(crate) fn clock_ahead(self, seconds: i64) -> Self {
        self.with(|settings| settings.clock_ahead = seconds)
    }
}

impl From<Story> for Scenario {
    fn from(Story { mut settings, tasks, jobs }: Story) -> Self {
        if !tasks.is_empty() {
            settings.tasks = tasks;
        }
        if !jobs.is_empty() {
            settings.jobs = jobs;
        }
        settings
    }
}

impl From<Task> for Story {
    fn from(task: Task) -> Self {
        scenario().task(task)
    }
}

impl From<Job> for Story {
    fn from(job: Job) -> Self {
        scenario().job(job)
    }
}
