//! `check --pull-request`: the code of a pull request is checked, and nothing passes that is not its head.

mod concurrency;
mod deletion;
mod faults;
mod hostile;
mod hostile_names;
mod jobs;
mod place;
mod request;
mod setup;
mod signals;
mod table;

use crate::kit::scenario::{Story, Task, scenario, task};
use crate::kit::{TASK, World};
use codearts_gate::sandbox::scenario::TaskScript;
use place::Place;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The project that the full task is in.
pub(super) const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
/// Another commit than the one of the event.
pub(crate) const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";
/// The mode, without a report.
pub(super) const CHECK: [&str; 6] = ["check", TASK, "--pull-request", "auto", "--report", "none"];

/// The full task of the branch that the pull requests of the kit lead to, on GitHub.
pub(super) fn parent(task: Task) -> Task {
    Place::GitHub.parent(task)
}

/// A service with that task.
pub(crate) fn story(task: Task) -> Story {
    Place::GitHub.story(task)
}

/// A service whose full task is set up in another way.
pub(super) fn parent_with(change: impl FnOnce(&mut TaskScript)) -> Story {
    scenario().task(parent(task().ends_at_poll(1)).with(change))
}

/// How many runs were started, and how many merge-request tasks are left.
pub(super) fn traces(world: &World) -> (usize, usize) {
    (world.calls("run").len(), world.sandbox.created_tasks().len())
}

/// Cases that run at the same time: most of them wait most of the time.
const WORKERS: usize = 4;

/// Runs cases side by side, each of which returns what is wrong.
fn side_by_side<T: Sync>(cases: &[T], run: impl Fn(&T) -> Option<String> + Sync) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let failure = run(case);
                    failures.lock().expect("no panic").extend(failure);
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
