//! Findings on GitHub: annotations, the table in the comment, check runs, code scanning.

use super::job::{CHECK, passing, run};
use crate::kit::forge::{Fault, Forge};
use crate::kit::scenario::{pdf, succeeded};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use base64::Engine as _;
use serde_json::{Value, json};
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

/// The worst findings are shown where people look, and no more are fetched than needed.
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

/// A named target must succeed; a verdict on the code stands in any case.
#[test]
fn what_code_scanning_refuses() {
    let named = ["--publish", "sarif"];
    let forge = Forge::new();
    forge.state().sarif_error = Some("rejecting SARIF, as there are more runs than allowed (21 > 20)");
    let ended = run(&forge, "push", passing(), &named).expect(5);
    assert!(ended.stderr.contains("(21 > 20)"), "{}", ended.stderr);
    let mut table = Table::default();
    table.add("rejected", &lines_with(&ended.stderr, "warning: not published as sarif: "));

    let forge = Forge::new();
    forge.state().faults.push(Fault::new(SARIFS, &[1], 403));
    let ended = run(&forge, "push", passing(), &named).expect(5);
    assert!(ended.stderr.contains("security-events: write"), "{}", ended.stderr);
    table.add("403", &lines_with(&ended.stderr, "warning: not published as sarif: "));

    let forge = Forge::new();
    forge.state().faults.push(Fault::new(SARIFS, &[1, 2], 503));
    run(&forge, "push", passing(), &named).expect(0);
    assert_eq!(forge.state().sarifs.len(), 1);

    let ended = run(&forge, "workflow_run-fork", passing(), &named).expect(5);
    table.add("a fork", &lines_with(&ended.stderr, "warning: not published as sarif: "));
    assert_shown!("what_code_scanning_refuses", table.text());

    forge.state().sarif_error = Some("no");
    run(&forge, "push", passing().gate(0), &named).expect(4);
}

/// A hostile finding changes nothing but its own row, and long lists are cut.
#[test]
fn a_hostile_finding_stays_in_its_row() {
    let hostile = format!(
        "::error::a\n##[add-mask]b\n</details>\n/merge\n|---|\n\u{1b}[31m `x` **y** @team {}",
        "z".repeat(100_000)
    );
    let row = |line: u32| {
        json!({"defect_id": format!("d{line:02}"), "defect_level": "2", "defect_status": "0", "rule_name": "R",
               "defect_content": "plain", "file_path": "src/net/io.c", "line_number": line.to_string()})
    };
    let mut rows: Vec<Value> = (1..=12).map(row).collect();
    // Everything but the findings differs from run to run.
    let table = |rows: &[Value]| -> Vec<String> {
        let forge = Forge::new();
        run(&forge, "pull_request", passing().defects(rows.to_vec()), &["--publish", "comment"]).expect(0);
        let comment = forge.state().comments[0].body.clone();
        assert!(comment.contains(" 2 more "), "{comment}");
        comment.lines().filter(|line| line.starts_with("| minor |")).map(str::to_owned).collect()
    };
    let plain = table(&rows);
    for field in ["defect_content", "file_path", "rule_name"] {
        rows[3][field] = hostile.clone().into();
    }
    let changed = table(&rows);
    let differing: Vec<&String> = changed.iter().filter(|row| !plain.contains(row)).collect();
    assert_eq!((plain.len(), changed.len(), differing.len()), (10, 10, 1), "{changed:#?}");
    let row = differing[0];
    assert!(row.starts_with("| minor | ") && row.ends_with(" |") && row.chars().count() < 1000, "{row}");
    // Paths and rules are code spans, in which no markup works; the message is escaped.
    let message = row.rsplit("` | ").next().expect("a cell");
    assert!(
        !message.contains("</details>") && !row.contains('\u{1b}') && !message.contains("@team"),
        "{row}"
    );
    assert_eq!(row.matches(" | ").count(), 3, "{row}");
}
