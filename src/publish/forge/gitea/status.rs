//! The status of the commit.

use crate::http::call::Call;
use crate::http::error::CallError;
use crate::messages::Attempt;
use crate::model::outcome::Outcome;
use crate::publish::forge::rest::Rest;
use crate::report::formats::markdown::Page;
use crate::text::one_line;
use serde_json::json;

/// Longest description, in characters; no limit is documented.
const DESCRIPTION_LIMIT: usize = 254;

/// Sets the status of a commit. Of several with one context the latest counts, so a second try does no harm.
///
/// # Errors
/// The last failure.
pub(super) async fn write(
    api: &Rest,
    repository: &str,
    sha: &str,
    key: &str,
    page: Page<'_>,
) -> Result<(), CallError> {
    let subject = page.subject;
    let body = json!({
        "state": state(subject.outcome, subject.exit_code),
        "context": format!("codearts/{key}"),
        "target_url": page.run_url.unwrap_or_default(),
        "description": one_line(&subject.title(), DESCRIPTION_LIMIT),
    });
    let path = format!("/repos/{repository}/statuses/{sha}");
    let call = Call { expected: &["id", "status"], ..Call::post(Attempt::SetStatus, path, body.to_string()) };
    api.call(call).await.map(drop)
}

/// Gitea's name for an outcome: a failure is about the code, an error is not.
const fn state(outcome: Outcome, exit_code: u8) -> &'static str {
    match outcome {
        _ if exit_code == 0 => "success",
        Outcome::Passed
        | Outcome::CheckFailed
        | Outcome::BuildFailed
        | Outcome::Stopped
        | Outcome::GateFailed
        | Outcome::ReportFailed => "failure",
        Outcome::TimedOut
        | Outcome::Stale
        | Outcome::Interrupted
        | Outcome::Terminated
        | Outcome::HungUp
        | Outcome::Usage
        | Outcome::Unavailable
        | Outcome::Internal
        | Outcome::Denied => "error",
    }
}
