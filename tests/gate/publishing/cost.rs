//! What publishing costs: the requests to each forge. `benches/publishing.rs` measures the time.

use super::in_diff::{each, finding, one, two_hunks};
use super::place::{PLACES, Place};
use crate::kit::forge::Forge;
use crate::kit::scenario::pdf;
use crate::kit::{TASK, World};
use crate::snapshot::assert_shown;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// The requests of a job of this number that finds this, with how often each was sent.
fn requests(
    place: Place,
    forge: &Forge,
    job: &str,
    targets: &str,
    rows: &[Value],
) -> BTreeMap<String, usize> {
    let world = World::new(place.story(finding(rows).pdf(pdf())));
    let arguments = ["check", TASK, "--pull-request", "auto", "--publish", targets];
    let mut run = place.command(&world, forge, &arguments);
    // The comment of another job links to other pages.
    run.env("GITHUB_RUN_ID", job).env("CI_JOB_ID", job).env("ATOMGIT_RUN_ID", job);
    {
        let mut state = forge.state();
        state.forget_requests();
        state.artifacts.clear();
    }
    run.finish().expect(0);
    let mut counts = BTreeMap::new();
    for (line, _) in &forge.state().requests {
        *counts.entry(shape(line)).or_default() += 1;
    }
    counts
}

/// Method and path, without the ids of what was made: comments of both kinds are made at the same time.
fn shape(line: &str) -> String {
    let path = line.split('?').next().unwrap_or_default();
    let is_id =
        |part: &str| part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_hexdigit()) && part != "1001";
    path.split('/').map(|part| if is_id(part) { "ID" } else { part }).collect::<Vec<_>>().join("/")
}

/// Those of publishing: what a job that publishes nothing requests does not count.
fn publishing(place: Place, forge: &Forge, job: &str, rows: &[Value]) -> BTreeMap<String, usize> {
    let targets = match place {
        Place::GitHub | Place::GitLab | Place::Gitea | Place::Forgejo => "artifact,comment,review",
        Place::Gitee | Place::GitCode | Place::CodeArtsRepo => "comment,review",
    };
    let nothing = requests(place, forge, job, "none", rows);
    let mut all = requests(place, forge, job, targets, rows);
    for (line, number) in nothing {
        *all.get_mut(&line).expect("the same requests") -= number;
    }
    all.retain(|_, number| *number > 0);
    all
}

/// Whether a forge is asked at most five times, beside the store for artifacts. Gitea shows each comment in the diff by itself.
fn is_cheap(place: Place, sent: &BTreeMap<String, usize>) -> bool {
    let is_of_forge = |line: &str| !line.contains("/twirp/") && !line.contains("/store/");
    let all: usize = sent.iter().filter(|(line, _)| is_of_forge(line)).map(|(_, number)| number).sum();
    let by_itself = if matches!(place, Place::Gitea | Place::Forgejo) { 2 } else { 0 };
    all <= 5 + by_itself
}

/// A first job; one that finds something else; one that finds the same again, whose comment has other links or another duration
/// all the same, as a rule.
#[test]
fn requests_of_three_jobs() {
    let tables = Mutex::new(BTreeMap::new());
    each(|place| {
        let forge = two_hunks(place);
        let jobs = [
            ("first", "551", [one(1, 1), one(2, 3)]),
            ("changed", "552", [one(2, 3), one(3, 42)]),
            ("unchanged", "553", [one(2, 3), one(3, 42)]),
        ];
        let mut table = String::new();
        for (name, job, rows) in jobs {
            let mut sent = publishing(place, &forge, job, &rows);
            if name == "unchanged" {
                assert!(is_cheap(place, &sent), "{place:?}: {sent:?}");
                sent.retain(|line, _| !line.starts_with(place.edit()));
            }
            table += &format!("{place:?}, {name}: {}\n", sent.values().sum::<usize>());
            for (line, number) in &sent {
                table += &format!("    {number} {line}\n");
            }
        }
        let at = PLACES.iter().position(|other| *other == place);
        tables.lock().expect("tables").insert(at, table);
    });
    let tables: Vec<String> = tables.into_inner().expect("tables").into_values().collect();
    assert_shown!("requests_of_publishing", tables.concat());
}
