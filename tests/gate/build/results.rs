//! `build`: every word of every call, whose build counts, and what is left behind.

use crate::kit::forge::Forge;
use crate::kit::{Ended, Run, World};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const JOB: &str = "48c66c6002964721be537cdc6ce0297b";

fn build(world: &World, arguments: &[&str]) -> Run {
    let arguments: Vec<&str> = ["build", JOB].iter().chain(arguments).copied().collect();
    let mut run = world.run(&arguments);
    run.without("CODEARTS_ENDPOINT").env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    run
}

fn jobs(script: &Value) -> World {
    World::new(&json!({"jobs": {JOB: script}}).to_string())
}

fn finished(script: &Value, arguments: &[&str]) -> Ended {
    build(&jobs(script), arguments).finish()
}

/// Words of the pages, in each call that tells them, and those that no page knows: only a clear success is 0.
#[test]
fn every_word_in_every_call_becomes_its_exit_code() {
    let words = [
        ("SUCCESS", 0),
        ("success", 0),
        ("blue", 0),
        ("FAILURE", 1),
        ("failed", 1),
        ("error", 1),
        ("red", 1),
        ("SCHEDULE_FAILURE", 1),
        ("timeout", 1),
        ("ABORTED", 3),
        ("abort", 3),
        ("PARTIAL", 69),
        ("Finished", 69),
        ("UNSTABLE success", 69),
    ];
    for (word, code) in words {
        let both = json!({"duration": "30ms", "result": word});
        let info_only = json!({"duration": "30ms", "result": word, "record_info": []});
        let record_only = json!({"duration": "30ms", "result": word, "has_build_info": false});
        // Where `build-info` does not know, the record does.
        let vague = json!({"duration": "30ms", "info_result": "", "record_result": word});
        let older = |path: &str| json!({"duration": "30ms", "result": word, "has_build_info": false, "record_info": [path]});
        for script in [both, info_only, record_only, vague, older("record-v4"), older("record-v3")] {
            let ended = finished(&script, &["--start"]).expect(code);
            let result = ended.result();
            assert_eq!(result["exit_code"], code, "{script}");
            assert_eq!((&result["builds"][0]["build_no"], &result["tasks"]), (&json!(1), &json!([])));
            assert_eq!(code == 69, ended.stderr.contains("which no page explains"), "{}", ended.stderr);
        }
    }
}

/// What is not over is waited for until the time is over, whatever word says so; nothing of that is a pass.
#[test]
fn what_does_not_end_times_out() {
    let words = ["Running", "InQueue", "pending", "", "none"];
    let scripts: serde_json::Map<String, Value> = words
        .iter()
        .enumerate()
        .flat_map(|(number, word)| {
            let endless = json!({"duration": "1h", "running_word": word, "has_build_info": false});
            let ended = json!({"duration": "10ms", "result": word});
            [(format!("a{number}"), endless), (format!("b{number}"), ended)]
        })
        .collect();
    let ids = scripts.keys().cloned().collect::<Vec<_>>().join(",");
    let world = World::new(&json!({"jobs": scripts}).to_string());
    let mut run = world.run(&["build", &ids, "--start", "--timeout", "1s"]);
    let ended = run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin()).finish().expect(2);
    assert_eq!(
        ended.stderr.matches("timed-out - still building when the 1s").count(),
        10,
        "{}",
        ended.stderr
    );
    // Nobody knows the build, or it was never built.
    let ended = finished(&json!({}), &["--timeout", "1s"]).expect(2);
    assert!(ended.stderr.contains("start a build with `--start`"), "{}", ended.stderr);
}

/// Right after a start nothing runs yet and nobody knows the number; a build can end between two looks.
#[test]
fn the_beginning_and_a_quick_end_are_no_trouble() {
    let world = jobs(&json!({"before": 3, "hidden_for": "300ms", "duration": "400ms", "result": "FAILURE"}));
    let ended = build(&world, &["--start"]).finish().expect(1);
    assert_eq!(ended.result()["builds"][0]["build_no"], 4);
    let world = jobs(&json!({"before": 1, "duration": "1ms"}));
    build(&world, &["--start"]).finish().expect(0);
    // The boolean of the job says nothing about an end, so it is not asked.
    assert_eq!(world.calls("build-status").len(), 0);
}

