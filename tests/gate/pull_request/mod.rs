//! `check --pull-request`: the code of a pull request is checked, and nothing passes that is not its head.

mod concurrency;
mod faults;
mod hostile;
mod jobs;
mod request;
mod setup;
mod table;

use crate::kit::scenario::{Story, Task, scenario, task};
use crate::kit::{TASK, World};
use codearts_gate::sandbox::scenario::TaskScript;

/// The project that the full task is in.
pub(super) const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
/// Another commit than the one of the event.
pub(super) const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";
/// The mode, without a report.
pub(super) const CHECK: [&str; 6] = ["check", TASK, "--pull-request", "auto", "--report", "none"];

/// The full task of the branch that the pull requests of the kit lead to.
pub(super) fn parent(task: Task) -> Task {
    task.with(|script| {
        script.repository = "https://github.com/acme/widget.git".to_owned();
        script.branch = Some("main".to_owned());
        script.project = Some(PROJECT.to_owned());
    })
}

/// A service with that task.
pub(super) fn story(task: Task) -> Story {
    scenario().task(parent(task))
}

/// A service whose full task is set up in another way.
pub(super) fn parent_with(change: impl FnOnce(&mut TaskScript)) -> Story {
    scenario().task(parent(task().ends_at_poll(1)).with(change))
}

/// How many runs were started, and how many merge-request tasks are left.
pub(super) fn traces(world: &World) -> (usize, usize) {
    (world.calls("run").len(), world.sandbox.created_tasks().len())
}
