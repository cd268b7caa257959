//! Replays thousands of runs and compares when polling would have noticed the end: `cargo bench --bench waiting`.
//!
//! Waste has no unit: mean delay times mean requests over mean duration; a fixed gap that is short against the runs has
//! 0.5. `TRACES=file` replays other recorded runs than those in `benches/traces.txt`; `UPDATE_DOCS=1` writes the table
//! and the chart of `docs/waiting.md`.

#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints")]

#[path = "shared/chart.rs"]
mod chart;

use chart::{Mark, chart};
use codearts_gate::wait::schedule::{GAP_LIMIT, GAP_SHARE, JITTER};
use codearts_gate::wait::{Budget, Pacer, Schedule};
use std::fmt::Write as _;
use std::time::Duration;

/// Random runs a case.
const RUNS: usize = 2000;
/// Earlier runs that are known, where some are.
const HISTORY: usize = 10;
/// How often each recorded run is replayed, each time at another moment against the polls.
const REPLAYS: usize = 200;
/// How progress is reported.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Missing,
    /// In steps of so much; real progress is a power of time.
    Steps(f64),
    /// Stands still at so much.
    Stuck(f64),
    /// From 30 % to 80 % at once.
    Jump,
    /// Starts again after a half.
    Backward,
    /// Rises three times too fast to 60 %, then stands still to the end.
    Plateau,
}

const SHAPES: [(&str, Shape); 9] = [
    ("no progress", Shape::Missing),
    ("good progress", Shape::Steps(0.001)),
    ("1 % steps", Shape::Steps(0.01)),
    ("5 % steps", Shape::Steps(0.05)),
    ("stuck at 50 %", Shape::Stuck(0.5)),
    ("stuck at 99 %", Shape::Stuck(0.99)),
    ("jumps", Shape::Jump),
    ("backward", Shape::Backward),
    ("plateau", Shape::Plateau),
];

/// Shapes that say nothing of the end.
const USELESS: [&str; 5] = ["no progress", "stuck at 50 %", "stuck at 99 %", "jumps", "plateau"];

/// One run.
#[derive(Clone)]
struct Run {
    duration: f64,
    /// Exponent of the time, for the progress.
    exponent: f64,
    /// Or what was recorded: when which share was reached.
    recorded: Vec<(f64, f64)>,
}

impl Run {
    fn share(&self, at: f64) -> f64 {
        if self.recorded.is_empty() {
            return (at / self.duration).powf(self.exponent).min(0.9999);
        }
        let reached = self.recorded.iter().take_while(|(when, _)| *when <= at).last();
        reached.map_or(0.0, |(_, share)| *share)
    }

    fn progress(&self, shape: Shape, at: f64) -> Option<f64> {
        let share = self.share(at);
        let in_steps = |share: f64, step: f64| ((share / step + 1e-9).floor() * step).clamp(0.0, 1.0);
        match shape {
            Shape::Missing => None,
            Shape::Steps(step) => Some(in_steps(share, step)),
            Shape::Stuck(most) => Some(in_steps(share * 1.6, 0.05).min(most)),
            Shape::Jump => Some(if share < 0.3 { in_steps(share, 0.05) } else { 0.8 }),
            Shape::Backward => Some(in_steps(if share < 0.5 { share * 1.8 } else { share - 0.4 }, 0.05)),
            Shape::Plateau => Some(in_steps((share * 3.0).min(0.6), 0.05)),
        }
    }
}

/// Delay and number of polls.
type Noticed = (f64, u32);

fn adaptive(run: &Run, shape: Shape, history: &[Duration], random: &mut fastrand::Rng) -> Noticed {
    let mut pacer = Pacer::new(Schedule::Auto(Budget::default()));
    pacer.learn_history(history);
    by_gaps(run.duration, |_, now| {
        let progress = run.progress(shape, now);
        pacer.next(Duration::from_secs_f64(now), progress, Duration::ZERO, random.f64()).as_secs_f64()
    })
}

fn by_gaps(duration: f64, mut gap: impl FnMut(u32, f64) -> f64) -> Noticed {
    let (mut now, mut polls) = (0.0, 0);
    loop {
        polls += 1;
        if now >= duration {
            return (now - duration, polls);
        }
        now += gap(polls, now);
    }
}

