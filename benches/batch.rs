//! A thousand tasks in one process against the sandbox: memory, processor time, calls a second, and the deviation of
//! polls from their schedule: `cargo bench --bench batch`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/mod.rs"]
mod shared;

use codearts_gate::wait::bucket::TokenBucket;
use codearts_gate::wait::schedule::JITTER;
use codearts_gate::wait::{Budget, Pacer, Schedule};
use shared::{Watched, gate, measured, promise, start_sandbox, watch};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;
use tokio::time::Instant;

const TASKS: usize = 1000;
/// How long each runs.
const RUN: Duration = Duration::from_secs(120);
/// The promises.
const MEMORY_LIMIT: u64 = 60_000;
const PROCESSOR_LIMIT: f64 = 0.1;
const DEVIATION_LIMIT: f64 = 1.0;

fn main() {
    let sandbox = start_sandbox(&format!(
        r#"{{"tasks": {{"*": {{"duration": "{}s", "progress": "missing", "pdf": {{"duration": "2s", "bytes": 20000}}}}}}}}"#,
        RUN.as_secs()
    ));
    let ids: Vec<String> = (0..TASKS).map(|number| format!("{number:032x}")).collect();
    let mut command = gate(&sandbox.origin());
    command.env_remove("CODEARTS_MAX_PAUSE").args(["check", "--start"]).args(&ids);
    let Watched { peak, elapsed, processor } = watch(&mut command);
    let recorded = sandbox.recorded();

    let mut polls = BTreeMap::<&str, Vec<Duration>>::new();
    for call in recorded.iter().filter(|call| call.call == "progress") {
        polls.entry(call.task.as_deref().unwrap_or_default()).or_default().push(call.at);
    }
    let mut deviations: Vec<f64> = polls.values().flat_map(|times| off_schedule(times)).collect();
    deviations.sort_by(f64::total_cmp);
    let worst = deviations.last().copied().unwrap_or(f64::INFINITY);
    let counts: Vec<usize> = polls.values().map(Vec::len).collect();
    let (least, most) = (counts.iter().min().expect("tasks"), counts.iter().max().expect("tasks"));
    let mut seconds = BTreeMap::<u64, usize>::new();
    for call in &recorded {
        *seconds.entry(call.at.as_secs()).or_default() += 1;
    }
    let busiest = seconds.values().max().copied().unwrap_or_default();

    println!("{}", measured());
    println!("{TASKS} tasks of {} s, in {:.1} s", RUN.as_secs(), elapsed.as_secs_f64());
    println!("  memory              {peak:>9} KiB   {}", promise(peak < MEMORY_LIMIT, "60 MB"));
    let share = processor.as_secs_f64() / elapsed.as_secs_f64();
    println!(
        "  processor           {:>9.1} %     {}",
        share * 100.0,
        promise(share < PROCESSOR_LIMIT, "10 %")
    );
    println!("  calls               {:>9}       {busiest} in the busiest second", recorded.len());
    println!("  polls of a task     {least:>9} to {most}");
    println!("  off schedule, p99   {:>9.3} s", deviations[deviations.len() * 99 / 100]);
    println!("  off schedule, worst {worst:>9.3} s     {}", promise(worst < DEVIATION_LIMIT, "1 s"));

    println!("what the shared bucket alone delays, simulated");
    for (name, step, spread) in [
        ("no progress, all alike", None, 0.0),
        ("5 % steps, all alike", Some(0.05), 0.0),
        ("5 % steps, sigma 0.5", Some(0.05), 0.5),
        ("1 % steps, all alike", Some(0.01), 0.0),
    ] {
        let worst = simulate(step, spread);
        println!("  {name:<24} {worst:>8.3} s     {}", promise(worst < DEVIATION_LIMIT, "1 s"));
    }
}

/// By how much the gaps between the polls of a task without progress differ from the schedule, in seconds, beyond what is
/// varied on purpose. Before a run is started, the task is looked at once, which is not part of the wait.
fn off_schedule(times: &[Duration]) -> Vec<f64> {
    let times = times.get(1..).unwrap_or_default();
    let mut pacer = Pacer::new(Schedule::Auto(Budget::default()));
    let gaps = times.windows(2).map(|pair| {
        let planned = pacer.next(pair[0] - times[0], None, Duration::ZERO, 0.5).as_secs_f64();
        (planned, (pair[1] - pair[0]).as_secs_f64())
    });
    // The requests that identify the run that ended follow at once.
    gaps.filter(|(planned, gap)| *gap > planned / 3.0)
        .map(|(planned, gap)| ((gap - planned).abs() - JITTER * planned).max(0.0))
        .collect()
}

/// The longest delay of a poll, in seconds, when all tasks begin at once.
fn simulate(step: Option<f64>, spread: f64) -> f64 {
    let mut random = fastrand::Rng::with_seed(7);
    let normal = (0..TASKS).map(|_| {
        let (one, other) = (random.f64().max(1e-12), random.f64());
        (-2.0 * one.ln()).sqrt() * (2.0 * std::f64::consts::PI * other).cos()
    });
    let ends: Vec<f64> =
        normal.collect::<Vec<_>>().into_iter().map(|normal| 300.0 * (spread * normal).exp()).collect();
    let mut pacers = vec![Pacer::new(Schedule::Auto(Budget::default())); TASKS];
    let mut begun = vec![None; TASKS];
    let (bucket, start) = (TokenBucket::default(), Instant::now());
    let mut due: BinaryHeap<Reverse<(Instant, usize)>> =
        (0..TASKS).map(|task| Reverse((start, task))).collect();
    let mut worst = 0.0_f64;
    while let Some(Reverse((wanted, task))) = due.pop() {
        let asked = bucket.take(wanted);
        let first = *begun[task].get_or_insert(asked);
        // The first polls are spread on purpose.
        if first != asked {
            worst = worst.max((asked - wanted).as_secs_f64());
        }
        let elapsed = asked - start;
        let share = elapsed.as_secs_f64() / ends[task];
        if share < 1.0 {
            let progress = step.map(|step| (share / step).floor() * step);
            let gap = pacers[task].next(asked - first, progress, Duration::ZERO, random.f64());
            due.push(Reverse((asked + gap, task)));
        }
    }
    worst
}
