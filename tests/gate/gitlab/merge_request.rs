//! The merge request: found, with one note of the gate, and the status of its commit.

use super::job::{NOTES, dotenv, links, passing, run, same};
use crate::kit::forge::{Fault, Forge, Note, OWN_ID, page_url};
use crate::kit::scenario::{FAILED, succeeded};
use crate::kit::{Run, TASK};
use crate::snapshot::{assert_shown, lines_with};
use serde_json::json;

#[test]
fn two_runs_leave_one_note() {
    let forge = Forge::new();
    let ended = run(&forge, passing(), same, &["--report", "pdf,html"]).expect(0);
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
    assert_eq!((&links["PDF report of sandbox"], &links["Note on the merge request"]), (&url, &note_url));
    let page = &links["Findings of sandbox"];
    assert_eq!(
        page,
        &format!("https://gitlab.example.com/acme/widget/-/jobs/42/artifacts/file/reports/{TASK}.html")
    );

    // The same PDF is there already.
    let ended = run(&forge, passing(), same, &[]).expect(0);
    assert_eq!(dotenv(&ended)["CODEARTS_GATE_ARTIFACT_URL"], url);
    // The job provides everything but the existing notes, which are read once.
    let asked: Vec<String> =
        forge.state().requests.iter().map(|(request, _)| request.chars().take(60).collect()).collect();
    // An unchanged note is not sent.
    let sent = asked.iter().filter(|request| request.starts_with("PUT")).count();
    assert_eq!(asked.len() - sent, 3 + 2, "{asked:#?}");
    assert!(sent <= 1, "{asked:#?}");
    {
        let state = forge.state();
        assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (1, 1));
    }

    run(&forge, passing().findings([2, 1, 4, 9]), same, &[]).expect(0);
    let state = forge.state();
    assert_eq!((state.gitlab.notes.len(), state.gitlab.uploads.len()), (1, 2));
    assert!(
        state.gitlab.notes[0].body.contains("| 2 (+2) | 1 | 4 | 9 | 16 (+2) |"),
        "{}",
        state.gitlab.notes[0].body
    );
}

/// Findings that begin like a quick action do nothing.
#[test]
fn findings_run_no_quick_actions() {
    let forge = Forge::new();
    let row = |message: &str| {
        json!({"defect_id": message, "defect_level": "0", "defect_status": "0", "defect_checker_name": "/close",
               "rule_name": "/merge", "defect_content": message, "file_path": "/approve", "line_number": "1"})
    };
    let rows = ["/close", "a\n/merge\n/label ~x", "x\r\n/close", "```\n/close\n```", "|\n/close"].map(row);
    run(&forge, succeeded().defects(rows.to_vec()).gate(0), same, &["--report", "none"]).expect(4);
    let state = forge.state();
    assert_eq!((state.gitlab.notes.len(), state.gitlab.actions.len()), (1, 0), "{:?}", state.gitlab.actions);
    assert!(state.gitlab.notes[0].body.contains("close"));
}

/// Rate limits and lost answers: one note in the end.
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
        run(&forge, passing(), same, &["--publish", "note"]).expect(0);
        assert_eq!(forge.state().gitlab.notes.len(), 1, "{fault:?}");
        assert_eq!(forge.requests(NOTES).len(), tries, "{fault:?}");
    }
}

/// Notes of others with the same marker are left alone, and system notes; a duplicate of the gate's own note is
/// removed.
#[test]
fn only_the_gates_own_note_is_edited() {
    let forge = Forge::new();
    let mark = format!("<!-- codearts-gate:{TASK} -->\nold");
    let authors = [(9, false), (OWN_ID, true), (OWN_ID, false), (9, false), (OWN_ID, false)];
    forge.state().gitlab.notes = (1..)
        .zip(authors)
        .map(|(id, (author, is_system))| Note { id, author, is_system, body: mark.clone() })
        .collect();
    run(&forge, passing(), same, &["--publish", "note"]).expect(0);
    let state = forge.state();
    let left: Vec<(u64, bool)> = state.gitlab.notes.iter().map(|note| (note.id, note.body == mark)).collect();
    assert_eq!(left, [(1, true), (2, true), (3, false), (4, true)]);
}

/// Which merge request it is: from the job, the branch, or the commit; that of a fork is in the target project.
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
    run(&forge, passing(), fork, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests("POST /api/v4/projects/3/merge_requests/12/notes").len(), 1);

    let forge = Forge::new();
    let listed = |run: &mut Run| {
        of_branch(run);
        run.env("CI_OPEN_MERGE_REQUESTS", "acme/sub/widget!33");
    };
    run(&forge, passing(), listed, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests("POST /api/v4/projects/acme%2Fsub%2Fwidget/merge_requests/33/notes").len(), 1);

    let forge = Forge::new();
    forge.state().gitlab.merge_requests = vec![
        request(9, "merged", 1001),
        // A fork's branch of the same name.
        request(13, "opened", 7),
        request(12, "opened", 1001),
    ];
    run(&forge, passing(), of_branch, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests(NOTES).len(), 1);

    let forge = Forge::new();
    forge.state().gitlab.of_branch = vec![request(13, "opened", 7), request(12, "opened", 1001)];
    run(&forge, passing(), of_branch, &["--publish", "note"]).expect(0);
    assert_eq!(forge.requests(NOTES).len(), 1);

    let forge = Forge::new();
    let ended = run(&forge, passing(), of_branch, &[]).expect(0);
    assert_shown!("no_merge_request", lines_with(&ended.stderr, "comment: "));
    assert!(!ended.stderr.contains("warning"), "{}", ended.stderr);
}

/// The commit status is set when requested, on the commit that people see.
#[test]
fn the_commit_status_is_set_when_requested() {
    let forge = Forge::new();
    run(&forge, passing(), same, &[]).expect(0);
    assert!(forge.state().gitlab.statuses.is_empty());
    let merged = |run: &mut Run| {
        run.env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "2222222222222222222222222222222222222222");
        run.env("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7");
    };
    run(&forge, passing().before(FAILED), merged, &["--publish", "check-run"]).expect(1);
    let statuses = forge.state().gitlab.statuses.clone();
    let (place, status) = &statuses[0];
    assert_eq!(place, "7/2222222222222222222222222222222222222222");
    assert_eq!((&status["state"], &status["ref"]), (&json!("failed"), &json!("feature")));
    assert_eq!(status["name"], format!("codearts/{TASK}"));
    // It is set already.
    let refused = |from: &str| {
        let body = json!({"message": format!("Cannot transition status via :succeed from :{from}")});
        vec![Fault { body, ..Fault::new("POST /api/v4/projects/1001/statuses", &[], 400) }]
    };
    forge.state().faults = refused("success");
    run(&forge, passing(), same, &["--publish", "check-run"]).expect(0);
    forge.state().faults = refused("failed");
    run(&forge, passing(), same, &["--publish", "check-run"]).expect(5);

    // Another is being written.
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new("POST /api/v4/projects/1001/statuses", &[1, 2], 409)];
    let of_branch = |run: &mut Run| {
        run.without("CI_MERGE_REQUEST_IID").env("CI_COMMIT_BRANCH", "feature");
    };
    run(&forge, passing(), of_branch, &["--publish", "check-run"]).expect(0);
    let state = forge.state();
    assert_eq!((state.gitlab.statuses.len(), &state.gitlab.statuses[0].1["pipeline_id"]), (1, &json!(900)));
}
