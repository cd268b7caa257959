//! What GitLab rejects, with the hint; how files and projects are named.

use super::job::{CHECK, NOTES, dotenv, passing, run, same};
use crate::kit::Run;
use crate::kit::forge::{Fault, Forge};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::json;

/// What GitLab rejects, and the hint: scope and role only where they are missing.
#[test]
fn a_refusal_names_the_real_reason() {
    let expired = "Token is expired. You can either do re-authorization or token refresh.";
    let revoked = "Token was revoked. You have to re-authorize from the user.";
    let invalid = |why: &str| json!({"error": "invalid_token", "error_description": why});
    let cases = [
        (401, invalid(expired)),
        (401, invalid(revoked)),
        (401, json!({"message": "401 Unauthorized"})),
        (403, json!({"message": "403 Forbidden - project is archived"})),
        (429, json!({"message": {"error": "Too many"}})),
    ];
    let mut table = Table::default();
    for (status, body) in cases {
        let forge = Forge::new();
        let case = format!("{status} {body}");
        forge.state().faults = vec![Fault { body, ..Fault::new(NOTES, &[], status) }];
        let ended = run(&forge, passing(), same, &["--publish", "note"]).expect(5);
        assert!(!ended.stderr.contains("Developer"), "{case}: {}", ended.stderr);
        table.add(case, &lines_with(&ended.stderr, "comment: "));
    }
    // The answer does not show which of these it is.
    let forge = Forge::new();
    forge.state().faults =
        vec![Fault { body: json!({"message": "403 Forbidden"}), ..Fault::new(NOTES, &[], 403) }];
    let ended = run(&forge, passing(), same, &["--publish", "note"]).expect(5);
    assert!(ended.stderr.contains("Developer"), "{}", ended.stderr);
    table.add("403 Forbidden", &lines_with(&ended.stderr, "comment: "));
    assert_shown!("refusals_of_gitlab", table.text());
}

/// The job's own token may not write notes, whatever its scope.
#[test]
fn the_token_of_the_job_is_named_as_such() {
    let forge = Forge::new();
    forge.state().faults =
        vec![Fault { body: json!({"message": "401 Unauthorized"}), ..Fault::new("GET ", &[], 401) }];
    let own = |run: &mut Run| {
        run.env("CI_JOB_TOKEN", crate::kit::forge::GITLAB_TOKEN);
    };
    let ended = run(&forge, passing(), own, &["--publish", "note"]).expect(5);
    assert!(ended.stderr.contains("CI_JOB_TOKEN"), "{}", ended.stderr);
    assert_shown!("the_token_of_the_job", lines_with(&ended.stderr, "comment: "));
}

/// Projects are addressed without needless escapes.
#[test]
fn a_project_is_addressed_with_the_escapes_it_needs() {
    let forge = Forge::new();
    let listed = |run: &mut Run| {
        run.without("CI_MERGE_REQUEST_IID").without("CI_MERGE_REQUEST_PROJECT_ID");
        run.env("CI_OPEN_MERGE_REQUESTS", "acme-team/sub_group/widget.js!33");
    };
    run(&forge, passing(), listed, &["--publish", "note"]).expect(0);
    let notes = "POST /api/v4/projects/acme-team%2Fsub_group%2Fwidget.js/merge_requests/33/notes";
    assert_eq!(forge.requests(notes).len(), 1, "{:?}", forge.state().requests);
}

/// A step in another directory: paths for later jobs and the runner are relative to the project.
#[test]
fn paths_are_relative_to_the_project() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run_on_gitlab(&forge, &CHECK);
    let directory = run.reports().parent().expect("a directory").canonicalize().expect("a path");
    run.without("GITLAB_TOKEN").env("CODEARTS_REPORT_DIR", "reports");
    run.env("CI_PROJECT_DIR", directory.parent().expect("a parent").to_str().expect("UTF-8"));
    let ended = run.finish().expect(0);
    let name = directory.file_name().expect("a name").to_str().expect("UTF-8");
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_REPORT_PATH"], format!("{name}/reports/{TASK}.pdf"));
    // The shown paths of the files for `artifacts: reports` too.
    let mut doctor = world.run_on_gitlab(&forge, &["doctor"]);
    let directory = doctor.reports().parent().expect("a directory").to_owned();
    doctor.env("CODEARTS_REPORT_DIR", "reports");
    doctor.env("CI_PROJECT_DIR", directory.parent().expect("a parent").to_str().expect("UTF-8"));
    let ended = doctor.finish().expect(0);
    let name = directory.file_name().expect("a name").to_str().expect("UTF-8");
    let expected = format!("`{name}/reports/codearts-gate.env`");
    assert!(ended.stderr.contains(&expected), "{}", ended.stderr);
}

/// A file for later jobs that cannot be written is named by its purpose.
#[test]
fn files_of_the_runner_are_named_by_their_purpose() {
    let forge = Forge::new();
    let world = World::new(passing());
    let run = world.run_on_gitlab(&forge, &["check", "no/id"]);
    for name in ["codearts-gate.env", "codearts-gate.annotations.json"] {
        std::fs::create_dir_all(run.reports().join(name).join("in the way")).expect("a directory");
    }
    let ended = run.finish().expect(64);
    for (target, report) in [("outputs", "dotenv"), ("annotations", "annotations")] {
        let warning = lines_with(&ended.stderr, &format!("warning: not published as {target}: "));
        assert_eq!(warning.lines().count(), 1, "{}", ended.stderr);
        assert!(warning.contains(&format!("`artifacts: reports: {report}`")), "{warning}");
    }
}
