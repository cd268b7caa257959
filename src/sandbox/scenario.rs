//! What the imitated service does: durations, results, and faults on chosen calls. Read from JSON or by name.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// Key of the script for every task that has none of its own.
pub const ANY_TASK: &str = "*";

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
            jobs: BTreeMap::from([(ANY_TASK.to_owned(), JobScript::default())]),
            faults: Vec::new(),
        }
    }
}

/// How one task behaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaskScript {
    /// Status before any run is started here: null never checked, 0 a run is active from the beginning, 1 to 3 the
    /// result of an earlier run.
    pub before: Option<i64>,
    /// How long a run takes.
    #[serde(deserialize_with = "duration")]
    pub duration: Duration,
    /// Status at its end; 0 never ends.
    pub final_status: i64,
    /// How long the result of the run before is still shown after a start.
    #[serde(deserialize_with = "duration")]
    pub stale_for: Duration,
    /// How long the status is null after a start.
    #[serde(deserialize_with = "duration")]
    pub null_for: Duration,
    /// How progress is told.
    pub progress: ProgressShape,
    /// Whether numbers come as strings, as some deployments send them.
    pub numbers_as_strings: bool,
    /// What the log says about a failed run.
    pub failing_step: FailingStepScript,
    /// Open findings by severity.
    pub findings: Findings,
    /// Further findings that do not count yet.
    pub delayed: u32,
    /// Rows of `defects-detail` as they are to be sent, instead of made-up ones.
    pub defects: Option<Vec<Value>>,
    /// What the `offset` of `defects-detail` means.
    pub paging: Paging,
    /// The `total` of `defects-detail`, where it is not how many there are.
    pub total: Option<u64>,
    /// Findings that the summary calls new, by severity; it does not tell without.
    pub new_findings: Option<Findings>,
    /// Whether the quality gate is passed.
    pub is_access: Value,
    /// The PDF export.
    pub pdf: PdfScript,
}

impl Default for TaskScript {
    fn default() -> Self {
        Self {
            before: None,
            duration: Duration::from_secs(3),
            final_status: 2,
            stale_for: Duration::ZERO,
            null_for: Duration::ZERO,
            progress: ProgressShape::Steps,
            numbers_as_strings: false,
            failing_step: FailingStepScript::default(),
            findings: Findings::default(),
            delayed: 0,
            defects: None,
            paging: Paging::default(),
            total: None,
            new_findings: None,
            is_access: Value::from(1),
            pdf: PdfScript::default(),
        }
    }
}

/// How one job of CodeArts Build behaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobScript {
    /// Builds before the sandbox began, all good.
    pub before: u32,
    /// How some of them were started, by number.
    pub records: BTreeMap<u64, RecordScript>,
    /// Whether the latest of them is still being made.
    pub is_building: bool,
    /// How long a build takes.
    #[serde(deserialize_with = "duration")]
    pub duration: Duration,
    /// The word for its end.
    pub result: Value,
    /// The same in `build-info`, where it is another.
    pub info_result: Option<Value>,
    /// The same in `record-info`, where it is another.
    pub record_result: Option<Value>,
    /// The word of `record-info` for a build that is not over.
    pub running_word: Value,
    /// How long nobody knows a build that was started.
    #[serde(deserialize_with = "duration")]
    pub hidden_for: Duration,
    /// Whether `build-info` exists.
    pub has_build_info: bool,
    /// Which generations of `record-info` exist: `record`, `record-v4`, `record-v3`.
    pub record_info: Vec<String>,
    /// Whether `running-status` exists.
    pub has_running_status: bool,
    /// Lines of the log.
    pub log_lines: u32,
}

impl Default for JobScript {
    fn default() -> Self {
        Self {
            before: 0,
            records: BTreeMap::new(),
            is_building: false,
            duration: Duration::from_secs(3),
            result: Value::from("SUCCESS"),
            info_result: None,
            record_result: None,
            running_word: Value::from("RUNNING"),
            hidden_for: Duration::ZERO,
            has_build_info: true,
            record_info: ["record", "record-v4", "record-v3"].map(str::to_owned).into(),
            has_running_status: true,
            log_lines: 40,
        }
    }
}

/// How a build was started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordScript {
    /// Parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// Branch; `main` where there is no tag and no commit either.
    pub branch: Option<String>,
    /// Tag.
    pub tag: Option<String>,
    /// Commit.
    pub commit: Option<String>,
}

/// What the `offset` of `defects-detail` means; the service's pages differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// Findings to skip.
    #[default]
    Rows,
    /// Number of the page, from 0.
    Pages,
    /// Number of the page, from 1; 0 is the first too.
    PagesFromOne,
    /// Nothing: every answer is the first page.
    Nothing,
}

/// How the progress of a run is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProgressShape {
    /// Even, in steps of 5 %.
    #[default]
    Steps,
    /// No progress object.
    Missing,
    /// Fifty percent from beginning to end.
    Stuck,
}

/// The step a failed run failed in.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FailingStepScript {
    /// Title.
    pub name: String,
    /// Log.
    pub log: String,
    /// Analysis.
    pub analysis: String,
    /// Where to read on.
    pub faq: String,
}

impl Default for FailingStepScript {
    fn default() -> Self {
        Self {
            name: "Pull code".to_owned(),
            log: "clone failed".to_owned(),
            analysis: "no access to the repository".to_owned(),
            faq: "https://example.com/faq".to_owned(),
        }
    }
}

