//! A job of Gitea Actions, and the checks that run in it.

use crate::kit::Run;
use crate::kit::TASK;

pub(super) const CHECK: [&str; 2] = ["check", TASK];

pub(super) fn same(_: &mut Run) {}

/// An event with this text.
pub(super) fn event(run: &mut Run, name: &str, text: &str) {
    let path = run.directory().join("another-event.json");
    std::fs::write(&path, text).expect("a file");
    run.env("GITHUB_EVENT_NAME", name).env("GITHUB_EVENT_PATH", path.to_str().expect("UTF-8"));
}
