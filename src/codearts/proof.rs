//! Whose status is it? The progress call speaks of a task, not of a run, so what it shows may belong to the run before, to somebody
//! else's run after, or come from a replica that is behind. Here the answers of one poll go in, and what they prove comes out.
//! Pure: no clock, no socket. The facts are on page `check-tasks`, sections 1, 2 and 5.
//!
//! | evidence for a success | believed |
//! |---|---|
//! | the list of runs calls the watched run the latest successful one | at once |
//! | the list can be read and does not show that | after it has stood, and the run was seen running or the status is new |
//! | the list could be read before and cannot now | not before it can be read again |
//! | there is no list | as far as statuses alone can show that no other run came between |
//! | the service answers about the run by its id, and is seen to obey the id | after that has stood |

#[cfg(test)]
mod history;
#[cfg(test)]
mod model;
mod patience;
mod standing;
mod status;
mod stop;
#[cfg(test)]
mod tests;

use super::before::Before;
use super::tasks::{LastJobs, Progress, TaskStatus};
pub use patience::Patience;
use standing::Standing;
use std::time::Duration;
pub use stop::{Active, active};

/// Looks that must have seen it meanwhile.
const SUCCESS_LOOKS: u32 = 4;
/// The same for a failure.
const FAILURE_LOOKS: u32 = 2;
/// A gap without an answer as a share of the wait, because the pauses between polls grow with it.
const GAP_SHARE: f64 = 0.15;

/// What one question for the list of runs brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Runs {
    /// It was not asked for.
    #[default]
    NotAsked,
    /// The service has no such list, or it is empty.
    Missing,
    /// No answer.
    Down,
    /// The latest runs.
    Listed(LastJobs),
}

/// What one poll saw.
#[derive(Clone, Debug)]
pub struct Look {
    /// Since the wait began.
    pub at: Duration,
    /// What the task shows.
    pub progress: Progress,
    /// The list of runs.
    pub runs: Runs,
    /// What the service answers about the watched run, where it is seen to obey the id in the question.
    pub about_run: Option<TaskStatus>,
    /// Whether there is no later poll.
    pub is_last: bool,
}

/// Rounds of questions in which the service must answer as one that obeys the id of a run.
pub const OBEDIENCE_ROUNDS: u32 = 3;

/// Whether one round of answers fits a service that obeys the id in a question (older ones ignore it): about the task, about a run
/// that cannot exist, and about the run. Null is also shown in passing, so it proves nothing where the task shows it too.
pub fn obeys_id(plain: TaskStatus, impossible: TaskStatus, about: TaskStatus) -> bool {
    let is_null = |status| status == TaskStatus::NotChecked;
    !is_null(plain) && is_null(impossible) && !is_null(about)
}

/// What a poll has proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The run goes on, or nothing is known.
    Wait,
    /// A final status is shown, and it is not certain whose it is: look again soon.
    Doubt,
    /// The watched run has ended like this.
    Ended(TaskStatus),
    /// How the watched run ended cannot be learned any more.
    Lost(Lost),
}

/// Why the end of the watched run cannot be learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// A newer run has taken its place in the list of runs.
    Superseded {
        /// The watched run, where known.
        run: Option<String>,
        /// The newer one.
        by: String,
    },
    /// Statuses alone show that another run began.
    OtherRun,
    /// A run is there that ended well, and nothing shows that the lost start began it.
    StartUnknown {
        /// That run.
        run: String,
    },
}

/// The run that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// Whatever the task shows.
    Shown,
    /// The run that the answer to a start named.
    Named,
    /// The run that a start without a readable answer may have begun, or that was active when a start was refused.
    Unnamed,
}

/// What is known about the watched run.
#[derive(Clone, Debug)]
pub struct Proof {
    patience: Patience,
    target: Target,
    /// Whether the id was named by whoever wants to know, and not by the answer to a start, which may name an older run.
    is_asked_for: bool,
    id: Option<String>,
    before: Before,
    /// Runs that are known to be others: from before, or over while the watched one ran.
    others: Vec<String>,
    seen_running: bool,
    /// The largest percentage of the watched run.
    percent: Option<f64>,
    /// When the task last showed a status.
    answered_at: Duration,
    /// Whether the list ever named a run.
    has_list: bool,
    /// Whether it ever answered, be it that there is no run.
    has_answered: bool,
    down_since: Option<Duration>,
    /// When the list last answered, be it that there is none.
    asked_at: Option<Duration>,
    /// Whether the task was running when it last showed a status.
    is_running: bool,
    /// Whether the list has shown the watched run without a success, at a time when no answer could be from before the wait.
    was_unsuccessful: bool,
    /// The same at any time.
    seen_unsuccessful: bool,
    /// The final status that the task showed last, if it has not been running since.
    shown_end: Option<TaskStatus>,
    /// Whether the watched run may be over while the task runs.
    may_be_over: bool,
    /// Whether the list is seen to lack runs that go on.
    lacks_running: bool,
    /// Whether it is seen to name them.
    names_running: bool,
    /// Whether the task was seen running when no answer could be from before the wait.
    ran_since: bool,
    /// Since when it has been seen running, without a final status in between.
    running_since: Option<Duration>,
    /// Whether nothing but progress that fell back shows another run.
    may_catch_up: bool,
    /// A run that had succeeded when the task was seen running: it has ended within that look, or what runs is the next one.
    missed: Option<Standing<String>>,
    /// A status that is not certain, beside the latest run of the list.
    standing: Option<Standing<(TaskStatus, Option<String>)>>,
    /// A success of the watched run by its id.
    about_run: Option<Standing<TaskStatus>>,
    /// Another run is shown.
    lost: Option<Standing<Lost>>,
}

