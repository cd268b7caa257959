//! GitLab CI: what reaches the merge request, later jobs and the page of the job.

mod refusals;

use crate::kit::forge::{Fault, Forge};
use crate::kit::forge::{Note, OWN_ID, page_url};
use crate::kit::{Ended, Run, TASK, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::SystemTime;

const PASSING: &str = r#"{"tasks": {"*": {"before": 2, "findings": {"critical": 0, "major": 1, "minor": 4, "suggestion": 9},
                          "pdf": {"duration": "10ms", "bytes": 20000}}}}"#;
const NOTES: &str = "POST /api/v4/projects/1001/merge_requests/12/notes";
const CHECK: [&str; 2] = ["check", TASK];

fn run(forge: &Forge, scenario: &str, change: impl Fn(&mut Run), more: &[&str]) -> Ended {
    let arguments: Vec<&str> = CHECK.iter().chain(more).copied().collect();
    let world = World::new(scenario);
    let mut run = world.run_on_gitlab(forge, &arguments);
    change(&mut run);
    run.finish()
}

fn same(_: &mut Run) {}

fn without_token(run: &mut Run) {
    run.without("GITLAB_TOKEN");
}

fn dotenv(ended: &Ended) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(ended.reports.join("codearts-gate.env")).expect("the file");
    assert!(text.len() <= 5120 && !text.contains("\n\n") && text.ends_with('\n'), "{text}");
    let pairs: Vec<(String, String)> = text
        .lines()
        .map(|line| line.split_once('=').expect("a value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let values: BTreeMap<String, String> = pairs.iter().cloned().collect();
    assert_eq!(values.len(), pairs.len(), "each name once: {text}");
    assert!(pairs.len() <= 20, "what servers of one's own take: {text}");
    values
}

fn links(ended: &Ended) -> BTreeMap<String, String> {
    let text = std::fs::read(ended.reports.join("codearts-gate.annotations.json")).expect("the file");
    let document: Value = serde_json::from_slice(&text).expect("JSON");
    let links =
        document["CodeArts Check"].as_array().expect("a section").iter().map(|link| &link["external_link"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    links.map(|link| (text(&link["label"]), text(&link["url"]))).collect()
}

#[test]
fn two_runs_leave_one_note() {
    let forge = Forge::new();
    let ended = run(&forge, PASSING, same, &["--report", "pdf,html"]).expect(0);
    let url = format!(
        "https://gitlab.example.com/-/project/1001/uploads/66dbcd21ec5d24ed6ea225176098d52b/{TASK}.pdf"
    );
    {
        let state = forge.state();
        let pdf = std::fs::read(ended.reports.join(format!("{TASK}.pdf"))).expect("the PDF");
        assert_eq!(state.gitlab.uploads, [(format!("{TASK}.pdf"), pdf)]);
        let note = &state.gitlab.notes[0].body;
        assert!(
            note.starts_with(&format!("<!-- codearts-gate:{TASK} -->\n### ✅ CodeArts Check passed\n")),
            "{note}"
        );
        assert!(note.contains(&format!("[PDF,\u{a0}20\u{a0}kB]({url})")), "{note}");
    }
    let values = dotenv(&ended);
    let note_url = format!("{}#note_301", page_url("12"));
    let expected = [
        ("OUTCOME", "passed"),
        ("VERDICT", "pass"),
        ("EXIT_CODE", "0"),
        ("TASK_ID", TASK),
        ("ARTIFACT_URL", &url),
        ("COMMENT_URL", &note_url),
        ("MAJOR", "1"),
        ("ISSUES", "14"),
    ];
    for (name, value) in expected {
        assert_eq!(values[&format!("CODEARTS_GATE_{name}")], value, "{name}");
    }
    let links = links(&ended);
    assert_eq!((&links["PDF report of 2b31ed52"], &links["Note on the merge request"]), (&url, &note_url));
    let page = &links["Findings of 2b31ed52"];
    assert_eq!(
        page,
        &format!("https://gitlab.example.com/acme/widget/-/jobs/42/artifacts/file/reports/{TASK}.html")
    );

    // The very same PDF is there already.
    let ended = run(&forge, PASSING, same, &[]).expect(0);
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"], url);
    // All is known from the job but what is there, which is looked at before and after the upload.
    let asked: Vec<String> =
        forge.state().requests.iter().map(|(request, _)| request.chars().take(60).collect()).collect();
    // A note that would say the very same is not sent.
    let sent = asked.iter().filter(|request| request.starts_with("PUT")).count();
    assert_eq!(asked.len() - sent, 4 + 3, "{asked:#?}");
    assert!(sent <= 1, "{asked:#?}");
    {
        let state = forge.state();
        assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (1, 1));
    }

    let worse = PASSING.replace(r#""critical": 0"#, r#""critical": 2"#);
    run(&forge, &worse, same, &[]).expect(0);
    let state = forge.state();
    assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (1, 2));
    assert!(
        state.gitlab.notes[0].body.contains("| 2 (+2) | 1 | 4 | 9 | 16 (+2) |"),
        "{}",
        state.gitlab.notes[0].body
    );
}

/// Without a token there is no request; what needs none is there all the same, and one line says what is missing.
#[test]
fn without_a_token_the_runner_still_gets_its_files() {
    let forge = Forge::new();
    let ended = run(&forge, PASSING, without_token, &[]).expect(0);
    assert_eq!(forge.state().requests.len(), 0);
    let url = format!("https://gitlab.example.com/acme/widget/-/jobs/42/artifacts/file/reports/{TASK}.pdf");
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"], url);
    assert_eq!(links(&ended)["PDF report of 2b31ed52"], url);
    assert_eq!(ended.stderr.matches("there is no GITLAB_TOKEN").count(), 1, "{}", ended.stderr);
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
    // Named, it must succeed.
    let named = ["--publish", "note"];
    let ended = run(&forge, PASSING, without_token, &named).expect(5);
    assert_eq!(ended.result()["outcome"], "report-failed");
}

/// `report` writes no note that could link to an upload, and uploads stay: its PDF is the job's artifact.
#[test]
fn the_command_for_the_pdf_alone_uploads_nothing() {
    let forge = Forge::new();
    let world = World::new(PASSING);
    let ended = world.run_on_gitlab(&forge, &["report", TASK]).finish().expect(0);
    assert_eq!(forge.state().requests.len(), 0);
    let values = dotenv(&ended);
    assert!(values["CODEARTS_GATE_ARTIFACT_URL"].ends_with(&format!("/artifacts/file/reports/{TASK}.pdf")));
    assert_eq!(values["CODEARTS_GATE_OUTCOME"], "passed");
}

/// A report directory outside the project is not where GitLab collects artifacts; a project directory that is not there is taken
/// for the one the job is in.
#[test]
fn artifacts_are_told_where_there_are_some() {
    let forge = Forge::new();
    let elsewhere = tempfile::tempdir().expect("a directory");
    let outside = |run: &mut Run| {
        without_token(run);
        run.env("CI_PROJECT_DIR", elsewhere.path().to_str().expect("UTF-8"));
    };
    let ended = run(&forge, PASSING, outside, &[]).expect(0);
    assert!(ended.stderr.contains("lies outside the project"), "{}", ended.stderr);
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"], "");
    run(&forge, PASSING, outside, &["--publish", "artifact"]).expect(5);
    let gone = |run: &mut Run| {
        without_token(run);
        run.env("CI_PROJECT_DIR", "/nonexistent/builds");
    };
    let ended = run(&forge, PASSING, gone, &[]).expect(0);
    assert!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"].ends_with(&format!("/file/reports/{TASK}.pdf")));
}

/// A token that may only read: said, and the exit code stays.
#[test]
fn a_token_that_only_reads_is_a_warning() {
    let forge = Forge::new();
    let refusal: Value =
        json!({"error": "insufficient_scope", "error_description": "higher privileges", "scope": "api"});
    forge.state().faults = vec![Fault { body: refusal, ..Fault::new("POST ", &[], 403) }];
    let ended = run(&forge, PASSING, same, &[]).expect(0);
    assert!(ended.stderr.contains("warning: comment: could not write the note"), "{}", ended.stderr);
    assert!(ended.stderr.contains("needs the scope `api`"), "{}", ended.stderr);
    assert_eq!(
        ended.result()["tasks"][0]["report"]["url"].as_str().map(|url| url.contains("/jobs/42/artifacts/")),
        Some(true)
    );
    assert!(forge.state().gitlab.notes.is_empty());
}

/// Where our notes can not be read, no note will link to an upload, and uploads stay.
#[test]
fn nothing_is_uploaded_that_no_note_would_link_to() {
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new("GET /api/v4/projects/1001/merge_requests/12/notes", &[], 403)];
    let ended = run(&forge, PASSING, same, &[]).expect(0);
    assert!(ended.stderr.contains("warning: comment: could not read the notes"), "{}", ended.stderr);
    let state = forge.state();
    assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (0, 0));
    assert!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"].contains("/jobs/42/artifacts/"));
}

