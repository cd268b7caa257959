//! How many plays ended how, and what was really hit: chaos that never bites proves nothing.

use super::faults::Kind;
use super::phase::Phase;
use super::plan::{Job, Plan};
use super::play::Played;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    runs: usize,
    processes: usize,
    codes: BTreeMap<i32, usize>,
    jobs: BTreeMap<Job, usize>,
    places: BTreeMap<String, usize>,
    faults: BTreeMap<Kind, usize>,
    kills: BTreeMap<Phase, usize>,
    signals: BTreeMap<Phase, usize>,
    missed: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, plan: &Plan, played: &Played) {
        fn count<K: Ord>(counts: &mut BTreeMap<K, usize>, keys: impl IntoIterator<Item = K>) {
            for key in keys {
                *counts.entry(key).or_default() += 1;
            }
        }
        self.runs += 1;
        self.processes += plan.steps.len();
        count(&mut self.codes, played.codes.iter().copied());
        count(&mut self.jobs, [plan.job]);
        count(&mut self.places, [plan.place.map_or_else(|| "none".to_owned(), |place| format!("{place:?}"))]);
        count(&mut self.faults, played.faults.iter().copied());
        count(&mut self.kills, played.kills.iter().copied());
        count(&mut self.signals, played.signals.iter().copied());
        self.missed += played.missed;
    }

    /// As one line of JSON, with a zero for what never happened.
    pub(crate) fn to_json(&self, failures: usize, elapsed: Duration) -> Value {
        let of_faults =
            Kind::ALL.map(|kind| (kind.name(), self.faults.get(&kind).copied().unwrap_or_default()));
        let of_phases = |counts: &BTreeMap<Phase, usize>| -> BTreeMap<&'static str, usize> {
            Phase::ALL
                .iter()
                .map(|phase| (phase.name(), counts.get(phase).copied().unwrap_or_default()))
                .collect()
        };
        let of_jobs = Job::ALL.map(|job| (job.name(), self.jobs.get(&job).copied().unwrap_or_default()));
        json!({
            "runs": self.runs,
            "processes": self.processes,
            "failures": failures,
            "seconds": elapsed.as_secs_f64(),
            "exit_codes": self.codes,
            "jobs": BTreeMap::from(of_jobs),
            "places": self.places,
            "faults": BTreeMap::from(of_faults),
            "kills": of_phases(&self.kills),
            "signals": of_phases(&self.signals),
            "missed": self.missed,
        })
    }
}
