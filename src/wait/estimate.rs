//! When will it end? Pure: what was seen goes in, a distribution of the whole duration comes out.
//!
//! Durations are taken to be log-normal. Reported progress is taken to be `(elapsed / whole)^g` with a `g` near 1, seen in
//! steps: then the logarithm of the time at which a step is reached is a line over the logarithm of the progress, whose
//! intercept is the logarithm of the whole duration. The line is fitted from step to step; each step also loosens it a
//! little, because real progress is not a power of time.

use std::time::Duration;

/// Spread of the logarithm where nothing is known of earlier runs.
const UNKNOWN_SPREAD: f64 = 1.0;
/// Whole duration where nothing is known of earlier runs, in seconds.
const UNKNOWN_DURATION: f64 = 180.0;
/// Earlier runs are weighed against so many made-up ones of [`PSEUDO_SPREAD`].
const PSEUDO_RUNS: f64 = 3.0;
const PSEUDO_SPREAD: f64 = 0.5;
/// How far the exponent of the progress may be from 1.
const EXPONENT_SPREAD: f64 = 0.25;
/// By how much each step loosens the fit.
const DRIFT: f64 = 0.006;
/// A step further off than so many spreads means that the progress is not such a line: the fit begins anew, wider.
const SURPRISE: f64 = 4.0;
/// The least spread of the result.
const LEAST_SPREAD: f64 = 0.004;
/// Steps that are usual until a smaller one is seen.
const USUAL_STEP: f64 = 0.05;
/// Progress beyond which a service that is not done is not believed any more, once it stands still.
const NEARLY_DONE: f64 = 0.99;
/// Whoever shows progress sooner than this, in seconds, began before we looked.
const STARTED_BEFORE: f64 = 10.0;
/// Progress stands still when it takes so many times longer than expected for a step.
const STANDSTILL: f64 = 1.25;

/// A log-normal distribution of a duration in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal {
    /// Mean of the logarithm.
    pub mean: f64,
    /// Standard deviation of the logarithm.
    pub spread: f64,
}

impl LogNormal {
    fn z(self, seconds: f64) -> f64 {
        (seconds.ln() - self.mean) / self.spread
    }

    /// Probability that it lasts longer.
    pub fn survival(self, seconds: f64) -> f64 {
        0.5 * libm::erfc(self.z(seconds) * std::f64::consts::FRAC_1_SQRT_2)
    }

    /// Chance a second that it ends now, given that it has not ended before.
    pub fn hazard(self, seconds: f64) -> f64 {
        inverse_mills(self.z(seconds)) / (seconds * self.spread)
    }
}

/// Density over upper tail of the normal distribution.
fn inverse_mills(z: f64) -> f64 {
    // Beyond that the tail is too small to divide by.
    if z > 25.0 {
        return z + 1.0 / z;
    }
    let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    density / (0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2))
}

/// What is known about the end.
#[derive(Clone, Debug)]
pub struct Estimate {
    prior: LogNormal,
    /// Logarithm of the whole duration, and inverse of the exponent.
    fit: [f64; 2],
    /// Their covariance: of the first, of both, of the second.
    covariance: [f64; 3],
    progress: Option<Seen>,
    /// Whether reported progress is believed.
    trusts: bool,
    /// Whether it stands still.
    stands_still: bool,
    knows_history: bool,
    /// Whether it is certain when the thing began, so that the first look says something about its speed.
    knows_start: bool,
}

/// The last progress that was new.
#[derive(Clone, Copy, Debug)]
struct Seen {
    share: f64,
    /// When it was first seen, in seconds.
    at: f64,
    /// The usual step.
    step: f64,
    /// The last look, in seconds.
    looked_at: f64,
}

impl Default for Estimate {
    fn default() -> Self {
        let prior = LogNormal { mean: UNKNOWN_DURATION.ln(), spread: UNKNOWN_SPREAD };
        Self {
            prior,
            fit: [prior.mean, 1.0],
            covariance: [prior.spread.powi(2), 0.0, EXPONENT_SPREAD.powi(2)],
            progress: None,
            trusts: true,
            stands_still: false,
            knows_history: false,
            knows_start: false,
        }
    }
}

impl Estimate {
    /// Takes in the durations of earlier runs, at best before progress is seen: what that has shown already is forgotten.
    pub fn learn_history(&mut self, durations: &[Duration]) {
        let Some(prior) = prior(durations) else { return };
        self.prior = prior;
        self.fit = [prior.mean, 1.0];
        self.covariance = [prior.spread.powi(2), 0.0, EXPONENT_SPREAD.powi(2)];
        self.knows_history = true;
    }

    /// Takes in that the times of looks are counted from the beginning of the thing, although it had been going on before the
    /// first.
    pub const fn learn_start(&mut self) {
        self.knows_start = true;
    }

    /// Whether anything is known about the end but how long it has taken so far.
    pub const fn is_informed(&self) -> bool {
        self.knows_history || self.follows_progress()
    }

    /// Whether reported progress can be relied on.
    pub const fn follows_progress(&self) -> bool {
        self.progress.is_some() && self.trusts && !self.stands_still
    }

