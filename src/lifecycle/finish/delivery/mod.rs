//! What is known at the end, and its way into files, to the forge and into the log.

mod publishing;

use crate::console::Console;
use crate::error::Problem;
use crate::lifecycle::finish::ending::Ending;
use crate::lifecycle::finish::overall::Overall;
use crate::lifecycle::finish::pages::Pages;
use crate::lifecycle::finish::task_findings::{TaskFindings, worst_of};
use crate::lifecycle::finish::{document, files, lines};
use crate::lifecycle::report::{BuildReport, TaskReport, Verdict};
use crate::messages::FinishMessage;
use crate::model::finding::Finding;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::publish::{PublishResults, Publisher};
use crate::report::formats::Entry;
use crate::report::formats::markdown::Subject;
use crate::report::result::{BuildResult, TaskResult};
use crate::report::store::directory::ReportDirectory;
use crate::report::task_names::name_tasks;
use crate::settings::{BuildSettings, CheckSettings};
use publishing::Published;
use std::path::Path;

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
    published: Published,
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
            published: Published::default(),
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
        self.correct().await;
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

fn subject<'a>(
    Destination { language, .. }: Destination<'_>,
    ending: &'a Ending<'_>,
    findings: &'a [Finding],
) -> Subject<'a> {
    let Overall { outcome, exit_code } = ending.overall();
    Subject { outcome, exit_code, document: &ending.document, findings, language }
}
