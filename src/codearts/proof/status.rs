//! What each status of the task proves, beside the list of runs.

use super::{FAILURE_LOOKS, List, Look, Lost, Next, Proof, Runs, SUCCESS_LOOKS, Standing, Target};
use crate::codearts::tasks::{LastJobs, TaskStatus};
use std::time::Duration;

impl Proof {
    pub(super) fn running(&mut self, look: &Look, list: List<'_>) -> Next {
        let fell_back = self.fell_back(&look.progress);
        let has_gap = self.has_gap(look.at);
        let had_ended = self.seen_running && self.shown_end.is_some();
        let had_failed = had_ended && self.shown_end != Some(TaskStatus::Successful);
        let is_other = self.seen_running && (fell_back || has_gap || had_failed);
        self.may_be_over |= had_ended || is_other || has_gap;
        self.standing = None;
        self.about_run = None;
        self.catch_up(look);
        if is_other {
            self.may_catch_up = !has_gap && !had_failed;
        }
        match list {
            List::Readable(runs) => {
                if self.id.is_none() {
                    if self.seen_running && self.may_be_over {
                        return Next::Lost(self.superseded(runs).unwrap_or(Lost::OtherRun));
                    }
                    if self.seen_running && self.has_missed_success(runs) {
                        return self.miss(runs, look.at);
                    }
                    self.adopt(runs);
                } else if let Some(lost) = self.superseded(runs) {
                    if is_other {
                        return self.lose(lost, look.at);
                    }
                } else {
                    self.lost = None;
                    let is_named = self.id == runs.last;
                    self.names_running |= is_named;
                    self.lacks_running |= !is_named && look.at >= self.patience.lag;
                    self.may_be_over &= !is_named || self.lacks_running;
                }
            }
            // Which run it is can still be read, sooner or later.
            List::Down | List::NotAsked if self.has_list && self.id.is_some() => {}
            List::Down | List::Missing | List::NotAsked => {
                if is_other || self.lost.is_some() && self.seen_running {
                    return self.lose(Lost::OtherRun, look.at);
                }
            }
        }
        self.seen_running = true;
        self.ran_since |= look.at >= self.patience.lag;
        if self.shown_end.is_some() {
            self.running_since = None;
        }
        self.running_since.get_or_insert(look.at);
        self.percent =
            if look.progress.percent > self.percent { look.progress.percent } else { self.percent };
        Next::Wait
    }

    pub(super) fn failed(&mut self, status: TaskStatus, look: &Look, list: List<'_>) -> Next {
        let patience = match (self.before.status, self.seen_running) {
            (Some(before), _) if before != status => Duration::ZERO,
            // No answer can be from before it ran.
            (_, true) if self.is_past_lag(look.at) => Duration::ZERO,
            (_, true) => self.patience.old_failure,
            // What the task shows is what was asked for, unless the list does not bear it out.
            (None, false) if self.target == Target::Shown => match list {
                List::Readable(runs) if runs.last == runs.last_successful => self.patience.failure,
                _ => Duration::ZERO,
            },
            (_, false) => self.patience.old_failure,
        };
        match list {
            List::Readable(runs) => {
                self.adopt_last(runs);
                let is_latest = self.id.is_none() || self.id == runs.last;
                if !is_latest {
                    return match self.superseded(runs) {
                        Some(lost) => self.lose(lost, look.at),
                        None => Next::Doubt,
                    };
                }
                // It has succeeded, so the failure is an older one's.
                if self.id.is_some() && runs.last_successful == self.id {
                    return Next::Doubt;
                }
            }
            // What the task showed first needs no list.
            List::Down | List::NotAsked if self.target != Target::Shown || self.seen_running => {
                let patience = if look.is_last { patience } else { self.patience.old_failure };
                return self.stand(status, look, patience);
            }
            List::Missing if self.lost.is_some() => return self.lose(Lost::OtherRun, look.at),
            List::Down | List::Missing | List::NotAsked => {}
        }
        self.stand(status, look, patience)
    }

    pub(super) fn succeeded(&mut self, look: &Look, list: List<'_>) -> Next {
        let is_new = self.before.status.is_some_and(|before| before != TaskStatus::Successful);
        let patience = self.patience.success;
        match list {
            List::Readable(runs) => self.succeeded_by(runs, is_new, look),
            List::Down | List::NotAsked => Next::Doubt,
            List::Missing if self.lost.is_some() => self.lose(Lost::OtherRun, look.at),
            List::Missing => match (self.target, self.seen_running) {
                (Target::Shown, false) => Next::Ended(TaskStatus::Successful),
                (Target::Named, _) if is_new => Next::Ended(TaskStatus::Successful),
                (Target::Unnamed, true) if is_new => Next::Ended(TaskStatus::Successful),
                (_, true) if self.is_past_lag(look.at) => Next::Ended(TaskStatus::Successful),
                // The success from before may be shown once more.
                (_, true) => self.stand(TaskStatus::Successful, look, patience),
                (Target::Unnamed, false) if is_new => self.stand(TaskStatus::Successful, look, patience),
                (Target::Named | Target::Unnamed, false) => Next::Doubt,
            },
        }
    }

    /// A success that a readable list does not confirm.
    fn succeeded_by(&mut self, runs: &LastJobs, is_new: bool, look: &Look) -> Next {
        if self.id.is_none()
            && let Some(next) = self.succeeded_unnamed(runs, look.at)
        {
            return next;
        }
        if self.id.is_none() && self.seen_running && (self.may_be_over || self.has_new_latest(runs)) {
            return Next::Lost(self.superseded(runs).unwrap_or(Lost::OtherRun));
        }
        if self.id.is_some()
            && self.id != runs.last
            && let Some(lost) = self.superseded(runs)
        {
            return self.lose(lost, look.at);
        }
        self.lost = None;
        let may_be_old = !self.seen_running && !is_new && self.target != Target::Shown;
        if may_be_old {
            return Next::Wait;
        }
        let next = self.stand(TaskStatus::Successful, look, self.patience.success);
        if self.id.is_none() && runs.last == runs.last_successful && matches!(next, Next::Ended(_)) {
            self.id.clone_from(&runs.last);
        }
        next
    }

