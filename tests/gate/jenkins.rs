//! Jenkins: how it runs a step, and the comment on the pull request of a multibranch build.

use crate::kit::forge::GITLAB_TOKEN;
use crate::kit::forge::{Fault, Forge, GITHUB_TOKEN};
use crate::kit::review::Review;
use crate::kit::scenario::{Task, endless, succeeded};
use crate::kit::{Run, TASK, World};
use crate::snapshot::lines_with;
use codearts_gate::model::pull_request::ForgeName;
use std::time::{Duration, Instant};

const BUILD_URL: &str = "https://jenkins.example/job/widget/job/PR-12/7/";

/// A check that has passed.
fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9])
}

fn in_a_build(run: &mut Run) -> &mut Run {
    run.env("JENKINS_URL", "https://jenkins.example/").env("BUILD_URL", BUILD_URL);
    let workspace = run.reports().parent().expect("a directory").to_str().expect("UTF-8").to_owned();
    run.env("WORKSPACE", &workspace)
        .env("BUILD_NUMBER", "7")
        .env("JOB_NAME", "widget/PR-12")
        .env("JENKINS_SERVER_COOKIE", "durable-1")
}

/// The step as Jenkins runs it: three signals ignored, both streams in one file, a second process that shows it is
/// alive. An aborted build stops the run it started, in time, and the log file shows it.
#[cfg(unix)]
#[test]
fn an_aborted_step_stops_its_run() {
    let world = World::new(endless());
    let mut run = world.run(&["check", TASK, "--start"]);
    in_a_build(&mut run);
    let log = run.reports().with_file_name("jenkins-log.txt");
    let script = format!(
        "trap '' HUP INT QUIT; {{ while [ -d /proc/$$ ]; do touch '{0}'; sleep 0.2; done; }} </dev/null >/dev/null 2>&1 & exec \"$0\" \"$@\" >'{0}' 2>&1",
        log.display()
    );
    let child = run.spawn_through_shell(&script);
    world.wait_for("progress", 2);
    let signalled = Instant::now();
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    let ended = run.wait(child).expect(143);
    assert!(signalled.elapsed() < Duration::from_secs(5), "{:?}", signalled.elapsed());
    assert_eq!(world.calls("stop").len(), 1);
    assert_eq!(ended.result()["outcome"], "cancelled");
    let log = std::fs::read_to_string(log).expect("the log");
    assert!(log.contains("CANCELLED (exit 143)"), "{log}");
    assert!(!log.contains(['\u{1b}', '\r']), "{log}");
}

/// While a controller restarts the log has no reader: both streams are broken, and the verdict stands.
#[cfg(unix)]
#[test]
fn broken_streams_change_nothing() {
    let world = World::new(passing());
    let mut run = world.run(&["check", TASK, "--json", "--report", "none", "--max-major", "0"]);
    in_a_build(&mut run);
    let mut child = run.spawn();
    drop((child.stdout.take(), child.stderr.take()));
    let ended = run.wait(child).expect(4);
    assert_eq!(ended.result()["outcome"], "gate-failed");
}

/// A multibranch build of a pull request writes the comment with a token that it was given, and links to the build.
#[test]
fn a_build_of_a_pull_request_writes_the_comment() {
    let forge = Forge::new();
    for number in 1..=2 {
        let world = World::new(passing());
        let mut run = world.run(&["check", TASK]);
        in_a_build(&mut run).env("CHANGE_URL", "https://github.com/acme/widget/pull/12");
        run.env("GITHUB_API_URL", forge.origin()).env("GITHUB_TOKEN", GITHUB_TOKEN);
        run.env("GITHUB_GRAPHQL_URL", &format!("{}/graphql", forge.origin()));
        let ended = run.finish().expect(0);
        assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
        let state = forge.state();
        assert_eq!(state.comments.len(), 1, "run {number}");
        let body = &state.comments[0].body;
        assert!(body.contains(&format!("]({BUILD_URL})")), "{body}");
        assert!(body.contains(&format!("({BUILD_URL}artifact/reports/{TASK}.pdf)")), "{body}");
        assert!(state.artifacts.is_empty());
    }
}

