//! What is known at the end, and its way into files, to the forge and into the log.

use crate::console::Console;
use crate::error::Problem;
use crate::lifecycle::finish::overall::Overall;
use crate::lifecycle::finish::task_findings::{TaskFindings, worst_of};
use crate::lifecycle::finish::{document, files, lines};
use crate::lifecycle::report::{BuildReport, TaskReport, Verdict};
use crate::messages::{FinishMessage, OutcomeText, StoreMessage};
use crate::model::finding::Finding;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::publish::{PULL_REQUEST_TARGETS, PublishResults, Publisher, Target};
use crate::report::format::Written;
use crate::report::formats::Entry;
use crate::report::formats::markdown::Subject;
use crate::report::formats::sarif;
use crate::report::pages::task_page::TaskPage;
use crate::report::result::{BuildResult, FileResult, ReportResult, ResultDocument, TaskResult};
use crate::report::store::directory::ReportDirectory;
use crate::report::task_names::name_tasks;
use crate::settings::{BuildSettings, CheckSettings};
use futures_util::future::join3;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// Time for correcting a comment when cancelled; the whole has 5 s.
const CORRECTION_LIMIT: Duration = Duration::from_secs(2);

/// Rounds of writing the result everywhere: each finds at most one failure that changes what all have to show.
const ROUNDS: usize = 3;

/// Where a result goes.
#[derive(Clone, Copy)]
pub(crate) struct Destination<'a> {
    pub(crate) directory: &'a ReportDirectory,
    pub(crate) console: &'a Console,
    /// Of pages.
    pub(crate) language: Language,
}

/// What is known at the end.
pub(super) struct Delivery<'a> {
    destination: Destination<'a>,
    publisher: Option<&'a Publisher>,
    allow: &'a [Outcome],
    prints_document: bool,
    formats: &'a [&'static Entry],
    baseline: Option<&'a Path>,
    /// Of the tasks or builds, and of what came after them.
    outcomes: Vec<Outcome>,
    overall: Overall,
    document: ResultDocument,
    /// One a task.
    task_findings: Vec<TaskFindings>,
    /// The worst findings of all tasks.
    findings: Vec<Finding>,
    publication: PublishResults,
    /// What came after the verdicts and stands on every page.
    later_verdict: Option<Verdict>,
    /// What the comment shows.
    commented: Option<Overall>,
    /// Then nothing that comes later changes what the whole ends as.
    is_cancelled: bool,
}

/// The outcome of what has no verdict.
fn unfinished(signal: Option<Outcome>) -> Outcome {
    signal.unwrap_or(Outcome::Internal)
}

impl<'a> Delivery<'a> {
    pub(super) fn of_checks(
        destination: Destination<'a>,
        settings: &'a CheckSettings,
        reports: Vec<TaskReport>,
        pull_request: Option<(&PullRequest, Option<&str>)>,
        signal: Option<Outcome>,
    ) -> Self {
        let allow = &settings.allow;
        let results = settings.tasks.iter().zip(&reports).map(|(task, report)| {
            document::task_result(
                task.as_str(),
                report,
                &settings.code,
                pull_request,
                unfinished(signal),
                allow,
            )
        });
        let mut tasks: Vec<TaskResult> = results.collect();
        name_tasks(&mut tasks);
        let outcomes = tasks.iter().map(|task| task.outcome).collect();
        let evidence = reports.into_iter().map(|report| report.evidence);
        let task_findings: Vec<TaskFindings> = evidence
            .map(|evidence| TaskFindings { overview: evidence.overview, past_runs: evidence.records })
            .collect();
        let mut delivery = Self::new(destination, settings.publish.as_ref(), allow, outcomes);
        delivery.prints_document = settings.json;
        delivery.formats = &settings.findings.formats;
        delivery.baseline = settings.gate.write_baseline.as_deref();
        delivery.document.tasks = tasks;
        delivery.findings = worst_of(&task_findings);
        delivery.task_findings = task_findings;
        delivery.cancelled_by(signal)
    }

    pub(super) fn of_builds(
        destination: Destination<'a>,
        settings: &'a BuildSettings,
        reports: Vec<BuildReport>,
        signal: Option<Outcome>,
    ) -> Self {
        let allow = &settings.allow;
        let results = settings
            .jobs
            .iter()
            .zip(reports)
            .map(|(job, report)| document::build_result(job.as_str(), report, unfinished(signal), allow));
        let builds: Vec<BuildResult> = results.collect();
        let outcomes = builds.iter().map(|build| build.outcome).collect();
        let mut delivery = Self::new(destination, settings.publish.as_ref(), allow, outcomes);
        delivery.prints_document = settings.json;
        delivery.document.builds = builds;
        delivery.cancelled_by(signal)
    }

