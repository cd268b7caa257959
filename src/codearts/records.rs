//! Past runs and what they found (page `check-tasks`, `checkrecord`).

use super::id::Id;
use super::service::{Service, get};
use super::wire::{CheckRecords, IssueCounts, PastRunRow};
use crate::http::error::CallError;
use crate::http::field;
use crate::messages::Attempt;
use crate::model::finding::{Counts, PastRun};
use crate::text::one_line;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// Runs that are asked for.
const RECORDS_LIMIT: usize = 30;
/// Nothing that claims to have taken longer is believed.
const DURATION_LIMIT: Duration = Duration::from_secs(24 * 3600);
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
        let body = self.past_runs(project, task, deadline).await?;
        let mut records: Vec<PastRun> =
            field::read::<CheckRecords>(&body).data.iter().filter_map(read_record).collect();
        // Their order is undocumented; the times are written so that their text sorts.
        records.sort_by(|one, other| one.time.cmp(&other.time));
        Ok(records)
    }

    /// The same call: how long the latest runs took, as far as it shows that.
    ///
    /// # Errors
    /// The last failure.
    pub async fn past_durations(
        &self,
        project: &Id,
        task: &Id,
        deadline: Instant,
    ) -> Result<Vec<Duration>, CallError> {
        let body = self.past_runs(project, task, deadline).await?;
        Ok(field::read::<CheckRecords>(&body).data.iter().filter_map(read_duration).collect())
    }

    async fn past_runs(&self, project: &Id, task: &Id, deadline: Instant) -> Result<Value, CallError> {
        let call = get(
            Attempt::ListPastRuns(task.short()),
            format!("/v2/{project}/tasks/{task}/checkrecord"),
            &["data", "total"],
        )
        .with_query("offset", "0")
        .with_query("limit", RECORDS_LIMIT.to_string());
        self.call(&call, deadline).await
    }
}

/// From `check_time` to `check_end_time`, which are UTC in either form that the pages show.
fn read_duration(row: &PastRunRow) -> Option<Duration> {
    let time = |text: &str| humantime::parse_rfc3339_weak(text.trim()).ok();
    let duration = time(&row.check_end_time)?.duration_since(time(&row.check_time)?).ok()?;
    (Duration::from_secs(1)..=DURATION_LIMIT).contains(&duration).then_some(duration)
}

/// The counts are one object, or a list that holds it (`quirks`, 18).
fn read_record(row: &PastRunRow) -> Option<PastRun> {
    let counts = [&row.issue_counts, &row.issue_count].into_iter().find_map(|counts| match counts {
        Value::Array(list) => list.first(),
        Value::Object(_) => Some(counts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })?;
    let counts: IssueCounts = field::read(counts);
    let critical = counts.critical.or(counts.critical_count)?;
    let major = counts.serious.or(counts.major).unwrap_or(0);
    let minor = counts.normal.or(counts.minor).unwrap_or(0);
    let suggestion = counts.prompt.or(counts.suggestion).unwrap_or(0);
    let issues = critical.saturating_add(major).saturating_add(minor).saturating_add(suggestion);
    let time = Some(&row.check_time).filter(|time| !time.is_empty())?;
    Some(PastRun {
        time: one_line(time, TIME_LIMIT),
        counts: Counts::from_array([critical, major, minor, suggestion, issues]),
    })
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;

    #[test]
    fn both_forms_of_the_examples() {
        for name in ["check_record_schema_form.json", "check_record_example_form.json"] {
            let body = example(name);
            let record = read_record(&field::read(&body["data"][0])).unwrap_or_else(|| panic!("{name}"));
            assert!(record.time.starts_with("20"), "{record:?}");
            assert!(record.counts.issues > 0, "{record:?}");
        }
        assert_eq!(read_record(&field::read(&serde_json::json!({"check_time": "x"}))), None);
    }

    #[test]
    fn durations_are_in_some_forms() {
        let of = |name| {
            let rows = field::read::<CheckRecords>(&example(name)).data;
            rows.iter().filter_map(read_duration).collect::<Vec<_>>()
        };
        assert_eq!(of("check_record_schema_form.json"), [Duration::from_secs(148)]);
        assert_eq!(of("check_record_example_form.json"), []);
        let between = |begin: &str, end: &str| {
            read_duration(&field::read(&serde_json::json!({"check_time": begin, "check_end_time": end})))
        };
        let minute = Some(Duration::from_secs(60));
        assert_eq!(between("2020-02-20 11:37:46", " 2020-02-20 11:38:46"), minute);
        assert_eq!(between("2020-02-20T11:37:46Z", "2020-02-20T11:38:46Z"), minute);
        let later = ["2020-02-20 11:37:46", "2020-02-20 11:37:45", "2020-02-22 11:37:46", "", "soon"];
        for end in later {
            assert_eq!(between("2020-02-20 11:37:46", end), None, "{end}");
        }
    }
}
