//! Keys, tokens and passwords, and a clock that is wrong.

use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::{PASSWORD, TOKEN};

const FINISHED: &str = r#"{"tasks": {"*": {"before": 2, "pdf": {"duration": "10ms"}}}}"#;

#[test]
fn every_kind_of_credentials_works() {
    let world = World::new(FINISHED);
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
    let mut said = Table::default();
    for (kind, run) in cases {
        said.add(kind, run.finish().expect(0).stderr.lines().next().unwrap_or_default());
    }
    assert_shown!("kinds_of_credentials", said.text());
}

#[test]
fn the_project_is_signed_along() {
    let world = World::new(FINISHED);
    let run = world.run(&["check", TASK, "--iam-project-id", "0123456789abcdef0123456789abcdef"]);
    run.finish().expect(0);
}

#[test]
fn wrong_credentials_are_denied() {
    let world = World::new(FINISHED);
    let mut said = Table::default();
    for (name, value) in [
        ("HUAWEICLOUD_SDK_SK", "wrong-secret"),
        ("HUAWEICLOUD_SDK_AK", "WRONGKEY"),
        ("CODEARTS_TOKEN", "wrong-token"),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "wrong-session"),
    ] {
        let mut run = world.run_with_temporary_keys(&["check", TASK]);
        let ended = run.env(name, value).finish().expect(77);
        assert!(!ended.stderr.contains(value), "{name}: {}", ended.stderr);
        said.add(name, &lines_with(&ended.stderr, TASK));
    }
    assert_shown!("wrong_credentials", said.text());
}

/// An expired token in mid-wait is invisible: renewed before it expires, or after it was refused.
#[test]
fn a_token_that_expires_in_mid_wait_is_renewed() {
    let world = World::new(
        r#"{"token_life": "1800ms", "tasks": {"*": {"before": 0, "duration": "4s", "pdf": {"duration": "10ms"}}}}"#,
    );
    let ended = world.run_with_password(&["check", TASK]).finish().expect(0);
    assert!(world.calls("token").len() >= 3, "{}", world.calls("token").len());
    let refused = world.sandbox.recorded().iter().filter(|call| call.status == Some(401)).count();
    assert_eq!(refused, 0);
    assert_shown!("token_that_is_renewed", ended.stderr);

    // The service forgets the token long before its time.
    let world = World::new(
        r#"{"tasks": {"*": {"before": 0, "duration": "600ms"}},
            "faults": [{"call": "progress", "on": [3, 8], "fault": {"kind": "answer", "status": 401,
                        "body": {"error_code": "CC.00000003", "error_msg": "Authentication information expired."}}}]}"#,
    );
    let ended = world.run_with_password(&["check", TASK, "--report", "none"]).finish().expect(0);
    assert_eq!(world.calls("token").len(), 3);
    assert_shown!("token_that_is_forgotten", ended.stderr);
}

/// Several tasks share one token and one renewal.
#[test]
fn tasks_share_a_token() {
    let world = World::new(FINISHED);
    world.run_with_password(&["check", "aa", "bb", "cc", "dd", "--report", "none"]).finish().expect(0);
    assert_eq!(world.calls("token").len(), 1);
}

/// A wrong password is tried once, whatever else happens and however many tasks there are.
#[test]
fn a_wrong_password_is_tried_once() {
    let world = World::new(FINISHED);
    let mut run = world.run_with_password(&["check", "aa", "bb", "cc"]);
    let ended = run.env("CODEARTS_IAM_PASSWORD", "wrong-pass-canary").finish().expect(77);
    assert_eq!(world.calls("token").len(), 1);
    assert_eq!(world.calls("progress").len(), 0);
    assert!(!ended.stderr.contains("wrong-pass-canary"));
    assert_shown!("wrong_password", lines_with(&ended.stderr, "error: aa"));
}

/// Nor is anything else that IAM refuses in its own words, such as an account that is locked.
#[test]
fn a_refused_login_is_not_tried_again() {
    for (status, code) in [(401, "IAM.0001"), (403, "IAM.0002"), (400, "IAM.0011"), (404, "IAM.0004")] {
        let world = World::new(&format!(
            r#"{{"tasks": {{"*": {{"before": 2}}}}, "faults": [{{"call": "token", "fault": {{"kind": "answer",
                "status": {status}, "body": {{"error_code": "{code}", "error_msg": "no"}}}}}}]}}"#
        ));
        let ended = world.run_with_password(&["check", "aa", "bb", "cc", "--start"]).finish().expect(77);
        assert_eq!(world.calls("token").len(), 1, "{code}: {}", ended.stderr);
    }
}

