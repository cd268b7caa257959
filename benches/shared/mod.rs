//! What the benchmarks share: a sandbox, the binary, and its use of memory and processor. `GATE=path` measures another binary
//! than the one that was built for the benchmark, such as the one that `scripts/build-static` makes and that is shipped.

#![allow(dead_code, reason = "each benchmark uses a part")]

use codearts_gate::sandbox::scenario::Scenario;
use codearts_gate::sandbox::{ACCESS_KEY, SECRET_KEY, Sandbox};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The binary that was built for the benchmark, or the one that `GATE` names.
pub(crate) fn binary() -> String {
    std::env::var("GATE").unwrap_or_else(|_| env!("CARGO_BIN_EXE_codearts-gate").to_owned())
}

/// The unit in which Linux counts processor time.
const TICKS_A_SECOND: u64 = 100;
pub(crate) const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";

/// A sandbox on its own thread, until the process ends.
pub(crate) fn start_sandbox(scenario: &str) -> Sandbox {
    let scenario: Scenario = serde_json::from_str(scenario).expect("a scenario");
    let (sender, started) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            sender.send(Sandbox::start(scenario, 0).await.expect("a sandbox")).expect("a listener");
            std::future::pending::<()>().await;
        });
    });
    started.recv().expect("a sandbox")
}

/// The address of one.
pub(crate) fn sandbox(scenario: &str) -> String {
    start_sandbox(scenario).origin()
}

/// Where reports go; another benchmark has another directory, because it may run at the same time.
pub(crate) fn reports() -> PathBuf {
    std::env::temp_dir().join(concat!("codearts-gate-bench-", env!("CARGO_CRATE_NAME")))
}

pub(crate) fn gate(origin: &str) -> Command {
    let mut command = Command::new(binary());
    command.env_clear().env("CODEARTS_ENDPOINT", origin).env("CODEARTS_REPORT_DIR", reports());
    command.env("HUAWEICLOUD_SDK_AK", ACCESS_KEY).env("HUAWEICLOUD_SDK_SK", SECRET_KEY);
    command.env("CODEARTS_MAX_PAUSE", "20ms");
    command
}

/// What one run of a program took.
pub(crate) struct Watched {
    /// Peak resident memory, in KiB.
    pub(crate) peak: u64,
    pub(crate) elapsed: Duration,
    /// Processor time.
    pub(crate) processor: Duration,
}

/// Runs a program to a successful end; Linux reports its figures while it runs.
pub(crate) fn watch(command: &mut Command) -> Watched {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a program");
    let (mut peak, mut ticks) = (0, 0);
    loop {
        let stat = about(&child, "stat");
        peak = peak.max(peak_so_far(&child));
        // After the name in parentheses; user and system time are fields 14 and 15.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        ticks = ticks.max(fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum());
        if stat.contains(") Z ") || stat.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let status = child.wait().expect("a child");
    assert!(status.success(), "{command:?}: {status}");
    Watched {
        peak,
        elapsed: started.elapsed(),
        processor: Duration::from_millis(1000 / TICKS_A_SECOND * ticks),
    }
}

fn about(child: &Child, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap_or_default()
}

/// Peak resident memory of a process, in KiB, which Linux reports while it runs.
pub(crate) fn peak_so_far(child: &Child) -> u64 {
    let status = about(child, "status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

/// Whether a promise about the binary is kept, to be printed. It is given for the binary that is shipped: that another one is
/// slower or larger breaks nothing.
pub(crate) fn promise(is_kept: bool, limit: &str) -> String {
    let verdict = match (is_kept, is_shipped()) {
        (true, _) => "kept",
        (false, true) => "BROKEN",
        (false, false) => "not by this binary, which is not the shipped one",
    };
    format!("promise: at most {limit}: {verdict}")
}

/// Which binary the figures are about, to be printed.
pub(crate) fn measured() -> String {
    let bytes = std::fs::metadata(binary()).expect("the binary").len();
    let kind = if is_shipped() {
        "static and stripped, as it is shipped"
    } else {
        "not as it is shipped: GATE=$(scripts/build-static) measures that"
    };
    format!("{} ({bytes} bytes, {kind})", binary())
}

/// Whether the binary is like the one that is shipped: an ELF file that needs no loader and has no table of symbols, so neither
/// a development build nor one for glibc.
pub(crate) fn is_shipped() -> bool {
    /// Types of a segment and of a section.
    const LOADER: usize = 3;
    const SYMBOLS: usize = 2;
    let file = std::fs::read(binary()).expect("the binary");
    let number = |at: usize, length: usize| {
        let bytes = file.get(at..at + length).unwrap_or_default();
        bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    // The first byte of each entry of a table; where a file header has the place, the size of an entry and their number.
    let entries = |place: usize, size: usize| {
        (0..number(size + 2, 2)).map(move |entry| number(place, 8) + entry * number(size, 2))
    };
    file.starts_with(b"\x7fELF\x02\x01")
        && !entries(0x20, 0x36).any(|segment| number(segment, 4) == LOADER)
        && !entries(0x28, 0x3a).any(|section| number(section + 4, 4) == SYMBOLS)
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
