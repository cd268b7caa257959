//! The small commands: doctor, explain, sandbox, demo, completions, man.

use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{Story, answers, job, refuses, returns, scenario, succeeded, task};
use crate::kit::{JOB, Run, TASK, World};
use crate::pull_request::{PROJECT, parent, parent_with, story};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::model::outcome::Outcome;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;

#[test]
fn explain_knows_every_code() {
    let all = Run::new(&["explain"]).finish().expect(0).stdout;
    for outcome in Outcome::ALL {
        let one = Run::new(&["explain", &outcome.exit_code().to_string()]).finish().expect(0).stdout;
        assert!(one.contains(outcome.name()) && all.contains(one.trim_end()), "{outcome}: {one}");
    }
    Run::new(&["explain", "9"]).finish().expect(64);
}

#[test]
fn the_demo_passes_and_leaves_its_files() {
    let ended = Run::new(&["demo"]).finish().expect(0);
    assert_eq!(ended.files(), [format!("{TASK}.pdf"), "result.json".to_owned()]);
    let seconds = ended.result()["tasks"][0]["wait"]["seconds"].as_f64().expect("seconds");
    assert!(seconds >= 3.0, "{seconds}");
}

#[test]
fn doctor_passes_or_names_what_is_wrong() {
    let world = World::new(succeeded());
    let run = world.run(&["doctor", TASK]);
    let ended = run.finish().expect(0);
    assert_eq!(ended.stderr.matches("ok: ").count(), 7, "{}", ended.stderr);
    // It leaves nothing behind.
    assert!(!run.reports().exists());
    assert_eq!(world.calls("run").len(), 0);

    let mut run = world.run(&["doctor"]);
    let ended = run.env("HUAWEICLOUD_SDK_SK", "").finish().expect(64);
    assert_shown!("doctor_with_half_a_key", ended.stderr);
}

/// Each permission that the command needs is tested separately; the smallest policy can be copied.
#[test]
fn doctor_tests_each_permission_separately() {
    let world = World::new(scenario().when("progress", refuses(200, "CC.00050010")));
    let ended = world.run(&["doctor", TASK]).finish().expect(77);
    assert!(ended.stderr.contains("error: codeartscheck:task:get: "), "{}", ended.stderr);
    assert!(ended.stderr.contains("ok: codeartscheck:task:getReport: "), "{}", ended.stderr);
    let policy = ended.stderr.lines().find_map(|line| line.find('{').map(|begin| &line[begin..]));
    let mut values = serde_json::Deserializer::from_str(policy.expect("a policy")).into_iter();
    let policy: serde_json::Value = values.next().expect("a policy").expect("JSON");
    assert_eq!(policy["Version"], "5.0");
    assert_eq!(policy["Statement"][0]["Action"].as_array().map(Vec::len), Some(2));

    let world = World::new(job().before(7));
    let mut run = world.run(&["doctor", "--job-id", TASK]);
    let ended = run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin()).finish().expect(0);
    assert_eq!(ended.stderr.matches("ok: ").count(), 11, "{}", ended.stderr);
    assert_eq!(world.calls("build-run").len(), 0);
}

