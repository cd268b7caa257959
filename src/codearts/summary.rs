//! Figures of a finished check (page `check-results`, section 1).

use super::{Id, Service, lenient};
use crate::http::call::Call;
use crate::http::error::CallError;
use serde_json::Value;
use tokio::time::Instant;

/// Open findings by severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingCounts {
    /// Critical ones.
    pub critical: u64,
    /// Major ones.
    pub major: u64,
    /// Minor ones.
    pub minor: u64,
    /// Suggestions.
    pub suggestion: u64,
    /// All that are open; as the service tells it, which need not be the sum of the others.
    pub issues: u64,
}

impl Service {
    /// `GET /v2/tasks/{task_id}/defects-summary`; `None` where the answer does not hold all counts.
    ///
    /// # Errors
    /// The last failure.
    pub async fn finding_counts(
        &self,
        task: &Id,
        deadline: Instant,
    ) -> Result<Option<FindingCounts>, CallError> {
        Ok(read_counts(&self.call(&summary_call(task), deadline).await?))
    }

    /// The same call, to learn whether results may be read.
    ///
    /// # Errors
    /// The last failure.
    pub async fn may_read_report(&self, task: &Id, deadline: Instant) -> Result<(), CallError> {
        let call = summary_call(task);
        let body = self.call(&call, deadline).await?;
        let is_summary =
            ["task_id", "taskId", "issue_count", "result"].iter().any(|field| !body[*field].is_null());
        if is_summary { Ok(()) } else { Err(self.unreadable(&call, "the answer is no summary")) }
    }
}

fn summary_call(task: &Id) -> Call {
    Call::get(
        format!("read the summary of task {}", task.short()),
        format!("/v2/tasks/{task}/defects-summary"),
        &["task_id", "issue_count", "result"],
    )
}

/// The flat form, with numbers or text; else the older nested one.
fn read_counts(body: &Value) -> Option<FindingCounts> {
    let read = |object: &Value, names: [&str; 5]| {
        let count = |name: &str| lenient::integer(&object[name]).and_then(|count| u64::try_from(count).ok());
        let [critical, major, minor, suggestion, issues] = names.map(count);
        Some(FindingCounts {
            critical: critical?,
            major: major?,
            minor: minor?,
            suggestion: suggestion?,
            issues: issues?,
        })
    };
    let flat = ["critical_count", "major_count", "minor_count", "suggestion_count", "issue_count"];
    let nested = ["criticalCount", "seriousCount", "normalCount", "promptCount", "totalCount"];
    read(body, flat).or_else(|| read(&body["result"]["info"]["defectInfo"], nested))
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use serde_json::json;

    #[test]
    fn every_example_of_a_summary() {
        let cases = [
            ("check_defects_summary_flat_ints.json", [2, 1, 1, 1, 3]),
            ("check_defects_summary_flat_strings.json", [0, 0, 1, 2, 3]),
            ("check_defects_summary_nested_legacy.json", [0, 0, 0, 0, 0]),
        ];
        for (name, [critical, major, minor, suggestion, issues]) in cases {
            let expected = FindingCounts { critical, major, minor, suggestion, issues };
            assert_eq!(read_counts(&example(name)), Some(expected), "{name}");
        }
    }

    /// A count that is missing or no count is not taken for zero.
    #[test]
    fn partial_counts_are_no_counts() {
        let whole = json!({"critical_count": "1", "major_count": 2, "minor_count": 3, "suggestion_count": 4, "issue_count": 10});
        assert!(read_counts(&whole).is_some());
        for (field, value) in
            [("issue_count", json!(null)), ("minor_count", json!(-1)), ("major_count", json!("x"))]
        {
            let mut partial = whole.clone();
            partial[field] = value;
            assert_eq!(read_counts(&partial), None, "{field}");
        }
        assert_eq!(read_counts(&json!(null)), None);
    }
}
