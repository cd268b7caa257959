//! Status → exit code, attached and started, and which run a status belongs to.

use crate::kit::{TASK, World, assert_whole_pdf};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Four statuses × attach and start; only a 2 gives 0.
#[test]
fn four_statuses_attached_and_started() {
    for (status, code, outcome) in
        [(0, 2, "timed-out"), (1, 1, "check-failed"), (2, 0, "passed"), (3, 3, "stopped")]
    {
        for start in [false, true] {
            let before = if start { "null".to_owned() } else { status.to_string() };
            let world = World::new(&format!(
                r#"{{"tasks": {{"*": {{"before": {before}, "duration": "200ms", "final_status": {status}, "pdf": {{"duration": "10ms"}}}}}}}}"#
            ));
            let mut run = world.run(&["check", TASK, "--timeout", "1s"]);
            if start {
                run.env("CODEARTS_START", "true");
            }
            let ended = run.finish().expect(code);
            let result = ended.result();
            assert_eq!(result["outcome"], outcome, "{status} {start}");
            assert_eq!(result["exit_code"], code);
            assert_eq!(result["tasks"][0]["status"], status);
            assert_eq!(world.calls("run").len(), usize::from(start));
            let pdf = ended.reports.join(format!("{TASK}.pdf"));
            if status == 2 {
                assert_whole_pdf(&pdf, 20_000);
            } else {
                assert!(!pdf.exists() && world.calls("pdf-start").is_empty(), "no PDF after status {status}");
            }
            // A timeout stops our own run, and only that.
            assert_eq!(world.calls("stop").len(), usize::from(start && status == 0), "{status} {start}");
            if status == 1 || status == 3 {
                assert!(
                    ended.stderr.contains("no PDF report, because the check did not finish"),
                    "{}",
                    ended.stderr
                );
            }
        }
    }
}

/// No answer but a clear 2 is a pass, whatever the service says.
#[test]
fn nothing_but_a_two_is_a_pass() {
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
    for answer in answers {
        let scenario = json!({
            "faults": [{"call": "progress", "fault": {"kind": "answer", "status": 200, "body": answer.to_string()}}],
        });
        let world = World::new(&scenario.to_string());
        let ended = world.run(&["check", TASK, "--timeout", "150ms"]).finish();
        assert_eq!(ended.code, 2, "{answer}: {}", ended.stderr);
        assert_eq!(ended.result()["verdict"], "undecided");
    }
}

#[test]
fn statuses_as_strings_are_read() {
    let world = World::new(r#"{"tasks": {"*": {"before": 2, "numbers_as_strings": true}}}"#);
    world.run(&["check", TASK, "--report", "none"]).finish().expect(0);
}

/// The result of the run before ours does not count, however long it is shown, with and without the calls that tell.
#[test]
fn a_stale_success_is_not_ours() {
    for (has_last_jobs, knows_job_id) in [(true, true), (true, false), (false, true), (false, false)] {
        for (before, after, code) in [(2, 1, 1), (1, 2, 0), (2, 2, 0), (2, 3, 3)] {
            let world = World::new(&format!(
                r#"{{"has_last_jobs": {has_last_jobs}, "knows_job_id": {knows_job_id},
                    "tasks": {{"*": {{"before": {before}, "stale_for": "300ms", "duration": "600ms", "final_status": {after}}}}}}}"#
            ));
            let ended =
                world.run(&["check", TASK, "--start", "--report", "none", "--timeout", "20s"]).finish();
            assert_eq!(
                ended.code, code,
                "{before} then {after}, last-jobs {has_last_jobs}, job_id {knows_job_id}:\n{}",
                ended.stderr
            );
            assert_eq!(world.calls("run").len(), 1);
        }
    }
}

/// A stale success that never goes away ends as timed out, not as a pass.
#[test]
fn a_success_that_stays_stale_is_never_a_pass() {
    let world = World::new(
        r#"{"has_last_jobs": false, "knows_job_id": false,
            "tasks": {"*": {"before": 2, "stale_for": "1h", "duration": "10ms"}}}"#,
    );
    let ended =
        world.run(&["check", TASK, "--start", "--report", "none", "--timeout", "500ms"]).finish().expect(2);
    let reason = ended.result()["tasks"][0]["reason"].to_string();
    assert!(reason.contains("result of another run"), "{reason}");
}

