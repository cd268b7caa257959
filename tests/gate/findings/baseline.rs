//! Baselines: known findings pass, and only those.

use super::rows::{file, issues, listing, row};
use crate::kit::scenario::{returns, scenario, shows_a_web_page, succeeded};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Paging;
use serde_json::{Value, json};

/// Known findings do not count; new ones do, even when lines moved.
#[test]
fn a_baseline_lets_only_known_findings_pass() {
    let before: Vec<Value> = (0..20).map(|id| row(id, id % 4, "src/a.c", id + 1)).collect();
    let world = World::new(listing(&before));
    let keep = tempfile::tempdir().expect("a directory");
    let baseline = keep.path().join("baseline.json");
    let path = baseline.to_str().expect("UTF-8");
    let ended = world
        .run(&["check", TASK, "--report", "json,sarif,codequality", "--write-baseline", path])
        .finish()
        .expect(0);
    let written = std::fs::read_to_string(&baseline).expect("the baseline");
    assert_eq!(written.lines().count(), 23, "{written}");
    let mut files = vec![baseline.clone()];
    for ending in ["json", "sarif", "codequality.json"] {
        let copy = keep.path().join(ending);
        std::fs::copy(file(&ended, ending), &copy).expect("copied");
        files.push(copy);
    }

    // Everything moved by ten lines, one is gone, one is new.
    let mut after: Vec<Value> = (1..20).map(|id| row(id, id % 4, "src/a.c", id + 11)).collect();
    for (id, row) in (1..20).zip(&mut after) {
        row["fragment"][0]["line_content"] = json!(format!("   code {id}"));
    }
    let moved = World::new(listing(&after));
    after.push(row(99, 1, "src/new.c", 5));
    let grown = World::new(listing(&after));
    let mut table = Table::default();
    for file in &files {
        let file = file.to_str().expect("UTF-8");
        let arguments = ["check", TASK, "--report", "json", "--baseline", file, "--max-issues", "0"];
        let ended = moved.run(&arguments).finish().expect(0);
        table.add("moved", ended.result()["tasks"][0]["reason"].as_str().expect("text"));
        let ended = grown.run(&arguments).finish().expect(4);
        let task = ended.result()["tasks"][0].clone();
        assert_eq!(task["gate"]["thresholds"][0]["actual"], 1);
        table.add("grown", task["reason"].as_str().expect("text"));
        let new: Vec<Value> =
            issues(&ended).into_iter().filter(|issue| issue["codearts"]["baseline"] == "new").collect();
        assert_eq!(new.len(), 1);
        assert_eq!(new[0]["fileName"], "src/new.c");
        // Filters change what is listed, not what counts.
        let mut filtered = arguments.to_vec();
        filtered.extend(["--severity", "critical"]);
        grown.run(&filtered).finish().expect(4);
    }

    // A broken threshold does not let its findings into the next baseline; a met one does.
    let update = [
        "check",
        TASK,
        "--report",
        "none",
        "--baseline",
        path,
        "--max-issues",
        "0",
        "--write-baseline",
        path,
    ];
    let ended = grown.run(&update).finish().expect(4);
    table.add("not updated", &lines_with(&ended.stderr, "not written"));
    assert_eq!(std::fs::read_to_string(&baseline).expect("the baseline"), written);
    moved.run(&update).finish().expect(0);
    assert_eq!(std::fs::read_to_string(&baseline).expect("the baseline").lines().count(), 22);

    // Findings that cannot be compared are not a pass.
    let broken = World::new(scenario().task(listing(&before)).when("findings", shows_a_web_page()));
    let ended = broken
        .run(&["check", TASK, "--report", "none", "--baseline", path, "--max-issues", "0"])
        .finish()
        .expect(69);
    table.add("not compared", ended.result()["tasks"][0]["reason"].as_str().expect("text"));
    assert_shown!("a_baseline", table.text());
}

