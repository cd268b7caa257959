//! The decisions that the binary makes, driven through made-up histories: no pass may come out that the truth does not bear, no run
//! of others may be stopped, and where the service confirmed our success to us the gate must pass.

use super::history::{History, POLL_GAP, StartKind, between};
use super::*;
use crate::codearts::runs::{Answer, Started, find, understand};
use std::ops::AddAssign;

/// Gap between polls while a status is doubtful, in seconds.
const DOUBT_GAP: f64 = 10.0;

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

impl History {
    /// What the rounds of questions about a run bring.
    fn answer_about(&mut self, run: &str, at: f64) -> Option<TaskStatus> {
        let mut status = None;
        for _ in 0..OBEDIENCE_ROUNDS {
            let plain = self.progress(at)?.0.status;
            let impossible = self.progress_of(None, at)?.status;
            let about = self.progress_of(Some(run), at)?.status;
            if !obeys_id(plain, impossible, about) || *status.get_or_insert(about) != about {
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

    /// The proof to begin with, and whether its run may be stopped as the watched one. `None`: nothing was started, and that is known.
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
            StartKind::LostAnswer | StartKind::LostRequest => return self.look(before, patience),
        };
        match understand(answer, &before, 1) {
            Some(Started::Named(id)) => Some((Proof::started(patience, id, before), true)),
            Some(Started::Unnamed { seen_running }) => {
                Some((Proof::unnamed(patience, before, seen_running), false))
            }
            None => Some((Proof::unnamed(patience, before.of_active(), false), false)),
        }
    }

    /// Looks for a run whose start brought no answer.
    fn look(&mut self, before: Before, patience: Patience) -> Option<(Proof, bool)> {
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

    /// Lives through it.
    fn run(&mut self) -> Tally {
        let mut tally = Tally { histories: 1, ..Tally::default() };
        let Some((mut proof, is_own)) = self.begin() else {
            tally.undecided = 1;
            return tally;
        };
        let has_before = proof.before.runs.is_some();
        let mut at = if self.start.is_some() { 10.0 } else { 0.0 };
        let mut saw_confirmation = false;
        let end = loop {
            if let Some(cancel) = self.cancel.filter(|cancel| *cancel < at) {
                self.stop(&proof, is_own, cancel, &mut tally);
                break Next::Wait;
            }
            let is_last = at >= self.deadline;
            let mut gap = between(&mut self.rng, 0.25, POLL_GAP);
            if let Some((progress, run)) = self.progress(at) {
                let elapsed = Duration::from_secs_f64(at);
                self.note_seen(progress, run, at);
                let runs = if proof.wants_runs(elapsed, &progress) { self.list(at) } else { Runs::NotAsked };
                let about_run = match proof.wants_answer(&progress, &runs).map(str::to_owned) {
                    Some(id) => self.answer_about(&id, at),
                    None => None,
                };
                if let (Runs::Listed(runs), Some(own)) = (&runs, self.own) {
                    saw_confirmation |= runs.last_successful.as_ref() == Some(&self.runs[own].id);
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
                tally.false_passes = u32::from(!self.bears(proof.id(), is_own, at));
            }
            Next::Ended(_) => tally.others = 1,
            Next::Wait | Next::Doubt | Next::Lost(_) => tally.undecided = 1,
        }
        let is_cancelled = self.cancel.is_some_and(|cancel| cancel < at);
        let is_confirmed = saw_confirmation && has_before;
        tally.needless = u32::from(is_own && is_confirmed && tally.passes == 0 && !is_cancelled);
        tally
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
