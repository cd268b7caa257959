//! Why a check failed to run.

use crate::codearts::tasks::FailingStep;
use crate::error::Problem;
use crate::lifecycle::check_run::{CheckEnvironment, CheckedTask};
use crate::lifecycle::report::problem;
use crate::log_problem;
use crate::messages::{Hint, JobHint, RunMessage};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time spent on finding out why a check failed; the verdict is known already.
const EXPLAIN_LIMIT: Duration = Duration::from_secs(30);

/// The steps that failed, as far as they can be read.
pub(super) async fn failing_steps(
    environment: &CheckEnvironment<'_>,
    task: &CheckedTask,
    run_id: Option<&str>,
    label: &str,
) -> Vec<FailingStep> {
    let Some(project) = &task.project else {
        let hint = Hint::Job(JobHint::ProjectForStep);
        log_problem!(info, label, Problem::new(RunMessage::StepsNeedProject).hint(hint));
        return Vec::new();
    };
    let deadline = Instant::now() + EXPLAIN_LIMIT.min(environment.pdf_limit());
    let asking = environment.service.failing_steps(project, &task.id, run_id, deadline);
    match timeout_at(deadline, asking).await {
        Ok(Ok(steps)) => {
            if steps.is_empty() {
                tracing::info!("{label}: {}", RunMessage::NoFailingStep);
            }
            return steps;
        }
        Ok(Err(error)) => log_problem!(warn, label, problem(RunMessage::StepsNotRead, &error)),
        Err(_) => tracing::warn!("{label}: {}", RunMessage::StepsTimedOut),
    }
    Vec::new()
}
