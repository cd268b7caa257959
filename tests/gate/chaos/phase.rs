//! How far a process had come when a signal or its death came, by what it has asked for and written.

use super::play::has_part;
use super::view::Before;
use crate::kit::forge::Forge;
use crate::kit::{Run, World};

/// A phase of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Nothing was asked for yet.
    Beginning,
    /// The run is looked for or started.
    Starting,
    Waiting,
    /// Gate, findings, PDF.
    Collecting,
    /// The forge was asked for something since.
    Publishing,
    /// A file is only half written.
    Writing,
}

impl Phase {
    pub(crate) const ALL: [Self; 6] =
        [Self::Beginning, Self::Starting, Self::Waiting, Self::Collecting, Self::Publishing, Self::Writing];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Beginning => "beginning",
            Self::Starting => "starting",
            Self::Waiting => "waiting",
            Self::Collecting => "collecting",
            Self::Publishing => "publishing",
            Self::Writing => "writing",
        }
    }
}

/// How far it had come.
pub(crate) fn phase(world: &World, forge: &Forge, run: &Run, before: &Before) -> Phase {
    if has_part(&run.reports()) {
        return Phase::Writing;
    }
    let recorded = world.sandbox.recorded();
    let Some(last) = recorded.get(before.recorded..).and_then(<[_]>::last) else { return Phase::Beginning };
    let is_after_the_wait = |call: &str| {
        call.starts_with("pdf-")
            || ["summary", "findings", "records", "log-detail", "build-steps", "build-output"].contains(&call)
    };
    match last.call {
        call if is_after_the_wait(call) || call == "task-delete" => {
            let asked = forge.state().requests.len() > before.at_forge;
            if asked { Phase::Publishing } else { Phase::Collecting }
        }
        "progress" | "build-info" | "build-status" | "build-log" => Phase::Waiting,
        call if call.starts_with("build-record") => Phase::Waiting,
        _ => Phase::Starting,
    }
}
