//! Status → exit code, attached and started, of one task and of several.

use crate::kit::scenario::{
    CHECKING, FAILED, STOPPED, SUCCEEDED, calls, endless, is_late, pdf, refuses, returns, scenario,
    succeeded, task,
};
use crate::kit::{TASK, World, assert_whole_pdf};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::FailingStepScript;
use serde_json::{Value, json};

/// Four statuses × attach and start; only a 2 gives 0.
#[test]
fn four_statuses_attached_and_started() {
    for (status, code, outcome) in [
        (CHECKING, 2, "timed-out"),
        (FAILED, 1, "check-failed"),
        (SUCCEEDED, 0, "passed"),
        (STOPPED, 3, "stopped"),
    ] {
        for start in [false, true] {
            let before = (!start).then_some(status);
            let world = World::new(task().before(before).ends_at_poll(3).ends(status).pdf(pdf()));
            let limit = if status == CHECKING { "2s" } else { "1m" };
            let mut run = world.run(&["check", TASK, "--timeout", limit]);
            if start {
                run.env("CODEARTS_START", "true");
            }
            let ended = run.finish().expect(code);
            let result = ended.result();
            assert_eq!(result["outcome"], outcome, "{status} {start}");
            assert_eq!(result["exit_code"], code);
            assert_eq!(result["tasks"][0]["status"], status);
            assert_eq!(world.calls("run").len(), usize::from(start));
            let report = ended.reports.join(format!("{TASK}.pdf"));
            if status == SUCCEEDED {
                assert_whole_pdf(&report, 20_000);
            } else {
                assert!(
                    !report.exists() && world.calls("pdf-start").is_empty(),
                    "no PDF after status {status}"
                );
            }
            // A timeout stops the started run, and no other.
            assert_eq!(
                world.calls("stop").len(),
                usize::from(start && status == CHECKING),
                "{status} {start}"
            );
        }
    }
}

/// Only a clear 2 is a pass, whatever else the service returns.
#[test]
fn only_status_2_is_a_pass() {
    let answers = [
        json!({"task_status": null, "progress": null}),
        json!({"task_status": "success"}),
        json!({"task_status": true}),
        json!({"task_status": 22}),
        json!({"task_status": 7, "progress": {"ratio": "100%", "info": "success"}}),
        json!({"task_status": [2]}),
        json!({"result": {"task_status": 2}}),
        json!({"status": "success", "result": null}),
        json!({"progress": {"ratio": "100%", "info": "success"}}),
        json!({}),
        json!([]),
        json!(null),
        json!(2),
        json!("2"),
    ];
    let ids: Vec<String> = (0..answers.len()).map(|number| format!("t{number:02}")).collect();
    let story = ids.iter().zip(&answers).fold(scenario(), |story, (task, answer)| {
        story.when(calls("progress").of(task), returns(answer.to_string()))
    });
    let tasks = ids.iter().map(String::as_str);
    let world = World::new(story);
    let ended =
        world.run(&["check", "--timeout", "2s"].into_iter().chain(tasks).collect::<Vec<_>>()).finish();
    assert_eq!(ended.result()["verdict"], "undecided");
    for (task, answer) in ended.expect(2).result()["tasks"].as_array().expect("tasks").iter().zip(answers) {
        assert_eq!(task["outcome"], "timed-out", "{answer}: {task}");
    }
}

#[test]
fn statuses_as_strings_are_read() {
    let world = World::new(succeeded().numbers_as_strings());
    world.run(&["check", TASK, "--report", "none"]).finish().expect(0);
}

/// A null status in the middle of a run does not end it.
#[test]
fn a_null_status_keeps_waiting() {
    let world = World::new(task().null_polls(5).ends_at_poll(8));
    world.run(&["check", TASK, "--start", "--report", "none"]).finish().expect(0);
    assert!(world.calls("progress").len() > 5);
}

