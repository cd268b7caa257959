//! What to do about remote runs: about one that is active already, about one that is given up, and how long to wait.

use crate::model::choice::Choice;
use std::time::Duration;

/// What `--start` does about an active run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IfRunning {
    /// Wait for that run.
    #[default]
    Attach,
    /// Wait for its end, then start.
    Queue,
    /// Exit at once.
    Fail,
}

impl Choice for IfRunning {
    fn all() -> Vec<Self> {
        vec![Self::Attach, Self::Queue, Self::Fail]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Attach => "attach",
            Self::Queue => "queue",
            Self::Fail => "fail",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Attach => "Wait for the active run instead of starting one",
            Self::Queue => "Wait until the active run has ended, then start one",
            Self::Fail => "Exit at once with code 2",
        }
    }
}

/// When the remote run is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopOnCancel {
    /// Only a run that this process started.
    #[default]
    Auto,
    /// Any run that is waited for.
    Always,
    /// Never.
    Never,
}

impl Choice for StopOnCancel {
    fn all() -> Vec<Self> {
        vec![Self::Auto, Self::Always, Self::Never]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Auto => "Stop only a run that this process started",
            Self::Always => "Stop any run that is waited for",
            Self::Never => "Never stop a run",
        }
    }
}

/// Why a run is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GivenUp {
    /// The process was cancelled.
    Cancelled,
    /// `--timeout` expired.
    TimedOut,
    /// Its status cannot be learned.
    NoResult,
    /// It is about code that is not the pull request's any more.
    Stale,
    /// Another one, which was to be started with it, could not be.
    NotAllStarted,
}

/// The time for a wait, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct WaitLimit {
    /// How long.
    pub time: Duration,
    /// Whether the end of the CI job has made it shorter than `--timeout`.
    pub is_of_job: bool,
}
