//! What reaches the artifact store, the pull request and the runner.

use super::job::{CHECK, passing, pdf_of, run};
use crate::kit::forge::{Fault, Forge};
use crate::kit::scenario::{FAILED, returns, scenario, task};
use crate::kit::{TASK, World};
use serde_json::json;

#[test]
fn a_pass_reaches_every_target() {
    let forge = Forge::new();
    let page = ["--task-url", "https://console.example/task/{task_id}?tab=1"];
    let ended = run(&forge, "pull_request", passing(), &page).expect(0);
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
    assert_eq!(outputs["report-path"], format!("reports/{TASK}.pdf"));
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
        comment.contains(&format!("| [sandbox](https://console.example/task/{TASK}?tab=1) |")),
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

/// Secrets are masked before anything else is written, and the wait is collapsible.
#[test]
fn masks_come_first_and_the_wait_is_a_group() {
    let forge = Forge::new();
    let ended = run(&forge, "pull_request", passing(), &[]).expect(0);
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let masks = lines.iter().take_while(|line| line.starts_with("::add-mask::")).count();
    assert_eq!(masks, 3, "{}", ended.stderr);
    let group =
        lines.iter().position(|line| *line == "::group::Waiting for CodeArts Check").expect("a group");
    let end = lines.iter().position(|line| *line == "::endgroup::").expect("its end");
    assert!(group < end && lines[end..].iter().any(|line| line.starts_with("PASSED")), "{}", ended.stderr);
    // The signature of the upload address too, as written and decoded.
    assert!(lines.contains(&"::add-mask::canary%252Bsignature%253D"), "{}", ended.stderr);
    assert!(lines.contains(&"::add-mask::canary+signature="), "{}", ended.stderr);
}

/// Only in the gate's own action is it certain that no copy of the mask commands is kept.
#[test]
fn a_run_step_prints_no_secrets() {
    let forge = Forge::new();
    let world = World::new(passing());
    let ended = world
        .run_on_github(&forge, "pull_request", &CHECK)
        .without("CODEARTS_GATE_ACTION")
        .finish()
        .expect(0);
    assert!(!ended.stderr.contains("::add-mask::") && ended.stderr.contains("::group::"), "{}", ended.stderr);
}

/// Hostile text of the service changes only its own row in the log, the summary and the comment.
#[test]
fn hostile_text_stays_in_its_row() {
    let long = "x".repeat(100_000);
    let hostile =
        format!("a\n::error::b\n##[add-mask]c | </details><h1>d</h1>\n/merge\n\u{1b}[31m @team #1 {long}");
    let log = json!({"log_info": [{"display_name": hostile, "level": "error", "log": hostile, "analysis": hostile, "faq": hostile}]});
    let story = scenario().task(task().before(FAILED)).when("log-detail", returns(log));
    let forge = Forge::new();
    let project = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
    let ended = run(&forge, "pull_request", story, &["--project-id", project]).expect(1);
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

/// `--publish none` publishes nothing.
#[test]
fn publishing_can_be_switched_off() {
    let forge = Forge::new();
    let ended = run(&forge, "pull_request", passing(), &["--publish", "none"]).expect(0);
    assert_eq!((forge.state().requests.len(), ended.summary().as_str()), (0, ""));
    assert!(ended.outputs().is_empty());
}

/// `report` publishes the PDF to the same places.
#[test]
fn the_report_alone_is_published() {
    let forge = Forge::new();
    let world = World::new(passing());
    let ended = world.run_on_github(&forge, "push", &["report", TASK]).finish().expect(0);
    let outputs = ended.outputs();
    assert!(outputs["artifact-url"].ends_with("/artifacts/4242") && outputs["exit-code"] == "0");
    assert!(!outputs.contains_key("verdict") && forge.state().artifacts[0].is_final);
    forge.state().faults = vec![Fault::new("POST /twirp", &[], 403)];
    let ended = world.run_on_github(&forge, "push", &["report", TASK]).finish().expect(5);
    assert_eq!(ended.outputs()["outcome"], "report-failed");
}
