//! Listing the findings: all of them for files and baselines, or only the worst for comments and annotations.

use crate::codearts::findings::{Filter, Walk};
use crate::error::Problem;
use crate::http::error::CallError;
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun, CheckedTask};
use crate::lifecycle::collect::standing;
use crate::lifecycle::collect::tally::Tally;
use crate::lifecycle::collect::undecided::undecided;
use crate::lifecycle::report::{Verdict, problem};
use crate::log_problem;
use crate::messages::{FindingsMessage, JobHint, ListMessage, Message};
use crate::model::changed_lines::ChangedLines;
use crate::model::finding::{Counts, Finding, Severity, Status};
use crate::model::outcome::Outcome;
use crate::model::path::in_repository;
use crate::publish::Target;
use crate::report::format::Written;
use crate::report::formats::html;
use crate::report::lists::spool::Spool;
use crate::report::lists::{self, BLOCKING, Overview, Plan, Whole};
use crate::settings::{CheckSettings, GateSettings};
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

/// The worst so many findings are listed on a page.
const TOP_OF_PAGE: usize = 5_000;

/// Which findings are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// None.
    Nothing,
    /// So many of the worst ones.
    Top(usize),
    /// All.
    All,
}

/// What the settings need.
pub(super) fn wanted(settings: &CheckSettings, gate: &GateSettings) -> Wanted {
    let formats = &settings.findings.formats;
    let shows = [Target::Summary, Target::Annotations, Target::Comment, Target::CheckRun];
    if !formats.is_empty() || gate.compares() || settings.comments_on_lines() {
        Wanted::All
    } else if settings
        .publish
        .as_ref()
        .is_some_and(|publisher| shows.iter().any(|target| publisher.config().wants(*target)))
    {
        Wanted::Top(BLOCKING)
    } else {
        Wanted::Nothing
    }
}

/// What was counted, and the files or why there are none.
type Lists = (Overview, Result<Vec<Written>, Problem>);

/// Why the findings are not there.
#[derive(Debug)]
pub(super) struct ListError {
    /// What it means where the verdict depends on them; never a pass.
    pub(super) verdict: Verdict,
    /// Whether the service does not take the question.
    is_refused: bool,
}

impl ListError {
    fn new(message: impl Into<Message>) -> Self {
        Self { verdict: Verdict::new(Outcome::Unavailable, message), is_refused: false }
    }
}

impl From<CallError> for ListError {
    fn from(error: CallError) -> Self {
        let is_refused = error.may_lack_call();
        Self { verdict: undecided(error), is_refused }
    }
}

/// This machine does not hold them: nothing is known that could be a verdict, and CodeArts has nothing to do with it.
impl From<Problem> for ListError {
    fn from(problem: Problem) -> Self {
        Self { verdict: Verdict::of(Outcome::Internal, problem), is_refused: false }
    }
}

impl From<io::Error> for ListError {
    fn from(error: io::Error) -> Self {
        Problem::new(FindingsMessage::NotKept(error.to_string())).into()
    }
}

/// Findings that were listed.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) overview: Overview,
    /// The files that hold them.
    pub(super) files: Vec<Written>,
    /// Why there are none.
    pub(super) failure: Option<Verdict>,
    /// Numbers of those that count, if thresholds need them, all were read, and nothing shows that they are another run's.
    pub(super) open: Option<Counts>,
}

/// A list of the findings of one task.
pub(super) struct Listing<'a> {
    pub(super) environment: &'a CheckEnvironment<'a>,
    pub(super) gate: &'a GateSettings,
    pub(super) task: &'a CheckedTask,
    pub(super) run: Option<&'a CheckRun>,
    pub(super) label: &'a str,
    /// What the summary counts.
    pub(super) counts: Option<Counts>,
    /// Only findings on these lines count; `None`: all.
    pub(super) changed: Option<Arc<ChangedLines>>,
    /// Findings on these lines are shown in the diff.
    pub(super) commented: Option<Arc<ChangedLines>>,
    pub(super) deadline: Instant,
}

