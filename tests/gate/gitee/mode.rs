//! `check --pull-request` on Gitee and GitCode, from the first look at the pull request to the comment.

use crate::kit::forge::{Forge, PullRequest, pull_request};
use crate::kit::scenario::{SUCCEEDED, scenario, task};
use crate::kit::{TASK, World};
use serde_json::json;

/// Another commit than the one of the event.
const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";
/// Covers all lines of the file in which the sandbox finds something.
const PATCH: &str = "@@ -0,0 +1,3 @@\n+one\n+two\n+three";

/// Pass, findings on changed lines, findings elsewhere, and a head that moves.
#[test]
fn a_pull_request_is_checked() {
    let files = |name: &str| pull_request(12).file(name, PATCH);
    type Case<'a> = (PullRequest, serde_json::Value, i32);
    let cases: [Case<'_>; 4] = [
        (files("src/net/reader.c"), json!(1), 0),
        (files("src/net/reader.c"), json!(null), 4),
        (files("src/other.c"), json!(null), 0),
        (files("src/net/reader.c").moves_to(OTHER_HEAD).at_look(3), json!(1), 6),
    ];
    for (host, forge_name, fetch_ref) in
        [("gitee.com", "gitee", json!("pull")), ("gitcode.com", "gitcode", json!(null))]
    {
        for (pull_request, gate, code) in cases.clone() {
            let forge = Forge::with(pull_request);
            let run = task().ends_at_poll(1).ends(SUCCEEDED).gate(gate.clone()).with(|script| {
                script.repository = format!("https://{host}/acme/widget.git");
                script.branch = Some("main".to_owned());
                script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
            });
            let world = World::new(scenario().task(run));
            let arguments = ["check", TASK, "--pull-request", "auto", "--report", "none"];
            let run = match forge_name {
                "gitee" => world.run_on_gitee(&forge, &arguments),
                _ => world.run_on_gitcode(&forge, &arguments),
            };
            let ended = run.finish().expect(code);
            let known = &ended.result()["tasks"][0]["pull_request"];
            assert_eq!((&known["forge"], &known["number"]), (&json!(forge_name), &json!(12)));
            let started: serde_json::Value =
                serde_json::from_slice(&world.calls("run")[0].body).expect("JSON");
            assert_eq!(started["ref"], fetch_ref, "{forge_name}: {started}");
            let requests = forge.state().requests.len();
            assert!(requests <= 15, "{requests} requests");
            assert_eq!(forge.state().gitee.comments.len(), 1, "{}", ended.stderr);
        }
    }
}
