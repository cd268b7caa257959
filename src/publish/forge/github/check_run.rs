//! A check run on the commit: its conclusion shows beside the others of a pull request, and its annotations have no
//! limit of ten (`ci/github`, section 4.5).

use super::api::Api;
use super::request::Request;
use crate::http::error::CallError;
use crate::http::repeat::create_once;
use crate::http::uri;
use crate::messages::{Attempt, Label};
use crate::model::finding::{Finding, Severity};
use crate::model::outcome::Outcome;
use crate::report::formats::markdown::Room;
use crate::text::one_line;
use reqwest::Method;
use serde_json::{Value, json};

/// Annotations in one request; more are sent with further ones, which add to them.
const BATCH: usize = 50;
/// Room for the summary; GitHub takes 65,535 characters.
pub(super) const ROOM: Room = Room::Characters(60_000);
/// Longest message of an annotation, in characters; GitHub takes 64 KB.
const MESSAGE_LIMIT: usize = 4000;
/// Longest title, in characters.
const TITLE_LIMIT: usize = 255;

/// A check run to be made.
#[derive(Debug)]
pub(super) struct CheckRun<'a> {
    /// The API.
    pub(super) api: &'a Api,
    /// `owner/name`.
    pub(super) repository: &'a str,
    /// The commit: the head of a pull request, not the merge commit, which nobody looks at.
    pub(super) head_sha: &'a str,
    /// Name under which it is shown. Of several with one name GitHub counts the latest only, so each gate has its own.
    pub(super) name: &'a str,
    /// Distinguishes this check run from others of the same commit; the same for a second try.
    pub(super) external_id: &'a str,
    /// Page of the pipeline's run.
    pub(super) details_url: &'a str,
}

impl CheckRun<'_> {
    /// Makes the check run, finished.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn write(
        &self,
        conclusion: &'static str,
        title: &str,
        summary: &str,
        findings: &[Finding],
    ) -> Result<(), CallError> {
        let annotations: Vec<Value> = findings.iter().map(annotation).collect();
        let mut batches = annotations.chunks(BATCH);
        let output = |batch: &[Value]| json!({"title": title, "summary": summary, "annotations": batch});
        let body = json!({
            "name": self.name,
            "head_sha": self.head_sha,
            "status": "completed",
            "conclusion": conclusion,
            "external_id": self.external_id,
            "details_url": self.details_url,
            "output": output(batches.next().unwrap_or_default()),
        });
        let id = self.create(body).await?;
        let mut sent = BATCH;
        for batch in batches {
            sent += batch.len();
            self.add(id, output(batch), sent).await?;
        }
        Ok(())
    }

    /// After a lost answer the check run is looked for before it is made again.
    async fn create(&self, body: Value) -> Result<u64, CallError> {
        let Self { repository, head_sha, .. } = self;
        let request =
            Request::create(Attempt::CreateCheckRun, format!("/repos/{repository}/check-runs"), body.clone());
        let look = async |_: &CallError| {
            let name = uri::value(self.name);
            let route =
                format!("/repos/{repository}/commits/{head_sha}/check-runs?check_name={name}&per_page=100");
            let response = self.api.call(&Request::get(Attempt::FindCheckRun, route)).await?;
            let runs = response.body["check_runs"].as_array().cloned().unwrap_or_default();
            // The one that this process made before may show another outcome.
            let is_same = |run: &&Value| {
                run["external_id"] == self.external_id && run["conclusion"] == body["conclusion"]
            };
            let present = runs.iter().find(is_same);
            Ok(present.and_then(|run| run["id"].as_u64()))
        };
        let create = async || Ok(self.api.call(&request).await?.body["id"].as_u64().unwrap_or_default());
        Ok(create_once(self.api.tries(), look, create).await?)
    }

    /// Adds annotations; `sent`: how many there are then. After a lost answer they are counted first.
    async fn add(&self, id: u64, output: Value, sent: usize) -> Result<(), CallError> {
        let route = format!("/repos/{}/check-runs/{id}", self.repository);
        let request = Request {
            method: Method::PATCH,
            ..Request::create(Attempt::AddAnnotations, route.clone(), json!({"output": output}))
        };
        let look = async |_: &CallError| {
            let response = self.api.call(&Request::get(Attempt::CountAnnotations, route.clone())).await?;
            let present = response.body["output"]["annotations_count"].as_u64().unwrap_or_default();
            Ok((present >= sent as u64).then_some(()))
        };
        Ok(create_once(self.api.tries(), look, async || self.api.call(&request).await.map(drop)).await?)
    }
}

/// GitHub's name for an outcome.
pub(super) const fn conclusion(outcome: Outcome, exit_code: u8) -> &'static str {
    match outcome {
        Outcome::Passed => "success",
        _ if exit_code == 0 => "neutral",
        Outcome::TimedOut => "timed_out",
        // Only GitHub itself may say `stale`.
        Outcome::Stale | Outcome::Interrupted | Outcome::Terminated | Outcome::HungUp => "cancelled",
        Outcome::CheckFailed
        | Outcome::BuildFailed
        | Outcome::Stopped
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
    // As the log marks them (`ci/formats`, section 1.5).
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
        "title": one_line(&format!("{rule} ({})", Label::Severity(*severity)), TITLE_LIMIT - 1),
        "message": one_line(message, MESSAGE_LIMIT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_conclusion_and_only_a_pass_is_a_success() {
        for outcome in Outcome::ALL {
            let word = conclusion(outcome, outcome.exit_code());
            assert_eq!(word == "success", outcome == Outcome::Passed, "{outcome} {word}");
        }
        assert_eq!(conclusion(Outcome::Stopped, 0), "neutral");
        assert_eq!(conclusion(Outcome::TimedOut, 2), "timed_out");
        assert_eq!(conclusion(Outcome::HungUp, Outcome::HungUp.exit_code()), "cancelled");
    }
}
