//! What the end of a watched build means. Pure.

use crate::codearts::builds::BuildState;
use crate::http::error::CallError;
use crate::lifecycle::polling::lost;
use crate::lifecycle::report::Verdict;
use crate::messages::{BuildMessage, JobHint, WaitCost};
use crate::model::outcome::Outcome;
use crate::model::policy::WaitLimit;
use crate::wait::End;

/// The verdict on an end. `last`: the state that was shown last.
pub(super) fn conclude(
    end: End<BuildState, CallError>,
    last: Option<&BuildState>,
    limit: WaitLimit,
    cost: WaitCost,
) -> Verdict {
    match end {
        End::Done(state) => concluded(&state, cost),
        End::TimedOut => timed_out(last, limit),
        End::Lost(error) => lost(error, cost),
        End::Refused(error) => error.into(),
    }
}

fn concluded(state: &BuildState, cost: WaitCost) -> Verdict {
    match state {
        BuildState::Succeeded => Verdict::new(Outcome::Passed, BuildMessage::Succeeded(cost)),
        BuildState::Failed => Verdict::new(Outcome::BuildFailed, BuildMessage::Failed(cost)),
        BuildState::Stopped => Verdict::new(Outcome::Stopped, BuildMessage::Stopped(cost)),
        BuildState::Running | BuildState::Unknown(_) => {
            let reason = BuildMessage::UnknownEnd { status: state.word().to_owned(), cost };
            Verdict::new(Outcome::Unavailable, reason).hint(JobHint::SeeConsole)
        }
    }
}

fn timed_out(last: Option<&BuildState>, limit: WaitLimit) -> Verdict {
    let verdict = |reason| Verdict::new(Outcome::TimedOut, reason);
    match last {
        Some(BuildState::Unknown(word)) => verdict(BuildMessage::UnknownAtTimeout(word.clone(), limit)),
        Some(BuildState::Running | BuildState::Succeeded | BuildState::Failed | BuildState::Stopped) => {
            verdict(BuildMessage::StillRunning(limit))
        }
        None => verdict(BuildMessage::NeverBuilt(limit)).hint(JobHint::StartBuild),
    }
}
