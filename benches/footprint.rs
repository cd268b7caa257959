//! Start-up, memory and download of the built binary, as figures and as ratios against something in the same run:
//! `cargo bench --bench footprint`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/mod.rs"]
mod shared;

use shared::{TASK, Watched, binary, gate, measured, milliseconds, peak_so_far, promise, sandbox, watch};
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts that are timed.
const STARTS: usize = 200;
/// What a pipe of Linux holds.
const PIPE: usize = 64 * 1024;
/// The large and the small PDF.
const SIZES: [usize; 2] = [200_000_000, 20_000];
/// The promise for the large one, in KiB.
const MEMORY_LIMIT: u64 = 40_000;

fn main() {
    let origin = sandbox(r#"{"tasks": {"*": {"before": 2}}}"#);
    let mut nothing = Command::new("/bin/true");
    let mut version = Command::new(binary());
    version.arg("--version");
    // Without this, the loader would search the directories that `cargo` sets.
    nothing.env_clear();
    version.env_clear();
    let mut check = gate(&origin);
    check.args(["check", TASK, "--report", "none", "--json"]);
    println!("{}", measured());
    println!("start to exit, medians          wall   processor      memory     calls of the system");
    let [nothing, version, _] = [
        ("/bin/true", STARTS, &mut nothing),
        ("--version", STARTS, &mut version),
        ("check of a finished task", STARTS / 4, &mut check),
    ]
    .map(|(name, times, command)| start(name, times, command));
    let ratio = version.wall.as_secs_f64() / nothing.wall.as_secs_f64();
    let is_quick = version.wall <= Duration::from_millis(3);
    println!("  --version takes {ratio:.1} x /bin/true; {}", promise(is_quick, "3 ms"));
    println!("  {}", promise(version.memory.is_some_and(|memory| memory < 8_000), "8 MB for --version"));
    let bytes = std::fs::metadata(binary()).expect("the binary").len();
    println!("  {bytes} bytes; {}", promise(bytes < 6_000_000, "6 MB"));

    println!("report: peak memory and time");
    let figures = SIZES.map(|bytes| {
        let origin = sandbox(&format!(
            r#"{{"tasks": {{"*": {{"before": 2, "pdf": {{"duration": "10ms", "bytes": {bytes}}}}}}}}}"#
        ));
        let Watched { peak, elapsed, .. } = watch(gate(&origin).args(["report", TASK]));
        println!("  {bytes:>11} bytes    {peak:>8} KiB  {:>8.0} ms", milliseconds(elapsed));
        peak
    });
    let [large, small] = figures;
    println!("  large / small        {:>8.2} x", large as f64 / small as f64);
    let limit = format!("{MEMORY_LIMIT} KiB for {} bytes", SIZES[0]);
    println!("  {}", promise(large < MEMORY_LIMIT, &limit));
}

/// What one start takes.
struct Start {
    wall: Duration,
    /// Peak resident memory, in KiB.
    memory: Option<u64>,
}

fn start(name: &str, times: usize, command: &mut Command) -> Start {
    let before = processor();
    let mut walls: Vec<Duration> = (0..times).map(|_| run(command)).collect();
    walls.sort();
    let processor = (processor() - before) / f64::from(times as u32);
    let start = Start { wall: walls[times / 2], memory: memory(command) };
    let calls = system_calls(command).map_or_else(|| "no strace".to_owned(), |calls| calls.to_string());
    let memory = start.memory.map_or_else(|| "-".to_owned(), |memory| format!("{memory} KiB"));
    println!(
        "  {name:<26} {:>7.2} ms {processor:>8.2} ms {memory:>11} {calls:>10}",
        milliseconds(start.wall)
    );
    start
}

/// Time of the processor that all children took so far, in milliseconds.
#[cfg(unix)]
fn processor() -> f64 {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike as _;

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1000.0
}

#[cfg(not(unix))]
fn processor() -> f64 {
    f64::NAN
}

/// Peak resident memory, in KiB: the pipe is full, so the program waits while Linux reports it. `None` for a
/// program that prints nothing.
fn memory(command: &mut Command) -> Option<u64> {
    let (mut reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(&[b' '; PIPE]).expect("room in the pipe");
    let mut child = command.stdout(writer).stderr(Stdio::null()).spawn().expect("a program");
    // The command keeps an end of the pipe.
    command.stdout(Stdio::null());
    let mut peak = 0;
    let deadline = Instant::now() + Duration::from_millis(300);
    while Instant::now() < deadline {
        peak = peak.max(peak_so_far(&child));
        std::thread::sleep(Duration::from_millis(2));
    }
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).expect("what was printed");
    assert!(child.wait().expect("a child").success(), "{command:?}");
    (!rest.trim_ascii().is_empty()).then_some(peak)
}

/// How many calls of the system a command makes, where `strace` is there to count them.
fn system_calls(command: &Command) -> Option<u64> {
    let mut traced = Command::new("strace");
    traced.args(["--follow-forks", "--summary-only", "--output", "/dev/stderr"]);
    traced.arg(command.get_program()).args(command.get_args());
    traced.env_clear();
    for (name, value) in command.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        traced.env(name, value);
    }
    let output = traced.stdout(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let total = text.lines().find(|line| line.trim_end().ends_with(" total"))?;
    // Share, seconds, microseconds a call, calls, perhaps errors.
    total.split_whitespace().nth(3)?.parse().ok()
}

fn run(command: &mut Command) -> Duration {
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a program");
    assert!(status.success(), "{command:?}");
    started.elapsed()
}
