//! From "the check finished" to "may the code be merged?": the service's gate and our thresholds become the verdict.

use super::findings::{ListError, Listed, Listing, Wanted, wanted};
use super::standing::{self, Latest};
use crate::codearts::Id;
use crate::codearts::errors::explained;
use crate::codearts::summary::{Answers, Summary};
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun};
use crate::lifecycle::collect::undecided::undecided;
use crate::lifecycle::report::Verdict;
use crate::model::gate::{GateMode, GateResult, Known, ServiceGate, decide};
use crate::model::outcome::Outcome;
use crate::report::format::Written;
use crate::report::lists::Overview;
use crate::text::count;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

/// Longest time for the summary where nothing depends on it.
const COUNTS_LIMIT: Duration = Duration::from_secs(30);

/// What the gates of one task are evaluated with.
pub(super) struct GateCheck<'a> {
    pub(super) environment: &'a CheckEnvironment<'a>,
    pub(super) task: &'a Id,
    pub(super) run: Option<&'a CheckRun>,
    pub(super) label: &'a str,
    /// The sentence that says that the check itself went well.
    pub(super) finished: &'a str,
    pub(super) deadline: Instant,
    pub(super) cancel: &'a CancellationToken,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Nothing when cancelled before it was certain.
    pub(super) verdict: Option<Verdict>,
    pub(super) summary: Summary,
    pub(super) gate: Option<GateResult>,
    pub(super) overview: Option<Overview>,
    pub(super) files: Vec<Written>,
    /// Why files of findings that were asked for are not there.
    pub(super) failure: Option<String>,
}

