//! Logins without stored keys, and keys that other tools keep.

use crate::kit::scenario::{
    CHECKING, Story, Task, answers, calls, endless, is_held, pdf, refuses, resets, returns, scenario,
    shows_a_web_page, succeeded, task,
};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::{
    ACCESS_KEY, AGENCY_URN, ID_REQUEST_TOKEN, IDP_ID, POD_TOKEN, PROVIDER_URN, SECRET_KEY,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

fn finished() -> Task {
    succeeded().pdf(pdf())
}

/// A gate that has no keys.
fn keyless(world: &World, arguments: &[&str]) -> Run {
    let mut run = world.run(arguments);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK").env("CODEARTS_REGION", "cn-north-4");
    run
}

/// A step of GitHub Actions that may ask for an id token, for STS.
fn with_sts(world: &World, arguments: &[&str]) -> Run {
    let mut run = keyless(world, arguments);
    run.env("CODEARTS_STS_ENDPOINT", &world.sandbox.origin());
    run.env("HUAWEICLOUD_OIDC_PROVIDER_URN", PROVIDER_URN).env("HUAWEICLOUD_OIDC_AGENCY_URN", AGENCY_URN);
    on_github(&mut run, world);
    run
}

/// The same for IAM.
fn with_iam(world: &World, arguments: &[&str]) -> Run {
    let mut run = keyless(world, arguments);
    run.env("CODEARTS_IAM_ENDPOINT", &world.sandbox.origin()).env("HUAWEICLOUD_SDK_IDP_ID", IDP_ID);
    on_github(&mut run, world);
    run
}

fn on_github(run: &mut Run, world: &World) {
    let url = format!("{}/id-token?api-version=2.0", world.sandbox.origin());
    run.env("ACTIONS_ID_TOKEN_REQUEST_URL", &url).env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", ID_REQUEST_TOKEN);
}

/// The field of a JSON body in each call of this kind.
fn sent(world: &World, call: &str, pointer: &str) -> Vec<Value> {
    let calls = world.calls(call);
    let bodies = calls.iter().map(|call| serde_json::from_slice::<Value>(&call.body).expect("JSON"));
    bodies.map(|body| body.pointer(pointer).cloned().unwrap_or_default()).collect()
}

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

/// Sessions that end during the wait are renewed, each with a fresh id token: the sandbox takes each id token once.
/// Three sessions of an hour in a wait of three hours, a thousand times as fast.
#[test]
fn a_long_wait_outlives_its_sessions() {
    let story = scenario()
        .task(task().before(CHECKING).takes("5s").pdf(pdf()))
        .token_life("2400ms")
        .session_life("2400ms")
        .with(|settings| settings.id_token_life = Duration::from_secs(2));
    let mut table = Table::default();
    for (call, pointer, run) in [
        ("oidc-sts", "/id_token", with_sts as fn(&World, &[&str]) -> Run),
        ("oidc-iam", "/auth/id_token/id", with_iam),
    ] {
        let world = World::new(story.clone());
        let ended = run(&world, &["check", TASK]).finish().expect(0);
        let tokens = sent(&world, call, pointer);
        assert!(tokens.len() >= 3, "{}", tokens.len());
        let different: BTreeSet<String> = tokens.iter().map(Value::to_string).collect();
        assert_eq!(different.len(), tokens.len(), "each id token once");
        // One may have been requested at the very end.
        let asked = world.calls("id-token").len();
        assert!((tokens.len()..=tokens.len() + 1).contains(&asked), "{asked} for {}", tokens.len());
        // Renewed in time, so that nothing was ever rejected.
        let refused = world.sandbox.recorded().iter().filter(|call| call.status == Some(401)).count();
        assert_eq!(refused, 0);
        table.add(call, &ended.stderr);
    }
    assert_shown!("sessions_that_are_renewed", table.text());
}

/// The requested session is as long as the time limits; for an agency that grants less, an hour is requested.
#[test]
fn the_session_is_as_long_as_the_wait() {
    let durations = |hours: u64, variable: Option<&str>, arguments: &[&str]| {
        let limit = Duration::from_secs(hours * 3600);
        let world = World::new(scenario().task(finished()).with(|settings| settings.session_limit = limit));
        let mut run = with_sts(&world, arguments);
        if let Some(seconds) = variable {
            run.env("HUAWEICLOUD_OIDC_DURATION_SECONDS", seconds);
        }
        let ended = run.finish();
        (ended.code, sent(&world, "oidc-sts", "/duration_seconds"))
    };
    // The default limits are 60 and 10 minutes; 10 more are a margin.
    assert_eq!(durations(12, None, &["check", TASK]), (0, vec![json!(80 * 60)]));
    assert_eq!(durations(12, None, &["check", TASK, "--timeout", "3h"]), (0, vec![json!(200 * 60)]));
    assert_eq!(durations(12, None, &["check", TASK, "--timeout", "3days"]), (0, vec![json!(43_200)]));
    assert_eq!(durations(1, None, &["check", TASK]), (0, vec![json!(80 * 60), json!(3600)]));
    assert_eq!(durations(12, Some("1000"), &["check", TASK]), (0, vec![json!(1000)]));
    assert_eq!(durations(1, Some("7200"), &["check", TASK]), (64, vec![json!(7200)]));
    assert_eq!(durations(1, Some("60"), &["check", TASK]), (64, vec![]));
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

/// A rejected login is not repeated, however many tasks need it; an unusable answer to a later login is retried.
#[test]
fn a_refused_keyless_login_is_not_tried_again() {
    for (call, run) in [("oidc-sts", with_sts as fn(&World, &[&str]) -> Run), ("oidc-iam", with_iam)] {
        let world = World::new(scenario().when(call, refuses(403, "IAM.0002")));
        run(&world, &["check", "aa", "bb", "cc", "--start"]).finish().expect(77);
        assert_eq!((world.calls(call).len(), world.calls("id-token").len()), (1, 1), "{call}");
        let world = World::new(
            scenario()
                .task(task().before(CHECKING).takes("3s"))
                .token_life("2s")
                .session_life("2s")
                .when(calls(call).nth([2]), refuses(403, "IAM.0002")),
        );
        run(&world, &["check", TASK, "--report", "none"]).finish().expect(0);
        assert!(world.calls(call).len() >= 3, "{call}");
    }
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

/// A slow renewal delays nothing: the current session is used meanwhile.
#[test]
fn a_slow_renewal_delays_nothing() {
    let story = scenario().task(endless().before(CHECKING)).session_life("9s");
    let world = World::new(story.when(calls("oidc-sts").nth([2]), is_held()));
    let mut child = with_sts(&world, &["check", TASK, "--report", "none"]).spawn();
    world.wait_until_received("oidc-sts", 2);
    world.wait_for("progress", world.calls("progress").len() + 5);
    assert_eq!(world.calls("oidc-sts").len(), 1, "the second has no answer yet");
    child.kill().expect("killed");
    child.wait().expect("an end");
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

fn write(home: &Path, name: &str, text: &str) {
    let path = home.join(name);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    std::fs::write(path, text).expect("a file");
}

#[test]
fn keys_of_other_tools_are_read() {
    let world = World::new(finished());
    let home = tempfile::tempdir().expect("a directory");
    let run = |auth: &str, code: i32| {
        let mut run = keyless(&world, &["check", TASK, "--report", "none"]);
        run.env("HOME", home.path().to_str().expect("UTF-8")).env("CODEARTS_AUTH", auth);
        run.finish().expect(code).stderr
    };
    let mut table = Table::default();
    table.add("no profile file", &run("profile", 64));
    table.add("no file of KooCLI", &run("koocli", 64));
    let profile = format!(
        "# mine\n[global]\nak = x\n[basic]\nak = {ACCESS_KEY}\nsk: {SECRET_KEY}\n; more\nproject_id =\n"
    );
    write(home.path(), ".huaweicloud/credentials", &profile);
    for auth in ["auto", "profile"] {
        table.add(format!("a profile file, {auth}"), run(auth, 0).lines().next().unwrap_or_default());
    }
    // The project of the profile is signed; an explicit one takes precedence.
    write(
        home.path(),
        ".huaweicloud/credentials",
        &profile.replace("project_id =", "project_id = 0123456789abcdef"),
    );
    run("profile", 0);
    write(home.path(), ".huaweicloud/credentials", "[global]\nak = x\nsk = y\n");
    table.add("a profile without keys", &run("auto", 64));
    std::fs::remove_file(home.path().join(".huaweicloud/credentials")).expect("removed");

    let koocli = |encrypted: Value| {
        json!({"current": "b", "authEncrypt": encrypted, "profiles": [
            {"name": "a", "accessKeyId": "x", "secretAccessKey": "y"},
            {"name": "b", "accessKeyId": ACCESS_KEY, "secretAccessKey": SECRET_KEY},
        ]})
        .to_string()
    };
    write(home.path(), ".hcloud/config.json", &koocli(json!(false)));
    table.add("a file of KooCLI", run("koocli", 0).lines().next().unwrap_or_default());
    // Only when it is named.
    run("auto", 64);
    for encrypted in [json!(true), json!("true")] {
        write(home.path(), ".hcloud/config.json", &koocli(encrypted.clone()));
        table.add(format!("authEncrypt {encrypted}"), &run("koocli", 64));
    }
    let gone = koocli(json!(false)).replace(r#""current":"b""#, r#""current":"gone""#);
    write(home.path(), ".hcloud/config.json", &gone);
    table.add("no current profile", &run("koocli", 64));
    for odd in ["", "{}", "[1]", "{\"profiles\": [{}]}"] {
        write(home.path(), ".hcloud/config.json", odd);
        table.add(format!("{odd:?}"), &run("koocli", 64));
    }
    assert_shown!("keys_of_other_tools", table.text());
}

/// The agency of a cloud server and the identity of a pod: only when named, never through a proxy.
#[test]
fn identities_of_machines_are_used() {
    let world = World::new(finished());
    let mut run = keyless(&world, &["check", TASK, "--report", "none", "--auth", "metadata"]);
    run.env("CODEARTS_METADATA_ENDPOINT", &world.sandbox.origin());
    // A closed port.
    run.env("HTTP_PROXY", "http://127.0.0.1:9").env("NO_PROXY", "");
    let mut table = Table::default();
    table.add("a cloud server", run.finish().expect(0).stderr.lines().next().unwrap_or_default());
    assert_eq!(world.calls("metadata-keys").len(), 1);

    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("token");
    std::fs::write(&file, POD_TOKEN).expect("a file");
    run.env("HC_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/pod-credentials", world.sandbox.origin()));
    run.env("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().expect("UTF-8"));
    table.add("a pod", run.finish().expect(0).stderr.lines().next().unwrap_or_default());
    run.env("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://elsewhere.example/x").finish().expect(64);

    let world = World::new(scenario().with(|settings| settings.has_agency = false));
    let mut run = keyless(&world, &["check", TASK, "--auth", "metadata"]);
    let ended = run.env("CODEARTS_METADATA_ENDPOINT", &world.sandbox.origin()).finish().expect(77);
    table.add("a cloud server without an agency", &lines_with(&ended.stderr, TASK));
    assert_shown!("identities_of_machines", table.text());
    // It is not asked unless it is named.
    let world = World::new(finished());
    keyless(&world, &["check", TASK])
        .env("CODEARTS_METADATA_ENDPOINT", &world.sandbox.origin())
        .finish()
        .expect(64);
    assert_eq!(world.sandbox.recorded().len(), 0);
}

/// Everybody who may change the profile can replace the credentials.
#[cfg(unix)]
#[test]
fn a_profile_writable_by_others_is_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new(finished());
    let home = tempfile::tempdir().expect("a directory");
    let profile = format!("[basic]\nak = {ACCESS_KEY}\nsk = {SECRET_KEY}\n");
    write(home.path(), ".huaweicloud/credentials", &profile);
    let path = home.path().join(".huaweicloud/credentials");
    let mut table = Table::default();
    for (mode, warns) in [(0o600, false), (0o644, false), (0o664, false), (0o602, true), (0o666, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("the mode");
        let mut run = keyless(&world, &["check", TASK, "--report", "none"]);
        run.env("HOME", home.path().to_str().expect("UTF-8")).env("CODEARTS_AUTH", "profile");
        let stderr = run.finish().expect(0).stderr;
        let warnings = lines_with(&stderr, &format!("`{}`", path.display()));
        assert_eq!(warnings.lines().count(), usize::from(warns), "{mode:o}: {stderr}");
        table.add(format!("{mode:o}"), &warnings);
    }
    assert_shown!("profile_that_everybody_may_change", table.text());
}