/// What other tools do; the random number is for those that use one.
type Others = (&'static str, fn(u32, f64) -> f64);
const OTHERS: [Others; 8] = [
    ("fixed 5 s", |_, _| 5.0),
    ("fixed 10 s", |_, _| 10.0),
    ("fixed 30 s", |_, _| 30.0),
    ("doubling, 2 s to 60 s", |poll, _| 2f64.powi(poll.min(6) as i32).min(60.0)),
    ("Fibonacci, 1 s to 60 s", |poll, _| fibonacci(poll).min(60.0)),
    ("growing by 5 s", |poll, _| 5.0 * f64::from(poll)),
    ("AWS waiter, 15 s", |_, _| 15.0),
    // As newer AWS clients do it: at random between the least delay and a doubling one, which is capped.
    ("AWS waiter, 2 s to 120 s", |poll, random| {
        2.0 + random * (2f64.powi(poll.min(7) as i32).min(120.0) - 2.0)
    }),
];

fn fibonacci(poll: u32) -> f64 {
    let (mut one, mut two) = (1.0, 1.0);
    for _ in 1..poll.min(20) {
        (one, two) = (two, one + two);
    }
    one
}

struct Row {
    name: String,
    is_auto: bool,
    lag: f64,
    p95: f64,
    requests: f64,
    waste: f64,
    /// Share of delays beyond the limit of the gap.
    beyond: f64,
}

fn row(name: &str, runs: &[Run], mut policy: impl FnMut(&Run) -> Noticed) -> Row {
    let noticed: Vec<Noticed> = runs.iter().map(&mut policy).collect();
    let number = runs.len() as f64;
    let limit = |run: &Run| (GAP_SHARE * run.duration).max(GAP_LIMIT.as_secs_f64()) * (1.0 + JITTER);
    let beyond = noticed.iter().zip(runs).filter(|((lag, _), run)| *lag > limit(run)).count();
    let mut lags: Vec<f64> = noticed.iter().map(|(lag, _)| *lag).collect();
    lags.sort_by(f64::total_cmp);
    let lag = lags.iter().sum::<f64>() / number;
    let requests = noticed.iter().map(|(_, polls)| f64::from(*polls)).sum::<f64>() / number;
    let duration = runs.iter().map(|run| run.duration).sum::<f64>() / number;
    Row {
        name: name.to_owned(),
        is_auto: false,
        lag,
        p95: lags[lags.len() * 95 / 100],
        requests,
        waste: lag * requests / duration,
        beyond: beyond as f64 / number,
    }
}

/// Runs of one kind, and the figures of each policy.
struct Case {
    title: String,
    /// Of durations; `None` where they are not drawn from one distribution.
    median: Option<f64>,
    rows: Vec<Row>,
    /// Every fixed interval from 3 to 15 s.
    fixed: Vec<Row>,
}

impl Case {
    fn new(title: &str, median: Option<f64>, runs: &[Run], history: &[Duration]) -> Self {
        let mut rows: Vec<Row> = OTHERS
            .iter()
            .map(|(name, gap)| {
                let mut random = fastrand::Rng::with_seed(5);
                row(name, runs, |run| by_gaps(run.duration, |poll, _| gap(poll, random.f64())))
            })
            .collect();
        let mut add = |name: String, shape, history: &[Duration]| {
            let mut random = fastrand::Rng::with_seed(11);
            let row = row(&name, runs, |run| adaptive(run, shape, history, &mut random));
            rows.push(Row { is_auto: true, ..row });
        };
        let is_recorded = runs.iter().any(|run| !run.recorded.is_empty());
        for (name, shape) in SHAPES
            .into_iter()
            .filter(|(_, shape)| !is_recorded || matches!(shape, Shape::Missing | Shape::Steps(0.01 | 0.05)))
        {
            add(name.to_owned(), shape, &[]);
        }
        if !history.is_empty() {
            add("no progress, history".to_owned(), Shape::Missing, history);
            add("5 % steps, history".to_owned(), Shape::Steps(0.05), history);
        }
        let fixed = (3..=15)
            .map(|gap| {
                row(&format!("fixed {gap} s"), runs, |run| by_gaps(run.duration, |_, _| f64::from(gap)))
            })
            .collect();
        Self { title: title.to_owned(), median, rows, fixed }
    }

    /// What is promised for short runs whose progress says nothing of the end.
    fn short_run_promises(&self) -> Vec<(String, bool)> {
        let every_five = self.row("fixed 5 s").requests;
        USELESS
            .into_iter()
            .flat_map(|name| {
                let Row { lag, requests, .. } = *self.row(name);
                let better = self.fixed.iter().find(|fixed| fixed.lag < lag && fixed.requests < requests);
                let better = better.map_or("none", |fixed| &fixed.name);
                let title = format!("{}, {name}", self.title);
                [
                    (format!("{title}: mean delay {lag:.2} s, at most 3 s"), lag <= 3.0),
                    (
                        format!(
                            "{title}: {requests:.1} requests, fixed 5 s {every_five:.1}, at most 1.1 times"
                        ),
                        requests <= 1.1 * every_five,
                    ),
                    (
                        format!("{title}: fixed 3 s to 15 s that is better in both: {better}"),
                        better == "none",
                    ),
                ]
            })
            .collect()
    }

    fn row(&self, name: &str) -> &Row {
        self.rows.iter().find(|row| row.name == name).expect("a row")
    }

    fn print(&self) {
        println!("{}", self.title);
        for Row { name, is_auto, lag, p95, requests, waste, beyond } in &self.rows {
            let name = if *is_auto { format!("auto, {name}") } else { name.clone() };
            println!("  {name:<28} {lag:>8.2} {p95:>8.2} {requests:>9.1} {waste:>7.3} {beyond:>7.4}");
        }
    }

    /// For the docs.
    fn table(&self) -> String {
        let mut text = format!(
            "### {}\n\n| | mean delay | 95 % within | requests | waste |\n|---|---:|---:|---:|---:|\n",
            self.title
        );
        for Row { name, is_auto, lag, p95, requests, waste, .. } in &self.rows {
            let name = if *is_auto { format!("**`auto`, {name}**") } else { name.clone() };
            let _ = writeln!(text, "| {name} | {lag:.2} s | {p95:.1} s | {requests:.1} | {waste:.3} |");
        }
        text
    }
}

fn normal(random: &mut fastrand::Rng) -> f64 {
    (-2.0 * random.f64().max(1e-12).ln()).sqrt() * (2.0 * std::f64::consts::PI * random.f64()).cos()
}

/// Runs with durations from `draw`.
fn made_up(title: &str, median: Option<f64>, draw: impl Fn(&mut fastrand::Rng) -> f64) -> Case {
    let mut random = fastrand::Rng::with_seed(7);
    let runs: Vec<Run> = (0..RUNS)
        .map(|_| {
            let duration = draw(&mut random);
            Run { duration, exponent: (0.1 * normal(&mut random)).exp(), recorded: Vec::new() }
        })
        .collect();
    let history: Vec<Duration> = (0..HISTORY).map(|_| Duration::from_secs_f64(draw(&mut random))).collect();
    Case::new(title, median, &runs, &history)
}

/// Recorded runs: a line each, its seconds, then `seconds:percent` whenever the progress changed.
fn recorded(text: &str) -> Vec<Run> {
    let mut random = fastrand::Rng::with_seed(3);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let read = |line: &str| {
        let (duration, progress) = line.split_once(' ').unwrap_or((line, ""));
        let pair = |pair: &str| {
            let (when, percent) = pair.split_once(':').expect("seconds:percent");
            (when.parse::<f64>().expect("seconds"), percent.parse::<f64>().expect("percent") / 100.0)
        };
        let recorded = progress.split_whitespace().map(pair).collect();
        Run { duration: duration.parse().expect("seconds"), exponent: 1.0, recorded }
    };
    lines
        .map(read)
        .flat_map(|run| {
            // A little quicker or slower, so that the end meets the polls at any moment.
            let replay = |_| {
                let speed = 0.9 + 0.2 * random.f64();
                let recorded = run.recorded.iter().map(|(when, share)| (when * speed, *share)).collect();
                Run { duration: run.duration * speed, recorded, ..run.clone() }
            };
            (0..REPLAYS).map(replay).collect::<Vec<_>>()
        })
        .collect()
}

/// What is promised, and whether it holds.
fn promises(cases: &[Case]) -> Vec<(String, bool)> {
    let at = |seconds: f64| {
        cases
            .iter()
            .find(move |case| case.median == Some(seconds) && case.title.ends_with("0.5"))
            .expect("a case")
    };
    let mut promises = Vec::new();
    for median in [60.0, 300.0, 1200.0] {
        let waste = at(median).row("5 % steps").waste;
        promises.push((
            format!("waste with 5 % steps, median {median} s: {waste:.3}, at most 0.06"),
            waste <= 0.06,
        ));
    }
    let (auto, fixed) = (at(300.0).row("5 % steps"), at(300.0).row("fixed 5 s"));
    let ratio = auto.lag / fixed.lag;
    promises.push((format!("mean delay against fixed 5 s: {ratio:.2}, at most 0.6"), ratio <= 0.6));
    let ratio = auto.requests / fixed.requests;
    promises.push((format!("with this share of its requests: {ratio:.2}, at most 0.5"), ratio <= 0.5));
    for median in [35.0, 60.0] {
        promises.extend(at(median).short_run_promises());
    }
    // Long runs pay for short ones with what the budget grants in advance, and with nothing else.
    for median in [300.0, 1200.0] {
        let (auto, fixed) = (at(median).row("no progress"), at(median).row("fixed 10 s"));
        let more = auto.requests - fixed.requests;
        promises.push((
            format!(
                "nothing known, median {median} s: mean delay {:.2} s, fixed 10 s {:.2} s, at most 1.03 times",
                auto.lag, fixed.lag
            ),
            auto.lag <= 1.03 * fixed.lag,
        ));
        promises.push((
            format!("nothing known, median {median} s: {more:.1} more requests, at most 9"),
            more <= 9.0,
        ));
    }
    for median in [35.0, 60.0, 300.0, 1200.0] {
        let (plateau, missing) = (at(median).row("plateau"), at(median).row("no progress"));
        let (lag, requests) = (plateau.lag / missing.lag, plateau.requests / missing.requests);
        promises.push((
            format!("plateau against no progress, median {median} s: delay {lag:.2}, requests {requests:.2} times, at most 1.05"),
            lag <= 1.05 && requests <= 1.05,
        ));
    }
    for case in cases {
        let fixed = case.row("fixed 5 s").requests;
        let auto = || case.rows.iter().filter(|row| row.is_auto);
        let most = auto().max_by(|one, other| one.requests.total_cmp(&other.requests)).expect("a row");
        let text = format!(
            "{}: most requests {:.1} ({}), fixed 5 s {fixed:.1}",
            case.title, most.requests, most.name
        );
        promises.push((text, most.requests <= fixed));
        let beyond = auto().map(|row| row.beyond).fold(0.0, f64::max);
        promises.push((
            format!("{}: share of delays beyond the gap limit {beyond:.4}, at most 0.05", case.title),
            beyond <= 0.05,
        ));
    }
    promises
}

fn main() {
    let log_normal = |median: f64, sigma: f64| {
        made_up(&format!("median {median} s, sigma {sigma}"), Some(median), move |random| {
            median * (sigma * normal(random)).exp()
        })
    };
    let mut cases: Vec<Case> =
        [(35.0, 0.5), (60.0, 0.5), (300.0, 0.25), (300.0, 0.5), (300.0, 1.0), (1200.0, 0.5)]
            .map(|(median, sigma)| log_normal(median, sigma))
            .into();
    cases.push(made_up("half around 60 s, half around 600 s", None, |random| {
        let median = if random.bool() { 60.0 } else { 600.0 };
        median * (0.15 * normal(random)).exp()
    }));
    let file = std::env::var("TRACES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/benches/traces.txt").to_owned());
    let text = std::fs::read_to_string(&file).expect("recorded runs");
    cases.push(Case::new("recorded compilations", None, &recorded(&text), &[]));

    println!(
        "{:<30} {:>8} {:>8} {:>9} {:>7} {:>7}",
        "policy", "lag s", "p95 s", "requests", "waste", "beyond"
    );
    cases.iter().for_each(Case::print);
    println!("promises");
    for (text, is_kept) in promises(&cases) {
        println!("  {:<6} {text}", if is_kept { "kept" } else { "BROKEN" });
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        write_docs(&cases);
    }
}

