//! From the outcomes of all tasks to the one that the process ends as. Pure.

use crate::model::outcome::Outcome;

/// How the whole run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overall {
    /// What the process ends as.
    pub(super) outcome: Outcome,
    /// What it exits with; `--allow` may have made it 0.
    pub(super) exit_code: u8,
}

impl Overall {
    /// The worst of the outcomes that are not allowed; if all others are, the worst of those with exit code 0.
    pub(super) fn new(outcomes: &[Outcome], allow: &[Outcome]) -> Self {
        let counting: Vec<Outcome> =
            outcomes.iter().copied().filter(|outcome| !allow.contains(outcome)).collect();
        let has_passed = !outcomes.is_empty() && counting.iter().all(|outcome| *outcome == Outcome::Passed);
        if has_passed {
            Self { outcome: Outcome::worst(outcomes.iter().copied()), exit_code: 0 }
        } else {
            let outcome = Outcome::worst(counting);
            Self { outcome, exit_code: outcome.exit_code() }
        }
    }

    /// What the process ends as: an outcome that `--allow` names is a pass there.
    pub(super) const fn process_outcome(self) -> Outcome {
        if self.exit_code == 0 { Outcome::Passed } else { self.outcome }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::*;

    #[test]
    fn allowed_outcomes_exit_zero_but_keep_their_name() {
        let cases: [(&[Outcome], &[Outcome], Outcome, u8); 8] = [
            (&[Passed], &[], Passed, 0),
            (&[Stopped], &[], Stopped, 3),
            (&[Stopped], &[Stopped], Stopped, 0),
            (&[Passed, Stopped], &[Stopped], Stopped, 0),
            (&[Denied, CheckFailed], &[Denied], CheckFailed, 1),
            (&[ReportFailed, Passed], &[], ReportFailed, 5),
            (&[TimedOut, ReportFailed], &[ReportFailed], TimedOut, 2),
            (&[], &[Stopped], Usage, 64),
        ];
        for (outcomes, allow, outcome, exit_code) in cases {
            assert_eq!(
                Overall::new(outcomes, allow),
                Overall { outcome, exit_code },
                "{outcomes:?} {allow:?}"
            );
        }
    }
}