/// A GitLab that does not answer costs a share of the time, and nothing else: the rest is there, and the exit code stays.
#[test]
fn a_server_that_stalls_costs_only_its_own_part() {
    let uploads = "POST /api/v4/projects/1001/uploads";
    for (request, notes) in [(uploads, 1), ("GET /api/v4/projects/1001/merge_requests/12/notes", 0)] {
        let forge = Forge::new();
        forge.state().faults = vec![Fault::stall(request)];
        let ended = run(&forge, PASSING, same, &["--report-timeout", "4s"]).expect(0);
        assert!(ended.stderr.contains("it was not done in time"), "{}", ended.stderr);
        // The commit's status needs none of it.
        run(&forge, PASSING, same, &["--report-timeout", "4s", "--publish", "artifact,comment,check-run"]);
        assert_eq!(forge.state().gitlab.statuses.len(), 1, "{request}");
        let state = forge.state();
        assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (notes, 0), "{request}");
        let url = &dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"];
        assert!(url.contains("/jobs/42/artifacts/"), "{url}");
        assert_eq!(state.gitlab.notes.iter().filter(|note| note.body.contains(url)).count(), notes);
    }
}

/// What the runner gives as certificates is no reason to fail, and is named when it can not be used.
#[test]
fn certificates_of_the_runner_are_tried() {
    let forge = Forge::new();
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("ca.pem");
    std::fs::write(&file, "no certificate").expect("a file");
    for path in [file.as_path(), &directory.path().join("gone.pem")] {
        let with = |run: &mut Run| {
            run.env("CI_SERVER_TLS_CA_FILE", path.to_str().expect("UTF-8"));
        };
        let ended = run(&forge, PASSING, with, &["--publish", "note"]).expect(0);
        let expected = format!("could not use CI_SERVER_TLS_CA_FILE `{}`", path.display());
        assert_eq!(ended.stderr.matches(&expected).count(), 1, "{}", ended.stderr);
        assert!(!ended.stderr.contains("--ca-file"), "{}", ended.stderr);
    }
    assert_eq!(forge.state().gitlab.notes.len(), 1);
}