    /// Takes in what a look has shown: progress from 0 to 1, if it was reported.
    pub fn observe(&mut self, elapsed: Duration, progress: Option<f64>) {
        let now = elapsed.as_secs_f64();
        let Some(share) = progress.filter(|share| (0.0..=1.0).contains(share) && self.trusts) else { return };
        let Some(seen) = self.progress else {
            let seen = Seen { share, at: now, step: USUAL_STEP, looked_at: now };
            self.progress = Some(seen);
            // Much is done already: a run that others have started, who knows when.
            self.trusts = self.knows_start || share <= 2.0 * USUAL_STEP || now > STARTED_BEFORE;
            if self.knows_start && share > 0.0 && share < 1.0 {
                self.fit_within(share, USUAL_STEP, now);
            }
            return;
        };
        if share < seen.share {
            self.trusts = false;
            return;
        }
        if share == seen.share {
            // What is left after the last step takes as long as that one.
            let next = (share + seen.step).min(1.0);
            let expected = self.time_of(next) - self.time_of(next - seen.step);
            let stands_still = now - seen.at > STANDSTILL * expected;
            if stands_still && share >= NEARLY_DONE {
                self.trusts = false;
                return;
            }
            self.stands_still = stands_still;
            self.progress = Some(Seen { looked_at: now, ..seen });
            return;
        }
        self.stands_still = false;
        let step = finest_step(seen.step, share);
        self.progress = Some(Seen { share, at: now, step, looked_at: now });
        if share >= 1.0 {
            return;
        }
        // Two ways to read the same look, of which the sharper one counts: the step was reached between the two looks, or
        // the progress now is somewhere within the step.
        let reached = f64::midpoint(seen.looked_at, now);
        let of_look = (now - seen.looked_at) / 12f64.sqrt() / reached.max(0.001);
        if of_look < self.noise_within(share, step) {
            self.fit_step(share, reached, of_look.max(0.001));
        } else {
            self.fit_within(share, step, now);
        }
    }

    /// Takes in that the progress is somewhere within a step at this time.
    fn fit_within(&mut self, share: f64, step: f64, now: f64) {
        self.fit_step(step.mul_add(0.5, share), now, self.noise_within(share, step).max(0.001));
    }

    /// How uncertain the time is at which a progress within this step is reached.
    fn noise_within(&self, share: f64, step: f64) -> f64 {
        self.fit[1] * step / 12f64.sqrt() / step.mul_add(0.5, share)
    }

    /// The whole duration, given that it has not ended by now.
    pub fn whole(&self, elapsed: Duration) -> LogNormal {
        let LogNormal { mean, spread } = if self.follows_progress() {
            LogNormal { mean: self.fit[0], spread: self.covariance[0].max(0.0).sqrt() }
        } else {
            self.prior
        };
        let spread = spread.max(LEAST_SPREAD);
        // Longer than expected: the end is always near, and the hazard never zero.
        let now = elapsed.as_secs_f64().max(0.001).ln();
        LogNormal { mean: mean.max(now - spread), spread }
    }

    /// When this much is reached, in seconds, by the fit.
    fn time_of(&self, share: f64) -> f64 {
        (self.fit[0] + self.fit[1] * share.max(0.001).ln()).exp()
    }

    /// Takes in that `share` was reached at `seconds`; `noise`: how uncertain the logarithm of that time is.
    fn fit_step(&mut self, share: f64, seconds: f64, noise: f64) {
        let x = share.ln();
        let [level, both, slope] = self.covariance;
        let (level, slope) = (level + DRIFT.powi(2), slope + DRIFT.powi(2));
        let residual = seconds.ln() - (self.fit[0] + self.fit[1] * x);
        let mut variance = level + 2.0 * both * x + slope * x * x + noise * noise;
        let (mut level, mut both, mut slope) = (level, both, slope);
        if residual * residual > SURPRISE.powi(2) * variance {
            let wider = residual * residual / (SURPRISE.powi(2) * variance);
            (level, both, slope) = (level * wider, both * wider, slope * wider);
            variance = level + 2.0 * both * x + slope * x * x + noise * noise;
        }
        let gain = [(level + both * x) / variance, (both + slope * x) / variance];
        self.fit[0] += gain[0] * residual;
        self.fit[1] = (self.fit[1] + gain[1] * residual).clamp(0.2, 5.0);
        self.covariance = [
            level - gain[0] * (level + both * x),
            both - gain[0] * (both + slope * x),
            slope - gain[1] * (both + slope * x),
        ];
    }
}

/// The step between values of the progress: whole percent divide it.
fn finest_step(step: f64, share: f64) -> f64 {
    let (mut one, mut other) = ((100.0 * step).round() as u32, (100.0 * share).round() as u32);
    while other > 0 {
        (one, other) = (other, one % other);
    }
    f64::from(one) / 100.0
}

