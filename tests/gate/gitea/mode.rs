//! `check --pull-request`: the code of a pull request of Gitea.

use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{Task, scenario, task};
use crate::kit::{Ended, TASK, World};

const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";
const CHECK: [&str; 8] = ["check", TASK, "--pull-request", "auto", "--report", "none", "--max-critical", "0"];

fn check(forge: &Forge, task: Task) -> Ended {
    let parent = task.with(|script| {
        script.repository = "https://gitea.example/acme/widget.git".to_owned();
        script.branch = Some("main".to_owned());
        script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
    });
    let world = World::new(scenario().task(parent));
    world.run_on_gitea(forge, &CHECK).finish()
}

#[test]
fn a_head_that_moves_is_stale() {
    let forge = Forge::with(pull_request(12).moves_to(OTHER_HEAD).at_look(3));
    check(&forge, task().ends_at_poll(1)).expect(6);
}
