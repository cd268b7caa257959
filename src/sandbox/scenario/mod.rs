//! What the imitated service does: durations, results, and faults on chosen calls. Read from JSON or by name.

mod duration;
mod fault;
mod job;
mod named;
mod pull_request;
mod task;

pub use fault::{ANY_CALL, CALLS, Fault, FaultRule, is_call};
pub use job::{JobScript, RecordScript};
pub use pull_request::PullRequestScript;
pub use task::{FailingStepScript, Findings, Paging, PdfScript, ProgressShape, TaskScript};

use duration::{duration, perhaps_duration};
use named::NAMED;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Key of the script for every task that has none of its own.
pub const ANY_TASK: &str = "*";

/// Key of the script for merge-request tasks that are created; without, the script of the task above, as if it were new.
pub const CREATED_TASK: &str = "mr";

/// A whole scenario. Every field has a default; unknown ones are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// One sentence for people.
    pub description: String,
    /// Scripts by task id; `*` serves every other task. Without a match the service does not know the task.
    pub tasks: BTreeMap<String, TaskScript>,
    /// How long an IAM token lives.
    #[serde(deserialize_with = "duration")]
    pub token_life: Duration,
    /// How long temporary keys live; as asked without.
    #[serde(deserialize_with = "perhaps_duration")]
    pub session_life: Option<Duration>,
    /// The longest session that the agency grants.
    #[serde(deserialize_with = "duration")]
    pub session_limit: Duration,
    /// How long an id token lives.
    #[serde(deserialize_with = "duration")]
    pub id_token_life: Duration,
    /// The audience that the identity provider takes; any without.
    pub audience: Option<String>,
    /// Whether the server with the metadata has an agency.
    pub has_agency: bool,
    /// Seconds by which the service's clock is ahead of this machine's.
    pub clock_ahead: i64,
    /// Whether `GET /v4/tasks/{task_id}/last-jobs` exists (older deployments lack it).
    pub has_last_jobs: bool,
    /// Whether PDF exports start at `pdf-async-job`; where not, at `pdf-job`.
    pub has_pdf_async_job: bool,
    /// Whether the progress call obeys its `job_id`.
    pub knows_job_id: bool,
    /// Whether the summary obeys its `job_id`: it refuses to answer about a run that does not exist.
    pub summary_knows_job_id: bool,
    /// What the `offset` of the list of tasks means.
    pub tasks_offset: Paging,
    /// Whether merge-request tasks that were created by the API are listed below the task above.
    pub lists_created_tasks: bool,
    /// Pull requests by number.
    pub pull_requests: BTreeMap<u64, PullRequestScript>,
    /// Scripts of build jobs by id, as for tasks.
    pub jobs: BTreeMap<String, JobScript>,
    /// What goes wrong.
    pub faults: Vec<FaultRule>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            description: String::new(),
            tasks: BTreeMap::from([(ANY_TASK.to_owned(), TaskScript::default())]),
            token_life: Duration::from_secs(24 * 3600),
            session_life: None,
            session_limit: Duration::from_secs(43_200),
            id_token_life: Duration::from_secs(300),
            audience: None,
            has_agency: true,
            clock_ahead: 0,
            has_last_jobs: true,
            has_pdf_async_job: true,
            knows_job_id: true,
            summary_knows_job_id: false,
            tasks_offset: Paging::default(),
            lists_created_tasks: true,
            pull_requests: BTreeMap::new(),
            jobs: BTreeMap::from([(ANY_TASK.to_owned(), JobScript::default())]),
            faults: Vec::new(),
        }
    }
}

impl Scenario {
    /// A scenario by name.
    pub fn named(name: &str) -> Option<Self> {
        let (_, json) = NAMED.iter().find(|(known, _)| *known == name)?;
        serde_json::from_str(json).ok()
    }

    /// Names and descriptions of all.
    pub fn list() -> Vec<(&'static str, String)> {
        NAMED.iter().filter_map(|(name, _)| Some((*name, Self::named(name)?.description))).collect()
    }

    /// The script of a build job.
    pub fn job_script(&self, job: &str) -> Option<&JobScript> {
        self.jobs.get(job).or_else(|| self.jobs.get(ANY_TASK))
    }

    /// The script of a task.
    pub fn script(&self, task: &str) -> Option<&TaskScript> {
        self.tasks.get(task).or_else(|| self.tasks.get(ANY_TASK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_scenario_can_be_read() {
        assert_eq!(Scenario::list().len(), NAMED.len());
        assert!(Scenario::list().iter().all(|(_, description)| !description.is_empty()));
        assert!(Scenario::named("unheard-of").is_none());
    }

    #[test]
    fn a_file_with_a_mistake_is_refused_with_its_place() {
        let error = serde_json::from_str::<Scenario>("{\"tasks\": {\"*\": {\"durations\": \"3s\"}}}")
            .expect_err("an unknown field");
        assert!(error.to_string().contains("unknown field `durations`"), "{error}");
        let error = serde_json::from_str::<Scenario>("{\"token_life\": \"soon\"}").expect_err("no duration");
        assert!(error.to_string().contains("write 90s"), "{error}");
        let fault = |call: &str| {
            format!("{{\"faults\": [{{\"call\": \"{call}\", \"fault\": {{\"kind\": \"html\"}}}}]}}")
        };
        let error = serde_json::from_str::<Scenario>(&fault("progres")).expect_err("an unknown call");
        assert!(error.to_string().contains("`progres`"), "{error}");
        for call in CALLS.into_iter().chain([ANY_CALL]) {
            serde_json::from_str::<Scenario>(&fault(call)).expect(call);
        }
    }
}
