//! `build --start` whose answer was lost: the build that appeared counts only where its record shows the same input.

use crate::kit::{Ended, World};
use serde_json::{Value, json};

const JOB: &str = "48c66c6002964721be537cdc6ce0297b";
const COMMIT: &str = "e980b883c1590363818225ec649d7cf161f0d49c";

fn world(job: &Value, faults: &Value) -> World {
    World::new(&json!({"jobs": {JOB: job}, "faults": faults}).to_string())
}

fn start(world: &World, arguments: &[&str]) -> Ended {
    let all: Vec<&str> = ["build", JOB, "--start"].iter().chain(arguments).copied().collect();
    let mut run = world.run(&all);
    run.without("CODEARTS_ENDPOINT").env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    run.finish()
}

/// Somebody's builds appear while our start gets lost, and was never carried out. `before`: the latest build before; `records`:
/// how the builds were started. All of them succeeded.
fn overtaken(before: u64, latest: u64, records: &Value) -> World {
    let number = (before > 0).then(|| before.to_string());
    let body =
        json!({"result": {"last_build_no": number, "last_build_status": "Finished", "is_running": false}});
    world(
        &json!({"before": latest, "records": records}),
        &json!([
            {"call": "build-latest", "on": [1], "fault": {"kind": "answer", "status": 200, "body": body}},
            {"call": "build-run", "fault": {"kind": "reset"}},
        ]),
    )
}

/// What was asked for, how the build before and the one that appeared were started -> whether that one counts.
#[test]
fn only_a_record_that_shows_it_makes_a_build_ours() {
    let id = |value: &str| json!({"parameters": {"id": value}});
    let cases: [(&[&str], Value, Value, bool); 18] = [
        (&[], json!({}), json!({}), false),
        (&["--param", "id=7"], id("6"), id("7"), true),
        (&["--param", "id=7"], json!({}), id("7"), true),
        (&["--param", "id=7"], id("6"), id("8"), false),
        (&["--param", "id=7"], id("6"), json!({}), false),
        // The build before was started like this too, so it shows nothing.
        (&["--param", "id=7"], id("7"), id("7"), false),
        (&["--param", "id=7"], id("6"), id("******"), false),
        (
            &["--param", "id=7", "--param", "key=s"],
            id("6"),
            json!({"parameters": {"id": "7", "key": "******"}}),
            true,
        ),
        (
            &["--param", "id=7", "--param", "x=1"],
            id("6"),
            json!({"parameters": {"id": "7", "x": "2"}}),
            false,
        ),
        (
            &["--param", "id=7", "--param", "x=1"],
            json!({"parameters": {"id": "6", "x": "1"}}),
            json!({"parameters": {"id": "7", "x": "1"}}),
            true,
        ),
        (&["--branch", "feature"], json!({}), json!({"branch": "feature"}), true),
        (&["--branch", "feature"], json!({}), json!({}), false),
        (&["--branch", "main"], json!({}), json!({}), false),
        (&["--branch", "main", "--param", "id=7"], id("6"), id("7"), true),
        (&["--branch", "feature", "--param", "id=7"], id("6"), id("7"), false),
        (&["--commit", COMMIT], json!({}), json!({"commit": COMMIT}), true),
        (&["--commit", COMMIT], json!({}), json!({"branch": "main"}), false),
        (&["--tag", "v1"], json!({"tag": "v0"}), json!({"tag": "v1"}), true),
    ];
    for (arguments, earlier, appeared, is_ours) in cases {
        let world = overtaken(2, 3, &json!({"2": earlier, "3": appeared}));
        let ended = start(&world, &[arguments, &["--stop-on-cancel", "always"]].concat());
        let name = format!("{arguments:?}, {earlier} before, {appeared} since: {}", ended.stderr);
        assert_eq!(ended.code, if is_ours { 0 } else { 69 }, "{name}");
        let build = ended.result()["builds"][0].clone();
        assert_eq!(build["build_no"], if is_ours { json!(3) } else { Value::Null }, "{name}");
        assert_eq!(build["started_by"], "unknown", "{name}");
        let reason = build["reason"].as_str().expect("a reason");
        assert_eq!(reason.contains("it is not known whether a build was started"), !is_ours, "{name}");
        assert_eq!(reason.contains("build 3 appeared"), !is_ours, "{name}");
        assert_eq!((world.calls("build-run").len(), world.calls("build-stop").len()), (1, 0), "{name}");
    }
}

/// Several builds appeared: one of them may count, but not two.
#[test]
fn of_several_builds_one_may_be_ours() {
    let id = |value: &str| json!({"parameters": {"id": value}});
    for (records, ours) in [
        (json!({"2": id("6"), "3": id("7"), "4": id("8")}), Some(3)),
        (json!({"2": id("6"), "3": id("8"), "4": id("7")}), Some(4)),
        (json!({"2": id("6"), "3": id("7"), "4": id("7")}), None),
        (json!({"2": id("6"), "3": id("8"), "4": id("9")}), None),
    ] {
        let world = overtaken(2, 4, &records);
        let ended = start(&world, &["--param", "id=7"]).expect(if ours.is_some() { 0 } else { 69 });
        assert_eq!(ended.result()["builds"][0]["build_no"], json!(ours), "{records}");
    }
    // The first of all has none before it.
    let world = overtaken(0, 1, &json!({"1": id("7")}));
    assert_eq!(start(&world, &["--param", "id=7"]).expect(0).result()["builds"][0]["build_no"], 1);
}

