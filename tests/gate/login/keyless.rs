//! Logins with an id token of the CI, without stored keys.

use super::job::{finished, sent, with_iam, with_sts};
use crate::kit::scenario::{Story, answers, calls, resets, returns, scenario, shows_a_web_page, succeeded};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::{ACCESS_KEY, SECRET_KEY};
use serde_json::json;
use std::time::Duration;

#[test]
fn every_keyless_login_works() {
    let kinds = [("STS", with_sts as fn(&World, &[&str]) -> Run), ("IAM", with_iam)];
    let mut table = Table::default();
    for (kind, run) in kinds {
        let world = World::new(finished());
        let ended = run(&world, &["check", TASK]).finish().expect(0);
        table.add(kind, ended.stderr.lines().next().unwrap_or_default());
        assert_eq!(world.calls("id-token").len(), 1);
    }
    assert_shown!("kinds_of_keyless_login", table.text());
    // A token from a variable, as GitLab gives it, or from a file.
    for way in ["HUAWEICLOUD_OIDC_ID_TOKEN", "HUAWEICLOUD_OIDC_TOKEN_FILE", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"] {
        let world = World::new(finished());
        let token = world.sandbox.issue_id_token("x");
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("token");
        std::fs::write(&file, format!("{token}\n")).expect("a file");
        let mut run = with_sts(&world, &["check", TASK]);
        let value = if way.ends_with("FILE") { file.to_str().expect("UTF-8") } else { &token };
        run.without("ACTIONS_ID_TOKEN_REQUEST_URL").env(way, value).finish().expect(0);
        assert_eq!(world.calls("id-token").len(), 0);
    }
}

/// The audience of the token, and the name of the session.
#[test]
fn audience_name_and_policies_are_sent() {
    let audience = Some("codearts gate+x".to_owned());
    let world = World::new(scenario().task(succeeded()).with(|settings| settings.audience = audience));
    let mut run =
        with_sts(&world, &["check", TASK, "--report", "none", "--oidc-audience", "codearts gate+x"]);
    run.env("HUAWEICLOUD_OIDC_SESSION_NAME", "my.session").env("HUAWEICLOUD_OIDC_POLICY_IDS", "a, b");
    run.finish().expect(0);
    assert_eq!(sent(&world, "oidc-sts", "/agency_session_name"), ["my.session"]);
    assert_eq!(sent(&world, "oidc-sts", "/policy_ids"), [json!(["a", "b"])]);
    let query = &world.calls("id-token")[0].query;
    let expected = [("api-version", "2.0"), ("audience", "codearts gate+x")];
    assert_eq!(query.len(), 2);
    for (name, value) in expected {
        assert!(query.contains(&(name.to_owned(), value.to_owned())), "{query:?}");
    }
}

/// Rejections name the claims that the trust policy must match, and never the token.
#[test]
fn rejections_name_the_claims() {
    let claims = [
        "`https://token.actions.githubusercontent.com`",
        "`https://github.com/acme`",
        "`repo:acme/widget:ref:refs/heads/main`",
    ];
    let cases: [(&str, Story, fn(&World, &[&str]) -> Run); 4] = [
        (
            "another audience, STS",
            scenario().with(|settings| settings.audience = Some("other".to_owned())),
            with_sts,
        ),
        (
            "another audience, IAM",
            scenario().with(|settings| settings.audience = Some("other".to_owned())),
            with_iam,
        ),
        (
            "an expired token, STS",
            scenario().with(|settings| settings.id_token_life = Duration::ZERO),
            with_sts,
        ),
        (
            "an expired token, IAM",
            scenario().with(|settings| settings.id_token_life = Duration::ZERO),
            with_iam,
        ),
    ];
    let mut table = Table::default();
    for (name, story, run) in cases {
        let world = World::new(story);
        let ended = run(&world, &["check", TASK]).finish().expect(77);
        for claim in claims {
            assert_eq!(ended.stderr.matches(claim).count(), 1, "{}", ended.stderr);
        }
        table.add(name, &lines_with(&ended.stderr, TASK));
        assert!(!ended.stderr.contains("sandbox-id-token-signature"), "{}", ended.stderr);
        assert_eq!(world.calls("progress").len(), 0);
    }
    let world = World::new(finished());
    let wrong: [(&str, &str, fn(&World, &[&str]) -> Run); 3] = [
        ("HUAWEICLOUD_SDK_IDP_ID", "unheard-of", with_iam),
        ("HUAWEICLOUD_OIDC_AGENCY_URN", "iam::x:agency:y", with_sts),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "wrong", with_sts),
    ];
    for (variable, value, run) in wrong {
        let ended = run(&world, &["check", TASK]).env(variable, value).finish().expect(77);
        table.add(format!("{variable}={value}"), &lines_with(&ended.stderr, TASK));
    }
    assert_shown!("refused_keyless_logins", table.text());
}

