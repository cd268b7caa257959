//! GitHub Actions: what reaches the artifact store, the pull request and the runner.

use crate::forge::{Comment, Fault, Forge, Speaks};
use crate::harness::{Ended, TASK, World};
use serde_json::{Value, json};

const PASSING: &str = r#"{"tasks": {"*": {"before": 2, "findings": {"critical": 0, "major": 1, "minor": 4, "suggestion": 9},
                          "pdf": {"duration": "10ms", "bytes": 20000}}}}"#;
const COMMENTS: &str = "POST /repos/acme/widget/issues/12/comments";
const CHECK: [&str; 2] = ["check", TASK];

fn run(forge: &Forge, event: &str, scenario: &str, more: &[&str]) -> Ended {
    let arguments: Vec<&str> = CHECK.iter().chain(more).copied().collect();
    World::new(scenario).gate_on_github(forge, event, &arguments).run()
}

fn pdf_of(ended: &Ended) -> Vec<u8> {
    std::fs::read(ended.reports.join(format!("{TASK}.pdf"))).expect("the PDF")
}

#[test]
fn a_pass_reaches_every_target() {
    let forge = Forge::new();
    let page = ["--task-url", "https://console.example/task/{task_id}?tab=1"];
    let ended = run(&forge, "pull_request", PASSING, &page).expect(0);
    let state = forge.state();
    let artifact = &state.artifacts[0];
    assert_eq!((artifact.name.as_str(), artifact.version), (format!("{TASK}.pdf").as_str(), 7));
    assert_eq!(artifact.mime_type.as_deref(), Some("application/pdf"));
    assert_eq!(artifact.stored_type, "application/pdf");
    assert!(artifact.is_final && artifact.bytes == pdf_of(&ended));

    let url = "https://github.com/acme/widget/actions/runs/555/artifacts/4242";
    assert_eq!(ended.result()["tasks"][0]["report"]["url"], url);
    let outputs = ended.outputs();
    let expected = [
        ("outcome", "passed"),
        ("verdict", "pass"),
        ("exit-code", "0"),
        ("task-id", TASK),
        ("artifact-url", url),
        ("comment-url", "https://github.com/acme/widget/pull/12#issuecomment-900001"),
        ("critical", "0"),
        ("major", "1"),
        ("minor", "4"),
        ("suggestion", "9"),
        ("issues", "14"),
    ];
    for (name, value) in expected {
        assert_eq!(outputs[name], value, "{name}");
    }
    assert_eq!(outputs["report-path"], ended.result()["tasks"][0]["report"]["path"]);
    assert_eq!(outputs["report-sha256"], ended.result()["tasks"][0]["report"]["sha256"]);
    assert_eq!(outputs["run-id"], ended.result()["tasks"][0]["run_id"]);

    let comment = &state.comments[0].body;
    assert!(
        comment.starts_with(&format!("<!-- codearts-gate:{TASK} -->\n### ✅ CodeArts Check passed\n")),
        "{comment}"
    );
    assert!(
        comment.contains(&format!("| 0 | 1 | 4 | 9 | 14 | [PDF,\u{a0}20\u{a0}kB]({url}) |")),
        "{comment}"
    );
    assert!(
        comment.contains(&format!("| [`{TASK}`](https://console.example/task/{TASK}?tab=1) |")),
        "{comment}"
    );
    assert!(!comment.contains("mermaid"), "{comment}");
    let summary = ended.summary();
    assert!(
        summary.contains("### ✅ CodeArts Check passed") && summary.contains("```mermaid\npie"),
        "{summary}"
    );
    assert!(state.check_runs.is_empty());
    let counts = "; 14 open findings (0 critical, 1 major, 4 minor, 9 suggestion)";
    assert!(ended.stderr.contains(counts), "{}", ended.stderr);
}

/// The runner is told what to hide before it is told anything else, and the wait can be folded.
#[test]
fn masks_come_first_and_the_wait_is_a_group() {
    let forge = Forge::new();
    let ended = run(&forge, "pull_request", PASSING, &[]).expect(0);
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let masks = lines.iter().take_while(|line| line.starts_with("::add-mask::")).count();
    assert_eq!(masks, 3, "{}", ended.stderr);
    let group =
        lines.iter().position(|line| *line == "::group::Waiting for CodeArts Check").expect("a group");
    let end = lines.iter().position(|line| *line == "::endgroup::").expect("its end");
    assert!(group < end && lines[end..].iter().any(|line| line.starts_with("PASSED")), "{}", ended.stderr);
    // The signature of the upload address too, as it stands there and decoded.
    assert!(lines.contains(&"::add-mask::canary%252Bsignature%253D"), "{}", ended.stderr);
    assert!(lines.contains(&"::add-mask::canary+signature="), "{}", ended.stderr);
}

