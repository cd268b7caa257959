//! When to ask next. Pure: what is known goes in, the gap comes out.
//!
//! In automatic mode questions are spent where the end is likely: their density follows the square root of the chance that the
//! run ends now, which makes the mean delay least for a number of questions. The number comes from the budget; the gap never
//! exceeds a limit, whatever is believed.

use super::estimate::{Estimate, LogNormal};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The least gap.
const LEAST_GAP: Duration = Duration::from_millis(250);
/// No gap is longer than this, or than [`GAP_SHARE`] of the time already waited, whichever is longer.
pub const GAP_LIMIT: Duration = Duration::from_secs(15);
/// See [`GAP_LIMIT`].
pub const GAP_SHARE: f64 = 0.05;
/// The budget is an average: what it grants in this time may be spent in advance.
const AHEAD: Duration = Duration::from_secs(90);
/// The part of it that may be spent where progress lets expect the end, in seconds: the rest is for progress that misleads.
const AHEAD_OF_PROGRESS: f64 = 40.0;
/// The part that may be spent where earlier runs let expect it, in seconds.
const AHEAD_OF_HISTORY: f64 = 60.0;
/// Short runs last so many seconds at the median: where nothing is known, [`AHEAD`] is spent when they end.
const SHORT_RUN: f64 = 60.0;
/// Spread of their logarithm.
const SHORT_SPREAD: f64 = 0.5;
/// The future is planned with this many polls at least, however many were made. Measured with `cargo bench --bench waiting`:
/// 2 makes half as much waste again in waits of a minute.
const LEAST_POLLS: f64 = 1.0;
/// Share of the polls that are left which is spent around the end that progress lets expect; the others are for the case that
/// it comes later.
/// Measured likewise, with an eye on progress that misleads.
const SPENT_SHARE: f64 = 0.44;
/// Gaps are varied by up to this share either way, so that many jobs started together do not ask together.
pub const JITTER: f64 = 0.05;
/// Moments at which the future is looked at.
const MOMENTS: usize = 64;
/// Steps of a search by halving.
const HALVINGS: u32 = 24;
/// How far the future is looked at, in spreads of the estimate.
const HORIZON: f64 = 3.5;

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
    /// Polls a second.
    fn rate(self) -> f64 {
        f64::from(self.polls) / self.per.as_secs_f64()
    }

    /// The earliest time at which poll number `poll` (0 is the first) is within the budget.
    fn allows_at(self, poll: u32) -> Duration {
        self.per.mul_f64(f64::from(poll) / f64::from(self.polls)).saturating_sub(AHEAD)
    }

    /// Polls that it grants by this time, in seconds, where nothing is known of the end: the average, and those in advance as
    /// short runs end.
    fn granted(self, at: f64) -> f64 {
        let short = LogNormal { mean: SHORT_RUN.ln(), spread: SHORT_SPREAD };
        self.rate() * AHEAD.as_secs_f64().mul_add(1.0 - short.survival(at), at)
    }

    /// The gap until it grants one more, in seconds.
    fn gap_after(self, now: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0 / self.rate());
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.granted(now + middle) - self.granted(now) < 1.0 { low = middle } else { high = middle }
        }
        high
    }
}

/// The text is not a budget such as `6/min`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotABudget;

impl FromStr for Budget {
    type Err = NotABudget;

    fn from_str(text: &str) -> Result<Self, NotABudget> {
        let (polls, per) = text.split_once('/').ok_or(NotABudget)?;
        let polls = polls.trim().parse().ok().filter(|polls| (1..=6000).contains(polls));
        let per = match per.trim() {
            "s" | "sec" => 1,
            "m" | "min" => 60,
            "h" => 3600,
            _ => return Err(NotABudget),
        };
        Ok(Self { polls: polls.ok_or(NotABudget)?, per: Duration::from_secs(per) })
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
    /// The gap between polls where nothing is known of the end.
    pub fn usual_gap(self) -> Duration {
        match self {
            Self::Auto(budget) => Duration::from_secs_f64(1.0 / budget.rate()),
            Self::Fixed(gap) => gap,
        }
    }
}

/// Chooses the moments of one wait.
#[derive(Clone, Debug)]
pub struct Pacer {
    schedule: Schedule,
    estimate: Estimate,
    polls: u32,
    /// How long the thing had been going on before it was waited for.
    age: Duration,
}

impl Pacer {
    /// With nothing known yet.
    pub fn new(schedule: Schedule) -> Self {
        Self { schedule, estimate: Estimate::default(), polls: 0, age: Duration::ZERO }
    }

