//! What a run ended as, and the number it becomes.
//!
//! This is the exit-code table: every place that needs a code or a name asks here, so that the README, `explain` and
//! the process cannot disagree. Its words are in the messages. Nothing in this file does any I/O.

use serde::{Serialize, Serializer};
use std::fmt;

/// How one task, or the whole process, ended. The first nine are verdicts of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(Default), macro_rules_attribute::derive(Example!))]
pub enum Outcome {
    /// Task status 2, and no gate says otherwise.
    #[cfg_attr(test, default)]
    Passed,
    /// Task status 1: the check itself failed to run.
    CheckFailed,
    /// The build failed.
    BuildFailed,
    /// Task status 0 (or null) when the time limit ran out.
    TimedOut,
    /// Task status 3.
    Stopped,
    /// Task status 2, but a quality gate was not met.
    GateFailed,
    /// Passed, but the PDF report could not be made, downloaded or published.
    ReportFailed,
    /// The result is not about the pull request's current head.
    Stale,
    /// Wrong arguments or configuration.
    Usage,
    /// The service was never reached, or contact was lost until the time limit.
    Unavailable,
    /// A bug in this program.
    Internal,
    /// Credentials refused or a permission missing.
    Denied,
    /// SIGINT (Ctrl-C).
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// SIGHUP: the terminal, or the process that started this one, is gone.
    HungUp,
}

/// The answer to "may this be merged?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The check passed.
    Pass,
    /// The check failed.
    Fail,
    /// There is no result; never to be read as a pass.
    Undecided,
}

impl Verdict {
    /// The word used in `result.json` and outputs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undecided => "undecided",
        }
    }
}

