//! Sentences on pages about a result.

use super::Message;
use crate::model::finding::Severity;
use crate::model::outcome::Outcome;

/// A sentence on a page.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum PageText {
    /// How the whole ended, with a sign before it.
    Headline {
        /// How.
        outcome: Outcome,
        /// Exit code of the process; 0 where the outcome is allowed.
        exit_code: u8,
    },
    /// How a task ended, in words.
    Ended {
        /// How.
        outcome: Outcome,
        /// Whether `--allow` lets that pass.
        is_allowed: bool,
    },
    /// Title of the page about a task.
    Title {
        /// How the task ended.
        outcome: Outcome,
        /// Its name, else its id.
        task: String,
        /// The branch that was checked, where that is known.
        branch: Option<String>,
    },
    /// A message as a sentence of its own.
    Sentence(Box<Message>),
    /// Exit code of the process.
    ExitCode(u8),
    /// The PDF report.
    Pdf {
        /// Its size.
        bytes: u64,
    },
    /// Tasks that have no row.
    MoreTasks {
        /// How many.
        number: usize,
    },
    /// Findings that have no row.
    MoreFindings {
        /// How many.
        number: usize,
    },
    /// Sections that have no room.
    Omitted {
        /// Which.
        sections: Vec<Section>,
    },
    /// Which commit of a pull request was checked. The parts are escaped for the page already.
    CheckedPullRequest {
        /// The number of the pull request.
        number: u64,
        /// The commit.
        head: String,
        /// The branch that is to be merged.
        source: String,
        /// The branch into which it is merged.
        target: String,
        /// Whether there is a result about it.
        is_checked: bool,
    },
    /// Which branch was checked, the same way.
    CheckedBranch {
        /// The branch.
        branch: String,
        /// Its repository, where that is known.
        repository: Option<String>,
    },
    /// The job is about a pull request, and something else was checked.
    CheckedOther,
    /// Title of the chart of open findings.
    FindingsBySeverity,
    /// What the chart of past runs shows.
    Trend {
        /// Runs in it.
        runs: usize,
    },
    /// A past run in that chart.
    PastRun {
        /// When it began, in the words of CodeArts.
        time: String,
        /// Findings of all severities.
        findings: u64,
    },
    /// A severity and its number of findings.
    SeverityCount {
        /// Which.
        severity: Severity,
        /// How many.
        number: u64,
    },
    /// Only findings on changed lines are counted and listed.
    Scope {
        /// Open ones elsewhere, if their number is known.
        outside: Option<u64>,
    },
    /// There are no findings to list.
    NoFindings,
    /// Findings that are not listed.
    WorstFindings {
        /// Listed ones.
        shown: u64,
        /// All of them.
        all: u64,
    },
    /// Findings that do not count yet.
    DelayedFindings {
        /// How many.
        number: u64,
    },
    /// Why they do not count yet.
    GracePeriod,
    /// Rows that fit a search: `{shown}` and `{all}` stand for the numbers, which the script of the page counts.
    RowsShown,
}

/// A part of a page that is left out as a whole when there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Section {
    /// The table of tasks.
    Tasks,
    /// The conditions of the gate.
    Gate,
    /// The failed steps.
    FailingSteps,
    /// The findings.
    Findings,
    /// What others add.
    Notes,
    /// The chart of open findings.
    Chart,
}
