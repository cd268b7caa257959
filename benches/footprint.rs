//! Start-up, memory and download of the built binary, as figures and as ratios against something in the same run:
//! `cargo bench`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

use codearts_gate::sandbox::scenario::Scenario;
use codearts_gate::sandbox::{ACCESS_KEY, SECRET_KEY, Sandbox};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const GATE: &str = env!("CARGO_BIN_EXE_codearts-gate");
const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";
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

/// A sandbox on a thread of its own, to the end of the process.
fn sandbox(scenario: &str) -> String {
    let scenario: Scenario = serde_json::from_str(scenario).expect("a scenario");
    let (sender, origin) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let sandbox = Sandbox::start(scenario, 0).await.expect("a sandbox");
            sender.send(sandbox.origin()).expect("a listener");
            std::future::pending::<()>().await;
        });
    });
    origin.recv().expect("an address")
}

fn gate(origin: &str) -> Command {
    let mut command = Command::new(GATE);
    let reports = std::env::temp_dir().join("codearts-gate-bench");
    command.env_clear().env("CODEARTS_ENDPOINT", origin).env("CODEARTS_REPORT_DIR", reports);
    command.env("HUAWEICLOUD_SDK_AK", ACCESS_KEY).env("HUAWEICLOUD_SDK_SK", SECRET_KEY);
    command.env("CODEARTS_MAX_PAUSE", "20ms");
    command
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

/// Peak resident memory in KiB, as Linux tells it while the process lives.
fn peak_memory(command: &mut Command) -> (u64, Duration) {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0));
        thread::sleep(Duration::from_millis(1));
    }
    (peak, started.elapsed())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
