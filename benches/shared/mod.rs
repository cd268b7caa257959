//! What the benchmarks share: a sandbox, the binary, and its memory.

use codearts_gate::sandbox::scenario::Scenario;
use codearts_gate::sandbox::{ACCESS_KEY, SECRET_KEY, Sandbox};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const GATE: &str = env!("CARGO_BIN_EXE_codearts-gate");
pub(crate) const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";

/// A sandbox on a thread of its own, to the end of the process.
pub(crate) fn sandbox(scenario: &str) -> String {
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

pub(crate) fn gate(origin: &str) -> Command {
    let mut command = Command::new(GATE);
    let reports = std::env::temp_dir().join("codearts-gate-bench");
    command.env_clear().env("CODEARTS_ENDPOINT", origin).env("CODEARTS_REPORT_DIR", reports);
    command.env("HUAWEICLOUD_SDK_AK", ACCESS_KEY).env("HUAWEICLOUD_SDK_SK", SECRET_KEY);
    command.env("CODEARTS_MAX_PAUSE", "20ms");
    command
}

/// Peak resident memory in KiB, as Linux tells it while the process lives.
pub(crate) fn peak_memory(command: &mut Command) -> (u64, Duration) {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0));
        thread::sleep(Duration::from_millis(2));
    }
    let status = child.wait().expect("a child");
    assert!(status.success(), "{command:?}: {status}");
    (peak, started.elapsed())
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
