//! What a task of CodeArts Check does.

use super::duration::duration;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

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
    /// The poll of its progress, counted from 1, at which a run has ended; `duration` does not count then.
    pub polls: Option<u32>,
    /// Status at its end; 0 never ends.
    pub final_status: i64,
    /// How long the result of the run before is still shown after a start.
    #[serde(deserialize_with = "duration")]
    pub stale_for: Duration,
    /// How many polls after a start still show the result of the run before.
    pub stale_polls: u32,
    /// How long the status is null after a start.
    #[serde(deserialize_with = "duration")]
    pub null_for: Duration,
    /// How many polls after a start show a null status.
    pub null_polls: u32,
    /// How progress is reported.
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
    /// Findings that the summary calls new, by severity; without, it reports none.
    pub new_findings: Option<Findings>,
    /// Whether the quality gate is passed.
    pub is_access: Value,
    /// The PDF export.
    pub pdf: PdfScript,
    /// The name of the task.
    pub name: String,
    /// The address of its repository.
    pub repository: String,
    /// The branch that it checks; of a created task, `master` or the source branch of the pull request without.
    pub branch: Option<String>,
    /// The project that it is in, where that is shown.
    pub project: Option<String>,
    /// The languages that it checks.
    pub languages: Vec<String>,
    /// The service endpoint by which its repository is reached.
    pub endpoint: Option<String>,
    /// The quality gate, as the settings show it.
    pub gate_policy: Value,
    /// Merge-request tasks below it that are listed from the beginning: numbers, and ids of tasks.
    pub merge_requests: BTreeMap<u64, String>,
    /// The only kind of ref by which fetching works, if it matters: `pull` or `merge_request`; without one CodeArts takes
    /// `merge_request`.
    pub fetches_with: Option<String>,
}

impl Default for TaskScript {
    fn default() -> Self {
        Self {
            before: None,
            duration: Duration::from_secs(3),
            polls: None,
            final_status: 2,
            stale_for: Duration::ZERO,
            stale_polls: 0,
            null_for: Duration::ZERO,
            null_polls: 0,
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
            name: "sandbox".to_owned(),
            repository: "git@example.com:group/demo.git".to_owned(),
            branch: None,
            project: None,
            languages: vec!["java".to_owned()],
            endpoint: None,
            gate_policy: Value::Null,
            merge_requests: BTreeMap::new(),
            fetches_with: None,
        }
    }
}

/// What an `offset` means; the service's pages differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
    /// Entries to skip.
    #[default]
    Rows,
    /// Number of the page, from 0.
    Pages,
    /// Number of the page, from 1; 0 is the first too.
    PagesFromOne,
    /// Nothing: every answer is the first page.
    Nothing,
}

impl Paging {
    /// Entries to skip for an `offset`, in pages of `limit`.
    pub(in crate::sandbox) const fn skip(self, offset: u64, limit: u64) -> u64 {
        match self {
            Self::Rows => offset,
            Self::Pages => offset.saturating_mul(limit),
            Self::PagesFromOne => offset.saturating_sub(1).saturating_mul(limit),
            Self::Nothing => 0,
        }
    }
}

/// How the progress of a run is reported.
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
    /// The poll of its state, counted from 1, at which a job has ended; `duration` does not count then.
    pub polls: Option<u32>,
    /// `timeAsk`, in seconds.
    pub time_ask: u64,
    /// Size of the file; smaller than a page of text means as small as it gets.
    pub bytes: usize,
    /// Why the job fails, if it does.
    pub failure: Option<String>,
}

impl Default for PdfScript {
    fn default() -> Self {
        Self { duration: Duration::from_secs(1), polls: None, time_ask: 1, bytes: 20_000, failure: None }
    }
}
