//! How much time an early start saves, against the sandbox: `start`, other work, `check --run`, compared with the same work
//! followed by `check --start`: `cargo bench --bench early_start`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/mod.rs"]
mod shared;

use shared::{TASK, gate, measured, promise, sandbox, watch};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// The other work: builds, tests.
const WORK: Duration = Duration::from_secs(20);
/// How long the checks take: less than the work, and more.
const CHECKS: [Duration; 2] = [Duration::from_secs(15), Duration::from_secs(25)];
/// The promise: as long as the longer of the two, and this.
const LIMIT: Duration = Duration::from_secs(1);

fn main() {
    println!("{}", measured());
    let times: Vec<_> = CHECKS
        .map(|check| (check, thread::spawn(move || after_work(check)), thread::spawn(move || early(check))))
        .into_iter()
        .map(|(check, after, early)| (check, after.join().expect("times"), early.join().expect("times")))
        .collect();
    println!("other work: {} s", WORK.as_secs());
    println!("{:>8} {:>18} {:>14} {:>9}", "check", "start afterwards", "start early", "saved");
    for (check, after, early) in times {
        let limit = check.max(WORK) + LIMIT;
        println!(
            "{:>6} s {:>16.1} s {:>12.1} s {:>7.1} s   {}",
            check.as_secs(),
            after.as_secs_f64(),
            early.as_secs_f64(),
            after.as_secs_f64() - early.as_secs_f64(),
            promise(early <= limit, &format!("{} s", limit.as_secs()))
        );
    }
}

/// A service with a check that takes so long.
fn service(check: Duration) -> String {
    sandbox(&format!(r#"{{"tasks": {{"*": {{"duration": "{}s"}}}}}}"#, check.as_secs()))
}

fn run(origin: &str, reports: &Path, arguments: &[&str]) {
    let mut command = gate(origin);
    command.env_remove("CODEARTS_MAX_PAUSE").env("CODEARTS_REPORT_DIR", reports);
    watch(command.args(arguments));
}

fn after_work(check: Duration) -> Duration {
    let (origin, reports) = (service(check), tempfile::tempdir().expect("a directory"));
    let begun = Instant::now();
    thread::sleep(WORK);
    run(&origin, &reports.path().join("reports"), &["check", TASK, "--start", "--report", "none"]);
    begun.elapsed()
}

fn early(check: Duration) -> Duration {
    let (origin, directory) = (service(check), tempfile::tempdir().expect("a directory"));
    let (reports, started) = (directory.path().join("reports"), directory.path().join("started"));
    let begun = Instant::now();
    run(&origin, &started, &["start", TASK]);
    thread::sleep(WORK);
    let file = started.join("run.json");
    run(&origin, &reports, &["check", "--run", file.to_str().expect("UTF-8"), "--report", "none"]);
    begun.elapsed()
}
