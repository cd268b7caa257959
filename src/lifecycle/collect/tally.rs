//! How many open findings arrive, to compare with the number in the summary.

use crate::model::finding::{Counts, Finding, Status};
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

/// Counts findings as they arrive, in any order.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Findings that count, each once however many places it has, as the summary counts them.
    pub(crate) counts: Counts,
    /// Places of open findings. Delayed ones are among them: whether the summary counts those is undocumented.
    pub(crate) open_places: u64,
    /// What is in `counts`, shortened to numbers.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Tally {
    /// Counts a finding.
    pub(crate) fn add(&mut self, finding: &Finding) {
        if !finding.counts() {
            return;
        }
        // What has no id is identified by its place. Of rows that disagree about the severity each counts.
        let place = finding.id.is_empty().then_some((&finding.path, finding.line, &finding.rule));
        if self.seen.insert(self.hasher.hash_one((&finding.id, place, finding.severity))) {
            self.counts.add(finding.severity);
        }
    }

    /// Counts a place of a finding that did not come before.
    pub(crate) fn add_place(&mut self, status: Status) {
        self.open_places += u64::from(status == Status::Open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;

    #[test]
    fn a_finding_counts_once() {
        let finding = |id: &str, severity, line| Finding {
            id: id.to_owned(),
            ..Finding::new(severity, "a.c", Some(line), "r", "m")
        };
        let mut tally = Tally::default();
        let rows = [
            finding("a", Severity::Critical, 1),
            finding("a", Severity::Critical, 2),
            finding("b", Severity::Critical, 1),
            finding("", Severity::Minor, 1),
            finding("", Severity::Minor, 2),
            finding("", Severity::Minor, 2),
            Finding { status: Status::Ignored, ..finding("c", Severity::Critical, 1) },
            Finding { is_delayed: true, ..finding("d", Severity::Critical, 1) },
        ];
        for row in &rows {
            tally.add(row);
        }
        assert_eq!(tally.counts, Counts::from_array([2, 0, 2, 0, 4]));
    }
}