/// Only in our action is it certain that nobody keeps a copy of what the runner is told to hide.
#[test]
fn a_run_step_is_told_no_secrets() {
    let forge = Forge::new();
    let world = World::new(PASSING);
    let ended =
        world.gate_on_github(&forge, "pull_request", &CHECK).without("CODEARTS_GATE_ACTION").run().expect(0);
    assert!(!ended.stderr.contains("::add-mask::") && ended.stderr.contains("::group::"), "{}", ended.stderr);
}

/// What a server can do shows in its answers alone.
#[test]
fn every_server_gets_the_best_form_it_takes() {
    let pdf = format!("{TASK}.pdf");
    let archive = format!("codearts-report-{TASK}");
    let cases = [
        (Speaks::Everything, 7, "application/pdf", &pdf),
        (Speaks::NoPdf, 7, "application/octet-stream", &pdf),
        (Speaks::ArchivesOnly, 7, "application/zip", &archive),
        (Speaks::Version4, 4, "application/zip", &archive),
    ];
    for (speaks, version, stored_type, name) in cases {
        let forge = Forge::new();
        forge.state().speaks = speaks;
        let ended = run(&forge, "push", PASSING, &["--publish", "artifact"]).expect(0);
        let state = forge.state();
        let artifact = &state.artifacts[0];
        assert_eq!(
            (artifact.version, artifact.stored_type.as_str(), &artifact.name),
            (version, stored_type, name),
            "{speaks:?}"
        );
        let bytes = if stored_type == "application/zip" {
            let mut archive =
                zip::ZipArchive::new(std::io::Cursor::new(&artifact.bytes)).expect("an archive");
            let mut unpacked = Vec::new();
            std::io::copy(&mut archive.by_name(&pdf).expect("the PDF"), &mut unpacked).expect("unpacked");
            unpacked
        } else {
            artifact.bytes.clone()
        };
        assert!(bytes == pdf_of(&ended), "{speaks:?}");
        assert_eq!(ended.files(), [pdf.clone(), "result.json".to_owned()], "{speaks:?}");
    }
}

/// Several blocks, joined in their order.
#[test]
fn a_large_pdf_goes_up_in_blocks() {
    let forge = Forge::new();
    let scenario = PASSING.replace("20000", "9000001");
    let ended = run(&forge, "push", &scenario, &["--publish", "artifact", "--retention-days", "3"]).expect(0);
    assert_eq!(forge.requests("PUT /store/").len(), 9 + 1);
    let state = forge.state();
    assert!(state.artifacts[0].bytes == pdf_of(&ended));
    assert!(state.artifacts[0].expires_at.as_ref().is_some_and(|time| time.ends_with('Z')));
}

/// Each call of an upload may fail, also after it was carried out: one whole artifact in the end.
#[test]
fn faults_of_an_upload_are_invisible() {
    let twirp = "POST /twirp/github.actions.results.api.v1.ArtifactService/";
    let calls: [&'static str; 4] = [
        "POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact",
        "PUT /store/4242?se=2026-11-22T01%3A00%3A00Z&sig=canary%2Bsignature%3D&sp=cw&comp=block&",
        "PUT /store/4242?se=2026-11-22T01%3A00%3A00Z&sig=canary%2Bsignature%3D&sp=cw&comp=blocklist",
        "POST /twirp/github.actions.results.api.v1.ArtifactService/FinalizeArtifact",
    ];
    for call in calls {
        for status in [429, 500, 502, 503, 0] {
            let forge = Forge::new();
            forge.state().faults = vec![Fault { is_done: status == 0, ..Fault::new(call, &[1], status) }];
            let ended = run(&forge, "push", PASSING, &["--publish", "artifact"]).expect(0);
            let state = forge.state();
            let whole: Vec<_> = state.artifacts.iter().filter(|artifact| artifact.is_final).collect();
            assert_eq!(whole.len(), 1, "{call} {status}");
            assert!(
                whole[0].bytes == pdf_of(&ended) && whole[0].mime_type.as_deref() == Some("application/pdf")
            );
            assert!(state.requests.iter().any(|(line, _)| line.starts_with(twirp)));
        }
    }
}