/// A null status in the middle of a run is no end.
#[test]
fn a_null_status_keeps_waiting() {
    let world = World::new(r#"{"tasks": {"*": {"null_for": "300ms", "duration": "500ms"}}}"#);
    world.run(&["check", TASK, "--start", "--report", "none"]).finish().expect(0);
    assert!(world.calls("progress").len() > 5);
}

#[test]
fn an_active_run_is_attached_to_queued_behind_or_refused() {
    let scenario = r#"{"tasks": {"*": {"before": 0, "duration": "3s"}}}"#;
    let cases = [("attach", 0, 0), ("queue", 0, 1), ("fail", 2, 0)];
    for (policy, code, runs) in cases {
        let world = World::new(scenario);
        let ended = world
            .run(&["check", TASK, "--start", "--if-running", policy, "--report", "none"])
            .finish()
            .expect(code);
        assert_eq!(world.calls("run").len(), runs, "{policy}");
        assert_eq!(world.calls("stop").len(), 0, "{policy}");
        assert!(ended.stderr.contains("a run is active already"), "{policy}: {}", ended.stderr);
    }
    // Somebody else's run is not stopped when our patience ends, unless asked for.
    for (policy, stops) in [("auto", 0), ("never", 0), ("always", 1)] {
        let world = World::new(r#"{"tasks": {"*": {"before": 0, "duration": "1h"}}}"#);
        world
            .run(&["check", TASK, "--start", "--timeout", "150ms", "--stop-on-cancel", policy])
            .finish()
            .expect(2);
        assert_eq!(world.calls("stop").len(), stops, "{policy}");
    }
}

/// The service itself can say so, when the run began between our look and our start.
#[test]
fn a_start_refused_as_active_is_attached_to() {
    let world = World::new(
        r#"{"tasks": {"*": {"before": 0, "duration": "3s"}},
            "faults": [{"call": "progress", "on": [1], "fault": {"kind": "answer", "status": 200, "body": {"task_status": 2}}}]}"#,
    );
    world.run(&["check", TASK, "--start", "--report", "none"]).finish().expect(0);
    assert_eq!(world.calls("run").len(), 1);
}

#[test]
fn of_several_tasks_the_worst_wins() {
    let scenario = r#"{"tasks": {
        "aa": {"before": 2}, "bb": {"before": 1}, "cc": {"before": 3}, "dd": {"before": 0, "duration": "1h"},
        "ee": {"before": 2, "pdf": {"failure": "no paper", "duration": "10ms"}}
    }}"#;
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
        let world = World::new(scenario);
        let arguments: Vec<&str> = ["check", "--timeout", "700ms"].iter().chain(tasks).copied().collect();
        let ended = world.run(&arguments).env("CODEARTS_ALLOW", allow).finish().expect(code);
        let result = ended.result();
        assert_eq!(result["outcome"], outcome, "{tasks:?}");
        assert_eq!(result["tasks"].as_array().map(Vec::len), Some(tasks.len()));
        if !allow.is_empty() && code == 0 {
            assert!(ended.stderr.contains("warning: cc: stopped"), "{}", ended.stderr);
        }
    }
}

#[test]
fn the_failing_step_is_shown_when_the_project_is_known() {
    let scenario = r#"{"tasks": {"*": {"final_status": 1, "duration": "50ms",
        "failing_step": {"name": "Pull code", "log": "clone \u001b[31mfailed\n::error::x", "analysis": "no access", "faq": "https://example.com/faq"}}}}"#;
    let world = World::new(scenario);
    let ended = world.run(&["check", TASK, "--start", "--project-id", "0d1a2b3c4d5e"]).finish().expect(1);
    let expected = "failing step \"Pull code\": clone [31mfailed ::error::x; analysis: no access; see https://example.com/faq";
    assert!(ended.stderr.contains(expected), "{}", ended.stderr);
    assert!(!ended.stderr.contains('\u{1b}'));
    // It is there already.
    assert!(!ended.stderr.contains("--project-id"), "{}", ended.stderr);
    let result = ended.result();
    assert_eq!(result["tasks"][0]["failing_steps"][0]["analysis"], "no access");
    let run_id = result["tasks"][0]["run_id"].as_str().expect("a run id").to_owned();
    assert_eq!(world.calls("log-detail")[0].query, [("execute_id".to_owned(), run_id)]);

    let ended = world.run(&["check", TASK, "--start"]).finish().expect(1);
    let hint = "\nhint: give `--project-id` to see which step of 2b31ed52 failed\n";
    assert_eq!(ended.stderr.matches(hint).count(), 1, "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("--project-id").count(), 1, "{}", ended.stderr);
}