/// What a pull request needs is tested, too: a merge-request task is created and deleted, and never runs.
#[test]
fn doctor_tests_what_a_pull_request_needs() {
    let usual = || {
        story(task().with(|script| {
            script.endpoint = Some("5a4d77".to_owned());
            script.gate_policy = json!({"critical": 0});
        }))
    };
    let listed = task().with(|script| {
        script.merge_requests.insert(12, "b".repeat(32));
    });
    let silent = json!({"task_id": TASK, "critical_count": 0, "major_count": 0, "minor_count": 0,
                        "suggestion_count": 0, "issue_count": 0, "is_access": 1});
    let bare = task().with(|script| {
        script.project = None;
        script.languages.clear();
    });
    let auto: &[&str] = &[];
    // Each with the exit code, and how many tasks are created and left.
    let cases: [(&str, Story, &[&str], i32, usize, usize); 12] = [
        ("all well", usual(), auto, 0, 1, 0),
        ("creation is denied", usual().when("task-create", refuses(403, "CC.00050010")), auto, 77, 1, 0),
        ("deletion is denied", usual().when("task-delete", refuses(403, "CC.00050010")), auto, 77, 1, 1),
        (
            "another branch",
            parent_with(|script| script.branch = Some("release/2".to_owned())),
            auto,
            64,
            0,
            0,
        ),
        ("a task is there already", story(listed), auto, 0, 0, 0),
        ("the list is denied", usual().when("merge-requests", refuses(403, "CC.00050010")), auto, 77, 1, 0),
        ("there is no list", usual().when("merge-requests", refuses(404, "APIGW.0101")), auto, 0, 1, 0),
        (
            "CodeArts does not describe the task",
            usual().when("task-info", returns(json!({"result": {}}))).when("summary", returns(silent)),
            &["--project-id", PROJECT],
            0,
            1,
            0,
        ),
        ("no project", parent_with(|script| script.project = None), auto, 64, 0, 0),
        ("no languages", parent_with(|script| script.languages.clear()), auto, 64, 0, 0),
        (
            "everything is given",
            scenario().task(parent(bare).with(|script| script.project = None)),
            &["--project-id", PROJECT, "--task-languages", "java,cpp", "--task-endpoint-id", "5a4d"],
            0,
            1,
            0,
        ),
        ("a pull request that does not exist", usual(), &["--pull-request", "99"], 64, 0, 0),
    ];
    let mut table = Table::default();
    for (name, story, more, code, created, left) in cases {
        let world = World::new(story);
        let forge = Forge::with(pull_request(12).file("src/a.c", "@@ -1 +1,2 @@\n a\n+b").hides_files(1));
        let which: &[&str] = if more.contains(&"--pull-request") { &[] } else { &["--pull-request", "auto"] };
        let arguments = [&["doctor", TASK], which, more].concat();
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish();
        let shown: Vec<&str> =
            ended.stderr.lines().skip_while(|line| !line.contains("pull request: ")).collect();
        table.add(name, &shown.join("\n"));
        assert_eq!(ended.code, code, "{name}\n{}", ended.stderr);
        assert_eq!(world.calls("task-create").len(), created, "{name}");
        let left_behind = world.sandbox.created_tasks();
        assert_eq!(left_behind.len(), left, "{name}");
        for task in left_behind {
            assert!(ended.stderr.contains(&task), "{name}\n{}", ended.stderr);
        }
        assert_eq!(world.calls("run").len(), 0, "{name}");
    }
    assert_shown!("doctor_of_a_pull_request", table.text());
}

/// Where the pull request or the service cannot be reached, the rest is tested.
#[test]
fn doctor_without_a_pull_request_or_a_service() {
    let (world, forge) = (World::new(story(task())), Forge::with(pull_request(12)));
    let arguments = ["doctor", TASK, "--pull-request", "auto"];
    let mut table = Table::default();
    table.add("no pull request here", &world.run(&arguments).finish().expect(64).stderr);
    let mut run = world.run_on_github(&forge, "pull_request", &arguments);
    let ended = run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1").finish().expect(69);
    table.add("no service", &lines_with(&ended.stderr, "pull request: "));
    let mut run = world.run_on_github(&forge, "pull_request", &arguments);
    let ended = run.env("CODEARTS_PROJECT_ID", "../x").finish().expect(64);
    table.add("not a project", &lines_with(&ended.stderr, "PROJECT_ID"));
    let job = ["doctor", "--job-id", JOB, "--pull-request", "auto"];
    table.add("of a build job", &world.run(&job).finish().expect(64).stderr);
    assert_shown!("doctor_without_a_pull_request", table.text());
    assert_eq!(world.sandbox.created_tasks(), [""; 0]);
}

