//! How long and how often: durations as they are typed, the schedule of polls, and the end of the job that we run in.

use super::slips::did_you_mean;
use super::value::{UsageError, usage};
use crate::model::policy::WaitLimit;
use crate::text::{duration, one_line};
use crate::wait::{Budget, Schedule};
use std::time::Duration;

/// Longest duration that is accepted; more is a typing error.
const DURATION_LIMIT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Shortest fixed gap between polls.
const INTERVAL_FLOOR: Duration = Duration::from_secs(1);
/// Time before the end of a job in which nothing of ours may run any more: the runner collects artifacts then.
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
        tracing::info!(
            "the job ends in {} (CI_JOB_TIMEOUT): waiting {} at most, {} kept for the report",
            duration(left + JOB_END_RESERVE),
            duration(limit),
            duration(report_limit)
        );
        tracing::info!("hint: raise the job's `timeout:` above `--timeout` and `--report-timeout` together");
    }
    (WaitLimit { time: limit, is_of_job: limit < timeout }, report_timeout.min(left - limit))
}

/// A duration that is neither nothing nor absurd.
pub(super) fn positive_duration(option: &str, text: &str) -> Result<Duration, UsageError> {
    let wrong = |why: &str| {
        let shown = one_line(text, 60);
        let meant: Vec<String> = meant(text).iter().map(|duration| format!("`{duration}`")).collect();
        UsageError(format!(
            "`{option} {shown}`: {why}; write a duration such as 90s, 15m or 1h30m{}",
            did_you_mean(&meant)
        ))
    };
    let compact: String = text.split_whitespace().collect();
    if compact.chars().all(|character| character == '0') && !compact.is_empty() {
        return Err(wrong("the duration must be longer than nothing"));
    }
    let duration =
        humantime::parse_duration(&compact).map_err(|_| wrong("this is not a duration with a unit"))?;
    if duration.is_zero() {
        return Err(wrong("the duration must be longer than nothing"));
    }
    if duration > DURATION_LIMIT {
        return Err(wrong("the longest is 7 days"));
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
pub(super) fn schedule(interval_text: &str, budget: &str) -> Result<Schedule, UsageError> {
    let budget: Budget = budget.parse().map_err(|_| {
        let shown = one_line(budget, 60);
        UsageError(format!(
            "`--poll-budget {shown}`: write a number from 1 to 6000 and a time (s, min or h), such as 6/min"
        ))
    })?;
    if interval_text.trim().eq_ignore_ascii_case("auto") {
        return Ok(Schedule::Auto(budget));
    }
    let interval = positive_duration("--poll-interval", interval_text)?;
    if interval < INTERVAL_FLOOR {
        return usage(format!(
            "`--poll-interval {}` must be 1s or longer; the service has other users too",
            one_line(interval_text, 60)
        ));
    }
    Ok(Schedule::Fixed(interval))
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
