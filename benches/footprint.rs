//! Start-up, memory and download of the built binary, as figures and as ratios against something in the same run:
//! `cargo bench`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/mod.rs"]
mod shared;

use shared::{GATE, TASK, gate, milliseconds, peak_memory, sandbox};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts that are timed.
const STARTS: usize = 200;
/// The large and the small PDF.
const SIZES: [usize; 2] = [200_000_000, 20_000];
/// The promise for the large one, in KiB.
const MEMORY_LIMIT: u64 = 40_000;

fn main() {
    let nothing = median(STARTS, || run(&mut Command::new("/bin/true")));
    let version = median(STARTS, || run(Command::new(GATE).arg("--version")));
    println!("start to exit, median of {STARTS}");
    println!("  /bin/true            {:>8.2} ms", milliseconds(nothing));
    println!(
        "  --version            {:>8.2} ms   {:.1} x /bin/true",
        milliseconds(version),
        version.as_secs_f64() / nothing.as_secs_f64()
    );

    let origin = sandbox(r#"{"tasks": {"*": {"before": 2}}}"#);
    let check = median(50, || run(gate(&origin).args(["check", TASK, "--report", "none"])));
    println!(
        "  check, finished task {:>8.2} ms   {:.1} x /bin/true",
        milliseconds(check),
        check.as_secs_f64() / nothing.as_secs_f64()
    );

    println!("report: peak memory and time");
    let figures = SIZES.map(|bytes| {
        let origin = sandbox(&format!(
            r#"{{"tasks": {{"*": {{"before": 2, "pdf": {{"duration": "10ms", "bytes": {bytes}}}}}}}}}"#
        ));
        let (peak, elapsed) = peak_memory(gate(&origin).args(["report", TASK]));
        println!("  {bytes:>11} bytes    {peak:>8} KiB  {:>8.0} ms", milliseconds(elapsed));
        peak
    });
    let [large, small] = figures;
    println!("  large / small        {:>8.2} x", large as f64 / small as f64);
    let is_kept = if large < MEMORY_LIMIT { "kept" } else { "BROKEN" };
    println!("  promise: below {MEMORY_LIMIT} KiB for {} bytes: {is_kept}", SIZES[0]);
}

fn run(command: &mut Command) -> Duration {
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a program");
    assert!(status.success(), "{command:?}");
    started.elapsed()
}

fn median(times: usize, mut measure: impl FnMut() -> Duration) -> Duration {
    let mut measured: Vec<Duration> = (0..times).map(|_| measure()).collect();
    measured.sort();
    measured[times / 2]
}
