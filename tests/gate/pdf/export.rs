//! The PDF: one download, complete or absent, in constant memory.

use crate::kit::scenario::{
    breaks_after, calls, loses_the_answer, pdf, refuses, returns, scenario, stalls_after, succeeded,
};
use crate::kit::{TASK, World, assert_whole_pdf};
use crate::snapshot::{assert_shown, lines_with};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

const REPORT: [&str; 2] = ["report", TASK];

#[test]
fn the_file_is_the_one_that_was_served() {
    let world = World::new(succeeded().pdf(pdf().bytes(123_456)));
    let title = "演示 报告~1 & more";
    let ended = world.run(&["check", TASK, "--report-title", title]).finish().expect(0);
    let path = ended.reports.join(format!("{TASK}.pdf"));
    assert_whole_pdf(&path, 123_456);
    let report = &ended.result()["tasks"][0]["report"];
    assert_eq!(report["bytes"], 123_456);
    assert_eq!(report["sha256"], hex::encode(Sha256::digest(std::fs::read(&path).expect("the PDF"))));
    assert_eq!(ended.files(), [format!("{TASK}.pdf"), "result.json".to_owned()]);
    // The title is sent as typed, and so is the path with its slashes and blanks.
    assert_eq!(world.calls("pdf-start")[0].query, [("project_name".to_owned(), title.to_owned())]);
    let file = &world.calls("pdf-file")[0].query[0].1;
    assert!(file.starts_with("defects/PdfFiles/20261122/演示 报告~1 & more_Code check report_"), "{file}");
}

/// A truncated download leads to a new export job and a whole file.
#[test]
fn a_broken_transfer_starts_a_new_job() {
    let checked = scenario().task(succeeded().pdf(pdf().bytes(50_000)));
    let broken = checked.when(calls("pdf-file").nth([1]), breaks_after(20_000));
    let world = World::new(broken.when(calls("pdf-file").nth([2]), loses_the_answer()));
    let ended = world.run(&REPORT).finish().expect(0);
    assert_eq!((world.calls("pdf-start").len(), world.calls("pdf-file").len()), (3, 3));
    assert_whole_pdf(&ended.reports.join(format!("{TASK}.pdf")), 50_000);
    assert_eq!(ended.stderr.matches("warning: ").count(), 2, "{}", ended.stderr);
}

/// Three broken transfers give 5 and no file; the check had passed.
#[test]
fn three_broken_transfers_end_the_export() {
    let checked = scenario().task(succeeded().pdf(pdf().bytes(50_000)));
    let world = World::new(checked.when("pdf-file", breaks_after(49_999)));
    let ended = world.run(&["check", TASK]).finish().expect(5);
    assert_eq!((world.calls("pdf-start").len(), world.calls("pdf-file").len()), (3, 3));
    assert_eq!(ended.files(), ["result.json"]);
    let result = ended.result();
    assert_eq!(
        (result["verdict"].as_str(), result["outcome"].as_str()),
        (Some("pass"), Some("report-failed"))
    );
    let ended = world.run(&["check", TASK, "--allow", "report-failed"]).finish().expect(0);
    assert_eq!(ended.stderr.matches("warning: ").count(), 3, "{}", ended.stderr);
}

/// An error object instead of the file, with HTTP 200, does not use up the download: the same file is requested again.
#[test]
fn a_rejected_download_is_repeated() {
    let busy = calls("pdf-file").nth([1, 2]);
    let world = World::new(scenario().task(succeeded().pdf(pdf())).when(busy, refuses(200, "CC.00050012")));
    world.run(&REPORT).finish().expect(0);
    assert_eq!((world.calls("pdf-start").len(), world.calls("pdf-file").len()), (1, 3));
}

#[test]
fn a_failed_job_is_reported_with_its_reason() {
    let world = World::new(succeeded().pdf(pdf().fails("template missing")));
    let ended = world.run(&REPORT).finish().expect(5);
    assert!(ended.stderr.contains("template missing"), "{}", ended.stderr);
    assert_shown!("a_failed_export", lines_with(&ended.stderr, "template missing"));
    assert_eq!(world.calls("pdf-start").len(), 1);
}