impl GateCheck<'_> {
    /// Reads the summary, decides, and lists the findings.
    pub(super) async fn judge(&self) -> Judged {
        let mut judged = Judged::default();
        let gate = &self.environment.settings.gate;
        let (summary, doubt) = match self.cancel.run_until_cancelled(self.read_summary()).await {
            Some(Ok(read)) => read,
            Some(Err(verdict)) => return Judged { verdict: Some(verdict), ..judged },
            None => return judged,
        };
        judged.summary = summary.clone();
        let Summary { gate: service, undocumented, counts, new_counts } = summary;
        let known = Known { service, undocumented, doubt, counts, new_counts };
        if gate.baseline.is_none() {
            self.conclude(&known, &mut judged);
        }
        self.announce_notice(&known);
        let wanted = wanted(self.environment.settings);
        if wanted == Wanted::Nothing {
            return judged;
        }
        let listing = Listing {
            environment: self.environment,
            task: self.task,
            run: self.run,
            label: self.label,
            counts: known.counts,
            deadline: self.deadline,
        };
        let Some(listed) = self.cancel.run_until_cancelled(listing.list(wanted)).await else {
            return judged;
        };
        match listed {
            Ok(Listed { overview, files, open }) => {
                let counting = overview.counting;
                judged.overview = Some(overview);
                judged.files = files;
                if gate.baseline.is_some() {
                    // The list is this run's, whoever's the summary was.
                    self.conclude(&Known { counts: Some(counting), ..known }, &mut judged);
                } else if let Some(open) = open {
                    let counts = known.counts.map(|counts| counts.larger(open));
                    self.conclude(&Known { counts, ..known }, &mut judged);
                }
            }
            Err(error) => {
                if gate.baseline.is_some() {
                    self.conclude_without_findings(&known, &error, &mut judged);
                }
                match wanted {
                    Wanted::All => judged.failure = Some(error.message),
                    Wanted::Top | Wanted::Nothing => {
                        tracing::warn!("{}; the findings are not listed", error.message);
                    }
                }
            }
        }
        judged
    }

    /// The summary, as far as it counts, and why not all of it does; an empty one where nothing depends on it, or the service
    /// knows of none.
    async fn read_summary(&self) -> Result<(Summary, Option<String>), Verdict> {
        let gate = &self.environment.settings.gate;
        let deadline =
            if gate.decides() { self.deadline } else { self.deadline.min(Instant::now() + COUNTS_LIMIT) };
        let run_id = self.run.and_then(|run| run.id.as_deref());
        let reading = async {
            let answers = self.environment.service.summary(self.task, run_id, deadline).await?;
            if gate.decides() {
                self.find_counting(answers, deadline).await
            } else {
                Ok((answers.together(), None))
            }
        };
        let failure: Result<CallError, String> = match timeout_at(deadline, reading).await {
            Ok(Ok(read)) => return Ok(read),
            Ok(Err(error)) => Ok(error),
            Err(_) => Err("timed out reading the summary of the check".to_owned()),
        };
        let unknown = |why: &str| {
            tracing::warn!("{why}; the findings are not counted");
            Ok((Summary::default(), None))
        };
        match failure {
            Ok(error) if !gate.decides() => unknown(&error.to_string()),
            Err(why) if !gate.decides() => unknown(&why),
            // Such a service cannot answer; what that means, the gate decides.
            Ok(error) if is_no_such_call(&error) => unknown(&error.to_string()),
            Ok(error)
                if error.failure == Failure::Denied
                    && !gate.has_thresholds()
                    && gate.mode == GateMode::Auto =>
            {
                unknown(&explained(&error))
            }
            Ok(error) => Err(Verdict::new(undecided(&error), not_read(&explained(&error)))),
            Err(why) => Err(Verdict::new(Outcome::Unavailable, not_read(&why))),
        }
    }

    /// What counts of the answers: somebody's next run may have begun before they were given.
    async fn find_counting(
        &self,
        answers: Answers,
        deadline: Instant,
    ) -> Result<(Summary, Option<String>), CallError> {
        let service = self.environment.service;
        let gate = &self.environment.settings.gate;
        let latest = match standing::latest(service, self.task, self.run, deadline).await {
            Ok(latest) => latest,
            // Nothing passes because of what the list could change.
            Err(error) if gate.mode == GateMode::Auto && !gate.has_thresholds() => {
                tracing::debug!("{error}; whose summary it is, is not known");
                Latest::Untold
            }
            Err(error) => return Err(error),
        };
        let is_about_run = answers.of_run.as_ref().is_some_and(Summary::says_anything);
        let needs_proof = match latest {
            Latest::Judged => false,
            Latest::Other(_) => true,
            Latest::Untold => gate.mode == GateMode::Required,
        };
        let knows_runs = is_about_run && needs_proof && service.summary_knows_runs(self.task, deadline).await;
        Ok(standing::counting(answers, &latest, knows_runs, gate.mode))
    }

    /// The findings could not be compared: what is certain without them still counts, and nothing passes.
    fn conclude_without_findings(&self, known: &Known, error: &ListError, judged: &mut Judged) {
        let gate = &self.environment.settings.gate;
        let decision = decide(gate.mode, &gate.thresholds.without_list(), known);
        let why = format!("the findings could not be compared with the baseline: {}", error.message);
        judged.verdict = Some(if decision.failures.is_empty() {
            Verdict::new(error.outcome, why)
        } else {
            let failures = decision.failures.join(", and ");
            Verdict::new(Outcome::GateFailed, format!("{failures}; {why}; {}", self.finished))
        });
        judged.gate = Some(decision.result);
    }

    /// Logs what should be known about the service's gate although it does not count against the code.
    fn announce_notice(&self, known: &Known) {
        let gate = &self.environment.settings.gate;
        if let Some(notice) = decide(gate.mode, &gate.thresholds, known).notice {
            let text = format!("{}: {notice}; `--gate required` would not let it pass", self.label);
            self.environment.console.tell("notices of the gate", &text);
        }
    }

    /// Decides, and notes what each gate said.
    fn conclude(&self, known: &Known, judged: &mut Judged) {
        let gate = &self.environment.settings.gate;
        if !gate.decides() {
            judged.verdict = Some(Verdict::new(Outcome::Passed, self.finished));
            return;
        }
        let decision = decide(gate.mode, &gate.thresholds, known);
        let known_already = match (&gate.baseline, &judged.overview) {
            (Some(_), Some(overview)) => format!(" ({} known from the baseline)", overview.known),
            _ => String::new(),
        };
        let finished = self.finished;
        judged.verdict = Some(if decision.failures.is_empty() {
            let mut met = Vec::new();
            if gate.mode != GateMode::Off && known.service == ServiceGate::Passed {
                met.push("the CodeArts quality gate was passed".to_owned());
            }
            match decision.result.thresholds.len() as u64 {
                0 => {}
                number => met.push(format!("{} met{known_already}", count(number, "threshold"))),
            }
            let sentence =
                if met.is_empty() { finished.to_owned() } else { format!("{finished}; {}", met.join(", ")) };
            Verdict::new(Outcome::Passed, sentence)
        } else {
            let failures = decision.failures.join(", and ");
            Verdict::new(Outcome::GateFailed, format!("{failures}{known_already}; {finished}"))
        });
        judged.gate = Some(decision.result);
    }
}

/// Whether the gateway does not know the call at all (`errors-and-retry`).
fn is_no_such_call(error: &CallError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    error.is_bare(404)
        || error.failure == Failure::NotFound
            && (error.status == Some(404) || code.ends_with(".0101") || code.ends_with(".0103"))
}

fn not_read(why: &str) -> String {
    format!("the check finished, but whether its quality gate was passed could not be read: {why}")
}
