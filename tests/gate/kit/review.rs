//! Reads pull requests as a job would, without the binary.

use super::forge::Forge;
use super::patience::PATIENCE;
use super::run::Run;
use codearts_gate::ci;
use codearts_gate::http::HttpSettings;
use codearts_gate::http::retry::Backoff;
use codearts_gate::model::changed_lines::ChangedLines;
use codearts_gate::model::pull_request::PullRequest;
use codearts_gate::publish::{CodeReview, Identified, ReviewError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// The forge as a job sees it.
pub(crate) struct Review {
    review: CodeReview,
    runtime: Runtime,
}

impl Review {
    /// In a job with the variables of this run.
    pub(crate) fn of(run: &Run) -> Self {
        let facts = ci::detect(&|name| run.variable(name)).facts;
        let backoff = Backoff { limit: Some(Duration::from_millis(20)) };
        let settings = HttpSettings { backoff, ..HttpSettings::default() };
        let review = CodeReview::new(facts.change.as_ref(), settings).expect("a known forge");
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { review, runtime }
    }

    pub(crate) fn pull_request(&self, number: Option<u64>) -> Result<Identified, ReviewError> {
        self.runtime.block_on(async { self.review.pull_request(number, deadline()).await })
    }

    pub(crate) fn head(&self, pull_request: &PullRequest) -> Result<String, ReviewError> {
        let current = async { self.review.current(pull_request, deadline()).await };
        self.runtime.block_on(current).map(|current| current.head)
    }

    pub(crate) fn changed_lines(&self, pull_request: &PullRequest) -> Result<ChangedLines, ReviewError> {
        self.runtime.block_on(async { self.review.changed_lines(pull_request, deadline()).await })
    }
}

fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

/// An error with its hints, as people read them, without the port of this test.
pub(crate) fn shown(forge: &Forge, error: ReviewError) -> String {
    let problem = error.problem();
    let hints = problem.hints.iter().map(|hint| format!("\nhint: {hint}"));
    let text = std::iter::once(problem.to_string()).chain(hints).collect::<String>();
    text.replace(forge.origin().trim_start_matches("http://"), "HOST")
}
