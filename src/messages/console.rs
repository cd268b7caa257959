//! About the progress of tasks, and about the log itself.

use super::finish::JobKind;
use super::waiting::{Activity, BatchNote};
use std::time::Duration;

/// What the console prints by itself.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ConsoleMessage {
    /// Above all lines about checks.
    WaitingForCheck,
    /// Above all lines about builds.
    WaitingForBuild,
    /// What a task does.
    Task {
        /// The task.
        label: String,
        /// What it does.
        progress: Progress,
    },
    /// That a task does it still.
    Still {
        /// The task.
        label: String,
        /// What it does.
        progress: Progress,
    },
    /// The progress alone, beside a bar that names the task.
    Progress(Progress),
    /// How many tasks go together.
    Batch(BatchState),
    /// Events of which not all were shown.
    Events {
        /// What they are.
        note: BatchNote,
        /// How many there were.
        number: u32,
    },
    /// Warnings that were not shown.
    HiddenWarnings {
        /// How many.
        number: u32,
    },
    /// Lines that found no room.
    LinesLost {
        /// How many.
        number: u64,
    },
    /// Nobody has read what was written.
    NotRead {
        /// How long was waited.
        limit: Duration,
    },
    /// The program has come to a place that it must never reach.
    Bug {
        /// Version of the program.
        version: &'static str,
        /// Where, if that is known.
        place: Option<String>,
        /// The message of the panic.
        text: String,
        /// The exit code.
        exit_code: u8,
    },
}

/// What a task does, and how far it is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct Progress {
    /// What it does.
    pub activity: Activity,
    /// How far it is.
    pub percent: Option<f64>,
    /// Since when.
    pub elapsed: Duration,
    /// How long it goes on, presumably.
    pub left: Option<Duration>,
}

/// How a batch of tasks goes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct BatchState {
    /// Tasks in all.
    pub total: usize,
    /// What they are.
    pub kind: JobKind,
    /// Those that have ended.
    pub done: usize,
    /// Those that did not pass.
    pub failed: usize,
    /// The first of them.
    pub named: Vec<String>,
    /// How many do what.
    pub activities: Vec<(Activity, u64)>,
    /// The one with the smallest percentage.
    pub furthest_behind: Option<(String, Progress)>,
}

/// What to do about the log itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ConsoleHint {
    /// More can be shown.
    Verbose,
}

/// How a line of the log begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum LinePrefix {
    /// About what failed.
    Error,
    /// About what may go wrong.
    Warning,
    /// For readers of every detail.
    Debug,
    /// What to do.
    Hint,
}
