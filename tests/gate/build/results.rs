//! `build`: every status of every call, which build counts, and the results.

use crate::kit::forge::Forge;
use crate::kit::scenario::{
    Job, Story, answers, calls, is_held, job, loses_the_answer, refuses, resets, returns, scenario,
    shows_a_web_page,
};
use crate::kit::{Ended, JOB, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Fault;
use serde_json::{Value, json};

/// Builds take three polls.
fn quick() -> Job {
    job().ends_at_poll(3)
}

fn finished(job: Job, arguments: &[&str]) -> Ended {
    World::new(job).run_build(arguments).finish()
}

/// Why it ended like this.
fn reason(ended: &Ended) -> String {
    ended.result()["builds"][0]["reason"].as_str().expect("a reason").to_owned()
}

/// Documented and undocumented words, in each call that returns them: only a clear success is 0.
#[test]
fn every_status_in_every_call_has_its_exit_code() {
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
    let mut table = Table::default();
    for (word, code) in words {
        let both = quick().ends(word);
        let info_only = both.clone().record_info(&[]);
        let record_only = both.clone().without_build_info();
        // Where `build-info` does not know, the record does.
        let vague = quick().ends_differently("", word);
        let older = |path| both.clone().without_build_info().record_info(&[path]);
        let services = [
            ("both", both.clone()),
            ("build-info", info_only),
            ("record-info", record_only),
            ("a vague build-info", vague),
            ("record-v4", older("record-v4")),
            ("record-v3", older("record-v3")),
        ];
        for (name, service) in services {
            let ended = finished(service, &["--start"]).expect(code);
            let result = ended.result();
            assert_eq!(result["exit_code"], code, "{name}");
            assert_eq!((&result["builds"][0]["build_no"], &result["tasks"]), (&json!(1), &json!([])));
            if name == "both" {
                table.add(word, &reason(&ended));
            }
        }
    }
    assert_shown!("every_word_of_a_build", table.text());
}

/// An unfinished build is waited for until the timeout, whatever its status; it is never a pass.
#[test]
fn an_unfinished_build_times_out() {
    let words = ["Running", "InQueue", "pending", "", "none"];
    let (mut story, mut ids) = (scenario(), Vec::new());
    for (number, word) in words.iter().enumerate() {
        let endless = job().takes("1h").without_build_info().with(|job| job.running_word = (*word).into());
        let (running, ended) = (format!("a{number}"), format!("b{number}"));
        story = story.job_named(&running, endless).job_named(&ended, quick().ends(word));
        ids.extend([running, ended]);
    }
    let world = World::new(story);
    let mut run = world.run(&["build", &ids.join(","), "--start", "--timeout", "2s"]);
    let ended = run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin()).finish().expect(2);
    assert_eq!(ended.stderr.matches("timed-out - ").count(), 10, "{}", ended.stderr);
    let mut table = Table::default();
    table.add("still building", &reason(&ended));
    // The build is unknown, or was never built.
    table.add("never built", &reason(&finished(job(), &["--timeout", "2s"]).expect(2)));
    assert_shown!("a_build_that_does_not_end", table.text());
}

/// Right after a start nothing is active yet and the number is unknown; a build can end between two polls.
#[test]
fn the_beginning_and_a_quick_end_are_not_errors() {
    let world = World::new(quick().before(3).hidden_calls(5).ends("FAILURE"));
    let ended = world.run_build(&["--start"]).finish().expect(1);
    assert_eq!(ended.result()["builds"][0]["build_no"], 4);
    let world = World::new(job().before(1).ends_at_poll(1));
    world.run_build(&["--start"]).finish().expect(0);
    // The boolean of the job does not show the result, so it is not requested.
    assert_eq!(world.calls("build-status").len(), 0);
}

/// A rejection after the start is believed when it is repeated, not only at the timeout; an unknown build gets half a
/// minute at most.
#[test]
fn a_refusal_after_the_start_is_reported_soon() {
    let world = World::new(scenario().when("build-info", refuses(403, "APIGW.0302")));
    world.run_build(&["--start"]).finish().expect(77);
    assert!(world.calls("build-info").len() < 20, "{}", world.calls("build-info").len());
    assert_eq!(world.sandbox.builds_stopped(JOB), 1);
    let hidden = job().hidden_calls(u32::MAX);
    assert_shown!(
        "a_build_nobody_knows",
        reason(&finished(hidden, &["--start", "--timeout", "4s"]).expect(64))
    );
}

/// Others may build at the same time: only the build that was started counts, and only it is stopped.
#[test]
fn only_the_started_build_counts() {
    let second = calls("build-info").nth([2]);
    let world = World::new(scenario().job(quick().before(2)).when(second, is_held()));
    let own_build = world.run_build(&["--start", "--follow"]);
    let child = own_build.spawn();
    world.wait_for("build-info", 1);
    assert_eq!(world.sandbox.start_foreign_build(JOB), Some(4));
    world.release();
    let ended = own_build.wait(child).expect(0);
    assert_eq!(ended.result()["builds"][0]["build_no"], 3);
    // Older builds can be asked for by number; the latest is the default.
    let ended = world.run_build(&["--build-no", "1"]).finish().expect(0);
    assert_eq!(ended.result()["builds"][0]["build_no"], 1);
    let ended = world.run_build(&[]).finish().expect(0);
    assert_eq!(ended.result()["builds"][0]["build_no"], 4);
}