/// Findings that begin like a quick action do nothing.
#[test]
fn findings_give_no_orders() {
    let forge = Forge::new();
    let row = |message: &str| {
        json!({"defect_id": message, "defect_level": "0", "defect_status": "0", "defect_checker_name": "/close",
               "rule_name": "/merge", "defect_content": message, "file_path": "/approve", "line_number": "1"})
    };
    let rows = ["/close", "a\n/merge\n/label ~x", "x\r\n/close", "```\n/close\n```", "|\n/close"].map(row);
    let scenario = json!({"tasks": {"*": {"before": 2, "defects": rows, "is_access": 0}}}).to_string();
    run(&forge, &scenario, same, &["--report", "none"]).expect(4);
    let state = forge.state();
    assert_eq!((state.gitlab.notes.len(), state.gitlab.actions.len()), (1, 0), "{:?}", state.gitlab.actions);
    assert!(state.gitlab.notes[0].body.contains("close"));
}

/// Limits of the rate, lost answers: one note in the end.
#[test]
fn faults_leave_one_note() {
    let cases = [
        Fault { headers: &[("retry-after", "1")], ..Fault::new(NOTES, &[1], 429) },
        Fault::new(NOTES, &[1, 2], 502),
        Fault { is_done: true, ..Fault::new(NOTES, &[1], 0) },
        Fault::new("GET /api/v4/projects/1001/merge_requests/12/notes", &[1], 500),
    ];
    for fault in cases {
        let forge = Forge::new();
        let tries = if fault.on.len() == 2 { 3 } else { 1 + usize::from(fault.status == 429) };
        forge.state().faults = vec![fault.clone()];
        run(&forge, PASSING, same, &["--publish", "note"]).expect(0);
        assert_eq!(forge.state().gitlab.notes.len(), 1, "{fault:?}");
        assert_eq!(forge.requests(NOTES).len(), tries, "{fault:?}");
    }
}

