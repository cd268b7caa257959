//! Past runs and what they found (page `check-tasks`, `checkrecord`).

use super::{Id, Service, lenient};
use crate::finding::{Counts, PastRun};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::text::one_line;
use serde_json::Value;
use tokio::time::Instant;

/// Runs that are asked for.
const RECORDS_LIMIT: usize = 30;
/// Longest text of a time, in characters.
const TIME_LIMIT: usize = 25;

impl Service {
    /// `GET /v2/{project_id}/tasks/{task_id}/checkrecord`: the latest runs, oldest first.
    ///
    /// # Errors
    /// The last failure.
    pub async fn records(
        &self,
        project: &Id,
        task: &Id,
        deadline: Instant,
    ) -> Result<Vec<PastRun>, CallError> {
        let call = Call::get(
            format!("list the past runs of task {}", task.short()),
            format!("/v2/{project}/tasks/{task}/checkrecord"),
            &["data", "total"],
        )
        .with_query("offset", "0")
        .with_query("limit", RECORDS_LIMIT.to_string());
        let body = self.call(&call, deadline).await?;
        let data = body["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut records: Vec<PastRun> = data.iter().filter_map(read_record).collect();
        // No page says in which order they come; the times are written so that their text sorts.
        records.sort_by(|one, other| one.time.cmp(&other.time));
        Ok(records)
    }
}

/// The counts are one object, or a list that holds it (`quirks`, 18).
fn read_record(record: &Value) -> Option<PastRun> {
    let counts = [&record["issue_counts"], &record["issue_count"]];
    let counts = counts.into_iter().find_map(|counts| match counts {
        Value::Array(list) => list.first(),
        Value::Object(_) => Some(counts),
        _ => None,
    })?;
    let count = |names: [&str; 2]| {
        let told = names.iter().find_map(|name| lenient::integer(&counts[*name]));
        told.and_then(|count| u64::try_from(count).ok())
    };
    let critical = count(["critical", "critical_count"])?;
    let [major, minor, suggestion] = [["serious", "major"], ["normal", "minor"], ["prompt", "suggestion"]]
        .map(|names| count(names).unwrap_or(0));
    let issues = critical.saturating_add(major).saturating_add(minor).saturating_add(suggestion);
    Some(PastRun {
        time: one_line(record["check_time"].as_str()?, TIME_LIMIT),
        counts: Counts::from_array([critical, major, minor, suggestion, issues]),
    })
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn both_forms_of_the_examples() {
        for name in ["check_record_schema_form.json", "check_record_example_form.json"] {
            let body = example(name);
            let record = read_record(&body["data"][0]).unwrap_or_else(|| panic!("{name}"));
            assert!(record.time.starts_with("20"), "{record:?}");
            assert!(record.counts.issues > 0, "{record:?}");
        }
        assert_eq!(read_record(&serde_json::json!({"check_time": "x"})), None);
    }
}