impl Outcome {
    /// Every outcome, in the order of the documented table.
    pub const ALL: [Self; 15] = [
        Self::Passed,
        Self::CheckFailed,
        Self::BuildFailed,
        Self::TimedOut,
        Self::Stopped,
        Self::GateFailed,
        Self::ReportFailed,
        Self::Stale,
        Self::Usage,
        Self::Unavailable,
        Self::Internal,
        Self::Denied,
        Self::HungUp,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The process exit code. The numbers never change meaning.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::CheckFailed | Self::BuildFailed => 1,
            Self::TimedOut => 2,
            Self::Stopped => 3,
            Self::GateFailed => 4,
            Self::ReportFailed => 5,
            Self::Stale => 6,
            Self::Usage => 64,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::Denied => 77,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The name used in `result.json`, outputs, `--allow` and `explain`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::CheckFailed => "check-failed",
            Self::BuildFailed => "build-failed",
            Self::TimedOut => "timed-out",
            Self::Stopped => "stopped",
            Self::GateFailed => "gate-failed",
            Self::ReportFailed => "report-failed",
            Self::Stale => "stale",
            Self::Usage => "usage",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::Denied => "denied",
            Self::HungUp | Self::Interrupted | Self::Terminated => "cancelled",
        }
    }

    /// What this outcome says about the code.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Passed | Self::ReportFailed => Verdict::Pass,
            Self::CheckFailed | Self::BuildFailed | Self::Stopped | Self::GateFailed => Verdict::Fail,
            Self::TimedOut
            | Self::Stale
            | Self::Usage
            | Self::Unavailable
            | Self::Internal
            | Self::Denied
            | Self::HungUp
            | Self::Interrupted
            | Self::Terminated => Verdict::Undecided,
        }
    }

    /// Position in the order in which the worst of several tasks wins; higher is worse.
    const fn rank(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::ReportFailed => 1,
            Self::TimedOut => 2,
            Self::Stopped => 3,
            Self::Stale => 4,
            Self::GateFailed => 5,
            Self::CheckFailed | Self::BuildFailed => 6,
            Self::Unavailable => 7,
            Self::Denied => 8,
            Self::Usage => 9,
            Self::Internal => 10,
            Self::Interrupted => 11,
            Self::Terminated => 12,
            Self::HungUp => 13,
        }
    }

    /// Place of one result in a list of many, the highest first: passes last, cancellations before them because they say
    /// nothing about the task, then what is allowed, then the others; both by rank.
    const fn priority(self, is_allowed: bool) -> u8 {
        match self {
            Self::Passed => 0,
            Self::HungUp | Self::Interrupted | Self::Terminated => 1,
            Self::CheckFailed
            | Self::BuildFailed
            | Self::TimedOut
            | Self::Stopped
            | Self::GateFailed
            | Self::ReportFailed
            | Self::Stale
            | Self::Usage
            | Self::Unavailable
            | Self::Internal
            | Self::Denied => self.rank() + if is_allowed { 2 } else { 100 },
        }
    }

    /// Results, the worst first; `of` names the outcome of one and whether it is allowed.
    pub fn worst_first<T>(results: &[T], of: impl Fn(&T) -> (Self, bool)) -> Vec<&T> {
        let mut sorted: Vec<&T> = results.iter().collect();
        sorted.sort_by_key(|result| {
            let (outcome, is_allowed) = of(result);
            std::cmp::Reverse(outcome.priority(is_allowed))
        });
        sorted
    }

    /// At most `limit` of them: all in their order, or the worst first.
    pub fn worst_few<T>(results: &[T], limit: usize, of: impl Fn(&T) -> (Self, bool)) -> Vec<&T> {
        if results.len() <= limit {
            return results.iter().collect();
        }
        let mut worst = Self::worst_first(results, of);
        worst.truncate(limit);
        worst
    }

    /// The outcome that stands for all of several tasks. No task at all is a mistake of the caller, not a pass.
    pub fn worst(outcomes: impl IntoIterator<Item = Self>) -> Self {
        outcomes.into_iter().max_by_key(|outcome| outcome.rank()).unwrap_or(Self::Usage)
    }

    /// Whether `--allow` may turn this into exit 0. Mistakes of the caller, bugs and cancellations stay what they are.
    pub const fn can_be_allowed(self) -> bool {
        match self {
            Self::CheckFailed
            | Self::BuildFailed
            | Self::TimedOut
            | Self::Stopped
            | Self::GateFailed
            | Self::ReportFailed
            | Self::Stale
            | Self::Unavailable
            | Self::Denied => true,
            Self::Passed
            | Self::Usage
            | Self::Internal
            | Self::HungUp
            | Self::Interrupted
            | Self::Terminated => false,
        }
    }

    /// Whether the end of the check or the build was seen; else it was given up before.
    pub const fn is_seen_end(self) -> bool {
        match self {
            Self::Passed
            | Self::CheckFailed
            | Self::BuildFailed
            | Self::Stopped
            | Self::GateFailed
            | Self::ReportFailed => true,
            Self::TimedOut
            | Self::Stale
            | Self::Usage
            | Self::Unavailable
            | Self::Internal
            | Self::Denied
            | Self::HungUp
            | Self::Interrupted
            | Self::Terminated => false,
        }
    }

    /// Whether a signal ended it.
    pub const fn is_cancelled(self) -> bool {
        matches!(self, Self::HungUp | Self::Interrupted | Self::Terminated)
    }

    /// Finds outcomes by the exit code or the name; `cancelled` has three.
    pub fn find(text: &str) -> Vec<Self> {
        let code = text.parse::<u8>().ok();
        Self::ALL
            .into_iter()
            .filter(|outcome| Some(outcome.exit_code()) == code || outcome.name() == text)
            .collect()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_contract() {
        let table: Vec<(u8, &str, &str)> = Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome.exit_code(), outcome.name(), outcome.verdict().name()))
            .collect();
        assert_eq!(
            table,
            [
                (0, "passed", "pass"),
                (1, "check-failed", "fail"),
                (1, "build-failed", "fail"),
                (2, "timed-out", "undecided"),
                (3, "stopped", "fail"),
                (4, "gate-failed", "fail"),
                (5, "report-failed", "pass"),
                (6, "stale", "undecided"),
                (64, "usage", "undecided"),
                (69, "unavailable", "undecided"),
                (70, "internal", "undecided"),
                (77, "denied", "undecided"),
                (129, "cancelled", "undecided"),
                (130, "cancelled", "undecided"),
                (143, "cancelled", "undecided"),
            ]
        );
    }

    #[test]
    fn the_worst_wins_in_the_documented_order() {
        let order = [
            Outcome::Denied,
            Outcome::Unavailable,
            Outcome::CheckFailed,
            Outcome::GateFailed,
            Outcome::Stale,
            Outcome::Stopped,
            Outcome::TimedOut,
            Outcome::ReportFailed,
            Outcome::Passed,
        ];
        for (position, worse) in order.iter().enumerate() {
            for better in &order[position..] {
                assert_eq!(Outcome::worst([*better, *worse]), *worse);
                assert_eq!(Outcome::worst([*worse, *better]), *worse);
            }
        }
        assert_eq!(Outcome::worst([]), Outcome::Usage);
    }

    #[test]
    fn only_passed_is_zero_and_only_zero_is_passed() {
        for outcome in Outcome::ALL {
            assert_eq!(outcome.exit_code() == 0, outcome == Outcome::Passed);
        }
    }

    #[test]
    fn outcomes_are_found_by_code_and_by_name() {
        assert_eq!(Outcome::find("2"), [Outcome::TimedOut]);
        assert_eq!(Outcome::find("gate-failed"), [Outcome::GateFailed]);
        assert_eq!(Outcome::find("cancelled").len(), 3);
        assert_eq!(Outcome::find("7"), []);
    }
}
