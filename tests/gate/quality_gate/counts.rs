//! Which numbers count against thresholds: the larger one, where a service contradicts itself.

use crate::kit::scenario::{returns, scenario, succeeded};
use crate::kit::{Ended, TASK, World};
use serde_json::{Value, json};

/// A check that succeeded, with this summary.
fn judge(summary: &str, arguments: &[&str]) -> Ended {
    let world = World::new(scenario().task(succeeded()).when("summary", returns(summary)));
    let all: Vec<&str> = ["check", TASK, "--report", "none"].iter().chain(arguments).copied().collect();
    world.run(&all).finish()
}

/// `issues` is at least as large as its largest part, and the number of the list counts where it is larger.
#[test]
fn the_larger_number_counts() {
    let zero = ["critical", "major", "minor", "suggestion"].map(|name| (format!("{name}_count"), json!(0)));
    let summary = |changes: &[(&str, Value)]| {
        let mut body: serde_json::Map<String, Value> = zero.iter().cloned().collect();
        body.insert("is_access".to_owned(), json!(1));
        body.insert("issue_count".to_owned(), json!(0));
        body.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(body)
    };
    let actual = |ended: &Ended| ended.result()["tasks"][0]["gate"]["thresholds"][0]["actual"].clone();
    let nine = summary(&[("critical_count", json!("9"))]).to_string();
    assert_eq!(actual(&judge(&nine, &["--max-issues", "0"]).expect(4)), 9);
    assert_eq!(actual(&judge(&nine, &["--max-issues", "9"]).expect(0)), 9);
    // The example in the documentation: 3 issues, and 5 by severity.
    let example = [
        ("issue_count", json!(3)),
        ("critical_count", json!(2)),
        ("major_count", json!(1)),
        ("minor_count", json!(1)),
        ("suggestion_count", json!(1)),
    ];
    assert_eq!(actual(&judge(&summary(&example).to_string(), &["--max-issues", "3"]).expect(0)), 3);
    let new = [("new_count", json!(0)), ("new_critical_count", json!("4"))];
    assert_eq!(actual(&judge(&summary(&new).to_string(), &["--max-new-issues", "0"]).expect(4)), 4);

    let row = |id: u32, level: &str, line: u32, status: &str| json!({"defect_id": format!("d{id}"), "defect_level": level, "defect_status": status, "file_path": "a.c", "line_number": line.to_string()});
    let mut rows: Vec<Value> = (0..9).map(|id| row(id, "0", id + 1, "0")).collect();
    // Further places of one finding, one that is ignored, and one that does not count yet.
    rows.extend((100..110).map(|line| row(8, "0", line, "0")));
    rows.push(row(20, "0", 200, "2"));
    rows.push(json!({"defect_id": "late", "defect_level": "0", "defect_status": "0", "file_path": "a.c", "line_number": "7", "delayed": true}));
    let listed = |summary: &Value, arguments: &[&str]| {
        let task = succeeded().defects(rows.clone());
        let world = World::new(scenario().task(task).when("summary", returns(summary.clone())));
        let all: Vec<&str> = ["check", TASK].iter().chain(arguments).copied().collect();
        world.run(&all).finish()
    };
    let clean = summary(&[]);
    let ended = listed(&clean, &["--report", "json", "--max-critical", "0"]).expect(4);
    assert_eq!(actual(&ended), 9);
    assert!(ended.reports.join(format!("{TASK}.json")).exists());
    listed(
        &clean,
        &["--report", "json", "--status", "open,ignored", "--max-critical", "9", "--max-issues", "9"],
    )
    .expect(0);
    assert_eq!(actual(&listed(&clean, &["--report", "json", "--max-issues", "8"]).expect(4)), 9);
    // Nothing was listed, so nothing is known beside the summary.
    listed(&clean, &["--report", "none", "--max-critical", "0"]).expect(0);
    // Where the summary has the larger number, it counts.
    let more = summary(&[("critical_count", json!(12)), ("issue_count", json!(9))]);
    assert_eq!(actual(&listed(&more, &["--report", "json", "--max-critical", "11"]).expect(4)), 12);
}
