//! Answers of CodeArts Check: tasks, runs, results.

use crate::forges;
use crate::memory;
use crate::promise;
use crate::wire::{Wire, document, part};
use codearts_gate::codearts::findings::Filter;
use codearts_gate::codearts::merge_requests::{MergeRequestTask, NewMergeRequestTask, TaskCreationError};
use codearts_gate::codearts::runs::{StartError, Started};
use codearts_gate::codearts::start_once::StartLimits;
use codearts_gate::codearts::summary::Answers;
use codearts_gate::codearts::task_list::{TaskEntry, TaskFilter};
use codearts_gate::codearts::tasks::TaskStatus;
use codearts_gate::http::error::CallError;
use codearts_gate::http::retry::Failure;
use codearts_gate::messages::{Attempt, HttpMessage};
use codearts_gate::model::finding::Finding;
use codearts_gate::model::gate::ServiceGate;
use codearts_gate::model::pull_request::ForgeName;
use codearts_gate::text::is_id;
use serde_json::Value;
use std::collections::HashSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Bytes that an answer may take for each of its own. A row of nothing but brackets takes most.
const FACTOR: usize = 300;

thread_local! {
    static WIRE: Wire = Wire::default();
}

/// Asks, and checks what holds for every call: its memory, its errors, and that half an answer is none.
pub(crate) fn call<T>(input: &[u8], ask: impl AsyncFn(&Wire, Instant) -> Result<T, CallError>) -> Option<T> {
    WIRE.with(|wire| {
        let read = |input: &[u8]| wire.run(input, async |deadline| ask(wire, deadline).await);
        let result = memory::within(input, FACTOR, || read(input));
        if document(input).is_some_and(|document| document.is_object() || document.is_array()) {
            let half = read(part(input));
            assert!(half.is_err(), "half an answer is taken for a whole one: {:?}", part(input));
        }
        result.inspect_err(promise::call_error).ok()
    })
}

/// Numbers as the service writes them.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// How a task stands.
pub fn progress(input: &[u8]) {
    let answer = call(input, async |wire, deadline| wire.service.progress_by(&wire.id, deadline).await);
    let Some(progress) = answer else { return };
    assert!(progress.percent.is_none_or(|percent| (0.0..=100.0).contains(&percent)), "{progress:?}");
    if let Some(body) = document(input) {
        let is_two = number(&body["task_status"]) == Some(2.0);
        assert!(is_two || progress.status != TaskStatus::Successful, "{body}");
    }
}

/// The latest runs of a task.
pub fn last_runs(input: &[u8]) {
    let answer = call(input, async |wire, deadline| wire.service.last_jobs(&wire.id, deadline).await);
    if let Some(Some(runs)) = answer {
        assert!(runs.ids().all(|id| is_id(id, 64)), "{runs:?}");
    }
}

/// Past runs, with their counts.
pub fn past_runs(input: &[u8]) {
    let answer = call(input, async |wire, deadline| wire.service.records(&wire.id, &wire.id, deadline).await);
    for run in answer.unwrap_or_default() {
        promise::line(&run.time, 25);
        assert!(
            run.counts.issues
                >= run.counts.severities().into_iter().map(|(_, count)| count).max().unwrap_or(0)
        );
    }
    let durations =
        call(input, async |wire, deadline| wire.service.past_durations(&wire.id, &wire.id, deadline).await);
    assert!(
        durations.unwrap_or_default().iter().all(|duration| (1..=24 * 3600).contains(&duration.as_secs()))
    );
}

/// Counts and the quality gate.
pub fn summary(input: &[u8]) {
    let answer =
        call(input, async |wire, deadline| wire.service.summary(&wire.id, Some("r"), deadline).await);
    let Some(answers) = answer else { return };
    check_summary(input, answers);
}

fn check_summary(input: &[u8], answers: Answers) {
    let summary = answers.together();
    if let Some(text) = &summary.undocumented {
        promise::line(text, 40);
    }
    if let Some(name) = &summary.code.name {
        promise::line(name, 200);
    }
    if let Some(counts) = summary.counts {
        assert!(counts.severities().into_iter().all(|(_, count)| count <= counts.issues), "{counts:?}");
    }
    let Some(body) = document(input) else { return };
    let places = [&body, &body["result"], &body["result"]["info"]];
    let names = ["is_access", "isAccess", "review_result", "reviewResult"];
    let fields: Vec<&Value> = places
        .into_iter()
        .flat_map(|place| names.map(|name| &place[name]))
        .filter(|field| !field.is_null())
        .collect();
    let is_pass = |field: &&&Value| {
        let word = field.as_str().map(|text| text.trim().to_ascii_lowercase());
        **field == true || number(field) == Some(1.0) || matches!(word.as_deref(), Some("true" | "success"))
    };
    let is_denial = |field: &&&Value| {
        let word = field.as_str().unwrap_or_default().to_ascii_lowercase();
        **field == false || number(field) == Some(0.0) || word.contains("fail") || word.contains("未通过")
    };
    let passes = fields.iter().filter(is_pass).count();
    if summary.gate == ServiceGate::Passed {
        assert!(passes > 0, "{body}");
        assert!(!fields.iter().any(|field| is_denial(&field)), "{body}");
    }
}

/// Pages of findings.
pub fn findings(input: &[u8]) {
    let filter = Filter {
        statuses: Vec::new(),
        severities: Vec::new(),
        is_delayed: false,
        pages_at_once: 1,
        counted: None,
    };
    let answer = call(input, async |wire, deadline| {
        let (mut all, mut taken) = (HashSet::new(), 0_usize);
        let take = |finding: Finding| {
            taken += 1;
            check_finding(&finding);
            all.insert(finding)
        };
        let walk = wire.service.findings(&wire.id, &filter, None, deadline, take).await?;
        Ok((walk, all.len(), taken))
    });
    let Some((walk, different, taken)) = answer else { return };
    assert_eq!(walk.places, different as u64);
    assert!(walk.distinct <= walk.places);
    if let Some(body) = document(input) {
        let rows = body["defects"].as_array().map_or(0, Vec::len);
        assert!(taken >= rows, "{rows} rows, {taken} findings");
    }
}

