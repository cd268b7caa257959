//! What is known at the end, and its way into files, to the forge and into the log.

use crate::console::Console;
use crate::error::Problem;
use crate::lifecycle::finish::ending::Ending;
use crate::lifecycle::finish::overall::Overall;
use crate::lifecycle::finish::pages::Pages;
use crate::lifecycle::finish::task_findings::{TaskFindings, on_lines, overviews, worst_of};
use crate::lifecycle::finish::{document, files, lines};
use crate::lifecycle::report::{BuildReport, TaskReport, Verdict};
use crate::messages::{FinishMessage, InlineMessage};
use crate::model::finding::Finding;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::publish::{InDiff, PublishError, PublishResults, Publisher, PullRequestContext, Target};
use crate::report::formats::Entry;
use crate::report::formats::markdown::Subject;
use crate::report::formats::sarif;
use crate::report::lists::on_lines::LineFindings;
use crate::report::result::{BuildResult, ReportResult, TaskResult};
use crate::report::store::directory::ReportDirectory;
use crate::report::task_names::name_tasks;
use crate::settings::{BuildSettings, CheckSettings};
use futures_util::future::{join, join3};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::OnceCell;
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
    prints_document: bool,
    formats: &'a [&'static Entry],
    baseline: Option<&'a Path>,
    ending: Ending<'a>,
    /// One a task.
    task_findings: Vec<TaskFindings>,
    /// The worst findings of all tasks.
    findings: Vec<Finding>,
    publication: PublishResults,
    /// What the comment shows.
    commented: Option<Overall>,
}

/// What is shown in the diff, or why that is not known.
struct Shown {
    /// The commit that was checked.
    head: String,
    findings: Result<LineFindings, PublishError>,
    language: Language,
}