#[cfg(unix)]
#[test]
fn a_cancel_stops_the_started_build_and_no_other() {
    for (arguments, stopped) in [(&["--start"][..], 1), (&[][..], 0)] {
        let world = World::new(job().before(1).building().takes("1h"));
        let run = world.run_build(arguments);
        let child = run.spawn();
        world.wait_for("build-info", 2);
        let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        let ended = run.wait(child).expect(143);
        assert_eq!(world.sandbox.builds_stopped(JOB), stopped);
        assert_eq!(ended.result()["outcome"], "cancelled");
    }
    // The same at the timeout.
    let world = World::new(job().takes("1h"));
    world.run_build(&["--start", "--timeout", "2s"]).finish().expect(2);
    assert_eq!(world.sandbox.builds_stopped(JOB), 1);
}

/// A lost response does not start a second build.
#[test]
fn a_lost_start_is_searched_for() {
    let service = || scenario().job(quick().before(2));
    let world = World::new(service().when(calls("build-run").nth([1]), loses_the_answer()));
    let mut table = Table::default();
    let recognisable = ["--start", "--param", "id=7"];
    let ended = world.run_build(&recognisable).finish().expect(0);
    table.add("found", &lines_with(&ended.stderr, "build 3"));
    assert_eq!((world.calls("build-run").len(), &ended.result()["builds"][0]["build_no"]), (1, &json!(3)));
    // It was not carried out, so it is sent again.
    let world = World::new(service().when(calls("build-run").nth([1]), shows_a_web_page()));
    world.run_build(&["--start"]).finish().expect(0);
    assert_eq!(world.calls("build-run").len(), 2);
    // "Too frequent" is a clear rejection for now, with HTTP 400.
    let too_frequent = refuses(400, "CB.00060211");
    let world = World::new(service().when(calls("build-run").nth([1, 2]), too_frequent));
    world.run_build(&["--start"]).finish().expect(0);
    assert_eq!(world.calls("build-run").len(), 3);
    // Accepted without a number: never sent again.
    let world = World::new(service().when("build-run", returns(json!({"octopus_job_name": "j_x"}))));
    let ended = world.run_build(&["--start"]).finish().expect(69);
    assert_eq!(world.calls("build-run").len(), 1);
    table.add("no number", &reason(&ended));
    // Unusable answers during the search do not count.
    let lost = service().when(calls("build-run").nth([1]), loses_the_answer());
    let bad = lost.when(calls("build-latest").nth([2, 3, 4]), answers(503));
    let world = World::new(bad.when(calls("build-latest").nth([5]), returns(json!({"result": null}))));
    assert_eq!(world.run_build(&recognisable).finish().expect(0).result()["builds"][0]["build_no"], 3);
    assert_eq!(world.calls("build-run").len(), 1);
    // Without the earlier numbers it is unknown, so it is not sent again.
    let blind = scenario().job(job().with(|job| job.has_running_status = false));
    let world = World::new(blind.when("build-run", loses_the_answer()));
    world.run_build(&["--start"]).finish().expect(69);
    assert_eq!(world.calls("build-run").len(), 1);
    assert_shown!("a_lost_start_of_a_build", table.text());
}

/// A single bad answer ends nothing, on any call.
#[test]
fn every_fault_on_every_call() {
    let faults = [
        resets(),
        shows_a_web_page(),
        Fault::from(answers(503)),
        answers(429).header("Retry-After", "1").into(),
        refuses(500, "CB.00060100").into(),
    ];
    let names = ["build-latest", "build-info", "build-record", "build-log", "build-steps", "build-output"];
    for fault in &faults {
        for (result, code) in [("FAILURE", 1), ("SUCCESS", 0)] {
            let service = scenario().job(quick().ends_differently("", result).before(1));
            let faulty = |story: Story, name| story.when(calls(name).nth([1, 3]), fault.clone());
            let world = World::new(names.into_iter().fold(service, faulty));
            let ended = world.run_build(&["--start"]).finish().expect(code);
            assert_eq!(ended.result()["builds"][0]["build_no"], 2, "{fault:?}");
        }
    }
}

