//! Fetching and writing as many findings as the service stores for a task: time against what the pages alone cost, and against
//! fetching them one after the other; peak memory. `cargo bench --bench paging`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/mod.rs"]
mod shared;

use codearts_gate::codearts::findings::{PAGE_SIZE, PAGES_AT_ONCE};
use shared::{TASK, Watched, gate, measured, milliseconds, promise, sandbox, watch};
use std::time::Duration;

/// What the service stores for one task at most (`check-results`).
const FINDINGS: u64 = 300_000;
/// How long each page takes.
const LATENCY: Duration = Duration::from_millis(50);
/// The promises: time in units of what the pages alone cost, and KiB.
const TIME_LIMIT: f64 = 1.2;
const MEMORY_LIMIT: u64 = 64_000;
const FORMATS: &str = "sarif,junit,codequality,checkstyle,json,markdown,html,csv";

fn main() {
    let findings = std::env::var("FINDINGS").ok().and_then(|text| text.parse().ok()).unwrap_or(FINDINGS);
    let share = findings / 10;
    let scenario = format!(
        r#"{{"tasks": {{"*": {{"before": 2, "findings": {{"critical": {share}, "major": {share}, "minor": {share}, "suggestion": {}}}}}}},
            "faults": [{{"call": "findings", "fault": {{"kind": "delay", "by": "{}ms"}}}}]}}"#,
        findings - 3 * share,
        LATENCY.as_millis()
    );
    let pages = findings.div_ceil(PAGE_SIZE);
    let bound = LATENCY.mul_f64(pages as f64 / PAGES_AT_ONCE as f64);
    println!("{}", measured());
    println!(
        "{findings} findings, {pages} pages of {} ms, {PAGES_AT_ONCE} at once, into {FORMATS}",
        LATENCY.as_millis()
    );
    let run = |formats: &str, at_once: usize| {
        let origin = sandbox(&scenario);
        let mut command = gate(&origin);
        command.args(["check", TASK, "--report", formats, "--pages-at-once", &at_once.to_string()]);
        let Watched { peak, elapsed, .. } = watch(&mut command);
        (peak, elapsed)
    };
    let (peak, elapsed) = run(FORMATS, PAGES_AT_ONCE);
    let ratio = elapsed.as_secs_f64() / bound.as_secs_f64();
    println!("  pages alone           {:>9.0} ms", milliseconds(bound));
    println!(
        "  all formats           {:>9.0} ms  {ratio:.2} x pages alone, {peak} KiB",
        milliseconds(elapsed)
    );
    println!("  {}", promise(ratio <= TIME_LIMIT, &format!("{TIME_LIMIT} x pages alone")));
    println!("  {}", promise(peak < MEMORY_LIMIT, &format!("{MEMORY_LIMIT} KiB")));
    let (_, sequential) = run(FORMATS, 1);
    println!(
        "  one page after another{:>9.0} ms  {:.1} x all at once",
        milliseconds(sequential),
        sequential.as_secs_f64() / elapsed.as_secs_f64()
    );
}
