//! Files for the runner, uploads, and what is not sent.

use super::job::{dotenv, links, passing, run, same, without_token};
use crate::kit::forge::{Fault, Forge};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};

/// Without a token there is no request; what needs none is still there, and one line names what is missing.
#[test]
fn without_a_token_the_runner_still_gets_its_files() {
    let forge = Forge::new();
    let ended = run(&forge, passing(), without_token, &[]).expect(0);
    assert_eq!(forge.state().requests.len(), 0);
    let url = format!("https://gitlab.example.com/acme/widget/-/jobs/42/artifacts/file/reports/{TASK}.pdf");
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"], url);
    assert_eq!(links(&ended)["PDF report of sandbox"], url);
    assert_eq!(ended.stderr.matches("GITLAB_TOKEN is not set").count(), 1, "{}", ended.stderr);
    assert_shown!("without_a_token", lines_with(&ended.stderr, "GITLAB_TOKEN"));
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    // Named, it must succeed.
    let named = ["--publish", "note"];
    let ended = run(&forge, passing(), without_token, &named).expect(5);
    assert_eq!(ended.result()["outcome"], "report-failed");
}

/// `report` writes no note that could link to an upload, and uploads cannot be removed: its PDF is the job's artifact.
#[test]
fn the_report_command_uploads_nothing() {
    let forge = Forge::new();
    let world = World::new(passing());
    let ended = world.run_on_gitlab(&forge, &["report", TASK]).finish().expect(0);
    assert_eq!(forge.state().requests.len(), 0);
    let values = dotenv(&ended);
    assert!(values["CODEARTS_GATE_ARTIFACT_URL"].ends_with(&format!("/artifacts/file/reports/{TASK}.pdf")));
    assert_eq!(values["CODEARTS_GATE_OUTCOME"], "passed");
}

/// A report directory outside the project is not where GitLab collects artifacts; where the project directory does not
/// exist, the working directory of the job is used.
#[test]
fn artifacts_are_linked_where_they_exist() {
    let forge = Forge::new();
    let elsewhere = tempfile::tempdir().expect("a directory");
    let outside = |run: &mut Run| {
        without_token(run);
        run.env("CI_PROJECT_DIR", elsewhere.path().to_str().expect("UTF-8"));
    };
    let ended = run(&forge, passing(), outside, &[]).expect(0);
    assert_shown!("a_directory_outside_the_project", lines_with(&ended.stderr, "outside"));
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"], "");
    run(&forge, passing(), outside, &["--publish", "artifact"]).expect(5);
    let gone = |run: &mut Run| {
        without_token(run);
        run.env("CI_PROJECT_DIR", "/nonexistent/builds");
    };
    let ended = run(&forge, passing(), gone, &[]).expect(0);
    assert!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"].ends_with(&format!("/file/reports/{TASK}.pdf")));
}

/// A read-only token: a warning, and the exit code stays.
#[test]
fn a_token_that_only_reads_is_a_warning() {
    let forge = Forge::new();
    let refusal: Value =
        json!({"error": "insufficient_scope", "error_description": "higher privileges", "scope": "api"});
    forge.state().faults = vec![Fault { body: refusal, ..Fault::new("POST ", &[], 403) }];
    let ended = run(&forge, passing(), same, &[]).expect(0);
    assert!(ended.stderr.contains("`api`"), "{}", ended.stderr);
    assert_shown!("a_token_that_only_reads", lines_with(&ended.stderr, "warning: "));
    assert_eq!(
        ended.result()["tasks"][0]["report"]["url"].as_str().map(|url| url.contains("/jobs/42/artifacts/")),
        Some(true)
    );
    assert!(forge.state().gitlab.notes.is_empty());
}

/// Where earlier notes cannot be read, no note will link to an upload, and uploads cannot be removed.
#[test]
fn nothing_is_uploaded_that_no_note_would_link_to() {
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new("GET /api/v4/projects/1001/merge_requests/12/notes", &[], 403)];
    let ended = run(&forge, passing(), same, &[]).expect(0);
    assert_shown!("notes_that_cannot_be_read", lines_with(&ended.stderr, "warning: "));
    let state = forge.state();
    assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (0, 0));
    assert!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"].contains("/jobs/42/artifacts/"));
}

/// A GitLab that does not answer costs part of the time only: the files are there, and the exit code stays.
#[test]
fn a_server_that_stalls_costs_only_its_own_part() {
    let uploads = "POST /api/v4/projects/1001/uploads";
    for (request, notes) in [(uploads, 1), ("GET /api/v4/projects/1001/merge_requests/12/notes", 0)] {
        let forge = Forge::new();
        forge.state().faults = vec![Fault::stall(request)];
        let ended = run(&forge, passing(), same, &["--report-timeout", "4s"]).expect(0);
        assert!(ended.stderr.contains("warning: "), "{}", ended.stderr);
        // The commit status needs none of it.
        run(&forge, passing(), same, &["--report-timeout", "4s", "--publish", "artifact,comment,check-run"]);
        assert_eq!(forge.state().gitlab.statuses.len(), 1, "{request}");
        let state = forge.state();
        assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (notes, 0), "{request}");
        let url = &dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"];
        assert!(url.contains("/jobs/42/artifacts/"), "{url}");
        assert_eq!(state.gitlab.notes.iter().filter(|note| note.body.contains(url)).count(), notes);
    }
}

