//! What the end of a watched build means. Pure.

use crate::codearts::builds::BuildState;
use crate::codearts::errors::{explained, outcome_of};
use crate::http::error::CallError;
use crate::lifecycle::report::Verdict;
use crate::model::outcome::Outcome;
use crate::settings::WaitLimit;
use crate::wait::End;

/// The verdict on an end. `last`: the state that was shown last; `figures`: how long the wait was.
pub(super) fn conclude(
    end: End<BuildState, CallError>,
    last: Option<&BuildState>,
    limit: WaitLimit,
    figures: &str,
) -> Verdict {
    match end {
        End::Done(state) => concluded(&state, figures),
        End::TimedOut => Verdict::new(Outcome::TimedOut, timed_out(last, limit)),
        End::Lost(Some(error)) => {
            Verdict::new(outcome_of(&error), format!("{figures}: {}", explained(&error)))
        }
        End::Lost(None) => Verdict::new(
            Outcome::Unavailable,
            format!("CodeArts stopped responding before the timeout, {figures}"),
        ),
        End::Refused(error) => Verdict::new(outcome_of(&error), explained(&error)),
    }
}

fn concluded(state: &BuildState, figures: &str) -> Verdict {
    match state {
        BuildState::Succeeded => Verdict::new(Outcome::Passed, format!("the build succeeded {figures}")),
        BuildState::Failed => Verdict::new(Outcome::BuildFailed, format!("the build failed {figures}")),
        BuildState::Stopped => Verdict::new(Outcome::Stopped, format!("the build was stopped {figures}")),
        BuildState::Running | BuildState::Unknown(_) => Verdict::new(
            Outcome::Unavailable,
            format!(
                "the build ended with the unknown status `{}` {figures}; see the CodeArts console",
                state.word()
            ),
        ),
    }
}

fn timed_out(last: Option<&BuildState>, limit: WaitLimit) -> String {
    match last {
        Some(BuildState::Unknown(word)) => format!("unknown build status `{word}` when the {limit} ran out"),
        Some(BuildState::Running | BuildState::Succeeded | BuildState::Failed | BuildState::Stopped) => {
            format!("still building when the {limit} ran out")
        }
        None => format!("never built when the {limit} ran out; start a build with `--start`"),
    }
}
