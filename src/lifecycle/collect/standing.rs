//! Whether what the service shows of a task is still about the run that was waited for. A summary can be asked for by run from newer
//! servers only, the findings never; so the list of runs is looked at after they were read.

use crate::codearts::summary::{Answers, Summary};
use crate::codearts::tasks::LastJobs;
use crate::codearts::{Id, Service};
use crate::http::error::CallError;
use crate::lifecycle::check_run::CheckRun;
use crate::model::gate::{Doubt, GateMode, ServiceGate};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Looks at a list that does not name the run yet, before nothing is known.
const LOOKS: u32 = 3;
/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// Which run of the task is the latest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Latest {
    /// The one that was waited for.
    Watched,
    /// Another one, that came since; its id.
    Other(String),
    /// Not known: there is no list, or it names none.
    Unknown,
}

impl Latest {
    /// Reads the list. `None`: it is behind, and still names the run before.
    fn read(run: &str, is_from_before: impl Fn(&str) -> bool, jobs: Option<LastJobs>) -> Option<Self> {
        match jobs.and_then(|jobs| jobs.last) {
            // An empty list proves nothing: this task has had a run.
            None => Some(Self::Unknown),
            Some(last) if last == run => Some(Self::Watched),
            Some(last) if is_from_before(&last) => None,
            Some(last) => Some(Self::Other(last)),
        }
    }

    /// Why what is shown may be about another run, if it may.
    pub(super) fn doubt(&self) -> Option<Doubt> {
        match self {
            Self::Other(id) => Some(Doubt::OtherRun(id.clone())),
            Self::Watched | Self::Unknown => None,
        }
    }
}

/// Which run of the task is the latest, as listed now.
///
/// # Errors
/// When the list could not be read although there is one.
pub(super) async fn latest(
    service: &Service,
    task: &Id,
    run: Option<&CheckRun>,
    deadline: Instant,
) -> Result<Latest, CallError> {
    let Some(CheckRun { id: Some(id), proof, .. }) = run else { return Ok(Latest::Unknown) };
    let is_from_before = |run: &str| proof.is_from_before(run);
    let mut other = None;
    for look in 1..=LOOKS {
        let jobs = match service.last_jobs(task, deadline).await {
            // A list that was never readable is as good as none.
            Err(_) if !proof.has_list() => None,
            answer => answer?,
        };
        match Latest::read(id, is_from_before, jobs) {
            // One answer may be behind, and name a run that was not seen before.
            Some(latest @ Latest::Other(_)) => other = Some(latest),
            Some(latest) => return Ok(latest),
            None => {}
        }
        if look < LOOKS {
            sleep(service.backoff().cap(LOOK_PAUSE)).await;
        }
    }
    Ok(other.unwrap_or(Latest::Unknown))
}

