//! The calls of the service: which there are, and what they answer.

use super::builds;
use super::findings;
use super::logins;
use super::pdf;
use super::world::{Refusal, World};
use bytes::Bytes;
use hyper::{HeaderMap, Method};
use serde_json::{Value, json};
use std::time::{Instant, SystemTime};

/// A call, recognised by method and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// Its name in scenarios.
    pub(super) call: &'static str,
    /// The task (or build job) in its path or query.
    pub(super) task: Option<String>,
    /// A second id in its path.
    pub(super) other: Option<String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            headers: Vec::new(),
            body: Bytes::from(body.to_string()),
        }
    }

    /// An error in the form of the gateway and of most calls.
    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({
            "error_code": code,
            "error_msg": message,
            "request_id": "5a4d0b0c5a4d0b0c5a4d0b0c5a4d0b0c",
        });
        Self::json(status, &body)
    }
}

/// What a call needs to know.
pub(super) struct Request<'a> {
    pub(super) query: &'a [(String, String)],
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    pub(super) now: Instant,
    pub(super) clock: SystemTime,
}

impl Request<'_> {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Which call this is.
pub(super) fn route(method: &Method, path: &str, query: &[(String, String)]) -> Option<Route> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let in_query =
        |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let (call, task, other) = match (method.as_str(), segments.as_slice()) {
        ("GET", ["v2", "tasks", task, "progress"]) => ("progress", Some(*task), None),
        ("POST", ["v2", "tasks", task, "run"]) => ("run", Some(*task), None),
        ("POST", ["v2", "tasks", task, "stop"]) => ("stop", Some(*task), None),
        ("GET", ["v2", "tasks", task, "defects-summary"]) => ("summary", Some(*task), None),
        ("GET", ["v2", "tasks", task, "defects-detail"]) => ("findings", Some(*task), None),
        ("GET", ["v2", _project, "tasks", task, "checkrecord"]) => ("records", Some(*task), None),
        ("GET", ["v4", "tasks", task, "last-jobs"]) => ("last-jobs", Some(*task), None),
        ("GET", ["v2", _project, "tasks", task, "log-detail"]) => ("log-detail", Some(*task), None),
        ("PUT", ["v1", "tasks", task, "pdf-async-job"]) => ("pdf-start", Some(*task), None),
        ("PUT", ["v1", "tasks", task, "pdf-job"]) => ("pdf-start", Some(*task), Some("pdf-job")),
        ("GET", ["v2", "async-job"]) => ("pdf-state", in_query("task_id"), in_query("async_job_id")),
        ("GET", ["v1", "tasks", task, "async-job", job]) => ("pdf-state", Some(*task), Some(*job)),
        ("GET", ["v1", "tasks", task, "pdf-file"]) => ("pdf-file", Some(*task), None),
        ("POST", ["v3", "auth", "tokens"]) => ("token", None, None),
        ("POST", ["v3.0", "OS-AUTH", "id-token", "tokens"]) => ("oidc-iam", None, None),
        ("POST", ["v5", "agencies", "assume-with-oidc"]) => ("oidc-sts", None, None),
        ("GET", ["id-token"]) => ("id-token", None, None),
        ("PUT", ["meta-data", "latest", "api", "token"]) => ("metadata-token", None, None),
        ("GET", ["openstack", "latest", "securitykey"]) => ("metadata-keys", None, None),
        ("POST", ["pod-credentials"]) => ("pod-keys", None, None),
        ("GET", ["v3", "jobs", job, "status"]) => ("build-status", Some(*job), None),
        ("GET", ["v1", "job", job, "running-status"]) => ("build-latest", Some(*job), None),
        ("POST", ["v3", "jobs", "build"] | ["v1", "job", "execute"]) => ("build-run", None, None),
        ("GET", ["v1", "job", job, number, "build-info"]) => ("build-info", Some(*job), Some(*number)),
        ("GET", ["v1", "record", job, number, "record-info"]) => ("build-record", Some(*job), Some(*number)),
        ("GET", ["v4", "jobs", job, number, "record-info"]) => ("build-record-v4", Some(*job), Some(*number)),
        ("GET", ["v3", "jobs", job, number, "record-info"]) => ("build-record-v3", Some(*job), Some(*number)),
        ("POST", ["v3", "jobs", job, number, "stop"]) => ("build-stop", Some(*job), Some(*number)),
        ("GET", ["v3", "jobs", job, number, "history-details"]) => ("build-steps", Some(*job), Some(*number)),
        ("GET", ["v3", "jobs", job, number, "output-info"]) => ("build-output", Some(*job), Some(*number)),
        ("GET", ["v3", "jobs", job, number, "real-time-log"]) => ("build-log", Some(*job), Some(*number)),
        _ => return None,
    };
    Some(Route { call, task: task.map(str::to_owned), other: other.map(str::to_owned) })
}

/// Carries out a call.
pub(super) fn carry_out(route: &Route, request: &Request<'_>, world: &mut World) -> Reply {
    let task = route.task.as_deref().unwrap_or_default();
    match route.call {
        call if logins::is_login(call) => return logins::carry_out(call, request, world),
        call if call.starts_with("build-") => return builds::carry_out(route, request, world),
        _ => {}
    }
    if world.task(task).is_none() {
        return Reply::error(
            400,
            "CC.00000001.400",
            "Verify request parameter failed: the task does not exist.",
        );
    }
    match route.call {
        "progress" => progress(task, request, world),
        "run" => run(task, request, world),
        "stop" => {
            if let Some(task) = world.task(task) {
                task.stop(request.now);
            }
            Reply { body: Bytes::new(), ..Reply::json(200, &Value::Null) }
        }
        "summary" => summary(task, request, world),
        "findings" => findings::page(task, request, world),
        "records" => findings::records(task, world),
        "last-jobs" => last_jobs(task, request, world),
        "log-detail" => log_detail(task, world),
        "pdf-start" => pdf_start(task, route.other.is_none(), request, world),
        "pdf-state" => pdf_state(task, route.other.as_deref(), request, world),
        _ => pdf_file(task, request, world),
    }
}

