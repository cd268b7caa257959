//! Findings in a check run, and the size of a comment.

use super::job::{passing, run};
use crate::kit::World;
use crate::kit::forge::{Fault, Forge};
use crate::kit::scenario::{FAILED, task};
use codearts_gate::sandbox::scenario::FailingStepScript;
use serde_json::{Value, json};

/// Fifty a request; a lost response duplicates none.
#[test]
fn annotations_of_a_check_run_come_in_batches() {
    let row = |line: u32| {
        json!({"defect_id": format!("d{line:03}"), "defect_level": "1", "defect_status": "0", "rule_name": "C-1001",
               "defect_content": "overflow", "file_path": "src/net/io.c", "line_number": line.to_string()})
    };
    let rows: Vec<Value> = (1..=120).map(row).collect();
    let patch = "PATCH /repos/acme/widget/check-runs/1";
    for fault in [
        None,
        Some(Fault { is_done: true, ..Fault::new(patch, &[1], 0) }),
        Some(Fault::new(patch, &[2], 502)),
    ] {
        let forge = Forge::new();
        forge.state().faults = fault.clone().into_iter().collect();
        run(&forge, "pull_request", passing().defects(rows.clone()), &["--publish", "check-run"]).expect(0);
        let state = forge.state();
        assert_eq!(state.check_runs.len(), 1, "{fault:?}");
        let annotations = state.check_runs[0]["output"]["annotations"].as_array().expect("annotations");
        let lines: Vec<u64> =
            annotations.iter().filter_map(|annotation| annotation["start_line"].as_u64()).collect();
        assert_eq!(lines, (1..=120).collect::<Vec<u64>>(), "{fault:?}");
        assert_eq!(annotations[0]["annotation_level"], "failure");
    }
}

/// Cut between sections, and what is omitted is named.
#[test]
fn a_long_comment_is_cut_between_sections() {
    // Escaping makes each of these characters two.
    let step = FailingStepScript {
        log: "*".repeat(400),
        analysis: "_".repeat(400),
        faq: "#".repeat(400),
        ..FailingStepScript::default()
    };
    for (tasks, is_cut) in [(2, false), (50, true)] {
        let world = World::new(task().ends_at_poll(1).ends(FAILED).failing_step(step.clone()));
        let ids: Vec<String> = (1..=tasks).map(|number| format!("{number:032x}")).collect();
        let options = ["--start", "--project-id", "0d1a2b3c4d5e", "--publish", "comment"];
        let arguments = ["check"].into_iter().chain(ids.iter().map(String::as_str)).chain(options);
        let forge = Forge::new();
        world.run_on_github(&forge, "pull_request", &arguments.collect::<Vec<_>>()).finish().expect(1);
        let state = forge.state();
        let body = &state.comments[0].body;
        assert!(body.chars().count() <= 65_536, "{tasks} tasks");
        assert!(
            body.contains("CodeArts Check: check failed to run") && body.contains("[pipeline run]("),
            "{body}"
        );
        assert_eq!(
            body.contains("_Omitted to stay within the size limit: failing steps._"),
            is_cut,
            "{body}"
        );
        assert_eq!(body.contains("**Why it failed**"), !is_cut, "{body}");
    }
}
