//! A list of findings is whole, or it decides nothing.

use crate::kit::{Ended, TASK, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn row(id: u32) -> Value {
    json!({
        "defect_id": format!("d{id}"), "defect_level": "2", "defect_status": "0", "rule_name": "R",
        "file_path": format!("src/{id}.c"), "line_number": "1",
    })
}

fn world(task: &Value, faults: &Value) -> World {
    let mut task = task.clone();
    task["before"] = json!(2);
    World::new(&json!({"tasks": {"*": task}, "faults": faults}).to_string())
}

fn ids(ended: &Ended) -> BTreeSet<String> {
    let text = std::fs::read_to_string(ended.reports.join(format!("{TASK}.json"))).expect("a list");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let issues = document["issues"].as_array().expect("issues");
    issues.iter().map(|issue| issue["codearts"]["defect_id"].as_str().expect("an id").to_owned()).collect()
}

/// Whatever the service says how many there are: pages are asked for while there are more.
#[test]
fn a_total_that_is_too_small_ends_no_walk() {
    for paging in ["rows", "pages", "pages-from-one"] {
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
            let rows: Vec<Value> = (0..number).map(row).collect();
            let world = world(&json!({"defects": rows, "paging": paging, "total": total}), &json!([]));
            let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
            assert_eq!(ids(&ended).len(), number as usize, "{paging}: {number}, said {total}");
        }
    }
    // After a full page, a number that fits what came is believed only where the summary agrees.
    for (counted, calls) in [(json!(100), 2), (json!(101), 4), (json!(null), 4)] {
        let rows: Vec<Value> = (0..100).map(row).collect();
        let body = json!({
            "task_id": TASK, "is_access": 1, "issue_count": counted, "critical_count": 0, "major_count": 0,
            "minor_count": 0, "suggestion_count": 0,
        });
        let faults = json!([{"call": "summary", "fault": {"kind": "answer", "status": 200, "body": body}}]);
        let world = world(&json!({"defects": rows}), &faults);
        let code = if counted == 101 { 5 } else { 0 };
        world.run(&["check", TASK, "--report", "json"]).finish().expect(code);
        assert_eq!(world.calls("findings").len(), calls, "{counted}");
    }
    // Where every page is the first one, how many there are is not known.
    let rows: Vec<Value> = (0..250).map(row).collect();
    for total in [0, 99] {
        let world = world(&json!({"defects": rows, "paging": "nothing", "total": total}), &json!([]));
        let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(5);
        let sentence = format!("says there are {total} findings, but 100 came");
        assert!(ended.stderr.contains(&sentence), "{total}: {}", ended.stderr);
        assert!(world.calls("findings").len() < 10, "{total}");
    }
}

/// The summary counts more open findings than the list has: what is missing would be let in by a baseline.
#[test]
fn a_list_shorter_than_the_summary_decides_nothing() {
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("baseline.json");
    let path = path.to_str().expect("UTF-8");
    let rows: Vec<Value> = (0..100).map(row).collect();
    let task = json!({"defects": rows});
    world(&task, &json!([]))
        .run(&["check", TASK, "--report", "none", "--write-baseline", path])
        .finish()
        .expect(0);
    let compare = ["check", TASK, "--report", "none", "--baseline", path, "--max-issues", "0"];
    // (issue_count, critical_count) -> exit code
    for (issues, critical, code) in [(100, 0, 0), (99, 0, 0), (101, 0, 69), (500, 0, 69), (0, 101, 69)] {
        let body = json!({
            "task_id": TASK, "is_access": 1, "issue_count": issues, "critical_count": critical,
            "major_count": 0, "minor_count": 0, "suggestion_count": 0,
        });
        let faults = json!([{"call": "summary", "fault": {"kind": "answer", "status": 200, "body": body}}]);
        let ended = world(&task, &faults).run(&compare).finish();
        assert_eq!(ended.code, code, "{issues} {critical}: {}", ended.stderr);
        if code == 69 {
            let told = issues.max(critical);
            let sentence = format!("the summary says there are {told} open findings, but only 100 came");
            assert!(ended.stderr.contains(&sentence), "{}", ended.stderr);
            let ended = world(&task, &faults).run(&["check", TASK, "--report", "json"]).finish().expect(5);
            assert_eq!(ended.files(), ["result.json"]);
        }
    }
    // Findings that do not count yet may be among those that the summary counts.
    let mut late = rows;
    late.extend((100..103).map(|id| {
        let mut row = row(id);
        row["delayed"] = json!(true);
        row
    }));
    let body = json!({
        "task_id": TASK, "is_access": 1, "issue_count": 103, "critical_count": 0, "major_count": 0,
        "minor_count": 0, "suggestion_count": 0,
    });
    let faults = json!([{"call": "summary", "fault": {"kind": "answer", "status": 200, "body": body}}]);
    world(&json!({"defects": late}), &faults).run(&compare).finish().expect(0);
}
