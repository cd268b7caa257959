//! `--scope changed`: only findings on changed lines count and are listed, whatever else decides.

use super::rows::{ids, listing, row, text};
use crate::kit::forge::{Fault, Forge, pull_request};
use crate::kit::scenario::{breaks_after, resets, returns, scenario, shows_a_web_page, succeeded};
use crate::kit::{Ended, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Changes lines 2 and 3 of `src/a.c`, and adds nothing to `src/b.c`.
const DIFF: &str = "diff --git a/src/a.c b/src/a.c\n--- a/src/a.c\n+++ b/src/a.c\n@@ -1,2 +1,3 @@\n one\n-two\n+2\n+3\n\
                    diff --git a/src/b.c b/src/b.c\n--- a/src/b.c\n+++ b/src/b.c\n@@ -5 +4,0 @@\n-five\n";

/// On changed lines: d2 (critical) and d3 (minor). In a changed file, but on other lines: d1 and d4. Elsewhere: d5.
fn rows() -> Vec<Value> {
    vec![
        row(1, 0, "src/a.c", 1),
        row(2, 0, "src/a.c", 2),
        row(3, 2, "./src\\a.c", 3),
        row(4, 1, "src/b.c", 5),
        row(5, 3, "src/c.c", 2),
    ]
}

fn world(gate: impl Into<Value>) -> World {
    World::new(scenario().task(listing(&rows()).gate(gate)))
}

/// A run with a file of this content as its diff.
fn check(world: &World, diff: impl AsRef<[u8]>, arguments: &[&str]) -> Ended {
    let scope: &[&str] = if arguments.contains(&"--scope") { &[] } else { &["--scope", "changed"] };
    let run = world.run(&[&["check", TASK, "--diff", "changes.diff"], scope, arguments].concat());
    std::fs::write(run.directory().join("changes.diff"), diff).expect("a file");
    run.finish()
}

fn reason(ended: &Ended) -> String {
    ended.result()["tasks"][0]["reason"].as_str().expect("a reason").to_owned()
}

/// Scope × thresholds × the service's gate -> exit code.
#[test]
fn the_scope_decides_what_thresholds_count() {
    let mut table = Table::default();
    let cases: [(&[&str], [i32; 2]); 10] = [
        (&[], [0, 0]),
        (&["--max-critical", "1"], [4, 0]),
        (&["--max-critical", "0"], [4, 4]),
        (&["--max-major", "0"], [4, 0]),
        (&["--max-issues", "2"], [4, 0]),
        (&["--max-issues", "1"], [4, 4]),
        (&["--max-new-issues", "2"], [4, 0]),
        (&["--max-new-issues", "1"], [4, 4]),
        (&["--max-new-major", "0"], [4, 0]),
        (&["--gate", "off"], [0, 0]),
    ];
    for (gate, shown) in [(json!(1), "passed"), (json!(0), "failed"), (Value::Null, "unknown")] {
        let world = world(gate);
        for (arguments, codes) in cases {
            for (scope, code) in ["all", "changed"].into_iter().zip(codes) {
                let is_met = shown != "failed" || arguments.contains(&"off");
                let code = if is_met { code } else { 4 };
                let all = [&["--scope", scope, "--report", "none"], arguments].concat();
                let ended = check(&world, DIFF, &all);
                assert_eq!(ended.code, code, "{shown} {all:?}: {}", ended.stderr);
                if scope == "changed" {
                    table.add(format!("gate {shown}, {}", arguments.join(" ")), &reason(&ended));
                }
            }
        }
    }
    assert_shown!("scope_and_thresholds", table.text());
}

/// The numbers and every list are those of the scope; `--diff` alone asks for it.
#[test]
fn what_lies_elsewhere_is_neither_counted_nor_listed() {
    let world = world(1);
    let ended =
        check(&world, DIFF, &["--report", "json,sarif,csv,codequality,checkstyle,html,markdown"]).expect(0);
    assert_eq!(ids(&ended), BTreeSet::from(["d2", "d3"].map(str::to_owned)));
    let task = ended.result()["tasks"][0].clone();
    assert_eq!((&task["scope"], &task["outside_scope"]), (&json!("changed"), &json!(3)));
    assert_eq!(task["counts"], json!({"critical": 1, "major": 0, "minor": 1, "suggestion": 0, "issues": 2}));
    for ending in ["sarif", "csv", "codequality.json", "checkstyle.xml", "html"] {
        let text = text(&ended, ending);
        assert!(
            text.contains("m2") && !text.contains("m1\"") && !text.contains("src/c.c"),
            "{ending}: {text}"
        );
    }
    assert_shown!("scope_on_a_page", text(&ended, "md"));
    assert_shown!("scope_in_the_log", lines_with(&ended.stderr, "changed"));
    let html = text(&ended, "html");
    assert!(html.contains("Only findings on changed lines count; 3 open findings elsewhere are not shown."));
    // Without it, nothing of this is there.
    let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
    assert_eq!(ids(&ended).len(), 5);
    let task = ended.result()["tasks"][0].clone();
    assert_eq!(
        (task.get("scope"), task.get("outside_scope"), &task["counts"]["issues"]),
        (None, None, &json!(5))
    );
}

/// A baseline takes away known findings in the scope; a new one gets all.
#[test]
fn a_baseline_within_the_scope() {
    let world = world(1);
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("baseline.json");
    let baseline = path.to_str().expect("UTF-8");
    check(&world, DIFF, &["--report", "none", "--write-baseline", baseline]).expect(0);
    let known: Value = serde_json::from_slice(&std::fs::read(&path).expect("the baseline")).expect("JSON");
    assert_eq!(known["fingerprints"].as_array().expect("a list").len(), 5);
    let mut more = rows();
    more.extend([row(6, 0, "src/a.c", 3), row(7, 0, "src/c.c", 9)]);
    let grown = World::new(scenario().task(listing(&more)));
    let with = ["--report", "none", "--baseline", baseline, "--max-issues"];
    check(&grown, DIFF, &[with.as_slice(), &["1"]].concat()).expect(0);
    let ended = check(&grown, DIFF, &[with.as_slice(), &["0"]].concat()).expect(4);
    let task = ended.result()["tasks"][0].clone();
    assert_eq!((&task["counts"]["issues"], &task["outside_scope"]), (&json!(3), &json!(4)));
    assert_shown!("scope_with_a_baseline", reason(&ended));
}

/// Without the list nobody knows what lies on changed lines: nothing passes, and what failed for certain stays failed.
#[test]
fn a_list_that_cannot_be_read_is_not_a_pass() {
    let mut table = Table::default();
    let cases: [(Value, &[&str], i32); 5] = [
        (json!(1), &[], 69),
        (json!(1), &["--max-issues", "99"], 69),
        (Value::Null, &["--max-new-issues", "0"], 69),
        (json!(0), &["--max-issues", "99"], 4),
        (json!(0), &["--gate", "off", "--report", "none"], 5),
    ];
    for (gate, arguments, code) in cases {
        let scenario = scenario().task(listing(&rows()).gate(gate.clone()));
        for fault in [shows_a_web_page(), resets(), breaks_after(20)] {
            let world = World::new(scenario.clone().when("findings", fault));
            let ended = check(&world, DIFF, arguments).expect(code);
            let task = ended.result()["tasks"][0].clone();
            assert_eq!((&task["counts"], &task["scope"]), (&Value::Null, &json!("changed")));
            if task.get("outside_scope").is_some() {
                panic!("{task}");
            }
        }
        let world = World::new(scenario.when("findings", shows_a_web_page()));
        table.add(format!("{gate} {arguments:?}"), &reason(&check(&world, DIFF, arguments)));
    }
    assert_shown!("scope_without_a_list", table.text());
}

/// The disk has no room for the lists, or not even for the findings while they arrive. What was counted decides; what was not
/// counted is never a pass, and has nothing to do with the network.
#[cfg(unix)]
#[test]
fn a_disk_that_refuses_findings_hides_no_verdict() {
    let many = |number: u32, message: usize| {
        let row = |id| {
            let mut row = row(id, 0, "src/a.c", 2);
            row["defect_content"] = json!("m".repeat(message));
            row
        };
        (1..=number).map(row).collect::<Vec<_>>()
    };
    let (for_lists, for_any) = (many(300, 50), many(4_000, 2_000));
    let mut table = Table::default();
    let cases: [(&str, &[Value], i32, &str, i32); 5] = [
        ("no room for the lists", &for_lists, 1, "300", 5),
        ("no room for the lists", &for_lists, 1, "299", 4),
        ("no room for the findings", &for_any, 1, "4000", 70),
        ("no room for the findings", &for_any, 1, "0", 70),
        ("no room for the findings", &for_any, 0, "4000", 4),
    ];
    for (name, rows, gate, limit, code) in cases {
        let world = World::new(scenario().task(listing(rows).gate(gate)));
        let run = world.run(&[
            "check",
            TASK,
            "--scope",
            "changed",
            "--diff",
            "changes.diff",
            "--report",
            "json,csv",
            "--max-issues",
            limit,
        ]);
        std::fs::write(run.directory().join("changes.diff"), DIFF).expect("a file");
        // In blocks of 512 bytes.
        let child = run.spawn_through_shell("trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"");
        let ended = run.wait(child).expect(code);
        assert_eq!(ended.files(), ["result.json"]);
        assert!(!ended.stderr.contains("network"), "{}", ended.stderr);
        let hints = lines_with(&ended.stderr, "hint: ");
        table.add(
            format!("{name}, gate {gate}, --max-issues {limit}"),
            &format!("{}\n{hints}", reason(&ended)),
        );
    }
    assert_shown!("scope_on_a_full_disk", table.text());
}

/// Everything that a diff can have in it that matters here: ends of lines, names, renames, size.
#[test]
fn diffs_of_every_kind() {
    let world = world(1);
    let listed = |diff: &str| {
        let ended = check(&world, diff, &["--report", "json"]).expect(0);
        ids(&ended).into_iter().collect::<Vec<_>>().join(" ")
    };
    let huge: String = (0..300_000).fold(DIFF.to_owned(), |mut diff, file| {
        diff += &format!("diff --git a/x/{file} b/x/{file}\nold mode 100644\nnew mode 100755\n");
        diff
    });
    let hostile = format!(
        "{DIFF}diff --git \"a/\\033[31m\\n::error::x\" \"b/\\033[31m\\n::error::x\"\nnew file mode 100644\n\
         diff --git a/ßrc/a.c b/ßrc/a.c\nBinary files a/ßrc/a.c and b/ßrc/a.c differ\n"
    );
    let cases = [
        (DIFF.replace('\n', "\r\n"), "d2 d3"),
        (format!("\u{feff}{DIFF}"), "d2 d3"),
        ("diff --git a/x b/src/c.c\nrename from x\nrename to src/c.c\n".to_owned(), ""),
        ("diff --git a/src/c.c b/src/c.c\nBinary files a/src/c.c and b/src/c.c differ\n".to_owned(), "d5"),
        ("diff --git a/src/a.c b/src/a.c\ndeleted file mode 100644\n".to_owned(), ""),
        ("diff --git a/SRC/A.C b/SRC/A.C\nBinary files a/SRC/A.C and b/SRC/A.C differ\n".to_owned(), ""),
        (hostile, "d2 d3"),
        (huge, "d2 d3"),
    ];
    for (diff, expected) in cases {
        assert_eq!(listed(&diff), expected, "{}", &diff[..diff.len().min(200)]);
    }
}

/// What has no line counts if its file changed, and what has no path counts in any case.
#[test]
fn findings_without_a_place() {
    let mut rows = vec![row(1, 0, "src/b.c", 1), row(2, 0, "src/c.c", 1), row(3, 0, "", 1)];
    for row in &mut rows {
        row["line_number"] = json!("");
    }
    let world = World::new(scenario().task(listing(&rows)));
    let ended = check(&world, DIFF, &["--report", "json"]).expect(0);
    assert_eq!(ids(&ended), BTreeSet::from(["d1", "d3"].map(str::to_owned)));
}

/// A finding that may lie in a changed file counts, with a warning: how CodeArts writes paths is not documented.
#[test]
fn paths_that_do_not_fit_together() {
    let elsewhere = World::new(scenario().task(listing(&[row(1, 0, "/build/repo/src/a.c", 2)])));
    let ended = check(&elsewhere, DIFF, &["--report", "json", "--max-issues", "0"]).expect(4);
    assert_eq!(ids(&ended), BTreeSet::from(["d1".to_owned()]));
    assert_shown!("scope_other_paths", lines_with(&ended.stderr, "build/repo"));
    check(&elsewhere, DIFF, &["--report", "json", "--max-issues", "0", "--strip-prefix", "/build/repo"])
        .expect(4);
}

/// What nobody sees in a path is taken out of it, in findings and in changes alike, and no path is cut before its end.
#[test]
fn names_that_hide_a_changed_file() {
    let long = format!("{}x.c", "long/".repeat(800));
    for path in ["src/a\u{200b}.c", "src/\u{202e}a\u{fe0f}.c", ".\u{200b}/src/a.c", &long] {
        let world = World::new(scenario().task(listing(&[row(1, 0, path, 2)])));
        let diff = format!("--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,2 @@\n+1\n+2\n");
        check(&world, diff, &["--report", "none", "--max-issues", "0"]).expect(4);
    }
}

/// The diff comes through a pipe; while it does not come, a signal still ends the run.
#[cfg(unix)]
#[test]
fn a_diff_through_standard_input() {
    let world = world(1);
    let run = world.run(&["check", TASK, "--report", "json", "--scope", "changed", "--diff", "-"]);
    std::fs::write(run.directory().join("changes.diff"), DIFF).expect("a file");
    let ended = run.wait(run.spawn_through_shell("exec \"$0\" \"$@\" < changes.diff")).expect(0);
    assert_eq!(ids(&ended).len(), 2);
    // Nothing came: that is not a diff without changes.
    let ended = run.finish().expect(64);
    assert_shown!("scope_empty_input", lines_with(&ended.stderr, "--diff"));
}

/// All findings count unless something else is asked for; a diff alone does not.
#[test]
fn a_diff_alone_changes_nothing() {
    let world = world(1);
    for scope in [&[][..], &["--scope", "all"]] {
        let run = world.run(&[&["check", TASK, "--diff", "missing.diff"], scope].concat());
        let ended = run.finish().expect(0);
        assert_eq!(ended.result()["tasks"][0]["scope"], Value::Null);
        assert_shown!("a_diff_alone", lines_with(&ended.stderr, "warning"));
    }
}

/// Mistakes are named with file and line, and decide nothing.
#[test]
fn a_diff_that_is_not_one() {
    let world = world(1);
    let mut table = Table::default();
    let bad_hunk = DIFF.replace("+1,3", "+1,9");
    let cases: [(&str, &[u8]); 5] = [
        ("a hunk that is cut off", bad_hunk.as_bytes()),
        ("no diff", b"src/a.c | 2 +-\n"),
        ("nothing", b""),
        ("UTF-16", b"\xff\xfed\0i\0f\0f\0\n\0"),
        ("a path outside", b"--- a/x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n"),
    ];
    for (name, diff) in cases {
        let ended = check(&world, diff, &[]).expect(64);
        table.add(name, &lines_with(&ended.stderr, "changes.diff"));
    }
    let ended =
        world.run(&["check", TASK, "--scope", "changed", "--diff", "missing.diff"]).finish().expect(64);
    table.add("no file", &lines_with(&ended.stderr, "missing.diff").replace(" (os error 2)", ""));
    let ended = world.run(&["check", TASK, "--scope", "changed"]).finish().expect(64);
    table.add("no diff given", &lines_with(&ended.stderr, "--scope"));
    assert_shown!("scope_mistakes", table.text());
    assert_eq!(world.calls("progress").len(), 0);
}

/// The larger number of a service that contradicts itself does not count on changed lines.
#[test]
fn the_summary_does_not_count_in_the_scope() {
    let summary = json!({
        "task_id": TASK, "is_access": 1, "issue_count": 5, "new_count": 5,
        "critical_count": "2", "major_count": 1, "minor_count": "1", "suggestion_count": 1,
    });
    let world = World::new(scenario().task(succeeded().defects(rows())).when("summary", returns(summary)));
    check(&world, DIFF, &["--max-issues", "2", "--max-new-issues", "2"]).expect(0);
}

/// A check of what a pull request leads to, whose gate does not decide.
fn parent() -> World {
    let task = listing(&rows()).gate(Value::Null).with(|task| {
        task.repository = "https://github.com/acme/widget.git".to_owned();
        task.branch = Some("main".to_owned());
        task.project = Some("c".repeat(32));
    });
    World::new(scenario().task(task))
}

const REVIEWED: [&str; 6] = ["check", TASK, "--pull-request", "auto", "--report", "json"];

/// Of a pull request the forge shows the lines; without another rule no finding on them is allowed.
#[test]
fn the_forge_shows_the_lines_of_a_pull_request() {
    let mut table = Table::default();
    let patch = "@@ -1,2 +1,3 @@\n one\n-two\n+2\n+3";
    let cases: [(&str, &[&str], i32); 3] =
        [("src/a.c", &[], 4), ("src/x.c", &[], 0), ("src/a.c", &["--max-issues", "2"], 0)];
    for (path, arguments, code) in cases {
        let forge = Forge::with(pull_request(12).file(path, patch));
        let all = [REVIEWED.as_slice(), arguments].concat();
        let ended = parent().run_on_github(&forge, "pull_request", &all).finish().expect(code);
        let task = ended.result()["tasks"][0].clone();
        assert_eq!(task["scope"], "changed");
        assert_eq!(forge.requests("GET /repos/acme/widget/pulls/12/files").len(), 1);
        table.add(format!("{path} {arguments:?}"), &reason(&ended));
    }
    assert_shown!("scope_of_a_pull_request", table.text());
}

/// Where the forge does not show the lines, all findings count, and the log has the reason.
#[test]
fn all_findings_count_without_the_lines() {
    for (arguments, code) in [(&[][..], 4), (&["--max-issues", "4"], 4), (&["--max-issues", "5"], 0)] {
        let forge = Forge::with(pull_request(12).file("src/x.c", "@@ -1 +1 @@\n-a\n+b"));
        forge.state().faults.push(Fault::new("GET /repos/acme/widget/pulls/12/files", &[], 403));
        let all = [REVIEWED.as_slice(), arguments].concat();
        let ended = parent().run_on_github(&forge, "pull_request", &all).finish().expect(code);
        let task = ended.result()["tasks"][0].clone();
        assert_eq!((task.get("scope"), &task["counts"]["issues"]), (None, &json!(5)));
        let warning = lines_with(&ended.stderr, "all findings count");
        assert!(warning.contains("403"), "{warning} {}", ended.stderr);
    }
}
