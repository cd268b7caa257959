//! From "the check finished" to "may the code be merged?": the CodeArts quality gate and the thresholds become the verdict.

use super::findings::{Listed, Listing, Wanted, wanted};
use super::standing::{self, Latest};
use crate::codearts::summary::{Answers, Summary};
use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun, CheckedTask};
use crate::lifecycle::collect::undecided::undecided;
use crate::lifecycle::report::{Verdict, problem};
use crate::log_problem;
use crate::messages::{BatchNote, FindingsMessage, GateMessage, JobHint, Message, ScopeHint};
use crate::model::gate::{
    Decision, Doubt, GateFailure, GateMode, GateResult, Known, Limits, Rules, ServiceGate, decide,
};
use crate::model::outcome::Outcome;
use crate::model::scope::{Scope, ScopeCounts};
use crate::report::format::Written;
use crate::report::lists::{LOGGED, Overview};
use crate::settings::TaskRules;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Longest time for the summary, and for findings of the log, where nothing depends on them.
const COUNTS_LIMIT: Duration = Duration::from_secs(30);

/// What the gates of one task are evaluated with.
pub(super) struct GateCheck<'a> {
    pub(super) environment: &'a CheckEnvironment<'a>,
    /// How the task is judged.
    pub(super) rules: &'a TaskRules,
    pub(super) task: &'a CheckedTask,
    pub(super) run: Option<&'a CheckRun>,
    pub(super) label: &'a str,
    /// How the check itself ended.
    pub(super) finished: &'a Message,
    pub(super) deadline: Instant,
    pub(super) cancel: &'a CancellationToken,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Evaluated {
    /// Nothing when cancelled before it was certain.
    pub(super) verdict: Option<Verdict>,
    pub(super) summary: Summary,
    pub(super) gate: Option<GateResult>,
    /// Which findings are counted and listed.
    pub(super) scope: Scope,
    pub(super) overview: Option<Overview>,
    pub(super) files: Vec<Written>,
    /// Why files of findings that were asked for are not there.
    pub(super) failure: Option<Verdict>,
}

impl Evaluated {
    /// How many findings lie where, if only those on changed lines count.
    fn scope_counts(&self) -> Option<ScopeCounts> {
        let overview = self.overview.as_ref()?;
        match self.scope {
            Scope::All => None,
            Scope::Changed => {
                Some(ScopeCounts { inside: overview.in_scope().issues, outside: overview.outside })
            }
        }
    }
}