impl Listing<'_> {
    /// Lists findings.
    pub(super) async fn list(&self, wanted: Wanted) -> Result<Listed, ListError> {
        let listing = async {
            let _permit = self.environment.list_permit.acquire().await;
            match wanted {
                Wanted::All => self.all().await,
                Wanted::Top(number) => self.top(number).await,
                Wanted::Nothing => Ok(Listed::default()),
            }
        };
        timeout_at(self.deadline, listing)
            .await
            .unwrap_or_else(|_| Err(ListError::new(FindingsMessage::TimedOut(self.environment.pdf_limit()))))
    }

    /// Whether findings are compared with a baseline, with changed lines or with comments in the diff: then no open one may be
    /// missing.
    fn is_compared(&self) -> bool {
        self.commented.is_some() || self.counts_by_comparison()
    }

    /// Whether only some of the open findings count.
    fn counts_by_comparison(&self) -> bool {
        self.changed.is_some() || self.gate.compares()
    }

    /// All findings, into the files.
    async fn all(&self) -> Result<Listed, ListError> {
        let CheckEnvironment { settings, directory, .. } = self.environment;
        let started = Instant::now();
        let is_compared = self.is_compared();
        let mut statuses = settings.findings.statuses.clone();
        if is_compared {
            statuses.push(Status::Open);
        }
        let severities = if is_compared { Vec::new() } else { settings.findings.severities.clone() };
        let pages_at_once = settings.findings.pages_at_once;
        let lists_open = severities.is_empty() && statuses.contains(&Status::Open);
        let counted_open = self.counts.filter(|_| lists_open).map(|counts| counts.issues);
        let lists_only_open = statuses.iter().all(|status| *status == Status::Open);
        let mut spool = Spool::new(directory.path());
        let mut tally = Tally::default();
        // With a baseline, what is new counts.
        let counts_list = self.gate.counts_findings() && !self.counts_by_comparison();
        let mut walks = [Walk::default(); 2];
        for (walk, is_delayed) in walks.iter_mut().zip([false, true]) {
            let filter = Filter {
                statuses: statuses.clone(),
                severities: severities.clone(),
                is_delayed,
                pages_at_once,
                counted: counted_open.filter(|_| lists_only_open && !is_delayed),
            };
            let add = |finding: Finding| {
                if counts_list {
                    tally.add(&finding);
                }
                let status = finding.status;
                let is_new = spool.add(finding)?;
                if is_new {
                    tally.add_place(status);
                }
                Ok(is_new)
            };
            match self.walk(&filter, None, add).await {
                Ok(walked) => *walk = walked,
                Err(error) if is_delayed && error.is_refused => {
                    let failure = error.verdict.within(FindingsMessage::DelayedNotListed);
                    log_problem!(info, Problem::from(failure));
                }
                Err(error) => return Err(error),
            }
        }
        let [counted, delayed] = walks;
        self.check_whole(&counted, counted_open.unwrap_or_default(), tally.open_places)?;
        let is_of_watched = self.is_of_watched(is_compared).await?;
        tracing::debug!("{}", FindingsMessage::AllRead(started.elapsed()));
        let (overview, written) = self.write(spool).await?;
        let (files, failure) = match written {
            Ok(files) => (files, None),
            Err(problem) => (Vec::new(), Some(Verdict::of(Outcome::ReportFailed, problem))),
        };
        let listed = FindingsMessage::Listed {
            findings: overview.listed.issues,
            delayed: overview.delayed,
            pages: counted.pages + delayed.pages,
            took: started.elapsed(),
        };
        tracing::info!("{listed}");
        for note in &overview.notes {
            log_problem!(warn, note);
        }
        let open = (is_of_watched && counts_list).then_some(tally.counts);
        Ok(Listed { overview, files, failure, open })
    }

    /// Whether nothing shows that the list is another run's. What is compared has to be this one's.
    async fn is_of_watched(&self, is_compared: bool) -> Result<bool, ListError> {
        // What only is listed does not wait for a list of runs that does not come.
        let deadline = if is_compared { self.deadline } else { Instant::now() };
        match standing::latest(self.environment.service, &self.task.id, self.run, deadline).await {
            Ok(latest) => match latest.doubt() {
                None => Ok(true),
                Some(doubt) if is_compared => Err(ListError::new(FindingsMessage::InDoubt(doubt))),
                Some(doubt) => {
                    tracing::warn!("{}: {}", self.label, FindingsMessage::InDoubt(doubt));
                    Ok(false)
                }
            },
            Err(error) if is_compared => Err(error.into()),
            Err(error) => {
                tracing::debug!("{}", problem(FindingsMessage::Whose, &error));
                Ok(false)
            }
        }
    }

    /// An incomplete list counts as no list: it would look as if the rest were fixed. `counted_open`: open findings of the
    /// summary, if all of them should be there; `open`: those that came.
    fn check_whole(&self, walk: &Walk, counted_open: u64, open: u64) -> Result<(), ListError> {
        let Walk { distinct, places, total, too_large, .. } = *walk;
        let returned = distinct.max(places);
        let reported = total.unwrap_or_default();
        let has_large = too_large > 0 && self.is_compared();
        let message = match walk.missing() {
            Some(0) if !walk.has_end() => FindingsMessage::PerhapsMore { reported, returned },
            None => FindingsMessage::NoNumber { returned },
            Some(missing) if missing > 0 => FindingsMessage::Incomplete { reported, returned },
            Some(_) if open + too_large < counted_open => {
                FindingsMessage::FewerThanCounted { counted: counted_open, returned: open }
            }
            Some(_) if has_large => FindingsMessage::TooLarge(too_large),
            Some(_) => return Ok(()),
        };
        let verdict = Verdict::new(Outcome::Unavailable, message).hint(JobHint::RunAgain);
        Err(ListError { verdict, is_refused: false })
    }

    /// Merges, compares and writes beside the loop that waits for signals.
    async fn write(&self, spool: Spool) -> Result<Lists, ListError> {
        let CheckEnvironment { settings, directory, .. } = self.environment;
        let has_page = settings.findings.wants(&html::FORMAT);
        let plan = Plan {
            task_id: self.task.named.to_string(),
            lists: settings.findings.formats.iter().filter_map(|entry| entry.list()).collect(),
            directory: (*directory).clone(),
            sources: settings.findings.sources.clone(),
            language: settings.report.language,
            severities: settings.findings.severities.clone(),
            statuses: settings.findings.statuses.clone(),
            baseline: self.gate.baseline.clone(),
            notes_open: self.gate.write_baseline.is_some(),
            changed: self.changed.clone(),
            commented: self.commented.clone(),
            top: if has_page { TOP_OF_PAGE } else { 0 },
        };
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let _cancel = Cancel(Arc::clone(&is_cancelled));
        let writing = spawn_blocking(move || write_all(spool, &plan, &is_cancelled));
        let written = writing.await.unwrap_or_else(|_| Err(Problem::new(ListMessage::ThreadBroken)));
        let (mut overview, whole) = written?;
        let files = whole.and_then(|whole| lists::keep(whole, &mut overview.notes));
        Ok((overview, files))
    }

    /// Only the worst findings, severity by severity.
    async fn top(&self, number: usize) -> Result<Listed, ListError> {
        let settings = self.environment.settings;
        let counts = self.counts;
        let chosen = &settings.findings.severities;
        let mut worst: BTreeSet<Finding> = BTreeSet::new();
        for severity in Severity::ALL {
            let is_wanted = chosen.is_empty() || chosen.contains(&severity);
            let has_none = counts.is_some_and(|counts| counts.of(severity) == 0);
            if !is_wanted || has_none || worst.len() >= number {
                continue;
            }
            let filter = Filter {
                statuses: vec![Status::Open],
                severities: vec![severity],
                is_delayed: false,
                pages_at_once: settings.findings.pages_at_once,
                // The worst that come are enough.
                counted: Some(0),
            };
            let enough = (number - worst.len()) as u64;
            self.walk(&filter, Some(enough), |finding| Ok(worst.insert(finding.shortened()))).await?;
        }
        let blocking = worst.into_iter().filter(Finding::counts).take(number).collect();
        Ok(Listed { overview: Overview { blocking, ..Overview::default() }, ..Listed::default() })
    }

    /// Walks over the pages, with paths of the repository.
    async fn walk(
        &self,
        filter: &Filter,
        enough: Option<u64>,
        mut add: impl FnMut(Finding) -> io::Result<bool>,
    ) -> Result<Walk, ListError> {
        let prefixes = &self.environment.settings.findings.prefixes;
        let mut refused = None;
        let take = |mut finding: Finding| {
            finding.path = in_repository(&finding.path, prefixes);
            for step in &mut finding.flow {
                step.path = in_repository(&step.path, prefixes);
            }
            match add(finding) {
                Ok(is_new) => is_new && refused.is_none(),
                Err(error) => {
                    refused = Some(error);
                    false
                }
            }
        };
        let walk =
            self.environment.service.findings(&self.task.id, filter, enough, self.deadline, take).await;
        match refused {
            Some(error) => Err(error.into()),
            None => Ok(walk?),
        }
    }
}

fn write_all(
    spool: Spool,
    plan: &Plan,
    is_cancelled: &AtomicBool,
) -> Result<(Overview, Result<Vec<Whole>, Problem>), Problem> {
    let findings =
        spool.into_sorted().map_err(|error| Problem::new(ListMessage::NotReadBack).because(error))?;
    lists::write(findings, plan, is_cancelled)
}

/// Makes the writing thread give up when its result is not needed any more.
struct Cancel(Arc<AtomicBool>);

impl Drop for Cancel {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