    /// The same where the watched run's id is not known. Notes the id if it is known now.
    fn succeeded_unnamed(&mut self, runs: &LastJobs, at: Duration) -> Option<Next> {
        let last = runs.last.clone()?;
        let is_latest = runs.last == runs.last_successful;
        if self.missed.as_ref().is_some_and(|missed| missed.what != last) {
            return Some(Next::Lost(self.superseded(runs).unwrap_or(Lost::OtherRun)));
        }
        let is_other = self.others.contains(&last);
        let is_new = !is_other && !self.others.is_empty();
        match self.target {
            Target::Named => None,
            Target::Shown if is_latest && (!self.seen_running || is_new) => {
                self.id = Some(last);
                Some(Next::Ended(TaskStatus::Successful))
            }
            Target::Shown => None,
            Target::Unnamed if self.is_from_before(&last) => Some(Next::Doubt),
            // It ended between the two answers of one look, and must stand.
            Target::Unnamed if is_other => None,
            Target::Unnamed if self.before.runs.is_none() => (!self.seen_running).then_some(Next::Doubt),
            // Its success is to be seen coming.
            Target::Unnamed if !is_latest => {
                self.id = Some(last);
                None
            }
            Target::Unnamed if self.seen_running => {
                self.id = Some(last);
                Some(Next::Ended(TaskStatus::Successful))
            }
            Target::Unnamed => Some(self.lose(Lost::StartUnknown { run: last }, at)),
        }
    }

    /// Whether the list names another latest run than when the uncertain status was seen first.
    fn has_new_latest(&self, runs: &LastJobs) -> bool {
        self.standing
            .as_ref()
            .is_some_and(|standing| standing.what.1.is_some() && standing.what.1 != runs.last)
    }

    /// Whether another run than before is over while the task runs: perhaps the watched one, and what runs is the next.
    fn has_missed_success(&self, runs: &LastJobs) -> bool {
        let is_new = runs.last.as_ref().is_some_and(|last| !self.others.contains(last));
        is_new && !self.others.is_empty() && runs.last == runs.last_successful
    }

    /// Such a run: one look may be torn, but not for longer than answers are behind.
    fn miss(&mut self, runs: &LastJobs, at: Duration) -> Next {
        let Some(last) = runs.last.clone() else { return Next::Wait };
        let is_same = self.missed.as_ref().is_none_or(|missed| missed.what == last);
        let standing = Standing::note(&mut self.missed, last, at);
        if is_same && !standing.has_stood(at, self.patience.lag, 2) {
            return Next::Doubt;
        }
        Next::Lost(self.superseded(runs).unwrap_or(Lost::OtherRun))
    }

    /// Takes back that another run is shown where progress is soon what it was: a server was behind.
    fn catch_up(&mut self, look: &Look) {
        let is_back = look.progress.percent.is_some() && look.progress.percent >= self.percent;
        let is_soon = self.lost.as_ref().is_some_and(|lost| lost.is_younger(look.at, self.patience.lag));
        if self.may_catch_up
            && is_back
            && is_soon
            && self.lost.as_ref().is_some_and(|lost| lost.what == Lost::OtherRun)
        {
            self.lost = None;
        }
    }

    /// Takes the run that the list calls the latest for the watched one, which is running.
    fn adopt(&mut self, runs: &LastJobs) {
        let Some(last) = &runs.last else { return };
        if runs.last == runs.last_successful {
            // It is over, so the list is behind.
            self.others.push(last.clone());
        } else if !self.others.contains(last) {
            self.id = Some(last.clone());
            self.seen_unsuccessful = true;
        }
    }

    /// The same where the task shows a failure.
    fn adopt_last(&mut self, runs: &LastJobs) {
        if self.id.is_none() && self.target != Target::Named && runs.last != runs.last_successful {
            self.adopt(runs);
        }
    }

    /// The newer run that the list names instead of the watched one.
    fn superseded(&self, runs: &LastJobs) -> Option<Lost> {
        let last = runs.last.as_ref().filter(|last| !self.others.contains(last))?;
        (self.id.as_ref() != Some(last)).then(|| Lost::Superseded { run: self.id.clone(), by: last.clone() })
    }

    /// Another run is shown: how the watched one ended may still be read from the list, or be asked by its id.
    fn lose(&mut self, lost: Lost, at: Duration) -> Next {
        let patience = if self.id.is_some() || matches!(lost, Lost::StartUnknown { .. }) {
            self.patience.success
        } else {
            self.patience.lag
        };
        let standing = Standing::note(&mut self.lost, lost, at);
        if standing.has_stood(at, patience, SUCCESS_LOOKS) {
            Next::Lost(standing.what.clone())
        } else {
            Next::Doubt
        }
    }

    fn stand(&mut self, status: TaskStatus, look: &Look, patience: Duration) -> Next {
        let looks = if status == TaskStatus::Successful { SUCCESS_LOOKS } else { FAILURE_LOOKS };
        let latest = match &look.runs {
            Runs::Listed(runs) => runs.last.clone(),
            Runs::NotAsked | Runs::Missing | Runs::Down => None,
        };
        let standing = Standing::note(&mut self.standing, (status, latest), look.at);
        if standing.has_stood(look.at, patience, looks) { Next::Ended(status) } else { Next::Doubt }
    }
}