/// `timeAsk` is a lower limit, also before the first request.
#[test]
fn the_suggested_interval_is_obeyed() {
    let world = World::new(succeeded().pdf(pdf().ends_at_poll(2)));
    world.run(&REPORT).without("CODEARTS_MAX_PAUSE").finish().expect(0);
    let (start, polls) = (world.calls("pdf-start"), world.calls("pdf-state"));
    assert_eq!(polls.len(), 2);
    assert!(polls[0].at - start[0].at >= Duration::from_secs(1));
    assert!(polls[1].at - polls[0].at >= Duration::from_secs(1));
}

#[test]
fn the_report_timeout_ends_the_export() {
    let world = World::new(succeeded().pdf(pdf().takes("1h")));
    let ended = world.run(&["check", TASK, "--report-timeout", "2s"]).finish().expect(5);
    assert!(ended.stderr.contains("--report-timeout"), "{}", ended.stderr);
    assert_eq!(ended.files(), ["result.json"]);
}

/// Older deployments have other paths.
#[test]
fn older_paths_are_tried() {
    let checked = || scenario().task(succeeded().pdf(pdf()));
    let world = World::new(checked().when(calls("pdf-state").nth([1]), refuses(404, "APIGW.0101")));
    world.run(&REPORT).finish().expect(0);
    assert_eq!(world.calls("pdf-state").len(), 2);
    let world = World::new(checked().with(|settings| settings.has_pdf_async_job = false));
    world.run(&REPORT).finish().expect(0);
    assert_eq!(world.calls("pdf-start").len(), 2);
}

/// The status of the call is reported beside the status of the job; its reason must not be lost.
#[test]
fn an_error_beside_an_empty_result_is_reported() {
    let error = json!({"code": "CC.00050000", "message": "parameters not valid"});
    let failed = returns(json!({"status": "error", "error": error, "result": {}}));
    let world = World::new(scenario().task(succeeded().pdf(pdf())).when("pdf-state", failed));
    let ended = world.run(&REPORT).finish().expect(64);
    assert!(ended.stderr.contains("CC.00050000, parameters not valid"), "{}", ended.stderr);
}

/// A transfer that stalls does not block for ever.
#[test]
fn a_stalled_transfer_ends_with_the_report_timeout() {
    let checked = scenario().task(succeeded().pdf(pdf()));
    let world = World::new(checked.when("pdf-file", stalls_after(9000)));
    let ended = world.run(&["check", TASK, "--report-timeout", "2s"]).finish().expect(5);
    assert_eq!(ended.files(), ["result.json"]);
}

/// The disk is full in the middle of the file: an error, and no partial file is left.
#[cfg(unix)]
#[test]
fn a_disk_that_refuses_leaves_no_file() {
    let world = World::new(succeeded().pdf(pdf().bytes(50_000)));
    let run = world.run(&["check", TASK]);
    // Files larger than a few kB cannot be written.
    let child = run.spawn_through_shell("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"");
    let ended = run.wait(child).expect(5);
    assert_shown!("a_disk_that_refuses", lines_with(&ended.stderr, "report-failed"));
    assert_eq!(ended.files(), ["result.json"]);
    assert_eq!(world.calls("pdf-start").len(), 1);
}

/// 100 MB pass through in constant memory.
#[cfg(target_os = "linux")]
#[test]
fn a_large_file_needs_little_memory() {
    const BYTES: usize = 100_000_000;
    const LIMIT_KIB: u64 = 40_000;
    let world = World::new(succeeded().pdf(pdf().bytes(BYTES)));
    let run = world.run(&REPORT);
    let mut child = run.spawn();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(now.unwrap_or_default());
        std::thread::sleep(Duration::from_millis(5));
    }
    let ended = run.wait(child).expect(0);
    assert_eq!(
        std::fs::metadata(ended.reports.join(format!("{TASK}.pdf"))).expect("the PDF").len(),
        BYTES as u64
    );
    assert!(peak > 1000 && peak < LIMIT_KIB, "{peak} KiB");
}
