//! What a finished check has found, in numbers, and the service's quality gate (page `check-results`, section 1).

use super::gate_word::Word;
use super::id::Id;
use super::service::{Service, get};
use super::task_code::TaskCode;
use super::wire::{GateFields, OlderCounts, SummaryAnswer, SummaryInfo, SummaryResult};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::http::{field, lenient};
use crate::messages::{Attempt, ServiceMessage};
use crate::model::finding::{Counts, PerSeverity};
use crate::model::gate::ServiceGate;
use serde_json::Value;
use tokio::time::Instant;

/// Id of a run that does not exist.
const IMPOSSIBLE_RUN: &str = "00000000000000000000000000000000";
/// Times a server has to know nothing of it.
const PROOFS: u32 = 2;

/// The summary of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The quality gate.
    pub gate: ServiceGate,
    /// What stands where the gate's answer should, as it is quoted, if that is not documented.
    pub undocumented: Option<String>,
    /// Open findings; `None` where the answer does not hold all counts.
    pub counts: Option<Counts>,
    /// Findings that are new with this run, each count where the service reports it.
    pub new_counts: PerSeverity<Option<u64>>,
    /// What was checked; of a merge-request task, the branch is the source branch.
    pub code: TaskCode,
}

/// What was answered. A server that does not know the question about a run answers it as the one about the task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// To the question about the run.
    pub of_run: Option<Summary>,
    /// To the one about the task, where it was asked.
    pub of_task: Option<Summary>,
}

