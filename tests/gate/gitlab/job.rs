//! A job of GitLab CI, the checks that run in it, and the files it gets.

use crate::kit::forge::Forge;
use crate::kit::scenario::{Story, Task, pdf, succeeded};
use crate::kit::{Ended, Run, TASK, World};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const NOTES: &str = "POST /api/v4/projects/1001/merge_requests/12/notes";
pub(super) const CHECK: [&str; 2] = ["check", TASK];

/// A check that has passed, with a report.
pub(super) fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9]).pdf(pdf())
}

pub(super) fn run(forge: &Forge, story: impl Into<Story>, change: impl Fn(&mut Run), more: &[&str]) -> Ended {
    let world = World::new(story);
    let mut run = world.run_on_gitlab(forge, &[&CHECK[..], more].concat());
    change(&mut run);
    run.finish()
}

pub(super) fn same(_: &mut Run) {}

pub(super) fn without_token(run: &mut Run) {
    run.without("GITLAB_TOKEN");
}

pub(super) fn dotenv(ended: &Ended) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(ended.reports.join("codearts-gate.env")).expect("the file");
    assert!(text.len() <= 5120 && !text.contains("\n\n") && text.ends_with('\n'), "{text}");
    let pairs: Vec<(String, String)> = text
        .lines()
        .map(|line| line.split_once('=').expect("a value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let values: BTreeMap<String, String> = pairs.iter().cloned().collect();
    assert_eq!(values.len(), pairs.len(), "each name once: {text}");
    assert!(pairs.len() <= 20, "what servers of one's own take: {text}");
    values
}

pub(super) fn links(ended: &Ended) -> BTreeMap<String, String> {
    let text = std::fs::read(ended.reports.join("codearts-gate.annotations.json")).expect("the file");
    let document: Value = serde_json::from_slice(&text).expect("JSON");
    let links =
        document["CodeArts Check"].as_array().expect("a section").iter().map(|link| &link["external_link"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    links.map(|link| (text(&link["label"]), text(&link["url"]))).collect()
}
