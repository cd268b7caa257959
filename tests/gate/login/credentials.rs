//! Keys, tokens and passwords, and a clock that is wrong.

use crate::kit::scenario::{
    CHECKING, Task, answers, breaks_after, calls, loses_the_answer, pdf, refuses, resets, scenario,
    shows_a_web_page, succeeded, task,
};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Fault;
use codearts_gate::sandbox::{PASSWORD, TOKEN};
use serde_json::json;

fn finished() -> Task {
    succeeded().pdf(pdf())
}

#[test]
fn every_kind_of_credentials_works() {
    let world = World::new(finished());
    let cases = [
        ("AK/SK", world.run(&["check", TASK])),
        ("temporary AK/SK", world.run_with_temporary_keys(&["check", TASK])),
        ("IAM password", world.run_with_password(&["check", TASK])),
        ("token from CODEARTS_TOKEN", {
            let mut run = world.run(&["check", TASK]);
            run.env("CODEARTS_TOKEN", TOKEN);
            run
        }),
    ];
    let mut table = Table::default();
    for (kind, run) in cases {
        table.add(kind, run.finish().expect(0).stderr.lines().next().unwrap_or_default());
    }
    assert_shown!("kinds_of_credentials", table.text());
}

/// The IAM project is sent and signed with every request, or the gateway would reject it; tokens are requested for it.
#[test]
fn the_iam_project_is_signed() {
    const PROJECT: &str = "0123456789abcdef0123456789abcdef";
    let world = World::new(finished());
    world.run(&["check", TASK, "--iam-project-id", PROJECT]).finish().expect(0);
    for call in world.sandbox.recorded() {
        assert_eq!(call.headers.get("x-project-id").expect("a project"), PROJECT, "{}", call.call);
    }
    let world = World::new(finished());
    world.run_with_password(&["check", TASK, "--iam-project-id", PROJECT]).finish().expect(0);
    let asked: serde_json::Value = serde_json::from_slice(&world.calls("token")[0].body).expect("JSON");
    assert_eq!(asked["auth"]["scope"]["project"]["id"], PROJECT);
}

#[test]
fn wrong_credentials_are_denied() {
    let world = World::new(finished());
    let mut table = Table::default();
    for (name, value) in [
        ("HUAWEICLOUD_SDK_SK", "wrong-secret"),
        ("HUAWEICLOUD_SDK_AK", "WRONGKEY"),
        ("CODEARTS_TOKEN", "wrong-token"),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "wrong-session"),
    ] {
        let mut run = world.run_with_temporary_keys(&["check", TASK]);
        let ended = run.env(name, value).finish().expect(77);
        assert!(!ended.stderr.contains(value), "{name}: {}", ended.stderr);
        table.add(name, &lines_with(&ended.stderr, TASK));
    }
    assert_shown!("wrong_credentials", table.text());
}

/// A token that expires during the wait is renewed without a visible effect: before it expires, or after it was
/// rejected.
#[test]
fn a_token_that_expires_in_mid_wait_is_renewed() {
    let world =
        World::new(scenario().task(task().before(CHECKING).takes("5s").pdf(pdf())).token_life("2400ms"));
    let ended = world.run_with_password(&["check", TASK]).finish().expect(0);
    assert!(world.calls("token").len() >= 3, "{}", world.calls("token").len());
    let refused = world.sandbox.recorded().iter().filter(|call| call.status == Some(401)).count();
    assert_eq!(refused, 0);
    assert_shown!("token_that_is_renewed", ended.stderr);

    // The service forgets the token long before its time.
    let world = World::new(
        scenario()
            .task(task().before(CHECKING).takes("2s"))
            .when(calls("progress").nth([3, 8]), refuses(401, "CC.00000003")),
    );
    let ended = world.run_with_password(&["check", TASK, "--report", "none"]).finish().expect(0);
    assert_eq!(world.calls("token").len(), 3);
    assert_shown!("token_that_is_forgotten", ended.stderr);
}

/// Several tasks share one token and one renewal.
#[test]
fn tasks_share_a_token() {
    let world = World::new(finished());
    world.run_with_password(&["check", "aa", "bb", "cc", "dd", "--report", "none"]).finish().expect(0);
    assert_eq!(world.calls("token").len(), 1);
}

/// A wrong password is tried once, whatever else happens and however many tasks there are.
#[test]
fn a_wrong_password_is_tried_once() {
    let world = World::new(finished());
    let mut run = world.run_with_password(&["check", "aa", "bb", "cc"]);
    let ended = run.env("CODEARTS_IAM_PASSWORD", "wrong-pass-canary").finish().expect(77);
    assert_eq!(world.calls("token").len(), 1);
    assert_eq!(world.calls("progress").len(), 0);
    assert!(!ended.stderr.contains("wrong-pass-canary"));
    assert_shown!("wrong_password", lines_with(&ended.stderr, "error: aa"));
}