/// A failed build shows its step and the end of its log; one that is followed shows all of it, each line once.
#[test]
fn the_log_is_shown() {
    let wordy = |result| job().ends_at_poll(5).ends(result).log_lines(500);
    let ended = finished(wordy("FAILURE"), &["--start"]).expect(1);
    let lines = |ended: &Ended| -> Vec<String> {
        let of_log = ended.stderr.lines().filter(|line| line.contains(" | ["));
        of_log.map(|line| line.split_once("] line ").expect("a line").1.to_owned()).collect()
    };
    let expected = |numbers: std::ops::RangeInclusive<u32>| -> Vec<String> {
        numbers.map(|number| format!("{number} of the log")).collect()
    };
    assert_eq!(lines(&ended), expected(471..=500));
    assert_shown!("the_failing_step_of_a_build", lines_with(&ended.stderr, "Maven build"));
    let build = &ended.result()["builds"][0];
    assert_eq!(
        (build["log_tail"].as_array().map(Vec::len), &build["failing_steps"]),
        (Some(30), &json!(["Maven build"]))
    );
    for result in ["FAILURE", "SUCCESS"] {
        let ended = finished(wordy(result), &["--start", "--follow"]);
        assert_eq!(lines(&ended), expected(1..=500), "{result}");
    }
    let ended = finished(quick(), &["--start"]).expect(0);
    assert_eq!(lines(&ended), [""; 0]);
    let packages = &ended.result()["builds"][0]["packages"];
    assert_eq!(
        packages,
        &json!([{"name": "demo.jar", "version": "1.0", "type": "maven", "uri": "/demo/1.0/demo.jar"}])
    );
}

/// More of the log is requested where the service announces more but returns nothing; what is missing is reported.
#[test]
fn a_missing_end_of_the_log_is_reported() {
    let ended_with = |pieces, has_more: Value| {
        let nothing = json!({"result": {"has_more_data": has_more, "offset": 0, "content": ""}});
        let world = World::new(scenario().job(quick().ends("FAILURE")).when(pieces, returns(nothing)));
        world.run_build(&["--start"]).finish().expect(1)
    };
    let ended = ended_with(calls("build-log").nth([1, 2, 3]), json!("true"));
    assert_eq!(ended.result()["builds"][0]["log_tail"].as_array().map(Vec::len), Some(30));
    let ended = ended_with(calls("build-log"), json!(true));
    assert_shown!("the_end_of_a_log", lines_with(&ended.stderr, "log"));
}

/// With several jobs the worst outcome wins.
#[test]
fn the_worst_of_several_jobs_wins() {
    let two = scenario().job_named("aa", quick()).job_named("bb", quick().ends("ABORTED"));
    let world = World::new(two.when(calls("build-info").of("aa").nth([2]), is_held()));
    let mut run = world.run(&["build", "aa,bb", "--start", "--json"]);
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    let child = run.spawn();
    // The second is started while the first goes on.
    world.wait_until_received("build-run", 2);
    world.release();
    let ended = run.wait(child).expect(3);
    assert_shown!("two_builds", lines_with(&ended.stderr, "exit 3"));
    let document: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(document["builds"][1]["outcome"], "stopped");
    assert_eq!(run.env("CODEARTS_ALLOW", "stopped").finish().expect(0).result()["outcome"], "stopped");
}

/// Later steps get the number at once, and the result.
#[test]
fn later_steps_get_values() {
    let forge = Forge::new();
    let world = World::new(quick().ends("FAILURE"));
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

/// Mistakes are reported in one sentence, before anything is sent where possible.
#[test]
fn usage_errors_are_named() {
    let refused: [&[&str]; 7] = [
        &["--param", "x=1"],
        &["--start", "--param", "=1"],
        &["--start", "--param", "secret-canary"],
        &["--start", "--param", "LD_PRELOAD=x"],
        &["--start", "--build-no", "1"],
        &["--build-no", "0"],
        &["--start", "--branch", "a", "--tag", "b"],
    ];
    let mut table = Table::default();
    for arguments in refused {
        let world = World::new(job());
        let ended = world.run_build(arguments).finish().expect(64);
        table.add(arguments.join(" "), &ended.stderr);
        assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
        assert_eq!(world.sandbox.recorded().len(), 0);
    }
    // An option beats a variable that it excludes.
    let world = World::new(quick());
    world.run_build(&["--start", "--tag", "v1"]).env("CODEARTS_BRANCH", "main").finish().expect(0);
    // An unknown build, an unknown job, a missing permission.
    let world = World::new(job().before(2));
    let ended = world.run_build(&["--build-no", "9"]).finish().expect(64);
    table.add("--build-no 9, of 2", &ended.stderr);
    let world = World::new(scenario().job_named("other", job()));
    for arguments in [&["--start"][..], &[][..], &["--build-no", "1"][..]] {
        let ended = world.run_build(arguments).finish().expect(64);
        table.add(format!("no such job {}", arguments.join(" ")), &ended.stderr);
    }
    assert_shown!("mistakes_about_builds", table.text());
    let world = World::new(scenario().when("*", refuses(403, "APIGW.0302")));
    world.run_build(&["--start"]).finish().expect(77);
}

/// Parameters and revisions reach the service.
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
        let world = World::new(quick());
        let arguments: Vec<&str> = ["--start"].iter().chain(case).copied().collect();
        world.run_build(&arguments).finish().expect(0);
        let sent: Value = serde_json::from_slice(&world.calls("build-run")[0].body).expect("JSON");
        assert_eq!(sent, json!({"job_id": JOB, field: expected}));
    }
}
