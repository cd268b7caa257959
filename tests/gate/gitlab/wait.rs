//! The wait in the log, and its end before the job's own.

use super::job::{dotenv, passing, run, same};
use crate::kit::Run;
use crate::kit::forge::Forge;
use crate::kit::scenario::{CHECKING, endless};
use std::time::SystemTime;

/// The wait is a collapsible section of the log; no other control sequence is written.
#[test]
fn the_wait_is_a_section_of_the_log() {
    let forge = Forge::new();
    let ended = run(&forge, passing(), same, &["--publish", "outputs"]).expect(0);
    let name = "waiting_for_codearts_check";
    let [start, end] = ["start", "end"].map(|what| {
        let lines = ended.stderr.lines();
        let found: Vec<&str> = lines.filter(|line| line.contains(&format!("section_{what}:"))).collect();
        assert_eq!(found.len(), 1, "{}", ended.stderr);
        found[0].to_owned()
    });
    assert!(start.ends_with(&format!(":{name}\r\x1b[0KWaiting for CodeArts Check")), "{start:?}");
    assert!(end.starts_with("\x1b[0Ksection_end:") && end.ends_with(&format!(":{name}\r\x1b[0K")), "{end:?}");
    assert_eq!((ended.stderr.matches('\x1b').count(), ended.stderr.matches('\r').count()), (4, 2));
    let verdict = ended.stderr.find("PASSED (exit 0)").expect("a verdict");
    assert!(ended.stderr.find(&end).expect("an end") < verdict, "{}", ended.stderr);
}

/// The wait ends before the job does, with time for the report.
#[test]
fn the_wait_ends_before_the_job() {
    let forge = Forge::new();
    let short = |run: &mut Run| {
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        run.env("CI_JOB_STARTED_AT", &now).env("CI_JOB_TIMEOUT", "34");
    };
    let ended = run(&forge, endless(), short, &["--start", "--timeout", "1h"]).expect(2);
    for fact in ["CI_JOB_TIMEOUT", "`timeout:`"] {
        assert!(ended.stderr.contains(fact), "{}", ended.stderr);
    }
    let reason = ended.result()["tasks"][0]["reason"].to_string();
    assert!(reason.contains("(CI_JOB_TIMEOUT)"), "{reason}");
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_OUTCOME"], "timed-out");
}

/// A job whose time is nearly over names its limit.
#[test]
fn a_job_that_is_nearly_over_names_its_limit() {
    let forge = Forge::new();
    let over = |run: &mut Run| {
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        run.env("CI_JOB_STARTED_AT", &now).env("CI_JOB_TIMEOUT", "20");
    };
    let ended = run(&forge, endless().before(CHECKING), over, &[]).expect(2);
    let reason = ended.result()["tasks"][0]["reason"].to_string();
    assert!(reason.contains("(CI_JOB_TIMEOUT)"), "{reason}");
    assert!(ended.stderr.contains("`timeout:`"), "{}", ended.stderr);
}