/// A second try of the job replaces what the first has left; what another job of the same try has made stays.
#[test]
fn a_second_try_replaces_the_artifact_and_another_job_does_not() {
    let larger = PASSING.replace("20000", "30000");
    let upload = ["check", TASK, "--publish", "artifact"];
    let forge = Forge::new();
    World::new(PASSING).gate_on_github(&forge, "push", &upload).run().expect(0);
    let world = World::new(&larger);
    world.gate_on_github(&forge, "push", &upload).env("GITHUB_RUN_ATTEMPT", "2").run().expect(0);
    let sizes = || forge.state().artifacts.iter().map(|artifact| artifact.bytes.len()).collect::<Vec<_>>();
    assert_eq!(sizes(), [30_000]);
    let ended = world.gate_on_github(&forge, "push", &upload).run().expect(0);
    assert_eq!(
        (
            sizes(),
            forge.requests("POST /twirp/github.actions.results.api.v1.ArtifactService/DeleteArtifact").len()
        ),
        (vec![30_000, 30_000], 1)
    );
    let name = forge.state().artifacts[1].name.clone();
    assert!(name.starts_with(&format!("{TASK}-1-")) && name.ends_with(".pdf"), "{name}");
    assert!(ended.stderr.contains("stays taken"), "{}", ended.stderr);
}

/// One upload that fails does not keep the others back.
#[test]
fn each_task_has_its_own_upload() {
    let other = "ffffffffffffffffffffffffffffffff";
    let forge = Forge::new();
    let create = "POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact";
    forge.state().faults = vec![Fault::new(create, &[1], 403)];
    let ended = run(&forge, "push", PASSING, &[other, "--publish", "artifact,outputs"]).expect(5);
    let state = forge.state();
    assert_eq!(
        (state.artifacts.len(), state.artifacts[0].name.as_str()),
        (1, "ffffffffffffffffffffffffffffffff.pdf")
    );
    assert!(ended.outputs()["artifact-url"].ends_with("/artifacts/4242"));
    assert_eq!(ended.outputs()["issues"], "28");
}

/// In `auto` a lost artifact is the report lost; an artifact that can not be is not.
#[test]
fn what_an_artifact_that_is_missed_means() {
    let refused =
        || Fault::new("POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact", &[], 403);
    let forge = Forge::new();
    forge.state().faults = vec![refused()];
    let ended = run(&forge, "pull_request", PASSING, &[]).expect(5);
    assert_eq!(ended.result()["outcome"], "report-failed");
    assert!(
        ended.result()["reason"].as_str().is_some_and(|reason| reason.contains("artifact")),
        "{}",
        ended.stderr
    );
    assert_eq!((ended.outputs()["exit-code"].as_str(), ended.outputs()["verdict"].as_str()), ("5", "pass"));
    assert!(forge.state().comments[0].body.contains("its report was not delivered"));
    // A verdict on the code is not hidden by it, and what is allowed passes.
    let ended = run(&forge, "pull_request", PASSING, &["--allow", "report-failed"]).expect(0);
    assert!(
        ended.stderr.contains("warning: the result could not be published as artifact"),
        "{}",
        ended.stderr
    );

    let forge = Forge::new();
    forge.state().speaks = Speaks::Nothing;
    run(&forge, "pull_request", PASSING, &[]).expect(0);
    run(&forge, "pull_request", PASSING, &["--publish", "artifact"]).expect(5);

    // A server of one's own refuses in its own way; GitHub's is expected to work.
    for (server, code, version) in [("https://ghe.example", 0, "v3"), ("https://github.com", 5, "")] {
        let forge = Forge::new();
        forge.state().faults = vec![refused()];
        let world = World::new(PASSING);
        let ended =
            world.gate_on_github(&forge, "push", &CHECK).env("GITHUB_SERVER_URL", server).run().expect(code);
        let advice = format!("uses: actions/upload-artifact@{version}\n");
        assert_eq!(ended.summary().contains(&advice), code == 0, "{}", ended.summary());
    }

    // A `run` step gets no token: said in one line, with the step to add.
    let world = World::new(PASSING);
    let ended = world.gate_on_github(&forge, "push", &CHECK).without("ACTIONS_RUNTIME_TOKEN").run().expect(0);
    assert_eq!(ended.stderr.matches("no upload token").count(), 1, "{}", ended.stderr);
    let step = format!(
        "uses: actions/upload-artifact@v7\n  if: always()\n  with:\n    name: codearts-report\n    path: |\n      {}",
        ended.outputs()["report-path"]
    );
    assert!(ended.summary().contains(&step), "{}", ended.summary());
}

#[test]
fn a_full_storage_is_told_and_not_tried_again() {
    let forge = Forge::new();
    let body: Value =
        serde_json::from_str(include_str!("../data/github/artifact-error-quota.json")).expect("JSON");
    let create = "POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact";
    forge.state().faults = vec![Fault { body, ..Fault::new(create, &[], 429) }];
    let ended = run(&forge, "push", PASSING, &["--publish", "artifact"]).expect(5);
    assert!(ended.stderr.contains("storage for artifacts is used up"), "{}", ended.stderr);
    assert_eq!(forge.requests(create).len(), 1);
}

