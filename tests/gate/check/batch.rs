//! Many tasks in one process: few lines, and the worst results first.

use crate::kit::World;
use crate::kit::forge::Forge;
use crate::kit::scenario::{
    FAILED, STOPPED, Story, answers, calls, endless, pdf, resets, scenario, stalls_after, succeeded, task,
};
use crate::snapshot::{assert_shown, lines_with};
use std::time::{Duration, Instant};

fn ids(number: usize) -> Vec<String> {
    (0..number).map(|id| format!("{id:032x}")).collect()
}

/// The line without what varies: which of [`ids`] are named, and the number of polls.
fn without_chance(line: &str) -> String {
    let zeros = "0".repeat(28);
    let mut parts = line.split(zeros.as_str());
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |text, part| text + "ID" + part.get(4..).unwrap_or_default());
    text.replace(", 1 poll", ", 2 polls")
}

/// Of 120 tasks 20 fail in two ways.
fn some_fail() -> Story {
    let done = task().ends_at_poll(3).pdf(pdf());
    ids(20).iter().enumerate().fold(scenario().task(done), |story, (number, id)| {
        let status = if number % 2 == 0 { STOPPED } else { FAILED };
        story.task_named(id, task().ends_at_poll(2).ends(status))
    })
}

#[test]
fn the_log_of_a_batch_is_a_summary_and_the_worst_few() {
    let (world, forge) = (World::new(some_fail()), Forge::new());
    let ids = ids(120);
    let arguments: Vec<&str> =
        ["check", "--start"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let ended = world.run_on_github(&forge, "push", &arguments).finish().expect(1);
    let lines: Vec<&str> = ended.stderr.lines().filter(|line| !line.starts_with("::")).collect();
    assert!(lines.len() <= 20, "{} lines: {lines:#?}", lines.len());
    // The worst first: what failed before what was stopped.
    let artifacts: Vec<&&str> = lines.iter().filter(|line| line.starts_with("artifact: ")).collect();
    assert_eq!(artifacts.len(), 1, "{lines:#?}");
    let failed: Vec<&&str> = lines.iter().filter(|line| line.starts_with("error: 0000")).collect();
    assert_eq!(failed.len(), 10, "{lines:#?}");
    assert!(failed.iter().all(|line| line.contains("check-failed")), "{failed:#?}");
    // Nothing is lost: the document has all tasks, each has its PDF, and later steps know every run.
    let result = ended.result();
    let tasks = result["tasks"].as_array().expect("tasks");
    assert_eq!(tasks.iter().filter(|task| task["outcome"] == "passed").count(), 100);
    let waits = || tasks.iter().map(|task| &task["wait"]);
    let sum = |name: &str| waits().map(|wait| wait[name].as_u64().expect("a number")).sum::<u64>();
    let cost = format!(
        "{} polls (a fixed interval of 5s would need {});",
        sum("polls"),
        sum("polls_every_5_seconds")
    );
    let is_cost = |line: &&&str| line.starts_with(&cost);
    assert_eq!(lines.iter().filter(is_cost).count(), 1, "{cost} in {lines:#?}");
    // Which of the failed ones are named, and the figures of the wait, vary.
    let words: Vec<String> =
        lines.iter().filter(|line| !is_cost(line)).map(|line| without_chance(line)).collect();
    assert_shown!("log_of_120_tasks", words.join("\n"));
    let pdfs = ended.files().iter().filter(|name| name.ends_with(".pdf")).count();
    assert_eq!(pdfs, 100);
    let outputs = ended.outputs();
    assert_eq!(outputs["run-id"].split(',').count(), 120);
    let output = std::fs::read_to_string(ended.reports.with_file_name("output")).expect("the file");
    assert!(!output.contains("run-id=\n"), "no output before a run is known");
    assert!(output.len() < 50_000, "{} bytes of outputs", output.len());
    // In the summary of the step the failed ones come before those that passed.
    let summary = ended.summary();
    let position = |part: &str| summary.find(part).unwrap_or_else(|| panic!("{part} in {summary}"));
    assert!(position("check-failed") < position("| ✅"), "{summary}");
}

/// A name from outside never is a command, wherever it stands.
#[test]
fn the_task_that_fails_a_batch_is_named() {
    let hostile = succeeded().gate(0).with(|script| script.name = "::error::x\n##[error]y".to_owned());
    let ids = ids(10);
    let world = World::new(scenario().task(succeeded()).task_named(&ids[7], hostile));
    let arguments: Vec<&str> =
        ["check", "--report", "none"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let ended = world.run(&arguments).finish().expect(4);
    assert_shown!("a_hostile_name_in_a_batch", lines_with(&ended.stderr, "error::x"));
}

/// Every allowed outcome is a warning, however many tasks pass beside it.
#[test]
fn allowed_outcomes_of_a_batch_are_warnings() {
    let done = scenario().task(succeeded().pdf(pdf()));
    let world =
        World::new(ids(3).iter().fold(done, |story, id| story.task_named(id, task().before(STOPPED))));
    let ids = ids(20);
    let arguments = ["check", "--allow", "stopped"].into_iter().chain(ids.iter().map(String::as_str));
    let ended = world.run(&arguments.collect::<Vec<_>>()).finish().expect(0);
    let allowed = lines_with(&ended.stderr, "`--allow stopped`");
    assert_eq!(allowed.lines().count(), 3, "{}", ended.stderr);
    let last = ended.stderr.lines().last().unwrap_or_default();
    assert_shown!("allowed_outcomes_of_a_batch", format!("{allowed}{last}"));
}

/// Later steps get the runs while they are active, also where one is never known.
#[test]
#[cfg(unix)]
fn runs_of_a_batch_are_outputs_while_they_go_on() {
    let world = World::new(scenario().task(endless()).when(
        calls("run").of("00000000000000000000000000000003"),
        answers(403).body(serde_json::json!({"error_msg": "no"})),
    ));
    let forge = Forge::new();
    let ids = ids(12);
    let arguments: Vec<&str> =
        ["check", "--start"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let run = world.run_on_github(&forge, "push", &arguments);
    let output = run.reports().with_file_name("output");
    let mut child = run.spawn();
    let begun = Instant::now();
    loop {
        let text = std::fs::read_to_string(&output).expect("the file");
        let runs =
            text.lines().filter_map(|line| line.strip_prefix("run-id=")).next_back().unwrap_or_default();
        if runs.split(',').count() == 11 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{text}");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("a child");
    child.wait().expect("a child");
}

/// Hanging downloads block only as many downloads as are allowed at once, and no poll.
#[test]
#[cfg(unix)]
fn concurrent_downloads_are_limited() {
    let world = World::new(
        scenario()
            .task(succeeded().pdf(pdf()))
            .task_named("00000000000000000000000000000000", endless())
            .when("pdf-file", stalls_after(100)),
    );
    world.sandbox.start_foreign_run(&ids(1)[0]);
    let ids = ids(30);
    let arguments: Vec<&str> = ["check"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let mut child = world.run(&arguments).spawn();
    world.wait_for("pdf-file", 16);
    let begun = Instant::now();
    let polls = || world.calls("progress").iter().filter(|call| call.task.as_ref() == Some(&ids[0])).count();
    let before = polls();
    while polls() < before + 10 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no polls");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(world.calls("pdf-file").len(), 16);
    child.kill().expect("a child");
    child.wait().expect("a child");
}

/// Failed polls of a batch are counted and reported.
#[test]
fn faults_of_a_batch_are_counted() {
    let world = World::new(
        scenario()
            .task(succeeded().pdf(pdf()))
            .when(calls("progress").nth([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), resets()),
    );
    let ids = ids(10);
    let arguments: Vec<&str> = ["check"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let ended = world.run(&arguments).finish().expect(0);
    let lines = ended.stderr.lines().filter(|line| !line.starts_with("service: ")).map(without_chance);
    let mut lines: Vec<String> = lines.collect();
    // The first count of the tasks comes before the first failures, or among them.
    lines.sort();
    assert_shown!("faults_of_a_batch", lines.join("\n"));
}