    /// The same for something that has been going on for a while.
    #[must_use]
    pub fn aged(mut self, age: Duration) -> Self {
        if age > Duration::ZERO {
            self.age = age;
            self.estimate.learn_start();
        }
        self
    }

    /// Whether it chooses the gaps itself, by what is known of this run and of earlier ones.
    pub const fn is_automatic(&self) -> bool {
        matches!(self.schedule, Schedule::Auto(_))
    }

    /// Takes in how long earlier runs took.
    pub fn learn_history(&mut self, durations: &[Duration]) {
        self.estimate.learn_history(durations);
    }

    /// The gap after a poll that found the thing pending. `elapsed`: since the wait began; `progress`: from 0 to 1, if it was
    /// reported; `floor`: the least gap the service asks for; `draw`: a random number from 0 to 1.
    pub fn next(&mut self, elapsed: Duration, progress: Option<f64>, floor: Duration, draw: f64) -> Duration {
        self.polls += 1;
        let elapsed = elapsed + self.age;
        self.estimate.observe(elapsed, progress);
        let budget = match self.schedule {
            Schedule::Fixed(gap) => return gap.max(floor),
            Schedule::Auto(budget) => budget,
        };
        let limit = GAP_LIMIT.max(elapsed.mul_f64(GAP_SHARE));
        let now = elapsed.as_secs_f64();
        // At its beginning a run shows nothing of its speed.
        let is_beginning = self.polls == 1 && self.age.is_zero();
        let gap = if is_beginning || !self.estimate.is_informed() {
            budget.gap_after(now)
        } else {
            let future = Future::new(self.estimate.whole(elapsed), now);
            // Of earlier runs nobody learns more while waiting.
            let (ahead, share) = if self.estimate.follows_progress() {
                (AHEAD_OF_PROGRESS, SPENT_SHARE)
            } else {
                (AHEAD_OF_HISTORY, 1.0)
            };
            let allowed = budget.rate() * (now + future.expected() + ahead);
            let polls = (share * (allowed - f64::from(self.polls))).max(LEAST_POLLS);
            future.best_gap(limit.as_secs_f64(), polls).unwrap_or_else(|| budget.gap_after(now))
        };
        let gap = Duration::from_secs_f64(gap);
        let jitter = 1.0 + JITTER * (2.0 * draw.clamp(0.0, 1.0) - 1.0);
        let within_budget = budget.allows_at(self.polls).saturating_sub(elapsed);
        gap.min(limit).max(LEAST_GAP).mul_f64(jitter).max(within_budget).max(floor)
    }
}

/// Moments from now on, with the chance that the end comes then.
struct Future {
    /// Time from one moment to the next, the root of the hazard then, and the chance to get there.
    moments: [(f64, f64, f64); MOMENTS],
}

impl Future {
    fn new(whole: LogNormal, now: f64) -> Self {
        let begin = now.ln();
        let end = (whole.mean + HORIZON * whole.spread).max(begin + HORIZON * whole.spread);
        let mut survival = 1.0;
        let mut last = now;
        let moments = std::array::from_fn(|number| {
            let next = (begin + (end - begin) * (number + 1) as f64 / MOMENTS as f64).exp();
            let (length, middle) = (next - last, f64::midpoint(last, next));
            let hazard = whole.hazard(middle);
            let chance = survival;
            survival *= (-hazard * length).exp();
            last = next;
            (length, hazard.sqrt(), chance)
        });
        Self { moments }
    }

    /// How much longer it lasts on average, in seconds.
    fn expected(&self) -> f64 {
        self.moments.iter().map(|(length, _, chance)| chance * length).sum()
    }

    /// The time until the next poll, in seconds, when so many are to be spent until the end; `None`: it is expected sooner.
    fn best_gap(&self, limit: f64, polls: f64) -> Option<f64> {
        // Polls rise with their density, so the right one is found by halving.
        let (mut low, mut high) = (0.0, self.densest());
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.polls(middle, limit) > polls { high = middle } else { low = middle }
        }
        self.first_poll(low, limit)
    }

    /// A density that is more than enough.
    fn densest(&self) -> f64 {
        let least =
            self.moments.iter().map(|(_, root, _)| *root).filter(|root| *root > 0.0).fold(f64::MAX, f64::min);
        1.0 / (LEAST_GAP.as_secs_f64() * least.max(1e-6))
    }

