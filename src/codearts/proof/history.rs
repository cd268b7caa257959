//! A made-up history of a task whose truth is known, and the answers that the service gives about it at any moment. The decisions
//! are driven by it in `model.rs`, and the whole binary in ring 2, which includes this file.
//!
//! What nobody can know is left out: a replica is behind by less than [`LAG`]; without a list of runs, nobody's run begins and ends
//! between two polls, nor begins in the same gap in which the watched one ended, unless its progress is behind that one's; and nobody starts a run
//! within a minute of its end where answers are behind or missing in the moment of a cancel.

use super::{LastJobs, Progress, Runs, TaskStatus};
use fastrand::Rng;

/// By how much a replica is behind at most, in seconds.
pub(crate) const LAG: f64 = 20.0;
/// Longest gap between two polls, in seconds.
pub(crate) const POLL_GAP: f64 = 15.0;

/// One run, as it truly was. Times in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) start: f64,
    pub(crate) end: f64,
    pub(crate) result: TaskStatus,
}

/// How a start comes out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum StartKind {
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
pub(crate) struct History {
    pub(crate) rng: Rng,
    pub(crate) runs: Vec<Run>,
    /// Which of them is watched.
    pub(crate) own: Option<usize>,
    pub(crate) start: Option<StartKind>,
    /// Share of answers that come from a replica that is behind.
    pub(crate) behind: f64,
    /// Share of progress answers that are null.
    pub(crate) nulls: f64,
    /// Whether the service lists runs, and since when the list is down, for how long.
    pub(crate) has_list: bool,
    pub(crate) list_down: (f64, f64),
    /// The same of the progress call.
    pub(crate) down: (f64, f64),
    /// Whether the list names a run that goes on.
    pub(crate) lists_running: bool,
    pub(crate) shows_percent: bool,
    /// Share of answers that obey the id of a run.
    pub(crate) obeys: f64,
    pub(crate) deadline: f64,
    pub(crate) cancel: Option<f64>,
    /// Whether the questions before a stop are answered.
    pub(crate) answers_at_cancel: bool,
    /// Runs that a gate without a start may judge: those shown until the task is first seen running.
    allowed: Option<(usize, usize)>,
    seen_running: bool,
}

fn result(rng: &mut Rng) -> TaskStatus {
    [TaskStatus::Successful, TaskStatus::Successful, TaskStatus::Failed, TaskStatus::Stopped][rng.usize(..4)]
}

pub(crate) fn between(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + rng.f64() * (high - low)
}

impl History {
    pub(crate) fn new(seed: u64) -> Self {
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
            allowed: None,
            seen_running: false,
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
    pub(crate) fn may_lack_id(&self) -> bool {
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
            let behind_own =
                is_strict && self.shows_percent && last_end - last_start > 60.0 && last_start >= 0.0;
            let (gap, least) = if is_cancelled {
                (between(rng, 61.0, 200.0), 30.0)
            } else if behind_own && rng.bool() {
                // Begins at once and is slow, so that its progress is seen below that of the watched run.
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
    pub(crate) fn latest(&self, at: f64) -> Option<usize> {
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
    pub(crate) fn progress(&mut self, at: f64) -> Option<(Progress, Option<usize>)> {
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
    pub(crate) fn list(&mut self, at: f64) -> Runs {
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

    /// An answer to a question that names a run; `None` is one that does not exist.
    pub(crate) fn progress_of(&mut self, run: Option<&str>, at: f64) -> Option<Progress> {
        if self.rng.f64() >= self.obeys {
            return self.progress(at).map(|answer| answer.0);
        }
        let position = run.and_then(|id| self.runs.iter().position(|run| run.id == id));
        let is_null = self.rng.f64() < self.nulls;
        let view = self.view(at);
        Some(self.shown(position.filter(|_| !is_null), view))
    }

    /// Notes what the gate saw, and the run behind it.
    pub(crate) fn note_seen(&mut self, progress: Progress, run: Option<usize>, at: f64) {
        if self.seen_running || progress.status == TaskStatus::NotChecked {
            return;
        }
        let first = self.allowed.map_or(run.unwrap_or(0), |(first, _)| first);
        self.allowed = Some((first, self.latest(at).unwrap_or(0)));
        self.seen_running = progress.status == TaskStatus::Checking;
    }

    /// Whether the truth bears a pass at this time. `id`: the run that the gate names; `is_own`: whether the service named it in its
    /// answer to the start.
    pub(crate) fn bears(&self, id: Option<&str>, is_own: bool, at: f64) -> bool {
        let has_succeeded = |run: &&Run| run.result == TaskStatus::Successful && run.end <= at;
        let is_named = |run: &&Run| id.is_none_or(|id| id == run.id);
        let named = id.and_then(|id| self.runs.iter().find(|run| run.id == id));
        if named.is_some_and(|run| !has_succeeded(&run)) {
            return false;
        }
        match (self.start, self.own, self.allowed) {
            (None, _, None) => false,
            (None, _, Some((first, last))) => {
                let mut allowed = self.runs[first..=last].iter().filter(has_succeeded);
                // Beside a success, a list without running runs may name the one before.
                allowed.any(|run| !self.lists_running || is_named(&run))
            }
            (Some(_), Some(own), _) if is_own => has_succeeded(&&self.runs[own]),
            // A run that began with our request or after it.
            (Some(_), ..) => {
                let mut new = self.runs.iter().filter(|run| run.start >= -LAG).filter(is_named);
                new.any(|run| has_succeeded(&run))
            }
        }
    }
}
