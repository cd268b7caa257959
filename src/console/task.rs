//! Showing one task to its end.

use super::output::Console;
use super::task_line::TaskLine;
use crate::messages::{Activity, BatchNote, ConsoleMessage};
use crate::text::one_line;
use std::fmt::Display;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Level;

/// A CI log hears of a changed percentage at most this often.
const PERCENT_LINE_GAP: Duration = Duration::from_secs(10);
/// Longest label, in characters.
const LABEL_LIMIT: usize = 64;
/// Longest name before a label, in characters.
const NAME_LIMIT: usize = 40;

/// Shows the progress of one task.
pub struct TaskDisplay {
    console: Console,
    number: u64,
    label: String,
    /// With its name, once that is known.
    named: OnceLock<String>,
}

impl Console {
    /// Begins to show a task.
    pub fn task(&self, label: &str) -> TaskDisplay {
        let label = one_line(label, LABEL_LIMIT);
        let mut shown = self.shown();
        let bars = self.inner.bars.as_ref().filter(|_| shown.batch.is_none());
        let line = TaskLine::new(&label, bars);
        let number = shown.next;
        shown.next += 1;
        shown.tasks.insert(number, line);
        TaskDisplay { console: self.clone(), number, label, named: OnceLock::new() }
    }
}

impl TaskDisplay {
    /// The name the task is shown under.
    pub fn label(&self) -> &str {
        self.named.get().unwrap_or(&self.label)
    }

    /// Shows the task under its name from now on; of several tasks the label stays beside it. The first name counts.
    pub fn name(&self, name: &str) {
        let name = one_line(name, NAME_LIMIT);
        if name.is_empty() {
            return;
        }
        let mut shown = self.console.shown();
        let is_only = shown.next == 1;
        let label =
            self.named.get_or_init(|| if is_only { name } else { format!("{name} ({})", self.label) });
        if let Some(line) = shown.tasks.get_mut(&self.number) {
            line.rename(label);
        }
    }

    /// Shows what the task is doing. Percentages are for display only.
    pub fn show(&self, activity: Activity, percent: Option<f64>) {
        let mut shown = self.console.shown();
        let is_single = shown.batch.is_none() && self.console.inner.bars.is_none();
        let Some(line) = shown.tasks.get_mut(&self.number) else { return };
        let is_new_activity = line.activity != activity;
        if is_new_activity {
            line.started = Instant::now();
        }
        let has_moved = percent.is_some() && percent != line.percent;
        line.activity = activity;
        line.percent = percent;
        line.draw();
        let is_due = line.last_line.is_none_or(|last| last.elapsed() >= PERCENT_LINE_GAP);
        if is_single && (is_new_activity || has_moved && is_due) {
            line.last_line = Some(Instant::now());
            let message = ConsoleMessage::Task { label: line.label.clone(), progress: line.progress() };
            drop(shown);
            self.console.print(Level::INFO, message);
        }
    }

    /// As [`Console::log_counted`].
    pub fn log_counted(&self, note: BatchNote, text: &impl Display) {
        self.console.log_counted(note, text);
    }

    /// Prints something that belongs to the task, such as a line of its log, however many tasks there are.
    pub fn say(&self, text: &str) {
        self.console.print(Level::INFO, format!("{}{text}", self.label()));
    }

    /// Stops showing the task, which has come to its end.
    pub fn end(&self, has_passed: bool) {
        let mut shown = self.console.shown();
        let Some(line) = shown.tasks.remove(&self.number) else { return };
        if let Some(bar) = line.bar {
            bar.finish_and_clear();
        }
        if let Some(batch) = &mut shown.batch {
            batch.end_task(self.label(), has_passed);
        }
    }
}

/// Of a task that has not come to its end.
impl Drop for TaskDisplay {
    fn drop(&mut self) {
        if let Some(bar) = self.console.shown().tasks.remove(&self.number).and_then(|line| line.bar) {
            bar.finish_and_clear();
        }
    }
}