/// Unusable certificates of the runner are named, but are not a failure.
#[test]
fn unusable_certificates_of_the_runner_are_named() {
    let forge = Forge::new();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("ca.pem");
    std::fs::write(&file, "no certificate").expect("a file");
    for path in [file.as_path(), &directory.path().join("gone.pem")] {
        let with = |run: &mut Run| {
            run.env("CI_SERVER_TLS_CA_FILE", path.to_str().expect("UTF-8"));
        };
        let ended = run(&forge, passing(), with, &["--publish", "note"]).expect(0);
        let expected = format!("could not use CI_SERVER_TLS_CA_FILE `{}`", path.display());
        assert_eq!(ended.stderr.matches(&expected).count(), 1, "{}", ended.stderr);
        assert!(!ended.stderr.contains("--ca-file"), "{}", ended.stderr);
    }
    assert_eq!(forge.state().gitlab.notes.len(), 1);
}

/// A target that GitLab does not have is rejected before anything is sent; the files show it.
#[test]
fn targets_of_other_forges_are_refused() {
    let forge = Forge::new();
    let mut table = Table::default();
    for target in ["summary", "sarif"] {
        let ended = run(&forge, passing(), same, &["--publish", target]).expect(64);
        let option = format!("`--publish {target}`");
        assert!(ended.stderr.contains(&option), "{}", ended.stderr);
        table.add(&option, &lines_with(&ended.stderr, &option));
    }
    assert_shown!("targets_of_other_forges", table.text());
}

/// Of many PDFs the first are uploaded and all are linked; values for later jobs that exceed the limit are reported
/// once.
#[test]
fn uploads_and_values_of_many_tasks_are_limited() {
    let (world, forge) = (World::new(passing().before(None).ends_at_poll(2)), Forge::new());
    let ids: Vec<String> = (0..85).map(|id| format!("{id:032x}")).collect();
    let arguments: Vec<&str> =
        ["check", "--start"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let ended = world.run_on_gitlab(&forge, &arguments).finish().expect(0);
    assert_eq!(forge.state().gitlab.uploads.len(), 50);
    let mut table = Table::default();
    table.add("PDFs", &lines_with(&ended.stderr, "50 PDFs"));
    table.add("values", &lines_with(&ended.stderr, "no room"));
    assert_shown!("many_tasks", table.text());
    let result = ended.result();
    let urls = result["tasks"].as_array().expect("tasks").iter().map(|task| &task["report"]["url"]);
    assert_eq!(urls.filter(|url| url.is_string()).count(), 85);
}

/// Values of variables become part of API paths, so they are validated: a number, a commit.
#[test]
fn values_in_api_paths_are_validated() {
    let cases = [
        ("CI_MERGE_REQUEST_IID", "12/../../../../user"),
        ("CI_MERGE_REQUEST_IID", ".."),
        ("CI_MERGE_REQUEST_PROJECT_ID", ".."),
        ("CI_COMMIT_SHA", "../../../user"),
    ];
    for (name, value) in cases {
        let forge = Forge::new();
        let change = |run: &mut Run| {
            run.env(name, value);
            if name == "CI_COMMIT_SHA" {
                run.without("CI_MERGE_REQUEST_IID").env("CI_COMMIT_BRANCH", "feature");
            }
        };
        let ended = run(&forge, passing(), change, &["--publish", "comment,check-run"]).expect(5);
        let all = forge.everything();
        let strays: Vec<&str> = all
            .lines()
            .filter(|line| {
                !line.starts_with("POST /api/v4/projects/1001/statuses/22") && !line.contains("source_branch")
            })
            .collect();
        assert_eq!(strays, [""; 0], "{name}={value}: {}", ended.stderr);
    }
}

/// A token crosses the network in plain text only where that was allowed; then it works.
#[test]
fn plain_http_to_a_forge_must_be_allowed() {
    for is_allowed in [false, true] {
        let forge = Forge::new();
        let change = |run: &mut Run| {
            run.env("CI_API_V4_URL", "http://forge.example/api/v4").env("HTTP_PROXY", forge.origin());
        };
        let more: &[&str] =
            if is_allowed { &["--publish", "comment", "--allow-http"] } else { &["--publish", "comment"] };
        let ended = run(&forge, passing(), change, more).expect(if is_allowed { 0 } else { 5 });
        assert_eq!(forge.state().gitlab.notes.len(), usize::from(is_allowed), "{}", ended.stderr);
        assert_eq!(ended.stderr.contains("`--allow-http`"), !is_allowed, "{}", ended.stderr);
    }
}

/// Some job addresses hold the runner's credentials, and a server may return addresses that lead elsewhere.
#[test]
fn foreign_addresses_are_not_published() {
    let forge = Forge::new();
    let upload = "POST /api/v4/projects/1001/uploads";
    let body = json!({"id": 1, "url": "/uploads/a/b.pdf", "full_path": "//evil.example/a.pdf"});
    forge.state().faults = vec![Fault { body, ..Fault::new(upload, &[], 201) }];
    let with_user = |run: &mut Run| {
        for name in ["CI_JOB_URL", "CI_PROJECT_URL", "CI_SERVER_URL", "CI_MERGE_REQUEST_PROJECT_URL"] {
            let path = if name == "CI_JOB_URL" { "/acme/widget/-/jobs/42" } else { "/acme/widget" };
            let path = if name == "CI_SERVER_URL" { "" } else { path };
            run.env(name, &format!("https://gitlab-ci-token:canary-runtime@gitlab.example.com{path}"));
        }
    };
    let ended = run(&forge, passing(), with_user, &[]).expect(0);
    let text = format!("{} {:?} {:?}", forge.everything(), links(&ended), dotenv(&ended));
    assert!(text.contains("https://gitlab.example.com/acme/widget/-/jobs/42"), "{text}");
    assert!(!text.contains("evil") && !text.contains("gitlab-ci-token"), "{text}");
}