/// Notes of others that carry our mark are left alone, and system notes; a second one of ours goes.
#[test]
fn only_our_own_note_is_edited() {
    let forge = Forge::new();
    let mark = format!("<!-- codearts-gate:{TASK} -->\nold");
    let authors = [(9, false), (OWN_ID, true), (OWN_ID, false), (9, false), (OWN_ID, false)];
    forge.state().gitlab.notes = (1..)
        .zip(authors)
        .map(|(id, (author, is_system))| Note { id, author, is_system, body: mark.clone() })
        .collect();
    run(&forge, PASSING, same, &["--publish", "note"]).expect(0);
    let state = forge.state();
    let left: Vec<(u64, bool)> = state.gitlab.notes.iter().map(|note| (note.id, note.body == mark)).collect();
    assert_eq!(left, [(1, true), (2, true), (3, false), (4, true)]);
}

/// Which merge request it is: told by the job, by the branch, or by the commit; a fork's is in the target project.
#[test]
fn the_merge_request_is_found() {
    let of_branch = |run: &mut Run| {
        run.without("CI_MERGE_REQUEST_IID")
            .without("CI_MERGE_REQUEST_PROJECT_ID")
            .env("CI_COMMIT_BRANCH", "feature");
    };
    let request = |iid: u64, state: &str, source: u64| {
        json!({"iid": iid, "project_id": 1001, "state": state, "source_branch": "feature", "source_project_id": source,
               "web_url": page_url(&iid.to_string())})
    };
    let forge = Forge::new();
    let fork = |run: &mut Run| {
        run.env("CI_MERGE_REQUEST_PROJECT_ID", "3").env("CI_PROJECT_ID", "1001");
    };
    run(&forge, PASSING, fork, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests("POST /api/v4/projects/3/merge_requests/12/notes").len(), 1);

    let forge = Forge::new();
    let listed = |run: &mut Run| {
        of_branch(run);
        run.env("CI_OPEN_MERGE_REQUESTS", "acme/sub/widget!33,acme/widget!34");
    };
    run(&forge, PASSING, listed, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests("POST /api/v4/projects/acme%2Fsub%2Fwidget/merge_requests/33/notes").len(), 1);

    let forge = Forge::new();
    forge.state().gitlab.merge_requests = vec![
        request(9, "merged", 1001),
        // A fork's branch of the same name.
        request(13, "opened", 7),
        request(12, "opened", 1001),
    ];
    run(&forge, PASSING, of_branch, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests(NOTES).len(), 1);

    let forge = Forge::new();
    forge.state().gitlab.of_branch = vec![request(13, "opened", 7), request(12, "opened", 1001)];
    run(&forge, PASSING, of_branch, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests(NOTES).len(), 1);

    let forge = Forge::new();
    let ended = run(&forge, PASSING, of_branch, &[]).expect(0);
    assert!(
        ended.stderr.contains("comment: this pipeline belongs to no open merge request"),
        "{}",
        ended.stderr
    );
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
}

