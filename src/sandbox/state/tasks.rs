//! Tasks of CodeArts Check and their runs.

use super::measure::{make_id, percent, percent_of_polls};
use crate::sandbox::scenario::{ProgressShape, TaskScript};
use std::time::{Duration, Instant};

/// What is fetched when nothing else is asked for (`pr-mode`, section 1.2).
const AUTOMATIC_REF: &str = "merge_request";

/// A task and its runs, the latest last.
#[derive(Debug)]
pub(crate) struct Task {
    script: TaskScript,
    runs: Vec<Run>,
    code: Code,
    is_created: bool,
}

/// What a task checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) name: String,
    pub(crate) repository: String,
    /// The source branch of a pull request.
    pub(crate) branch: String,
    pub(crate) merge_request: Option<MergeRequest>,
}

/// The pull request that a task checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MergeRequest {
    /// The task above.
    pub(crate) parent: String,
    pub(crate) number: String,
    pub(crate) target_branch: String,
}

#[derive(Clone, Debug)]
struct Run {
    id: String,
    started: Instant,
    stopped: Option<Instant>,
    /// How often its progress was asked for, or that of the task while it was the latest.
    polls: u32,
    /// Whether it began after the sandbox.
    is_started_here: bool,
    /// An earlier run's result, instead of the script's.
    result: Option<i64>,
    /// Why its code could not be fetched.
    fetch_failure: Option<String>,
}

/// What the progress call reports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) status: Option<i64>,
    pub(crate) percent: Option<u32>,
}

/// Why a run was not started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    UnknownTask,
    Active,
}

impl Task {
    /// As its script has it at the beginning.
    pub(super) fn new(id: &str, script: TaskScript, began: Instant) -> Self {
        let earlier = script.before.map(|status| Run {
            id: make_id(id, 0),
            started: began,
            stopped: None,
            polls: 0,
            is_started_here: false,
            result: (status != 0).then_some(status),
            fetch_failure: None,
        });
        let code = Code {
            name: script.name.clone(),
            repository: script.repository.clone(),
            branch: script.branch.clone().unwrap_or_else(|| "master".to_owned()),
            merge_request: None,
        };
        Self { script, runs: earlier.into_iter().collect(), code, is_created: false }
    }

    /// A task that was just created; its script may say that it checks another branch than it should.
    pub(super) fn created(script: TaskScript, code: Code) -> Self {
        let branch = script.branch.clone().unwrap_or(code.branch);
        Self { script, runs: Vec::new(), code: Code { branch, ..code }, is_created: true }
    }

    pub(crate) const fn code(&self) -> &Code {
        &self.code
    }

    pub(super) const fn is_created(&self) -> bool {
        self.is_created
    }

    /// Whether it was ever checked.
    pub(crate) const fn was_checked(&self) -> bool {
        !self.runs.is_empty()
    }

    /// Why the code of a run, or of the latest one, could not be fetched.
    pub(crate) fn fetch_failure(&self, run: Option<&str>) -> Option<&str> {
        let asked = match run {
            Some(id) => self.runs.iter().find(|run| run.id == id),
            None => self.runs.last(),
        };
        asked?.fetch_failure.as_deref()
    }

    /// Starts a run with this id, unless one is active. `fetch_ref`: how a pull request is to be fetched.
    pub(super) fn start(&mut self, id: String, fetch_ref: Option<&str>, now: Instant) -> Result<(), Refusal> {
        if self.runs.last().is_some_and(|run| self.status(run, now) == 0) {
            return Err(Refusal::Active);
        }
        self.runs.push(Run {
            id,
            started: now,
            stopped: None,
            polls: 0,
            is_started_here: true,
            result: None,
            fetch_failure: self.try_to_fetch(fetch_ref.unwrap_or(AUTOMATIC_REF)),
        });
        Ok(())
    }