/// Any other rejection by IAM, such as a locked account, is not retried either.
#[test]
fn a_refused_login_is_not_tried_again() {
    for (status, code) in [(401, "IAM.0001"), (403, "IAM.0002"), (400, "IAM.0011"), (404, "IAM.0004")] {
        let world = World::new(scenario().task(succeeded()).when("token", refuses(status, code)));
        let ended = world.run_with_password(&["check", "aa", "bb", "cc", "--start"]).finish().expect(77);
        assert_eq!(world.calls("token").len(), 1, "{code}: {}", ended.stderr);
    }
}

/// Where the service does not show its clock, a wrong local clock may be why a signature is rejected.
#[test]
fn an_unknown_clock_is_mentioned_in_a_rejection() {
    let world = World::new(scenario().when("progress", refuses(401, "APIGW.0303").header("date", "?")));
    let ended = world.run(&["check", TASK]).finish().expect(77);
    assert_shown!("clock_that_cannot_be_compared", lines_with(&ended.stderr, TASK));
}

/// Faults of IAM itself are retried.
#[test]
fn faults_at_the_login_are_retried() {
    let faults: [Fault; 7] = [
        resets(),
        loses_the_answer(),
        shows_a_web_page(),
        breaks_after(9),
        answers(503).into(),
        answers(429).into(),
        answers(201).body(json!({"token": {}})).into(),
    ];
    for first in &faults {
        for second in &faults {
            let story = scenario().task(task().ends_at_poll(2));
            let story = story.when(calls("token").nth([1]), first.clone());
            let world = World::new(story.when(calls("token").nth([2]), second.clone()));
            let ended = world.run_with_password(&["check", TASK, "--start", "--report", "none"]).finish();
            assert_eq!(ended.code, 0, "{first:?} {second:?}: {}", ended.stderr);
            assert_eq!(
                (world.calls("token").len(), world.sandbox.runs_started(TASK)),
                (3, 1),
                "{first:?} {second:?}"
            );
        }
    }
}

/// A password that a server echoes is not printed; the harness searches for it.
#[test]
fn an_echo_of_the_password_is_not_printed() {
    let world = World::new(
        scenario()
            .task(succeeded())
            .when(calls("token").nth([1]), answers(503).body(json!({"error_msg": format!("got {PASSWORD}")})))
            .when(calls("token").nth([2]), answers(502).body(format!("<html>{PASSWORD}</html>"))),
    );
    let ended = world.run_with_password(&["check", TASK, "--report", "none", "-v"]).finish().expect(0);
    assert!(ended.stderr.contains("got ***"), "{}", ended.stderr);
}

/// One unusable answer of IAM does not end a long wait.
#[test]
fn an_unusable_answer_to_a_renewal_is_retried() {
    let odd_answers: [Fault; 3] = [answers(403).into(), answers(404).into(), shows_a_web_page()];
    for odd in odd_answers {
        let story = scenario().task(task().before(CHECKING).takes("3s")).token_life("2s");
        let world = World::new(story.when(calls("token").nth([2]), odd.clone()));
        let ended = world.run_with_password(&["check", TASK, "--report", "none"]).finish();
        assert_eq!(ended.code, 0, "{odd:?}: {}", ended.stderr);
        assert!(world.calls("token").len() >= 3);
    }
}

/// A clock that is an hour off is noticed, corrected once, and reported.
#[test]
fn a_wrong_clock_is_corrected() {
    let mut table = Table::default();
    for ahead in [3600, -3600] {
        let world = World::new(scenario().task(finished()).clock_ahead(ahead));
        let ended = world.run(&["check", TASK]).finish().expect(0);
        table.add(ahead, &lines_with(&ended.stderr, "clock"));
        let refused = world.sandbox.recorded().iter().filter(|call| call.status == Some(401)).count();
        // The first requests for the task and for its runs are sent together.
        assert!(refused <= 2, "{refused}");
    }
    let world = World::new(scenario().task(succeeded()).clock_ahead(120));
    let ended = world.run(&["check", TASK, "--report", "none"]).finish().expect(0);
    table.add(120, &ended.stderr);
    assert_shown!("wrong_clock", table.text());
}

/// A token that a server echoes is not printed.
#[test]
fn an_echo_of_the_token_is_not_printed() {
    let world = World::new(scenario().when(
        "progress",
        answers(403).body(json!({"error_code": "APIGW.0302", "error_msg": format!("no entry for {TOKEN}")})),
    ));
    let mut run = world.run(&["check", TASK, "--json", "-v"]);
    let ended = run.env("CODEARTS_TOKEN", TOKEN).finish().expect(77);
    assert!(ended.stderr.contains("no entry for ***"), "{}", ended.stderr);
}