#[test]
fn an_active_run_is_attached_to_queued_behind_or_refused() {
    let mut table = Table::default();
    for (policy, code, runs) in [("attach", 0, 0), ("queue", 0, 1), ("fail", 2, 0)] {
        let world = World::new(task().before(CHECKING).ends_at_poll(4));
        let arguments = ["check", TASK, "--start", "--if-running", policy, "--report", "none"];
        let ended = world.run(&arguments).finish().expect(code);
        assert_eq!(world.calls("run").len(), runs, "{policy}");
        assert_eq!(world.calls("stop").len(), 0, "{policy}");
        table.add(format!("--if-running {policy}"), &lines_with(&ended.stderr, "active"));
    }
    assert_shown!("a_run_is_active_already", table.text());
    // The run of others is not stopped at the timeout, unless requested.
    for (policy, stops) in [("auto", 0), ("never", 0), ("always", 1)] {
        let world = World::new(endless().before(CHECKING));
        let arguments = ["check", TASK, "--start", "--timeout", "2s", "--stop-on-cancel", policy];
        world.run(&arguments).finish().expect(2);
        assert_eq!(world.calls("stop").len(), stops, "{policy}");
    }
}

/// Where the list of runs confirms the end at the next poll, nothing was ever in doubt for the reader.
#[test]
fn a_run_that_was_active_from_the_start_ends_without_doubt() {
    for polls in 1..=4 {
        for start in [false, true] {
            let world = World::new(task().before(CHECKING).ends_at_poll(polls));
            let mut run = world.run(&["check", TASK, "--report", "none"]);
            if start {
                run.env("CODEARTS_START", "true");
            }
            let ended = run.finish().expect(0);
            assert!(!ended.stderr.contains("another run;"), "{polls} {start}: {}", ended.stderr);
        }
    }
}

/// The service itself rejects the start when another run began between the poll and the start.
#[test]
fn a_start_refused_as_active_is_attached_to() {
    let active = scenario().task(task().before(CHECKING).ends_at_poll(4));
    let world = World::new(active.when(calls("progress").nth([1]), returns(json!({"task_status": 2}))));
    world.run(&["check", TASK, "--start", "--report", "none"]).finish().expect(0);
    assert_eq!(world.calls("run").len(), 1);
}

#[test]
fn the_worst_of_several_tasks_wins() {
    let several = scenario()
        .task_named("aa", succeeded().pdf(pdf()))
        .task_named("bb", task().before(FAILED))
        .task_named("cc", task().before(STOPPED))
        .task_named("dd", endless().before(CHECKING))
        .task_named("ee", succeeded().pdf(pdf().fails("no paper")));
    let cases: [(&[&str], &str, i32, &str); 7] = [
        (&["aa"], "", 0, "passed"),
        (&["aa", "bb", "cc", "dd"], "", 1, "check-failed"),
        (&["aa", "cc", "dd"], "", 3, "stopped"),
        (&["aa", "dd", "ee"], "", 2, "timed-out"),
        (&["aa", "ee"], "", 5, "report-failed"),
        (&["aa", "cc"], "stopped", 0, "stopped"),
        (&["cc", "ee"], "stopped", 5, "report-failed"),
    ];
    for (tasks, allow, code, outcome) in cases {
        let world = World::new(several.clone());
        let limit = if tasks.contains(&"dd") { "2s" } else { "1m" };
        let arguments: Vec<&str> = ["check", "--timeout", limit].iter().chain(tasks).copied().collect();
        let ended = world.run(&arguments).env("CODEARTS_ALLOW", allow).finish().expect(code);
        let result = ended.result();
        assert_eq!(result["outcome"], outcome, "{tasks:?}");
        assert_eq!(result["tasks"].as_array().map(Vec::len), Some(tasks.len()));
    }
}