impl Proof {
    /// Watches whatever the task shows: the current or the latest run.
    pub fn shown(patience: Patience) -> Self {
        Self::new(patience, Target::Shown, None, Before::default())
    }

    /// Watches the run that the answer to a start named.
    pub fn started(patience: Patience, id: String, before: Before) -> Self {
        Self::new(patience, Target::Named, Some(id), before)
    }

    /// Watches the run that somebody names by its id: its result is what is asked for, however old it is.
    pub fn asked_for(patience: Patience, id: String) -> Self {
        Self { is_asked_for: true, ..Self::started(patience, id, Before::default()) }
    }

    /// Watches the run that began around a start whose answer named none. `seen_running`: whether the task was seen running since.
    pub fn unnamed(patience: Patience, before: Before, seen_running: bool) -> Self {
        Self { seen_running, ..Self::new(patience, Target::Unnamed, None, before) }
    }

    fn new(patience: Patience, target: Target, id: Option<String>, mut before: Before) -> Self {
        let has_answered = before.runs.is_some();
        // An empty list of a task that has had a run is none.
        let is_known = |runs: &LastJobs| runs.last.is_some() || before.status == Some(TaskStatus::NotChecked);
        before.runs = before.runs.filter(is_known);
        let others = before.runs.iter().flat_map(LastJobs::ids).map(str::to_owned).collect();
        Self {
            patience,
            target,
            is_asked_for: false,
            id,
            has_list: before.runs.as_ref().is_some_and(|runs| runs.last.is_some()),
            has_answered,
            before,
            others,
            seen_running: false,
            percent: None,
            answered_at: Duration::ZERO,
            down_since: None,
            asked_at: None,
            is_running: false,
            was_unsuccessful: false,
            seen_unsuccessful: false,
            shown_end: None,
            may_be_over: false,
            lacks_running: false,
            names_running: false,
            ran_since: false,
            running_since: None,
            may_catch_up: false,
            missed: None,
            standing: None,
            about_run: None,
            lost: None,
        }
    }

    /// Whether the list of runs could ever be read.
    pub const fn has_list(&self) -> bool {
        self.has_list
    }

    /// The id of the watched run, once it is known. It never changes.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether this run is one from before the watched one was started.
    pub fn is_from_before(&self, run: &str) -> bool {
        self.before.names(run)
    }

    /// Whether the list of runs can show more than this progress.
    pub fn wants_runs(&self, at: Duration, progress: &Progress) -> bool {
        let is_due = self.asked_at.is_none_or(|asked| at >= asked + self.patience.list_gap);
        let is_worth_it = self.has_list || is_due;
        match progress.status {
            TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped => true,
            TaskStatus::Checking if self.id.is_none() || !self.has_list => is_worth_it,
            TaskStatus::Checking => {
                self.fell_back(progress)
                    || self.has_gap(at)
                    || progress.percent.is_none() && is_due
                    || at >= self.patience.lag && !(self.is_new_id() && self.knows_list())
            }
            TaskStatus::NotChecked | TaskStatus::Unknown(_) => self.id.is_some() && is_due,
        }
    }

    /// The run that is worth asking about by its id, if one is.
    pub fn wants_answer(&self, progress: &Progress, runs: &Runs) -> Option<&str> {
        let id = self.id.as_deref()?;
        let confirms = |runs: &LastJobs| runs.last_successful.as_deref() == Some(id);
        let is_doubtful = match runs {
            Runs::Listed(runs) => progress.status == TaskStatus::Successful && !confirms(runs),
            Runs::Missing => progress.status.is_final(),
            Runs::Down | Runs::NotAsked => false,
        };
        (is_doubtful || self.lost.is_some()).then_some(id)
    }