/// The last poll comes exactly at the deadline, and its answer is believed.
#[test]
fn the_answer_at_the_deadline_counts() {
    let world = World::new(r#"{"tasks": {"*": {"before": 0, "duration": "700ms"}}}"#);
    let mut run =
        world.run(&["check", TASK, "--timeout", "1s", "--report", "none", "--poll-interval", "30s"]);
    let ended = run.without("CODEARTS_MAX_PAUSE").finish().expect(0);
    assert_eq!(world.calls("progress").len(), 2);
    let waited: &Value = &ended.result()["tasks"][0]["wait"];
    assert_eq!(waited["polls"], 2);
    assert!((1.0..3.0).contains(&waited["seconds"].as_f64().expect("seconds")), "{waited}");
}

/// Somebody else has started a run, and the service still shows the success of the one before: neither attaching nor a
/// refused start may take that for the result.
#[test]
fn a_stale_success_of_somebody_else_is_no_pass() {
    let scenario =
        r#"{"tasks": {"*": {"before": 2, "stale_for": "500ms", "duration": "900ms", "final_status": 1}}}"#;
    for arguments in [
        &["check", TASK][..],
        &["check", TASK, "--start"],
        &["check", TASK, "--start", "--if-running", "queue"],
    ] {
        let world = World::new(scenario);
        assert!(world.sandbox.start_foreign_run(TASK));
        let mut run = world.run(arguments);
        let ended = run.env("CODEARTS_REPORT", "none").env("CODEARTS_TIMEOUT", "20s").finish();
        assert_eq!(ended.code, 1, "{arguments:?}:\n{}", ended.stderr);
        assert_eq!(world.calls("stop").len(), 0);
        // A refused start is not sent again and again.
        assert!(world.calls("run").len() < 60, "{}", world.calls("run").len());
    }
}

/// The answer to the start is lost, runs are not listed, and the old success is still shown.
#[test]
fn a_lost_start_and_a_stale_success_are_no_pass() {
    let world = World::new(
        r#"{"has_last_jobs": false, "knows_job_id": false,
            "tasks": {"*": {"before": 2, "stale_for": "600ms", "duration": "900ms", "final_status": 1}},
            "faults": [{"call": "run", "on": [1], "fault": {"kind": "lost-answer"}}]}"#,
    );
    let ended =
        world.run(&["check", TASK, "--start", "--report", "none", "--timeout", "20s"]).finish().expect(1);
    assert_eq!(world.sandbox.runs_started(TASK), 1, "{}", ended.stderr);
}

/// A status that is null for a moment is no proof that the old success is new.
#[test]
fn a_passing_null_does_not_make_an_old_success_new() {
    for has_last_jobs in [true, false] {
        let world = World::new(&format!(
            r#"{{"has_last_jobs": {has_last_jobs}, "tasks": {{"*": {{"before": 2, "duration": "200ms", "final_status": 1}}}},
                "faults": [{{"call": "progress", "on": [1], "fault": {{"kind": "answer", "status": 200, "body": {{"task_status": null}}}}}},
                           {{"call": "run", "on": [1], "fault": {{"kind": "reset"}}}}]}}"#
        ));
        let ended =
            world.run(&["check", TASK, "--start", "--report", "none", "--timeout", "20s"]).finish().expect(1);
        assert_eq!(world.sandbox.runs_started(TASK), 1, "{}", ended.stderr);
    }
}