#[test]
fn the_failing_step_is_shown_when_the_project_is_known() {
    let step = FailingStepScript {
        name: "Pull code".to_owned(),
        log: "clone \u{1b}[31mfailed\n::error::x".to_owned(),
        analysis: "no access".to_owned(),
        faq: "https://example.com/faq".to_owned(),
    };
    let world = World::new(task().ends_at_poll(2).ends(FAILED).failing_step(step));
    let ended = world.run(&["check", TASK, "--start", "--project-id", "0d1a2b3c4d5e"]).finish().expect(1);
    let mut table = Table::default();
    table.add("--project-id", &lines_with(&ended.stderr, "step"));
    for part in ["Pull code", "clone [31mfailed ::error::x", "no access", "https://example.com/faq"] {
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
    assert!(!ended.stderr.contains('\u{1b}'));
    // It is there already.
    assert!(!ended.stderr.contains("--project-id"), "{}", ended.stderr);
    let result = ended.result();
    assert_eq!(result["tasks"][0]["failing_steps"][0]["analysis"], "no access");
    let run_id = result["tasks"][0]["run_id"].as_str().expect("a run id").to_owned();
    assert_eq!(world.calls("log-detail")[0].query, [("execute_id".to_owned(), run_id)]);

    let ended = world.run(&["check", TASK, "--start"]).finish().expect(1);
    table.add("no project", &lines_with(&ended.stderr, "step"));
    assert_eq!(ended.stderr.matches("--project-id").count(), 1, "{}", ended.stderr);
    assert_shown!("the_failing_step", table.text());
}

/// The last poll comes exactly at the deadline, and its answer is believed.
#[test]
fn the_answer_at_the_deadline_counts() {
    let world = World::new(task().before(CHECKING).ends_at_poll(2));
    let mut run =
        world.run(&["check", TASK, "--timeout", "2s", "--report", "none", "--poll-interval", "30s"]);
    let ended = run.without("CODEARTS_MAX_PAUSE").finish().expect(0);
    assert_eq!(world.calls("progress").len(), 2);
    let waited: &Value = &ended.result()["tasks"][0]["wait"];
    assert_eq!(waited["polls"], 2);
    // The time limit begins a moment before the wait.
    assert!(waited["seconds"].as_f64().expect("seconds") >= 1.5, "{waited}");
}

/// The list of runs is evidence only: when it hangs, the verdict is not lost.
#[test]
fn a_hanging_list_of_runs_does_not_swallow_the_verdict() {
    let world = World::new(scenario().task(succeeded()).when("last-jobs", is_late("1h")));
    world.run(&["check", TASK, "--report", "none", "--timeout", "2s"]).finish().expect(0);
}

/// A run that is not waited for is not stopped.
#[test]
fn a_run_that_is_not_waited_for_is_left_alone() {
    let world = World::new(endless().before(CHECKING));
    let arguments = ["check", TASK, "--start", "--if-running", "fail", "--stop-on-cancel", "always"];
    world.run(&arguments).finish().expect(2);
    assert_eq!(world.calls("stop").len(), 0);
}

/// The duration of earlier runs is requested once, for a started run that is pending, where the project is known; the
/// answer does not affect the verdict.
#[test]
fn earlier_runs_are_requested_only_where_they_help() {
    let never = None;
    let cases = [
        (never, &["--start", "--project-id", "abc"][..], false, 1),
        (never, &["--start", "--project-id", "abc"], true, 1),
        (never, &["--start"], false, 0),
        (never, &["--start", "--project-id", "abc", "--poll-interval", "1s"], false, 0),
        // Already finished, and started by others at an unknown time.
        (Some(SUCCEEDED), &["--project-id", "abc"], false, 0),
        (Some(CHECKING), &["--project-id", "abc"], false, 0),
    ];
    for (before, options, is_refused, expected) in cases {
        let mut story = scenario().task(task().before(before).ends_at_poll(5).pdf(pdf()));
        if is_refused {
            story = story.when("records", refuses(403, "APIGW.0302"));
        }
        let world = World::new(story);
        let mut run = world.run(&[&["check", TASK], options].concat());
        let ended = run.without("CODEARTS_POLL_INTERVAL").finish().expect(0);
        assert_eq!(world.calls("records").len(), expected, "{before:?} {options:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    }
}