fn check_finding(finding: &Finding) {
    let Finding { path, line, rule, message, id, rule_title, tags, created_at, columns, code, flow, .. } =
        finding;
    promise::line(path, 4096);
    assert_ne!(*line, Some(0));
    [rule, id, rule_title, created_at].into_iter().chain(tags).for_each(|text| promise::line(text, 200));
    promise::lines(message, 4000);
    assert!(!rule.is_empty() && !message.is_empty());
    promise::line(&code.replace('\t', " "), 500);
    if let Some((start, end)) = *columns {
        assert!(0 < start && start < end && end as usize <= code.encode_utf16().count() + 1, "{finding:?}");
    }
    assert!(flow.len() <= 100);
    for step in flow {
        promise::line(&step.path, 4096);
        promise::line(&step.message, 200);
    }
}

/// Why a check failed.
pub fn check_log(input: &[u8]) {
    let answer = call(input, async |wire, deadline| {
        wire.service.failing_steps(&wire.id, &wire.id, None, deadline).await
    });
    let steps = answer.unwrap_or_default();
    assert!(steps.len() <= 5);
    for step in steps {
        [step.name, step.log, step.analysis, step.faq].iter().for_each(|text| promise::line(text, 500));
    }
}

/// The tasks of a project.
pub fn task_list(input: &[u8]) {
    let answer = call(input, async |wire, deadline| {
        wire.service.tasks(&wire.id, &TaskFilter::default(), deadline).await
    });
    let tasks = answer.unwrap_or_default();
    let ids: HashSet<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
    assert_eq!(ids.len(), tasks.len(), "a task twice");
    for TaskEntry { name, last_check, created, .. } in &tasks {
        name.iter().for_each(|text| promise::line(text, 200));
        last_check.iter().chain(created).for_each(|text| promise::line(text, 25));
    }
}

/// What a task checks, its languages, and its settings.
pub fn task_info(input: &[u8]) {
    let answer = call(input, async |wire, deadline| wire.service.task_code(&wire.id, deadline).await);
    if let Some(name) = answer.and_then(|code| code.name) {
        promise::line(&name, 200);
    }
    let languages =
        call(input, async |wire, deadline| wire.service.languages(&wire.id, &wire.id, deadline).await);
    languages.unwrap_or_default().iter().for_each(|word| promise::line(word, 100));
    let policy =
        call(input, async |wire, deadline| wire.service.gate_policy(&wire.id, &wire.id, deadline).await);
    policy.flatten().iter().for_each(|text| promise::line(text, 500));
    let endpoint = call(input, async |wire, deadline| {
        wire.service.repository_endpoint(&wire.id, &wire.id, deadline).await
    });
    assert!(endpoint.flatten().iter().all(|id| is_id(id, 64)));
}

/// The task of a merge request, in the list below its full task.
pub fn merge_request_tasks(input: &[u8]) {
    let parent = "0000000000000000000000000000000f".parse().expect("an id");
    let answer = call(input, async |wire, deadline| {
        wire.service.find_merge_request_task(&wire.id, &parent, 12, deadline).await
    });
    if let Some(Some(found)) = answer {
        assert_ne!(found, parent, "the full task would be deleted");
    }
}

/// A run that is started, and is looked for where the answer does not name it.
pub fn start_run(input: &[u8]) {
    let cancel = CancellationToken::new();
    let started = call(input, async |wire, deadline| {
        let limits = StartLimits { deadline, cancel: &cancel };
        match wire.service.start_run(&wire.id, None, &limits).await {
            Ok(started) => Ok(Some(started)),
            Err(StartError::NotStarted(error) | StartError::Perhaps(error)) => Err(error),
            Err(StartError::Active { .. }) => Ok(None),
            // In time, it would have come to something.
            Err(StartError::BrokenOff { .. }) => Err(broken_off()),
        }
    });
    if let Some(Some((Started::Named(run), before))) = started {
        assert!(is_id(&run, 64) && !before.names(&run), "{run:?} is not new");
    }
}

/// A merge-request task that is created, and is looked for where the answer does not name it.
pub fn create_task(input: &[u8]) {
    let parent = "0000000000000000000000000000000f".parse().expect("an id");
    let pull_request = forges::known(ForgeName::GitLab);
    let new = NewMergeRequestTask {
        parent: &parent,
        repository: "https://h/acme/widget.git",
        pull_request: &pull_request,
        languages: &[],
        endpoint: None,
        gone: None,
    };
    let cancel = CancellationToken::new();
    let created = call(input, async |wire, deadline| {
        let limits = StartLimits { deadline, cancel: &cancel };
        match wire.service.create_merge_request_task(&wire.id, &new, &limits).await {
            Ok(MergeRequestTask::Created(id) | MergeRequestTask::Appeared(id)) => Ok(id),
            Err(TaskCreationError::NotCreated(error) | TaskCreationError::Perhaps(error)) => Err(error),
            Err(TaskCreationError::BrokenOff { .. }) => Err(broken_off()),
        }
    });
    assert_ne!(created, Some(parent), "the full task would be deleted");
}

/// Time was over.
pub(crate) fn broken_off() -> CallError {
    CallError::before_sending(Attempt::ReachService, Failure::Lost, HttpMessage::Empty)
}
