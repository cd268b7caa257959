//! `report`: only the PDF.

use super::pdf_end::{leftovers, write_outcome};
use super::refusal::Refusal;
use super::session::{mask, service};
use crate::cli::ReportArgs;
use crate::console::Console;
use crate::error::Problem;
use crate::lifecycle::check_run::CheckedTask;
use crate::lifecycle::collect::pdf::fetch_pdf;
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{FinishMessage, Hint, JobHint, OutcomeText, ServiceHint};
use crate::model::outcome::Outcome;
use crate::publish::{PublishResults, Publisher, Target, logged_before};
use crate::report::result::ReportResult;
use crate::report::store::directory::ReportDirectory;
use crate::report::store::pdf_file::PdfFile;
use crate::settings::{Environment, ReportCommandSettings};
use crate::wait::Waiter;
use std::path::Path;
use tokio::time::Instant;

pub(super) async fn run(
    args: ReportArgs,
    environment: &Environment,
    console: Console,
    signals: Signals,
) -> anyhow::Result<Outcome> {
    let refusal = Refusal::of_report(&args, environment);
    let reported = match ReportCommandSettings::resolve(args, environment) {
        Ok(settings) => report(settings, &console, signals).await,
        Err(error) => Err(error.into()),
    };
    reported.inspect_err(|error| refusal.leave(error, &console))
}

async fn report(
    settings: ReportCommandSettings,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let ReportCommandSettings { task, report, publish, connection } = settings;
    mask(&connection, console);
    if let Some(publisher) = &publish {
        publisher.mask(console);
    }
    let directory = ReportDirectory::prepare(&report.directory, &report.workspace)?;
    directory.remove(leftovers(&[task.to_string()]))?;
    let service = service(connection)?;
    let waiter = Waiter::new(service.backoff());
    let display = console.task(task.as_str());
    let deadline = Instant::now() + report.timeout;
    let pdf_limit = report.pdf_limit(publish.is_some());
    let checked = CheckedTask { named: task.clone(), id: task.clone(), project: None };
    let work = async {
        let pdf = match fetch_pdf(&service, &waiter, &checked, &report.title, &directory, &display, pdf_limit)
            .await
        {
            Ok(pdf) => pdf,
            Err(verdict) => return (verdict.outcome, Some(verdict.into())),
        };
        match &publish {
            Some(publisher) => {
                publish_pdf(publisher, task.as_str(), &pdf, &directory, console, deadline).await
            }
            None => (Outcome::Passed, None),
        }
    };
    let (outcome, failure) = tokio::select! {
        ended = work => ended,
        signal = signals.next() => {
            console.hurry();
            (signal, Some(Problem::new(OutcomeText::Meaning(signal))))
        }
        never = console.keep_alive() => match never {},
    };
    drop(display);
    if let Some(failure) = failure {
        match logged_before(&failure.what) {
            Some(rest) => tracing::error!("{rest}"),
            None => log_problem!(error, failure),
        }
        let end = FinishMessage::Overall { outcome, exit_code: outcome.exit_code(), passed: None };
        let hints = match outcome {
            _ if !failure.hints.is_empty() => Vec::new(),
            Outcome::ReportFailed => vec![Hint::Job(JobHint::ExportAgain)],
            // Nothing else was asked about the task.
            Outcome::Usage => vec![Hint::Service(ServiceHint::TaskId), Hint::Job(JobHint::Help("report"))],
            other => vec![Hint::Outcome(other)],
        };
        log_problem!(error, Problem { hints, ..Problem::new(end) });
    }
    write_outcome(outcome, publish.as_ref());
    directory.close();
    Ok(outcome)
}

/// Uploads the PDF and hands its place to later steps.
async fn publish_pdf(
    publisher: &Publisher,
    task: &str,
    pdf: &PdfFile,
    directory: &ReportDirectory,
    console: &Console,
    deadline: Instant,
) -> (Outcome, Option<Problem>) {
    let mut publication = PublishResults::default();
    let mut report = ReportResult::new(pdf);
    let reports = &mut [(task, &mut report)];
    publisher.upload_artifacts(reports, None, directory, console, deadline, &mut publication).await;
    let values = [
        ("task-id", task.to_owned()),
        ("report-path", publisher.config().workspace.name(Path::new(&report.path))),
        ("report-sha256", report.sha256),
        ("artifact-url", report.url.unwrap_or_default()),
    ];
    publication.note(&publisher.config().selection, Target::Outputs, publisher.write_outputs(&values));
    match publication.failure(&publisher.config().selection) {
        Some(failure) => (Outcome::ReportFailed, Some(failure)),
        None => (Outcome::Passed, None),
    }
}
