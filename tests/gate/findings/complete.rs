//! A list of findings is complete, or it decides nothing.

use crate::kit::scenario::{Task, returns, scenario, succeeded};
use crate::kit::{Ended, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Paging;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn row(id: u32) -> Value {
    json!({
        "defect_id": format!("d{id}"), "defect_level": "2", "defect_status": "0", "rule_name": "R",
        "file_path": format!("src/{id}.c"), "line_number": "1",
    })
}

/// A check that has passed, with so many findings.
fn listing(number: u32) -> Task {
    succeeded().defects((0..number).map(row).collect())
}

/// The same, whose summary counts findings like this.
fn counted(task: Task, issues: impl Into<Value>, critical: u32) -> World {
    let summary = json!({
        "task_id": TASK, "is_access": 1, "issue_count": issues.into(), "critical_count": critical,
        "major_count": 0, "minor_count": 0, "suggestion_count": 0,
    });
    World::new(scenario().task(task).when("summary", returns(summary)))
}

fn ids(ended: &Ended) -> BTreeSet<String> {
    let text = std::fs::read_to_string(ended.reports.join(format!("{TASK}.json"))).expect("a list");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let issues = document["issues"].as_array().expect("issues");
    issues.iter().map(|issue| issue["codearts"]["defect_id"].as_str().expect("an id").to_owned()).collect()
}

/// Whatever total the service reports: pages are requested while there are more.
#[test]
fn a_total_that_is_too_small_does_not_end_the_fetch() {
    for paging in [Paging::Rows, Paging::Pages, Paging::PagesFromOne] {
        for (number, total) in [
            (250, 0),
            (100, 0),
            (37, 0),
            (250, 99),
            (250, 249),
            (250, 100),
            (250, 200),
            (1700, 150),
            (200, 200),
        ] {
            let world = World::new(listing(number).paging(paging).total(total));
            let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
            assert_eq!(ids(&ended).len(), number as usize, "{paging:?}: {number} of {total}");
        }
    }
    // After a full page, a matching total is believed only where the summary agrees.
    for (issues, calls, code) in [(json!(100), 2, 0), (json!(101), 4, 5), (json!(null), 4, 0)] {
        let world = counted(listing(100), issues.clone(), 0);
        world.run(&["check", TASK, "--report", "json"]).finish().expect(code);
        assert_eq!(world.calls("findings").len(), calls, "{issues}");
    }
    // Where every page is the first one, the total is unknown.
    let mut table = Table::default();
    for total in [0, 99] {
        let world = World::new(listing(250).paging(Paging::Nothing).total(total));
        let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(5);
        table.add(format!("total {total}"), &lines_with(&ended.stderr, "report-failed"));
        assert!(world.calls("findings").len() < 10, "{total}");
    }
    assert_shown!("a_total_that_is_too_small", table.text());
}

/// The summary counts more open findings than the list: a baseline would let the missing ones pass.
#[test]
fn a_list_shorter_than_the_summary_decides_nothing() {
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("baseline.json");
    let path = path.to_str().expect("UTF-8");
    World::new(listing(100))
        .run(&["check", TASK, "--report", "none", "--write-baseline", path])
        .finish()
        .expect(0);
    let compare = ["check", TASK, "--report", "none", "--baseline", path, "--max-issues", "0"];
    let mut table = Table::default();
    // (issue_count, critical_count) -> exit code
    for (issues, critical, code) in [(100, 0, 0), (99, 0, 0), (101, 0, 69), (500, 0, 69), (0, 101, 69)] {
        let world = counted(listing(100), issues, critical);
        let ended = world.run(&compare).finish();
        assert_eq!(ended.code, code, "{issues} {critical}: {}", ended.stderr);
        if code == 69 {
            let reason = ended.result()["tasks"][0]["reason"].as_str().expect("text").to_owned();
            table.add(format!("{issues} issues, {critical} critical"), &reason);
            let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(5);
            assert_eq!(ended.files(), ["result.json"]);
        }
    }
    // Findings that do not count yet may be among those that the summary counts.
    let mut late: Vec<Value> = (0..100).map(row).collect();
    late.extend((100..103).map(|id| {
        let mut row = row(id);
        row["delayed"] = json!(true);
        row
    }));
    assert_shown!("a_list_shorter_than_the_summary", table.text());
    counted(succeeded().defects(late), 103, 0).run(&compare).finish().expect(0);
}
