//! Past runs of a task. They only decorate a page.

use crate::codearts::Id;
use crate::lifecycle::check_run::CheckEnvironment;
use crate::model::finding::PastRun;
use crate::report::pages::html;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time for the list of past runs; it goes on beside the PDF.
const RECORDS_LIMIT: Duration = Duration::from_secs(30);

/// Past runs, where a page shows them and they can be read.
pub(super) async fn past_runs(environment: &CheckEnvironment<'_>, task: &Id) -> Vec<PastRun> {
    if !environment.settings.findings.wants(&html::FORMAT) {
        return Vec::new();
    }
    let Some(project) = environment.project_id else {
        tracing::info!("hint: give `--project-id` to see the past runs in the page");
        return Vec::new();
    };
    let deadline = Instant::now() + RECORDS_LIMIT.min(environment.pdf_limit());
    match timeout_at(deadline, environment.service.records(project, task, deadline)).await {
        Ok(Ok(records)) => return records,
        Ok(Err(error)) => tracing::warn!("{error}; the page shows no past runs"),
        Err(_) => tracing::warn!("timed out reading past runs; the page shows none"),
    }
    Vec::new()
}
