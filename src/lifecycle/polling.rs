//! What the waits for runs, builds and exports have in common: what a failed poll means, that it is said, what all cost.

use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::is_transient;
use crate::report::result::WaitResult;
use crate::wait::{PollError, Step, Waited};
use std::time::Duration;

/// A failed poll, for the waiter.
pub(crate) fn poll_error(error: CallError) -> PollError<CallError> {
    PollError { is_transient: is_transient(error.failure), retry_after: error.retry_after, error }
}

/// Not finished; `percent` is done.
pub(crate) fn pending<T>(percent: Option<f64>) -> Step<T> {
    Step::Pending { floor: Duration::ZERO, ceiling: None, progress: percent.map(|percent| percent / 100.0) }
}

/// What a wait cost, for `result.json`.
pub(crate) fn wait_result<T, E>(waited: &Waited<T, E>) -> WaitResult {
    WaitResult::new(waited.elapsed, waited.polls, waited.lag_bound, waited.usual_polls())
}

/// Polls in a row that bring nothing: said once, because the bar and the heartbeat go on by themselves.
#[derive(Debug, Default)]
pub(crate) struct Streak {
    is_said: bool,
}

impl Streak {
    pub(crate) fn note<T>(&mut self, answer: &Result<T, CallError>, display: &TaskDisplay) {
        let trouble = answer.as_ref().err().filter(|error| is_transient(error.failure));
        if let Some(error) = trouble.filter(|_| !self.is_said) {
            display.tell("polls in trouble", &format!("{}; waiting on", error.brief()));
        }
        self.is_said = trouble.is_some();
    }
}
