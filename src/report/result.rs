//! The result document, version 1: `result.json` and the output of `--json`.
//!
//! These structs are the promise; nothing internal is serialised by accident.

use crate::messages::{Hint, Message};
use crate::model::finding::Counts;
use crate::model::gate::GateResult;
use crate::model::outcome::{Outcome, Verdict};
use crate::report::format::{Format, Written};
use crate::report::store::pdf_file::PdfFile;
use crate::text::no_ci_command_in_json;
use crate::text::redactor::redact_json;
use serde::Serialize;
use std::time::Duration;

/// Version of the document.
pub const SCHEMA: u32 = 1;

/// The whole document.
#[derive(Clone, Debug, Serialize)]
pub struct ResultDocument {
    /// Version of this form.
    pub schema: u32,
    /// Program and version.
    pub tool: &'static str,
    /// `pass`, `fail` or `undecided`.
    pub verdict: Verdict,
    /// Name of the outcome.
    pub outcome: Outcome,
    /// What the process exits with.
    pub exit_code: u8,
    /// Why there are no tasks, when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Message>,
    /// What to do about it. Missing when there is no advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// One entry a task, in the order asked for.
    pub tasks: Vec<TaskResult>,
    /// One entry a build job, in the order asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<BuildResult>,
}

/// How one build ended.
#[derive(Clone, Debug, Serialize)]
pub struct BuildResult {
    /// Id of the job.
    pub job_id: String,
    /// Number of the build, where known.
    pub build_no: Option<u64>,
    /// Who started that build, as far as that can be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<StartedBy>,
    /// How it stood: `running`, `success`, `failure`, `aborted`, or a word of the service that no page explains.
    pub status: Option<String>,
    /// Name of the outcome.
    pub outcome: Outcome,
    /// Whether `--allow` lets this outcome pass.
    pub allowed: bool,
    /// One sentence: why.
    pub reason: Message,
    /// What to do about it. Missing when there is no advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// Steps of the build that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failing_steps: Vec<String>,
    /// The last lines of the log of a build that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log_tail: Vec<String>,
    /// What the build has made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageResult>,
    /// How the wait went, if there was one.
    pub wait: Option<WaitResult>,
}

/// What a build has made.
#[derive(Clone, Debug, Serialize)]
pub struct PackageResult {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `maven`, `docker` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it lies in the repository.
    pub uri: String,
}

/// How one task ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(Default))]
pub struct TaskResult {
    /// Id of the task.
    pub task_id: String,
    /// Id of the run, where known.
    pub run_id: Option<String>,
    /// Who started that run, as far as that can be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<StartedBy>,
    /// The last task status the service reported.
    pub status: Option<i64>,
    /// Whether the service reported that the check ran to its end; what came after it may have gone wrong.
    #[serde(skip)]
    pub has_finished: bool,
    /// Name of the outcome.
    pub outcome: Outcome,
    /// Whether `--allow` lets this outcome pass.
    pub allowed: bool,
    /// One sentence: why.
    pub reason: Message,
    /// What to do about it. Missing when there is no advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// Steps of the check that failed, with the service's analysis.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failing_steps: Vec<StepResult>,
    /// The quality gate, where it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateResult>,
    /// Open findings, where the service told them.
    pub counts: Option<Counts>,
    /// The PDF, if there is one.
    pub report: Option<ReportResult>,
    /// Other files about this task.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileResult>,
    /// How the wait went, if there was one.
    pub wait: Option<WaitResult>,
}

/// Who started a run or a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartedBy {
    /// This process: CodeArts named the run in its answer to the start.
    ThisJob,
    /// Somebody else, or an earlier job.
    Another,
    /// This process sent a start without a clear answer, and the run may have come of it. It is never stopped.
    Unknown,
}

/// A failed step.
#[derive(Clone, Debug, Serialize)]
pub struct StepResult {
    /// Title.
    pub name: String,
    /// What its log says.
    pub log: String,
    /// The service's analysis.
    pub analysis: String,
    /// Where to read on.
    pub faq: String,
}

/// The PDF report.
#[derive(Clone, Debug, Serialize)]
pub struct ReportResult {
    /// Where it lies.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Digest of its bytes, lower-case hex.
    pub sha256: String,
    /// Where it was published, if it was.
    pub url: Option<String>,
}

impl ReportResult {
    /// A file that is not published yet.
    pub fn new(pdf: &PdfFile) -> Self {
        let PdfFile { path, bytes, sha256 } = pdf;
        Self { path: path.display().to_string(), bytes: *bytes, sha256: sha256.clone(), url: None }
    }
}

/// Another file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileResult {
    /// Its name in `--report`.
    pub format: &'static Format,
    /// Where it lies.
    pub path: String,
}

impl FileResult {
    /// A file that was written.
    pub fn new(written: &Written) -> Self {
        Self { format: written.format, path: written.path.display().to_string() }
    }
}

/// Figures of a wait.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct WaitResult {
    /// How long it took.
    pub seconds: f64,
    /// Status requests made.
    pub polls: u32,
    /// The end was noticed at most this late.
    pub lag_bound_seconds: f64,
    /// Status requests that a fixed interval of 5 s would have made.
    pub polls_every_5_seconds: u32,
}

