//! What came of each target.

use super::target::{Selection, Target};
use crate::error::{Problem, hint_lines};
use crate::http::error::CallError;
use crate::http::repeat::may_be_created;
use crate::messages::{FinishMessage, Hint, InlineMessage, Message, PublishHint, PublishMessage};
use crate::model::finding::Counts;
use std::collections::HashMap;

/// What a target has; else what it lacks. Found out without any request.
pub type Offer = Result<Message, Problem>;

/// Where in a file something was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Added {
    /// First byte.
    pub(super) from: u64,
    /// Byte after the last.
    pub(super) to: u64,
}

/// Why the result is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishError {
    /// What kind of failure it is.
    pub kind: PublishErrorKind,
    /// What is wrong.
    pub problem: Problem,
}

/// The service refused what publishing needs.
impl From<CallError> for PublishError {
    fn from(error: CallError) -> Self {
        Self::failed(Problem::from(&error))
    }
}

/// How a target was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishErrorKind {
    /// There is no such place here.
    NotOffered,
    /// It was tried.
    Failed,
    /// It was tried, and may be there: the answer is missing.
    Unanswered,
}

impl PublishError {
    /// There is no such place here.
    pub(super) const fn not_offered(problem: Problem) -> Self {
        Self { kind: PublishErrorKind::NotOffered, problem }
    }

    /// It was tried.
    pub(super) const fn failed(problem: Problem) -> Self {
        Self { kind: PublishErrorKind::Failed, problem }
    }

    /// Something was to be written with a call that failed like this.
    pub(super) fn of_write(error: &CallError, problem: Problem) -> Self {
        let kind =
            if may_be_created(error) { PublishErrorKind::Unanswered } else { PublishErrorKind::Failed };
        Self { kind, problem }
    }

    /// Neither the host nor the forge has such a place.
    pub(super) fn unknown_place(target: Target) -> Self {
        Self::not_offered(Problem::new(PublishMessage::NoPlace { target: target.name() }))
    }

    /// Findings cannot be shown in the diff.
    pub fn lines_unknown() -> Self {
        Self::failed(Problem::new(InlineMessage::LinesUnknown))
    }

    /// The time for publishing was over.
    pub(super) fn out_of_time() -> Self {
        let problem = Problem::new(PublishMessage::OutOfTime).hint(Hint::Publish(PublishHint::ReportTimeout));
        Self { kind: PublishErrorKind::Unanswered, problem }
    }
}

/// What came of each target that was wanted.
#[derive(Clone, Debug, Default)]
pub struct PublishResults {
    results: Vec<(Target, Result<(), PublishError>)>,
    /// Address of the comment.
    pub comment_url: Option<String>,
    /// The counts in the comment of the last run.
    pub counts_before: Option<Counts>,
    /// What was added to files of the step, to be replaced if the result changes.
    pub(super) added: HashMap<Target, Added>,
    /// Whether the log has the annotations; they cannot be taken back.
    pub(super) has_annotations: bool,
}

impl PublishResults {
    /// Notes what came of a target, and logs where it failed, once.
    pub fn note(&mut self, selection: &Selection, target: Target, result: Result<(), PublishError>) {
        let is_known = self.failures().any(|(known, _)| known == target);
        if let Err(PublishError { kind, problem }) = &result
            && !is_known
        {
            let missed = PublishMessage::Missed { target: target.name() };
            let hints = hint_lines(&problem.hints);
            match (kind, selection) {
                (PublishErrorKind::NotOffered, Selection::Auto) => {
                    tracing::info!(hints, "{missed}: {problem}");
                }
                (PublishErrorKind::NotOffered, Selection::Named(_))
                | (PublishErrorKind::Failed | PublishErrorKind::Unanswered, _) => {
                    tracing::warn!(hints, "{missed}: {problem}");
                }
            }
        }
        // The latest result of a target counts.
        self.results.retain(|(known, _)| *known != target);
        self.results.push((target, result));
    }

    /// Adds what came of other targets, or of these later.
    pub fn absorb(&mut self, other: Self) {
        self.results.retain(|(known, _)| other.results.iter().all(|(target, _)| target != known));
        self.results.extend(other.results);
    }

    /// The targets that do not show the result, and why.
    pub fn failures(&self) -> impl Iterator<Item = (Target, &PublishError)> {
        self.results.iter().filter_map(|(target, result)| Some((*target, result.as_ref().err()?)))
    }

    /// Why publishing failed as a whole, if it did: a named target must succeed; among those that `auto` chose, at least
    /// one that carries the PDF, if any was tried.
    pub fn failure(&self, selection: &Selection) -> Option<Problem> {
        let not_published = |(target, error): (Target, &PublishError)| {
            let Problem { what, cause, hints } = error.problem.clone();
            let what = PublishMessage::NotPublished { target: target.name(), why: Box::new(what) };
            Problem { what: what.into(), cause, hints }
        };
        let mut failures = self.failures();
        match selection {
            Selection::Named(_) => failures.next().map(not_published),
            Selection::Auto => {
                let has_carrier =
                    self.results.iter().any(|(target, result)| target.carries_pdf() && result.is_ok());
                let tried = |(target, error): &(Target, &PublishError)| {
                    target.carries_pdf() && error.kind != PublishErrorKind::NotOffered
                };
                failures.find(tried).filter(|_| !has_carrier).map(not_published)
            }
        }
    }
}

/// What is left to be said about a reason that [`PublishResults::note`] has logged, with its hints.
pub fn logged_before(reason: &Message) -> Option<Message> {
    match reason {
        Message::FinishMessage(message) => match &**message {
            FinishMessage::Because { what, .. } => logged_before(what),
            _ => None,
        },
        Message::PublishMessage(message) => match **message {
            PublishMessage::NotPublished { target, .. } => Some(PublishMessage::Missed { target }.into()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(selection: &Selection, results: &[(Target, Result<(), PublishError>)]) -> bool {
        let mut all = PublishResults::default();
        for (target, result) in results {
            all.note(selection, *target, result.clone());
        }
        all.failure(selection).is_some()
    }

    #[test]
    fn what_fails_the_whole() {
        use Target::*;
        let failed = || Err(PublishError::out_of_time());
        let not_offered = || Err(PublishError::unknown_place(Artifact));
        let auto = Selection::Auto;
        let named = Selection::Named(vec![Artifact, Comment]);
        let cases = [
            (&auto, vec![(Artifact, Ok(())), (Comment, failed())], false),
            (&auto, vec![(Artifact, failed()), (Comment, Ok(()))], true),
            (&auto, vec![(Artifact, not_offered()), (Comment, failed())], false),
            (&auto, vec![(Summary, failed()), (Outputs, failed())], false),
            (&auto, vec![], false),
            (&named, vec![(Artifact, Ok(())), (Comment, Ok(()))], false),
            (&named, vec![(Artifact, Ok(())), (Comment, failed())], true),
            (&named, vec![(Artifact, not_offered()), (Comment, Ok(()))], true),
        ];
        for (selection, results, expected) in cases {
            assert_eq!(failure(selection, &results), expected, "{selection:?} {results:?}");
        }
    }
}
