//! Exports of PDFs.

use super::measure::{percent, percent_of_polls};
use crate::sandbox::scenario::PdfScript;
use std::time::Instant;

/// A PDF export job.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(super) task: String,
    pub(crate) title: String,
    pub(crate) file: String,
    started: Instant,
    /// How often its state was asked for.
    polls: u32,
    is_fetched: bool,
}

impl Export {
    pub(super) fn new(task: &str, title: &str, id: u64, now: Instant) -> Self {
        let file = format!("defects/PdfFiles/20261122/{title}_Code check report_{id}.pdf");
        Self {
            task: task.to_owned(),
            title: title.to_owned(),
            file,
            started: now,
            polls: 0,
            is_fetched: false,
        }
    }

    /// Its state is asked for.
    pub(super) const fn poll(&mut self) {
        self.polls += 1;
    }

    /// Whether its file may be handed out, which happens once.
    pub(super) fn take(&mut self, script: &PdfScript, now: Instant) -> bool {
        self.percent(script, now) == 100 && !std::mem::replace(&mut self.is_fetched, true)
    }

    /// Progress in percent; 100 is done.
    pub(crate) fn percent(&self, script: &PdfScript, now: Instant) -> u32 {
        match script.polls {
            Some(polls) => percent_of_polls(self.polls, polls),
            None => percent(now.duration_since(self.started), script.duration),
        }
    }
}
