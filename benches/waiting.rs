//! Replays made-up durations and compares when polling would have noticed the end: `cargo bench --bench waiting`.
//!
//! Waste is free of scale: mean delay times requests over duration. Any fixed gap has 0.5.

#![allow(missing_docs, clippy::print_stdout, reason = "a benchmark prints")]

use codearts_gate::wait::{Budget, Pacer, Schedule};
use std::time::Duration;

/// Durations a row.
const TRACES: usize = 2000;
/// Earlier runs that are known, where some are.
const HISTORY: usize = 10;

/// How progress is told.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Missing,
    /// In steps of so many percent; real progress is a power of time.
    Steps(u32),
    /// Stands still at so many percent.
    Stuck(u32),
    /// From 30 to 80 at once.
    Jump,
    /// Begins anew after a half.
    Backward,
}

const SHAPES: [Shape; 7] = [
    Shape::Missing,
    Shape::Steps(5),
    Shape::Steps(1),
    Shape::Stuck(50),
    Shape::Stuck(99),
    Shape::Jump,
    Shape::Backward,
];

/// One run.
struct Trace {
    duration: f64,
    exponent: f64,
}

impl Trace {
    fn progress(&self, shape: Shape, at: f64) -> Option<f64> {
        let share = (at / self.duration).powf(self.exponent).min(0.999);
        let in_steps = |share: f64, step: u32| {
            let step = f64::from(step) / 100.0;
            (share / step).floor() * step
        };
        match shape {
            Shape::Missing => None,
            Shape::Steps(step) => Some(in_steps(share, step)),
            Shape::Stuck(percent) => {
                let at_most = f64::from(percent) / 100.0;
                Some(in_steps(share * 1.6, 5).min(at_most))
            }
            Shape::Jump => Some(if share < 0.3 { in_steps(share, 5) } else { 0.8 }),
            Shape::Backward => Some(in_steps(if share < 0.5 { share * 1.8 } else { share - 0.4 }, 5)),
        }
    }
}

/// Delay and number of polls.
fn ours(trace: &Trace, shape: Shape, history: &[Duration], random: &mut fastrand::Rng) -> (f64, u32) {
    let mut pacer = Pacer::new(Schedule::Auto(Budget::default()));
    pacer.learn_history(history);
    let (mut now, mut polls) = (0.0, 0);
    loop {
        polls += 1;
        if now >= trace.duration {
            return (now - trace.duration, polls);
        }
        let gap = pacer.next(
            Duration::from_secs_f64(now),
            trace.progress(shape, now),
            Duration::ZERO,
            random.f64(),
        );
        now += gap.as_secs_f64();
    }
}

fn by_gaps(duration: f64, mut gap: impl FnMut(u32) -> f64) -> (f64, u32) {
    let (mut now, mut polls) = (0.0, 0);
    loop {
        polls += 1;
        if now >= duration {
            return (now - duration, polls);
        }
        now += gap(polls);
    }
}

struct Row {
    lag: f64,
    p95: f64,
    requests: f64,
    waste: f64,
    overall: f64,
    /// Share of delays beyond what the limit of the gap allows.
    beyond: f64,
}

fn row(traces: &[Trace], mut policy: impl FnMut(&Trace) -> (f64, u32)) -> Row {
    let ends: Vec<(f64, u32)> = traces.iter().map(&mut policy).collect();
    let number = traces.len() as f64;
    let mut lags: Vec<f64> = ends.iter().map(|(lag, _)| *lag).collect();
    let beyond =
        ends.iter().zip(traces).filter(|((lag, _), trace)| *lag > (0.05 * trace.duration).max(15.0) * 1.06);
    let beyond = beyond.count() as f64 / number;
    lags.sort_by(f64::total_cmp);
    let wasted =
        ends.iter().zip(traces).map(|((lag, polls), trace)| lag * f64::from(*polls) / trace.duration);
    Row {
        lag: lags.iter().sum::<f64>() / number,
        p95: lags[lags.len() * 95 / 100],
        requests: ends.iter().map(|(_, polls)| f64::from(*polls)).sum::<f64>() / number,
        waste: wasted.sum::<f64>() / number,
        overall: lags.iter().sum::<f64>() / number
            * ends.iter().map(|(_, polls)| f64::from(*polls)).sum::<f64>()
            / traces.iter().map(|t| t.duration).sum::<f64>(),
        beyond,
    }
}

fn normal(random: &mut fastrand::Rng) -> f64 {
    (-2.0 * random.f64().max(1e-12).ln()).sqrt() * (2.0 * std::f64::consts::PI * random.f64()).cos()
}

fn main() {
    println!(
        "{:<34} {:>8} {:>8} {:>9} {:>7} {:>7}",
        "policy", "lag s", "p95 s", "requests", "waste", "beyond"
    );
    for (median, sigma) in [(60.0, 0.5), (300.0, 0.25), (300.0, 0.5), (300.0, 1.0), (1200.0, 0.5)] {
        let mut random = fastrand::Rng::with_seed(7);
        let draw = |random: &mut fastrand::Rng| median * (sigma * normal(random)).exp();
        let traces: Vec<Trace> = (0..TRACES)
            .map(|_| {
                let duration = draw(&mut random);
                Trace { duration, exponent: (0.1 * normal(&mut random)).exp() }
            })
            .collect();
        let history: Vec<Duration> =
            (0..HISTORY).map(|_| Duration::from_secs_f64(draw(&mut random))).collect();
        println!("median {median} s, sigma {sigma}");
        let show = |name: &str, row: &Row| {
            println!(
                "  {name:<32} {:>8.2} {:>8.2} {:>9.1} {:>7.3} {:>7.3} {:>7.4}",
                row.lag, row.p95, row.requests, row.waste, row.overall, row.beyond
            );
        };
        for gap in [5.0, 10.0, 30.0] {
            // The end falls anywhere within a gap.
            show(&format!("fixed {gap} s"), &row(&traces, |trace| by_gaps(trace.duration, |_| gap)));
        }
        show(
            "doubling to 60 s",
            &row(&traces, |trace| by_gaps(trace.duration, |poll| 2f64.powi(poll.min(6) as i32).min(60.0))),
        );
        let fibonacci = |poll: u32| {
            let (mut one, mut two) = (1.0, 1.0);
            for _ in 0..poll.min(12) {
                (one, two) = (two, one + two);
            }
            f64::min(one, 60.0)
        };
        show("Fibonacci to 60 s", &row(&traces, |trace| by_gaps(trace.duration, fibonacci)));
        show("growing by 5 s", &row(&traces, |trace| by_gaps(trace.duration, |poll| 5.0 * f64::from(poll))));
        for shape in SHAPES {
            let mut random = fastrand::Rng::with_seed(11);
            let name = format!("ours, {shape:?}");
            show(&name, &row(&traces, |trace| ours(trace, shape, &[], &mut random)));
        }
        for shape in [Shape::Missing, Shape::Steps(5)] {
            let mut random = fastrand::Rng::with_seed(11);
            let name = format!("ours, {shape:?}, history");
            show(&name, &row(&traces, |trace| ours(trace, shape, &history, &mut random)));
        }
    }
}
