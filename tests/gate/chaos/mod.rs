//! Chaos: whole jobs of the real binary, with random faults on random calls, signals, and `kill -9` at random moments; each is
//! held against the promises. A seed gives the same plan at any time.
//!
//! `CHAOS_RUNS=2000 CHAOS_FIRST=1 cargo test --test gate chaos -- --nocapture` plays 2,000 seeds, four at a time; `CHAOS_SEED=7` plays
//! one and prints all of it. Without these variables a few fixed seeds are played. `GATE` names another binary.
#![cfg(unix)]

mod draw;
mod elsewhere;
mod faults;
mod judge;
mod passed;
mod phase;
mod plan;
mod play;
mod tally;
mod view;
mod whole;

use elsewhere::Elsewhere;
use judge::Wrong;
use plan::Plan;
use play::{Played, play};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tally::Tally;

/// Seeds that are played without `CHAOS_RUNS`.
const FIXED: u64 = 40;
/// Jobs at a time.
const AT_ONCE: usize = 4;
/// Times a seed is played alone that was late beside others.
const AGAIN: usize = 5;
/// Failures that are printed; the others have the same reasons, as a rule.
const SHOWN: usize = 10;

#[test]
fn no_promise_is_broken() {
    match number("CHAOS_SEED") {
        Some(seed) => replay(seed),
        None => play_all(number("CHAOS_FIRST").unwrap_or(1), number("CHAOS_RUNS").unwrap_or(FIXED)),
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is not a number")))
}

/// One seed, with everything that is said and sent.
#[expect(clippy::print_stdout, reason = "whoever replays a seed wants to see it")]
fn replay(seed: u64) {
    let elsewhere = Elsewhere::new();
    let plan = Plan::new(seed, &elsewhere.address(seed));
    println!("{plan:#?}");
    let played = play(&plan, &elsewhere);
    println!("{}\nfaults that were met: {:?}", played.story.join("\n"), played.faults);
    assert!(played.wrong.is_none(), "broken promises: {:#?}", played.wrong);
}

/// One seed; a panic of the kit is a failure.
fn played(seed: u64, elsewhere: &Elsewhere) -> (Plan, Played) {
    let plan = Plan::new(seed, &elsewhere.address(seed));
    let played = catch_unwind(AssertUnwindSafe(|| play(&plan, elsewhere)));
    let played = played.unwrap_or_else(|why| noticed(&*why));
    (plan, played)
}

/// Many seeds; prints one line of JSON with what was really hit.
#[expect(clippy::print_stdout, reason = "the figures are read by ring 3")]
fn play_all(first: u64, runs: u64) {
    let begun = Instant::now();
    let elsewhere = Elsewhere::new();
    let next = AtomicU64::new(first);
    let done = Mutex::new((Tally::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + runs {
                        break;
                    }
                    let (plan, played) = played(seed, &elsewhere);
                    let mut done = done.lock().expect("no panic");
                    done.0.add(&plan, &played);
                    if !played.wrong.is_none() {
                        done.1.push((seed, played.wrong));
                    }
                }
            });
        }
    });
    let (tally, mut broken): (Tally, Vec<(u64, Wrong)>) = done.into_inner().expect("no panic");
    broken.sort_by_key(|(seed, _)| *seed);
    let failures = failures(broken, &elsewhere);
    println!("chaos: {}", tally.to_json(failures.len(), begun.elapsed()));
    let shown = failures.iter().take(SHOWN).map(|(seed, wrong)| {
        let replay = format!("CHAOS_SEED={seed} cargo test --test gate chaos -- --nocapture");
        format!("{}\n    replay: {replay}", wrong.join("\n"))
    });
    assert!(
        failures.is_empty(),
        "{} of {runs} seeds:\n{}",
        failures.len(),
        shown.collect::<Vec<_>>().join("\n")
    );
}

/// The seeds that count, with what they broke. What was only late beside others is played again alone, and where it then holds, it is
/// printed but does not count.
#[expect(clippy::print_stdout, reason = "ring 3 shows what was late")]
fn failures(broken: Vec<(u64, Wrong)>, elsewhere: &Elsewhere) -> Vec<(u64, Vec<String>)> {
    let mut failures = Vec::new();
    for (seed, Wrong { mut always, in_time }) in broken {
        if !in_time.is_empty() {
            let again: Vec<Wrong> = (0..AGAIN).map(|_| played(seed, elsewhere).1.wrong).collect();
            let again: Vec<String> =
                again.into_iter().flat_map(|wrong| [wrong.always, wrong.in_time].concat()).collect();
            if again.is_empty() {
                println!("chaos, seed {seed}, not seen again: {}", in_time.join("; "));
            } else {
                always.extend(in_time.into_iter().chain(again));
            }
        }
        if !always.is_empty() {
            failures.push((seed, always));
        }
    }
    failures
}

/// What the kit has noticed itself.
fn noticed(why: &(dyn std::any::Any + Send)) -> Played {
    let text = why.downcast_ref::<String>().cloned();
    let text = text.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    let always = vec![text.unwrap_or_else(|| "a panic".to_owned())];
    Played { wrong: Wrong { always, ..Wrong::default() }, ..Played::default() }
}
