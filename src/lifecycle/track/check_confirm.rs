//! What a verdict on a pull request depends on beside the run: that its head has not moved, that the source branch was checked,
//! and that CodeArts could fetch it.

use crate::codearts::task_code::TaskCode;
use crate::codearts::tasks::FailingStep;
use crate::error::Problem;
use crate::lifecycle::checked_code::same_branch;
use crate::lifecycle::report::Verdict;
use crate::lifecycle::review::{Review, notice, stale};
use crate::log_problem;
use crate::messages::{ReviewHint, ReviewMessage};
use crate::model::outcome::Outcome;
use crate::model::pull_request::{FetchRef, RefChoice};
use std::time::Duration;
use tokio::time::Instant;

/// Longest time for the last look at the head; without it, nothing passes.
const HEAD_LIMIT: Duration = Duration::from_secs(120);
/// The same where nothing depends on it.
const TIMED_OUT_LIMIT: Duration = Duration::from_secs(10);
/// Words in the log of a step that failed to fetch the code. Which step that is, is not documented; a wrong guess costs one
/// more run.
const FETCH_WORDS: [&str; 12] = [
    "clone",
    "fetch",
    "checkout",
    "check out",
    "pull code",
    "code pull",
    "download code",
    "remote ref",
    "拉取",
    "克隆",
    "检出",
    "下载代码",
];

/// The verdict, if the head is still the one that was checked.
pub(super) async fn at_head(review: &Review<'_>, label: &str, verdict: Verdict) -> Verdict {
    let is_about_code = match verdict.outcome {
        Outcome::Passed | Outcome::GateFailed | Outcome::ReportFailed => true,
        // That a check did not run to its end is true of whatever code.
        Outcome::CheckFailed | Outcome::BuildFailed | Outcome::Stopped => false,
        // Only so that a comment of a newer job stays.
        Outcome::TimedOut => {
            if let Err(other) = review.ensure_head(Instant::now() + TIMED_OUT_LIMIT).await {
                tracing::debug!("{}", Problem::from(other));
            }
            return verdict;
        }
        Outcome::Stale
        | Outcome::Usage
        | Outcome::Unavailable
        | Outcome::Internal
        | Outcome::Denied
        | Outcome::HungUp
        | Outcome::Interrupted
        | Outcome::Terminated => return verdict,
    };
    match review.ensure_head(Instant::now() + HEAD_LIMIT).await {
        Ok(()) => verdict,
        Err(other) if is_about_code || other.outcome == Outcome::Stale => other,
        Err(unknown) => {
            log_problem!(warn, label, Problem::from(unknown));
            verdict
        }
    }
}

/// The verdict, if the branch that was checked is the one of the pull request.
pub(super) fn of_branch(review: &Review<'_>, label: &str, code: &TaskCode, verdict: Verdict) -> Verdict {
    let is_about_code =
        matches!(verdict.outcome, Outcome::Passed | Outcome::GateFailed | Outcome::ReportFailed);
    let Some(pull_request) = review.known().filter(|_| is_about_code) else { return verdict };
    let source = &pull_request.source_branch;
    match &code.branch {
        Some(checked) if !same_branch(checked, source) => {
            let (checked, source) = (checked.clone(), source.clone());
            stale(ReviewMessage::OtherBranch { checked, source }, ReviewHint::SeeTask)
        }
        Some(_) => verdict,
        None => {
            notice(label, ReviewMessage::BranchNotShown, None);
            verdict
        }
    }
}

/// How CodeArts is asked to fetch the pull request at first.
pub(super) fn first_ref(review: &Review<'_>) -> Option<FetchRef> {
    match review.settings.fetch_ref {
        RefChoice::Auto => review.known().and_then(|pull_request| pull_request.forge.fetch_ref()),
        RefChoice::Pull => Some(FetchRef::Pull),
        RefChoice::MergeRequest => Some(FetchRef::MergeRequest),
        RefChoice::None => None,
    }
}

/// The ref to try after one that failed, in `auto`. Without one, CodeArts takes `merge_request` for most forges.
pub(super) const fn other_ref(choice: RefChoice, failed: Option<FetchRef>) -> Option<FetchRef> {
    match (choice, failed) {
        (RefChoice::Auto, Some(FetchRef::Pull)) => Some(FetchRef::MergeRequest),
        (RefChoice::Auto, Some(FetchRef::MergeRequest) | None) => Some(FetchRef::Pull),
        (RefChoice::Pull | RefChoice::MergeRequest | RefChoice::None, _) => None,
    }
}

/// Whether a check failed because the code could not be fetched.
pub(super) fn is_fetch_failure(steps: &[FailingStep]) -> bool {
    let mentions = |text: &str| {
        let text = text.to_lowercase();
        FETCH_WORDS.iter().any(|word| text.contains(word))
    };
    steps.iter().any(|step| [&step.name, &step.log, &step.analysis].into_iter().any(|text| mentions(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_to_fetch_is_seen_in_the_log() {
        let step = |name: &str, log: &str| FailingStep {
            name: name.to_owned(),
            log: log.to_owned(),
            analysis: String::new(),
            faq: String::new(),
        };
        let cases = [
            ("Pull code", "", true),
            ("拉取代码", "", true),
            ("step 2", "fatal: couldn't find remote ref merge_request/7/head", true),
            ("step 2", "Clone failed", true),
            ("Compile", "javac: cannot find symbol", false),
            ("", "", false),
        ];
        for (name, log, expected) in cases {
            assert_eq!(is_fetch_failure(&[step(name, log)]), expected, "{name} {log}");
        }
        assert!(!is_fetch_failure(&[]));
    }

    #[test]
    fn the_other_ref_is_tried_in_auto_only() {
        use FetchRef::{MergeRequest, Pull};
        assert_eq!(other_ref(RefChoice::Auto, Some(Pull)), Some(MergeRequest));
        assert_eq!(other_ref(RefChoice::Auto, None), Some(Pull));
        for choice in [RefChoice::Pull, RefChoice::MergeRequest, RefChoice::None] {
            assert_eq!(other_ref(choice, Some(Pull)), None);
        }
    }
}