/// Two runs leave one comment, which tells what has changed; nothing is sent when nothing has.
#[test]
fn there_is_one_comment() {
    let forge = Forge::new();
    run(&forge, "pull_request", PASSING, &[]).expect(0);
    let worse =
        PASSING.replace(r#""critical": 0"#, r#""critical": 2"#).replace(r#""minor": 4"#, r#""minor": 1"#);
    run(&forge, "pull_request", &worse, &["--publish", "comment"]).expect(0);
    {
        let state = forge.state();
        assert_eq!(state.comments.len(), 1);
        let body = &state.comments[0].body;
        assert!(body.contains("| 2 (+2) | 1 | 1 (−3) | 9 | 13 (−1) |"), "{body}");
    }
    assert_eq!((forge.requests(COMMENTS).len(), forge.requests("PATCH ").len()), (1, 1));
    let body = forge.requests("PATCH ")[0]["body"].clone();
    assert_eq!(forge.state().comments[0].body, body);
    // A result that says the same as the last one, to the letter.
    let running = r#"{"tasks": {"*": {"duration": "1h"}}}"#;
    for _ in 0..2 {
        run(&forge, "pull_request", running, &["--publish", "comment", "--timeout", "1s", "--start"])
            .expect(2);
        assert_eq!(forge.requests("PATCH ").len(), 2);
    }
    // Another key, another comment.
    run(&forge, "pull_request", PASSING, &["--publish", "comment", "--comment-key", "nightly"]).expect(0);
    assert_eq!(forge.state().comments.len(), 2);
}

/// Anybody can paste our mark; other people's comments are left alone, also on later pages. Our own second one, which a
/// race has left, goes.
#[test]
fn only_our_own_comment_is_edited() {
    let forge = Forge::new();
    let mark = format!("<!-- codearts-gate:{TASK} -->\nold");
    let logins =
        ["mallory", "dev1", "github-actions", "github-actions[bot]", "mallory", "github-actions[bot]"];
    forge.state().comments = (1..)
        .zip(logins)
        .map(|(id, login)| Comment {
            id,
            login: login.to_owned(),
            is_bot: login.ends_with("[bot]"),
            body: mark.clone(),
        })
        .collect();
    run(&forge, "pull_request", PASSING, &["--publish", "comment"]).expect(0);
    let state = forge.state();
    let left: Vec<(u64, bool)> =
        state.comments.iter().map(|comment| (comment.id, comment.body == mark)).collect();
    assert_eq!(left, [(1, true), (2, true), (3, true), (4, false), (5, true)]);
}

/// Gitea has no GraphQL, and its jobs' tokens are nobody's. Where GitHub only fails to say whose token it is, guessing
/// could leave a second comment.
#[test]
fn whose_token_it_is_is_not_guessed() {
    let forge = Forge::new();
    let body = format!("<!-- codearts-gate:{TASK} -->\nold");
    let gitea = Comment { id: 7, login: "gitea-actions".to_owned(), is_bot: false, body };
    forge.state().comments = vec![gitea.clone()];
    forge.state().faults = vec![Fault::new("POST /graphql", &[], 404)];
    run(&forge, "pull_request", PASSING, &["--publish", "comment"]).expect(0);
    assert_eq!(forge.state().comments.len(), 1);
    assert_eq!(forge.requests(COMMENTS).len(), 0);
    forge.state().comments = vec![gitea];
    forge.state().faults = vec![Fault::new("POST /graphql", &[], 502)];
    run(&forge, "pull_request", PASSING, &["--publish", "comment"]).expect(5);
    assert_eq!(forge.state().comments.len(), 1);
    assert_eq!(forge.requests(COMMENTS).len(), 0);
}

/// `--report-timeout` ends publishing, whatever a server asks for.
#[test]
fn publishing_ends_in_time() {
    for status in [429, 503] {
        let forge = Forge::new();
        forge.state().faults =
            vec![Fault { headers: &[("retry-after", "60")], ..Fault::new(COMMENTS, &[], status) }];
        let world = World::new(PASSING);
        let arguments = ["check", TASK, "--publish", "comment", "--report-timeout", "3s"];
        let mut gate = world.gate_on_github(&forge, "pull_request", &arguments);
        let began = std::time::Instant::now();
        gate.without("CODEARTS_MAX_PAUSE").run().expect(5);
        assert!(began.elapsed() < std::time::Duration::from_secs(20), "{status}");
    }
}

/// What the pull request says is what the job says, also when one of its own targets is what fails.
#[test]
fn pull_request_and_job_agree() {
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new(COMMENTS, &[], 403)];
    run(&forge, "pull_request", PASSING, &["--publish", "comment,check-run"]).expect(5);
    assert_eq!(forge.state().check_runs[0]["conclusion"], "failure");
    let forge = Forge::new();
    forge.state().faults = vec![Fault::new("POST /repos/acme/widget/check-runs", &[], 403)];
    run(&forge, "pull_request", PASSING, &["--publish", "comment,check-run"]).expect(5);
    let state = forge.state();
    assert_eq!(state.comments.len(), 1);
    assert!(state.comments[0].body.contains("its report was not delivered"), "{}", state.comments[0].body);
}