/// Somebody starts the next run right after ours has ended: our verdict stays ours.
#[test]
fn a_newer_run_does_not_hide_our_verdict() {
    let world = World::new(r#"{"tasks": {"*": {"duration": "1500ms", "final_status": 1}}}"#);
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "20s", "--poll-interval", "1s"]);
    let child = run.without("CODEARTS_MAX_PAUSE").spawn();
    let begun = Instant::now();
    while world.calls("run").is_empty() || !world.sandbox.start_foreign_run(TASK) {
        assert!(begun.elapsed() < Duration::from_secs(10), "ours never ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.wait(child).expect(1);
    assert_eq!(world.sandbox.runs_started(TASK), 2);
}

/// A run that came after ours is not ours to stop.
#[test]
fn a_newer_run_is_not_stopped() {
    let later: Vec<u32> = (2..1000).collect();
    let scenario = json!({
        "tasks": {"*": {"duration": "1h"}},
        "faults": [{"call": "last-jobs", "on": later, "fault": {"kind": "answer", "status": 200,
                    "body": {"result": {"last_job_id": "newer", "last_success_job_id": null}}}}],
    });
    let world = World::new(&scenario.to_string());
    let ended = world.run(&["check", TASK, "--start", "--timeout", "200ms"]).finish().expect(2);
    assert_eq!(world.calls("stop").len(), 0);
    assert!(ended.stderr.contains("the run that is active may be another one"), "{}", ended.stderr);
}

/// Which run it is, is evidence: a list of runs that hangs does not swallow the verdict.
#[test]
fn a_hanging_list_of_runs_does_not_swallow_the_verdict() {
    let world = World::new(
        r#"{"tasks": {"*": {"before": 2}}, "faults": [{"call": "last-jobs", "fault": {"kind": "delay", "by": "1h"}}]}"#,
    );
    world.run(&["check", TASK, "--report", "none", "--timeout", "2s"]).finish().expect(0);
}

/// A list of runs that is refused once proves nothing later: without ids from before, no id is new.
#[test]
fn a_list_that_was_missing_once_makes_no_old_run_new() {
    for refusal in [
        r#"{"kind": "answer", "status": 404, "body": {"error_code": "APIGW.0101"}}"#,
        r#"{"kind": "answer", "status": 200, "body": {"error_code": "CC.00050010"}}"#,
        r#"{"kind": "answer", "status": 503}"#,
    ] {
        let world = World::new(&format!(
            r#"{{"tasks": {{"*": {{"before": 2, "duration": "200ms", "final_status": 1}}}},
                "faults": [{{"call": "last-jobs", "on": [1], "fault": {refusal}}},
                           {{"call": "run", "on": [1], "fault": {{"kind": "reset"}}}}]}}"#
        ));
        let ended = world.run(&["check", TASK, "--start", "--report", "none", "--timeout", "20s"]).finish();
        assert_eq!((ended.code, world.sandbox.runs_started(TASK)), (1, 1), "{refusal}: {}", ended.stderr);
    }
}

/// The status changes from the old success to running between two questions: that proves nothing about `job_id`.
#[test]
fn a_status_that_flips_between_questions_proves_nothing() {
    let world = World::new(
        r#"{"knows_job_id": false,
            "tasks": {"*": {"before": 2, "stale_for": "900ms", "duration": "1800ms", "final_status": 1}},
            "faults": [{"call": "last-jobs", "on": [2], "fault": {"kind": "delay", "by": "3s"}}]}"#,
    );
    world.run(&["check", TASK, "--start", "--report", "none", "--timeout", "20s"]).finish().expect(1);
}

