//! Made-up histories of a task with a known truth: our run, runs of others before, during and after it, replicas that are behind,
//! nulls, lists of runs that are missing, behind or down, servers that obey the id of a run or do not, lost starts, cancels. They
//! drive the decisions that the binary uses, and no pass may come out that the truth does not bear.
//!
//! What nobody can know is left out: a replica is behind by less than [`LAG`]; without a list of runs, nobody's run begins and ends
//! between two polls, nor begins in the same gap in which ours ended, unless its progress is behind ours; and nobody starts a run
//! within a minute of the end of ours where answers are behind or missing in the moment of a cancel.

use super::*;
use crate::codearts::runs::{Answer, Started, Step, find, understand};
use fastrand::Rng;
use std::ops::AddAssign;

/// By how much a replica is behind at most, in seconds.
const LAG: f64 = 20.0;
/// Longest gap between two polls, in seconds.
const POLL_GAP: f64 = 15.0;
/// Gap between polls while a status is doubtful.
const DOUBT_GAP: f64 = 10.0;

/// One run, as it truly was. Times in seconds.
#[derive(Clone, Debug)]
struct Run {
    id: String,
    start: f64,
    end: f64,
    result: TaskStatus,
}

/// How a start comes out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum StartKind {
    /// The answer names the run.
    Named,
    /// The answer is good and names none.
    Accepted,
    /// The answer names the run before.
    OldId,
    /// The answer is lost, the run was started.
    LostAnswer,
    /// The request is lost, nothing was started.
    LostRequest,
}

/// One history.
#[derive(Debug)]
struct History {
    rng: Rng,
    runs: Vec<Run>,
    /// Which of them is ours.
    own: Option<usize>,
    start: Option<StartKind>,
    /// Share of answers that come from a replica that is behind.
    behind: f64,
    /// Share of progress answers that are null.
    nulls: f64,
    /// Whether the service lists runs, and since when the list is down, for how long.
    has_list: bool,
    list_down: (f64, f64),
    /// The same of the progress call.
    down: (f64, f64),
    /// Whether the list names a run that goes on.
    lists_running: bool,
    shows_percent: bool,
    /// Share of answers that obey the id of a run.
    obeys: f64,
    deadline: f64,
    cancel: Option<f64>,
    /// Whether the questions before a stop are answered.
    answers_at_cancel: bool,
    /// The list answer that confirmed our success was seen.
    saw_confirmation: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    histories: u32,
    passes: u32,
    others: u32,
    undecided: u32,
    stops: u32,
    false_passes: u32,
    foreign_stops: u32,
    needless: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.histories += other.histories;
        self.passes += other.passes;
        self.others += other.others;
        self.undecided += other.undecided;
        self.stops += other.stops;
        self.false_passes += other.false_passes;
        self.foreign_stops += other.foreign_stops;
        self.needless += other.needless;
    }
}

fn result(rng: &mut Rng) -> TaskStatus {
    [TaskStatus::Successful, TaskStatus::Successful, TaskStatus::Failed, TaskStatus::Stopped][rng.usize(..4)]
}

fn between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + rng.f64() * (high - low)
}

