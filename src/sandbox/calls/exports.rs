//! Exports of PDFs (page `pdf`).

use crate::sandbox::message::{ExportCall, Reply, Request};
use crate::sandbox::pdf;
use crate::sandbox::state::MockService;
use bytes::Bytes;
use serde_json::json;

/// Carries out a call about an export.
pub(super) fn carry_out(call: &ExportCall, request: &Request<'_>, service: &mut MockService) -> Reply {
    match call {
        ExportCall::Start { task, is_async_job } => pdf_start(task, *is_async_job, request, service),
        ExportCall::State { task, job } => {
            pdf_state(task.as_deref().unwrap_or_default(), job.as_deref(), request, service)
        }
        ExportCall::File { task } => pdf_file(task, request, service),
    }
}

fn pdf_start(task: &str, is_async_job: bool, request: &Request<'_>, service: &mut MockService) -> Reply {
    if is_async_job != service.scenario.has_pdf_async_job {
        return Reply::no_such_api();
    }
    let title = request.query("project_name").unwrap_or_default();
    if !(1..=128).contains(&title.chars().count()) {
        return Reply::bad_parameter();
    }
    let time_ask = service.task(task).map_or(1, |task| task.script().pdf.time_ask);
    let id = service.start_export(task, title, request.now);
    Reply::json(200, &json!({"status": "success", "result": {"timeAsk": time_ask, "asyncJobId": id}}))
}

fn pdf_state(task: &str, job: Option<&str>, request: &Request<'_>, service: &mut MockService) -> Reply {
    let Some(id) = job.and_then(|job| job.parse().ok()) else { return Reply::bad_parameter() };
    let Some(script) = service.task(task).map(|task| task.script().pdf.clone()) else {
        return Reply::bad_parameter();
    };
    let Some(export) = service.polled_export(id, task) else { return Reply::bad_parameter() };
    let percent = export.percent(&script, request.now);
    let (status, file, reason) = match script.failure {
        Some(_) | None if percent < 100 => ("RUNNING", None, None),
        Some(reason) => ("FAILED", None, Some(reason)),
        None => ("SUCCESS", Some(export.file.clone()), None),
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

fn pdf_file(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let Some(script) = service.task(task).map(|task| task.script().clone()) else {
        return Reply::bad_parameter();
    };
    let file = request.query("job_file").unwrap_or_default();
    match service.fetch(file, task, request.now) {
        Some(export) => Reply {
            status: 200,
            content_type: "application/octet-stream",
            headers: Vec::new(),
            body: Bytes::from(pdf::render(&export.title, task, script.findings, script.pdf.bytes)),
        },
        None => Reply::bad_parameter(),
    }
}