impl GateCheck<'_> {
    /// Reads the summary, decides, and lists the findings.
    pub(super) async fn evaluate(&self) -> Evaluated {
        let mut evaluated = Evaluated::default();
        let gate = &self.rules.gate;
        let (summary, doubt) = match self.cancel.run_until_cancelled(self.read_summary()).await {
            Some(Ok(read)) => read,
            Some(Err(verdict)) => return Evaluated { verdict: Some(verdict), ..evaluated },
            None => return evaluated,
        };
        evaluated.summary = summary.clone();
        let counted_lines = self.environment.scope.counted_lines(self.rules.scope, self.deadline);
        let Some(changed) = self.cancel.run_until_cancelled(counted_lines).await else {
            return evaluated;
        };
        let commented = match self.environment.settings.comments_on_lines() {
            true => {
                self.cancel.run_until_cancelled(self.environment.scope.commented_lines(self.deadline)).await
            }
            false => Some(None),
        };
        let Some(commented) = commented else { return evaluated };
        let is_scoped = changed.is_some();
        let needs_list = gate.baseline.is_some() || is_scoped;
        if is_scoped {
            evaluated.scope = Scope::Changed;
            // It counts all.
            evaluated.summary.counts = None;
        }
        let Summary { gate: service, undocumented, counts, new_counts, code: _ } = summary;
        let known = Known { service, undocumented, doubt, counts, new_counts };
        if !needs_list {
            self.conclude(&known, &mut evaluated);
        }
        self.announce_notice(&known);
        let has_failed = |verdict: &Verdict| verdict.outcome == Outcome::GateFailed;
        let (wanted, deadline) = match wanted(self.environment.settings, gate) {
            _ if is_scoped => (Wanted::All, self.deadline),
            // The log of a gate that failed shows why.
            Wanted::Nothing if evaluated.verdict.as_ref().is_some_and(has_failed) => {
                (Wanted::Top(LOGGED), self.deadline.min(Instant::now() + COUNTS_LIMIT))
            }
            wanted => (wanted, self.deadline),
        };
        if wanted == Wanted::Nothing {
            return evaluated;
        }
        let listing = Listing {
            environment: self.environment,
            gate,
            task: self.task,
            run: self.run,
            label: self.label,
            counts: known.counts,
            changed,
            commented,
            deadline,
        };
        let Some(listed) = self.cancel.run_until_cancelled(listing.list(wanted)).await else {
            return evaluated;
        };
        match listed {
            Ok(Listed { overview, files, failure, open }) => {
                let counting = overview.counting;
                if is_scoped {
                    evaluated.summary.counts = Some(overview.in_scope());
                }
                evaluated.overview = Some(overview);
                evaluated.files = files;
                evaluated.failure = failure;
                if needs_list {
                    // The service's numbers of new findings are about all of them.
                    let new_counts = if is_scoped { counting.map(Some) } else { known.new_counts };
                    // The list is this run's, whoever's the summary was.
                    self.conclude(&Known { counts: Some(counting), new_counts, ..known }, &mut evaluated);
                } else if let Some(open) = open {
                    let counts = known.counts.map(|counts| counts.larger(open));
                    self.conclude(&Known { counts, ..known }, &mut evaluated);
                }
            }
            Err(error) => {
                if needs_list && !gate.decides() {
                    self.conclude(&known, &mut evaluated);
                } else if needs_list {
                    self.conclude_without_findings(&known, error.verdict.clone(), &mut evaluated);
                }
                match wanted {
                    Wanted::All => evaluated.failure = Some(error.verdict),
                    Wanted::Top(_) | Wanted::Nothing => {
                        let failure = error.verdict.within(FindingsMessage::NotListed);
                        log_problem!(warn, Problem::from(failure));
                    }
                }
            }
        }
        evaluated
    }

    /// The summary, as far as it counts, and why not all of it does; an empty one where nothing depends on it, or the service
    /// knows of none.
    async fn read_summary(&self) -> Result<(Summary, Option<Doubt>), Verdict> {
        let gate = &self.rules.gate;
        let deadline =
            if gate.decides() { self.deadline } else { self.deadline.min(Instant::now() + COUNTS_LIMIT) };
        let run_id = self.run.and_then(|run| run.id.as_deref());
        let reading = async {
            let answers = self.environment.service.summary(&self.task.id, run_id, deadline).await?;
            if gate.decides() {
                self.find_counting(answers, deadline).await
            } else {
                Ok((answers.together(), None))
            }
        };
        let (failure, counts) = match timeout_at(deadline, reading).await {
            Ok(Ok(read)) => return Ok(read),
            Ok(Err(error)) => {
                let is_harmless = !gate.decides()
                    // Such a service cannot answer; what that means, the gate decides.
                    || is_no_such_call(&error)
                    || error.failure == Failure::Denied
                        && !gate.counts_findings()
                        && gate.mode == GateMode::Auto;
                (undecided(error), !is_harmless)
            }
            Err(_) => (Verdict::new(Outcome::Unavailable, GateMessage::SummaryTimedOut), gate.decides()),
        };
        if counts {
            return Err(failure.within(GateMessage::NotRead));
        }
        log_problem!(warn, self.label, Problem::from(failure.within(GateMessage::NotCounted)));
        Ok((Summary::default(), None))
    }

    /// What counts of the answers: somebody's next run may have begun before they were given.
    async fn find_counting(
        &self,
        answers: Answers,
        deadline: Instant,
    ) -> Result<(Summary, Option<Doubt>), CallError> {
        let service = self.environment.service;
        let gate = &self.rules.gate;
        let latest = match standing::latest(service, &self.task.id, self.run, deadline).await {
            Ok(latest) => latest,
            // Nothing passes because of what the list could change.
            Err(error) if gate.mode == GateMode::Auto && !gate.counts_findings() => {
                tracing::debug!("{}", problem(GateMessage::WhoseSummary, &error));
                Latest::Unknown
            }
            Err(error) => return Err(error),
        };
        let is_about_run = answers.of_run.as_ref().is_some_and(Summary::can_decide);
        let needs_proof = match latest {
            Latest::Watched => false,
            Latest::Other(_) => true,
            Latest::Unknown => gate.mode == GateMode::Required,
        };
        let knows_runs =
            is_about_run && needs_proof && service.summary_knows_runs(&self.task.id, deadline).await;
        Ok(standing::counting(answers, &latest, knows_runs, gate.mode))
    }

    /// The findings could not be compared: what is certain without them still counts, and nothing passes.
    fn conclude_without_findings(&self, known: &Known, failure: Verdict, evaluated: &mut Evaluated) {
        let gate = &self.rules.gate;
        // On changed lines nothing can be counted without a list.
        let limits = match evaluated.scope {
            Scope::All => gate.thresholds.without_list(),
            Scope::Changed => Limits::default(),
        };
        let rules = Rules { limits, needs_no_finding: false, ..gate.rules() };
        let Decision { failures, result, .. } = decide(&rules, known);
        evaluated.gate = Some(result);
        let scope = evaluated.scope;
        evaluated.verdict = Some(if failures.is_empty() {
            failure.within(match scope {
                Scope::All => GateMessage::NotCompared,
                Scope::Changed => GateMessage::NotLocated,
            })
        } else {
            let finished = Box::new(self.finished.clone());
            let failure =
                failure.within(|why| GateMessage::FailedWithoutFindings { failures, why, scope, finished });
            Verdict { outcome: Outcome::GateFailed, ..failure }
        });
    }

    /// Logs what should be known about the service's gate although it does not count against the code.
    fn announce_notice(&self, known: &Known) {
        let gate = &self.rules.gate;
        let Decision { notice, is_by_findings, .. } = decide(&gate.rules(), known);
        if is_by_findings {
            tracing::info!("{}: {}", self.label, GateMessage::NoFindingAllowed);
        } else if let Some(notice) = notice {
            let text = format!("{}: {}", self.label, GateMessage::Notice(notice));
            let hint = JobHint::RequireGate.to_string();
            self.environment.console.log_counted_with_hint(BatchNote::UnknownGates, &text, &hint);
        }
    }

    /// Decides, and notes the result of each gate.
    fn conclude(&self, known: &Known, evaluated: &mut Evaluated) {
        let gate = &self.rules.gate;
        if !gate.decides() {
            evaluated.verdict = Some(Verdict::new(Outcome::Passed, self.finished.clone()));
            return;
        }
        let Decision { failures, result, is_by_findings, .. } = decide(&gate.rules(), known);
        let scope = evaluated.scope_counts();
        let known_findings = match (&gate.baseline, &evaluated.overview) {
            (Some(_), Some(overview)) => Some(overview.known.issues),
            _ => None,
        };
        let finished = Box::new(self.finished.clone());
        evaluated.verdict = Some(if failures.is_empty() {
            let met = GateMessage::Passed {
                finished,
                is_service_met: gate.mode != GateMode::Off && known.service == ServiceGate::Passed,
                thresholds: result.thresholds.len() as u64,
                is_by_findings,
                known: known_findings,
                scope,
            };
            Verdict::new(Outcome::Passed, met)
        } else {
            let is_by_service = failures == [GateFailure::NotPassed];
            let message = GateMessage::Failed { failures, known: known_findings, scope, finished };
            let verdict = Verdict::new(Outcome::GateFailed, message);
            match scope {
                Some(_) if is_by_service => verdict.hint(ScopeHint::DecideByLines),
                Some(_) | None => verdict,
            }
        });
        evaluated.gate = Some(result);
    }
}

/// Whether the gateway does not know the call at all (`errors-and-retry`).
fn is_no_such_call(error: &CallError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    error.is_bare(404)
        || error.failure == Failure::NotFound
            && (error.status == Some(404) || code.ends_with(".0101") || code.ends_with(".0103"))
}
