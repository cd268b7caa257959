//! What a finished check has found, in numbers, and what the service's quality gate says (page `check-results`, section 1).

use super::{Id, Service, lenient};
use crate::finding::Counts;
use crate::gate::ServiceGate;
use crate::http::call::{Call, repeat};
use crate::http::error::CallError;
use crate::http::retry::Failure;
use serde_json::Value;
use tokio::time::Instant;

/// The summary of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// What the quality gate says.
    pub gate: ServiceGate,
    /// Open findings; `None` where the answer does not hold all counts.
    pub counts: Option<Counts>,
    /// Findings that are new with this run, each count where the service tells it, in the order of [`Counts::by_name`].
    pub new_counts: [Option<u64>; 5],
}

impl Service {
    /// `GET /v2/tasks/{task_id}/defects-summary`, of one run where that is known. Deployments that refuse to be asked about
    /// a run are asked about the task.
    ///
    /// # Errors
    /// The last failure.
    pub async fn summary(
        &self,
        task: &Id,
        run: Option<&str>,
        deadline: Instant,
    ) -> Result<Summary, CallError> {
        let mut of_run = None;
        if let Some(run) = run {
            match self.read_summary(&summary_call(task).with_query("job_id", run), deadline).await {
                Ok(summary) if summary.says_all() => return Ok(summary),
                Ok(summary) => of_run = Some(summary),
                Err(error) if matches!(error.failure, Failure::Rejected | Failure::NotFound) => {
                    tracing::debug!("{error}; asking without the run");
                }
                Err(error) => return Err(error),
            }
        }
        match (self.read_summary(&summary_call(task), deadline).await, of_run) {
            (Ok(of_task), Some(of_run)) => Ok(of_run.or(of_task)),
            (Err(_), Some(of_run)) if of_run.gate != ServiceGate::Unknown => Ok(of_run),
            (result, _) => result,
        }
    }

    /// Asks until a summary comes; another answer is as good as none.
    async fn read_summary(&self, call: &Call, deadline: Instant) -> Result<Summary, CallError> {
        let body = repeat(call.repeat, deadline, self.pauses(), async || {
            let body = self.attempt(call).await?;
            if is_summary(&body) { Ok(body) } else { Err(self.unreadable(call, "the answer is no summary")) }
        })
        .await?;
        Ok(Summary::read(&body))
    }

    /// The same call, to learn whether results may be read.
    ///
    /// # Errors
    /// The last failure.
    pub async fn may_read_report(&self, task: &Id, deadline: Instant) -> Result<(), CallError> {
        let call = summary_call(task);
        let body = self.call(&call, deadline).await?;
        if is_summary(&body) { Ok(()) } else { Err(self.unreadable(&call, "the answer is no summary")) }
    }
}

fn summary_call(task: &Id) -> Call {
    Call::get(
        format!("read the summary of task {}", task.short()),
        format!("/v2/tasks/{task}/defects-summary"),
        &["task_id", "issue_count", "result"],
    )
}

fn is_summary(body: &Value) -> bool {
    let has_result = body["result"].as_object().is_some_and(|result| !result.is_empty());
    has_result || ["task_id", "taskId", "issue_count"].iter().any(|field| !body[*field].is_null())
}

impl Summary {
    const fn says_all(&self) -> bool {
        !matches!(self.gate, ServiceGate::Unknown) && self.counts.is_some()
    }

    /// What this one does not say, as the other says it.
    fn or(self, other: Self) -> Self {
        let gate = if self.gate == ServiceGate::Unknown { other.gate } else { self.gate };
        Self { gate, counts: self.counts.or(other.counts), ..self }
    }