/// The status of the commit is set when it is asked for, at the commit that people see.
#[test]
fn the_commit_gets_its_status_when_asked_for() {
    let forge = Forge::new();
    run(&forge, PASSING, same, &[]).expect(0);
    assert!(forge.state().gitlab.statuses.is_empty());
    let merged = |run: &mut Run| {
        run.env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "2222222222222222222222222222222222222222");
        run.env("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7");
    };
    let failing = PASSING.replace(r#""before": 2"#, r#""before": 1"#);
    run(&forge, &failing, merged, &["--publish", "check-run"]).expect(1);
    let statuses = forge.state().gitlab.statuses.clone();
    let (place, status) = &statuses[0];
    assert_eq!(place, "7/2222222222222222222222222222222222222222");
    assert_eq!((&status["state"], &status["ref"]), (&json!("failed"), &json!("feature")));
    assert_eq!(status["name"], format!("codearts/{TASK}"));
    // It says so already.
    let refused = |from: &str| {
        let body = json!({"message": format!("Cannot transition status via :succeed from :{from}")});
        vec![Fault { body, ..Fault::new("POST /api/v4/projects/1001/statuses", &[], 400) }]
    };
    forge.state().faults = refused("success");
    run(&forge, PASSING, same, &["--publish", "check-run"]).expect(0);
    forge.state().faults = refused("failed");
    run(&forge, PASSING, same, &["--publish", "check-run"]).expect(5);

    // Another is being written.
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new("POST /api/v4/projects/1001/statuses", &[1, 2], 409)];
    let of_branch = |run: &mut Run| {
        run.without("CI_MERGE_REQUEST_IID").env("CI_COMMIT_BRANCH", "feature");
    };
    run(&forge, PASSING, of_branch, &["--publish", "check-run"]).expect(0);
    let state = forge.state();
    assert_eq!((state.gitlab.statuses.len(), &state.gitlab.statuses[0].1["pipeline_id"]), (1, &json!(900)));
}

/// The wait is a section of the log that can be folded, and nothing else there drives a terminal.
#[test]
fn the_wait_is_a_section_of_the_log() {
    let forge = Forge::new();
    let ended = run(&forge, PASSING, same, &["--publish", "outputs"]).expect(0);
    let name = "waiting_for_codearts_check";
    let [start, end] = ["start", "end"].map(|what| {
        let lines = ended.stderr.lines();
        let found: Vec<&str> = lines.filter(|line| line.contains(&format!("section_{what}:"))).collect();
        assert_eq!(found.len(), 1, "{}", ended.stderr);
        found[0].to_owned()
    });
    assert!(start.ends_with(&format!(":{name}\r\x1b[0KWaiting for CodeArts Check")), "{start:?}");
    assert!(end.starts_with("\x1b[0Ksection_end:") && end.ends_with(&format!(":{name}\r\x1b[0K")), "{end:?}");
    assert_eq!((ended.stderr.matches('\x1b').count(), ended.stderr.matches('\r').count()), (4, 2));
    let verdict = ended.stderr.find("PASSED (exit 0)").expect("a verdict");
    assert!(ended.stderr.find(&end).expect("an end") < verdict, "{}", ended.stderr);
}

/// The wait ends before the job does, with time for the report.
#[test]
fn the_wait_ends_before_the_job() {
    let forge = Forge::new();
    let running = r#"{"tasks": {"*": {"duration": "1h"}}}"#;
    let short = |run: &mut Run| {
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        run.env("CI_JOB_STARTED_AT", &now).env("CI_JOB_TIMEOUT", "34");
    };
    let ended = run(&forge, running, short, &["--start", "--timeout", "1h"]).expect(2);
    assert!(ended.stderr.contains("the job ends in 3"), "{}", ended.stderr);
    assert!(ended.stderr.contains("CI_JOB_TIMEOUT"), "{}", ended.stderr);
    assert!(ended.stderr.contains("raise the job's `timeout:`"), "{}", ended.stderr);
    let reason = ended.result()["tasks"][0]["reason"].to_string();
    assert!(reason.contains("that the job's own limit (CI_JOB_TIMEOUT) leaves ran out"), "{reason}");
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_OUTCOME"], "timed-out");
}

