//! The status of the commit (`ci/gitlab`, section 10).

use super::api::{Api, project};
use crate::ci::gitlab::Project;
use crate::http::call::Call;
use crate::http::dialect::{BY_STATUS, Dialect, by_status};
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::Attempt;
use crate::model::outcome::Outcome;
use crate::report::formats::markdown::Page;
use crate::text::one_line;
use serde_json::json;

/// GitLab takes 255 characters.
const DESCRIPTION_LIMIT: usize = 254;

/// A conflict passes: another status of the commit is being written.
const DIALECT: Dialect = Dialect {
    classify: |status, _| if status == 409 { Failure::Busy } else { by_status(status) },
    ..BY_STATUS
};

/// Sets the status of the commit that people see.
///
/// # Errors
/// The last failure.
pub(super) async fn write(api: &Api, job: &Project, key: &str, page: Page<'_>) -> Result<(), CallError> {
    let subject = page.subject;
    let project_id = job.source_project_id.as_deref().unwrap_or(&job.project_id);
    let state = state(subject.outcome, subject.exit_code);
    let mut body = json!({
        "state": state,
        "ref": job.ref_name,
        "name": format!("codearts/{key}"),
        "target_url": page.run_url.unwrap_or_default(),
        "description": one_line(&subject.title(), DESCRIPTION_LIMIT),
    });
    // Without it GitLab may open a pipeline of its own; one of a merge request is none of the commit's.
    if let Ok(pipeline_id) = job.pipeline_id.parse::<u64>()
        && job.merge_request.is_none()
    {
        body["pipeline_id"] = pipeline_id.into();
    }
    let call = Call {
        expected: &["id", "status"],
        dialect: DIALECT,
        ..Call::post(
            Attempt::SetStatus,
            format!("{}/statuses/{}", project(project_id), job.head()),
            body.to_string(),
        )
    };
    match api.call(call).await {
        // The commit has this status already.
        Err(error) if error.status == Some(400) && error.said().contains(&format!("from :{state}")) => Ok(()),
        result => result.map(drop),
    }
}

/// GitLab's name for an outcome.
const fn state(outcome: Outcome, exit_code: u8) -> &'static str {
    match outcome {
        _ if exit_code == 0 => "success",
        Outcome::Stale | Outcome::Interrupted | Outcome::Terminated | Outcome::HungUp => "canceled",
        Outcome::Passed
        | Outcome::TimedOut
        | Outcome::CheckFailed
        | Outcome::BuildFailed
        | Outcome::Stopped
        | Outcome::GateFailed
        | Outcome::ReportFailed
        | Outcome::Usage
        | Outcome::Unavailable
        | Outcome::Internal
        | Outcome::Denied => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_and_newer_commits_cancel() {
        for outcome in Outcome::ALL {
            let is_signal = outcome.is_cancelled() || outcome == Outcome::Stale;
            assert_eq!(state(outcome, outcome.exit_code()) == "canceled", is_signal, "{outcome}");
        }
        assert_eq!(state(Outcome::Stopped, 0), "success");
    }
}
