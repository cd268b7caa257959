//! What came of each target.

use super::target::{Selection, Target};
use crate::model::finding::Counts;
use std::collections::HashMap;

/// What a target has, or what it lacks: one sentence. Found out without any request.
pub type Offer = (Target, Result<String, String>);

/// Where in a file something was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Added {
    /// First byte.
    pub(super) from: u64,
    /// Byte after the last.
    pub(super) to: u64,
}

/// Why the result is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishError {
    /// There is no such place here.
    NotOffered(String),
    /// It was tried.
    Failed(String),
}

impl PublishError {
    /// Neither the host nor the forge has such a place.
    pub(super) fn unknown_place(target: Target) -> Self {
        Self::NotOffered(format!("there is no place for `{}` here", target.name()))
    }

    /// The time for publishing was over.
    pub(super) fn out_of_time() -> Self {
        Self::Failed("it was not done in time (`--report-timeout`)".to_owned())
    }

    /// One sentence.
    pub fn reason(&self) -> &str {
        match self {
            Self::NotOffered(reason) | Self::Failed(reason) => reason,
        }
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
        match (&result, selection) {
            (Err(PublishError::NotOffered(reason)), Selection::Auto) if !is_known => {
                tracing::info!("{}: {reason}", target.name());
            }
            (Err(error), _) if !is_known => tracing::warn!("{}: {}", target.name(), error.reason()),
            (Ok(()) | Err(_), _) => {}
        }
        // The latest result of a target counts.
        self.results.retain(|(known, _)| *known != target);
        self.results.push((target, result));
    }

    /// Adds what came of other targets.
    pub fn absorb(&mut self, other: Self) {
        self.results.extend(other.results);
    }

    /// The targets that do not show the result, and why.
    pub fn failures(&self) -> impl Iterator<Item = (Target, &PublishError)> {
        self.results.iter().filter_map(|(target, result)| Some((*target, result.as_ref().err()?)))
    }

    /// Why publishing failed as a whole, if it did: a named target must succeed; among those that `auto` chose, at least
    /// one that carries the PDF, if any was tried.
    pub fn failure(&self, selection: &Selection) -> Option<String> {
        let sentence = |(target, error): (Target, &PublishError)| {
            format!("the result could not be published as {}: {}", target.name(), error.reason())
        };
        let mut failures = self.failures();
        match selection {
            Selection::Named(_) => failures.next().map(sentence),
            Selection::Auto => {
                let has_carrier =
                    self.results.iter().any(|(target, result)| target.carries_pdf() && result.is_ok());
                let tried = |(target, error): &(Target, &PublishError)| {
                    target.carries_pdf() && matches!(error, PublishError::Failed(_))
                };
                failures.find(tried).filter(|_| !has_carrier).map(sentence)
            }
        }
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
        let failed = || Err(PublishError::Failed("no".to_owned()));
        let not_offered = || Err(PublishError::NotOffered("no".to_owned()));
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
