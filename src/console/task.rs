//! One task: what is shown of it, as a bar or as lines.

use super::Console;
use crate::messages::{Activity, BatchNote};
use crate::text::duration;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::fmt::Write as _;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Level;

/// A CI log hears of a changed percentage at most this often.
const PERCENT_LINE_GAP: Duration = Duration::from_secs(10);

/// What is shown of one task.
pub(super) struct TaskLine {
    pub(super) label: String,
    pub(super) activity: Option<Activity>,
    pub(super) percent: Option<f64>,
    pub(super) started: Instant,
    pub(super) last_line: Option<Instant>,
    pub(super) bar: Option<ProgressBar>,
}

/// Shows the progress of one task.
pub struct TaskDisplay {
    pub(super) console: Console,
    pub(super) number: u64,
    pub(super) label: String,
}

impl TaskDisplay {
    /// The name the task is shown under.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Shows what the task is doing. Percentages are for display only.
    pub fn show(&self, activity: Activity, percent: Option<f64>) {
        let mut shown = self.console.shown();
        let is_single = shown.batch.is_none() && self.console.inner.bars.is_none();
        let Some(line) = shown.tasks.get_mut(&self.number) else { return };
        let is_new = line.activity != Some(activity);
        if is_new {
            line.started = Instant::now();
        }
        let has_moved = percent.is_some() && percent != line.percent;
        line.activity = Some(activity);
        line.percent = percent;
        line.draw();
        let is_due = line.last_line.is_none_or(|last| last.elapsed() >= PERCENT_LINE_GAP);
        if is_single && (is_new || has_moved && is_due) {
            line.last_line = Some(Instant::now());
            let text = format!("{}: {}", line.label, line.describe());
            drop(shown);
            self.console.print(Level::INFO, &text);
        }
    }

    /// As [`Console::log_counted`].
    pub fn log_counted(&self, kind: BatchNote, text: &str) {
        self.console.log_counted(kind, text);
    }

    /// Says something that belongs to the task, such as a line of its log, however many tasks there are.
    pub fn say(&self, text: &str) {
        self.console.print(Level::INFO, &format!("{}{text}", self.label));
    }

    /// Stops showing the task, which has come to its end.
    pub fn end(&self, has_passed: bool) {
        let mut shown = self.console.shown();
        let Some(line) = shown.tasks.remove(&self.number) else { return };
        if let Some(bar) = line.bar {
            bar.finish_and_clear();
        }
        if let Some(batch) = &mut shown.batch {
            batch.end_task(&self.label, has_passed);
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

impl TaskLine {
    /// `bars`: where a live one is to be added.
    pub(super) fn new(label: &str, bars: Option<&MultiProgress>) -> Self {
        let bar = bars.map(|bars| {
            let bar = bars.add(ProgressBar::new(100));
            bar.set_style(bar_style(false));
            bar.set_prefix(label.to_owned());
            bar
        });
        let started = Instant::now();
        Self { label: label.to_owned(), activity: None, percent: None, started, last_line: None, bar }
    }

    /// `checking, 45 %, 1 min 12 s, about 1 min 28 s left`.
    pub(super) fn describe(&self) -> String {
        let elapsed = self.started.elapsed();
        let mut text = self.activity.map(|activity| activity.to_string()).unwrap_or_default();
        if let Some(percent) = self.percent {
            let _ = write!(text, ", {percent:.0} %");
        }
        if elapsed >= Duration::from_secs(1) {
            let _ = write!(text, ", {}", duration(elapsed));
        }
        if let Some(left) = self.percent.and_then(|percent| time_left(elapsed, percent)) {
            let _ = write!(text, ", about {} left", duration(left));
        }
        text
    }

    pub(super) fn draw(&self) {
        let Some(bar) = &self.bar else { return };
        bar.set_style(bar_style(self.percent.is_some()));
        if let Some(percent) = self.percent {
            bar.set_position(percent as u64);
        }
        bar.set_message(self.describe());
        bar.tick();
    }
}

/// The rest, if the task goes on as before. Nothing is said from too little.
fn time_left(elapsed: Duration, percent: f64) -> Option<Duration> {
    let is_telling = (5.0..100.0).contains(&percent) && elapsed >= Duration::from_secs(5);
    is_telling.then(|| elapsed.mul_f64((100.0 - percent) / percent))
}

fn bar_style(has_percent: bool) -> ProgressStyle {
    let template = if has_percent { "{prefix} [{bar:24}] {msg}" } else { "{prefix} {spinner} {msg}" };
    style(template)
}

pub(super) fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_needs_something_to_go_by() {
        let seconds = Duration::from_secs;
        assert_eq!(time_left(seconds(60), 25.0), Some(seconds(180)));
        assert_eq!(time_left(seconds(60), 1.0), None);
        assert_eq!(time_left(seconds(2), 50.0), None);
        assert_eq!(time_left(seconds(60), 100.0), None);
    }
}