impl Shown {
    fn shown(&self) -> Result<InDiff<'_>, PublishError> {
        let Self { head, findings, language } = self;
        let findings = findings.as_ref().map_err(Clone::clone)?;
        Ok(InDiff { head, findings, language: *language })
    }
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
        let results =
            settings.tasks.iter().zip(&settings.rules).zip(&reports).map(|((task, rules), report)| {
                let result = document::task_result(
                    task.as_str(),
                    report,
                    &settings.code,
                    pull_request,
                    unfinished(signal),
                    allow,
                );
                TaskResult { name: rules.name.clone().or(result.name.clone()), ..result }
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
        delivery.baseline = settings.write_baseline();
        delivery.ending.document.tasks = tasks;
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
        delivery.ending.document.builds = builds;
        delivery.cancelled_by(signal)
    }

    fn new(
        destination: Destination<'a>,
        publisher: Option<&'a Publisher>,
        allow: &'a [Outcome],
        outcomes: Vec<Outcome>,
    ) -> Self {
        Self {
            destination,
            publisher,
            prints_document: false,
            formats: &[],
            baseline: None,
            ending: Ending::new(outcomes, allow),
            task_findings: Vec::new(),
            findings: Vec::new(),
            publication: PublishResults::default(),
            commented: None,
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
        self.ending.cancel(signal);
    }

    /// A failure to publish counts once.
    fn count_publication(&mut self) {
        if let Some(publisher) = self.publisher
            && let Some(reason) = self.publication.failure(&publisher.config().selection)
        {
            self.ending.count_failure(Err(reason));
        }
    }

    /// Takes the result to the forge, if there is one. When this is broken off, what was reached stays.
    pub(super) async fn publish(&mut self, deadline: Instant) {
        let Some(publisher) = self.publisher else { return };
        // A store or a diff that hangs must not cost the comment too.
        let limit = until(deadline, 2, 3);
        let in_diff = self.in_diff(publisher);
        let reach = OnceCell::new();
        let reached = async || {
            let end = if publisher.uploads_for_comments() { until(deadline, 1, 2) } else { deadline };
            reach.get_or_init(|| publisher.reach_pull_request(deadline, end)).await.as_ref()
        };
        let mut of_review = PublishResults::default();
        let reviewing = async {
            if let Some(in_diff) = &in_diff
                && let Some(reach) = reached().await
            {
                publisher.comment_on_lines(reach, in_diff.shown(), limit, &mut of_review).await;
            }
        };
        let commenting = async {
            self.upload(publisher, &reached, deadline, limit).await;
            let shown = self.ending.overall();
            self.write_to_pull_request(Target::Comment, publisher, reached().await?, deadline).await;
            self.commented = Some(shown);
            Some(shown)
        };
        let ((), shown) = join(reviewing, commenting).await;
        self.publication.absorb(of_review);
        self.count_publication();
        let (Some(shown), Some(reach)) = (shown, reached().await) else { return };
        self.write_to_pull_request(Target::CheckRun, publisher, reach, deadline).await;
        // What came last may have changed what the first has shown.
        if shown != self.ending.overall() {
            self.rewrite_comment(deadline).await;
        }
    }

    /// Uploads what the result links to. Meanwhile the comments that are there are looked at.
    async fn upload<'p>(
        &mut self,
        publisher: &'p Publisher,
        reached: &impl AsyncFn() -> Option<&'p PullRequestContext<'p>>,
        deadline: Instant,
        limit: Instant,
    ) {
        let Destination { directory, console, .. } = self.destination;
        let of_findings = self.ending.document.tasks.iter().flat_map(|task| &task.files);
        let of_findings = of_findings.filter(|file| file.format == &sarif::FORMAT);
        let findings: Vec<PathBuf> = of_findings.map(|file| PathBuf::from(&file.path)).collect();
        let mut stand_ins: Vec<(String, ReportResult)> =
            self.ending.document.tasks.iter().filter_map(files::stand_in).collect();
        let of_tasks = self.ending.document.tasks.iter_mut();
        let mut reports: Vec<(&str, &mut ReportResult)> = of_tasks
            .filter_map(|TaskResult { task_id, report, .. }| Some((task_id.as_str(), report.as_mut()?)))
            .collect();
        reports.extend(stand_ins.iter_mut().map(|(task_id, page)| (task_id.as_str(), page)));
        let early_reach = if publisher.uploads_for_comments() { reached().await } else { None };
        let [mut of_artifacts, mut of_sarif] = [(); 2].map(|()| PublishResults::default());
        let uploading = publisher.upload_artifacts(
            &mut reports,
            early_reach,
            directory,
            console,
            limit,
            &mut of_artifacts,
        );
        let uploading_findings = publisher.upload_sarif(&findings, limit, &mut of_sarif);
        let looking = async {
            if let Some(reach) = reached().await {
                publisher.look_ahead(reach, deadline).await;
            }
        };
        // None of them needs another.
        join3(uploading, uploading_findings, looking).await;
        drop(reports);
        files::note_stand_ins(&mut self.ending.document, &stand_ins);
        self.publication.absorb(of_artifacts);
        self.publication.absorb(of_sarif);
        publisher.try_files(&mut self.publication);
        self.count_publication();
    }

    async fn write_to_pull_request(
        &mut self,
        target: Target,
        publisher: &Publisher,
        reach: &PullRequestContext<'_>,
        deadline: Instant,
    ) {
        let shown = subject(self.destination, &self.ending, &self.findings);
        publisher.write_to_pull_request(target, reach, shown, deadline, &mut self.publication).await;
        self.count_publication();
    }

    /// What is shown in the diff, if that is wanted and known. Else the comments that are there stay as they are.
    fn in_diff(&self, publisher: &Publisher) -> Option<Shown> {
        if !publisher.config().wants(Target::Review) {
            return None;
        }
        let document = &self.ending.document;
        if document.is_outdated() {
            tracing::info!("{}", InlineMessage::LeftOutdated);
            return None;
        }
        let (Some(head), Some(overviews)) = (document.checked_head(), overviews(&self.task_findings)) else {
            tracing::info!("{}", InlineMessage::LeftIncomplete);
            return None;
        };
        let findings = on_lines(&overviews).ok_or_else(PublishError::lines_unknown);
        Some(Shown { head: head.to_owned(), findings, language: self.destination.language })
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
        let subject = subject(self.destination, &self.ending, &self.findings);
        publisher
            .write_to_pull_request(Target::Comment, &reach, subject, deadline, &mut self.publication)
            .await;
        self.commented = Some(self.ending.overall());
    }

    /// Writes the pages, then `result.json`. Where that fails, a pass is none. Whether all is there.
    pub(super) fn write_result(&mut self) -> bool {
        let Destination { directory, language, .. } = self.destination;
        let missing = files::drop_missing(&mut self.ending.document);
        let has_files = self.ending.count_failure(missing.map_err(Problem::new));
        let task_url = self.publisher.and_then(|publisher| publisher.config().task_url.as_deref());
        let pages = Pages { formats: self.formats, directory, language, task_url };
        let written = pages.write(&mut self.ending, &self.task_findings);
        let has_pages = self.ending.count_failure(written);
        let result = directory.write_result(&self.ending.document.to_text());
        self.ending.count_failure(result.map(drop)) && has_files && has_pages
    }

    /// Writes, shows and logs the result; returns the exit code, which is what all of them name.
    pub(super) async fn conclude(mut self) -> Outcome {
        if let Some(path) = self.baseline.filter(|_| !self.ending.is_cancelled())
            && let Err(error) = files::write_baseline(path, &self.ending.document, &self.task_findings)
        {
            self.ending.add(Verdict::new(Outcome::ReportFailed, error));
        }
        let mut has_printed = false;
        for _ in 0..ROUNDS {
            let before = self.ending.overall();
            self.write_everywhere(&mut has_printed);
            if self.ending.overall() == before {
                break;
            }
        }
        if self.commented.is_some_and(|commented| commented != self.ending.overall()) {
            self.correct_comment().await;
        }
        lines::log(&self.ending.document, &self.task_findings, self.ending.overall());
        self.ending.overall().process_outcome()
    }

    /// Writes the result to every place once; a failure changes what the next have to show.
    fn write_everywhere(&mut self, has_printed: &mut bool) {
        let Destination { console, .. } = self.destination;
        self.write_result();
        if let Some(publisher) = self.publisher {
            if self.ending.document.builds.is_empty() {
                let shown = subject(self.destination, &self.ending, &self.findings);
                publisher.show(shown, console, &mut self.publication);
                self.count_publication();
                let shown = subject(self.destination, &self.ending, &self.findings);
                publisher.write_result_outputs(shown, &mut self.publication);
                self.count_publication();
            } else {
                publisher.write_final_outputs(&self.ending.document.build_values(), &mut self.publication);
            }
        }
        // What is printed stays.
        if self.prints_document && !std::mem::replace(has_printed, true) {
            let printed = console.document(&self.ending.document.to_text());
            self.ending.count_failure(
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
    ending: &'a Ending<'_>,
    findings: &'a [Finding],
) -> Subject<'a> {
    let Overall { outcome, exit_code } = ending.overall();
    Subject { outcome, exit_code, document: &ending.document, findings, language }
}
