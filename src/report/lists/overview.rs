//! The findings at a glance: for the verdict, the summary and the pages.

use crate::error::Problem;
use crate::model::finding::{Counts, Finding, Severity};
use crate::report::lists::fingerprint::Fingerprint;
use crate::report::lists::on_lines::LineFindings;
use std::collections::HashMap;

/// Rules that are counted; of more than so many the rarest do not matter.
const RULES_LIMIT: usize = 10_000;
/// Longest text of the rules that are kept, in characters.
const TITLE_LIMIT: usize = 120;

/// Findings that are kept for comments, annotations and check runs.
pub const BLOCKING: usize = 500;
/// Findings that the log of a gate that failed shows.
pub const LOGGED: usize = 20;

/// A rule, and how often it was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// Its name.
    pub rule: String,
    /// What it is about.
    pub title: String,
    /// The worst severity it was broken with.
    pub severity: Severity,
    /// How often.
    pub count: u64,
}

/// The findings at a glance.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Those that are listed, but for delayed ones.
    pub listed: Counts,
    /// Listed ones that do not count yet.
    pub delayed: u64,
    /// Those that count against thresholds: open, not delayed, not in the baseline; of all severities.
    pub counting: Counts,
    /// Open ones that the baseline knows.
    pub known: Counts,
    /// Open ones outside of the scope, which are not in any other number here.
    pub outside: u64,
    /// The worst of those that are listed, shortened.
    pub top: Vec<Finding>,
    /// The worst of those that count, shortened: what to fix first.
    pub blocking: Vec<Finding>,
    /// The rules that were broken most often.
    pub rules: Vec<RuleCount>,
    /// Fingerprints of the open ones, if they were asked for.
    pub open: Vec<Fingerprint>,
    /// Those that count and lie on changed lines, if comments in the diff were asked for and the lines are known.
    pub on_lines: Option<LineFindings>,
    /// What is missing in the files.
    pub notes: Vec<Problem>,
}

impl Overview {
    /// All open ones in the scope.
    pub fn in_scope(&self) -> Counts {
        self.counting.plus(self.known)
    }

    /// Counts a finding that [`Finding::counts`]. `is_known`: whether it is in the baseline, if there is one.
    pub(crate) fn count(&mut self, finding: &Finding, is_known: Option<bool>) {
        if is_known == Some(true) {
            self.known.add(finding.severity);
        } else {
            self.counting.add(finding.severity);
        }
    }

    /// Adds a finding that is listed; the worst `top` of them are kept.
    pub(crate) fn list(&mut self, finding: &Finding, is_known: Option<bool>, top: usize) {
        if finding.is_delayed {
            self.delayed += 1;
        } else {
            self.listed.add(finding.severity);
        }
        if finding.counts() && is_known != Some(true) && self.blocking.len() < BLOCKING {
            self.blocking.push(finding.shortened());
        }
        if self.top.len() < top {
            self.top.push(finding.shortened());
        }
    }
}

/// Counts how often each rule was broken.
#[derive(Debug, Default)]
pub(crate) struct Rules(HashMap<String, RuleCount>);

impl Rules {
    /// Counts a finding.
    pub(crate) fn add(&mut self, finding: &Finding) {
        if let Some(known) = self.0.get_mut(&finding.rule) {
            known.count += 1;
            known.severity = known.severity.min(finding.severity);
        } else if self.0.len() < RULES_LIMIT {
            let title = finding.rule_title.chars().take(TITLE_LIMIT).collect();
            let (rule, severity) = (finding.rule.clone(), finding.severity);
            self.0.insert(rule.clone(), RuleCount { rule, title, severity, count: 1 });
        }
    }

    /// The first of them.
    pub(crate) fn most_broken(self) -> Vec<RuleCount> {
        const SHOWN: usize = 10;
        let mut rules: Vec<RuleCount> = self.0.into_values().collect();
        rules.sort_unstable_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.rule.cmp(&other.rule))
        });
        rules.truncate(SHOWN);
        rules
    }
}
