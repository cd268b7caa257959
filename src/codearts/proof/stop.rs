//! Whether the run that is active may be stopped as the one that this process started.

use super::{Proof, Runs};
use crate::codearts::tasks::{LastJobs, Progress, TaskStatus};
use std::time::Duration;

/// What is known when the watched run is to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Active {
    /// The watched run is active.
    Watched,
    /// The watched run has ended, and nothing else is seen.
    Nothing,
    /// Another run may be active.
    PerhapsAnother,
}

/// What is active in the task of a run that this process started. A call to stop stops whatever runs, so answers of this moment
/// decide where there are any. `at`: since the wait began.
pub fn active(proof: &Proof, at: Duration, progress: Option<&Progress>, runs: &Runs) -> Active {
    let is_final = progress.is_some_and(|progress| progress.status.is_final());
    let fell_back = progress.is_some_and(|progress| proof.fell_back(progress));
    let has_ended = proof.seen_running && proof.shown_end.is_some();
    let is_watched = !has_ended && !proof.may_be_over && proof.lost.is_none() && !proof.has_gap(at);
    let is_running = match progress {
        Some(progress) => progress.status == TaskStatus::Checking && !fell_back,
        None => proof.is_running,
    };
    let may_be_stopped = match runs {
        Runs::Listed(LastJobs { last: Some(last), last_successful }) if proof.id() == Some(last) => {
            let names_running = proof.names_running || is_watched;
            last_successful.as_ref() != Some(last) && !fell_back && names_running && !proof.lacks_running
        }
        // A list that is behind, or lacks runs that go on.
        Runs::Listed(LastJobs { last: Some(last), .. }) => {
            proof.others.contains(last) && is_running && is_watched
        }
        Runs::Listed(_) | Runs::Missing | Runs::Down | Runs::NotAsked => is_running && is_watched,
    };
    if proof.seen_running && is_final {
        Active::Nothing
    } else if may_be_stopped {
        Active::Watched
    } else {
        Active::PerhapsAnother
    }
}