    fn try_to_fetch(&self, fetch_ref: &str) -> Option<String> {
        self.script.fetches_with.as_ref().filter(|works| *works != fetch_ref)?;
        let number = self.code.merge_request.as_ref().map_or("1", |merge_request| &merge_request.number);
        Some(format!("git fetch failed: fatal: couldn't find remote ref {fetch_ref}/{number}/head"))
    }

    /// How many runs were started here.
    pub(super) fn runs_started(&self) -> usize {
        self.runs.iter().filter(|run| run.is_started_here).count()
    }

    /// Ids and statuses of its runs.
    pub(super) fn runs(&self, now: Instant) -> Vec<(String, i64)> {
        self.runs.iter().map(|run| (run.id.clone(), self.status(run, now))).collect()
    }

    pub(crate) const fn script(&self) -> &TaskScript {
        &self.script
    }

    /// What the progress call shows, of the task or of one of its runs. Each call is one poll.
    pub(crate) fn shown(&mut self, run: Option<&str>, now: Instant) -> Shown {
        let nothing = Shown { status: None, percent: None };
        let asked = match run {
            Some(id) => self.runs.iter().position(|run| run.id == id),
            None => self.runs.len().checked_sub(1),
        };
        let Some(asked) = asked else { return nothing };
        if let Some(run) = self.runs.get_mut(asked) {
            run.polls += 1;
        }
        let is_stale = run.is_none() && self.runs.get(asked).is_some_and(|run| self.is_stale(run, now));
        let position = if is_stale { asked.checked_sub(1) } else { Some(asked) };
        let Some(run) = position.and_then(|position| self.runs.get(position)) else {
            return nothing;
        };
        let elapsed = now.duration_since(run.started);
        let is_null = elapsed < self.script.null_for || run.polls <= self.script.null_polls;
        if run.result.is_none() && is_null {
            return nothing;
        }
        let status = self.status(run, now);
        let percent = match status {
            0 => match self.script.progress {
                ProgressShape::Steps => Some(self.percent(run, elapsed).min(95) / 5 * 5),
                ProgressShape::Stuck => Some(50),
                ProgressShape::Missing => None,
            },
            2 => Some(100),
            _ => None,
        };
        Shown { status: Some(status), percent }
    }

    pub(crate) fn has_run(&self, id: &str) -> bool {
        self.runs.iter().any(|run| run.id == id)
    }

    /// Ids of the latest run and of the latest successful one.
    pub(crate) fn last_jobs(&self, now: Instant) -> (Option<&str>, Option<&str>) {
        let successful = self.runs.iter().rev().find(|run| self.status(run, now) == 2);
        (self.runs.last().map(|run| run.id.as_str()), successful.map(|run| run.id.as_str()))
    }

    pub(crate) fn stop(&mut self, now: Instant) {
        let script = &self.script;
        if let Some(run) = self.runs.last_mut()
            && status(script, run, now) == 0
        {
            run.stopped = Some(now);
        }
    }

    fn is_stale(&self, run: &Run, now: Instant) -> bool {
        let is_early = now.duration_since(run.started) < self.script.stale_for;
        run.result.is_none() && (is_early || run.polls <= self.script.stale_polls)
    }

    fn percent(&self, run: &Run, elapsed: Duration) -> u32 {
        match self.script.polls {
            Some(polls) => percent_of_polls(run.polls, polls),
            None => percent(elapsed, self.script.duration),
        }
    }

    fn status(&self, run: &Run, now: Instant) -> i64 {
        status(&self.script, run, now)
    }
}

fn status(script: &TaskScript, run: &Run, now: Instant) -> i64 {
    if run.stopped.is_some() {
        3
    } else if let Some(result) = run.result {
        result
    } else if match script.polls {
        Some(polls) => run.polls < polls,
        None => now.duration_since(run.started) < script.duration,
    } {
        0
    } else if run.fetch_failure.is_some() {
        1
    } else {
        script.final_status
    }
}