    fn rate(density: f64, root: f64, limit: f64) -> f64 {
        (density * root).clamp(1.0 / limit, 1.0 / LEAST_GAP.as_secs_f64())
    }

    /// Polls that are made on average.
    fn polls(&self, density: f64, limit: f64) -> f64 {
        self.moments
            .iter()
            .map(|(length, root, chance)| chance * length * Self::rate(density, *root, limit))
            .sum()
    }

    fn first_poll(&self, density: f64, limit: f64) -> Option<f64> {
        let (mut waited, mut polls) = (0.0, 0.0);
        for (length, root, _) in &self.moments {
            let rate = Self::rate(density, *root, limit);
            if polls + rate * length >= 1.0 {
                return Some(waited + (1.0 - polls) / rate);
            }
            polls += rate * length;
            waited += length;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Times of all polls of a run, without jitter; `progress`: what is reported at a share of its time.
    fn polls(budget: Budget, end: f64, progress: impl Fn(f64) -> Option<f64>) -> Vec<f64> {
        let mut pacer = Pacer::new(Schedule::Auto(budget));
        let (mut now, mut times) = (0.0, Vec::new());
        loop {
            times.push(now);
            if now >= end {
                return times;
            }
            let reported = progress(now / end);
            now += pacer.next(Duration::from_secs_f64(now), reported, Duration::ZERO, 0.5).as_secs_f64();
        }
    }

    /// A run that has been going on for 20 s and is at 80 % ends in 5 s.
    #[test]
    fn what_went_on_before_counts() {
        let ends_after = |age| {
            let mut pacer = Pacer::new(Schedule::Auto(Budget::default())).aged(seconds(age));
            let (mut now, mut polls) = (0.0, 0);
            while now < 5.0 {
                let reported = (20.0 + now) / 25.0;
                now += pacer
                    .next(Duration::from_secs_f64(now), Some(reported), Duration::ZERO, 0.5)
                    .as_secs_f64();
                polls += 1;
            }
            (now - 5.0, polls)
        };
        let ((late, polls), (late_without, _)) = (ends_after(20), ends_after(0));
        assert!(late < 1.0 && polls <= 4, "{late} s late after {polls} polls");
        assert!(late_without > 2.0 * late.max(0.5), "{late_without} s late");
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

    /// Most are asked where short runs end, and then as many as the average allows.
    #[test]
    fn without_progress_short_runs_come_first() {
        let times = polls(Budget::default(), 600.0, |_| None);
        let within = |from: f64, to: f64| times.iter().filter(|time| (from..to).contains(*time)).count();
        assert_eq!([within(0.0, 20.0), within(20.0, 120.0), within(120.0, 600.0)], [3, 18, 48], "{times:?}");
        let shortest = times.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::MAX, f64::min);
        assert!((4.0..4.5).contains(&shortest), "{shortest} {times:?}");
        let last = times[times.len() - 1] - times[times.len() - 2];
        assert!((last - 10.0).abs() < 0.01, "{last} {times:?}");
    }

    /// Mean delay, in seconds, and mean number of polls over random runs of `median` seconds.
    fn replay(schedule: Schedule, median: f64, progress: Progress) -> (f64, f64) {
        const RUNS: u32 = 400;
        let mut random = fastrand::Rng::with_seed(19);
        let (mut delay, mut number) = (0.0, 0);
        for _ in 0..RUNS {
            let (one, other) = (1.0 - random.f64(), random.f64());
            let normal = (-2.0 * one.ln()).sqrt() * (2.0 * std::f64::consts::PI * other).cos();
            let end = median * (0.5 * normal).exp();
            let mut pacer = Pacer::new(schedule);
            let mut now = 0.0;
            number += 1;
            while now < end {
                let gap = pacer.next(
                    Duration::from_secs_f64(now),
                    progress(now / end),
                    Duration::ZERO,
                    random.f64(),
                );
                now += gap.as_secs_f64();
                number += 1;
            }
            delay += now - end;
        }
        (delay / f64::from(RUNS), f64::from(number) / f64::from(RUNS))
    }

    fn in_steps(share: f64) -> f64 {
        (share / 0.05 + 1e-9).floor() * 0.05
    }

    /// What is reported at a share of the time.
    type Progress = fn(f64) -> Option<f64>;

    /// That says nothing of the end.
    const USELESS: [(&str, Progress); 5] = [
        ("missing", |_| None),
        ("stuck at 50 %", |share| Some(in_steps(1.6 * share).min(0.5))),
        ("stuck at 99 %", |share| Some(in_steps(1.6 * share).min(0.99))),
        ("jumps", |share| Some(if share < 0.3 { in_steps(share) } else { 0.8 })),
        ("stands still from a fifth of its time", |share| Some(in_steps((3.0 * share).min(0.6)))),
    ];

    #[test]
    fn short_runs_without_useful_progress_are_noticed_in_time() {
        for median in [35.0, 60.0] {
            let every_five = replay(Schedule::Fixed(seconds(5)), median, |_| None);
            for (name, progress) in USELESS {
                let (delay, number) = replay(Schedule::Auto(Budget::default()), median, progress);
                let figures = format!("{name}, {median} s: {delay:.2} s, {number:.1} polls, {every_five:?}");
                assert!(delay <= 3.1, "{figures}");
                assert!(number <= 1.1 * every_five.1, "{figures}");
            }
        }
    }

    #[test]
    fn progress_that_stands_still_costs_no_more_than_none() {
        for median in [35.0, 60.0, 300.0] {
            let [missing, stands_still] =
                [0, 4].map(|shape| replay(Schedule::Auto(Budget::default()), median, USELESS[shape].1));
            assert!(stands_still.0 <= 1.05 * missing.0, "{median} s: {stands_still:?} {missing:?}");
            assert!(stands_still.1 <= 1.05 * missing.1, "{median} s: {stands_still:?} {missing:?}");
        }
    }

    /// A small budget is kept from the first poll on.
    #[test]
    fn a_small_budget_is_kept() {
        let budget = Budget { polls: 1, per: seconds(60) };
        let times = polls(budget, 600.0, |_| None);
        for (number, time) in times.iter().enumerate() {
            assert!(*time + 90.0 >= 60.0 * number as f64, "{number}: {times:?}");
        }
        assert_eq!(times.len(), 13, "{times:?}");
    }

    #[test]
    fn with_progress_they_are_spent_where_the_end_is() {
        for step in [0.01, 0.05] {
            let times = polls(Budget::default(), 301.0, |share| Some((share / step).floor() * step));
            let lag = times[times.len() - 1] - 301.0;
            assert!(lag < 1.0, "{step}: {lag} {times:?}");
            assert!(times.len() <= 35, "{step}: {}", times.len());
            let late = times.iter().filter(|time| **time > 280.0).count();
            assert!(late >= 6, "{step}: {times:?}");
        }
    }

    #[test]
    fn floors_bind_and_a_fixed_gap_is_fixed() {
        let mut fixed = Pacer::new(Schedule::Fixed(seconds(5)));
        assert_eq!(fixed.next(seconds(1000), None, Duration::ZERO, 0.9), seconds(5));
        assert_eq!(fixed.next(seconds(0), Some(0.5), seconds(7), 0.1), seconds(7));
        let mut auto = Pacer::new(Schedule::Auto(Budget::default()));
        assert_eq!(auto.next(seconds(0), None, seconds(30), 0.5), seconds(30));
    }

    /// Any progress, the silliest included: jumps, falls, nothing, beyond the end.
    fn any_progress() -> impl Strategy<Value = Vec<Option<f64>>> {
        prop::collection::vec(prop::option::of(-0.5f64..1.5), 1..40)
    }

    proptest! {
        #[test]
        fn a_wait_never_asks_more_than_its_budget(end in 1.0f64..5_000.0, per_minute in 1u32..60, reported in any_progress()) {
            let budget = Budget { polls: per_minute, per: seconds(60) };
            let number = reported.len() as f64;
            let times = polls(budget, end, |share| reported[((share * number) as usize).min(reported.len() - 1)]);
            // The first, the last, and the average with what it grants in advance.
            let allowed = 2.0 + (end + AHEAD.as_secs_f64()) / 60.0 * f64::from(per_minute);
            prop_assert!(times.len() as f64 <= allowed, "{} > {allowed}", times.len());
        }

        #[test]
        fn the_gap_stays_within_its_limit(end in 1.0f64..20_000.0, reported in any_progress()) {
            let number = reported.len() as f64;
            let times = polls(Budget::default(), end, |share| reported[((share * number) as usize).min(reported.len() - 1)]);
            for pair in times.windows(2) {
                let limit = (pair[0] * GAP_SHARE).max(GAP_LIMIT.as_secs_f64()) * (1.0 + JITTER);
                prop_assert!(pair[1] - pair[0] <= limit, "{pair:?}");
                prop_assert!(pair[1] > pair[0]);
            }
        }
    }
}
