//! Past runs of a task. They only decorate a page.

use crate::error::Problem;
use crate::lifecycle::check_run::{CheckEnvironment, CheckedTask};
use crate::lifecycle::report::problem;
use crate::log_problem;
use crate::messages::{Hint, JobHint, RunMessage};
use crate::model::finding::PastRun;
use crate::report::formats::html;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time for the list of past runs; it goes on beside the PDF.
const RECORDS_LIMIT: Duration = Duration::from_secs(30);

/// Past runs, where a page shows them and they can be read.
pub(super) async fn past_runs(environment: &CheckEnvironment<'_>, task: &CheckedTask) -> Vec<PastRun> {
    if !environment.settings.findings.wants(&html::FORMAT) {
        return Vec::new();
    }
    let Some(project) = &task.project else {
        let hint = Hint::Job(JobHint::ProjectForPastRuns);
        log_problem!(info, Problem::new(RunMessage::PastRunsNeedProject).hint(hint));
        return Vec::new();
    };
    let deadline = Instant::now() + RECORDS_LIMIT.min(environment.pdf_limit());
    match timeout_at(deadline, environment.service.records(project, &task.id, deadline)).await {
        Ok(Ok(records)) => return records,
        Ok(Err(error)) => log_problem!(warn, problem(RunMessage::PastRunsNotRead, &error)),
        Err(_) => tracing::warn!("{}", RunMessage::PastRunsTimedOut),
    }
    Vec::new()
}