impl WaitResult {
    /// Rounded to milliseconds.
    pub fn new(elapsed: Duration, polls: u32, lag_bound: Duration, polls_every_5_seconds: u32) -> Self {
        let rounded = |duration: Duration| (duration.as_secs_f64() * 1000.0).round() / 1000.0;
        Self {
            seconds: rounded(elapsed),
            polls,
            lag_bound_seconds: rounded(lag_bound),
            polls_every_5_seconds,
        }
    }
}

impl ResultDocument {
    /// The document for these tasks. `overall`: what the process ends as; `exit_code`: what it exits with, which
    /// `--allow` may have turned into 0.
    pub fn new(overall: Outcome, exit_code: u8, tasks: Vec<TaskResult>) -> Self {
        Self {
            schema: SCHEMA,
            tool: concat!("codearts-gate ", env!("CARGO_PKG_VERSION")),
            verdict: overall.verdict(),
            outcome: overall,
            exit_code,
            reason: None,
            hints: Vec::new(),
            tasks,
            builds: Vec::new(),
        }
    }

    /// Makes the document show how the whole ended.
    pub const fn set_overall(&mut self, outcome: Outcome, exit_code: u8) {
        self.outcome = outcome;
        self.verdict = outcome.verdict();
        self.exit_code = exit_code;
    }

    /// What later steps get of a `build`.
    pub fn build_values(&self) -> [(&'static str, String); 5] {
        let numbers = self.builds.iter().filter_map(|build| Some(build.build_no?.to_string()));
        let ids = self.builds.iter().map(|build| build.job_id.as_str());
        [
            ("outcome", self.outcome.to_string()),
            ("verdict", self.verdict.name().to_owned()),
            ("exit-code", self.exit_code.to_string()),
            ("job-id", ids.collect::<Vec<_>>().join(",")),
            ("build-no", numbers.collect::<Vec<_>>().join(",")),
        ]
    }

    /// The counts of all tasks together; only where each of them is known.
    pub fn counts(&self) -> Option<Counts> {
        let mut all = self.tasks.iter().map(|task| task.counts);
        let first = all.next()??;
        all.try_fold(first, |sum, counts| Some(sum.plus(counts?)))
    }

    /// At most `limit` tasks: all in their order, or the worst.
    pub fn worst_tasks(&self, limit: usize) -> Vec<&TaskResult> {
        Outcome::worst_few(&self.tasks, limit, |task| (task.outcome, task.allowed))
    }

    /// The same of builds.
    pub fn worst_builds(&self, limit: usize) -> Vec<&BuildResult> {
        Outcome::worst_few(&self.builds, limit, |build| (build.outcome, build.allowed))
    }

    /// The document of a process that could not begin, for a reason that is this outcome.
    pub fn without_jobs(outcome: Outcome, reason: Message, hints: Vec<Hint>) -> Self {
        Self { reason: Some(reason), hints, ..Self::new(outcome, outcome.exit_code(), Vec::new()) }
    }

    /// The text of the file and of `--json`: indented, with a line break at the end.
    pub fn to_text(&self) -> String {
        // These structs hold nothing that JSON cannot express.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut text = no_ci_command_in_json(&redact_json(&text));
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{OutsideText, ServiceHint};

    #[test]
    fn the_document_has_the_documented_form() {
        let document = ResultDocument::new(
            Outcome::Passed,
            0,
            vec![TaskResult {
                task_id: "t1".to_owned(),
                run_id: None,
                started_by: None,
                status: Some(2),
                outcome: Outcome::Passed,
                has_finished: true,
                allowed: false,
                reason: OutsideText("the check finished".to_owned()).into(),
                hints: vec![Hint::Service(ServiceHint::Clock)],
                failing_steps: Vec::new(),
                gate: None,
                counts: Some(Counts::from_array([0, 1, 4, 9, 14])),
                report: Some(ReportResult {
                    path: "codearts-report/t1.pdf".to_owned(),
                    bytes: 20_000,
                    sha256: "ab".to_owned(),
                    url: None,
                }),
                files: Vec::new(),
                wait: Some(WaitResult::new(
                    Duration::from_micros(312_400_400),
                    13,
                    Duration::from_millis(4100),
                    64,
                )),
            }],
        );
        let expected = format!(
            r#"{{
  "schema": 1,
  "tool": "codearts-gate {}",
  "verdict": "pass",
  "outcome": "passed",
  "exit_code": 0,
  "tasks": [
    {{
      "task_id": "t1",
      "run_id": null,
      "status": 2,
      "outcome": "passed",
      "allowed": false,
      "reason": "the check finished",
      "hints": [
        "check the clock of this machine: a signature is valid for 15 minutes"
      ],
      "counts": {{
        "critical": 0,
        "major": 1,
        "minor": 4,
        "suggestion": 9,
        "issues": 14
      }},
      "report": {{
        "path": "codearts-report/t1.pdf",
        "bytes": 20000,
        "sha256": "ab",
        "url": null
      }},
      "wait": {{
        "seconds": 312.4,
        "polls": 13,
        "lag_bound_seconds": 4.1,
        "polls_every_5_seconds": 64
      }}
    }}
  ]
}}
"#,
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(document.to_text(), expected);
    }
}