/// The same on GitLab.
#[test]
fn a_build_of_a_merge_request_writes_the_note() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run(&["check", TASK]);
    in_a_build(&mut run).env("CHANGE_URL", "https://gitlab.example/acme/widget/-/merge_requests/12");
    run.env("CI_API_V4_URL", &format!("{}/api/v4", forge.origin())).env("GITLAB_TOKEN", GITLAB_TOKEN);
    let ended = run.finish().expect(0);
    assert_eq!(forge.requests("POST /api/v4/projects/acme%2Fwidget/merge_requests/12/notes").len(), 1);
    let state = forge.state();
    assert!(state.gitlab.notes[0].body.contains(BUILD_URL), "{}", state.gitlab.notes[0].body);
    assert!(!ended.files().iter().any(|name| name.ends_with(".env")), "{:?}", ended.files());
}

/// A refusal names the missing permission as it is set up in Jenkins.
#[test]
fn a_token_that_may_not_write_is_a_warning() {
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new("POST ", &[], 403)];
    let world = World::new(passing());
    let mut run = world.run(&["check", TASK]);
    in_a_build(&mut run).env("CHANGE_URL", "https://github.com/acme/widget/pull/12");
    run.env("GITHUB_API_URL", forge.origin()).env("GITHUB_TOKEN", GITHUB_TOKEN);
    run.env("GITHUB_GRAPHQL_URL", &format!("{}/graphql", forge.origin()));
    let ended = run.finish().expect(0);
    let expected = "hint: give GITHUB_TOKEN the permission `pull-requests: write`";
    assert_eq!(ended.stderr.matches(expected).count(), 1, "{}", ended.stderr);
    assert!(!ended.stderr.contains("permissions:"), "{}", ended.stderr);
}

/// Without a token, or without a pull request, one line gives the reason that nothing is published.
#[test]
fn what_is_missing_is_reported_once() {
    let cases: [(&[(&str, &str)], &str); 4] = [
        (
            &[("CHANGE_URL", "https://github.com/acme/widget/pull/12")],
            "comment: GITHUB_TOKEN is not set, or cannot be used\nhint: bind a token to GITHUB_TOKEN with `withCredentials`",
        ),
        (
            &[("CHANGE_URL", "https://gitlab.example/a/b/-/merge_requests/1")],
            "comment: GITLAB_TOKEN is not set, or cannot be used\nhint: bind a token with the scope `api` to GITLAB_TOKEN with `withCredentials`",
        ),
        (
            &[(
                "CHANGE_URL",
                "https://user:canary-runtime@bitbucket.example/projects/A/repos/b/pull-requests/3",
            )],
            "nothing is published from here: CHANGE_URL `https://bitbucket.example/projects/A/repos/b/pull-requests/3` is not a pull request of GitHub (https://HOST/OWNER/REPO/pull/NUMBER), Gitee or GitCode (https://HOST/OWNER/REPO/pulls/NUMBER), or a merge request of GitLab (https://HOST/GROUP/PROJECT/-/merge_requests/NUMBER); a pull request of Gitea or Forgejo needs GITEA_API_URL\nhint: set GITHUB_API_URL, CI_API_V4_URL, GITEA_API_URL, GITEE_API_URL or GITCODE_API_URL if it is a server of your own",
        ),
        (&[], "nothing is published from here: not running in"),
    ];
    for (variables, expected) in cases {
        let world = World::new(passing());
        let mut run = world.run(&["check", TASK, "--report", "none"]);
        in_a_build(&mut run);
        for (name, value) in variables {
            run.env(name, value);
        }
        let ended = run.finish().expect(0);
        assert_eq!(ended.stderr.matches(expected).count(), 1, "{variables:?}: {}", ended.stderr);
        // The first line names the credentials, as everywhere.
        assert!(ended.stderr.starts_with("service: "), "{}", ended.stderr);
        assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    }
}

