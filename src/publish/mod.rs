//! Bringing the result to where people look: which targets there are, and what it means when one fails. How a target
//! is reached is the business of the forge's own module.

mod address;
pub mod github;
pub mod gitlab;
mod outputs;
mod plan;
mod publisher;
mod sticky;

pub use plan::Plan;
pub use publisher::{PULL_REQUEST_TARGETS, Publisher, Reach};

use crate::model::finding::Counts;
use address::{ApiVariable, api_address, shown_address, shown_path};
use std::collections::HashMap;

/// A place where the result can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The PDF, kept by the CI.
    Artifact,
    /// A comment on the pull request, one a key.
    Comment,
    /// A check run on the commit.
    CheckRun,
    /// The page of the run.
    Summary,
    /// Notes on the page of the run and in the diff.
    Annotations,
    /// Values for later steps.
    Outputs,
    /// Findings for code scanning.
    Sarif,
}

impl Target {
    /// Its name in `--publish`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::Comment => "comment",
            Self::CheckRun => "check-run",
            Self::Summary => "summary",
            Self::Annotations => "annotations",
            Self::Outputs => "outputs",
            Self::Sarif => "sarif",
        }
    }

    /// Whether the PDF itself goes there, so that losing it means losing the report.
    const fn carries_pdf(self) -> bool {
        matches!(self, Self::Artifact)
    }
}

/// Which targets are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Whatever the surroundings offer; trouble is a warning.
    Auto,
    /// Exactly these; each must succeed.
    Named(Vec<Target>),
}

impl Selection {
    /// Whether a target is wanted; `auto`: whether it is one of those that `auto` stands for.
    pub fn wants(&self, target: Target, auto: bool) -> bool {
        match self {
            Self::Auto => auto,
            Self::Named(targets) => targets.contains(&target),
        }
    }
}

/// What a target has, or what it lacks: one sentence. Found out without any request.
pub type Offer = (Target, Result<String, String>);

/// Where in a file something was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Added {
    from: u64,
    to: u64,
}

/// Why the result is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// There is no such place here.
    Unavailable(String),
    /// It was tried.
    Failed(String),
}

impl Missed {
    /// One sentence.
    pub fn reason(&self) -> &str {
        match self {
            Self::Unavailable(reason) | Self::Failed(reason) => reason,
        }
    }
}

/// What came of each target that was wanted.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    results: Vec<(Target, Result<(), Missed>)>,
    /// Address of the comment.
    pub comment_url: Option<String>,
    /// The counts that the comment of the last run told.
    pub counts_before: Option<Counts>,
    /// What was added to the files of the step, to be replaced if it has to be told otherwise.
    added: HashMap<Target, Added>,
    /// Whether the log has the annotations; they cannot be taken back.
    has_annotations: bool,
}

impl Publication {
    /// Notes what came of a target, and says so where it was missed, once.
    pub fn note(&mut self, selection: &Selection, target: Target, result: Result<(), Missed>) {
        let is_known = self.missed().any(|(known, _)| known == target);
        match (&result, selection) {
            (Ok(()), _) => {}
            (Err(_), _) if is_known => {}
            (Err(Missed::Unavailable(reason)), Selection::Auto) => {
                tracing::info!("{}: {reason}", target.name());
            }
            (Err(missed), _) => tracing::warn!("{}: {}", target.name(), missed.reason()),
        }
        // The latest word on a target counts.
        self.results.retain(|(known, _)| *known != target);
        self.results.push((target, result));
    }

    /// Adds what came of other targets.
    pub fn absorb(&mut self, other: Self) {
        self.results.extend(other.results);
    }

    /// The targets that were missed, and why.
    pub fn missed(&self) -> impl Iterator<Item = (Target, &Missed)> {
        self.results.iter().filter_map(|(target, result)| Some((*target, result.as_ref().err()?)))
    }

    /// Why publishing failed as a whole, if it did: a named target must succeed; among those that `auto` chose, at least
    /// one that carries the PDF, if any was tried.
    pub fn failure(&self, selection: &Selection) -> Option<String> {
        let told = |(target, missed): (Target, &Missed)| {
            format!("the result could not be published as {}: {}", target.name(), missed.reason())
        };
        let mut missed = self.missed();
        match selection {
            Selection::Named(_) => missed.next().map(told),
            Selection::Auto => {
                let has_carrier =
                    self.results.iter().any(|(target, result)| target.carries_pdf() && result.is_ok());
                let tried = |(target, missed): &(Target, &Missed)| {
                    target.carries_pdf() && matches!(missed, Missed::Failed(_))
                };
                missed.find(tried).filter(|_| !has_carrier).map(told)
            }
        }
    }
}

fn out_of_time() -> Missed {
    Missed::Failed("it was not done in time (`--report-timeout`)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(selection: &Selection, results: &[(Target, Result<(), Missed>)]) -> bool {
        let mut publication = Publication::default();
        for (target, result) in results {
            publication.note(selection, *target, result.clone());
        }
        publication.failure(selection).is_some()
    }

    #[test]
    fn what_fails_the_whole() {
        use Target::*;
        let failed = || Err(Missed::Failed("no".to_owned()));
        let unavailable = || Err(Missed::Unavailable("no".to_owned()));
        let auto = Selection::Auto;
        let named = Selection::Named(vec![Artifact, Comment]);
        let cases = [
            (&auto, vec![(Artifact, Ok(())), (Comment, failed())], false),
            (&auto, vec![(Artifact, failed()), (Comment, Ok(()))], true),
            (&auto, vec![(Artifact, unavailable()), (Comment, failed())], false),
            (&auto, vec![(Summary, failed()), (Outputs, failed())], false),
            (&auto, vec![], false),
            (&named, vec![(Artifact, Ok(())), (Comment, Ok(()))], false),
            (&named, vec![(Artifact, Ok(())), (Comment, failed())], true),
            (&named, vec![(Artifact, unavailable()), (Comment, Ok(()))], true),
        ];
        for (selection, results, expected) in cases {
            assert_eq!(failure(selection, &results), expected, "{selection:?} {results:?}");
        }
    }
}
