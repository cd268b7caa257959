//! What is known of one task, as a bar or as lines.

use crate::messages::{Activity, ConsoleMessage, Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::time::Duration;
use tokio::time::Instant;

/// What is shown of one task.
pub(super) struct TaskLine {
    pub(super) label: String,
    pub(super) activity: Activity,
    pub(super) percent: Option<f64>,
    pub(super) started: Instant,
    pub(super) last_line: Option<Instant>,
    pub(super) bar: Option<ProgressBar>,
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
        Self {
            label: label.to_owned(),
            activity: Activity::Waiting,
            percent: None,
            started,
            last_line: None,
            bar,
        }
    }

    pub(super) fn rename(&mut self, label: &str) {
        label.clone_into(&mut self.label);
        if let Some(bar) = &self.bar {
            bar.set_prefix(label.to_owned());
        }
    }

    /// What the task does, and how far it is.
    pub(super) fn progress(&self) -> Progress {
        let elapsed = self.started.elapsed();
        let left = self.percent.and_then(|percent| time_left(elapsed, percent));
        Progress { activity: self.activity, percent: self.percent, elapsed, left }
    }

    pub(super) fn draw(&self) {
        let Some(bar) = &self.bar else { return };
        bar.set_style(bar_style(self.percent.is_some()));
        if let Some(percent) = self.percent {
            bar.set_position(percent as u64);
        }
        bar.set_message(ConsoleMessage::Progress(self.progress()).to_string());
        bar.tick();
    }
}

/// The rest, if the task goes on as before; unknown at the very beginning.
fn time_left(elapsed: Duration, percent: f64) -> Option<Duration> {
    let is_enough = (5.0..100.0).contains(&percent) && elapsed >= Duration::from_secs(5);
    is_enough.then(|| elapsed.mul_f64((100.0 - percent) / percent))
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