/// What earlier runs show; `None` without any.
fn prior(history: &[Duration]) -> Option<LogNormal> {
    let logs: Vec<f64> =
        history.iter().map(Duration::as_secs_f64).filter(|seconds| *seconds > 0.0).map(f64::ln).collect();
    if logs.is_empty() {
        return None;
    }
    let number = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / number;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    let variance = (squares + PSEUDO_RUNS * PSEUDO_SPREAD.powi(2)) / (number + PSEUDO_RUNS);
    Some(LogNormal { mean, spread: (variance * (1.0 + 1.0 / number)).sqrt() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// An estimate that has looked every `gap` seconds at progress `(elapsed / whole)^exponent` in steps, until `until`.
    fn watched(whole: f64, exponent: f64, step: f64, gap: f64, until: f64) -> Estimate {
        let mut estimate = Estimate::default();
        let mut now = 0.0;
        while now <= until {
            let share = (now / whole).powf(exponent);
            estimate.observe(seconds(now), Some((share / step).floor() * step));
            now += gap;
        }
        estimate
    }

    #[test]
    fn the_hazard_is_density_over_survival() {
        let distribution = LogNormal { mean: 300f64.ln(), spread: 0.5 };
        assert!((distribution.survival(300.0) - 0.5).abs() < 1e-12);
        for at in [50.0, 300.0, 1200.0, 20_000.0] {
            let step = at * 1e-5;
            let survival = |at: f64| distribution.survival(at);
            let numeric = (survival(at) - survival(at + step)) / survival(at) / step;
            let hazard = distribution.hazard(at);
            assert!((numeric / hazard - 1.0).abs() < 1e-3, "{at}: {numeric} {hazard}");
        }
        // Where the tail cannot be divided by any more.
        let far = LogNormal { mean: 0.0, spread: 0.01 }.hazard(2.0);
        assert!(far.is_finite() && far > 0.0, "{far}");
    }

    #[test]
    fn the_end_and_its_shape_follow_from_progress() {
        for exponent in [0.8, 1.0, 1.2] {
            for step in [0.01, 0.05] {
                let estimate = watched(300.0, exponent, step, 10.0, 240.0);
                let whole = estimate.whole(seconds(240.0));
                let error = (whole.mean - 300f64.ln()).abs();
                assert!(error < 0.03 && error < 4.0 * whole.spread, "{exponent} {step}: {whole:?}");
                assert!(whole.spread < 0.03, "{exponent} {step}: {whole:?}");
            }
        }
    }

    #[test]
    fn what_can_not_be_believed_is_not() {
        // Falls back.
        let mut estimate = watched(300.0, 1.0, 0.05, 10.0, 150.0);
        assert!(estimate.is_informed());
        estimate.observe(seconds(160.0), Some(0.1));
        assert!(!estimate.is_informed());
        estimate.observe(seconds(200.0), Some(0.5));
        assert!(!estimate.is_informed(), "trust does not come back");
        // Stands still, and goes on.
        let mut estimate = watched(300.0, 1.0, 0.05, 10.0, 150.0);
        estimate.observe(seconds(260.0), Some(0.5));
        assert!(!estimate.is_informed());
        estimate.observe(seconds(270.0), Some(0.55));
        assert!(estimate.is_informed());
        // A step takes 15 s.
        for (until, is_informed) in [(168.0, true), (170.0, false)] {
            let mut estimate = watched(300.0, 1.0, 0.05, 5.0, 150.0);
            estimate.observe(seconds(until), Some(0.5));
            assert_eq!(estimate.is_informed(), is_informed, "{until}");
        }
        // All is done but the last word, which may take as long as a step.
        let mut estimate = watched(300.0, 1.0, 0.05, 5.0, 300.0);
        estimate.observe(seconds(315.0), Some(1.0));
        assert!(estimate.is_informed());
        estimate.observe(seconds(325.0), Some(1.0));
        assert!(!estimate.is_informed());
        // Begun by others, who knows when.
        let mut estimate = Estimate::default();
        estimate.observe(seconds(0.0), Some(0.5));
        assert!(!estimate.is_informed());
        // Nonsense.
        for odd in [f64::NAN, -1.0, 2.0, f64::INFINITY] {
            let mut estimate = Estimate::default();
            estimate.observe(seconds(5.0), Some(odd));
            assert!(!estimate.is_informed());
        }
    }

    #[test]
    fn earlier_runs_are_weighed() {
        let knowing = |durations: &[Duration]| {
            let mut estimate = Estimate::default();
            estimate.learn_history(durations);
            estimate
        };
        let one = knowing(&[seconds(100.0)]).whole(Duration::ZERO);
        let many = knowing(&[seconds(100.0); 30]).whole(Duration::ZERO);
        assert!((one.mean - 100f64.ln()).abs() < 1e-9 && (many.mean - one.mean).abs() < 1e-9);
        assert!(one.spread > 0.5 && many.spread < 0.2, "{one:?} {many:?}");
        assert!(!knowing(&[]).is_informed() && !knowing(&[Duration::ZERO]).is_informed());
        assert_eq!(knowing(&[]).whole(Duration::ZERO).spread, UNKNOWN_SPREAD);
        // Longer than all of them: the end is still near.
        let late = knowing(&[seconds(100.0); 30]).whole(seconds(1000.0));
        assert!(late.hazard(1000.0) > 1e-3);
    }
}
