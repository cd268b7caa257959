//! What the waits for runs, builds and exports have in common: what a failed poll means, that it is logged, what all cost, and
//! what a lost wait becomes.

use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::is_transient;
use crate::lifecycle::report::Verdict;
use crate::messages::{BatchNote, WaitCost, WaitMessage};
use crate::model::outcome::Outcome;
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

/// What a wait cost, for messages.
pub(crate) fn wait_cost<T, E>(waited: &Waited<T, E>) -> WaitCost {
    let Waited { elapsed, polls, detection_delay, .. } = *waited;
    WaitCost { elapsed, polls, detection_delay, fixed_polls: waited.fixed_polls() }
}

/// The same for `result.json`.
pub(crate) fn wait_result(cost: &WaitCost) -> WaitResult {
    WaitResult::new(cost.elapsed, cost.polls, cost.detection_delay, cost.fixed_polls)
}

/// The verdict on a wait that was lost. `error`: its last failure, unless the time limit cut that off.
pub(crate) fn lost(error: Option<CallError>, cost: WaitCost) -> Verdict {
    match error {
        Some(error) => Verdict::from(error).within(|why| WaitMessage::GivenUp { cost, why }),
        None => Verdict::new(Outcome::Unavailable, WaitMessage::StoppedResponding(cost)),
    }
}

/// Failed polls in a row: logged once, because the bar and the heartbeat go on by themselves.
#[derive(Debug, Default)]
pub(crate) struct Streak {
    is_logged: bool,
}

impl Streak {
    pub(crate) fn note<T>(&mut self, answer: &Result<T, CallError>, display: &TaskDisplay) {
        let failure = answer.as_ref().err().filter(|error| is_transient(error.failure));
        if let Some(error) = failure.filter(|_| !self.is_logged) {
            let why = Box::new(error.brief().into());
            display.log_counted(BatchNote::FailedPolls, &WaitMessage::StillWaiting(why).to_string());
        }
        self.is_logged = failure.is_some();
    }
}