    fn new(
        destination: Destination<'a>,
        publisher: Option<&'a Publisher>,
        allow: &'a [Outcome],
        outcomes: Vec<Outcome>,
    ) -> Self {
        let overall = Overall::new(&outcomes, allow);
        Self {
            destination,
            publisher,
            allow,
            prints_document: false,
            formats: &[],
            baseline: None,
            outcomes,
            overall,
            document: ResultDocument::new(overall.outcome, overall.exit_code, Vec::new()),
            task_findings: Vec::new(),
            findings: Vec::new(),
            publication: PublishResults::default(),
            later_verdict: None,
            commented: None,
            is_cancelled: false,
        }
    }

    fn cancelled_by(mut self, signal: Option<Outcome>) -> Self {
        if let Some(signal) = signal {
            self.cancel(signal);
        }
        self
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
    fn add(&mut self, verdict: Verdict) {
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
    fn count_failure(&mut self, written: Result<(), Problem>) -> bool {
        let Err(problem) = written else { return true };
        if self.document.reason.is_none() {
            self.add(Verdict::of(Outcome::ReportFailed, problem));
        }
        false
    }

    /// A failure to publish counts once.
    fn count_publication(&mut self) {
        if let Some(publisher) = self.publisher
            && self.document.reason.is_none()
            && let Some(reason) = self.publication.failure(&publisher.config().selection)
        {
            self.add(Verdict::of(Outcome::ReportFailed, reason));
        }
    }

    /// Takes the result to the forge, if there is one. When this is broken off, what was reached stays.
    pub(super) async fn publish(&mut self, deadline: Instant) {
        let Destination { directory, console, .. } = self.destination;
        let Some(publisher) = self.publisher else { return };
        let of_findings = self.document.tasks.iter().flat_map(|task| &task.files);
        let of_findings = of_findings.filter(|file| file.format == &sarif::FORMAT);
        let findings: Vec<PathBuf> = of_findings.map(|file| PathBuf::from(&file.path)).collect();
        let mut stand_ins: Vec<(String, ReportResult)> =
            self.document.tasks.iter().filter_map(files::stand_in).collect();
        let of_tasks = self.document.tasks.iter_mut();
        let mut reports: Vec<(&str, &mut ReportResult)> = of_tasks
            .filter_map(|TaskResult { task_id, report, .. }| Some((task_id.as_str(), report.as_mut()?)))
            .collect();
        reports.extend(stand_ins.iter_mut().map(|(task_id, page)| (task_id.as_str(), page)));
        let early_reach = if publisher.uploads_for_comments() {
            publisher.reach_pull_request(deadline, until(deadline, 1, 2)).await
        } else {
            None
        };
        // A store that hangs must not cost the comment too.
        let upload_deadline = until(deadline, 2, 3);
        let [mut of_artifacts, mut of_sarif] = [(); 2].map(|()| PublishResults::default());
        let uploading = publisher.upload_artifacts(
            &mut reports,
            early_reach.as_ref(),
            directory,
            console,
            upload_deadline,
            &mut of_artifacts,
        );
        let uploading_findings = publisher.upload_sarif(&findings, upload_deadline, &mut of_sarif);
        let reaching = async {
            match early_reach {
                Some(_) => None,
                None => publisher.reach_pull_request(deadline, deadline).await,
            }
        };
        // None of them needs another.
        let ((), (), late_reach) = join3(uploading, uploading_findings, reaching).await;
        drop(reports);
        files::note_stand_ins(&mut self.document, &stand_ins);
        self.publication.absorb(of_artifacts);
        self.publication.absorb(of_sarif);
        publisher.try_files(&mut self.publication);
        self.count_publication();
        let Some(reach) = early_reach.or(late_reach) else { return };
        let shown_first = self.overall;
        for target in PULL_REQUEST_TARGETS {
            let subject = subject(self.destination, self.overall, &self.document, &self.findings);
            publisher.write_to_pull_request(target, &reach, subject, deadline, &mut self.publication).await;
            if target == Target::Comment {
                self.commented = Some(self.overall);
            }
            self.count_publication();
        }
        // What came last may have changed what the first has shown.
        if shown_first != self.overall {
            self.rewrite_comment(deadline).await;
        }
    }

    /// Makes a comment that is there already show how it ended after all, if that is quickly done.
    pub(super) async fn correct_comment(&mut self) {
        self.rewrite_comment(Instant::now() + CORRECTION_LIMIT).await;
    }

    async fn rewrite_comment(&mut self, deadline: Instant) {
        let Some(publisher) = self.publisher else { return };
        if self.publication.comment_url.is_none() {
            return;
        }
        let Some(reach) = publisher.reach_pull_request(deadline, deadline).await else { return };
        let subject = subject(self.destination, self.overall, &self.document, &self.findings);
        publisher
            .write_to_pull_request(Target::Comment, &reach, subject, deadline, &mut self.publication)
            .await;
        self.commented = Some(self.overall);
    }

    /// Writes the pages, then `result.json`. Where that fails, a pass is none. Whether all is there.
    pub(super) fn write_result(&mut self) -> bool {
        let missing = files::drop_missing(&mut self.document);
        let has_files = self.count_failure(missing.map_err(Problem::new));
        let pages = self.write_pages();
        let has_pages = self.count_failure(pages);
        let result = self.destination.directory.write_result(&self.document.to_text());
        self.count_failure(result.map(drop)) && has_files && has_pages
    }

    /// Pages and tests, one a task, however it ended. Those that cannot be written are not in the document.
    fn write_pages(&mut self) -> Result<(), Problem> {
        let task_url = self.publisher.and_then(|publisher| publisher.config().task_url.as_deref());
        let shown: Vec<TaskResult> = self.document.tasks.iter().map(|task| self.as_shown(task)).collect();
        let Destination { directory, language, .. } = self.destination;
        let mut result = Ok(());
        let tool = self.document.tool;
        let entries = self.document.tasks.iter_mut().zip(&shown).zip(&self.task_findings);
        for ((entry, task), findings) in entries {
            let TaskFindings { overview, past_runs: past } = findings;
            let page = TaskPage { task, overview: overview.as_ref(), past, tool, task_url, language };
            let published = std::mem::take(&mut entry.files);
            entry.files = published.iter().filter(|file| file.format.is_list).cloned().collect();
            for made in self.formats {
                let Some(render) = made.page() else { continue };
                let path = directory.file(&task.task_id, made.format.ending);
                let rendered = render(&page).map_err(|error| {
                    Problem::new(StoreMessage::NotWritten { path: path.display().to_string() }).because(error)
                });
                match rendered.and_then(|bytes| directory.write(&path, &bytes)) {
                    Ok(()) => {
                        let file = FileResult::new(&Written { format: made.format, path });
                        let before = published.iter().find(|before| before.path == file.path);
                        let url = before.and_then(|before| before.url.clone());
                        entry.files.push(FileResult { url, ..file });
                    }
                    Err(problem) => result = Err(problem),
                }
            }
        }
        result
    }

    /// A task as its page shows it: with what came after a pass, or with the cancellation of the whole.
    fn as_shown(&self, task: &TaskResult) -> TaskResult {
        let changes = |later: &&Verdict| {
            task.outcome == Outcome::Passed || self.is_cancelled && task.outcome != later.outcome
        };
        match self.later_verdict.as_ref().filter(changes) {
            Some(later) => document::with_later(task, later, self.allow),
            None => task.clone(),
        }
    }

    /// Writes, shows and logs the result; returns the exit code, which is what all of them name.
    pub(super) async fn conclude(mut self) -> Outcome {
        if let Some(path) = self.baseline.filter(|_| !self.is_cancelled)
            && let Err(error) = files::write_baseline(path, &self.document, &self.task_findings)
        {
            self.add(Verdict::new(Outcome::ReportFailed, error));
        }
        let mut has_printed = false;
        for _ in 0..ROUNDS {
            let before = self.overall;
            self.write_everywhere(&mut has_printed);
            if self.overall == before {
                break;
            }
        }
        if self.commented.is_some_and(|commented| commented != self.overall) {
            self.correct_comment().await;
        }
        lines::log(&self.document, &self.task_findings, self.overall);
        self.overall.process_outcome()
    }

    /// Writes the result to every place once; a failure changes what the next have to show.
    fn write_everywhere(&mut self, has_printed: &mut bool) {
        let Destination { console, .. } = self.destination;
        self.write_result();
        if let Some(publisher) = self.publisher {
            if self.document.builds.is_empty() {
                let shown = subject(self.destination, self.overall, &self.document, &self.findings);
                publisher.show(shown, console, &mut self.publication);
                self.count_publication();
                let shown = subject(self.destination, self.overall, &self.document, &self.findings);
                publisher.write_result_outputs(shown, &mut self.publication);
                self.count_publication();
            } else {
                publisher.write_final_outputs(&self.document.build_values(), &mut self.publication);
            }
        }
        // What is printed stays.
        if self.prints_document && !std::mem::replace(has_printed, true) {
            let printed = console.document(&self.document.to_text());
            self.count_failure(
                printed.map_err(|error| Problem::new(FinishMessage::NotPrinted(error.to_string()))),
            );
        }
    }
}

/// The moment at which this part of the time that is left is over.
fn until(deadline: Instant, numerator: u32, denominator: u32) -> Instant {
    let now = Instant::now();
    now + deadline.saturating_duration_since(now) * numerator / denominator
}

fn subject<'a>(
    Destination { language, .. }: Destination<'_>,
    Overall { outcome, exit_code }: Overall,
    document: &'a ResultDocument,
    findings: &'a [Finding],
) -> Subject<'a> {
    Subject { outcome, exit_code, document, findings, language }
}