/// Faults at any step of a login are retried.
#[test]
fn faults_at_a_keyless_login_are_retried() {
    let faults = [resets(), shows_a_web_page(), answers(503).into(), returns(json!({})).into()];
    for fault in faults {
        let steps = ["id-token", "oidc-sts", "oidc-iam"];
        let story = steps
            .iter()
            .fold(scenario().task(finished()), |story, step| story.when(calls(step).nth([1]), fault.clone()));
        for run in [with_sts as fn(&World, &[&str]) -> Run, with_iam] {
            let world = World::new(story.clone());
            let ended = run(&world, &["check", TASK, "--report", "none"]).finish();
            assert_eq!(ended.code, 0, "{fault:?}: {}", ended.stderr);
            assert_eq!(world.calls("id-token").len(), 2, "{fault:?}");
        }
    }
}

/// What is missing is named before anything is sent.
#[test]
fn what_is_missing_is_named() {
    let world = World::new(finished());
    let cases: [(&[&str], &[(&str, &str)], &str); 6] = [
        (&["ACTIONS_ID_TOKEN_REQUEST_URL"], &[], "`permissions: id-token: write`"),
        (&["HUAWEICLOUD_OIDC_AGENCY_URN"], &[], "HUAWEICLOUD_OIDC_AGENCY_URN"),
        (&["HUAWEICLOUD_OIDC_PROVIDER_URN"], &[], "HUAWEICLOUD_OIDC_PROVIDER_URN"),
        (&["CODEARTS_STS_ENDPOINT"], &[("CODEARTS_REGION", "eu-west-101")], "eu-west-101"),
        (&[], &[("ACTIONS_ID_TOKEN_REQUEST_URL", "http://elsewhere.example/x")], "https://"),
        (&[], &[("HUAWEICLOUD_OIDC_SESSION_NAME", "a b")], "HUAWEICLOUD_OIDC_SESSION_NAME"),
    ];
    let mut table = Table::default();
    for (without, with, fact) in cases {
        let mut run = with_sts(&world, &["check", TASK]);
        for name in without {
            run.without(name);
        }
        for (name, value) in with {
            run.env(name, value);
        }
        let ended = run.finish().expect(64);
        assert!(ended.stderr.contains(fact), "{fact}: {}", ended.stderr);
        let set = with.iter().map(|(name, value)| format!("{name}={value} ")).collect::<String>();
        let unset = without.iter().map(|name| format!("without {name} ")).collect::<String>();
        table.add(format!("{unset}{set}").trim(), &ended.stderr);
    }
    assert_eq!(world.sandbox.recorded().len(), 0);
    assert_shown!("what_is_missing", table.text());
    // Stored keys are used when the keyless set is incomplete; --auth chooses.
    let mut run = with_sts(&world, &["check", TASK, "--report", "none"]);
    run.without("ACTIONS_ID_TOKEN_REQUEST_URL");
    run.env("HUAWEICLOUD_SDK_AK", ACCESS_KEY).env("HUAWEICLOUD_SDK_SK", SECRET_KEY);
    run.finish().expect(0);
    assert_eq!(world.calls("oidc-sts").len(), 0);
    run.env("CODEARTS_AUTH", "oidc").finish().expect(64);
}
