//! Findings in a check run, and in pages.

use super::job::{passing, run};
use crate::kit::forge::{Fault, Forge};
use codearts_gate::model::finding::{Finding, Severity};
use codearts_gate::model::language::Language;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::report::pages::markdown::{Page, Room, Subject, render};
use codearts_gate::report::result::ResultDocument;
use serde_json::{Value, json};

fn finding(severity: Severity, line: u32, message: &str) -> Finding {
    Finding::new(severity, "src/net/io.c", Some(line), "C-1001", message)
}

fn document() -> ResultDocument {
    ResultDocument::new(Outcome::Passed, 0, Vec::new())
}

/// Fifty a request; a lost response duplicates none.
#[test]
fn annotations_of_a_check_run_come_in_batches() {
    let row = |line: u32| {
        json!({"defect_id": format!("d{line:03}"), "defect_level": "1", "defect_status": "0", "rule_name": "C-1001",
               "defect_content": "overflow", "file_path": "src/net/io.c", "line_number": line.to_string()})
    };
    let rows: Vec<Value> = (1..=120).map(row).collect();
    let patch = "PATCH /repos/acme/widget/check-runs/1";
    for fault in [
        None,
        Some(Fault { is_done: true, ..Fault::new(patch, &[1], 0) }),
        Some(Fault::new(patch, &[2], 502)),
    ] {
        let forge = Forge::new();
        forge.state().faults = fault.clone().into_iter().collect();
        run(&forge, "pull_request", passing().defects(rows.clone()), &["--publish", "check-run"]).expect(0);
        let state = forge.state();
        assert_eq!(state.check_runs.len(), 1, "{fault:?}");
        let annotations = state.check_runs[0]["output"]["annotations"].as_array().expect("annotations");
        let lines: Vec<u64> =
            annotations.iter().filter_map(|annotation| annotation["start_line"].as_u64()).collect();
        assert_eq!(lines, (1..=120).collect::<Vec<u64>>(), "{fault:?}");
        assert_eq!(annotations[0]["annotation_level"], "failure");
    }
}

/// Cut between sections, and what is omitted is named.
#[test]
fn a_long_page_is_cut_between_sections() {
    let findings: Vec<Finding> =
        (1..=5).map(|line| finding(Severity::Minor, line, &"long ".repeat(50))).collect();
    let document = document();
    let notes = [("A note".to_owned(), "of words ".repeat(40))];
    let subject = Subject {
        outcome: Outcome::Passed,
        exit_code: 0,
        document: &document,
        findings: &findings,
        language: Language::English,
    };
    let page = Page { run_url: Some("https://h/run"), notes: &notes, ..Page::new(subject) };
    let whole = render(&page, Room::Bytes(1_000_000));
    assert!(whole.contains("A note") && whole.contains("| minor |") && !whole.contains("Omitted"));
    for (room, left_out) in
        [(Room::Characters(whole.chars().count() - 1), "notes"), (Room::Bytes(500), "findings, notes")]
    {
        let cut = render(&page, room);
        assert!(cut.contains(&format!("_Omitted to stay within the size limit: {left_out}._")), "{cut}");
        assert!(
            cut.contains("CodeArts Check passed") && cut.contains("[pipeline run](https://h/run)"),
            "{cut}"
        );
    }
}
