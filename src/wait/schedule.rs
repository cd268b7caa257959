//! When to ask next. Pure: what is known goes in, the gap comes out.
//!
//! In automatic mode the gap grows with the time already waited, so that the delay in noticing the end stays a small
//! share of the whole; the first seconds are asked more often, because checks that end at once are common.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Gap at the beginning of an automatic wait.
const FIRST_GAP: Duration = Duration::from_secs(2);
/// Share of the elapsed time that a gap may grow to.
const GAP_SHARE: f64 = 0.05;
/// Polls that may be made before the budget counts.
const BURST: u32 = 4;
/// Gaps are varied by up to this share either way, so that many jobs started together do not ask together.
const JITTER: f64 = 0.05;

/// How many status requests one task may make, on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    polls: u32,
    per: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { polls: 6, per: Duration::from_secs(60) }
    }
}

impl Budget {
    /// The earliest time at which poll number `poll` (0 is the first) is within the budget.
    fn allows_at(self, poll: u32) -> Duration {
        let beyond_burst = poll.saturating_sub(BURST);
        self.per.mul_f64(f64::from(beyond_burst) / f64::from(self.polls))
    }
}

impl FromStr for Budget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not a poll budget; write a number and a time, such as 6/min");
        let (polls, per) = text.split_once('/').ok_or_else(wrong)?;
        let polls = polls.trim().parse().ok().filter(|polls| (1..=6000).contains(polls));
        let per = match per.trim() {
            "s" | "sec" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            _ => return Err(wrong()),
        };
        Ok(Self { polls: polls.ok_or_else(wrong)?, per: Duration::from_secs(per) })
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = match self.per.as_secs() {
            1 => "s",
            60 => "min",
            _ => "h",
        };
        write!(formatter, "{}/{per}", self.polls)
    }
}

/// How the gaps between polls are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// Growing gaps within a budget.
    Auto(Budget),
    /// Always the same gap.
    Fixed(Duration),
}

impl Schedule {
    /// The gap before the next poll. `elapsed`: since the wait began; `polls`: made so far; `floor`: the least gap the
    /// service asked for; `draw`: a random number from 0 to 1.
    pub fn gap(&self, elapsed: Duration, polls: u32, floor: Duration, draw: f64) -> Duration {
        match *self {
            Self::Fixed(gap) => gap.max(floor),
            Self::Auto(budget) => {
                let jitter = 1.0 + JITTER * (2.0 * draw.clamp(0.0, 1.0) - 1.0);
                let growing = elapsed.mul_f64(GAP_SHARE).max(FIRST_GAP).mul_f64(jitter);
                let within_budget = budget.allows_at(polls).saturating_sub(elapsed);
                growing.max(within_budget).max(floor)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Times of all polls until `end`, without jitter.
    fn polls_until(schedule: Schedule, end: Duration) -> Vec<Duration> {
        let mut times = vec![Duration::ZERO];
        let mut now = Duration::ZERO;
        loop {
            now += schedule.gap(now, times.len() as u32, Duration::ZERO, 0.5);
            if now > end {
                return times;
            }
            times.push(now);
        }
    }

    #[test]
    fn budgets_are_read_and_written() {
        for text in ["6/min", "1/s", "120/h"] {
            assert_eq!(text.parse::<Budget>().expect("a budget").to_string(), text);
        }
        for text in ["6", "0/min", "6/day", "x/min", "-1/s", "1/2/s", ""] {
            assert!(text.parse::<Budget>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_first_polls_are_close_and_later_ones_grow() {
        let times: Vec<u64> = polls_until(Schedule::Auto(Budget::default()), seconds(300))
            .iter()
            .map(Duration::as_secs)
            .collect();
        assert_eq!(times[..6], [0, 2, 4, 6, 8, 10]);
        assert_eq!(times.len(), 33, "{times:?}");
        assert_eq!(
            Schedule::Auto(Budget::default()).gap(seconds(1200), 90, Duration::ZERO, 0.5),
            seconds(60)
        );
    }

    #[test]
    fn floors_bind_and_a_fixed_gap_is_fixed() {
        let fixed = Schedule::Fixed(seconds(5));
        assert_eq!(fixed.gap(seconds(1000), 3, Duration::ZERO, 0.9), seconds(5));
        assert_eq!(fixed.gap(seconds(0), 0, seconds(7), 0.1), seconds(7));
        let auto = Schedule::Auto(Budget::default());
        assert_eq!(auto.gap(seconds(0), 0, seconds(30), 0.5), seconds(30));
    }

    proptest! {
        #[test]
        fn a_wait_never_asks_more_than_its_budget(end in 1u64..20_000, per_minute in 1u32..60) {
            let budget = Budget { polls: per_minute, per: seconds(60) };
            let polls = polls_until(Schedule::Auto(budget), seconds(end)).len() as f64;
            let allowed = f64::from(BURST) + 1.0 + end as f64 / 60.0 * f64::from(per_minute);
            prop_assert!(polls <= allowed + 1.0, "{polls} > {allowed}");
        }

        #[test]
        fn the_gap_stays_within_the_limit_of_the_contract(elapsed in 0u64..100_000, draw in 0.0f64..1.0) {
            // With the default budget used evenly: at most 15 s or 5 % of the elapsed time, and the jitter.
            let polls = BURST + (elapsed / 10) as u32;
            let gap = Schedule::Auto(Budget::default()).gap(seconds(elapsed), polls, Duration::ZERO, draw);
            let limit = (elapsed as f64 * GAP_SHARE).max(15.0) * (1.0 + JITTER);
            prop_assert!(gap.as_secs_f64() <= limit, "{gap:?} > {limit}");
        }
    }
}
