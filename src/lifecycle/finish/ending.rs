//! How the whole ends: the outcomes so far, and the document that shows what they come to.

use crate::error::Problem;
use crate::lifecycle::finish::document;
use crate::lifecycle::finish::overall::Overall;
use crate::lifecycle::report::Verdict;
use crate::messages::OutcomeText;
use crate::model::outcome::Outcome;
use crate::report::result::{ResultDocument, TaskResult};

/// How the whole ends, as far as is known.
pub(super) struct Ending<'a> {
    allow: &'a [Outcome],
    /// Of the tasks or builds, and of what came after them.
    outcomes: Vec<Outcome>,
    overall: Overall,
    /// What shows it.
    pub(super) document: ResultDocument,
    /// What came after the verdicts and stands on every page.
    later_verdict: Option<Verdict>,
    /// Then nothing that comes later changes what the whole ends as.
    is_cancelled: bool,
}

impl<'a> Ending<'a> {
    /// The end of these tasks or builds, which are not in the document yet.
    pub(super) fn new(outcomes: Vec<Outcome>, allow: &'a [Outcome]) -> Self {
        let overall = Overall::new(&outcomes, allow);
        let document = ResultDocument::new(overall.outcome, overall.exit_code, Vec::new());
        Self { allow, outcomes, overall, document, later_verdict: None, is_cancelled: false }
    }

    pub(super) const fn overall(&self) -> Overall {
        self.overall
    }

    pub(super) const fn is_cancelled(&self) -> bool {
        self.is_cancelled
    }

    /// Makes the whole end as cancelled.
    pub(super) fn cancel(&mut self, signal: Outcome) {
        self.is_cancelled = true;
        self.later_verdict = Some(Verdict::new(signal, OutcomeText::Meaning(signal)));
        self.set_overall(Overall { outcome: signal, exit_code: signal.exit_code() });
    }

    fn set_overall(&mut self, overall: Overall) {
        self.overall = overall;
        self.document.set_overall(overall.outcome, overall.exit_code);
    }

    /// Adds what came after the verdicts. It never hides one: the worst wins.
    pub(super) fn add(&mut self, verdict: Verdict) {
        self.document.reason = Some(verdict.reason.clone());
        self.document.hints.clone_from(&verdict.hints);
        if self.is_cancelled {
            return;
        }
        self.outcomes.push(verdict.outcome);
        self.later_verdict = Some(verdict);
        self.set_overall(Overall::new(&self.outcomes, self.allow));
    }

    /// A failure counts, unless there was one before. Whether there is none.
    pub(super) fn count_failure(&mut self, written: Result<(), Problem>) -> bool {
        let Err(problem) = written else { return true };
        if self.document.reason.is_none() {
            self.add(Verdict::of(Outcome::ReportFailed, problem));
        }
        false
    }

    /// A task as its page shows it: with what came after a pass, or with the cancellation of the whole.
    pub(super) fn as_shown(&self, task: &TaskResult) -> TaskResult {
        let changes = |later: &&Verdict| {
            task.outcome == Outcome::Passed || self.is_cancelled && task.outcome != later.outcome
        };
        match self.later_verdict.as_ref().filter(changes) {
            Some(later) => document::with_later(task, later, self.allow),
            None => task.clone(),
        }
    }
}
