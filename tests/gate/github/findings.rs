//! Findings on GitHub: annotations, the table in the comment, check runs, code scanning.

use super::job::{CHECK, passing, run};
use crate::kit::forge::{Fault, Forge};
use crate::kit::scenario::{pdf, succeeded};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use base64::Engine as _;
use serde_json::Value;
use std::io::Read as _;

const SARIFS: &str = "POST /repos/acme/widget/code-scanning/sarifs";

/// What was uploaded, unpacked.
fn unpacked(upload: &Value) -> Vec<u8> {
    let text = upload["sarif"].as_str().expect("text");
    let packed = base64::prelude::BASE64_STANDARD.decode(text).expect("base64");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("gzip");
    bytes
}

/// The worst findings are named where people look, and no more are fetched than that needs.
#[test]
fn the_worst_findings_are_shown() {
    let forge = Forge::new();
    let world = World::new(succeeded().findings([2, 20, 700, 5000]).pdf(pdf()));
    let ended = world
        .run_on_github(&forge, "pull_request", &[&CHECK[..], &["--max-critical", "1"]].concat())
        .finish();
    let ended = ended.expect(4);
    let comment = forge.state().comments[0].body.clone();
    for text in [&comment, &ended.summary()] {
        assert_eq!(text.matches("| critical | `").count(), 2, "{text}");
        assert!(text.contains("| critical | 1 | 2 | ❌ |"), "{text}");
        assert!(text.contains(" 490 "), "{text}");
    }
    assert_eq!(ended.stderr.matches("\n::error ").count(), 10, "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("\n::warning ").count(), 10);
    assert!(world.calls("findings").len() <= 10, "{}", world.calls("findings").len());
}

/// Code scanning gets the very file, for the commit and ref of the job.
#[test]
fn code_scanning_gets_the_file() {
    let forge = Forge::new();
    let ended = run(&forge, "pull_request", passing(), &["--publish", "sarif"]).expect(0);
    let uploads = forge.requests(SARIFS);
    assert_eq!(uploads.len(), 1);
    assert_eq!(uploads[0]["commit_sha"], "3".repeat(40));
    assert_eq!(uploads[0]["ref"], "refs/heads/main");
    let file = std::fs::read(ended.reports.join(format!("{TASK}.sarif"))).expect("the file");
    assert_eq!(unpacked(&uploads[0]), file);
    let document: Value = serde_json::from_slice(&file).expect("JSON");
    assert_eq!(document["runs"][0]["results"].as_array().expect("results").len(), 14);
    assert_eq!(forge.state().sarif_looks, 2);

    // Not asked for, it is not uploaded.
    run(&forge, "pull_request", passing(), &["--report", "pdf,sarif"]).expect(0);
    assert_eq!(forge.requests(SARIFS).len(), 1);
}

/// Asked for by name, it must succeed; a verdict on the code stands whatever becomes of it.
#[test]
fn what_code_scanning_refuses() {
    let named = ["--publish", "sarif"];
    let forge = Forge::new();
    forge.state().sarif_error = Some("rejecting SARIF, as there are more runs than allowed (21 > 20)");
    let ended = run(&forge, "push", passing(), &named).expect(5);
    assert!(ended.stderr.contains("(21 > 20)"), "{}", ended.stderr);
    let mut said = Table::default();
    said.add("rejected", &lines_with(&ended.stderr, "warning: sarif: "));

    let forge = Forge::new();
    forge.state().faults.push(Fault::new(SARIFS, &[1], 403));
    let ended = run(&forge, "push", passing(), &named).expect(5);
    assert!(ended.stderr.contains("security-events: write"), "{}", ended.stderr);
    said.add("403", &lines_with(&ended.stderr, "warning: sarif: "));

    let forge = Forge::new();
    forge.state().faults.push(Fault::new(SARIFS, &[1, 2], 503));
    run(&forge, "push", passing(), &named).expect(0);
    assert_eq!(forge.state().sarifs.len(), 1);

    let ended = run(&forge, "workflow_run-fork", passing(), &named).expect(5);
    said.add("a fork", &lines_with(&ended.stderr, "warning: sarif: "));
    assert_shown!("what_code_scanning_refuses", said.text());

    forge.state().sarif_error = Some("no");
    run(&forge, "push", passing().gate(0), &named).expect(4);
}
