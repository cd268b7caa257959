//! A job of Gitea Actions, and the checks that run in it.

use crate::kit::forge::Forge;
use crate::kit::scenario::{Story, Task, pdf, succeeded};
use crate::kit::{Ended, Run, TASK, World};

pub(super) const COMMENTS: &str = "POST /api/v1/repos/acme/widget/issues/12/comments";
pub(super) const CHECK: [&str; 2] = ["check", TASK];

/// A check that has passed, with a report.
pub(super) fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9]).pdf(pdf())
}

pub(super) fn run(forge: &Forge, story: impl Into<Story>, change: impl Fn(&mut Run), more: &[&str]) -> Ended {
    let world = World::new(story);
    let mut run = world.run_on_gitea(forge, &[&CHECK[..], more].concat());
    change(&mut run);
    run.finish()
}

pub(super) fn same(_: &mut Run) {}

/// An event with this text.
pub(super) fn event(run: &mut Run, name: &str, text: &str) {
    let path = run.directory().join("another-event.json");
    std::fs::write(&path, text).expect("a file");
    run.env("GITHUB_EVENT_NAME", name).env("GITHUB_EVENT_PATH", path.to_str().expect("UTF-8"));
}
