//! How long and how often: durations as they are typed, the schedule of polls, and the end of the job that we run in.

use super::slips::did_you_mean;
use super::value::refuse;
use crate::error::Problem;
use crate::log_problem;
use crate::messages::{DurationFlaw, SettingsHint, SettingsMessage};
use crate::model::policy::WaitLimit;
use crate::model::sourced::Sourced;
use crate::wait::{Budget, Schedule};
use std::time::Duration;

/// Longest duration that is accepted; more is a typing error.
const DURATION_LIMIT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Shortest fixed gap between polls.
const INTERVAL_FLOOR: Duration = Duration::from_secs(1);
/// Time before the end of a job in which this program may not run any more: the runner collects artifacts then.
const JOB_END_RESERVE: Duration = Duration::from_secs(30);

/// Times for the wait and for what follows, so that both end before the job does: a job that runs out of time loses its
/// report. A third of what is left is enough for what follows.
pub(super) fn within_job(
    timeout: Duration,
    report_timeout: Duration,
    left: Option<Duration>,
) -> (WaitLimit, Duration) {
    let Some(left) = left else { return (WaitLimit { time: timeout, is_of_job: false }, report_timeout) };
    let left = left.saturating_sub(JOB_END_RESERVE);
    let report_limit = report_timeout.min(left / 3);
    let limit = timeout.min(left - report_limit);
    if limit < timeout {
        let ends = SettingsMessage::JobEndsDuringWait {
            left: left + JOB_END_RESERVE,
            wait: limit,
            kept: report_limit,
        };
        log_problem!(info, Problem::new(ends).hint(SettingsHint::RaiseJobTimeout));
    }
    (WaitLimit { time: limit, is_of_job: limit < timeout }, report_timeout.min(left - limit))
}

/// A duration that is neither nothing nor absurd.
pub(super) fn positive_duration(given: &Sourced<String>) -> Result<Duration, Problem> {
    let wrong = |flaw| {
        Problem::new(SettingsMessage::Duration { given: given.clone(), flaw })
            .hints(did_you_mean(&meant(&given.value)))
            .hint(SettingsHint::DurationForm)
    };
    let compact: String = given.value.split_whitespace().collect();
    if compact.chars().all(|character| character == '0') && !compact.is_empty() {
        return Err(wrong(DurationFlaw::Zero));
    }
    // `M` alone would mean months.
    if compact.contains(|character: char| character.is_ascii_uppercase()) && !meant(&compact).is_empty() {
        return Err(wrong(DurationFlaw::UpperCase));
    }
    let duration = humantime::parse_duration(&compact).map_err(|_| wrong(DurationFlaw::Unreadable))?;
    if duration.is_zero() {
        return Err(wrong(DurationFlaw::Zero));
    }
    if duration > DURATION_LIMIT {
        return Err(wrong(DurationFlaw::TooLong(DURATION_LIMIT)));
    }
    Ok(duration)
}

/// Durations that were probably meant: with small letters, a point in a fraction, or a unit.
fn meant(text: &str) -> Vec<String> {
    let text = text.to_ascii_lowercase();
    let fits = |text: String| is_usual(&text).then_some(text);
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return ["s", "m"].into_iter().filter_map(|unit| fits(format!("{text}{unit}"))).collect();
    }
    let compact: String = text.split_whitespace().collect();
    fits(compact.replace(',', ".")).into_iter().collect()
}

fn is_usual(text: &str) -> bool {
    humantime::parse_duration(text)
        .is_ok_and(|duration| duration <= DURATION_LIMIT && duration >= Duration::from_secs(1))
}

/// When to poll.
pub(super) fn schedule(interval: Sourced<String>, budget: Sourced<String>) -> Result<Schedule, Problem> {
    let Ok(rate) = budget.value.parse::<Budget>() else {
        return refuse(SettingsMessage::PollBudget(budget), SettingsHint::RateForm);
    };
    if interval.value.trim().eq_ignore_ascii_case("auto") {
        return Ok(Schedule::Auto(rate));
    }
    let gap = positive_duration(&interval)?;
    if gap < INTERVAL_FLOOR {
        return Err(Problem::new(SettingsMessage::PollInterval { given: interval, least: INTERVAL_FLOOR }));
    }
    Ok(Schedule::Fixed(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_that_were_probably_meant() {
        let cases: [(&str, &[&str]); 10] = [
            ("45M", &["45m"]),
            ("1H30M", &["1h30m"]),
            ("90", &["90s", "90m"]),
            ("99999", &["99999s"]),
            ("1,5 h", &["1.5h"]),
            ("2 Min", &["2min"]),
            ("soon", &[]),
            ("0", &[]),
            ("99999h", &[]),
            ("45:00", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(meant(text), expected, "{text}");
        }
        assert!(["1/s", "6000/min"].iter().all(|text| text.parse::<Budget>().is_ok()));
        assert!("6001/min".parse::<Budget>().is_err());
    }

    #[test]
    fn the_wait_ends_before_the_job() {
        let minutes = |number: u64| Duration::from_secs(60 * number);
        let cases = [
            // Enough time for all.
            ((30, 10), 60, (30, 10)),
            ((60, 10), 31, (20, 10)),
            ((60, 30), 31, (20, 10)),
            ((600, 10), 61, (50, 10)),
            // The wait fits, what follows does not.
            ((5, 10), 12, (5, 6)),
        ];
        for ((timeout, report), left, (expected, expected_report)) in cases {
            let left = minutes(left) - JOB_END_RESERVE;
            let (limit, found_report) = within_job(minutes(timeout), minutes(report), Some(left));
            assert_eq!(limit.is_of_job, limit.time < minutes(timeout));
            let found = (limit.time, found_report);
            let expected = (minutes(expected), minutes(expected_report));
            let is_close = |one: Duration, other: Duration| one.abs_diff(other) <= JOB_END_RESERVE;
            assert!(is_close(found.0, expected.0) && is_close(found.1, expected.1), "{left:?}: {found:?}");
            assert!(found.0 + found.1 + JOB_END_RESERVE <= left, "{left:?}: {found:?}");
        }
        let nothing = WaitLimit { time: Duration::ZERO, is_of_job: true };
        assert_eq!(
            within_job(minutes(30), minutes(10), Some(Duration::from_secs(5))),
            (nothing, Duration::ZERO)
        );
        let all = WaitLimit { time: minutes(30), is_of_job: false };
        assert_eq!(within_job(minutes(30), minutes(10), None), (all, minutes(10)));
    }
}
