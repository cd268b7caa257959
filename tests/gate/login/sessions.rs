//! Sessions of keyless logins: their length and their renewal.

use super::job::{finished, sent, with_iam, with_sts};
use crate::kit::scenario::{CHECKING, calls, endless, is_held, pdf, refuses, scenario, task};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

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