    /// Weighs what one poll saw.
    pub fn weigh(&mut self, look: &Look) -> Next {
        let list = self.note_list(look);
        if let List::Readable(runs) = list
            && self.is_confirmed_by(runs, look)
        {
            return Next::Ended(TaskStatus::Successful);
        }
        if let Some(next) = self.weigh_answer(look) {
            return next;
        }
        let next = match look.progress.status {
            TaskStatus::Checking => self.running(look, list),
            TaskStatus::Successful => self.succeeded(look, list),
            status @ (TaskStatus::Failed | TaskStatus::Stopped) => self.failed(status, look, list),
            TaskStatus::NotChecked | TaskStatus::Unknown(_) => Next::Wait,
        };
        if look.progress.status.is_final() || look.progress.status == TaskStatus::Checking {
            self.answered_at = look.at;
            self.is_running = !look.progress.status.is_final();
            self.shown_end = Some(look.progress.status).filter(|status| status.is_final());
        }
        next
    }

    fn note_list<'look>(&mut self, look: &'look Look) -> List<'look> {
        let is_answer = match &look.runs {
            Runs::Missing => true,
            Runs::Listed(runs) => runs.last.is_some(),
            Runs::Down | Runs::NotAsked => false,
        };
        if is_answer {
            self.asked_at = Some(look.at);
        }
        self.has_answered |= matches!(look.runs, Runs::Listed(_));
        match &look.runs {
            Runs::NotAsked => List::NotAsked,
            Runs::Listed(runs) if runs.last.is_some() => {
                self.has_list = true;
                self.down_since = None;
                List::Readable(runs)
            }
            Runs::Missing | Runs::Listed(_) if !self.has_list => List::Missing,
            Runs::Missing | Runs::Listed(_) | Runs::Down => {
                let since = *self.down_since.get_or_insert(look.at);
                let is_long = look.at >= since + self.patience.down || look.is_last;
                if is_long && !self.has_answered { List::Missing } else { List::Down }
            }
        }
    }

    /// Whether the list calls the watched run successful, and that success is not an old one.
    fn is_confirmed_by(&mut self, runs: &LastJobs, look: &Look) -> bool {
        if self.id.is_none() || runs.last_successful != self.id {
            let is_latest = self.id.is_some() && runs.last == self.id;
            self.seen_unsuccessful |= is_latest;
            self.was_unsuccessful |= is_latest && look.at >= self.patience.lag;
            return false;
        }
        // At the deadline there is no time to make sure.
        let is_seen =
            look.is_last && self.seen_unsuccessful && look.progress.status == TaskStatus::Successful;
        self.is_new_id() || is_seen
    }

    /// Whether the list was seen to name runs that go on, or to lack them.
    const fn knows_list(&self) -> bool {
        !self.has_list || self.lacks_running || self.names_running
    }

    /// Whether the id is certainly not that of an older run that had succeeded.
    fn is_new_id(&self) -> bool {
        let had_no_success = self.before.status.is_some_and(|status| status != TaskStatus::Successful);
        self.was_unsuccessful
            || self.is_asked_for
            || self.target == Target::Named && (self.before.runs.is_some() || had_no_success)
    }

    /// What the service answers about the watched run by its id. A success must stand like any other.
    fn weigh_answer(&mut self, look: &Look) -> Option<Next> {
        let status = look.about_run?;
        if status != TaskStatus::Successful {
            self.about_run = None;
        }
        match status {
            // What is known of an older run proves nothing, and its id may be an older one's.
            TaskStatus::Failed | TaskStatus::Successful | TaskStatus::Stopped if !self.is_new_id() => None,
            TaskStatus::Successful => {
                let standing = Standing::note(&mut self.about_run, status, look.at);
                standing
                    .has_stood(look.at, self.patience.success, SUCCESS_LOOKS)
                    .then_some(Next::Ended(status))
            }
            TaskStatus::Failed | TaskStatus::Stopped => Some(Next::Ended(status)),
            TaskStatus::Checking => Some(Next::Wait),
            TaskStatus::NotChecked | TaskStatus::Unknown(_) => None,
        }
    }

    /// Whether no answer can be from before the run that was seen.
    fn is_past_lag(&self, at: Duration) -> bool {
        self.ran_since && self.running_since.is_some_and(|since| at >= since + self.patience.lag)
    }

    /// Whether the task has shown no status for so long that other runs may have begun.
    fn has_gap(&self, at: Duration) -> bool {
        at > self.answered_at + self.patience.gap.max(at.mul_f64(GAP_SHARE))
    }

    fn fell_back(&self, progress: &Progress) -> bool {
        matches!((progress.percent, self.percent), (Some(now), Some(before)) if now < before)
    }
}

/// The list of runs, as far as it can be relied on.
#[derive(Clone, Copy)]
enum List<'look> {
    NotAsked,
    Readable(&'look LastJobs),
    Down,
    Missing,
}
