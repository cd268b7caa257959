//! Jobs of CodeArts Build and their builds.

use crate::sandbox::scenario::{JobScript, RecordScript};
use serde_json::{Value, json};
use std::time::Instant;

/// A build of a job.
#[derive(Clone, Debug)]
pub(crate) struct Build {
    pub(crate) started: Instant,
    stopped: bool,
    /// How often a call named it.
    calls: u32,
    /// How often its state was asked for while it was known.
    pub(crate) polls: u32,
    /// Whether it had ended before the sandbox began.
    is_old: bool,
    /// How it was started.
    pub(crate) record: RecordScript,
}

/// A job and its builds, the first of which has the number 1.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) script: JobScript,
    builds: Vec<Build>,
}

impl Job {
    /// As its script says it is at the beginning.
    pub(super) fn new(script: JobScript, began: Instant) -> Self {
        let record = |number| script.records.get(&number).cloned().unwrap_or_default();
        let old = |number| Build {
            started: began,
            stopped: false,
            calls: 0,
            polls: 0,
            is_old: true,
            record: record(number),
        };
        let mut builds: Vec<Build> = (1..=u64::from(script.before)).map(old).collect();
        if let Some(latest) = builds.last_mut() {
            latest.is_old = !script.is_building;
        }
        Self { script, builds }
    }

    /// Starts a build; returns its number.
    pub(crate) fn start(&mut self, record: RecordScript, now: Instant) -> u64 {
        self.builds.push(Build { started: now, stopped: false, calls: 0, polls: 0, is_old: false, record });
        self.builds.len() as u64
    }

    /// How many were stopped.
    pub(crate) fn stopped(&self) -> usize {
        self.builds.iter().filter(|build| build.stopped).count()
    }

    /// The build that a call names, unless it is not known yet.
    pub(crate) fn named(&mut self, number: u64, is_poll: bool, now: Instant) -> Option<Build> {
        let script = &self.script;
        let build = self.builds.get_mut(usize::try_from(number.checked_sub(1)?).ok()?)?;
        build.calls += 1;
        let is_early = now.duration_since(build.started) < script.hidden_for;
        if !build.is_old && (is_early || build.calls <= script.hidden_calls) {
            return None;
        }
        build.polls += u32::from(is_poll);
        Some(build.clone())
    }

    pub(crate) fn is_building(&self, build: &Build, now: Instant) -> bool {
        is_building(&self.script, build, now)
    }

    /// Stops the build with this number, if it goes on.
    pub(crate) fn stop(&mut self, number: u64, now: Instant) {
        let script = &self.script;
        let position = number.checked_sub(1).and_then(|position| usize::try_from(position).ok());
        if let Some(build) = position.and_then(|position| self.builds.get_mut(position))
            && is_building(script, build, now)
        {
            build.stopped = true;
        }
    }

    /// The number of the latest build.
    pub(crate) fn latest(&self) -> Option<u64> {
        Some(self.builds.len() as u64).filter(|number| *number > 0)
    }

    /// Whether any build goes on.
    pub(crate) fn is_any_building(&self, now: Instant) -> bool {
        self.builds.iter().any(|build| self.is_building(build, now))
    }

    /// The word for how a build stands; `ended`: the one for its end.
    pub(crate) fn word(&self, build: &Build, ended: &Value, now: Instant) -> Value {
        if self.is_building(build, now) {
            self.script.running_word.clone()
        } else if build.stopped {
            json!("ABORTED")
        } else if build.is_old {
            json!("SUCCESS")
        } else {
            ended.clone()
        }
    }
}

fn is_building(script: &JobScript, build: &Build, now: Instant) -> bool {
    let is_under_way = match script.polls {
        Some(polls) => build.polls < polls,
        None => now.duration_since(build.started) < script.duration,
    };
    !build.is_old && !build.stopped && is_under_way
}