/// A list that is behind, empty or broken neither makes a verdict nor hides one.
#[test]
fn a_list_of_runs_that_is_no_help() {
    let older = json!({"kind": "answer", "status": 200, "body": {"result": {"last_job_id": "older", "last_success_job_id": "older"}}});
    let empty = json!({"kind": "answer", "status": 200, "body": {"result": null}});
    let none = json!({"kind": "answer", "status": 200, "body": {}});
    let broken = json!({"kind": "answer", "status": 503});
    // (list, status before, arguments, expected exit code)
    let cases = [
        (&older, json!(0), vec!["--start"], 1),
        (&empty, json!(2), vec!["--start"], 1),
        (&none, json!(null), vec!["--start"], 1),
        (&broken, json!(2), vec!["--start"], 1),
        (&older, json!(0), vec![], 1),
        (&empty, json!(1), vec![], 1),
        (&broken, json!(1), vec![], 1),
    ];
    for (list, before, arguments, code) in cases {
        let scenario = json!({
            "tasks": {"*": {"before": before, "duration": "400ms", "final_status": 1}},
            "faults": [{"call": "last-jobs", "fault": list}],
        });
        let world = World::new(&scenario.to_string());
        let arguments: Vec<&str> = ["check", TASK, "--timeout", "20s"].into_iter().chain(arguments).collect();
        let ended = world.run(&arguments).finish();
        assert_eq!(ended.code, code, "{list} {before} {arguments:?}: {}", ended.stderr);
    }
    // What the list calls the latest is the run before ours, so ours is stopped at the timeout.
    let scenario = json!({
        "tasks": {"*": {"before": 2, "duration": "1h"}},
        "faults": [{"call": "last-jobs", "fault": older}],
    });
    let world = World::new(&scenario.to_string());
    world.run(&["check", TASK, "--start", "--timeout", "200ms"]).finish().expect(2);
    assert_eq!(world.calls("stop").len(), 1);
}

/// Attached, the list fails at first while the old success is shown.
#[test]
fn an_attached_success_waits_for_the_list() {
    let world = World::new(
        r#"{"tasks": {"*": {"before": 2, "stale_for": "500ms", "duration": "900ms", "final_status": 1}},
            "faults": [{"call": "last-jobs", "on": [1, 2, 3], "fault": {"kind": "reset"}}]}"#,
    );
    assert!(world.sandbox.start_foreign_run(TASK));
    world.run(&["check", TASK, "--timeout", "20s"]).finish().expect(1);
}

/// The next run of somebody else begins inside one of our gaps, on a server that does not know `job_id`.
#[test]
fn a_success_is_found_behind_the_next_run() {
    let world = World::new(r#"{"knows_job_id": false, "tasks": {"*": {"duration": "1500ms"}}}"#);
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "3s", "--report", "none"]);
    let child = run.without("CODEARTS_MAX_PAUSE").spawn();
    let begun = Instant::now();
    while world.calls("run").is_empty() || !world.sandbox.start_foreign_run(TASK) {
        assert!(begun.elapsed() < Duration::from_secs(10), "ours never ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.wait(child).expect(0);
}

/// A run that nobody waits for is not stopped.
#[test]
fn a_run_that_is_not_waited_for_is_left_alone() {
    let world = World::new(r#"{"tasks": {"*": {"before": 0, "duration": "1h"}}}"#);
    let arguments = ["check", TASK, "--start", "--if-running", "fail", "--stop-on-cancel", "always"];
    world.run(&arguments).finish().expect(2);
    assert_eq!(world.calls("stop").len(), 0);
}

/// How long earlier runs took is asked once, of a run of our own that is pending, where the project is known; and what comes of
/// that question decides nothing.
#[test]
fn earlier_runs_are_asked_for_only_where_they_help() {
    let scenario = |before: &str, faults: &str| {
        format!(
            r#"{{"tasks": {{"*": {{"before": {before}, "duration": "300ms", "pdf": {{"duration": "10ms"}}}}}}, "faults": [{faults}]}}"#
        )
    };
    let refused = r#"{"call": "records", "fault": {"kind": "answer", "status": 403, "body": {"error_code": "APIGW.0302", "error_msg": "no"}}}"#;
    let cases = [
        ("null", &["--start", "--project-id", "abc"][..], "", 1),
        ("null", &["--start", "--project-id", "abc"], refused, 1),
        ("null", &["--start"], "", 0),
        ("null", &["--start", "--project-id", "abc", "--poll-interval", "1s"], "", 0),
        // Over already, and begun by others, nobody tells when.
        ("2", &["--project-id", "abc"], "", 0),
        ("0", &["--project-id", "abc"], "", 0),
    ];
    for (before, options, faults, expected) in cases {
        let world = World::new(&scenario(before, faults));
        let mut run = world.run(&[&["check", TASK], options].concat());
        let ended = run.without("CODEARTS_POLL_INTERVAL").finish().expect(0);
        assert_eq!(world.calls("records").len(), expected, "{before} {options:?} {faults}: {}", ended.stderr);
        assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    }
}
