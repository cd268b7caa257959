//! A process that has ended, and how everything was before it began.

use super::phase::Phase;
use super::plan::{Plan, Step, WATCHED};
use crate::kit::forge::Forge;
use crate::kit::{Ended, Run, World};
use codearts_gate::report::store::directory::RESULT_FILE;
use codearts_gate::sandbox::Recorded;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::process::ExitStatus;
use std::time::{Duration, SystemTime};

/// How everything was before a process began.
pub(crate) struct Before {
    pub(crate) recorded: usize,
    /// Requests that have arrived, by the name of the call.
    pub(crate) received: HashMap<&'static str, u32>,
    pub(crate) at_forge: usize,
    pub(crate) result_modified: Option<SystemTime>,
    pub(super) faults_of_forge: usize,
    pub(super) runs: BTreeMap<String, Vec<(String, i64)>>,
    pub(super) started: usize,
    pub(super) foreign: usize,
    /// The runs that `run.json` names, by the task that is judged.
    pub(super) named: BTreeMap<String, Option<String>>,
}

/// What others have done meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// Runs that they have started.
    pub(crate) runs: Vec<String>,
    /// How many requests the service had served when somebody had pushed to the pull request.
    pub(crate) pushed_after: Option<usize>,
}

/// A process that has ended, and everything around it.
pub(crate) struct View<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) step: &'a Step,
    pub(crate) world: &'a World,
    pub(crate) forge: &'a Forge,
    pub(crate) run: &'a Run,
    pub(crate) before: &'a Before,
    pub(crate) status: ExitStatus,
    /// `None`: a signal has ended it.
    pub(crate) code: Option<i32>,
    pub(crate) ended: &'a Ended,
    pub(crate) elapsed: Duration,
    /// How far it had come when it was killed or got its signal, and when that was.
    pub(crate) disturbed: Option<(Phase, Duration)>,
    pub(crate) others: &'a Others,
}

impl Before {
    pub(crate) fn now(plan: &Plan, world: &World, forge: &Forge, run: &Run, foreign: usize) -> Self {
        let of_plan = plan.tasks.iter().map(|id| (*id).to_owned());
        let runs = of_plan.chain(world.sandbox.created_tasks()).map(|id| {
            let runs = world.sandbox.runs(&id);
            (id, runs)
        });
        let (at_forge, faults_of_forge) = {
            let state = forge.state();
            (state.requests.len(), state.met.len())
        };
        let file = fs::read(run.reports().join("run.json")).unwrap_or_default();
        let file: Value = serde_json::from_slice(&file).unwrap_or_default();
        let named = file["tasks"].as_array().into_iter().flatten().filter_map(|task| {
            let judged = task["merge_request"]["task_id"].as_str().or_else(|| task["task_id"].as_str())?;
            Some((judged.to_owned(), task["run_id"].as_str().map(str::to_owned)))
        });
        let about = fs::metadata(run.reports().join(RESULT_FILE)).ok();
        Self {
            recorded: world.sandbox.recorded().len(),
            received: WATCHED.iter().map(|call| (*call, world.sandbox.received(call))).collect(),
            at_forge,
            result_modified: about.and_then(|about| about.modified().ok()),
            faults_of_forge,
            runs: runs.collect(),
            started: world.sandbox.all_runs_started(),
            foreign,
            named: named.collect(),
        }
    }
}

impl View<'_> {
    /// The requests of this process.
    pub(super) fn since(&self) -> Vec<Recorded> {
        self.world.sandbox.recorded().split_off(self.before.recorded)
    }
}
