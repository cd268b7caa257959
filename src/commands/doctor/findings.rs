//! What the tests of `doctor` find, one line each.

use crate::codearts::errors::{outcome_of, with_hints};
use crate::error::Problem;
use crate::http::error::CallError;
use crate::log_problem;
use crate::messages::{DoctorHint, DoctorLabel, DoctorMessage, HttpMessage, Message, Tested, Untested};
use crate::model::outcome::Outcome;
use std::time::Duration;
use tokio::time::timeout;

/// Longest time for one test.
pub(super) const TEST_LIMIT: Duration = Duration::from_secs(30);

/// How all tests ended, and how their findings are logged.
#[derive(Default)]
pub(super) struct Findings {
    /// Of each test that is not a note.
    pub(super) outcomes: Vec<Outcome>,
    /// Whether a line says that permissions are not tested.
    pub(super) lacks_permissions: bool,
}

impl Findings {
    pub(super) fn good(&mut self, what: Tested, detail: impl Into<Message>) {
        self.outcomes.push(Outcome::Passed);
        tracing::info!("{}: {}", DoctorLabel::Good(what), detail.into());
    }

    /// Worth knowing, and no mistake.
    pub(super) fn note(what: Tested, problem: &Problem) {
        log_problem!(info, DoctorLabel::Note(what), problem);
    }

    pub(super) fn bad(&mut self, outcome: Outcome, what: Tested, problem: &Problem) {
        self.outcomes.push(outcome);
        log_problem!(error, DoctorLabel::Bad(what), problem);
    }

    /// Permissions are not tested; the first reason is enough.
    pub(super) fn untested(&mut self, why: Untested) {
        if std::mem::replace(&mut self.lacks_permissions, true) {
            return;
        }
        let hint = (why == Untested::NoSubject).then_some(DoctorHint::GiveSubject.into());
        Self::note(Tested::Permissions, &Problem::new(DoctorMessage::NotTested(why)).hints(hint));
    }

    /// Notes how one test ended; the others go on.
    pub(super) fn tested<T>(
        &mut self,
        what: Tested,
        result: Result<T, (Outcome, Problem)>,
        describe: impl FnOnce(T) -> DoctorMessage,
    ) {
        match result {
            Ok(value) => self.good(what, describe(value)),
            Err((outcome, problem)) => self.bad(outcome, what, &problem),
        }
    }
}

/// A call of the service that does not take for ever.
pub(super) async fn in_time<T>(
    test: impl Future<Output = Result<T, CallError>>,
) -> Result<T, (Outcome, Problem)> {
    within_limit(test, |error| (outcome_of(&error), with_hints(&error))).await
}

/// A test that does not take for ever.
pub(super) async fn within_limit<T, E>(
    test: impl Future<Output = Result<T, E>>,
    failed: impl FnOnce(E) -> (Outcome, Problem),
) -> Result<T, (Outcome, Problem)> {
    match timeout(TEST_LIMIT, test).await {
        Ok(result) => result.map_err(failed),
        Err(_) => Err((Outcome::Unavailable, Problem::new(HttpMessage::NotInTime(TEST_LIMIT)))),
    }
}
