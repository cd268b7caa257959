//! The small commands: doctor, explain, sandbox, demo, completions, man.

use crate::kit::forge::Forge;
use crate::kit::{Run, TASK, World};
use codearts_gate::messages::OutcomeText;
use codearts_gate::model::outcome::Outcome;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;

#[test]
fn explain_knows_every_code() {
    let all = Run::new(&["explain"]).finish().expect(0).stdout;
    for outcome in Outcome::ALL {
        assert!(
            all.contains(&OutcomeText::Meaning(outcome).to_string())
                && all.contains(&OutcomeText::Advice(outcome).to_string()),
            "{outcome}"
        );
        let one = Run::new(&["explain", &outcome.exit_code().to_string()]).finish().expect(0).stdout;
        assert!(one.contains(&OutcomeText::Meaning(outcome).to_string()), "{outcome}");
    }
    let ended = Run::new(&["explain", "6"]).finish().expect(64);
    assert!(ended.stderr.contains("lists all"), "{}", ended.stderr);
}

#[test]
fn the_demo_passes_and_leaves_its_files() {
    let ended = Run::new(&["demo"]).finish().expect(0);
    assert_eq!(ended.files(), [format!("{TASK}.pdf"), "result.json".to_owned()]);
    let seconds = ended.result()["tasks"][0]["wait"]["seconds"].as_f64().expect("seconds");
    assert!((3.0..9.0).contains(&seconds), "{seconds}");
    assert!(ended.stderr.ends_with("PASSED (exit 0)\n"), "{}", ended.stderr);
}

#[test]
fn the_demo_can_fail() {
    let ended = Run::new(&["demo", "--scenario", "failing"]).finish().expect(1);
    assert!(ended.stderr.contains("failing step \"Pull code\""), "{}", ended.stderr);
    let ended = Run::new(&["demo", "--scenario", "sunny"]).finish().expect(64);
    assert!(ended.stderr.contains("choose one of passing, failing"), "{}", ended.stderr);
}

#[test]
fn doctor_is_content_or_names_what_is_wrong() {
    let world = World::new(r#"{"tasks": {"*": {"before": 2}}}"#);
    let ended = world.run(&["doctor", TASK]).finish().expect(0);
    for part in ["report directory", "credentials", "endpoint", "clock", "task:get:", "task:getReport:"] {
        assert!(
            ended.stderr.contains(&format!("ok: {part}"))
                || ended.stderr.contains(&format!("ok: codeartscheck:{part}")),
            "{part}: {}",
            ended.stderr
        );
    }
    assert_eq!(world.calls("run").len(), 0);

    let world = World::new(
        r#"{"clock_ahead": 600, "faults": [{"call": "summary", "fault": {"kind": "answer", "status": 403,
            "body": {"error_code": "APIGW.0302", "error_msg": "not allowed"}}}]}"#,
    );
    let ended = world.run(&["doctor", TASK]).finish().expect(77);
    assert!(ended.stderr.contains("error: codeartscheck:task:getReport"), "{}", ended.stderr);
    assert!(ended.stderr.contains("10m behind the service's"), "{}", ended.stderr);

    let mut run = world.run(&["doctor"]);
    let ended = run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1").finish().expect(69);
    assert!(ended.stderr.contains("error: endpoint"), "{}", ended.stderr);
    let mut run = world.run(&["doctor"]);
    let ended = run.env("HUAWEICLOUD_SDK_SK", "").finish().expect(64);
    assert!(ended.stderr.contains("error: configuration: HUAWEICLOUD_SDK_AK is set"), "{}", ended.stderr);
}

