//! Rows of the list of findings, and the lists that are made of them.

use crate::kit::scenario::{Task, succeeded};
use crate::kit::{Ended, TASK};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A check that has passed, with these findings.
pub(crate) fn listing(rows: &[Value]) -> Task {
    succeeded().defects(rows.to_vec())
}

pub(super) fn file(ended: &Ended, ending: &str) -> PathBuf {
    ended.reports.join(format!("{TASK}.{ending}"))
}

pub(super) fn text(ended: &Ended, ending: &str) -> String {
    let path = file(ended, ending);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(super) fn issues(ended: &Ended) -> Vec<Value> {
    let document: Value = serde_json::from_str(&text(ended, "json")).expect("JSON");
    document["issues"].as_array().expect("issues").clone()
}

pub(super) fn ids(ended: &Ended) -> BTreeSet<String> {
    let id = |issue: &Value| issue["codearts"]["defect_id"].as_str().expect("an id").to_owned();
    issues(ended).iter().map(id).collect()
}

/// A row of `defects-detail`.
pub(crate) fn row(id: u32, level: u32, path: &str, line: u32) -> Value {
    json!({
        "defect_id": format!("d{id}"), "defect_level": level.to_string(), "defect_status": "0",
        "defect_checker_name": "Checker", "rule_name": format!("R{}", id % 5), "defect_content": format!("m{id}"),
        "file_path": path, "line_number": line.to_string(), "rule_system_tags": "bug",
        "fragment": [{"line_num": line.to_string(), "line_content": format!("code {id}"), "start_offset": 0, "end_offset": 4}],
    })
}