/// A refusal after our own start is believed when it repeats, and not only at the end of the time; a build that nobody knows yet
/// is given half a minute at the most.
#[test]
fn a_refusal_after_the_start_is_told_soon() {
    let world = World::new(
        &json!({"faults": [{"call": "build-info", "fault": {"kind": "answer", "status": 403,
                            "body": {"error_code": "APIGW.0302", "error_msg": "no"}}}]})
        .to_string(),
    );
    let began = Instant::now();
    build(&world, &["--start"]).finish().expect(77);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(world.sandbox.builds_stopped(JOB), 1);
    let ended = finished(&json!({"hidden_for": "1h"}), &["--start", "--timeout", "4s"]).expect(64);
    assert!(ended.stderr.contains("there is no such build"), "{}", ended.stderr);
}

/// Others may build at the same time: only our number counts, and only ours is stopped.
#[test]
fn only_our_own_build_counts() {
    let world = jobs(&json!({"duration": "600ms", "result": "SUCCESS", "before": 2}));
    let own_build = build(&world, &["--start", "--follow"]);
    let child = own_build.spawn();
    let began = Instant::now();
    while world.calls("build-info").is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "no polls");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(world.sandbox.start_foreign_build(JOB), Some(4));
    let ended = own_build.wait(child).expect(0);
    assert_eq!(ended.result()["builds"][0]["build_no"], 3);
    // Older builds can be asked for by number; the latest is the default.
    let ended = build(&world, &["--build-no", "1"]).finish().expect(0);
    assert_eq!(ended.result()["builds"][0]["build_no"], 1);
    let ended = build(&world, &[]).finish().expect(0);
    assert_eq!(ended.result()["builds"][0]["build_no"], 4);
}

#[cfg(unix)]
#[test]
fn a_cancel_stops_our_own_build_and_no_other() {
    for (arguments, stopped) in [(&["--start"][..], 1), (&[][..], 0)] {
        let world = jobs(&json!({"before": 1, "is_building": true, "duration": "1h"}));
        let run = build(&world, arguments);
        let child = run.spawn();
        let began = Instant::now();
        while world.calls("build-info").len() < 2 {
            assert!(began.elapsed() < Duration::from_secs(60), "no polls");
            std::thread::sleep(Duration::from_millis(5));
        }
        let signalled = Instant::now();
        let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        let ended = run.wait(child).expect(143);
        assert!(signalled.elapsed() < Duration::from_secs(5));
        assert_eq!(world.sandbox.builds_stopped(JOB), stopped);
        assert_eq!(ended.result()["outcome"], "cancelled");
    }
    // The same when the time is over.
    let world = jobs(&json!({"duration": "1h"}));
    build(&world, &["--start", "--timeout", "1s"]).finish().expect(2);
    assert_eq!(world.sandbox.builds_stopped(JOB), 1);
}

/// Answers that get lost start no second build.
#[test]
fn a_lost_start_is_looked_for() {
    let faults = |fault: Value, on: Value| {
        World::new(
            &json!({"jobs": {JOB: {"duration": "30ms", "before": 2}},
                    "faults": [{"call": "build-run", "on": on, "fault": fault}]})
            .to_string(),
        )
    };
    let world = faults(json!({"kind": "lost-answer"}), json!([1]));
    let recognisable = ["--start", "--param", "id=7"];
    let ended = build(&world, &recognisable).finish().expect(0);
    assert!(ended.stderr.contains("build 3 was started with the same input"), "{}", ended.stderr);
    assert_eq!((world.calls("build-run").len(), &ended.result()["builds"][0]["build_no"]), (1, &json!(3)));
    // It was not carried out, so it is sent again.
    let world = faults(json!({"kind": "html"}), json!([1]));
    build(&world, &["--start"]).finish().expect(0);
    assert_eq!(world.calls("build-run").len(), 2);
    // "Too frequent" is a clear refusal for now, with the status 400.
    let body =
        json!({"error_code": "CB.00060211", "error_msg": "Requests are too frequent. Try again later."});
    let world = faults(json!({"kind": "answer", "status": 400, "body": body}), json!([1, 2]));
    build(&world, &["--start"]).finish().expect(0);
    assert_eq!(world.calls("build-run").len(), 3);
    // Accepted without a number: never sent again.
    let body = json!({"octopus_job_name": "j_x"});
    let world = faults(json!({"kind": "answer", "status": 200, "body": body}), json!([]));
    let ended = build(&world, &["--start"]).finish().expect(69);
    assert_eq!(world.calls("build-run").len(), 1);
    assert!(ended.stderr.contains("it is not known whether a build was started"), "{}", ended.stderr);
    // Bad answers while it is looked for are no answers.
    let world = World::new(
        &json!({"jobs": {JOB: {"duration": "30ms", "before": 2}}, "faults": [
            {"call": "build-run", "on": [1], "fault": {"kind": "lost-answer"}},
            {"call": "build-latest", "on": [2, 3, 4], "fault": {"kind": "answer", "status": 503}},
            {"call": "build-latest", "on": [5], "fault": {"kind": "answer", "status": 200, "body": {"result": null}}}]})
        .to_string(),
    );
    assert_eq!(build(&world, &recognisable).finish().expect(0).result()["builds"][0]["build_no"], 3);
    assert_eq!(world.calls("build-run").len(), 1);
    // Without the numbers from before nobody can tell, so it is not sent again.
    let world = World::new(
        &json!({"jobs": {JOB: {"has_running_status": false}},
                "faults": [{"call": "build-run", "fault": {"kind": "lost-answer"}}]})
        .to_string(),
    );
    let ended = build(&world, &["--start"]).finish().expect(69);
    assert_eq!(world.calls("build-run").len(), 1);
    assert!(ended.stderr.contains("it is not known whether a build was started"), "{}", ended.stderr);
}

