//! What is known of a job when its tracking has ended: plain values, from which the result is made.

use crate::codearts::Id;
use crate::codearts::errors::{hints_of, outcome_of, with_hints};
use crate::codearts::task_code::TaskCode;
use crate::codearts::tasks::{FailingStep, TaskStatus};
use crate::error::Problem;
use crate::http::error::CallError;
use crate::messages::{Hint, KeptBecause, Message};
use crate::model::finding::{Counts, PastRun};
use crate::model::gate::GateResult;
use crate::model::outcome::Outcome;
use crate::model::pull_request::FetchRef;
use crate::model::scope::Scope;
use crate::report::format::Written;
use crate::report::lists::Overview;
use crate::report::result::{PackageResult, StartedBy, WaitResult};
use crate::report::store::pdf_file::PdfFile;
use tokio::time::Instant;

/// How a job ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// The outcome.
    pub(crate) outcome: Outcome,
    /// Why.
    pub(crate) reason: Message,
    /// What to do about it.
    pub(crate) hints: Vec<Hint>,
}

impl Verdict {
    pub(crate) fn new(outcome: Outcome, reason: impl Into<Message>) -> Self {
        Self { outcome, reason: reason.into(), hints: Vec::new() }
    }

    /// What a problem makes of a job.
    pub(crate) fn of(outcome: Outcome, problem: Problem) -> Self {
        let hints = problem.hints.clone();
        Self { outcome, reason: problem.into(), hints }
    }

    /// With one more hint.
    pub(crate) fn hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same verdict for a reason that contains its own.
    pub(crate) fn within<M: Into<Message>>(self, outer: impl FnOnce(Box<Message>) -> M) -> Self {
        Self { reason: outer(Box::new(self.reason)).into(), ..self }
    }
}

/// A verdict that changes nothing, for the log.
impl From<Verdict> for Problem {
    fn from(verdict: Verdict) -> Self {
        Self { hints: verdict.hints, ..Self::new(verdict.reason) }
    }
}

/// What a call that failed for good makes of a job.
impl From<CallError> for Verdict {
    fn from(error: CallError) -> Self {
        Self::of(outcome_of(&error), with_hints(&error))
    }
}

/// What a failed call means for people who read the log, with the call as its cause.
pub(crate) fn problem(what: impl Into<Message>, error: &CallError) -> Problem {
    Problem { hints: hints_of(error), ..Problem::new(what).because(error) }
}

/// What is known of every tracked job.
#[derive(Debug, Default)]
pub(crate) struct JobReport {
    /// Who started the run, once one is watched or may have been started.
    pub(crate) started_by: Option<StartedBy>,
    /// How it ended; nothing when the process was cancelled before that was known.
    pub(crate) verdict: Option<Verdict>,
    /// When the verdict was known; from then on `--report-timeout` counts.
    pub(crate) decided_at: Option<Instant>,
    /// What the wait cost.
    pub(crate) wait: Option<WaitResult>,
}

/// What is known of a check task.
#[derive(Debug, Default)]
pub(crate) struct TaskReport {
    pub(crate) job: JobReport,
    pub(crate) run_id: Option<String>,
    pub(crate) status: Option<TaskStatus>,
    /// The merge-request task that was run, if a pull request is checked.
    pub(crate) review: Option<ReviewReport>,
    pub(crate) evidence: Evidence,
}

impl TaskReport {
    /// The merge-request task, with its run.
    pub(crate) fn review(&self) -> Option<(ReviewReport, Option<String>)> {
        Some((self.review.clone()?, self.run_id.clone()))
    }
}

/// What is known of a merge-request task.
#[derive(Clone, Debug)]
pub(crate) struct ReviewReport {
    pub(crate) task: ReviewTask,
    /// How CodeArts was asked to fetch the pull request.
    pub(crate) fetch_ref: Option<FetchRef>,
    /// Why it stays, unless it is to be deleted whatever happened.
    pub(crate) kept: Option<KeptBecause>,
}

/// The task that is run instead of the full one.
#[derive(Clone, Debug)]
pub(crate) struct ReviewTask {
    pub(crate) id: Id,
    /// Of the full task.
    pub(crate) project: Id,
    /// Name of the full task, if it is known.
    pub(crate) parent_name: Option<String>,
    /// Whether this process has made it, so that this process may delete it.
    pub(crate) is_created: bool,
}

/// What was fetched after the end of a check.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// What CodeArts says that it checked.
    pub(crate) code: TaskCode,
    /// The steps that failed, of a check that failed to run.
    pub(crate) failing_steps: Vec<FailingStep>,
    /// Open findings, in numbers, where they are known.
    pub(crate) counts: Option<Counts>,
    /// The result of each gate.
    pub(crate) gate: Option<GateResult>,
    /// Which findings are counted and listed.
    pub(crate) scope: Scope,
    /// The findings at a glance.
    pub(crate) overview: Option<Overview>,
    /// Files that list findings.
    pub(crate) files: Vec<Written>,
    /// Past runs, for a page that shows the trend.
    pub(crate) records: Vec<PastRun>,
    /// The report.
    pub(crate) pdf: Option<PdfFile>,
    /// Whether files of findings that were asked for are not there.
    pub(crate) lacks_files: bool,
}

impl Evidence {
    /// Without results that are not about the code in question, and without their files.
    pub(crate) fn without_results(self) -> Self {
        let files = self.files.iter().map(|written| &written.path);
        for path in files.chain(self.pdf.as_ref().map(|pdf| &pdf.path)) {
            if let Err(error) = std::fs::remove_file(path) {
                tracing::debug!("{}: {error}", path.display());
            }
        }
        Self { code: self.code, ..Self::default() }
    }

    /// Open findings that do not count because of where they are, if their number is known.
    pub(crate) fn outside_scope(&self) -> Option<u64> {
        match self.scope {
            Scope::All => None,
            Scope::Changed => self.overview.as_ref().map(|overview| overview.outside),
        }
    }
}

/// What is known of a build.
#[derive(Debug, Default)]
pub(crate) struct BuildReport {
    pub(crate) job: JobReport,
    pub(crate) number: Option<u64>,
    /// The status word of CodeArts.
    pub(crate) status: Option<String>,
    pub(crate) failing_steps: Vec<String>,
    pub(crate) log_tail: Vec<String>,
    pub(crate) packages: Vec<PackageResult>,
}