/// What counts of the answers, and why not all of it does. `knows_runs`: whether the server was found to answer about runs.
pub(super) fn counting(
    answers: Answers,
    latest: &Latest,
    knows_runs: bool,
    mode: GateMode,
) -> (Summary, Option<Doubt>) {
    let without_others = |answers: Answers| answers.of_run.filter(|_| knows_runs).unwrap_or_default();
    match latest {
        Latest::Watched => (answers.together(), None),
        Latest::Other(_) => {
            let mut summary = without_others(answers.clone());
            // Doubt takes away a pass, never a denial, which may be this run's.
            let together = answers.together();
            if summary.gate == ServiceGate::Unknown && together.gate == ServiceGate::NotPassed {
                summary.gate = ServiceGate::NotPassed;
            }
            let doubt =
                latest.doubt().filter(|_| summary.gate == ServiceGate::Unknown || summary.counts.is_none());
            (summary, doubt)
        }
        Latest::Unknown => {
            let is_proved = without_others(answers.clone()).gate == ServiceGate::Passed;
            let summary = answers.together();
            if mode == GateMode::Required && summary.gate == ServiceGate::Passed && !is_proved {
                let summary = Summary { gate: ServiceGate::Unknown, ..summary };
                return (summary, Some(Doubt::NoRuns));
            }
            (summary, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Counts;

    #[test]
    fn which_run_the_list_calls_the_latest() {
        let jobs = |last: Option<&str>| {
            Some(LastJobs { last: last.map(str::to_owned), last_successful: Some("x".to_owned()) })
        };
        let read = |jobs| Latest::read("watched", |run| run == "before", jobs);
        assert_eq!(read(jobs(Some("watched"))), Some(Latest::Watched));
        assert_eq!(read(jobs(Some("next"))), Some(Latest::Other("next".to_owned())));
        assert_eq!(read(jobs(Some("before"))), None);
        assert_eq!(read(jobs(None)), Some(Latest::Unknown));
        assert_eq!(read(None), Some(Latest::Unknown));
        assert_eq!(
            Latest::read("watched", |_| false, jobs(Some("before"))),
            Some(Latest::Other("before".to_owned()))
        );
    }

    fn summary(gate: ServiceGate, issues: Option<u64>) -> Summary {
        let counts = issues.map(|issues| Counts::from_array([0, 0, 0, 0, issues]));
        Summary { gate, counts, ..Summary::default() }
    }

    /// (answer about the run, about the task, latest, knows runs, mode) -> (gate, issues, whether there is a doubt)
    #[test]
    fn what_counts_of_the_answers() {
        use GateMode::{Auto, Required};
        use ServiceGate::{NotPassed, Passed, Unknown};
        let next = || Latest::Other("next".to_owned());
        let full = || Some(summary(Passed, Some(3)));
        let silent = || Some(summary(Unknown, None));
        let cases = [
            (full(), None, Latest::Watched, false, Required, (Passed, Some(3), false)),
            (silent(), full(), Latest::Watched, false, Required, (Passed, Some(3), false)),
            (None, full(), Latest::Watched, false, Required, (Passed, Some(3), false)),
            // Somebody's run came since.
            (full(), None, next(), false, Required, (Unknown, None, true)),
            (full(), None, next(), false, Auto, (Unknown, None, true)),
            (None, full(), next(), false, Auto, (Unknown, None, true)),
            (silent(), full(), next(), true, Auto, (Unknown, None, true)),
            (None, full(), next(), true, Auto, (Unknown, None, true)),
            (full(), None, next(), true, Required, (Passed, Some(3), false)),
            (Some(summary(NotPassed, None)), full(), next(), true, Auto, (NotPassed, None, true)),
            // What may be this run's denial stays.
            (Some(summary(NotPassed, Some(3))), None, next(), false, Auto, (NotPassed, None, true)),
            (None, Some(summary(NotPassed, Some(3))), next(), false, Auto, (NotPassed, None, true)),
            // Which run is the latest is not known.
            (full(), None, Latest::Unknown, false, Auto, (Passed, Some(3), false)),
            (full(), None, Latest::Unknown, false, Required, (Unknown, Some(3), true)),
            (None, full(), Latest::Unknown, false, Required, (Unknown, Some(3), true)),
            (full(), None, Latest::Unknown, true, Required, (Passed, Some(3), false)),
            (silent(), full(), Latest::Unknown, true, Required, (Unknown, Some(3), true)),
            (
                Some(summary(NotPassed, Some(3))),
                None,
                Latest::Unknown,
                false,
                Required,
                (NotPassed, Some(3), false),
            ),
        ];
        for (of_run, of_task, latest, knows_runs, mode, expected) in cases {
            let answers = Answers { of_run, of_task };
            let name = format!("{answers:?} {latest:?} {knows_runs} {mode:?}");
            let (summary, doubt) = counting(answers, &latest, knows_runs, mode);
            let issues = summary.counts.map(|counts| counts.issues);
            assert_eq!((summary.gate, issues, doubt.is_some()), expected, "{name}");
        }
    }
}