/// A record that cannot be read shows nothing.
#[test]
fn a_record_that_cannot_be_read_shows_nothing() {
    let records = json!({"2": {"parameters": {"id": "6"}}, "3": {"parameters": {"id": "7"}}});
    for fault in [
        json!({"kind": "answer", "status": 403}),
        json!({"kind": "html"}),
        json!({"kind": "answer", "status": 200, "body": {"build_number": 9, "parameters": {"id": "7"}}}),
    ] {
        let latest = json!({"result": {"last_build_no": "2", "is_running": false}});
        let world = world(
            &json!({"before": 3, "records": records}),
            &json!([
                {"call": "build-latest", "on": [1], "fault": {"kind": "answer", "status": 200, "body": latest}},
                {"call": "build-run", "fault": {"kind": "reset"}},
                {"call": "build-steps", "fault": fault},
            ]),
        );
        start(&world, &["--param", "id=7"]).expect(69);
    }
}

/// Our own start was carried out, and only its answer was lost.
#[test]
fn a_start_that_was_carried_out_is_found() {
    let lost = json!([{"call": "build-run", "on": [1], "fault": {"kind": "lost-answer"}}]);
    let job =
        |result: &str| json!({"before": 2, "duration": "30ms", "result": result, "hidden_for": "200ms"});
    for (result, code) in [("SUCCESS", 0), ("FAILURE", 1), ("ABORTED", 3)] {
        let world = world(&job(result), &lost);
        let ended = start(&world, &["--param", "id=7"]).expect(code);
        assert_eq!(ended.result()["builds"][0]["build_no"], 3);
        assert!(ended.stderr.contains("build 3 was started with the same input"), "{}", ended.stderr);
        assert_eq!((world.calls("build-run").len(), world.calls("build-stop").len()), (1, 0));
    }
    // Nothing was lost, or nothing was started.
    let clear = world(&job("SUCCESS"), &json!([]));
    assert_eq!(start(&clear, &[]).expect(0).result()["builds"][0]["started_by"], "this-job");
    let mut attached = clear.run(&["build", JOB]);
    attached.env("CODEARTS_BUILD_ENDPOINT", &clear.sandbox.origin());
    assert_eq!(attached.finish().expect(0).result()["builds"][0]["started_by"], "another");
    // Nothing makes it recognisable.
    let world = world(&job("SUCCESS"), &lost);
    let ended = start(&world, &[]).expect(69);
    assert_eq!((world.calls("build-run").len(), &ended.result()["builds"][0]["build_no"]), (1, &Value::Null));
    assert!(ended.stderr.contains("a parameter with a value of its own"), "{}", ended.stderr);
}

/// An answer that names a build from before the start names none.
#[test]
fn an_old_number_is_no_answer() {
    let body = |number: &str| json!({"octopus_job_name": "j_x", "actual_build_number": number});
    for number in ["2", "1", "0"] {
        let world = world(
            &json!({"before": 2}),
            &json!([{"call": "build-run", "fault": {"kind": "answer", "status": 200, "body": body(number)}}]),
        );
        let ended = start(&world, &["--param", "id=7"]).expect(69);
        assert_eq!((world.calls("build-run").len(), world.calls("build-stop").len()), (1, 0), "{number}");
        assert_eq!(ended.result()["builds"][0]["build_no"], Value::Null);
    }
}

/// A state counts only where the answer is whole, does not contradict itself, and names no other build. The build fails; what is
/// answered first says that it succeeded.
#[test]
fn an_answer_about_another_build_is_none() {
    let run = |job: &Value, call: &str, status: u16, body: &str| {
        let fault = json!({"kind": "answer", "status": status, "body": body});
        let faults = json!([{"call": call, "on": [1, 2, 3], "fault": fault}]);
        start(&world(job, &faults), &[])
    };
    let job = json!({"duration": "10ms", "result": "FAILURE"});
    let good = r#"{"result": {"building": false, "build_result": "SUCCESS"}}"#;
    run(&job, "build-info", 200, good).expect(0);
    let others = [
        (206, good),
        (200, r#"{"result": {"building": false, "build_result": "FAILURE", "build_result": "SUCCESS"}}"#),
        (200, r#"{"result": {"building": "true", "build_result": "SUCCESS"}}"#),
        (200, r#"{"result": {"building": 1, "build_result": "SUCCESS"}}"#),
    ];
    for (status, body) in others {
        let ended = run(&job, "build-info", status, body);
        assert_eq!(ended.code, 1, "{status} {body}: {}", ended.stderr);
    }
    let recorded = json!({"duration": "10ms", "result": "FAILURE", "has_build_info": false});
    run(&recorded, "build-record", 200, r#"{"result": {"build_no": 1, "status": "SUCCESS"}}"#).expect(0);
    for body in [
        r#"{"result": {"build_no": 2, "status": "SUCCESS"}}"#,
        r#"{"result": {"buildNo": "2", "status": "SUCCESS"}}"#,
        r#"{"result": [{"build_no": 2, "status": "SUCCESS"}]}"#,
    ] {
        let ended = run(&recorded, "build-record", 200, body);
        assert_eq!(ended.code, 1, "{body}: {}", ended.stderr);
    }
}
