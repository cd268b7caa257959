//! `[[task]]` tables of the configuration file: several tasks, each with settings of its own.

use super::config::{is_accepted_by_schema, write};
use crate::findings::rows::{listing, row};
use crate::kit::scenario::{Story, Task, pdf, scenario, succeeded};
use crate::kit::{Ended, Run, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::Value;

const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const C: &str = "cccccccccccccccccccccccccccccccc";

/// One major finding in each of three tasks.
fn story() -> Story {
    let of = |name: &str, branch: &str| -> Task {
        succeeded().findings([0, 1, 0, 0]).with(|task| {
            task.name = name.to_owned();
            task.repository = "git@github.com:acme/widget.git".to_owned();
            task.branch = Some(branch.to_owned());
            task.project = Some(PROJECT.to_owned());
        })
    };
    let story = scenario().task_named(A, of("alpha", "main")).task_named(B, of("beta", "release"));
    story.task_named(C, of("gamma", "old"))
}

fn prepared(world: &World, arguments: &[&str], text: &str) -> Run {
    let run = world.run(arguments);
    write(&run, text);
    run
}

fn check(world: &World, arguments: &[&str], text: &str) -> Ended {
    prepared(world, &[&["check", "--report", "none"], arguments].concat(), text).finish()
}

/// The ids and outcomes of the tasks.
fn outcomes(ended: &Ended) -> Vec<(String, String)> {
    let result = ended.result();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let tasks = result["tasks"].as_array().expect("tasks").iter();
    tasks.map(|task| (text(&task["task_id"]), text(&task["outcome"]))).collect()
}

fn expected(outcomes: &[(&str, &str)]) -> Vec<(String, String)> {
    outcomes.iter().map(|(id, outcome)| ((*id).to_owned(), (*outcome).to_owned())).collect()
}

/// B has no settings of its own.
fn two_tasks() -> String {
    format!(
        "max-major = 0\n\n[[task]]\nid = \"{A}\"\nname = \"server\"\nmax-major = 1\n\n[[task]]\nid = \"{B}\"\n"
    )
}

#[test]
fn each_task_has_its_own_thresholds() {
    let world = World::new(story());
    let ended = check(&world, &[], &two_tasks()).expect(4);
    assert_eq!(outcomes(&ended), expected(&[(A, "passed"), (B, "gate-failed")]));
    let result = ended.result();
    let limit = |task: usize| result["tasks"][task]["gate"]["thresholds"][0]["limit"].as_u64();
    assert_eq!((limit(0), limit(1)), (Some(1), Some(0)));
    let name = |task: usize| result["tasks"][task]["name"].as_str();
    assert_eq!((name(0), name(1)), (Some("server"), Some("beta")));
    let log = [lines_with(&ended.stderr, "settings"), lines_with(&ended.stderr, "exit")].concat();
    assert!(
        ended.stderr.contains("server (aaaaaaaa)") && !ended.stderr.contains("alpha"),
        "{}",
        ended.stderr
    );
    assert_shown!("config_tasks", log);
}

/// Who reads that a threshold was exceeded finds the place where it stands.
#[test]
fn a_threshold_is_named_where_it_was_set() {
    let world = World::new(story());
    let named = |ended: &Ended| {
        let (_, text) = ended.stderr.split_once("at most 0 allowed by `").expect("a threshold");
        text.split('`').next().unwrap_or_default().to_owned()
    };
    assert_eq!(named(&check(&world, &[], &two_tasks()).expect(4)), "codearts-gate.toml:1: max-major = 0");
    let own = format!("max-major = 1\n\n[[task]]\nid = \"{A}\"\nmax-major = 0\n");
    assert_eq!(named(&check(&world, &[], &own).expect(4)), "codearts-gate.toml:5: max-major = 0");
    assert_eq!(named(&check(&world, &[A, "--max-major", "0"], &own).expect(4)), "--max-major 0");
    let mut run = prepared(&world, &["check", "--report", "none"], &own);
    assert_eq!(named(&run.env("CODEARTS_MAX_MAJOR", "0").finish().expect(4)), "CODEARTS_MAX_MAJOR=0");
}

/// `doctor` tests all, `report` takes the only one; neither looks for a task.
#[test]
fn other_commands_read_the_tables_too() {
    let world = World::new(story().task_named(A, succeeded().pdf(pdf())));
    let ended = prepared(&world, &["doctor"], &two_tasks()).finish().expect(0);
    for id in [A, B] {
        assert!(ended.stderr.contains(&format!("task {id}")), "{}", ended.stderr);
    }
    assert!(!prepared(&world, &["doctor"], &two_tasks()).reports().exists());

    let one = format!("report-title = \"all\"\n\n[[task]]\nid = \"{A}\"\nreport-title = \"server\"\n");
    let title = |arguments: &[&str]| {
        prepared(&world, &[&["report"], arguments].concat(), &one).finish().expect(0);
        let started = world.calls("pdf-start").pop().expect("an export");
        format!("{} {:?}", String::from_utf8_lossy(&started.body), started.query)
    };
    assert!(title(&[]).contains("server"), "{}", title(&[]));
    assert!(title(&["--report-title", "typed"]).contains("typed"));

    let mut table = Table::default();
    let by_code = "[[task]]\nrepository = \"https://github.com/acme/widget\"\nbranch = \"main\"\n";
    let cases = [
        ("several tasks", "report", two_tasks()),
        ("report without an id", "report", by_code.to_owned()),
        ("doctor without an id", "doctor", by_code.to_owned()),
    ];
    for (name, command, text) in cases {
        let ended = prepared(&world, &[command], &text).finish().expect(64);
        table.add(name, &lines_with(&ended.stderr, "task"));
    }
    assert_shown!("config_tasks_of_other_commands", table.text());
}

/// Also what the pipeline says about all tasks.
#[test]
fn flags_and_variables_beat_the_settings_of_a_task() {
    let world = World::new(story());
    let both = expected(&[(A, "gate-failed"), (B, "gate-failed")]);
    let ended = check(&world, &["--max-major", "0"], &two_tasks()).expect(4);
    assert_eq!(outcomes(&ended), both);
    assert!(!ended.stderr.contains("single tasks"), "{}", ended.stderr);
    let mut run = prepared(&world, &["check", "--report", "none"], &two_tasks());
    assert_eq!(outcomes(&run.env("CODEARTS_MAX_MAJOR", "0").finish().expect(4)), both);
    let mut run = prepared(&world, &["check", "--report", "none"], &two_tasks());
    run.env("CODEARTS_MAX_MAJOR", "1").finish().expect(0);
}

/// The settings of those that the file knows still count.
#[test]
fn a_task_id_takes_the_place_of_the_list() {
    let world = World::new(story());
    let ended = check(&world, &[A], &two_tasks()).expect(0);
    assert_eq!(outcomes(&ended), expected(&[(A, "passed")]));
    let ended = check(&world, &[C, A], &two_tasks()).expect(4);
    assert_eq!(outcomes(&ended), expected(&[(C, "gate-failed"), (A, "passed")]));
    let mut run = prepared(&world, &["check", "--report", "none"], &two_tasks());
    let ended = run.env("CODEARTS_TASK_ID", C).finish().expect(4);
    assert_eq!(outcomes(&ended), expected(&[(C, "gate-failed")]));
}

#[test]
fn all_tasks_are_started_and_waited_for_later() {
    let world = World::new(story());
    let run = prepared(&world, &["start"], &two_tasks());
    run.finish().expect(0);
    assert_eq!(world.calls("run").len(), 2);
    let file = run.reports().join("run.json");
    let ended = check(&world, &["--run", file.to_str().expect("UTF-8")], &two_tasks()).expect(4);
    assert_eq!(outcomes(&ended), expected(&[(A, "passed"), (B, "gate-failed")]));
}

/// As without TASK_ID, but in no job at all.
#[test]
fn a_task_is_found_by_its_repository_and_branch() {
    let world = World::new(story());
    let by_code = |branch: &str, more: &str| {
        format!("\n[[task]]\nrepository = \"https://github.com/acme/widget\"\nbranch = \"{branch}\"\n{more}")
    };
    let project = format!("project-id = \"{PROJECT}\"\nmax-major = 0\n");
    let by_id = format!("\n[[task]]\nid = \"{A}\"\n");
    let text = format!("{project}{}{by_id}", by_code("release", "max-major = 1\n"));
    let ended = check(&world, &[], &text).expect(4);
    assert_eq!(outcomes(&ended), expected(&[(B, "passed"), (A, "gate-failed")]));
    // Settings of a task that is named otherwise in the file are not those of an id.
    assert_eq!(outcomes(&check(&world, &[B], &text).expect(4)), expected(&[(B, "gate-failed")]));
    let mut table = Table::default();
    let cases = [
        ("none", format!("{project}{}", by_code("missing", ""))),
        ("twice", format!("{project}{by_id}{}", by_code("main", ""))),
        ("no project", by_code("main", "")),
    ];
    for (name, text) in cases {
        table.add(name, &lines_with(&check(&world, &[], &text).expect(64).stderr, "error: "));
    }
    assert_shown!("config_tasks_not_found", table.text());
    let runs = world.calls("run").len();
    let text = format!("{project}{}", by_code("main", ""));
    prepared(&world, &["start"], &text).finish().expect(0);
    assert_eq!(world.calls("run").len(), runs + 1);
}

/// A baseline, the lines that count, the gate of CodeArts and the title of the PDF.
#[test]
fn each_task_has_its_own_scope_baseline_and_title() {
    let findings = || listing(&[row(1, 0, "src/a.c", 1)]);
    let world = World::new(
        scenario().task_named(A, findings()).task_named(B, findings()).task_named(C, findings().gate(0)),
    );
    let made = world.run(&["check", A, "--report", "none", "--write-baseline", "baseline.json"]);
    made.finish().expect(0);
    let baseline = std::fs::read(made.directory().join("baseline.json")).expect("the baseline");
    let text = format!(
        "diff = \"changes.diff\"\nmax-critical = 0\n\n\
         [[task]]\nid = \"{A}\"\nbaseline = \"baseline.json\"\nreport-title = \"of alpha\"\n\n\
         [[task]]\nid = \"{B}\"\nscope = \"changed\"\n\n\
         [[task]]\nid = \"{C}\"\ngate = \"off\"\n"
    );
    let run = prepared(&world, &["check", "--report-title", "x"], &text);
    std::fs::write(run.directory().join("baseline.json"), &baseline).expect("a file");
    let diff = "--- a/src/b.c\n+++ b/src/b.c\n@@ -1 +1 @@\n-1\n+2\n";
    std::fs::write(run.directory().join("changes.diff"), diff).expect("a file");
    let ended = run.finish().expect(4);
    assert_eq!(outcomes(&ended), expected(&[(A, "passed"), (B, "passed"), (C, "gate-failed")]));
    let result = ended.result();
    let scope = |task: usize| result["tasks"][task]["scope"].as_str();
    assert_eq!((scope(0), scope(1), scope(2)), (None, Some("changed"), None));
    let reason = result["tasks"][2]["reason"].as_str().expect("a reason");
    assert!(reason.contains("critical") && !reason.contains("quality gate"), "{reason}");
    // Without the flag, the title is that of the task.
    let titles = |ended: Ended| {
        drop(ended);
        let calls = world.calls("pdf-start");
        calls.iter().rev().take(3).map(|call| call.query[0].1.clone()).collect::<Vec<_>>()
    };
    assert_eq!(titles(ended), ["x", "x", "x"]);
    let text = text.replace("diff =", "report-title = \"of all\"\ndiff =");
    let run = prepared(&world, &["check"], &text);
    std::fs::write(run.directory().join("baseline.json"), &baseline).expect("a file");
    std::fs::write(run.directory().join("changes.diff"), diff).expect("a file");
    let mut titles = titles(run.finish().expect(4));
    titles.sort_unstable();
    assert_eq!(titles, ["of all", "of all", "of alpha"]);
    // One baseline would belong to one task.
    let text = text.replace("diff =", "baseline = \"baseline.json\"\ndiff =");
    let run = prepared(&world, &["check"], &text);
    std::fs::write(run.directory().join("baseline.json"), &baseline).expect("a file");
    std::fs::write(run.directory().join("changes.diff"), diff).expect("a file");
    let ended = run.finish().expect(64);
    assert!(ended.stderr.contains("`codearts-gate.toml:2: baseline`"), "{}", ended.stderr);
}

#[test]
fn wrong_tables_are_refused_with_their_line() {
    let world = World::new(scenario());
    let id = format!("[[task]]\nid = \"{A}\"\n");
    let many: String = (0..1001).map(|number| format!("[[task]]\nid = \"{number:032x}\"\n")).collect();
    // Whether the schema sees it, too.
    let cases = [
        ("empty", "[[task]]\n".to_owned(), true),
        ("only a branch", "[[task]]\nbranch = \"main\"\n".to_owned(), true),
        ("id and branch", format!("{id}branch = \"main\"\n"), true),
        ("empty id", "[[task]]\nid = \"\"\n".to_owned(), true),
        ("no id", "[[task]]\nid = \"a/b\"\n".to_owned(), false),
        ("a number", "[[task]]\nid = 7\n".to_owned(), true),
        ("one table", format!("[task]\nid = \"{A}\"\n"), true),
        ("ids", format!("task = [\"{A}\"]\n"), true),
        ("twice", format!("{id}\n{id}"), false),
        ("an unknown key", format!("{id}max-critcal = 1\n"), true),
        ("a key for all", format!("{id}timeout = \"5m\"\n"), true),
        ("a key that is kept out", format!("{id}endpoint = \"https://example.com\"\n"), true),
        ("a wrong value", format!("gate = \"off\"\n{id}gate = \"perhaps\"\n"), true),
        ("a number that is none", format!("{id}max-major = -1\n"), true),
        ("a path", format!("{id}baseline = \"/etc/passwd\"\n"), true),
        ("a name for all", format!("id = \"{A}\"\n"), true),
        ("another name for all", format!("task_id = \"{A}\"\n"), true),
        ("too many", many, false),
    ];
    let mut table = Table::default();
    for (name, text, by_schema) in cases {
        let ended = check(&world, &[], &text).expect(64);
        assert_eq!(world.sandbox.recorded().len(), 0, "{name}");
        table.add(name, &lines_with(&ended.stderr, "error: "));
        assert_eq!(is_accepted_by_schema(&text), !by_schema, "{name}");
    }
    assert_shown!("config_tasks_wrong", table.text());
}

/// What an earlier run left is removed, as with ids that are typed.
#[test]
fn a_mistake_leaves_nothing_of_an_earlier_run() {
    let world = World::new(story());
    let run = prepared(&world, &["check"], &format!("{}max-minor = 0\n", two_tasks()));
    run.finish().expect(4);
    let pdf = run.reports().join(format!("{A}.pdf"));
    assert!(pdf.exists());
    // Not even its document lists the tasks.
    std::fs::remove_file(run.reports().join("result.json")).expect("the document");
    write(&run, format!("timeout = \"0s\"\n{}", two_tasks()));
    run.finish().expect(64);
    assert!(!pdf.exists());
}