/// Files of the runner that can not be written are found before others are told that all is well.
#[test]
fn files_are_tried_before_the_pull_request_is_told() {
    for variable in ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"] {
        let forge = Forge::new();
        let world = World::new(PASSING);
        let arguments = ["check", TASK, "--publish", "summary,outputs,comment,check-run"];
        let mut gate = world.gate_on_github(&forge, "pull_request", &arguments);
        let ended = gate.env(variable, "/nonexistent/file").run().expect(5);
        let state = forge.state();
        assert!(
            state.comments[0].body.contains("its report was not delivered"),
            "{}",
            state.comments[0].body
        );
        assert_eq!(state.check_runs[0]["conclusion"], "failure");
        assert_eq!(ended.result()["outcome"], "report-failed");
    }
}

/// An answer that refuses can hold the signed address all the same; the harness searches for its signature.
#[test]
fn no_answer_of_the_artifact_service_is_quoted() {
    let create = "POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact";
    let url = "https://store.example/a?sig=canary%2Bsignature%3D";
    for status in [200, 400, 403] {
        for body in
            [json!({"ok": false, "signed_upload_url": url}), json!([url]), json!({"code": "odd", "url": url})]
        {
            let forge = Forge::new();
            forge.state().faults = vec![Fault { body, ..Fault::new(create, &[], status) }];
            run(&forge, "push", PASSING, &["-v", "--publish", "artifact,summary"]).expect(5);
        }
    }
}

/// An earlier artifact that can not be removed is no reason to lose the new one.
#[test]
fn what_can_not_be_replaced_is_put_beside() {
    let forge = Forge::new();
    let upload = ["check", TASK, "--publish", "artifact"];
    let world = World::new(PASSING);
    world.gate_on_github(&forge, "push", &upload).run().expect(0);
    let delete = "POST /twirp/github.actions.results.api.v1.ArtifactService/DeleteArtifact";
    forge.state().faults = vec![Fault::new(delete, &[], 403)];
    world.gate_on_github(&forge, "push", &upload).env("GITHUB_RUN_ATTEMPT", "2").run().expect(0);
    assert_eq!(forge.state().artifacts.iter().filter(|artifact| artifact.is_final).count(), 2);
}

/// Faults on the comment: 502 before and after it was written, limits of the rate in all their forms.
#[test]
fn faults_leave_one_comment() {
    let limit: Value =
        serde_json::from_str(include_str!("../data/github/error-403-rate-limit.json")).expect("JSON");
    let cases = [
        Fault::new(COMMENTS, &[1], 502),
        Fault::new(COMMENTS, &[1, 2], 500),
        Fault { is_done: true, ..Fault::new(COMMENTS, &[1], 0) },
        Fault { headers: &[("retry-after", "1")], ..Fault::new(COMMENTS, &[1], 429) },
        Fault { body: limit, ..Fault::new(COMMENTS, &[1], 403) },
        Fault {
            headers: &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")],
            ..Fault::new(COMMENTS, &[1], 403)
        },
        Fault::new("GET /repos/acme/widget/issues/12/comments", &[1, 2], 503),
        Fault { body: json!("<html>"), ..Fault::new("GET /repos/acme/widget/issues/12/comments", &[1], 502) },
    ];
    for fault in cases {
        let forge = Forge::new();
        forge.state().faults = vec![fault.clone()];
        let ended = run(&forge, "pull_request", PASSING, &["--publish", "comment,outputs"]);
        assert_eq!(ended.code, 0, "{fault:?}: {}", ended.stderr);
        assert_eq!(forge.state().comments.len(), 1, "{fault:?}");
        assert!(ended.outputs()["comment-url"].ends_with("#issuecomment-900001"), "{fault:?}");
    }
}

/// The token of a fork's pull request may only read: a warning, the same exit code, the text in the summary.
#[test]
fn a_fork_gets_its_text_in_the_summary() {
    let refusal: Value =
        serde_json::from_str(include_str!("../data/github/error-403-integration.json")).expect("JSON");
    let fault = Fault { body: refusal, ..Fault::new("POST /repos/acme/widget/issues/13/comments", &[], 403) };
    let failing = r#"{"tasks": {"*": {"before": 1}}}"#;
    for (scenario, code) in [(PASSING, 0), (failing, 1)] {
        let forge = Forge::new();
        forge.state().faults = vec![fault.clone()];
        let ended = run(&forge, "pull_request-fork", scenario, &[]).expect(code);
        assert!(ended.stderr.contains("warning: comment: could not write the comment"), "{}", ended.stderr);
        assert!(ended.stderr.contains("pull request from a fork may only read"), "{}", ended.stderr);
        assert!(ended.summary().contains("CodeArts Check"), "{}", ended.summary());
        assert!(ended.summary().contains("Not published as comment"), "{}", ended.summary());
        assert_eq!(forge.state().comments.len(), 0);
    }
    // Named, it must succeed; a verdict on the code still wins.
    for (scenario, code) in [(PASSING, 5), (failing, 1)] {
        let forge = Forge::new();
        forge.state().faults = vec![fault.clone()];
        run(&forge, "pull_request-fork", scenario, &["--publish", "summary,comment"]).expect(code);
    }
}