fn write_docs(cases: &[Case]) {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/docs");
    let page = std::fs::read_to_string(format!("{docs}/waiting.md")).expect("the page");
    let (head, rest) = page.split_once("<!-- figures -->\n").expect("a place for figures");
    let (_, tail) = rest.split_once("<!-- /figures -->").expect("its end");
    let tables = cases.iter().map(Case::table).collect::<Vec<_>>().join("\n");
    let page = format!("{head}<!-- figures -->\n{tables}<!-- /figures -->{tail}");
    std::fs::write(format!("{docs}/waiting.md"), page).expect("the page");
    let case = cases.iter().find(|case| case.title == "median 300 s, sigma 0.5").expect("the case");
    // The other policies overlap with these, or with that without progress.
    const CHARTED: [&str; 4] = ["no progress", "no progress, history", "5 % steps", "1 % steps"];
    let marks: Vec<Mark> = case
        .rows
        .iter()
        .filter(|row| !row.is_auto || CHARTED.contains(&row.name.as_str()))
        .map(|row| Mark {
            name: row.name.clone(),
            is_auto: row.is_auto,
            requests: row.requests,
            lag: row.lag,
        })
        .collect();
    std::fs::write(format!("{docs}/waiting.svg"), chart(&marks)).expect("the chart");
}