/// Everything that is missing is listed at once, each with its fix.
#[test]
fn doctor_lists_all_that_is_missing() {
    let mut run = Run::new(&["doctor", "not/an/id"]);
    run.env("CODEARTS_CA_FILE", "/nonexistent/ca.pem").env("CODEARTS_IAM_PROJECT_ID", "a/b");
    let ended = run.finish().expect(64);
    for fact in
        ["`not/an/id`", "CODEARTS_TOKEN", "CODEARTS_CA_FILE=/nonexistent/ca.pem", "`CODEARTS_IAM_PROJECT_ID`"]
    {
        assert!(ended.stderr.contains(fact), "{fact}: {}", ended.stderr);
    }
    assert_eq!(ended.stderr.matches("error: ").count(), 5 + 1, "{}", ended.stderr);
    let mut table = Table::default();
    table.add("nothing is right", &ended.stderr);

    // Neither a task nor anything else to test.
    table.add("nothing is given", &Run::new(&["doctor"]).finish().expect(64).stderr);

    // A service that cannot be reached and a login that is refused elsewhere: both are reported.
    let world = World::new(scenario().when("token", answers(401)));
    let mut run = world.run_with_password(&["doctor", TASK]);
    let ended = run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1").finish().expect(77);
    table.add("no service, a refused login", &ended.stderr);

    // The endpoint is tested without credentials.
    let mut run = world.run(&["doctor"]);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    table.add("no credentials", &run.finish().expect(64).stderr);
    assert_shown!("doctor_lists_all_that_is_missing", table.text());
}

/// The runner's files are named by their variables, and tested.
#[test]
fn doctor_tests_the_files_of_the_runner() {
    let forge = Forge::new();
    let world = World::new(succeeded());
    let mut run = world.run_on_github(&forge, "pull_request", &["doctor"]);
    for variable in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"] {
        run.env(variable, "/nonexistent/file");
    }
    let ended = run.finish().expect(0);
    assert_shown!("doctor_tries_the_files_of_the_runner", lines_with(&ended.stderr, "`/nonexistent/file`"));
}

/// For each CI and each publishing target: what is available and what is missing. Nothing is sent.
#[test]
fn doctor_shows_what_each_ci_offers() {
    let forge = Forge::new();
    let world = World::new(succeeded());
    let mut gitlab = world.run_on_gitlab(&forge, &["doctor"]);
    gitlab.without("GITLAB_TOKEN").env("CI_PROJECT_DIR", env!("CARGO_MANIFEST_DIR"));
    let mut jenkins = world.run(&["doctor"]);
    jenkins.env("JENKINS_URL", "https://jenkins.example/").env("JOB_NAME", "widget");
    jenkins.env("CHANGE_URL", "https://github.com/acme/widget/pull/12");
    let mut table = Table::default();
    for (name, run) in [("GitLab CI, elsewhere", gitlab), ("Jenkins, of a pull request", jenkins)] {
        let ended = run.finish().expect(0);
        table.add(name, &lines_with(&ended.stderr, "publishing, "));
        assert_eq!(forge.state().requests.len(), 0);
    }
    assert_shown!("doctor_knows_the_surroundings", table.text());
}

/// The sandbox prints its address, and can be reached there.
#[cfg(unix)]
#[test]
fn the_sandbox_serves_until_it_is_stopped() {
    let run = Run::new(&["sandbox", "--port", "0"]);
    let mut child = run.spawn();
    let mut line = String::new();
    BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let origin = line.split_whitespace().find_map(|word| word.strip_prefix("http://")).expect("an address");
    TcpStream::connect(origin).expect("a connection");
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
    assert!(ended.stderr.contains(&path) && ended.stderr.contains("line 1"), "{}", ended.stderr);
    assert_shown!("scenario_file_with_a_mistake", ended.stderr);
    let ended = Run::new(&["sandbox", "--scenario", "list"]).finish().expect(0);
    assert!(ended.stdout.contains("flaky ") && ended.stdout.contains("passing "), "{}", ended.stdout);
}

#[test]
fn completions_and_manual_page() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Run::new(&["completions", shell]).finish().expect(0).stdout;
        assert!(script.contains("stop-on-cancel"), "{shell}");
    }
    let page = Run::new(&["man"]).finish().expect(0).stdout;
    assert!(page.contains(".SH CHECK COMMAND") && page.contains("\\-\\-poll\\-budget"), "{page}");
}