/// A job that is nearly over says what ends it.
#[test]
fn a_job_that_is_nearly_over_names_its_limit() {
    let forge = Forge::new();
    let running = r#"{"tasks": {"*": {"before": 0, "duration": "1h"}}}"#;
    let over = |run: &mut Run| {
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        run.env("CI_JOB_STARTED_AT", &now).env("CI_JOB_TIMEOUT", "20");
    };
    let ended = run(&forge, running, over, &[]).expect(2);
    let reason = ended.result()["tasks"][0]["reason"].to_string();
    assert!(reason.contains("that the job's own limit (CI_JOB_TIMEOUT) leaves ran out"), "{reason}");
    assert!(
        ended.stderr.contains("\nhint: raise the job's `timeout:`")
            || ended.stderr.starts_with("the job ends in"),
        "{}",
        ended.stderr
    );
}

/// A place that GitLab does not have is refused before anything is sent; the files say so.
#[test]
fn targets_of_other_forges_are_refused() {
    let forge = Forge::new();
    for target in ["summary", "sarif"] {
        let ended = run(&forge, PASSING, same, &["--publish", target]).expect(64);
        assert!(
            ended.stderr.contains(&format!("there is no place for `--publish {target}` here")),
            "{}",
            ended.stderr
        );
    }
}

/// Of many PDFs the first are uploaded, all are linked; what has no room among the values for later jobs is said once.
#[test]
fn many_tasks_are_too_much_for_a_project() {
    let (world, forge) =
        (World::new(&PASSING.replace("\"before\": 2", "\"duration\": \"100ms\"")), Forge::new());
    let ids: Vec<String> = (0..85).map(|id| format!("{id:032x}")).collect();
    let arguments: Vec<&str> =
        ["check", "--start"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    let ended = world.run_on_gitlab(&forge, &arguments).finish().expect(0);
    assert_eq!(forge.state().gitlab.uploads.len(), 50);
    assert!(ended.stderr.contains("only the first 50 PDFs are uploaded"), "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("no room for").count(), 1, "{}", ended.stderr);
    let result = ended.result();
    let urls = result["tasks"].as_array().expect("tasks").iter().map(|task| &task["report"]["url"]);
    assert_eq!(urls.filter(|url| url.is_string()).count(), 85);
}

/// What variables tell stands in paths of the API, so it must be what it is called: a number, a commit.
#[test]
fn nothing_climbs_out_of_its_path() {
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
        let ended = run(&forge, PASSING, change, &["--publish", "comment,check-run"]).expect(5);
        let all = forge.everything();
        let strays: Vec<&str> = all
            .lines()
            .filter(|line| {
                !line.starts_with("POST /api/v4/projects/1001/statuses/33") && !line.contains("source_branch")
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
        let ended = run(&forge, PASSING, change, more).expect(if is_allowed { 0 } else { 5 });
        assert_eq!(forge.state().gitlab.notes.len(), usize::from(is_allowed), "{}", ended.stderr);
        assert_eq!(ended.stderr.contains("`--allow-http`"), !is_allowed, "{}", ended.stderr);
    }
}

/// Some addresses of jobs hold what their runner fetches with, and a server may give addresses that lead elsewhere.
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
    let ended = run(&forge, PASSING, with_user, &[]).expect(0);
    let text = format!("{} {:?} {:?}", forge.everything(), links(&ended), dotenv(&ended));
    assert!(text.contains("https://gitlab.example.com/acme/widget/-/jobs/42"), "{text}");
    assert!(!text.contains("evil") && !text.contains("gitlab-ci-token"), "{text}");
}