    /// The flat form, with numbers or text; else the older nested one.
    fn read(body: &Value) -> Self {
        let nested = &body["result"]["info"];
        let flat = ["critical_count", "major_count", "minor_count", "suggestion_count", "issue_count"];
        let legacy = ["criticalCount", "seriousCount", "normalCount", "promptCount", "totalCount"];
        let new =
            ["new_critical_count", "new_major_count", "new_minor_count", "new_suggestion_count", "new_count"];
        let said = [&body["is_access"], &nested["is_access"], &body["result"]["is_access"]];
        let review = [&body["review_result"], &nested["review_result"], &body["result"]["review_result"]];
        let gate = |places: [&Value; 3]| {
            places.into_iter().map(read_gate).find(|gate| *gate != ServiceGate::Unknown)
        };
        Self {
            gate: gate(said).or_else(|| gate(review)).unwrap_or_default(),
            counts: read_counts(body, flat).or_else(|| read_counts(&nested["defectInfo"], legacy)),
            new_counts: new.map(|name| read_count(&body[name])),
        }
    }
}

/// No page says which values there are, so only what is clear counts (`check-results`, "Reading `is_access`").
fn read_gate(value: &Value) -> ServiceGate {
    let word = match value {
        Value::Bool(flag) => flag.to_string(),
        value => lenient::text(value).unwrap_or_default().to_ascii_lowercase(),
    };
    match word.as_str() {
        "1" | "true" | "success" => ServiceGate::Passed,
        "0" | "false" | "error" => ServiceGate::NotPassed,
        _ => ServiceGate::Unknown,
    }
}

fn read_count(value: &Value) -> Option<u64> {
    lenient::integer(value).and_then(|count| u64::try_from(count).ok())
}

fn read_counts(object: &Value, names: [&str; 5]) -> Option<Counts> {
    let [critical, major, minor, suggestion, issues] = names.map(|name| read_count(&object[name]));
    Some(Counts::from_array([critical?, major?, minor?, suggestion?, issues?]))
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use serde_json::json;

    #[test]
    fn every_example_of_a_summary() {
        let cases = [
            ("check_defects_summary_flat_ints.json", [2, 1, 1, 1, 3], ServiceGate::NotPassed, [None; 5]),
            (
                "check_defects_summary_flat_strings.json",
                [0, 0, 1, 2, 3],
                ServiceGate::Passed,
                [0, 0, 1, 2, 3].map(Some),
            ),
            ("check_defects_summary_nested_legacy.json", [0, 0, 0, 0, 0], ServiceGate::Unknown, [None; 5]),
        ];
        for (name, counts, gate, new) in cases {
            let summary = Summary::read(&example(name));
            assert_eq!(summary.counts, Some(Counts::from_array(counts)), "{name}");
            assert_eq!(summary.gate, gate, "{name}");
            assert_eq!(summary.new_counts, new, "{name}");
        }
    }

    #[test]
    fn only_what_is_clear_is_a_gate() {
        use ServiceGate::{NotPassed, Passed, Unknown};
        let cases = [
            (json!({"is_access": 1}), Passed),
            (json!({"is_access": " 1 "}), Passed),
            (json!({"is_access": true}), Passed),
            (json!({"is_access": "TRUE"}), Passed),
            (json!({"is_access": 0}), NotPassed),
            (json!({"is_access": "0"}), NotPassed),
            (json!({"is_access": false}), NotPassed),
            (json!({"is_access": 2}), Unknown),
            (json!({"is_access": "abc"}), Unknown),
            (json!({"is_access": [1]}), Unknown),
            (json!({}), Unknown),
            (json!({"is_access": null, "review_result": "success"}), Passed),
            (json!({"is_access": "0", "review_result": "success"}), NotPassed),
            (json!({"result": {"review_result": "error"}}), NotPassed),
            (json!({"result": {"info": {"is_access": "1"}}}), Passed),
        ];
        for (body, expected) in cases {
            assert_eq!(Summary::read(&body).gate, expected, "{body}");
        }
    }

    /// A count that is missing or no count is not taken for zero.
    #[test]
    fn partial_counts_are_no_counts() {
        let whole = json!({"critical_count": "1", "major_count": 2, "minor_count": 3, "suggestion_count": 4, "issue_count": 10});
        assert!(Summary::read(&whole).counts.is_some());
        for (field, value) in
            [("issue_count", json!(null)), ("minor_count", json!(-1)), ("major_count", json!("x"))]
        {
            let mut partial = whole.clone();
            partial[field] = value;
            assert_eq!(Summary::read(&partial).counts, None, "{field}");
        }
        assert_eq!(Summary::read(&json!(null)), Summary::default());
    }
}
