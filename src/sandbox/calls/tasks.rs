//! CodeArts Check: progress, starts, stops, the summary, runs and the log (page `check`).

use super::{findings, setup};
use crate::sandbox::message::{Reply, Request, TaskCall};
use crate::sandbox::state::{MockService, Refusal};
use bytes::Bytes;
use serde_json::{Value, json};

/// The kinds of ref by which a pull request can be fetched.
const FETCH_REFS: [&str; 2] = ["pull", "merge_request"];

/// Carries out a call about a task.
pub(super) fn carry_out(
    call: TaskCall,
    task: &str,
    request: &Request<'_>,
    service: &mut MockService,
) -> Reply {
    match call {
        TaskCall::Progress => progress(task, request, service),
        TaskCall::Run => run(task, request, service),
        TaskCall::Stop => {
            if let Some(task) = service.task(task) {
                task.stop(request.now);
            }
            Reply { body: Bytes::new(), ..Reply::json(200, &Value::Null) }
        }
        TaskCall::Summary => summary(task, request, service),
        TaskCall::Findings => findings::page(task, request, service),
        TaskCall::Records => findings::records(task, service),
        TaskCall::LastJobs => last_jobs(task, request, service),
        TaskCall::LogDetail => log_detail(task, request, service),
        TaskCall::Info => setup::info(task, service),
        TaskCall::Delete => setup::delete(task, service),
        TaskCall::MergeRequests => setup::merge_requests(task, request, service),
        TaskCall::RuleSets(generation) => setup::rule_sets(generation, task, request, service),
        TaskCall::Settings => setup::settings(task, request, service),
    }
}

fn progress(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let run = request.query("job_id").filter(|_| service.scenario.knows_job_id).map(str::to_owned);
    let Some(task) = service.task(task) else { return Reply::bad_parameter() };
    let shown = task.shown(run.as_deref(), request.now);
    let status = match shown.status {
        Some(status) if task.script().numbers_as_strings => json!(status.to_string()),
        status => json!(status),
    };
    let info = match shown.status {
        Some(0) => json!("running"),
        Some(2) => json!("success"),
        _ => Value::Null,
    };
    let ratio = shown.percent.map(|percent| format!("{percent}%"));
    Reply::json(200, &json!({"task_status": status, "progress": {"ratio": ratio, "info": info}}))
}

fn run(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let Some(body) = serde_json::from_slice(request.body).ok().filter(Value::is_object) else {
        return Reply::error(400, "PARSE_REQUEST_DATA_EXCEPTION", "the body must be a JSON object");
    };
    let fetch_ref = match &body["ref"] {
        Value::Null => None,
        Value::String(word) if FETCH_REFS.contains(&word.as_str()) => Some(word.as_str()),
        _ => return Reply::bad_parameter(),
    };
    match service.start_run(task, fetch_ref, request.now) {
        Ok(id) => Reply::json(200, &json!({"exec_id": id})),
        Err(Refusal::Active) => {
            Reply::json(200, &json!({"error_code": "CC.00050015", "error_msg": "task is running, try later"}))
        }
        Err(Refusal::UnknownTask) => Reply::bad_parameter(),
    }
}

fn summary(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let run = request.query("job_id").filter(|_| service.scenario.summary_knows_job_id);
    let Some(known) = service.task(task) else { return Reply::bad_parameter() };
    if run.is_some_and(|run| !known.has_run(run)) {
        return Reply::bad_parameter();
    }
    let script = known.script();
    let code = known.code();
    let findings = findings::counts(script);
    let mut body = json!({
            "task_id": task,
            "task_name": code.name,
            "creator_id": "ecadebb5041146cc96f9780f3d905e20",
            "git_url": code.repository,
            "git_branch": code.branch,
            "last_check_time": "2026-11-22T03:37:46Z",
            "created_at": "2026-11-22T03:21:11Z",
            "last_exec_time": "2 min 28 s",
            "check_type": "source",
            "code_line_total": 2000,
            "code_line": 1560,
            "code_quality": 147.4,
            "issue_count": findings.total(),
            "critical_count": findings.critical.to_string(),
            "major_count": findings.major.to_string(),
            "minor_count": findings.minor.to_string(),
            "suggestion_count": findings.suggestion.to_string(),
            "is_access": script.is_access,
            "trigger_type": "0",
    });
    if let Some(new) = script.new_findings {
        body["new_count"] = new.total().into();
        body["new_critical_count"] = new.critical.to_string().into();
        body["new_major_count"] = new.major.to_string().into();
        body["new_minor_count"] = new.minor.to_string().into();
        body["new_suggestion_count"] = new.suggestion.to_string().into();
    }
    Reply::json(200, &body)
}

fn last_jobs(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    if !service.scenario.has_last_jobs {
        return Reply::no_such_api();
    }
    let Some(task) = service.task(task) else { return Reply::bad_parameter() };
    let (last, last_successful) = task.last_jobs(request.now);
    Reply::json(200, &json!({"result": {"last_job_id": last, "last_success_job_id": last_successful}}))
}

fn log_detail(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let Some(task) = service.task(task) else { return Reply::bad_parameter() };
    let script = task.script();
    let step = |name: &str, level: &str, log: &str, analysis: &str, faq: &str| json!({"display_name": name, "log": log, "level": level, "analysis": analysis, "faq": faq});
    let mut steps = vec![step("Prepare", "info", "ready", "", "")];
    if let Some(failure) = task.fetch_failure(request.query("execute_id")) {
        steps.push(step("Pull code", "error", failure, "", ""));
    } else if script.final_status == 1 {
        let failing = &script.failing_step;
        steps.push(step(&failing.name, "error", &failing.log, &failing.analysis, &failing.faq));
    }
    Reply::json(
        200,
        &json!({
            "param_info": {
                "url": task.code().repository, "branch": task.code().branch, "language": script.languages.join(","),
                "exclude_dir": "", "encode": "", "compile_config": "", "rule_template": "",
            },
            "log_info": steps,
        }),
    )
}
