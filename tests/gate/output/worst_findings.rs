//! The log of a gate that failed shows what to fix.

use crate::kit::scenario::{Task, answers, calls, scenario, succeeded};
use crate::kit::{Ended, TASK, World};
use serde_json::{Value, json};

/// As the service lists it.
fn row(id: u32, path: &str, message: &str) -> Value {
    json!({"defect_id": id.to_string(), "defect_level": "0", "defect_status": "0", "file_path": path, "line_number": id,
           "defect_content": message, "rule_name": "G.MEM.01"})
}

fn check(task: Task, more: &[&str]) -> (World, Ended) {
    let world = World::new(scenario().task(task));
    let report: &[&str] = if more.contains(&"--report") { &[] } else { &["--report", "none"] };
    let ended = world.run(&[&["check", TASK, "--publish", "none"], report, more].concat()).finish();
    (world, ended)
}

/// Lines of findings, and the line after them.
fn findings(ended: &Ended) -> (Vec<&str>, &str) {
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let is_finding = |line: &&&str| line.contains(": critical: ") || line.contains(": suggestion: ");
    let found: Vec<&str> = lines.iter().filter(is_finding).copied().collect();
    let last = lines.iter().rposition(|line| is_finding(&line));
    (found, last.and_then(|last| lines.get(last + 1)).copied().unwrap_or_default())
}

#[test]
fn the_worst_twenty_are_named() {
    let task = || succeeded().findings([15, 0, 0, 10]);
    let (_world, ended) = check(task(), &["--max-critical", "0"]);
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    let (found, next) = findings(&ended);
    assert_eq!((found.len(), next), (20, "and 5 more findings"), "{}", ended.stderr);
    assert!(found[..15].iter().all(|line| line.contains(": critical: ")), "{}", ended.stderr);
    let verdict = ended.stderr.lines().rfind(|line| !line.starts_with("hint: "));
    assert_eq!(verdict, Some("error: GATE-FAILED (exit 4)"));
    // With a list the number is the same, and a pass names none.
    let (_world, ended) = check(task(), &["--max-critical", "0", "--report", "json"]);
    assert_eq!(findings(&ended).1, "and 5 more findings", "{}", ended.stderr);
    let (world, ended) = check(task(), &["--max-critical", "15"]);
    assert_eq!((ended.code, findings(&ended).0.len()), (0, 0), "{}", ended.stderr);
    assert_eq!(world.calls("findings").len(), 0, "nothing needs them");
}

/// That they cannot be read changes nothing.
#[test]
fn a_list_that_fails_hides_no_verdict() {
    let story = scenario().task(succeeded().findings([1, 0, 0, 0])).when(calls("findings"), answers(400));
    let world = World::new(story);
    let arguments = ["check", TASK, "--report", "none", "--publish", "none", "--max-critical", "0"];
    let ended = world.run(&arguments).finish().expect(4);
    assert_eq!(findings(&ended).0.len(), 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("warning: the findings are not listed"), "{}", ended.stderr);
}

/// One line each, which no CI obeys.
#[test]
fn hostile_findings_are_one_line() {
    let hostile = [
        "::error file=x::owned\n::set-output name=verdict::pass",
        "\u{1b}[2J\u{1b}]8;;https://evil.example\u{7}x",
        "##[error]x\r\n##vso[task.complete]",
        &"x".repeat(100_000),
    ];
    let rows: Vec<Value> =
        (1..).zip(hostile).flat_map(|(id, text)| [row(id, text, "m"), row(id + 100, "a.c", text)]).collect();
    let number = rows.len();
    let task = succeeded().findings([u32::try_from(number).expect("few"), 0, 0, 0]).defects(rows);
    let (_world, ended) = check(task, &["--max-critical", "0"]);
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    let (found, _) = findings(&ended);
    assert_eq!(found.len(), number, "{}", ended.stderr);
    for line in ended.stderr.lines() {
        let is_plain = !line.contains(char::is_control) && !line.starts_with("::") && !line.contains("##[");
        assert!(is_plain && line.chars().count() < 1000, "{line}");
    }
}

/// Colours come with a terminal, or when they are asked for.
#[test]
fn colours_are_wanted_or_not() {
    for (variables, expected) in [
        (&[][..], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "0")], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
    ] {
        let world = World::new(scenario().task(succeeded().findings([1, 0, 0, 0])));
        let mut run = world.run(&["check", TASK, "--report", "none", "--max-critical", "0"]);
        for (name, value) in variables {
            run.env(name, value);
        }
        let ended = run.finish().expect(4);
        let coloured = ended.stderr.contains("\u{1b}[1;31merror:\u{1b}[0m");
        assert_eq!(coloured, expected, "{variables:?}\n{}", ended.stderr);
    }
}
