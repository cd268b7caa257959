//! What is fetched after the verdict, inside its own time limit: the quality gate, findings, the PDF, past runs. A
//! cancellation ends it soon, with what is known.

pub(crate) mod build;
mod explain;
mod findings;
mod gate;
mod history;
pub(crate) mod pdf;
mod standing;
mod tally;
mod undecided;

use crate::console::TaskDisplay;
use crate::error::Problem;
use crate::lifecycle::check_run::{CheckEnvironment, CheckRun, CheckedTask};
use crate::lifecycle::report::{Evidence, Verdict};
use crate::log_problem;
use crate::messages::{FinishMessage, Message, ReviewMessage};
use crate::model::outcome::Outcome;
use crate::settings::TaskRules;
use explain::failing_steps;
use futures_util::future::join3;
use gate::{Evaluated, GateCheck};
use history::past_runs;
use pdf::fetch_pdf;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Fetches what belongs to a verdict, which the quality gate and failing files may change.
pub(crate) async fn collect(
    environment: &CheckEnvironment<'_>,
    rules: &TaskRules,
    task: &CheckedTask,
    run: Option<&CheckRun>,
    display: &TaskDisplay,
    verdict: Option<Verdict>,
    cancel: &CancellationToken,
) -> (Option<Verdict>, Evidence) {
    match verdict {
        Some(Verdict { outcome: Outcome::Passed, reason, .. }) => {
            collect_passed(environment, rules, task, run, display, &reason, cancel).await
        }
        Some(verdict) if verdict.outcome == Outcome::CheckFailed => {
            let run_id = run.and_then(|run| run.id.as_deref());
            let asking = failing_steps(environment, task, run_id, display.label());
            let failing_steps = cancel.run_until_cancelled(asking).await.unwrap_or_default();
            (Some(verdict), Evidence { failing_steps, ..Evidence::default() })
        }
        verdict => (verdict, Evidence::default()),
    }
}

/// The check went well: what it found, and the PDF. A file that fails turns a pass into `report-failed`, and hides no other verdict.
async fn collect_passed(
    environment: &CheckEnvironment<'_>,
    rules: &TaskRules,
    task: &CheckedTask,
    run: Option<&CheckRun>,
    display: &TaskDisplay,
    finished: &Message,
    cancel: &CancellationToken,
) -> (Option<Verdict>, Evidence) {
    let label = display.label();
    let deadline = Instant::now() + environment.pdf_limit();
    let check = GateCheck { environment, rules, task, run, label, finished, deadline, cancel };
    let (pdf, evaluated, records) = join3(
        cancel.run_until_cancelled(report(environment, rules, task, display)),
        check.evaluate(),
        cancel.run_until_cancelled(past_runs(environment, task)),
    )
    .await;
    let Evaluated { mut verdict, summary, gate, scope, overview, files, failure } = evaluated;
    if let Some(name) = &summary.code.name {
        display.name(name);
    }
    let label = display.label();
    let (pdf, mut pdf_failure) = match pdf {
        Some(Ok(pdf)) => (pdf, None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    // Whether CodeArts makes one of a merge-request task is not documented (`pr-mode`, U8); the page takes its place.
    if environment.review.is_some()
        && let Some(failure) = pdf_failure.take()
    {
        log_problem!(info, label, Problem::from(failure.within(ReviewMessage::NoPdf)));
    }
    let lacks_files = failure.is_some();
    for failure in [pdf_failure, failure].into_iter().flatten() {
        match &mut verdict {
            Some(verdict) if verdict.outcome == Outcome::Passed => {
                let failure = failure.within(FinishMessage::PassedBut);
                *verdict = Verdict { outcome: Outcome::ReportFailed, ..failure };
            }
            Some(_) | None => log_problem!(warn, label, Problem::from(failure)),
        }
    }
    let evidence = Evidence {
        code: summary.code,
        failing_steps: Vec::new(),
        counts: summary.counts,
        gate,
        scope,
        overview,
        files,
        records: records.unwrap_or_default(),
        pdf,
        lacks_files,
    };
    (verdict, evidence)
}

/// The PDF, if it is wanted.
async fn report(
    environment: &CheckEnvironment<'_>,
    rules: &TaskRules,
    task: &CheckedTask,
    display: &TaskDisplay,
) -> Result<Option<pdf::PdfFile>, Verdict> {
    let CheckEnvironment { service, waiter, settings, directory, .. } = environment;
    if !settings.wants_pdf {
        return Ok(None);
    }
    let limit = environment.pdf_limit();
    fetch_pdf(service, waiter, task, &rules.title, directory, display, limit).await.map(Some)
}