impl History {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let kinds = [
            None,
            None,
            Some(StartKind::Named),
            Some(StartKind::Named),
            Some(StartKind::Named),
            Some(StartKind::Accepted),
            Some(StartKind::OldId),
            Some(StartKind::LostAnswer),
            Some(StartKind::LostRequest),
        ];
        let start = kinds[rng.usize(..kinds.len())];
        let behind = [0.0, 0.0, 0.1, 0.4][rng.usize(..4)];
        let has_list = rng.usize(..4) > 0;
        let cancel = (rng.usize(..4) == 0).then(|| between(&mut rng, 1.0, 300.0));
        let mut history = Self {
            runs: Vec::new(),
            own: None,
            start,
            behind,
            nulls: [0.0, 0.0, 0.05, 0.3][rng.usize(..4)],
            has_list,
            list_down: (0.0, 0.0),
            down: (0.0, 0.0),
            lists_running: rng.usize(..5) > 0,
            shows_percent: rng.bool(),
            obeys: [0.0, 0.0, 1.0, 1.0, 0.5][rng.usize(..5)],
            deadline: between(&mut rng, 60.0, 900.0),
            cancel,
            answers_at_cancel: rng.usize(..4) > 0,
            saw_confirmation: false,
            rng,
        };
        if has_list && history.rng.usize(..3) == 0 {
            history.list_down =
                (between(&mut history.rng, -20.0, 200.0), between(&mut history.rng, 3.0, 120.0));
        }
        if history.may_lack_id() {
            history.nulls = history.nulls.min(0.05);
        }
        history.make_runs();
        if history.rng.usize(..4) == 0 {
            // Where ids are not known nobody's run hides in such a gap.
            let is_short = history.may_lack_id() || history.cancel.is_some() && !history.lists_running;
            let longest = if is_short { POLL_GAP } else { 200.0 };
            history.down = (between(&mut history.rng, 5.0, 200.0), between(&mut history.rng, 3.0, longest));
        }
        history
    }

    /// Whether the watched run may have to be known by statuses alone.
    fn may_lack_id(&self) -> bool {
        let is_named = self.start == Some(StartKind::Named);
        !self.has_list || !is_named && (self.list_down.1 > 0.0 || !self.lists_running)
    }

    /// Time 0 is when the gate begins; a start is sent then.
    fn make_runs(&mut self) {
        let is_strict = self.may_lack_id();
        let rng = &mut self.rng;
        // Runs before.
        let number = rng.usize(..3);
        // A start finds a task that was idle for a while; what is attached to may be anything.
        let mut end =
            if self.start.is_some() { -between(rng, LAG + 5.0, 300.0) } else { -between(rng, 0.0, 300.0) };
        let mut before = Vec::new();
        for _ in 0..number {
            let start = end - between(rng, 20.0, 200.0);
            before.push((start, end, result(rng)));
            end = start - between(rng, LAG + 1.0, 100.0);
        }
        before.reverse();
        let mut runs = before;
        // The run that is watched.
        let mut is_own = false;
        match self.start {
            None => {
                if rng.bool() {
                    let latest = runs.last().map_or(-200.0, |run| run.1);
                    let start = between(rng, latest.max(-120.0), 0.0);
                    runs.push((start, between(rng, 0.0, 250.0), result(rng)));
                }
            }
            Some(StartKind::LostRequest) => {}
            Some(StartKind::OldId) if runs.is_empty() || rng.bool() => {}
            Some(_) => {
                is_own = true;
                let start = between(rng, 0.0, 2.0);
                runs.push((
                    start,
                    start + between(rng, if is_strict { 60.0 } else { 20.0 }, 300.0),
                    result(rng),
                ));
            }
        }
        let own = is_own.then(|| runs.len() - 1);
        // Others after it.
        let mut end = runs.last().map_or(0.0, |run| run.1).max(0.0);
        let is_cancelled = self.cancel.is_some()
            && (self.behind > 0.0
                || self.list_down.1 > 0.0
                || !self.lists_running
                || !self.has_list
                || !self.answers_at_cancel);
        for _ in 0..rng.usize(..3) {
            let (last_start, last_end, _) = runs.last().copied().unwrap_or((0.0, 0.0, TaskStatus::Failed));
            let behind_ours =
                is_strict && self.shows_percent && last_end - last_start > 60.0 && last_start >= 0.0;
            let (gap, least) = if is_cancelled {
                (between(rng, 61.0, 200.0), 30.0)
            } else if behind_ours && rng.bool() {
                // Begins at once and is slow, so that its progress is seen below ours.
                (between(rng, 0.0, 5.0), 10.0 * (last_end - last_start))
            } else if is_strict {
                (between(rng, POLL_GAP + LAG + 1.0, 120.0), 30.0)
            } else {
                (between(rng, 0.0, 60.0), if self.start == Some(StartKind::Named) { 1.0 } else { 30.0 })
            };
            let start = end + gap;
            end = start + least + between(rng, 0.0, 120.0);
            runs.push((start, end, result(rng)));
        }
        self.runs = runs
            .into_iter()
            .enumerate()
            .map(|(number, (start, end, result))| Run { id: format!("run{number}"), start, end, result })
            .collect();
        self.own = own;
    }

    /// The latest run at this time.
    fn latest(&self, at: f64) -> Option<usize> {
        self.runs.iter().rposition(|run| run.start <= at)
    }

    /// The time that an answer speaks of.
    fn view(&mut self, at: f64) -> f64 {
        if self.rng.f64() < self.behind { at - self.rng.f64() * LAG } else { at }
    }

    fn shown(&self, run: Option<usize>, view: f64) -> Progress {
        let Some(run) = run.map(|run| &self.runs[run]).filter(|run| run.start <= view) else {
            return Progress { status: TaskStatus::NotChecked, percent: None };
        };
        if view >= run.end {
            return Progress { status: run.result, percent: None };
        }
        let percent = (view - run.start) / (run.end - run.start) * 100.0;
        let percent = self.shows_percent.then_some((percent / 5.0).floor() * 5.0);
        Progress { status: TaskStatus::Checking, percent }
    }

    /// An answer of the progress call, and the run behind it; `None`: no answer.
    fn progress(&mut self, at: f64) -> Option<(Progress, Option<usize>)> {
        if at >= self.down.0 && at < self.down.0 + self.down.1 {
            return None;
        }
        if self.rng.f64() < self.nulls {
            return Some((Progress { status: TaskStatus::NotChecked, percent: None }, None));
        }
        let view = self.view(at);
        let run = self.latest(view);
        Some((self.shown(run, view), run))
    }

    /// An answer of the list of runs.
    fn list(&mut self, at: f64) -> Runs {
        if !self.has_list {
            return Runs::Missing;
        }
        if at >= self.list_down.0 && at < self.list_down.0 + self.list_down.1 {
            return Runs::Down;
        }
        let view = self.view(at);
        let id = |run: Option<&Run>| run.map(|run| run.id.clone());
        let lists_running = self.lists_running;
        let last = self.runs.iter().rfind(|run| if lists_running { run.start } else { run.end } <= view);
        let successful =
            self.runs.iter().rfind(|run| run.end <= view && run.result == TaskStatus::Successful);
        Runs::Listed(LastJobs { last: id(last), last_successful: id(successful) })
    }

    /// What the rounds of questions about a run bring.
    fn answer_about(&mut self, run: &str, at: f64) -> Option<TaskStatus> {
        let mut status = None;
        for _ in 0..3 {
            let plain = self.progress(at)?.0.status;
            let mut ask = |run: Option<usize>| {
                if self.rng.f64() < self.obeys {
                    if self.rng.f64() < self.nulls {
                        return Some(TaskStatus::NotChecked);
                    }
                    let view = self.view(at);
                    return Some(
                        run.map_or(TaskStatus::NotChecked, |run| self.shown(Some(run), view).status),
                    );
                }
                self.progress(at).map(|answer| answer.0.status)
            };
            let impossible = ask(None)?;
            let position = run.strip_prefix("run").and_then(|number| number.parse().ok());
            let about = ask(position)?;
            let obeys = plain != TaskStatus::NotChecked
                && impossible == TaskStatus::NotChecked
                && about != TaskStatus::NotChecked;
            if !obeys || *status.get_or_insert(about) != about {
                return None;
            }
        }
        status
    }

    fn readable(runs: Runs) -> Option<LastJobs> {
        match runs {
            Runs::Listed(runs) => Some(runs),
            _ => None,
        }
    }

    /// The proof to begin with, and whether its run may be stopped as ours. `None`: nothing was started, and that is known.
    fn begin(&mut self) -> Option<(Proof, bool)> {
        let patience = Patience::default();
        let Some(kind) = self.start else { return Some((Proof::shown(patience), false)) };
        // Asked before the start, which is at 0.
        let status = loop {
            if let Some((progress, ..)) = self.progress(-0.2) {
                break progress.status;
            }
        };
        let before = Before::new(status, Self::readable(self.list(-0.1)));
        if status == TaskStatus::Checking {
            return Some((Proof::unnamed(patience, before.of_active(), true), false));
        }
        let own = self.own.map(|own| self.runs[own].id.clone());
        let answer = match kind {
            StartKind::Named => Answer::Accepted(own),
            StartKind::Accepted => Answer::Accepted(None),
            // Such an answer is recognised where the runs from before are known.
            StartKind::OldId => {
                let old = before.runs.as_ref().and_then(|runs| runs.last.clone());
                Answer::Accepted(old)
            }
            StartKind::LostAnswer | StartKind::LostRequest => Answer::Lost,
        };
        match understand(answer, &before, 1) {
            Step::Done(Started::Named(id)) => Some((Proof::started(patience, id, before), true)),
            Step::Done(Started::Unnamed { seen_running }) => {
                Some((Proof::unnamed(patience, before, seen_running), false))
            }
            Step::Active => Some((Proof::unnamed(patience, before.of_active(), false), false)),
            Step::Look => {
                for look in 0..4 {
                    let at = 2.5 + f64::from(look) * 2.0;
                    let runs = Self::readable(self.list(at));
                    let Some((progress, ..)) = self.progress(at) else { continue };
                    if let Some(seen_running) = find(&before, progress.status, runs.as_ref()) {
                        return Some((Proof::unnamed(patience, before, seen_running), false));
                    }
                }
                // The binary would start once more; here that is the end.
                None
            }
        }
    }

    /// Lives through it.
    fn run(&mut self) -> Tally {
        let mut tally = Tally { histories: 1, ..Tally::default() };
        let Some((mut proof, is_own)) = self.begin() else {
            tally.undecided = 1;
            return tally;
        };
        let has_before = proof.before.runs.is_some();
        let mut at = if self.start.is_some() { 10.0 } else { 0.0 };
        // Runs that an attached gate may judge: those shown until its first answer.
        let mut allowed: Option<Vec<usize>> = None;
        let mut seen_running = false;
        let end = loop {
            if let Some(cancel) = self.cancel.filter(|cancel| *cancel < at) {
                self.stop(&proof, is_own, cancel, &mut tally);
                break Next::Wait;
            }
            let is_last = at >= self.deadline;
            let mut gap = between(&mut self.rng, 0.25, POLL_GAP);
            if let Some((progress, run)) = self.progress(at) {
                let elapsed = Duration::from_secs_f64(at);
                if !seen_running && progress.status != TaskStatus::NotChecked {
                    let first = allowed.as_ref().and_then(|allowed| allowed.first().copied()).or(run);
                    allowed = Some((first.unwrap_or(0)..=self.latest(at).unwrap_or(0)).collect());
                    seen_running = progress.status == TaskStatus::Checking;
                }
                let runs = if proof.wants_runs(elapsed, &progress) { self.list(at) } else { Runs::NotAsked };
                let about_run = match proof.wants_answer(&progress, &runs).map(str::to_owned) {
                    Some(id) => self.answer_about(&id, at),
                    None => None,
                };
                if let (Runs::Listed(runs), Some(own)) = (&runs, self.own) {
                    self.saw_confirmation |= runs.last_successful.as_ref() == Some(&self.runs[own].id);
                }
                let next = proof.weigh(&Look { at: elapsed, progress, runs, about_run, is_last });
                match next {
                    Next::Ended(_) | Next::Lost(_) => break next,
                    Next::Doubt => gap = gap.min(DOUBT_GAP),
                    Next::Wait => {}
                }
            }
            if is_last {
                break Next::Wait;
            }
            at = (at + gap).min(self.deadline);
        };
        match end {
            Next::Ended(TaskStatus::Successful) => {
                tally.passes = 1;
                tally.false_passes = u32::from(!self.bears(&proof, is_own, allowed.as_deref(), at));
            }
            Next::Ended(_) => tally.others = 1,
            Next::Wait | Next::Doubt | Next::Lost(_) => tally.undecided = 1,
        }
        let is_cancelled = self.cancel.is_some_and(|cancel| cancel < at);
        let is_confirmed = self.saw_confirmation && has_before;
        tally.needless = u32::from(is_own && is_confirmed && tally.passes == 0 && !is_cancelled);
        tally
    }

    /// Whether the truth bears a pass.
    fn bears(&self, proof: &Proof, is_own: bool, allowed: Option<&[usize]>, at: f64) -> bool {
        let has_succeeded = |run: &Run| run.result == TaskStatus::Successful && run.end <= at;
        let watched = proof.id().and_then(|id| self.runs.iter().find(|run| run.id == id));
        if let Some(run) = watched
            && !has_succeeded(run)
        {
            return false;
        }
        match (self.start, self.own) {
            (None, _) => {
                let allowed = allowed.unwrap_or_default();
                let id = watched.map(|run| &run.id);
                allowed.iter().any(|run| {
                    let run = &self.runs[*run];
                    // Beside a success, a list without running runs may name the one before.
                    has_succeeded(run) && (!self.lists_running || id.is_none_or(|id| *id == run.id))
                })
            }
            (Some(_), Some(own)) if is_own => has_succeeded(&self.runs[own]),
            // A run that began with our request or after it.
            (Some(_), _) => {
                let id = watched.map(|run| &run.id);
                let is_new = |run: &&Run| run.start >= -LAG && id.is_none_or(|id| *id == run.id);
                self.runs.iter().filter(is_new).any(has_succeeded)
            }
        }
    }

    fn stop(&mut self, proof: &Proof, is_own: bool, at: f64, tally: &mut Tally) {
        if !is_own {
            return;
        }
        let (progress, runs) = if self.answers_at_cancel {
            (self.progress(at).map(|answer| answer.0), self.list(at))
        } else {
            (None, Runs::Down)
        };
        if active(proof, Duration::from_secs_f64(at), progress.as_ref(), &runs) == Active::Watched {
            tally.stops = 1;
            let running = self.latest(at).filter(|run| self.runs[*run].end > at);
            tally.foreign_stops = u32::from(running.is_some() && running != self.own);
        }
    }
}

/// How many histories are made up.
const HISTORIES: u64 = 120_000;

/// What the histories of one kind come to: for finding out, not for CI.
#[test]
fn no_pass_that_the_truth_does_not_bear() {
    let mut tally = Tally::default();
    for seed in 0..HISTORIES {
        let mut history = History::new(seed);
        let one = history.run();
        assert_eq!(
            (one.false_passes, one.foreign_stops, one.needless),
            (0, 0, 0),
            "history {seed}: {history:#?}"
        );
        tally += one;
    }
    // The histories are not trivial.
    assert!(tally.passes > 20_000 && tally.others > 20_000 && tally.stops > 1_000, "{tally:?}");
}
