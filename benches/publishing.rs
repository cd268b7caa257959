//! What publishing costs when every request to the forge takes 100 ms: all targets together against each of them alone, and how
//! many requests there are, on each forge: `cargo bench --bench publishing`.

#![allow(
    missing_docs,
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::type_complexity,
    reason = "a benchmark prints, and uses a part of what tests use"
)]

#[path = "../tests/gate/publishing/in_diff.rs"]
mod in_diff;
#[path = "../tests/gate/kit/mod.rs"]
mod kit;
#[path = "../tests/gate/publishing/place.rs"]
mod place;
#[path = "../tests/gate/findings/rows.rs"]
mod rows;
#[path = "shared/mod.rs"]
mod shared;

/// Where the tests have them.
mod findings {
    pub(crate) use crate::rows;
}

use in_diff::{finding, one, two_hunks};
use kit::forge::Forge;
use kit::scenario::{Task, pdf};
use kit::{TASK, World};
use place::{PLACES, Place};
use serde_json::Value;
use shared::{measured, milliseconds, promise};
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

/// How long each request to the forge takes.
const LATENCY: Duration = Duration::from_millis(100);
/// Runs of each kind, of which the median counts.
const REPEATS: usize = 5;
/// The promises: time in units of what the slowest target takes alone, and requests where the result is the one of the run before.
const TIME_LIMIT: f64 = 1.2;
const REQUESTS_LIMIT: usize = 5;
const ALL: [&str; 4] = ["summary", "artifact", "comment", "review"];

/// What one request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Of the forge: what is there.
    Read,
    /// Of the forge: whose token it is.
    Owner,
    /// Of the forge: a change.
    Write,
    /// Of the store for artifacts.
    Store,
}

const KINDS: [Kind; 4] = [Kind::Read, Kind::Owner, Kind::Write, Kind::Store];

fn kind(line: &str) -> Kind {
    let (method, target) = line.split_once(' ').expect("a target");
    if target.starts_with("/twirp/") || target.starts_with("/store/") || target.ends_with("/uploads") {
        Kind::Store
    } else if target == "/graphql" || target.ends_with("/user") {
        Kind::Owner
    } else if method == "GET" {
        Kind::Read
    } else {
        Kind::Write
    }
}

/// What a run took, and its requests of each kind.
#[derive(Clone, Debug)]
struct Cost {
    time: Duration,
    requests: BTreeMap<Kind, usize>,
}

impl Cost {
    /// Without what the run takes that publishes nothing.
    fn beyond(mut self, nothing: &Self) -> Self {
        self.time = self.time.saturating_sub(nothing.time);
        for (kind, number) in &mut self.requests {
            *number -= nothing.requests.get(kind).copied().unwrap_or_default();
        }
        self
    }

    fn of(&self, kind: Kind) -> usize {
        self.requests.get(&kind).copied().unwrap_or_default()
    }

    /// Those of the forge itself.
    fn of_forge(&self) -> usize {
        [Kind::Read, Kind::Owner, Kind::Write].map(|kind| self.of(kind)).iter().sum()
    }
}

impl Place {
    /// The targets that a job on it has.
    fn targets(self) -> Vec<&'static str> {
        let is_there = |target: &&str| match self {
            Self::GitLab => *target != "summary",
            Self::Gitee => !["summary", "artifact"].contains(target),
            Self::GitCode => *target != "artifact",
            _ => true,
        };
        ALL.into_iter().filter(is_there).collect()
    }
}

/// A check with a report that finds this.
fn check(rows: &[Value]) -> Task {
    finding(rows).pdf(pdf())
}

/// Publishes to these targets after a run that found `before`, and publishes to all.
fn publish(place: Place, targets: &[&str], before: &[Value], now: &[Value]) -> Cost {
    let forge = two_hunks(place);
    let run = |job: &str, rows: &[Value], targets: &[&str]| {
        let world = World::new(place.story(check(rows)));
        let targets = if targets.is_empty() { "none".to_owned() } else { targets.join(",") };
        let arguments = ["check", TASK, "--pull-request", "auto", "--publish", &targets];
        let mut run = place.command(&world, &forge, &arguments);
        // The comment of another job links to other pages.
        run.env("GITHUB_RUN_ID", job).env("CI_JOB_ID", job).env("ATOMGIT_RUN_ID", job);
        let begun = Instant::now();
        run.finish().expect(0);
        begun.elapsed()
    };
    run("551", before, &place.targets());
    forge.state().forget_requests();
    // Artifacts belong to a run of the job.
    forge.state().artifacts.clear();
    forge.state().latency = LATENCY;
    let time = run("552", now, targets);
    let mut requests = BTreeMap::new();
    for (line, _) in &forge.state().requests {
        *requests.entry(kind(line)).or_default() += 1;
    }
    Cost { time, requests }
}

