//! A check run of Gitee on the head of a pull request (`ci/forges-cn`, section 1.4). It is made finished: a conclusion is never
//! changed, and a later run makes another.

use super::api::Api;
use super::read::Described;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::create_once;
use crate::http::retry::RetryClass;
use crate::messages::Attempt;
use crate::model::finding::{Finding, Severity};
use crate::model::outcome::Outcome;
use crate::publish::forge::sticky::{ROOM, without_commands};
use crate::report::formats::markdown::{Page, render};
use crate::text::one_line;
use serde_json::{Value, json};
use std::time::SystemTime;

/// Findings that become annotations, the worst.
const ANNOTATIONS_LIMIT: usize = 50;
/// Longest message of an annotation, in characters.
const MESSAGE_LIMIT: usize = 1000;
/// Longest title, in characters.
const TITLE_LIMIT: usize = 255;

/// Makes the check run. `head`: the commit that was checked.
///
/// # Errors
/// The last failure.
pub(super) async fn write(
    api: &Api<'_>,
    of: &Described,
    head: &str,
    key: &str,
    page: Page<'_>,
) -> Result<(), CallError> {
    let subject = page.subject;
    let name = format!("CodeArts Check ({key})");
    let conclusion = conclusion(subject.outcome, subject.exit_code);
    let findings = subject.findings.iter().take(ANNOTATIONS_LIMIT);
    let mut body = json!({
        "name": name,
        "head_sha": head,
        "status": "completed",
        "conclusion": conclusion,
        "completed_at": humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        "output": {
            "title": one_line(&subject.title(), TITLE_LIMIT),
            "summary": without_commands(&render(&page, ROOM)),
            "annotations": findings.map(annotation).collect::<Vec<Value>>(),
        },
    });
    if let Some(id) = of.database_id {
        body["pull_request_id"] = id.into();
    }
    if let Some(url) = page.run_url {
        body["details_url"] = url.into();
    }
    // After a lost answer: one with the same name and conclusion shows what was to be shown.
    let look = async |_: &CallError| {
        let call = Call::get(Attempt::FindCheckRun, format!("/commits/{head}/check-runs"), &[])
            .with_query("check_name", name.clone())
            .with_query("per_page", "100");
        let found = api.call(call).await?;
        let runs = found.as_array().or_else(|| found["check_runs"].as_array()).cloned().unwrap_or_default();
        Ok(runs.iter().any(|run| run["name"] == name && run["conclusion"] == conclusion).then_some(()))
    };
    let create = async || {
        let call = Call {
            class: RetryClass::CreateOnce,
            expected: &["id"],
            ..Call::post(Attempt::CreateCheckRun, "/check-runs", body.to_string())
        };
        api.call(call).await.map(drop)
    };
    Ok(create_once(api.tries(), look, create).await?)
}

/// Gitee's name for an outcome.
const fn conclusion(outcome: Outcome, exit_code: u8) -> &'static str {
    match outcome {
        Outcome::Passed => "success",
        _ if exit_code == 0 => "neutral",
        Outcome::TimedOut => "timed_out",
        Outcome::Stale | Outcome::Stopped | Outcome::Interrupted | Outcome::Terminated | Outcome::HungUp => {
            "cancelled"
        }
        Outcome::CheckFailed
        | Outcome::BuildFailed
        | Outcome::GateFailed
        | Outcome::ReportFailed
        | Outcome::Usage
        | Outcome::Unavailable
        | Outcome::Internal
        | Outcome::Denied => "failure",
    }
}

fn annotation(finding: &Finding) -> Value {
    let Finding { severity, path, line, rule, message, .. } = finding;
    let level = match severity {
        Severity::Critical | Severity::Major => "failure",
        Severity::Minor => "warning",
        Severity::Suggestion => "notice",
    };
    let line = line.unwrap_or(1);
    json!({
        "path": one_line(path, MESSAGE_LIMIT),
        "start_line": line,
        "end_line": line,
        "annotation_level": level,
        "title": one_line(&format!("{rule} ({})", severity.name()), TITLE_LIMIT),
        "message": without_commands(&one_line(message, MESSAGE_LIMIT)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pass_is_a_success() {
        for outcome in Outcome::ALL {
            let word = conclusion(outcome, outcome.exit_code());
            assert_eq!(word == "success", outcome == Outcome::Passed, "{outcome} {word}");
        }
        assert_eq!(conclusion(Outcome::Stopped, Outcome::Stopped.exit_code()), "cancelled");
        assert_eq!(conclusion(Outcome::Stopped, 0), "neutral");
    }
}