/// Where the service does not show its clock, a signature that is refused may be the fault of ours.
#[test]
fn a_clock_that_cannot_be_compared_is_mentioned() {
    let world = World::new(
        r#"{"faults": [{"call": "progress", "fault": {"kind": "answer", "status": 401, "headers": {"date": "?"},
            "body": {"error_code": "APIGW.0303", "error_msg": "Incorrect app authentication information"}}}]}"#,
    );
    let ended = world.run(&["check", TASK]).finish().expect(77);
    assert_shown!("clock_that_cannot_be_compared", lines_with(&ended.stderr, TASK));
}

/// Trouble of IAM itself is repeated.
#[test]
fn trouble_at_the_login_is_survived() {
    let faults = [
        r#"{"kind": "reset"}"#,
        r#"{"kind": "lost-answer"}"#,
        r#"{"kind": "html"}"#,
        r#"{"kind": "truncate", "after": 9}"#,
        r#"{"kind": "answer", "status": 503}"#,
        r#"{"kind": "answer", "status": 429}"#,
        r#"{"kind": "answer", "status": 201, "body": {"token": {}}}"#,
    ];
    for first in faults {
        for second in faults {
            let world = World::new(&format!(
                r#"{{"tasks": {{"*": {{"duration": "20ms"}}}}, "faults": [
                    {{"call": "token", "on": [1], "fault": {first}}}, {{"call": "token", "on": [2], "fault": {second}}}]}}"#
            ));
            let ended = world.run_with_password(&["check", TASK, "--start", "--report", "none"]).finish();
            assert_eq!(ended.code, 0, "{first} {second}: {}", ended.stderr);
            assert_eq!(
                (world.calls("token").len(), world.sandbox.runs_started(TASK)),
                (3, 1),
                "{first} {second}"
            );
        }
    }
}

/// A server that quotes the password it was sent does not make us print it; the harness looks.
#[test]
fn an_echo_of_the_password_is_not_printed() {
    let world = World::new(&format!(
        r#"{{"tasks": {{"*": {{"before": 2}}}}, "faults": [
            {{"call": "token", "on": [1], "fault": {{"kind": "answer", "status": 503, "body": {{"error_msg": "got {PASSWORD}"}}}}}},
            {{"call": "token", "on": [2], "fault": {{"kind": "answer", "status": 502, "body": "<html>{PASSWORD}</html>"}}}}]}}"#
    ));
    let ended = world.run_with_password(&["check", TASK, "--report", "none", "-v"]).finish().expect(0);
    assert!(ended.stderr.contains("got ***"), "{}", ended.stderr);
}

/// One odd answer of IAM in a long wait is one bad answer.
#[test]
fn an_odd_answer_at_a_renewal_is_survived() {
    for odd in [
        r#"{"kind": "answer", "status": 403}"#,
        r#"{"kind": "answer", "status": 404}"#,
        r#"{"kind": "html"}"#,
    ] {
        let world = World::new(&format!(
            r#"{{"token_life": "1800ms", "tasks": {{"*": {{"before": 0, "duration": "2500ms"}}}},
                "faults": [{{"call": "token", "on": [2], "fault": {odd}}}]}}"#
        ));
        let ended = world.run_with_password(&["check", TASK, "--report", "none"]).finish();
        assert_eq!(ended.code, 0, "{odd}: {}", ended.stderr);
        assert!(world.calls("token").len() >= 3);
    }
}

/// A clock that is an hour off is found out, corrected once, and said.
#[test]
fn a_wrong_clock_is_corrected() {
    let mut said = Table::default();
    for ahead in [3600, -3600] {
        let world = World::new(&format!(
            r#"{{"clock_ahead": {ahead}, "tasks": {{"*": {{"before": 2, "pdf": {{"duration": "10ms"}}}}}}}}"#
        ));
        let ended = world.run(&["check", TASK]).finish().expect(0);
        said.add(ahead, &lines_with(&ended.stderr, "clock"));
        let refused = world.sandbox.recorded().iter().filter(|call| call.status == Some(401)).count();
        // The first question about the task and the one about its runs go out together.
        assert!(refused <= 2, "{refused}");
    }
    let world = World::new(r#"{"clock_ahead": 120, "tasks": {"*": {"before": 2}}}"#);
    let ended = world.run(&["check", TASK, "--report", "none"]).finish().expect(0);
    said.add(120, &ended.stderr);
    assert_shown!("wrong_clock", said.text());
}

/// A server that quotes what it was sent does not make us print it.
#[test]
fn an_echo_of_the_token_is_not_printed() {
    let world = World::new(&format!(
        r#"{{"faults": [{{"call": "progress", "fault": {{"kind": "answer", "status": 403,
            "body": {{"error_code": "APIGW.0302", "error_msg": "no entry for {TOKEN}"}}}}}}]}}"#
    ));
    let mut run = world.run(&["check", TASK, "--json", "-v"]);
    let ended = run.env("CODEARTS_TOKEN", TOKEN).finish().expect(77);
    assert!(ended.stderr.contains("no entry for ***"), "{}", ended.stderr);
}