/// Each permission is tried by itself, for the command that is meant, and the smallest policy is there to be pasted.
#[test]
fn doctor_tries_each_permission_by_itself() {
    let denied = r#"{"kind": "answer", "status": 200, "body": {"error_code": "CC.00050010", "error_msg": "no permission"}}"#;
    let world = World::new(&format!(r#"{{"faults": [{{"call": "progress", "fault": {denied}}}]}}"#));
    let ended = world.run(&["doctor", TASK]).finish().expect(77);
    assert!(ended.stderr.contains("error: codeartscheck:task:get: "), "{}", ended.stderr);
    assert!(ended.stderr.contains("ok: codeartscheck:task:getReport: "), "{}", ended.stderr);
    let policy =
        ended.stderr.lines().find_map(|line| line.split_once("smallest IAM policy: ")).expect("a policy").1;
    let policy = policy.split_once("; for `--start`").expect("JSON").0;
    let policy: serde_json::Value = serde_json::from_str(policy).expect("JSON");
    assert_eq!(policy["Version"], "5.0");
    assert_eq!(policy["Statement"][0]["Action"].as_array().map(Vec::len), Some(2));

    let world = World::new(r#"{"jobs": {"*": {"before": 7}}}"#);
    let mut run = world.run(&["doctor", "--job-id", TASK]);
    let ended = run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin()).finish().expect(0);
    for line in [
        "ok: endpoint: ",
        "(this machine)",
        "ok: job: job ",
        "ok: latest build: number 7",
        "ok: its outcome: `success`",
        "ok: its log: can be read",
    ] {
        assert!(ended.stderr.contains(line), "{line}: {}", ended.stderr);
    }
    assert_eq!(world.calls("build-run").len(), 0);
}

/// All that is missing is said at once, each with its fix, and not one thing after the other.
#[test]
fn doctor_lists_all_that_is_missing() {
    let mut run = Run::new(&["doctor", "not/an/id"]);
    run.env("CODEARTS_CA_FILE", "/nonexistent/ca.pem").env("CODEARTS_IAM_PROJECT_ID", "a/b");
    let ended = run.finish().expect(64);
    let expected = [
        "error: task: `not/an/id` is not a valid TASK_ID",
        "error: configuration: no region: give `--region`",
        "error: configuration: no credentials: set CODEARTS_TOKEN",
        "error: configuration: could not read `CODEARTS_CA_FILE=/nonexistent/ca.pem`",
        "error: configuration: `a/b` is not a valid `CODEARTS_IAM_PROJECT_ID`",
        "note: publishing: nothing is published from here",
        "error: 5 things to fix (exit 64)",
    ];
    for line in expected {
        assert!(ended.stderr.contains(line), "{line}: {}", ended.stderr);
    }

    // No task: said where nothing else could be tried either.
    let ended = Run::new(&["doctor"]).finish().expect(64);
    for line in ["no region", "no credentials", "note: task: give a TASK_ID (or CODEARTS_TASK_ID)"] {
        assert!(ended.stderr.contains(line), "{line}: {}", ended.stderr);
    }

    // A service that cannot be reached, and a login that is refused elsewhere: both are said.
    let world = World::new(r#"{"faults": [{"call": "token", "fault": {"kind": "answer", "status": 401}}]}"#);
    let mut run = world.run_with_password(&["doctor", TASK]);
    let ended = run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1").finish().expect(77);
    for line in ["error: endpoint: ", "error: login: ", "note: permissions: not tried"] {
        assert!(ended.stderr.contains(line), "{line}: {}", ended.stderr);
    }

    // The endpoint is tried without credentials.
    let mut run = world.run(&["doctor"]);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    let ended = run.finish().expect(64);
    for line in ["ok: endpoint: ", "error: configuration: no credentials"] {
        assert!(ended.stderr.contains(line), "{line}: {}", ended.stderr);
    }
}

/// The files of the runner are named by their variables, and tried.
#[test]
fn doctor_tries_the_files_of_the_runner() {
    let forge = Forge::new();
    let world = World::new(r#"{"tasks": {"*": {"before": 2}}}"#);
    let mut run = world.run_on_github(&forge, "pull_request", &["doctor"]);
    for variable in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"] {
        run.env(variable, "/nonexistent/file");
    }
    let ended = run.finish().expect(0);
    for line in [
        "note: publishing, outputs: GITHUB_OUTPUT (`/nonexistent/file`) cannot be written: ",
        "note: publishing, summary: GITHUB_STEP_SUMMARY (`/nonexistent/file`) cannot be written: ",
        "note: publishing, comment: GITHUB_EVENT_PATH (`/nonexistent/file`) cannot be read: ",
    ] {
        assert!(ended.stderr.contains(line), "{line}: {}", ended.stderr);
    }
}

/// What there is for each target of publishing, and what is missing, in each CI; nothing is sent there.
#[test]
fn doctor_knows_the_surroundings() {
    let forge = Forge::new();
    let world = World::new(r#"{"tasks": {"*": {"before": 2}}}"#);
    let expect = |run: &Run, parts: &[&str]| {
        let ended = run.finish().expect(0);
        for part in parts {
            assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
        }
        assert_eq!(forge.state().requests.len(), 0);
    };
    let mut github = world.run_on_github(&forge, "pull_request", &["doctor"]);
    let there = [
        "ok: surroundings: GitHub Actions, acme/widget",
        "ok: publishing, artifact: the token for uploads is there",
        "ok: publishing, comment: GITHUB_TOKEN is there; it needs `pull-requests: write`; pull request 12",
        "ok: publishing, summary: GITHUB_STEP_SUMMARY is there",
        "ok: publishing, outputs: GITHUB_OUTPUT is there",
    ];
    expect(&github, &there);
    github.without("GITHUB_TOKEN").without("ACTIONS_RUNTIME_TOKEN").without("GITHUB_STEP_SUMMARY");
    let missing = [
        "note: publishing, artifact: ",
        "note: publishing, comment: there is no GITHUB_TOKEN: give the step `GITHUB_TOKEN: ${{ github.token }}`",
        "note: publishing, summary: GITHUB_STEP_SUMMARY names no file; the runner sets it: pass it on where the gate runs in a container",
    ];
    expect(&github, &missing);

    let mut gitlab = world.run_on_gitlab(&forge, &["doctor"]);
    let there = [
        "ok: surroundings: GitLab CI, acme/widget",
        "ok: publishing, comment: GITLAB_TOKEN is there; it needs the scope `api`; merge request 12 of project 1001",
        "ok: publishing, artifact: `",
        "ok: publishing, outputs: `",
        "codearts-gate.env`, for `artifacts: reports: dotenv`",
    ];
    expect(&gitlab, &there);
    gitlab.without("GITLAB_TOKEN").env("CI_PROJECT_DIR", env!("CARGO_MANIFEST_DIR"));
    let missing = [
        "note: publishing, comment: there is no GITLAB_TOKEN: give the project a masked variable of that name with a token of scope `api`",
        "note: publishing, artifact: `--report-dir` lies outside the project",
    ];
    expect(&gitlab, &missing);

    let mut jenkins = world.run(&["doctor"]);
    jenkins.env("JENKINS_URL", "https://jenkins.example/").env("JOB_NAME", "widget");
    expect(
        &jenkins,
        &["ok: surroundings: Jenkins, widget", "note: publishing: nothing is published from here"],
    );
    jenkins.env("CHANGE_URL", "https://github.com/acme/widget/pull/12");
    let missing = [
        "note: publishing, comment: there is no GITHUB_TOKEN: bind one with `withCredentials`",
        "note: publishing, artifact: Jenkins does not tell its own address (BUILD_URL); set it in its system settings",
    ];
    expect(&jenkins, &missing);
    expect(&world.run(&["doctor"]), &["note: publishing: nothing is published from here"]);
}

/// The sandbox says how to reach it, and can be reached.
#[cfg(unix)]
#[test]
fn the_sandbox_serves_until_it_is_stopped() {
    let run = Run::new(&["sandbox", "--port", "0"]);
    let mut child = run.spawn();
    let mut line = String::new();
    BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let origin = line.split_whitespace().find_map(|word| word.strip_prefix("http://")).expect("an address");
    TcpStream::connect(origin.trim_end_matches(';')).expect("a connection");
    let script = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[test]
fn a_scenario_file_is_read_or_refused() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().to_str().expect("UTF-8").to_owned();
    std::fs::write(file.path(), "{\"tasks\": 1}").expect("written");
    let ended = Run::new(&["sandbox", "--scenario-file", &path]).finish().expect(64);
    assert!(ended.stderr.contains("is no scenario") && ended.stderr.contains("line 1"), "{}", ended.stderr);
    let ended = Run::new(&["sandbox", "--scenario", "list"]).finish().expect(0);
    assert!(ended.stdout.contains("flaky ") && ended.stdout.contains("passing "), "{}", ended.stdout);
}

#[test]
fn completions_and_man_page() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Run::new(&["completions", shell]).finish().expect(0).stdout;
        assert!(script.contains("stop-on-cancel"), "{shell}");
    }
    let page = Run::new(&["man"]).finish().expect(0).stdout;
    assert!(page.contains(".SH CHECK COMMAND") && page.contains("\\-\\-poll\\-budget"), "{page}");
}
