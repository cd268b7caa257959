//! A job of GitHub Actions, and the checks that run in it.

use crate::kit::forge::Forge;
use crate::kit::scenario::{Story, Task, pdf, succeeded};
use crate::kit::{Ended, TASK, World};

pub(super) const COMMENTS: &str = "POST /repos/acme/widget/issues/12/comments";
pub(super) const CHECK: [&str; 2] = ["check", TASK];

/// A check that has passed, with a report.
pub(super) fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9]).pdf(pdf())
}

pub(super) fn run(forge: &Forge, event: &str, story: impl Into<Story>, more: &[&str]) -> Ended {
    World::new(story).run_on_github(forge, event, &[&CHECK[..], more].concat()).finish()
}

pub(super) fn pdf_of(ended: &Ended) -> Vec<u8> {
    std::fs::read(ended.reports.join(format!("{TASK}.pdf"))).expect("the PDF")
}