/// Open findings by severity.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Findings {
    /// Severity 0.
    pub critical: u32,
    /// Severity 1.
    pub major: u32,
    /// Severity 2.
    pub minor: u32,
    /// Severity 3.
    pub suggestion: u32,
}

impl Default for Findings {
    fn default() -> Self {
        Self { critical: 0, major: 1, minor: 4, suggestion: 9 }
    }
}

impl Findings {
    /// All of them.
    pub const fn total(self) -> u32 {
        self.critical + self.major + self.minor + self.suggestion
    }
}

/// The PDF export.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PdfScript {
    /// How long a job takes.
    #[serde(deserialize_with = "duration")]
    pub duration: Duration,
    /// `timeAsk`, in seconds.
    pub time_ask: u64,
    /// Size of the file; smaller than a page of text means as small as it gets.
    pub bytes: usize,
    /// Why the job fails, if it does.
    pub failure: Option<String>,
}

impl Default for PdfScript {
    fn default() -> Self {
        Self { duration: Duration::from_secs(1), time_ask: 1, bytes: 20_000, failure: None }
    }
}

/// A fault on some calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The call; `*` is every call.
    pub call: String,
    /// Only for this task.
    #[serde(default)]
    pub task: Option<String>,
    /// Which of the calls of this kind (of this task, if one is named), counted from 1; empty: all.
    #[serde(default)]
    pub on: Vec<u32>,
    /// What happens.
    pub fault: Fault,
}

/// What goes wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// Another answer; the call is not carried out.
    Answer {
        /// HTTP status.
        status: u16,
        /// Body; text is sent as it is.
        #[serde(default)]
        body: Value,
        /// Further headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A web page with HTTP 200; the call is not carried out.
    Html,
    /// The connection is reset and the call not carried out.
    Reset,
    /// The call is carried out, but the connection is reset instead of an answer.
    LostAnswer,
    /// The answer breaks off after so many bytes.
    Truncate {
        /// Bytes of the body that are sent.
        after: usize,
    },
    /// The answer stops coming after so many bytes, and the connection stays open.
    Stall {
        /// Bytes of the body that are sent.
        after: usize,
    },
    /// The answer comes late.
    Delay {
        /// How late.
        #[serde(deserialize_with = "duration")]
        by: Duration,
    },
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .map_err(|_| serde::de::Error::custom(format!("`{text}` is no duration; write 90s, 250ms or 1h")))
}

fn perhaps_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

/// Names, and the scenarios behind them. Each is JSON, so that it can serve as the beginning of an own file.
const NAMED: [(&str, &str); 12] = [
    ("passing", r#"{"description": "a run of three seconds that succeeds, and a PDF"}"#),
    (
        "failing",
        r#"{"description": "the check itself fails to run (status 1)",
            "tasks": {"*": {"final_status": 1}}}"#,
    ),
    (
        "stopped",
        r#"{"description": "somebody stops the check (status 3)",
            "tasks": {"*": {"final_status": 3}}}"#,
    ),
    (
        "endless",
        r#"{"description": "the check never ends (status 0)",
            "tasks": {"*": {"final_status": 0, "before": 0}}}"#,
    ),
    (
        "slow",
        r#"{"description": "a run of forty seconds that succeeds",
            "tasks": {"*": {"duration": "40s"}}}"#,
    ),
    (
        "finished",
        r#"{"description": "an earlier run has succeeded; a new one would fail",
            "tasks": {"*": {"before": 2, "final_status": 1}}}"#,
    ),
    (
        "stale",
        r#"{"description": "after a start the success of the run before is shown for two seconds; then the new run fails",
            "tasks": {"*": {"before": 2, "stale_for": "2s", "final_status": 1}}}"#,
    ),
    (
        "active",
        r#"{"description": "a run is active from the beginning",
            "tasks": {"*": {"before": 0}}}"#,
    ),
    (
        "flaky",
        r#"{"description": "every kind of bad answer on the way; still passes",
            "tasks": {"*": {"duration": "6s"}},
            "faults": [
              {"call": "run", "on": [1], "fault": {"kind": "lost-answer"}},
              {"call": "progress", "on": [2], "fault": {"kind": "reset"}},
              {"call": "progress", "on": [3], "fault": {"kind": "html"}},
              {"call": "progress", "on": [4], "fault": {"kind": "answer", "status": 503}},
              {"call": "progress", "on": [5], "fault": {"kind": "answer", "status": 400, "body": {"error_code": "CC.00000000", "error_msg": "Network busy. Try again later."}}},
              {"call": "pdf-file", "on": [1], "fault": {"kind": "truncate", "after": 9000}}
            ]}"#,
    ),
    (
        "broken-pdf",
        r#"{"description": "the check passes, but every transfer of the PDF breaks off",
            "faults": [{"call": "pdf-file", "fault": {"kind": "truncate", "after": 9000}}]}"#,
    ),
    (
        "denied",
        r#"{"description": "the user is no member of the project",
            "faults": [{"call": "*", "fault": {"kind": "answer", "status": 200, "body": {"error_code": "CC.00050010", "error_msg": "no permission"}}}]}"#,
    ),
    (
        "wrong-clock",
        r#"{"description": "the service's clock is an hour ahead, so signatures are refused at first",
            "clock_ahead": 3600}"#,
    ),
];

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
    }
}