fn progress(task: &str, request: &Request<'_>, world: &mut World) -> Reply {
    let run = request.query("job_id").filter(|_| world.scenario.knows_job_id).map(str::to_owned);
    let Some(task) = world.task(task) else { return unknown() };
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

fn run(task: &str, request: &Request<'_>, world: &mut World) -> Reply {
    let is_object = serde_json::from_slice::<Value>(request.body).is_ok_and(|body| body.is_object());
    if !is_object {
        return Reply::error(400, "PARSE_REQUEST_DATA_EXCEPTION", "the body must be a JSON object");
    }
    match world.start_run(task, request.now) {
        Ok(id) => Reply::json(200, &json!({"exec_id": id})),
        Err(Refusal::Active) => {
            Reply::json(200, &json!({"error_code": "CC.00050015", "error_msg": "task is running, try later"}))
        }
        Err(Refusal::UnknownTask) => unknown(),
    }
}

fn summary(task: &str, request: &Request<'_>, world: &mut World) -> Reply {
    let run = request.query("job_id").filter(|_| world.scenario.summary_knows_job_id);
    let Some(known) = world.task(task) else { return unknown() };
    if run.is_some_and(|run| !known.has_run(run)) {
        return bad_parameter();
    }
    let script = known.script();
    let findings = findings::counts(script);
    let mut body = json!({
            "task_id": task,
            "task_name": "sandbox",
            "creator_id": "ecadebb5041146cc96f9780f3d905e20",
            "git_url": "git@example.com:group/demo.git",
            "git_branch": "master",
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

fn last_jobs(task: &str, request: &Request<'_>, world: &mut World) -> Reply {
    if !world.scenario.has_last_jobs {
        return no_such_api();
    }
    let Some(task) = world.task(task) else { return unknown() };
    let (last, last_successful) = task.last_jobs(request.now);
    Reply::json(200, &json!({"result": {"last_job_id": last, "last_success_job_id": last_successful}}))
}

fn log_detail(task: &str, world: &mut World) -> Reply {
    let Some(task) = world.task(task) else { return unknown() };
    let script = task.script();
    let step = |name: &str, level: &str, log: &str, analysis: &str, faq: &str| json!({"display_name": name, "log": log, "level": level, "analysis": analysis, "faq": faq});
    let mut steps = vec![step("Prepare", "info", "ready", "", "")];
    if script.final_status == 1 {
        let failing = &script.failing_step;
        steps.push(step(&failing.name, "error", &failing.log, &failing.analysis, &failing.faq));
    }
    Reply::json(
        200,
        &json!({
            "param_info": {
                "url": "git@example.com:group/demo.git", "branch": "master", "language": "java",
                "exclude_dir": "", "encode": "", "compile_config": "", "rule_template": "",
            },
            "log_info": steps,
        }),
    )
}

fn pdf_start(task: &str, is_async_job: bool, request: &Request<'_>, world: &mut World) -> Reply {
    if is_async_job != world.scenario.has_pdf_async_job {
        return no_such_api();
    }
    let title = request.query("project_name").unwrap_or_default();
    if !(1..=128).contains(&title.chars().count()) {
        return bad_parameter();
    }
    let time_ask = world.scenario.script(task).map_or(1, |script| script.pdf.time_ask);
    let id = world.start_export(task, title, request.now);
    Reply::json(200, &json!({"status": "success", "result": {"timeAsk": time_ask, "asyncJobId": id}}))
}

fn pdf_state(task: &str, job: Option<&str>, request: &Request<'_>, world: &mut World) -> Reply {
    let Some(id) = job.and_then(|job| job.parse().ok()) else { return bad_parameter() };
    let Some(script) = world.scenario.script(task).map(|script| script.pdf.clone()) else {
        return unknown();
    };
    let Some(export) = world.polled_export(id, task) else { return bad_parameter() };
    let percent = export.percent(&script, request.now);
    let (status, file, reason) = match (percent, script.failure) {
        (100, Some(reason)) => ("FAILED", None, Some(reason)),
        (100, None) => ("SUCCESS", Some(export.file.clone()), None),
        _ => ("RUNNING", None, None),
    };
    Reply::json(
        200,
        &json!({
            "status": "success",
            "error": null,
            "result": {
                "id": id,
                "jobFile": file,
                "jobStatus": status,
                "createTime": "2026-11-22 16:49:27",
                "progress": percent.max(1).to_string(),
                "taskId": null,
                "reason": reason,
            },
        }),
    )
}

fn pdf_file(task: &str, request: &Request<'_>, world: &mut World) -> Reply {
    let Some(script) = world.scenario.script(task).cloned() else { return unknown() };
    let file = request.query("job_file").unwrap_or_default();
    match world.fetch(file, task, request.now) {
        Some(export) => Reply {
            status: 200,
            content_type: "application/octet-stream",
            headers: Vec::new(),
            body: Bytes::from(pdf::render(&export.title, task, script.findings, script.pdf.bytes)),
        },
        None => bad_parameter(),
    }
}

pub(super) fn no_such_api() -> Reply {
    Reply::error(404, "APIGW.0101", "The API does not exist or has not been published in the environment")
}

pub(super) fn unknown() -> Reply {
    bad_parameter()
}

pub(super) fn bad_parameter() -> Reply {
    Reply::error(
        400,
        "CC.00000001.400",
        "Verify request parameter failed. Check whether the request parameters are correct.",
    )
}