/// The address of a pull request is under the control of its author. A token goes to its own forge, or to the one that
/// the API variable names; otherwise one line names that variable.
#[test]
fn a_token_goes_to_no_other_host() {
    let own = "https://forge.example/api";
    let cases = [
        ("/acme/widget/pull/12", "GITHUB_TOKEN", GITHUB_TOKEN, None, "GITHUB_API_URL"),
        ("/acme/widget/-/merge_requests/12", "GITLAB_TOKEN", GITLAB_TOKEN, None, "CI_API_V4_URL"),
        // Another trusted server of the same kind does not make this one trusted.
        (
            "/acme/widget/-/merge_requests/12",
            "GITLAB_TOKEN",
            GITLAB_TOKEN,
            Some(("CI_SERVER_URL", own)),
            "CI_API_V4_URL",
        ),
    ];
    for (path, name, token, variable, named) in cases {
        let stranger = Forge::new();
        let world = World::new(passing());
        let mut run = world.run(&["check", TASK, "--report", "none"]);
        in_a_build(&mut run).env("CHANGE_URL", &format!("{}{path}", stranger.origin())).env(name, token);
        if let Some((variable, value)) = variable {
            run.env(variable, value);
        }
        let ended = run.finish().expect(0);
        assert_eq!(stranger.everything(), "", "{path}");
        let missed = lines_with(&ended.stderr, "comment: ");
        assert_eq!(missed.matches("comment: ").count(), 1, "{}", ended.stderr);
        let host = stranger.origin().trim_start_matches("http://");
        for fact in [named, host, name] {
            assert!(missed.contains(fact), "{missed}");
        }
    }
    // The server's address counts as much as the address of its API.
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    let url = format!("{}/acme/widget/-/merge_requests/12", forge.origin());
    in_a_build(&mut run).env("CHANGE_URL", &url).env("GITLAB_TOKEN", GITLAB_TOKEN);
    run.env("CI_SERVER_URL", forge.origin()).finish().expect(0);
    assert_eq!(forge.state().gitlab.notes.len(), 1);
}

/// Some job addresses hold the credentials of their controller.
#[test]
fn user_info_in_addresses_is_not_published() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run(&["check", TASK]);
    in_a_build(&mut run).env("CHANGE_URL", "https://x:canary-runtime@github.com/acme/widget/pull/12");
    run.env("BUILD_URL", &BUILD_URL.replace("https://", "https://admin:canary-runtime@"));
    run.env("GITHUB_API_URL", forge.origin()).env("GITHUB_TOKEN", GITHUB_TOKEN);
    run.finish().expect(0);
    let body = forge.state().comments[0].body.clone();
    assert!(body.contains(&format!("]({BUILD_URL})")) && !body.contains("admin"), "{body}");
}

/// A multibranch build reads the change that it is about.
#[test]
fn the_change_is_read_from_its_forge() {
    let read = |url: &str, forge: &Forge| {
        let mut run = World::new(passing()).run(&["check", TASK]);
        in_a_build(&mut run).env("CHANGE_URL", url).env("CHANGE_ID", "12");
        run.env("GITHUB_API_URL", forge.origin()).env("GITHUB_TOKEN", GITHUB_TOKEN);
        run.env("CI_API_V4_URL", &format!("{}/api/v4", forge.origin())).env("GITLAB_TOKEN", GITLAB_TOKEN);
        Review::of(&run).pull_request(None).expect("a pull request")
    };
    for (url, name) in [
        ("https://github.com/acme/widget/pull/12", ForgeName::GitHub),
        ("https://gitlab.example.com/acme/widget/-/merge_requests/12", ForgeName::GitLab),
    ] {
        let found = read(url, &Forge::new());
        assert_eq!((found.pull_request.forge, found.pull_request.number), (name, 12));
        // The commit in the workspace can be one that only this build knows.
        assert_eq!(found.job_head, None);
    }
}