/// An incomplete list decides nothing, whatever it contains.
#[test]
fn missing_findings_do_not_count_as_fixed() {
    let keep = tempfile::tempdir().expect("a directory");
    let baseline = keep.path().join("baseline.json");
    let path = baseline.to_str().expect("UTF-8");
    let rows: Vec<Value> = (0..150).map(|id| row(id, id % 4, "src/a.c", id + 1)).collect();
    let world = World::new(listing(&rows));
    world.run(&["check", TASK, "--report", "none", "--write-baseline", path]).finish().expect(0);
    let compare = ["check", TASK, "--report", "none", "--baseline", path, "--max-issues", "0"];
    world.run(&compare).finish().expect(0);

    let mut huge = rows.clone();
    huge[3]["defect_content"] = json!("x".repeat(5_000_000));
    let cases = [
        ("one page for ever", listing(&rows).paging(Paging::Nothing), None),
        ("none", listing(&rows), Some(json!({"defects": [], "total": 0}))),
        ("no list", listing(&rows), Some(json!({"defects": null}))),
        ("no number", listing(&rows), Some(json!({"defects": [rows[0]]}))),
        ("a huge one", listing(&huge), None),
    ];
    let mut table = Table::default();
    for (name, task, answer) in cases {
        let story = |task| match &answer {
            Some(body) => scenario().task(task).when("findings", returns(body.clone())),
            None => scenario().task(task),
        };
        let ended = World::new(story(task.clone())).run(&compare).finish().expect(69);
        table.add(name, ended.result()["tasks"][0]["reason"].as_str().expect("text"));
        // A verdict that is certain without the findings stands.
        let world = World::new(story(task.gate(0)));
        let mut allowed = compare.to_vec();
        allowed.extend(["--allow", "unavailable,report-failed"]);
        world.run(&allowed).finish().expect(4);
    }
    assert_shown!("a_list_that_is_not_whole", table.text());
}

/// Listing findings that do not count changes nothing about those that do.
#[test]
fn a_baseline_does_not_depend_on_what_is_listed() {
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("b.json");
    let path = path.to_str().expect("UTF-8");
    let twin = |id: u32, line: u32, status: &str| {
        let mut twin = row(id, 1, "src/a.c", line);
        twin["defect_status"] = json!(status);
        twin["rule_name"] = json!("R");
        twin["fragment"][0]["line_content"] = json!("same");
        twin
    };
    let rows = [twin(1, 3, "2"), twin(2, 9, "0")];
    let world = World::new(listing(&rows));
    world
        .run(&["check", TASK, "--report", "none", "--status", "open,ignored", "--write-baseline", path])
        .finish()
        .expect(0);
    world
        .run(&["check", TASK, "--report", "json", "--baseline", path, "--max-issues", "0"])
        .finish()
        .expect(0);
}

/// A new baseline replaces an old one and nothing else; after a failed gate nothing is written.
#[test]
fn a_baseline_replaces_only_baselines() {
    let keep = tempfile::tempdir().expect("a directory");
    let source = keep.path().join("main.c");
    std::fs::write(&source, "int main;").expect("a file");
    let world = World::new(succeeded().gate(0));
    let write =
        |path: &str| world.run(&["check", TASK, "--report", "none", "--write-baseline", path]).finish();
    let refused = write(source.to_str().expect("UTF-8")).expect(64);
    let mut table = Table::default();
    table.add("something else is there", &lines_with(&refused.stderr, "error: "));
    write(keep.path().join("none/b.json").to_str().expect("UTF-8")).expect(64);
    assert_eq!(std::fs::read_to_string(&source).expect("the file"), "int main;");
    let fresh = keep.path().join("b.json");
    let ended = write(fresh.to_str().expect("UTF-8")).expect(4);
    assert!(!fresh.exists());
    table.add("the gate failed", &lines_with(&ended.stderr, "not written"));
    assert_shown!("a_baseline_that_is_not_written", table.text());
    let two = ["check", TASK, "aa", "--report", "none", "--baseline", "b", "--max-issues", "0"];
    world.run(&two).finish().expect(64);
}
