//! What the small commands print: explain, doctor, demo, sandbox, report.

use super::{Table, assert_shown, shown};
use crate::kit::forge::Forge;
use crate::kit::scenario::{Story, Task, breaks_after, job, pdf, refuses, scenario, succeeded};
use crate::kit::{Run, TASK, World};

fn done() -> Task {
    succeeded().pdf(pdf())
}

#[test]
fn explain() {
    assert_shown!("explain", Run::new(&["explain"]).finish().expect(0).stdout);
    let codes = [
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "64",
        "69",
        "70",
        "77",
        "129",
        "130",
        "143",
        "gate-failed",
        "cancelled",
    ];
    let one = |code: &str| {
        format!("=== explain {code}\n{}", Run::new(&["explain", code]).finish().expect(0).stdout)
    };
    assert_shown!("explain_each_code", codes.map(one).concat());
    assert_shown!("explain_an_unknown_code", shown(&Run::new(&["explain", "9"]).finish().expect(64)));
}

#[test]
fn doctor() {
    let world = World::new(done());
    assert_shown!("doctor_all_well", shown(&world.run(&["doctor", TASK]).finish().expect(0)));
    let mut run = world.run(&["doctor", "not/an/id"]);
    run.env("CODEARTS_CA_FILE", "/nonexistent/ca.pem").env("CODEARTS_IAM_PROJECT_ID", "a/b");
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK").without("CODEARTS_ENDPOINT");
    assert_shown!("doctor_with_nothing_configured", shown(&run.finish().expect(64)));
    let mut run = world.run(&["doctor", TASK]);
    run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1");
    assert_shown!("doctor_without_a_connection", shown(&run.finish().expect(69)));
    let world = World::new(scenario().when("summary", refuses(403, "APIGW.0302")).clock_ahead(600));
    assert_shown!("doctor_without_a_permission", shown(&world.run(&["doctor", TASK]).finish().expect(77)));
    let world = World::new(job().before(7));
    let mut run = world.run(&["doctor", "--job-id", TASK]);
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    assert_shown!("doctor_of_a_build_job", shown(&run.finish().expect(0)));
}

#[test]
fn doctor_in_each_ci() {
    let (world, forge) = (World::new(done()), Forge::new());
    let mut github = world.run_on_github(&forge, "pull_request", &["doctor"]);
    let mut text = format!("=== GitHub Actions\n{}", shown(&github.finish().expect(0)));
    github.without("GITHUB_TOKEN").without("ACTIONS_RUNTIME_TOKEN").without("GITHUB_STEP_SUMMARY");
    text += &format!("=== GitHub Actions, without tokens\n{}", shown(&github.finish().expect(0)));
    let mut gitlab = world.run_on_gitlab(&forge, &["doctor"]);
    text += &format!("=== GitLab CI\n{}", shown(&gitlab.finish().expect(0)));
    gitlab.without("GITLAB_TOKEN");
    text += &format!("=== GitLab CI, without a token\n{}", shown(&gitlab.finish().expect(0)));
    let mut jenkins = world.run(&["doctor"]);
    jenkins.env("JENKINS_URL", "https://jenkins.example/").env("JOB_NAME", "widget");
    text += &format!("=== Jenkins\n{}", shown(&jenkins.finish().expect(0)));
    assert_eq!(forge.state().requests.len(), 0);
    assert_shown!("doctor_in_each_ci", text);
}

#[test]
fn demo() {
    assert_shown!("demo", shown(&Run::new(&["demo"]).finish().expect(0)));
}

#[test]
fn demo_of_a_failure() {
    assert_shown!(
        "demo_of_a_failure",
        shown(&Run::new(&["demo", "--scenario", "failing"]).finish().expect(1))
    );
    assert_shown!(
        "demo_of_the_unknown",
        shown(&Run::new(&["demo", "--scenario", "sunny"]).finish().expect(64))
    );
}

#[test]
fn demo_of_a_pull_request() {
    let mut table = Table::default();
    for (scenario, code) in [("pull-request", 0), ("pull-request-moved", 6)] {
        let text = shown(&Run::new(&["demo", "--scenario", scenario]).finish().expect(code));
        // Findings are read beside the export of the PDF.
        let is_aside = |line: &&str| line.starts_with("findings: ") || line.starts_with("only findings ");
        let lines: Vec<&str> = text.lines().filter(|line| !is_aside(line)).collect();
        table.add(scenario, &lines.join("\n"));
    }
    assert_shown!("demo_of_a_pull_request", table.text());
}

#[test]
fn sandbox() {
    let ended = Run::new(&["sandbox", "--scenario", "list"]).finish().expect(0);
    assert_eq!(Run::new(&["demo", "--scenario", "list"]).finish().expect(0).stdout, ended.stdout);
    assert_shown!("scenarios_of_the_sandbox", ended.stdout);
}

#[test]
fn report() {
    let run =
        |story: Story, code: i32| shown(&World::new(story).run(&["report", TASK]).finish().expect(code));
    assert_shown!("report", run(done().into(), 0));
    assert_shown!("report_that_cannot_be_made", run(succeeded().pdf(pdf().fails("no template")).into(), 5));
    assert_shown!(
        "report_that_breaks_off",
        run(scenario().task(succeeded().pdf(pdf())).when("pdf-file", breaks_after(9000)), 5)
    );
}
