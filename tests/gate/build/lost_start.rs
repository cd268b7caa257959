//! `build --start` without a response: the build that appeared counts only where its record shows the same input.

use crate::kit::scenario::{
    Job, answers, calls, job, loses_the_answer, parameters, resets, returns, scenario, shows_a_web_page,
};
use crate::kit::{Ended, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::{Fault, RecordScript};
use serde_json::{Value, json};

const COMMIT: &str = "e980b883c1590363818225ec649d7cf161f0d49c";

fn start(world: &World, arguments: &[&str]) -> Ended {
    world.run_build(&[&["--start"], arguments].concat()).finish()
}

/// The part of a reason about builds that appeared, without the system error after it.
fn without_error(reason: &str) -> &str {
    reason.split(": could not start").next().expect("a beginning")
}

/// Builds of others appear while the start is lost and was never carried out. `before`: the latest build before;
/// `builds`: the builds there are since. All of them succeeded.
fn overtaken(before: u64, builds: Job) -> World {
    let number = (before > 0).then(|| before.to_string());
    let latest =
        json!({"result": {"last_build_no": number, "last_build_status": "Finished", "is_running": false}});
    let appeared = scenario().job(builds).when(calls("build-latest").nth([1]), returns(latest));
    World::new(appeared.when("build-run", resets()))
}

fn id(value: &str) -> RecordScript {
    parameters([("id", value)])
}

fn nothing() -> RecordScript {
    RecordScript::default()
}

fn branch(name: &str) -> RecordScript {
    RecordScript { branch: Some(name.to_owned()), ..nothing() }
}

fn tag(name: &str) -> RecordScript {
    RecordScript { tag: Some(name.to_owned()), ..nothing() }
}

fn commit(id: &str) -> RecordScript {
    RecordScript { commit: Some(id.to_owned()), ..nothing() }
}

/// The request, the input of the previous build and of the one that appeared -> whether that one counts.
#[test]
fn only_a_build_with_the_same_input_is_recognised() {
    let two = |first, second| parameters([first, second]);
    let cases: [(&[&str], RecordScript, RecordScript, bool); 18] = [
        (&[], nothing(), nothing(), false),
        (&["--param", "id=7"], id("6"), id("7"), true),
        (&["--param", "id=7"], nothing(), id("7"), true),
        (&["--param", "id=7"], id("6"), id("8"), false),
        (&["--param", "id=7"], id("6"), nothing(), false),
        // The previous build was started with the same input, so it shows nothing.
        (&["--param", "id=7"], id("7"), id("7"), false),
        (&["--param", "id=7"], id("6"), id("******"), false),
        (&["--param", "id=7", "--param", "key=s"], id("6"), two(("id", "7"), ("key", "******")), true),
        (&["--param", "id=7", "--param", "x=1"], id("6"), two(("id", "7"), ("x", "2")), false),
        (
            &["--param", "id=7", "--param", "x=1"],
            two(("id", "6"), ("x", "1")),
            two(("id", "7"), ("x", "1")),
            true,
        ),
        (&["--branch", "feature"], nothing(), branch("feature"), true),
        (&["--branch", "feature"], nothing(), nothing(), false),
        (&["--branch", "main"], nothing(), nothing(), false),
        (&["--branch", "main", "--param", "id=7"], id("6"), id("7"), true),
        (&["--branch", "feature", "--param", "id=7"], id("6"), id("7"), false),
        (&["--commit", COMMIT], nothing(), commit(COMMIT), true),
        (&["--commit", COMMIT], nothing(), branch("main"), false),
        (&["--tag", "v1"], tag("v0"), tag("v1"), true),
    ];
    let mut table = Table::default();
    for (arguments, earlier, appeared, is_recognised) in cases {
        let world = overtaken(2, job().before(3).record(2, earlier.clone()).record(3, appeared.clone()));
        let ended = start(&world, &[arguments, &["--stop-on-cancel", "always"]].concat());
        let name = format!("{arguments:?}, {earlier:?} before, {appeared:?} since: {}", ended.stderr);
        assert_eq!(ended.code, if is_recognised { 0 } else { 69 }, "{name}");
        let build = ended.result()["builds"][0].clone();
        assert_eq!(build["build_no"], if is_recognised { json!(3) } else { Value::Null }, "{name}");
        assert_eq!(build["started_by"], "unknown", "{name}");
        let reason = build["reason"].as_str().expect("a reason");
        assert_eq!(reason.contains("build 3"), !is_recognised, "{name}");
        if !is_recognised {
            table.add(arguments.join(" "), without_error(reason));
        }
        assert_eq!((world.calls("build-run").len(), world.calls("build-stop").len()), (1, 0), "{name}");
    }
    assert_shown!("records_that_show_whose_build_it_is", table.text());
}

/// Several builds appeared: one of them may count, but not two.
#[test]
fn of_several_builds_one_may_be_recognised() {
    for (third, fourth, expected) in
        [("7", "8", Some(3)), ("8", "7", Some(4)), ("7", "7", None), ("8", "9", None)]
    {
        let builds = job().before(4).record(2, id("6")).record(3, id(third)).record(4, id(fourth));
        let world = overtaken(2, builds);
        let ended = start(&world, &["--param", "id=7"]).expect(if expected.is_some() { 0 } else { 69 });
        assert_eq!(ended.result()["builds"][0]["build_no"], json!(expected), "{third} {fourth}");
    }
    // The first build of a job has no build before it.
    let world = overtaken(0, job().before(1).record(1, id("7")));
    assert_eq!(start(&world, &["--param", "id=7"]).expect(0).result()["builds"][0]["build_no"], 1);
}

/// A record that cannot be read shows nothing.
#[test]
fn a_record_that_cannot_be_read_shows_nothing() {
    for fault in [
        Fault::from(answers(403)),
        shows_a_web_page(),
        returns(json!({"build_number": 9, "parameters": {"id": "7"}})).into(),
    ] {
        let latest = json!({"result": {"last_build_no": "2", "is_running": false}});
        let builds = scenario().job(job().before(3).record(2, id("6")).record(3, id("7")));
        let appeared = builds.when(calls("build-latest").nth([1]), returns(latest));
        let world = World::new(appeared.when("build-run", resets()).when("build-steps", fault));
        start(&world, &["--param", "id=7"]).expect(69);
    }
}

/// The start was carried out, and only its response was lost.
#[test]
fn a_start_that_was_carried_out_is_found() {
    let service = |result| scenario().job(job().before(2).ends_at_poll(2).ends(result).hidden_calls(3));
    let lost = |result| World::new(service(result).when(calls("build-run").nth([1]), loses_the_answer()));
    let mut table = Table::default();
    for (result, code) in [("SUCCESS", 0), ("FAILURE", 1), ("ABORTED", 3)] {
        let world = lost(result);
        let ended = start(&world, &["--param", "id=7"]).expect(code);
        assert_eq!(ended.result()["builds"][0]["build_no"], 3);
        table.add(result, &lines_with(&ended.stderr, "build 3"));
        assert_eq!((world.calls("build-run").len(), world.calls("build-stop").len()), (1, 0));
    }
    // Nothing was lost, or nothing was started.
    let clear = World::new(service("SUCCESS"));
    assert_eq!(start(&clear, &[]).expect(0).result()["builds"][0]["started_by"], "this-job");
    assert_eq!(clear.run_build(&[]).finish().expect(0).result()["builds"][0]["started_by"], "another");
    // It has no recognisable input.
    let world = lost("SUCCESS");
    let ended = start(&world, &[]).expect(69);
    assert_eq!((world.calls("build-run").len(), &ended.result()["builds"][0]["build_no"]), (1, &Value::Null));
    table.add(
        "not recognisable",
        without_error(ended.result()["builds"][0]["reason"].as_str().expect("a reason")),
    );
    assert_shown!("a_start_that_was_carried_out", table.text());
}

/// A response that names a build from before the start does not count.
#[test]
fn an_old_build_number_does_not_count() {
    let body = |number: &str| json!({"octopus_job_name": "j_x", "actual_build_number": number});
    for number in ["2", "1", "0"] {
        let world = World::new(scenario().job(job().before(2)).when("build-run", returns(body(number))));
        let ended = start(&world, &["--param", "id=7"]).expect(69);
        assert_eq!((world.calls("build-run").len(), world.calls("build-stop").len()), (1, 0), "{number}");
        assert_eq!(ended.result()["builds"][0]["build_no"], Value::Null);
    }
}

/// A status counts only where the answer is complete, does not contradict itself, and names no other build. The build
/// fails; the first answer claims success.
#[test]
fn an_answer_about_another_build_does_not_count() {
    let run = |job: Job, call: &str, status: u16, body: &str| {
        let answer = answers(status).body(body);
        start(&World::new(scenario().job(job).when(calls(call).nth([1, 2, 3]), answer)), &[])
    };
    let failing = || job().ends_at_poll(1).ends("FAILURE");
    let recorded = || failing().without_build_info();
    let good = r#"{"result": {"building": false, "build_result": "SUCCESS"}}"#;
    run(failing(), "build-info", 200, good).expect(0);
    let others = [
        (206, good),
        (200, r#"{"result": {"building": false, "build_result": "FAILURE", "build_result": "SUCCESS"}}"#),
        (200, r#"{"result": {"building": "true", "build_result": "SUCCESS"}}"#),
        (200, r#"{"result": {"building": 1, "build_result": "SUCCESS"}}"#),
    ];
    for (status, body) in others {
        let ended = run(failing(), "build-info", status, body);
        assert_eq!(ended.code, 1, "{status} {body}: {}", ended.stderr);
    }
    run(recorded(), "build-record", 200, r#"{"result": {"build_no": 1, "status": "SUCCESS"}}"#).expect(0);
    for body in [
        r#"{"result": {"build_no": 2, "status": "SUCCESS"}}"#,
        r#"{"result": {"buildNo": "2", "status": "SUCCESS"}}"#,
        r#"{"result": [{"build_no": 2, "status": "SUCCESS"}]}"#,
    ] {
        let ended = run(recorded(), "build-record", 200, body);
        assert_eq!(ended.code, 1, "{body}: {}", ended.stderr);
    }
}
