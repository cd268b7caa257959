//! `check --pull-request`: the code of a pull request of Gitea.

use crate::kit::forge::{Forge, HEAD, pull_request};
use crate::kit::scenario::{Task, scenario, task};
use crate::kit::{Ended, TASK, World};
use serde_json::json;

const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";
const CHECK: [&str; 8] = ["check", TASK, "--pull-request", "auto", "--report", "none", "--max-critical", "0"];

fn check(forge: &Forge, task: Task) -> (World, Ended) {
    let parent = task.with(|script| {
        script.repository = "https://gitea.example/acme/widget.git".to_owned();
        script.branch = Some("main".to_owned());
        script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
    });
    let world = World::new(scenario().task(parent));
    let ended = world.run_on_gitea(forge, &CHECK).finish();
    (world, ended)
}

/// CodeArts fetches it as `pull`, and only findings on changed lines count.
#[test]
fn the_code_of_the_pull_request_is_checked() {
    let row = |path: &str, line: &str| {
        json!({"defect_id": path, "defect_level": "0", "defect_status": "0", "defect_checker_name": "R",
               "defect_content": "m", "file_path": path, "line_number": line})
    };
    let rows = || vec![row("src/a.c", "2"), row("src/b.c", "1")];
    for (patch, code) in [("@@ -1 +1,2 @@\n a\n+b", 4), ("@@ -8 +8,2 @@\n a\n+b", 0)] {
        let forge = Forge::with(pull_request(12).file("src/a.c", patch));
        let (world, ended) = check(&forge, task().ends_at_poll(1).defects(rows()));
        let ended = ended.expect(code);
        let known = &ended.result()["tasks"][0]["pull_request"];
        assert_eq!(json!([known["forge"], known["number"], known["head"]]), json!(["gitea", 12, HEAD]));
        let body: serde_json::Value = serde_json::from_slice(&world.calls("run")[0].body).expect("JSON");
        assert_eq!(body["ref"], "pull");
        assert_eq!(forge.state().comments.len(), 1);
        let asked = forge.state().requests.iter().filter(|(line, _)| line.contains(" /api/v1/")).count();
        assert!(asked <= 12, "{asked}");
    }
}

#[test]
fn a_head_that_moves_is_stale() {
    let forge = Forge::with(pull_request(12).moves_to(OTHER_HEAD).at_look(3));
    check(&forge, task().ends_at_poll(1)).1.expect(6);
}