impl Answers {
    /// All that is known; what the run's answer lacks comes from the task's.
    pub fn together(self) -> Summary {
        match (self.of_run, self.of_task) {
            (Some(of_run), Some(of_task)) => of_run.or(of_task),
            (of_run, of_task) => of_run.or(of_task).unwrap_or_default(),
        }
    }
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
    ) -> Result<Answers, CallError> {
        let mut of_run = None;
        if let Some(run) = run {
            match self.read_summary(&summary_call(task).with_query("job_id", run), deadline).await {
                Ok(summary) if summary.is_whole() => {
                    return Ok(Answers { of_run: Some(summary), of_task: None });
                }
                Ok(summary) => of_run = Some(summary),
                Err(error) if error.may_lack_call() => {
                    tracing::debug!("{}", ServiceMessage::AskingWithoutRun(error.shown()));
                }
                Err(error) => return Err(error),
            }
        }
        match self.read_summary(&summary_call(task), deadline).await {
            Ok(of_task) => Ok(Answers { of_run, of_task: Some(of_task) }),
            Err(_) if of_run.as_ref().is_some_and(|of_run| of_run.gate != ServiceGate::Unknown) => {
                Ok(Answers { of_run, of_task: None })
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the question about a run is answered about that run: of one that cannot exist nothing can be known. Asked
    /// several times, because a single refusal can have any cause.
    pub async fn summary_knows_runs(&self, task: &Id, deadline: Instant) -> bool {
        for _ in 0..PROOFS {
            let call = summary_call(task).with_query("job_id", IMPOSSIBLE_RUN);
            let is_known = match self.call(&call, deadline).await {
                Ok(body) => !Summary::read(&body).can_decide(),
                Err(error) => is_refused(&error),
            };
            if !is_known {
                return false;
            }
        }
        true
    }

    /// Asks until a summary comes; another answer is as good as none.
    async fn read_summary(&self, call: &Call, deadline: Instant) -> Result<Summary, CallError> {
        let body = self
            .until(deadline, async || {
                let body = self.attempt(call).await?;
                if is_summary(&body) {
                    Ok(body)
                } else {
                    Err(self.unreadable(call, ServiceMessage::NotSummary))
                }
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
        if is_summary(&body) { Ok(()) } else { Err(self.unreadable(&call, ServiceMessage::NotSummary)) }
    }
}

const fn is_refused(error: &CallError) -> bool {
    matches!(error.failure, Failure::Rejected | Failure::NotFound)
}

pub(super) fn summary_call(task: &Id) -> Call {
    get(
        Attempt::ReadSummary(task.short()),
        format!("/v2/tasks/{task}/defects-summary"),
        &["task_id", "issue_count", "result"],
    )
}

fn is_summary(body: &Value) -> bool {
    let SummaryAnswer { task_id, task_id_camel, issue_count, result, .. } = field::read(body);
    let has_result = result.as_object().is_some_and(|result| !result.is_empty());
    has_result || [task_id, task_id_camel, issue_count].iter().any(|field| !field.is_null())
}

impl Summary {
    const fn is_whole(&self) -> bool {
        !matches!(self.gate, ServiceGate::Unknown) && self.counts.is_some()
    }

    /// Whether it holds anything that can decide.
    pub const fn can_decide(&self) -> bool {
        !matches!(self.gate, ServiceGate::Unknown) || self.counts.is_some()
    }

    /// What this one lacks comes from the other.
    fn or(self, other: Self) -> Self {
        let (gate, undocumented) = match self.gate {
            ServiceGate::Unknown if other.gate == ServiceGate::Unknown => {
                (other.gate, self.undocumented.or(other.undocumented))
            }
            ServiceGate::Unknown => (other.gate, None),
            gate => (gate, None),
        };
        let (counts, code) = (self.counts.or(other.counts), self.code.or(other.code));
        Self { gate, undocumented, counts, code, ..self }
    }

    /// The flat form, with numbers or text, and the older nested one.
    fn read(body: &Value) -> Self {
        let answer: SummaryAnswer = field::read(body);
        let result: SummaryResult = field::read(&answer.result);
        let info: SummaryInfo = field::read(&result.info);
        let gates: [GateFields; 3] = [body, &result.info, &answer.result].map(field::read);
        let (gate, undocumented) = read_gate(&gates);
        let issue_count = lenient::integer(&answer.issue_count).and_then(|count| u64::try_from(count).ok());
        let flat = [
            answer.critical_count,
            answer.major_count,
            answer.minor_count,
            answer.suggestion_count,
            issue_count,
        ];
        let OlderCounts { critical_count, serious_count, normal_count, prompt_count, total_count } =
            info.counts;
        let older = [critical_count, serious_count, normal_count, prompt_count, total_count];
        let mut new_counts = PerSeverity::from_array([
            answer.new_critical_count,
            answer.new_major_count,
            answer.new_minor_count,
            answer.new_suggestion_count,
            answer.new_count,
        ]);
        if let Some(all) = new_counts.issues {
            let parts = new_counts.severities().into_iter().filter_map(|(_, part)| part);
            new_counts.issues = Some(parts.fold(all, u64::max));
        }
        Self {
            gate,
            undocumented,
            counts: match (counts_of(flat), counts_of(older)) {
                (Some(flat), Some(older)) => Some(flat.larger(older)),
                (flat, older) => flat.or(older),
            },
            new_counts,
            code: TaskCode::read(body).or(TaskCode::read(&result.info)),
        }
    }
}

/// The gate in any of these objects; a denial in one of them outweighs the others. Else the first undocumented value.
fn read_gate(places: &[GateFields]) -> (ServiceGate, Option<String>) {
    let fields = places.iter().map(GateFields::all);
    let words: Vec<Word> = fields.flatten().map(Word::read).collect();
    if words.contains(&Word::NotPassed) {
        return (ServiceGate::NotPassed, None);
    }
    if words.contains(&Word::Passed) {
        return (ServiceGate::Passed, None);
    }
    let undocumented = words.into_iter().find_map(|word| match word {
        Word::Undocumented(text) => Some(text),
        _ => None,
    });
    (ServiceGate::Unknown, undocumented)
}

fn counts_of(counts: [Option<u64>; 5]) -> Option<Counts> {
    let [critical, major, minor, suggestion, issues] = counts;
    Some(Counts::from_array([critical?, major?, minor?, suggestion?, issues?]).consistent())
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
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
            assert_eq!(summary.new_counts, PerSeverity::from_array(new), "{name}");
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
            (json!({"is_access": 0.0}), NotPassed),
            (json!({"is_access": 1, "review_result": "error"}), NotPassed),
            (json!({"is_access": 1, "result": {"is_access": 0}}), NotPassed),
            (json!({"is_access": 1, "result": {"info": {"isAccess": "0"}}}), NotPassed),
            (json!({"is_access": 1, "review_result": "maybe"}), Passed),
            (json!({"is_access": "maybe", "review_result": "success"}), Passed),
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

    #[test]
    fn what_is_not_documented_is_kept() {
        let read = |body: Value| Summary::read(&body).undocumented;
        assert_eq!(read(json!({"is_access": "abc", "review_result": "def"})).as_deref(), Some("abc"));
        assert_eq!(read(json!({"is_access": null, "result": {"review_result": 7}})).as_deref(), Some("7"));
        assert_eq!(read(json!({"is_access": "abc", "review_result": "success"})), None);
        assert_eq!(read(json!({"is_access": "abc", "review_result": "error"})), None);
        assert_eq!(read(json!({"is_access": null})), None);
    }

    #[test]
    fn what_the_run_lacks_comes_from_the_task() {
        let read = |body: Value| Some(Summary::read(&body));
        let counted = json!({"critical_count": 1, "major_count": 2, "minor_count": 3, "suggestion_count": 4, "issue_count": 10});
        let together = |of_run, of_task| Answers { of_run, of_task }.together();
        let both = together(read(json!({"is_access": "abc"})), read(json!({"is_access": 0})));
        assert_eq!((both.gate, both.undocumented), (ServiceGate::NotPassed, None));
        let both = together(read(json!({"is_access": 1})), read(counted.clone()));
        assert_eq!((both.gate, both.counts.map(|counts| counts.issues)), (ServiceGate::Passed, Some(10)));
        let both = together(read(json!({"is_access": 1})), read(json!({"is_access": 0})));
        assert_eq!(both.gate, ServiceGate::Passed);
        assert_eq!(together(None, None), Summary::default());
        assert_eq!(together(None, read(counted.clone())), Summary::read(&counted));
    }

    /// A total is at least its largest part, but need not be their sum.
    #[test]
    fn the_number_of_all_is_no_smaller_than_a_part() {
        let counts = |all: u64| {
            let body = json!({
                "critical_count": "9", "major_count": 2, "minor_count": 3, "suggestion_count": 4, "issue_count": all,
                "new_critical_count": 1, "new_major_count": "5", "new_count": all,
            });
            let summary = Summary::read(&body);
            (summary.counts.map(|counts| counts.issues), summary.new_counts.issues)
        };
        assert_eq!(counts(0), (Some(9), Some(5)));
        assert_eq!(counts(8), (Some(9), Some(8)));
        assert_eq!(counts(12), (Some(12), Some(12)));
        assert_eq!(Summary::read(&json!({"new_major_count": 5})).new_counts.issues, None);
        // Both forms in one answer.
        let both = json!({
            "critical_count": 0, "major_count": 2, "minor_count": 0, "suggestion_count": 0, "issue_count": 2,
            "result": {"info": {"defectInfo": {
                "criticalCount": "3", "seriousCount": "1", "normalCount": "0", "promptCount": "0", "totalCount": "4",
            }}},
        });
        assert_eq!(Summary::read(&both).counts, Some(Counts::from_array([3, 2, 0, 0, 4])));
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
