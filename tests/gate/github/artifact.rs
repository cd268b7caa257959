//! Artifacts: every kind of server, every fault of an upload, and the outcome of a lost one.

use super::job::{CHECK, passing, pdf_of, run};
use crate::kit::forge::{Fault, Forge, Speaks};
use crate::kit::scenario::pdf;
use crate::kit::{TASK, World};
use crate::snapshot::{assert_shown, lines_with};
use serde_json::{Value, json};

/// The capabilities of a server are known from its answers only.
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
        let ended = run(&forge, "push", passing(), &["--publish", "artifact"]).expect(0);
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
    let large = passing().pdf(pdf().bytes(9_000_001));
    let ended = run(&forge, "push", large, &["--publish", "artifact", "--retention-days", "3"]).expect(0);
    assert_eq!(forge.requests("PUT /store/").len(), 9 + 1);
    let state = forge.state();
    assert!(state.artifacts[0].bytes == pdf_of(&ended));
    assert!(state.artifacts[0].expires_at.as_ref().is_some_and(|time| time.ends_with('Z')));
}

/// Each call of an upload may fail, also after it was carried out: one complete artifact in the end.
#[test]
fn faults_of_an_upload_leave_one_artifact() {
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
            let ended = run(&forge, "push", passing(), &["--publish", "artifact"]).expect(0);
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

/// A second attempt of the job replaces the artifact of the first; the artifact of another job in the same attempt
/// stays.
#[test]
fn a_second_try_replaces_the_artifact_and_another_job_does_not() {
    let larger = passing().pdf(pdf().bytes(30_000));
    let upload = ["check", TASK, "--publish", "artifact"];
    let forge = Forge::new();
    World::new(passing()).run_on_github(&forge, "push", &upload).finish().expect(0);
    let world = World::new(larger);
    world.run_on_github(&forge, "push", &upload).env("GITHUB_RUN_ATTEMPT", "2").finish().expect(0);
    let sizes = || forge.state().artifacts.iter().map(|artifact| artifact.bytes.len()).collect::<Vec<_>>();
    assert_eq!(sizes(), [30_000]);
    let ended = world.run_on_github(&forge, "push", &upload).finish().expect(0);
    assert_eq!(
        (
            sizes(),
            forge.requests("POST /twirp/github.actions.results.api.v1.ArtifactService/DeleteArtifact").len()
        ),
        (vec![30_000, 30_000], 1)
    );
    let name = forge.state().artifacts[1].name.clone();
    assert!(name.starts_with(&format!("{TASK}-1-")) && name.ends_with(".pdf"), "{name}");
    let suffix = name.trim_start_matches(TASK).trim_end_matches(".pdf");
    assert_shown!("another_job", lines_with(&ended.stderr, "in use").replace(suffix, "-1-SUFFIX"));
}

/// One failed upload does not prevent the others.
#[test]
fn each_task_has_its_own_upload() {
    let other = "ffffffffffffffffffffffffffffffff";
    let forge = Forge::new();
    let create = "POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact";
    forge.state().faults = vec![Fault::new(create, &[1], 403)];
    let ended = run(&forge, "push", passing(), &[other, "--publish", "artifact,outputs"]).expect(5);
    let state = forge.state();
    assert_eq!(
        (state.artifacts.len(), state.artifacts[0].name.as_str()),
        (1, "ffffffffffffffffffffffffffffffff.pdf")
    );
    assert!(ended.outputs()["artifact-url"].ends_with("/artifacts/4242"));
    assert_eq!(ended.outputs()["issues"], "28");
}

/// In `auto` a failed artifact is a lost report; where artifacts are not available, it is not.
#[test]
fn the_outcome_of_a_missing_artifact() {
    let refused =
        || Fault::new("POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact", &[], 403);
    let forge = Forge::new();
    forge.state().faults = vec![refused()];
    let ended = run(&forge, "pull_request", passing(), &[]).expect(5);
    assert_eq!(ended.result()["outcome"], "report-failed");
    assert!(
        ended.result()["reason"].as_str().is_some_and(|reason| reason.contains("artifact")),
        "{}",
        ended.stderr
    );
    assert_eq!((ended.outputs()["exit-code"].as_str(), ended.outputs()["verdict"].as_str()), ("5", "pass"));
    assert_shown!("an_artifact_that_is_missed", lines_with(&forge.state().comments[0].body, "### "));
    // It does not hide a verdict on the code, and `--allow` still applies.
    let ended = run(&forge, "pull_request", passing(), &["--allow", "report-failed"]).expect(0);
    assert_shown!("an_artifact_that_is_allowed_to_miss", lines_with(&ended.stderr, "warning: "));

    let forge = Forge::new();
    forge.state().speaks = Speaks::Nothing;
    run(&forge, "pull_request", passing(), &[]).expect(0);
    run(&forge, "pull_request", passing(), &["--publish", "artifact"]).expect(5);

    // A private server may reject it in its own way; GitHub's is expected to work.
    for (server, code, version) in [("https://ghe.example", 0, "v3"), ("https://github.com", 5, "")] {
        let forge = Forge::new();
        forge.state().faults = vec![refused()];
        let world = World::new(passing());
        let ended = world
            .run_on_github(&forge, "push", &CHECK)
            .env("GITHUB_SERVER_URL", server)
            .finish()
            .expect(code);
        let advice = format!("uses: actions/upload-artifact@{version}\n");
        assert_eq!(ended.summary().contains(&advice), code == 0, "{}", ended.summary());
    }

    // A `run` step gets no token: one line, with the step to add.
    let world = World::new(passing());
    let ended =
        world.run_on_github(&forge, "push", &CHECK).without("ACTIONS_RUNTIME_TOKEN").finish().expect(0);
    assert_shown!("a_run_step", lines_with(&ended.stderr, "upload"));
    let step = format!(
        "uses: actions/upload-artifact@v7\n  if: always()\n  with:\n    name: codearts-report\n    path: |\n      {}",
        ended.outputs()["report-path"]
    );
    assert!(ended.summary().contains(&step), "{}", ended.summary());
}

#[test]
fn a_full_storage_is_reported_and_not_tried_again() {
    let forge = Forge::new();
    let body: Value =
        serde_json::from_str(include_str!("../../data/github/artifact-error-quota.json")).expect("JSON");
    let create = "POST /twirp/github.actions.results.api.v1.ArtifactService/CreateArtifact";
    forge.state().faults = vec![Fault { body, ..Fault::new(create, &[], 429) }];
    let ended = run(&forge, "push", passing(), &["--publish", "artifact"]).expect(5);
    assert_shown!("a_full_storage", lines_with(&ended.stderr, "storage"));
    assert_eq!(forge.requests(create).len(), 1);
}

/// A rejection may still contain the signed address; the harness searches for its signature.
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
            run(&forge, "push", passing(), &["-v", "--publish", "artifact,summary"]).expect(5);
        }
    }
}

/// An earlier artifact that cannot be removed does not prevent the new one.
#[test]
fn an_artifact_that_cannot_be_replaced_gets_a_second_name() {
    let forge = Forge::new();
    let upload = ["check", TASK, "--publish", "artifact"];
    let world = World::new(passing());
    world.run_on_github(&forge, "push", &upload).finish().expect(0);
    let delete = "POST /twirp/github.actions.results.api.v1.ArtifactService/DeleteArtifact";
    forge.state().faults = vec![Fault::new(delete, &[], 403)];
    world.run_on_github(&forge, "push", &upload).env("GITHUB_RUN_ATTEMPT", "2").finish().expect(0);
    assert_eq!(forge.state().artifacts.iter().filter(|artifact| artifact.is_final).count(), 2);
}