/// The pull request is found for every kind of event, or it is said that there is none.
#[test]
fn the_pull_request_is_found() {
    let cases = [
        ("pull_request", Some(12)),
        ("pull_request_target", Some(13)),
        ("issue_comment-on-pr", Some(12)),
        ("merge_group", Some(12)),
        ("push", Some(12)),
        ("workflow_run-same-repo", Some(12)),
        ("workflow_run-fork", Some(12)),
        // The pull request has moved on since.
        ("push-moved-on", None),
        ("push-branch-deleted", None),
        ("issue_comment-on-issue", None),
    ];
    for (event, number) in cases {
        let forge = Forge::new();
        let ended = run(&forge, event, PASSING, &[]).expect(0);
        let posted =
            |number| forge.requests(&format!("POST /repos/acme/widget/issues/{number}/comments")).len();
        assert_eq!(
            (posted(12), posted(13)),
            (usize::from(number == Some(12)), usize::from(number == Some(13))),
            "{event}"
        );
        assert_eq!(
            ended.stderr.contains("comment: this run belongs to no open pull request"),
            number.is_none(),
            "{event}"
        );
    }
}

/// The commit people look at is the head of the pull request, not the merge commit.
#[test]
fn a_check_run_is_made_once_on_the_head() {
    let head = "2222222222222222222222222222222222222222";
    let post = "POST /repos/acme/widget/check-runs";
    for fault in
        [None, Some(Fault { is_done: true, ..Fault::new(post, &[1], 0) }), Some(Fault::new(post, &[1], 502))]
    {
        let forge = Forge::new();
        forge.state().faults = fault.into_iter().collect();
        run(&forge, "pull_request", r#"{"tasks": {"*": {"before": 3}}}"#, &["--publish", "check-run"])
            .expect(3);
        let state = forge.state();
        assert_eq!(state.check_runs.len(), 1);
        let run = &state.check_runs[0];
        assert_eq!((&run["head_sha"], &run["conclusion"]), (&json!(head), &json!("failure")));
        // Another gate's check run must not take the place of this one.
        assert_eq!(run["name"], format!("CodeArts Check ({TASK})"));
        assert_eq!(run["details_url"], "https://github.com/acme/widget/actions/runs/555/attempts/1");
        assert!(run["output"]["title"].as_str().is_some_and(|title| title.contains("stopped")), "{run}");
    }
    // The commit that the event tells, also where no pull request is found; never the branch of the workflow itself.
    let forge = Forge::new();
    forge.state().faults =
        vec![Fault { body: json!([]), ..Fault::new("GET /repos/acme/widget/pulls", &[], 200) }];
    run(&forge, "workflow_run-fork", PASSING, &["--publish", "check-run"]).expect(0);
    assert_eq!(forge.state().check_runs[0]["head_sha"], head);
    for event in ["push-branch-deleted", "issue_comment-on-pr", "issue_comment-on-issue"] {
        run(&forge, event, PASSING, &["--publish", "check-run"]).expect(5);
    }
    assert_eq!(forge.state().check_runs.len(), 1);
}

/// Text of the service, as hostile as can be, changes nothing but its own row: in the log, the summary, the comment.
#[test]
fn hostile_text_stays_in_its_row() {
    let long = "x".repeat(100_000);
    let hostile =
        format!("a\n::error::b\n##[add-mask]c | </details><h1>d</h1>\n/merge\n\u{1b}[31m @team #1 {long}");
    let log = json!({"log_info": [{"display_name": hostile, "level": "error", "log": hostile, "analysis": hostile, "faq": hostile}]});
    let scenario = json!({"tasks": {"*": {"before": 1}},
        "faults": [{"call": "log-detail", "fault": {"kind": "answer", "status": 200, "body": log}}]});
    let forge = Forge::new();
    let project = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
    let ended = run(&forge, "pull_request", &scenario.to_string(), &["--project-id", project]).expect(1);
    let commands: Vec<&str> =
        ended.stderr.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    let known = [
        "::add-mask::",
        "::group::Waiting",
        "::endgroup::",
        "::error title=CodeArts Check%3A check-failed::",
        "::group::Annotations",
    ];
    for command in &commands {
        assert!(known.iter().any(|known| command.starts_with(known)), "{command}");
    }
    assert!(!ended.stderr.contains("##[") && !ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
    assert!(ended.outputs().len() == 14, "{:?}", ended.outputs());
    let comment = forge.state().comments[0].body.clone();
    for text in [&comment, &ended.summary()] {
        assert!(text.len() < 10_000, "{}", text.len());
        assert!(!text.contains("</details>") && !text.contains("<h1>") && !text.contains('\u{1b}'), "{text}");
        assert!(!text.contains("@team") && !text.contains("##["), "{text}");
        assert!(!text.lines().any(|line| line.starts_with("/merge") || line.starts_with("::")), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("&lt;/details&gt;")).count(), 1, "{text}");
    }
}

/// Mistakes are told to later steps and shown on the page of the run, too.
#[test]
fn a_usage_error_is_an_output_and_an_annotation() {
    let forge = Forge::new();
    let world = World::new(PASSING);
    let ended = world.gate_on_github(&forge, "push", &["check", "no/id"]).run().expect(64);
    assert_eq!((ended.outputs()["exit-code"].as_str(), ended.outputs()["outcome"].as_str()), ("64", "usage"));
    assert!(
        ended.stderr.contains("::error title=CodeArts Check%3A usage::`no/id` is not a valid"),
        "{}",
        ended.stderr
    );
    assert!(ended.summary().contains("`usage`"), "{}", ended.summary());
    // Also where not even the arguments can be read; a pass of an earlier step does not stay behind.
    let mut gate = world.gate_on_github(&forge, "push", &["check", TASK]);
    gate.env("CODEARTS_PUBLISH", "sumary");
    std::fs::create_dir(gate.reports()).expect("a directory");
    std::fs::write(gate.reports().join("result.json"), r#"{"outcome": "passed"}"#).expect("a file");
    let ended = gate.run().expect(64);
    assert_eq!(
        (ended.outputs()["exit-code"].as_str(), ended.result()["outcome"].as_str()),
        ("64", Some("usage"))
    );
    assert!(
        ended.stderr.contains("::error title=CodeArts Check%3A usage::invalid value 'sumary'"),
        "{}",
        ended.stderr
    );
    // As far as the rest of the line tells where.
    let elsewhere = gate.reports().join("elsewhere");
    std::fs::create_dir(&elsewhere).expect("a directory");
    let path = elsewhere.to_str().expect("UTF-8").to_owned();
    let arguments = ["check", TASK, "--report-dir", &path, "--json", "--publish", "none", "--bogus"];
    let ended = world.gate_on_github(&forge, "push", &arguments).run().expect(64);
    assert!(
        elsewhere.join("result.json").exists() && ended.stdout.contains("\"exit_code\": 64"),
        "{}",
        ended.stdout
    );
    assert!(ended.outputs().is_empty() && !ended.stderr.contains("::error"), "{}", ended.stderr);
    // A value is no command, whatever it holds.
    for variable in ["CODEARTS_START", "CODEARTS_RETENTION_DAYS"] {
        let mut gate = world.gate_on_github(&forge, "push", &["check", TASK]);
        let ended = gate.env(variable, "x\n::error::pwned\n##[error]pwned").run().expect(64);
        assert!(!ended.stderr.lines().any(|line| line.starts_with("::error::")), "{}", ended.stderr);
        assert!(!ended.stderr.contains("##["), "{}", ended.stderr);
    }
    let ended = world.gate_on_github(&forge, "push", &["report", "no/id"]).run().expect(64);
    assert_eq!(ended.outputs()["exit-code"], "64");
    let cases: [&[&str]; 6] = [
        &["check", TASK, "--publish", "auto,comment"],
        &["check", TASK, "--task-url", "javascript:alert(1)"],
        &["check", TASK, "--publish", "artifact", "--report", "none"],
        &["check", TASK, "--comment-key", "a --> b"],
        &["check", TASK, "--retention-days", "500"],
        &["report", TASK, "--publish", "comment"],
    ];
    for arguments in cases {
        world.gate_on_github(&forge, "push", arguments).run().expect(64);
    }
    // Targets that are named need a forge.
    world.gate(&["check", TASK, "--publish", "comment"]).run().expect(64);
    assert_eq!(forge.state().requests.len(), 0);
}

/// Nothing is published when nothing is wanted.
#[test]
fn publishing_can_be_switched_off() {
    let forge = Forge::new();
    let ended = run(&forge, "pull_request", PASSING, &["--publish", "none"]).expect(0);
    assert_eq!((forge.state().requests.len(), ended.summary().as_str()), (0, ""));
    assert!(ended.outputs().is_empty());
}

/// `report` brings the PDF to the same places.
#[test]
fn the_report_alone_is_published() {
    let forge = Forge::new();
    let world = World::new(PASSING);
    let ended = world.gate_on_github(&forge, "push", &["report", TASK]).run().expect(0);
    let outputs = ended.outputs();
    assert!(outputs["artifact-url"].ends_with("/artifacts/4242") && outputs["exit-code"] == "0");
    assert!(!outputs.contains_key("verdict") && forge.state().artifacts[0].is_final);
    forge.state().faults = vec![Fault::new("POST /twirp", &[], 403)];
    let ended = world.gate_on_github(&forge, "push", &["report", TASK]).run().expect(5);
    assert_eq!(ended.outputs()["outcome"], "report-failed");
}

/// The ids are there for later steps even when this one is killed.
#[cfg(unix)]
#[test]
fn ids_are_outputs_the_moment_they_are_known() {
    let forge = Forge::new();
    let world = World::new(r#"{"tasks": {"*": {"duration": "1h"}}}"#);
    let gate = world.gate_on_github(&forge, "push", &["check", TASK, "--start", "--timeout", "30s"]);
    let outputs = || std::fs::read_to_string(gate.reports().with_file_name("output")).expect("the file");
    let mut child = gate.spawn();
    while !outputs().contains("run-id=") && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().expect("killed");
    let _ = child.wait();
    let text = outputs();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, format!("task-id={TASK}").as_str()), "{text}");
    assert!(lines[1].starts_with("run-id=") && lines[1].len() > 20, "{text}");
}

/// A signal during publishing ends the process in order.
#[cfg(unix)]
#[test]
fn a_signal_ends_publishing() {
    let forge = Forge::new();
    let world = World::new(PASSING);
    forge.state().faults =
        vec![Fault { headers: &[("retry-after", "60")], ..Fault::new("POST /twirp", &[], 503) }];
    let mut gate = world.gate_on_github(&forge, "push", &["check", TASK]);
    gate.without("CODEARTS_MAX_PAUSE");
    let mut child = gate.spawn();
    while forge.requests("POST /twirp").is_empty() && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = child.id().to_string();
    std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
    let ended = gate.wait(child).expect(143);
    assert_eq!(
        (ended.outputs()["exit-code"].as_str(), ended.result()["exit_code"].as_i64()),
        ("143", Some(143))
    );
    // What was fetched is there.
    assert!(!pdf_of(&ended).is_empty());
}

/// A cancelled process is never a pass, whatever else fails and is allowed.
#[cfg(unix)]
#[test]
fn a_cancelled_process_stays_cancelled() {
    let forge = Forge::new();
    let world = World::new(PASSING);
    let slow = Fault {
        headers: &[("retry-after", "60")],
        ..Fault::new("POST /repos/acme/widget/check-runs", &[], 503)
    };
    forge.state().faults = vec![Fault::new(COMMENTS, &[], 403), slow];
    let arguments = ["check", TASK, "--publish", "comment,check-run", "--allow", "report-failed"];
    let mut gate = world.gate_on_github(&forge, "pull_request", &arguments);
    gate.without("CODEARTS_MAX_PAUSE");
    let mut child = gate.spawn();
    while forge.requests("POST /repos/acme/widget/check-runs").is_empty()
        && child.try_wait().expect("a child").is_none()
    {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    let ended = gate.wait(child).expect(143);
    assert_eq!(ended.result()["outcome"], "cancelled");

    // Trouble that comes after the signal, which comes after the verdict.
    let world = World::new(r#"{"tasks": {"*": {"before": 2, "pdf": {"duration": "1h"}}}}"#);
    let arguments = ["check", TASK, "--publish", "summary,outputs", "--allow", "report-failed"];
    let mut gate = world.gate_on_github(&forge, "push", &arguments);
    let mut child = gate.env("GITHUB_STEP_SUMMARY", "/nonexistent/file").spawn();
    while world.calls("pdf-state").is_empty() && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    gate.wait(child).expect(143);

    // A comment that was written already does not go on saying that all is well.
    let world = World::new(PASSING);
    forge.state().faults.remove(0);
    let arguments = ["check", TASK, "--publish", "comment,check-run"];
    let mut gate = world.gate_on_github(&forge, "pull_request", &arguments);
    gate.without("CODEARTS_MAX_PAUSE");
    let mut child = gate.spawn();
    let before = forge.requests("POST /repos/acme/widget/check-runs").len();
    while forge.requests("POST /repos/acme/widget/check-runs").len() == before
        && child.try_wait().expect("a child").is_none()
    {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    gate.wait(child).expect(143);
    assert!(
        forge.state().comments[0].body.contains("undecided: `cancelled`"),
        "{}",
        forge.state().comments[0].body
    );
}
