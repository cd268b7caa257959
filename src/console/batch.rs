//! Many tasks at once: one line about all of them. Pure.

use super::task_line::TaskLine;
use crate::messages::{Activity, BatchNote, BatchState, ConsoleMessage, JobKind};
use std::collections::BTreeMap;
use tracing::Level;

/// With more tasks than this, single ones are not worth a line or a bar.
pub const SINGLE_TASKS_LIMIT: usize = 8;
/// Warnings about single tasks that are shown; more of them would only hide the rest of the log.
const WARNINGS_LIMIT: u32 = 10;

/// Texts of one kind that are shown.
const ANNOUNCED_LIMIT: u32 = 3;
/// Tasks that did not pass which the line names.
const NAMED_LIMIT: usize = 3;

/// What is known of all tasks together.
#[derive(Debug)]
pub(super) struct BatchProgress {
    total: usize,
    kind: JobKind,
    done: usize,
    failed: usize,
    /// The first of them.
    named: Vec<String>,
    /// How often an event of a kind was announced.
    announced: BTreeMap<BatchNote, u32>,
    warnings: u32,
}

impl BatchProgress {
    /// Of so many of a kind; `None` if they can be shown one by one.
    pub(super) fn of(total: usize, kind: JobKind) -> Option<Self> {
        (total > SINGLE_TASKS_LIMIT).then_some(Self {
            total,
            kind,
            done: 0,
            failed: 0,
            named: Vec::new(),
            announced: BTreeMap::new(),
            warnings: 0,
        })
    }

    pub(super) const fn done(&self) -> usize {
        self.done
    }

    pub(super) fn end_task(&mut self, label: &str, has_passed: bool) {
        self.done += 1;
        if has_passed {
            return;
        }
        self.failed += 1;
        if self.named.len() < NAMED_LIMIT {
            self.named.push(label.to_owned());
        }
    }

    /// Whether one more text of this kind is shown.
    pub(super) fn admits(&mut self, kind: BatchNote) -> bool {
        let number = self.announced.entry(kind).or_default();
        *number += 1;
        *number <= ANNOUNCED_LIMIT
    }

    /// Kinds of which not all were shown, and how many there were.
    pub(super) fn announced(&self) -> impl Iterator<Item = (BatchNote, u32)> {
        self.announced
            .iter()
            .map(|(kind, number)| (*kind, *number))
            .filter(|(_, number)| *number > ANNOUNCED_LIMIT)
    }

    /// The level of an event about one of the tasks.
    pub(super) fn level(&mut self, level: Level) -> Level {
        if level == Level::WARN {
            self.warnings += 1;
        }
        let is_detail = level == Level::INFO || level == Level::WARN && self.warnings > WARNINGS_LIMIT;
        if is_detail { Level::DEBUG } else { level }
    }

    /// Warnings that were not shown.
    pub(super) const fn hidden_warnings(&self) -> u32 {
        self.warnings.saturating_sub(WARNINGS_LIMIT)
    }

    /// How all go.
    pub(super) fn describe<'a>(&self, tasks: impl Iterator<Item = &'a TaskLine> + Clone) -> ConsoleMessage {
        let mut activities = BTreeMap::<Activity, u64>::new();
        for activity in
            tasks.clone().map(|task| task.activity).filter(|activity| *activity != Activity::Waiting)
        {
            *activities.entry(activity).or_default() += 1;
        }
        let mut activities: Vec<(Activity, u64)> = activities.into_iter().collect();
        activities.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        let percents = tasks.filter_map(|task| Some((task, task.percent?)));
        let behind = percents.min_by(|(_, one), (_, other)| one.total_cmp(other));
        ConsoleMessage::Batch(BatchState {
            total: self.total,
            kind: self.kind,
            done: self.done,
            failed: self.failed,
            named: self.named.clone(),
            activities,
            furthest_behind: behind.map(|(task, _)| (task.label.clone(), task.progress())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    fn task(label: &str, activity: Activity, percent: Option<f64>) -> TaskLine {
        let started = Instant::now();
        TaskLine { label: label.to_owned(), activity, percent, started, last_line: None, bar: None }
    }

    #[test]
    fn one_line_covers_the_whole_batch() {
        assert!(BatchProgress::of(SINGLE_TASKS_LIMIT, JobKind::Task).is_none());
        let mut batch = BatchProgress::of(12, JobKind::Task).expect("a batch");
        assert_eq!(batch.describe(std::iter::empty()).to_string(), "12 tasks: 0 done");
        for (label, has_passed) in [("v", true), ("w", false), ("x", true), ("y", true)] {
            batch.end_task(label, has_passed);
        }
        let tasks = [
            task("a", Activity::Checking, Some(30.0)),
            task("b", Activity::Checking, Some(12.0)),
            task("c", Activity::MakingPdf, None),
            task("d", Activity::Waiting, None),
        ];
        assert_eq!(
            batch.describe(tasks.iter()).to_string(),
            "12 tasks: 4 done (1 not passed: w), 2 checking, 1 creating the PDF report; furthest behind: b checking, 12 %"
        );
        for label in ["p", "q", "r"] {
            batch.end_task(label, false);
        }
        assert_eq!(
            batch.describe(std::iter::empty()).to_string(),
            "12 tasks: 7 done (4 not passed: w, p, q, ...)"
        );
    }

    #[test]
    fn the_first_of_a_kind_are_shown_and_all_counted() {
        let mut batch = BatchProgress::of(9, JobKind::Task).expect("a batch");
        let shown = (0..9).filter(|_| batch.admits(BatchNote::StoppedRuns)).count();
        assert!(batch.admits(BatchNote::ActiveRuns));
        assert_eq!(shown, 3);
        assert_eq!(batch.announced().collect::<Vec<_>>(), [(BatchNote::StoppedRuns, 9)]);
    }

    #[test]
    fn only_the_first_warnings_are_shown() {
        let mut batch = BatchProgress::of(9, JobKind::Task).expect("a batch");
        let shown = (0..15).filter(|_| batch.level(Level::WARN) == Level::WARN).count();
        assert_eq!((shown, batch.hidden_warnings()), (10, 5));
        assert_eq!((batch.level(Level::INFO), batch.level(Level::ERROR)), (Level::DEBUG, Level::ERROR));
    }
}