/// A single bad answer ends nothing, on any call.
#[test]
fn every_fault_on_every_call() {
    let faults = [
        json!({"kind": "reset"}),
        json!({"kind": "html"}),
        json!({"kind": "answer", "status": 503}),
        json!({"kind": "answer", "status": 429, "headers": {"Retry-After": "1"}}),
        json!({"kind": "answer", "status": 500, "body": {"error_code": "CB.00060100", "error_msg": "busy"}}),
    ];
    let calls = ["build-latest", "build-info", "build-record", "build-log", "build-steps", "build-output"];
    for fault in &faults {
        let rules: Vec<Value> =
            calls.iter().map(|call| json!({"call": call, "on": [1, 3], "fault": fault})).collect();
        for (result, code) in [("FAILURE", 1), ("SUCCESS", 0)] {
            let job = json!({"duration": "100ms", "info_result": "", "record_result": result, "before": 1});
            let world = World::new(&json!({"jobs": {JOB: job}, "faults": rules}).to_string());
            let ended = build(&world, &["--start"]).finish().expect(code);
            assert_eq!(ended.result()["builds"][0]["build_no"], 2, "{fault}");
        }
    }
}

/// A failed build shows its step and the end of its log; one that is followed shows all of it, each line once.
#[test]
fn the_log_is_shown() {
    let script = json!({"duration": "400ms", "result": "FAILURE", "log_lines": 500});
    let ended = finished(&script, &["--start"]).expect(1);
    let lines = |ended: &Ended| -> Vec<String> {
        let of_log = ended.stderr.lines().filter(|line| line.contains(" | ["));
        of_log.map(|line| line.split_once("] line ").expect("a line").1.to_owned()).collect()
    };
    let expected = |numbers: std::ops::RangeInclusive<u32>| -> Vec<String> {
        numbers.map(|number| format!("{number} of the log")).collect()
    };
    assert_eq!(lines(&ended), expected(471..=500));
    assert!(ended.stderr.contains("failing step \"Maven build\""), "{}", ended.stderr);
    let build = &ended.result()["builds"][0];
    assert_eq!(
        (build["log_tail"].as_array().map(Vec::len), &build["failing_steps"]),
        (Some(30), &json!(["Maven build"]))
    );
    for result in ["FAILURE", "SUCCESS"] {
        let script = json!({"duration": "400ms", "result": result, "log_lines": 500});
        let ended = finished(&script, &["--start", "--follow"]);
        assert_eq!(lines(&ended), expected(1..=500), "{result}");
    }
    let ended = finished(&json!({"duration": "10ms"}), &["--start"]).expect(0);
    assert_eq!(lines(&ended), [""; 0]);
    let packages = &ended.result()["builds"][0]["packages"];
    assert_eq!(
        packages,
        &json!([{"name": "demo.jar", "version": "1.0", "type": "maven", "uri": "/demo/1.0/demo.jar"}])
    );
}

/// More of the log is asked for where the service says there is more and gives nothing; what can not be had is said.
#[test]
fn the_end_of_the_log_is_not_lost_silently() {
    let nothing = |has_more: Value| json!({"kind": "answer", "status": 200, "body": {"result": {"has_more_data": has_more, "offset": 0, "content": ""}}});
    let ended_with = |on: Value, has_more: Value| {
        let world = World::new(
            &json!({"jobs": {JOB: {"duration": "10ms", "result": "FAILURE"}},
                    "faults": [{"call": "build-log", "on": on, "fault": nothing(has_more)}]})
            .to_string(),
        );
        build(&world, &["--start"]).finish().expect(1)
    };
    let ended = ended_with(json!([1, 2, 3]), json!("true"));
    assert_eq!(ended.result()["builds"][0]["log_tail"].as_array().map(Vec::len), Some(30));
    let ended = ended_with(json!([]), json!(true));
    assert!(ended.stderr.contains("not all of the log could be read"), "{}", ended.stderr);
}

