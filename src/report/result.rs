//! The result document, version 1: `result.json` and the output of `--json`.
//!
//! These structs are the promise, and their comments are the descriptions of `docs/result.schema.json`. Fields are only ever
//! added.

use crate::messages::{Hint, Message};
use crate::model::finding::Counts;
use crate::model::gate::GateResult;
use crate::model::outcome::{Outcome, Verdict};
use crate::model::pull_request::ForgeName;
use crate::model::scope::Scope;
use crate::model::source_link::SourceTree;
use crate::report::format::{Format, Written};
use crate::report::store::pdf_file::PdfFile;
use crate::text::no_ci_command_in_json;
use crate::text::redactor::redact_json;
use serde::Serialize;
use std::time::Duration;

/// Version of the document.
pub const SCHEMA: u32 = 1;

/// How a run of codearts-gate ended: the file `result.json`, and what `--json` prints. Fields are only ever added.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ResultDocument {
    /// Version of this document.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: u32,
    /// Name and version of the program.
    pub tool: &'static str,
    /// Whether the code may be merged.
    pub verdict: Verdict,
    /// The worst outcome of all tasks and builds.
    pub outcome: Outcome,
    /// Exit code of the process; also 0 when `--allow` lets the outcome pass.
    pub exit_code: u8,
    /// One sentence: why there are no tasks and no builds. Missing when there are some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Message>,
    /// What to do about it, one sentence each. Missing when there is no advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// One entry for each task, in the order of the command line.
    pub tasks: Vec<TaskResult>,
    /// One entry for each build job, in the order of the command line. Missing when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<BuildResult>,
}

/// How one build ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BuildResult {
    /// Id of the build job.
    pub job_id: String,
    /// Number of the build, if it is known.
    pub build_no: Option<u64>,
    /// Who started the build. Missing when there is no build.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<StartedBy>,
    /// Last known status of the build: `running`, `success`, `failure`, `aborted`, or an undocumented word of CodeArts.
    pub status: Option<String>,
    /// How the build ended.
    pub outcome: Outcome,
    /// Whether `--allow` lets this outcome pass.
    pub allowed: bool,
    /// One sentence: why it is this outcome.
    pub reason: Message,
    /// What to do about it, one sentence each. Missing when there is no advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// Names of the failed steps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failing_steps: Vec<String>,
    /// Last lines of the log, when the build failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log_tail: Vec<String>,
    /// Packages that the build uploaded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<PackageResult>,
    /// Figures about the wait; `null` when nothing was waited for.
    pub wait: Option<WaitResult>,
}

/// A package that a build uploaded.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PackageResult {
    /// Name of the package.
    pub name: String,
    /// Version of the package.
    pub version: String,
    /// Kind of the package, for example `maven` or `docker`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Path of the package in its repository.
    pub uri: String,
}

/// How one task ended.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(Default, schemars::JsonSchema))]
pub struct TaskResult {
    /// Id of the task whose result this is; for a pull request that of its merge-request task.
    #[serde(rename = "task_id")]
    pub judged_task_id: String,
    /// The id that was named. It stays the same from job to job, so files, links and comments have it.
    #[serde(skip)]
    pub task_id: String,
    /// Name of the task. Missing when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Under which name people see it; no other task has the same.
    #[serde(skip)]
    pub shown_name: Option<String>,
    /// Repository that was checked, as CodeArts writes it. Missing when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Branch that was checked, as CodeArts writes it. Missing when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether the job is about a pull request, and something else was checked.
    #[serde(skip)]
    pub is_other_code: bool,
    /// The pull request whose code was checked. Missing without `--pull-request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullRequestResult>,
    /// Id of the run, if it is known.
    pub run_id: Option<String>,
    /// Who started the run. Missing when there is no run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<StartedBy>,
    /// Last task status that CodeArts reported: 0 running, 1 failed, 2 finished, 3 stopped.
    pub status: Option<i64>,
    /// Whether CodeArts reported that the check ran to its end; what came after it may have failed.
    #[serde(skip)]
    pub has_finished: bool,
    /// How the task ended.
    pub outcome: Outcome,
    /// Whether `--allow` lets this outcome pass.
    pub allowed: bool,
    /// One sentence: why it is this outcome.
    pub reason: Message,
    /// What to do about it, one sentence each. Missing when there is no advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Hint>,
    /// Failed steps of the check.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failing_steps: Vec<StepResult>,
    /// The quality gate and the thresholds. Missing when they were not evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateResult>,
    /// Numbers of open findings in the scope; `null` when they are not known.
    pub counts: Option<Counts>,
    /// Which findings are counted and listed: those on changed lines. Missing when all are.
    #[serde(skip_serializing_if = "is_all")]
    #[cfg_attr(test, schemars(extend("default" = "all")))]
    pub scope: Scope,
    /// Number of open findings outside the scope, which are not counted. Missing when all findings are in the scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside_scope: Option<u64>,
    /// The PDF report; `null` when there is none.
    pub report: Option<ReportResult>,
    /// Other report files of this task.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileResult>,
    /// Figures about the wait; `null` when nothing was waited for.
    pub wait: Option<WaitResult>,
}

impl TaskResult {
    /// What people call it: by its name, else by its id.
    pub fn shown(&self) -> &str {
        self.shown_name.as_deref().unwrap_or(&self.task_id)
    }

    /// The same with its id.
    pub fn shown_with_id(&self) -> String {
        let id = format!("({})", self.task_id);
        match &self.shown_name {
            Some(name) if !name.ends_with(&id) => format!("{name} {id}"),
            Some(_) | None => self.shown().to_owned(),
        }
    }