/// The median.
fn costs(place: Place, targets: &[&str], before: &[Value], now: &[Value]) -> Cost {
    let mut all: Vec<Cost> = (0..REPEATS).map(|_| publish(place, targets, before, now)).collect();
    all.sort_by_key(|cost| cost.time);
    all.swap_remove(REPEATS / 2)
}

/// What is published on one forge, as lines of a table.
struct Row {
    place: Place,
    /// Each target alone, where something has changed.
    alone: Vec<(&'static str, Cost)>,
    /// The artifact, and the comment that links to it.
    linked: Option<Cost>,
    changed: Cost,
    unchanged: Cost,
}

impl Row {
    fn new(place: Place) -> Self {
        // One finding is gone, another is new.
        let (before, now) = ([one(1, 1), one(2, 3)], [one(2, 3), one(3, 42)]);
        let targets = place.targets();
        let nothing = costs(place, &[], &before, &now);
        let cost = |targets: &[&str]| costs(place, targets, &before, &now).beyond(&nothing);
        let alone = targets.iter().map(|target| (*target, cost(&[target]))).collect();
        let linked = targets.contains(&"artifact").then(|| cost(&["artifact", "comment"]));
        let changed = cost(&targets);
        let nothing = costs(place, &[], &now, &now);
        let unchanged = costs(place, &targets, &now, &now).beyond(&nothing);
        Self { place, alone, linked, changed, unchanged }
    }

    fn slowest(&self) -> Duration {
        self.alone.iter().map(|(_, cost)| cost.time).max().unwrap_or_default()
    }

    fn print(&self) {
        println!("{:?}", self.place);
        let line = |name: &str, cost: &Cost| {
            let numbers = KINDS.map(|kind| format!("{:>7}", cost.of(kind))).join("");
            println!("  {name:<26} {:>7.0} ms {numbers}", milliseconds(cost.time));
        };
        for (name, cost) in &self.alone {
            line(&format!("{name} alone"), cost);
        }
        if let Some(linked) = &self.linked {
            line("comment with its artifact", linked);
        }
        line("all", &self.changed);
        line("all, unchanged result", &self.unchanged);
        let ratio = |to: Duration| self.changed.time.as_secs_f64() / to.as_secs_f64();
        print!("  all: {:.2} x the slowest alone", ratio(self.slowest()));
        match &self.linked {
            Some(linked) => println!(", {:.2} x comment with its artifact", ratio(linked.time)),
            None => println!(),
        }
    }
}

fn main() {
    println!(
        "{}; {} ms a request, medians of {REPEATS} runs, without the run itself",
        measured(),
        LATENCY.as_millis()
    );
    let heads = ["reads", "owner", "writes", "store"].map(|head| format!("{head:>7}")).join("");
    println!("  {:<26} {:>10} {heads}", "", "time");
    let [places @ .., Place::CodeArtsRepo] = PLACES else {
        panic!("the last one has no comments in the diff")
    };
    // They mostly wait.
    let rows = thread::scope(|scope| {
        let rows = places.map(|place| scope.spawn(move || Row::new(place)));
        rows.map(|row| row.join().expect("figures"))
    });
    for row in rows {
        row.print();
        let place = row.place;
        if place == Place::GitHub {
            // The comment links to the artifact, so the two are the longest chain of requests that need each other.
            let longest = row.linked.as_ref().map_or(row.slowest(), |linked| linked.time.max(row.slowest()));
            let is_quick = row.changed.time.as_secs_f64() <= TIME_LIMIT * longest.as_secs_f64();
            println!("  {}", promise(is_quick, &format!("{TIME_LIMIT} x the longest chain")));
            let requests = row.unchanged.of_forge();
            let limit =
                format!("{REQUESTS_LIMIT} requests of the forge for an unchanged result, {requests} seen");
            println!("  {}", promise(requests <= REQUESTS_LIMIT, &limit));
        }
    }
}