/// Several jobs are waited for at once; the worst wins.
#[test]
fn of_several_jobs_the_worst_wins() {
    let world = World::new(
        &json!({"jobs": {"aa": {"duration": "700ms"}, "bb": {"duration": "700ms", "result": "ABORTED"}}})
            .to_string(),
    );
    let mut run = world.run(&["build", "aa,bb", "--start", "--json"]);
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    let began = Instant::now();
    let ended = run.finish().expect(3);
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(ended.stderr.contains("STOPPED (exit 3), 1 of 2 builds passed"), "{}", ended.stderr);
    let document: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(document["builds"][1]["outcome"], "stopped");
    assert_eq!(run.env("CODEARTS_ALLOW", "stopped").finish().expect(0).result()["outcome"], "stopped");
}

/// Later steps learn the number at once, and how it ended.
#[test]
fn later_steps_get_values() {
    let forge = Forge::new();
    let world = jobs(&json!({"duration": "10ms", "result": "FAILURE"}));
    let mut run = world.run_on_github(&forge, "push", &["build", JOB, "--start"]);
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    let outputs = run.finish().expect(1).outputs();
    let expected = [
        ("outcome", "build-failed"),
        ("verdict", "fail"),
        ("exit-code", "1"),
        ("job-id", JOB),
        ("build-no", "1"),
    ];
    for (name, value) in expected {
        assert_eq!(outputs[name], value, "{name}");
    }
    assert_eq!(forge.state().requests.len(), 0);
}

/// Mistakes are told in one sentence, before anything is sent where that is possible.
#[test]
fn mistakes_are_told() {
    let refused: [(&[&str], &str); 7] = [
        (&["--param", "x=1"], "add `--start`"),
        (&["--start", "--param", "=1"], "must be NAME=VALUE"),
        (&["--start", "--param", "secret-canary"], "must be NAME=VALUE"),
        (&["--start", "--param", "LD_PRELOAD=x"], "takes no parameter of this name"),
        (&["--start", "--build-no", "1"], "cannot be used with"),
        (&["--build-no", "0"], "a whole number from 1 to"),
        (&["--start", "--branch", "a", "--tag", "b"], "cannot be used with"),
    ];
    for (arguments, expected) in refused {
        let world = jobs(&json!({}));
        let ended = build(&world, arguments).finish().expect(64);
        assert!(ended.stderr.contains(expected), "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
        assert_eq!(world.sandbox.recorded().len(), 0);
    }
    // An option beats a variable that it excludes.
    let world = jobs(&json!({"duration": "10ms"}));
    build(&world, &["--start", "--tag", "v1"]).env("CODEARTS_BRANCH", "main").finish().expect(0);
    // A build that is not there, a job that is not there, no rights.
    let world = jobs(&json!({"before": 2}));
    let ended = build(&world, &["--build-no", "9"]).finish().expect(64);
    assert!(ended.stderr.contains("there is no such build"), "{}", ended.stderr);
    let world = World::new(r#"{"jobs": {"other": {}}}"#);
    for arguments in [&["--start"][..], &[][..], &["--build-no", "1"][..]] {
        let ended = build(&world, arguments).finish().expect(64);
        assert!(ended.stderr.contains("Invalid job id"), "{}", ended.stderr);
    }
    let world = World::new(
        r#"{"faults": [{"call": "*", "fault": {"kind": "answer", "status": 403, "body": {"error_code": "APIGW.0302", "error_msg": "no"}}}]}"#,
    );
    build(&world, &["--start"]).finish().expect(77);
}

/// What is built reaches the service.
#[test]
fn parameters_and_revisions_are_sent() {
    let parameters = json!([{"name": "a", "value": "1"}, {"name": "b", "value": "x=y z"}]);
    let cases: [(&[&str], &str, Value); 4] = [
        (&["--param", "a=1", "--param", "b=x=y z"], "parameter", parameters),
        (&["--branch", "main"], "scm", json!({"branch": "main", "build_type": "branch"})),
        (&["--tag", "v1"], "scm", json!({"build_tag": "v1"})),
        (&["--commit", "7d4a"], "scm", json!({"build_commit_id": "7d4a"})),
    ];
    for (case, field, expected) in cases {
        let world = jobs(&json!({"duration": "10ms"}));
        let arguments: Vec<&str> = ["--start"].iter().chain(case).copied().collect();
        build(&world, &arguments).finish().expect(0);
        let sent: Value = serde_json::from_slice(&world.calls("build-run")[0].body).expect("JSON");
        assert_eq!(sent, json!({"job_id": JOB, field: expected}));
    }
}