    /// Where its PDF was published, or what takes its place.
    pub fn published_at(&self) -> Option<&str> {
        match &self.report {
            Some(report) => report.url.as_deref(),
            None => self.files.iter().find_map(|file| file.url.as_deref()),
        }
    }

    /// Where the files are shown that were checked; only of a pull request is the commit known.
    pub fn source_tree(&self) -> Option<&SourceTree> {
        self.pull_request.as_ref()?.source_tree.as_ref()
    }
}

/// The pull request whose code was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PullRequestResult {
    /// Where it is reviewed.
    pub forge: ForgeName,
    /// Repository that it leads to.
    pub repository: String,
    /// Its number.
    pub number: u64,
    /// Branch that is to be merged.
    pub source_branch: String,
    /// Branch into which it is merged.
    pub target_branch: String,
    /// Commit that was checked: the head of the pull request before the run and after it, unless the outcome is `stale`.
    pub head: String,
    /// Head of the pull request when it was read last; another one than `head` makes the outcome `stale`. `null` when it was
    /// not read again.
    pub head_at_end: Option<String>,
    /// Id of the full task below which it was checked.
    pub parent_task_id: String,
    /// Name of the full task, if it is known.
    #[serde(skip)]
    pub parent_name: Option<String>,
    /// Kind of ref by which CodeArts fetched it; `null` when CodeArts chose.
    #[serde(rename = "ref")]
    pub fetch_ref: Option<&'static str>,
    /// Where its forge shows the files of that commit.
    #[serde(skip)]
    pub source_tree: Option<SourceTree>,
}

fn is_all(scope: &Scope) -> bool {
    *scope == Scope::All
}

/// Who started a run or a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StartedBy {
    /// This process; CodeArts named the run in its answer to the start.
    ThisJob,
    /// Somebody else, or an earlier job.
    Another,
    /// This process sent a start request without a clear answer, which may have started the run. Such a run is never stopped.
    Unknown,
}

/// A failed step of a check.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StepResult {
    /// Title of the step.
    pub name: String,
    /// Its log.
    pub log: String,
    /// Analysis of the cause by CodeArts.
    pub analysis: String,
    /// Address of a page about the cause.
    pub faq: String,
}

/// The PDF report.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReportResult {
    /// Path of the file, relative to the working directory of the run unless `--report-dir` is absolute.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// Address at which it was published; `null` when it was not.
    pub url: Option<String>,
}

impl ReportResult {
    /// A file that is not published yet.
    pub fn new(pdf: &PdfFile) -> Self {
        let PdfFile { path, bytes, sha256 } = pdf;
        Self { path: path.display().to_string(), bytes: *bytes, sha256: sha256.clone(), url: None }
    }
}

/// A report file beside the PDF.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileResult {
    /// Format of the file, as in `--report`.
    pub format: &'static Format,
    /// Path of the file, like the one of the PDF report.
    pub path: String,
    /// Address at which it was published. Missing when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl FileResult {
    /// A file that was written.
    pub fn new(written: &Written) -> Self {
        Self { format: written.format, path: written.path.display().to_string(), url: None }
    }
}

/// Figures about a wait.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct WaitResult {
    /// Duration of the wait.
    pub seconds: f64,
    /// Number of status requests.
    pub polls: u32,
    /// Maximum time between the end and its detection.
    pub lag_bound_seconds: f64,
    /// Number of status requests that a fixed interval of 5s would have made.
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

    /// Where the files are shown that were checked. All tasks of a pull request are about the same commit.
    pub fn source_tree(&self) -> Option<&SourceTree> {
        self.tasks.iter().find_map(TaskResult::source_tree)
    }

    /// The commit of a pull request that was checked.
    pub fn checked_head(&self) -> Option<&str> {
        self.tasks.iter().find_map(|task| Some(task.pull_request.as_ref()?.head.as_str()))
    }

    /// Whether it is about code that a newer commit or run has outdated, so that a newer job has more to say.
    pub fn is_outdated(&self) -> bool {
        let has_moved = |checked: &PullRequestResult| {
            checked.head_at_end.as_ref().is_some_and(|now| *now != checked.head)
        };
        let is_outdated = |task: &TaskResult| match &task.pull_request {
            Some(checked) => has_moved(checked),
            None => task.outcome == Outcome::Stale,
        };
        self.tasks.iter().any(is_outdated)
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

    /// Open findings outside of the scope, where only those on changed lines count; of several tasks together, if all are
    /// known. `None`: all findings count.
    pub fn outside_scope(&self) -> Option<Option<u64>> {
        let scoped = self.tasks.iter().filter(|task| !is_all(&task.scope)).map(|task| task.outside_scope);
        let mut scoped = scoped.peekable();
        scoped.peek()?;
        Some(scoped.sum())
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
    use crate::messages::{ServiceHint, SetupMessage};

    #[test]
    fn the_document_has_the_documented_form() {
        let document = ResultDocument::new(
            Outcome::Passed,
            0,
            vec![TaskResult {
                judged_task_id: "t1".to_owned(),
                task_id: "t1".to_owned(),
                name: None,
                shown_name: None,
                repository: None,
                branch: None,
                is_other_code: false,
                pull_request: None,
                run_id: None,
                started_by: None,
                status: Some(2),
                outcome: Outcome::Passed,
                has_finished: true,
                allowed: false,
                reason: SetupMessage::HttpClient.into(),
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
                scope: Scope::All,
                outside_scope: None,
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
      "reason": "could not set up HTTP and TLS",
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
