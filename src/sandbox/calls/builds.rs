//! CodeArts Build: jobs, their builds, and what those leave (page `build`).

use crate::sandbox::message::{BuildCall, JobCall, Reply, Request};
use crate::sandbox::scenario::RecordScript;
use crate::sandbox::state::{Build, Job, MockService};
use serde_json::{Value, json};
use std::time::Instant;

/// Starts a build.
pub(super) fn start(request: &Request<'_>, service: &mut MockService) -> Reply {
    let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
    let Some(job) = body["job_id"].as_str().and_then(|id| service.job(id)) else { return unknown_job() };
    let number = job.start(read_record(&body), request.now);
    Reply::json(
        200,
        &json!({
            "octopus_job_name": "j_sandbox",
            "actual_build_number": number.to_string(),
            "daily_build_number": format!("20261122.{number}"),
        }),
    )
}

/// Carries out a call about a job.
pub(super) fn of_job(call: JobCall, job: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let Some(job) = service.job(job) else { return unknown_job() };
    match call {
        JobCall::Status => Reply::json(200, &json!({"result": job.is_any_building(request.now)})),
        JobCall::Latest => latest(job, request.now),
    }
}

fn unknown_job() -> Reply {
    invalid("CB.00060201", "Invalid job id")
}

/// How a build is to be started.
fn read_record(body: &Value) -> RecordScript {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let parameters = body["parameter"].as_array().into_iter().flatten();
    let scm = &body["scm"];
    RecordScript {
        parameters: parameters
            .filter_map(|parameter| Some((text(&parameter["name"])?, text(&parameter["value"])?)))
            .collect(),
        branch: text(&scm["branch"]),
        tag: text(&scm["build_tag"]),
        commit: text(&scm["build_commit_id"]),
    }
}

fn latest(job: &Job, now: Instant) -> Reply {
    if !job.script.has_running_status {
        return Reply::no_such_api();
    }
    let is_running = job.is_any_building(now);
    let number = job.latest();
    let result = json!({
        "last_job_id": "c798139500d2456d82d95d108f182b5a",
        "last_build_no": number.map(|number| number.to_string()),
        "last_build_status": if is_running { "Running" } else { "Finished" },
        "is_running": is_running,
    });
    Reply::json(200, &json!({"result": result, "error": null, "status": "success"}))
}

/// Carries out a call about a build.
pub(super) fn of_build(
    call: BuildCall,
    job: &str,
    number: &str,
    request: &Request<'_>,
    service: &mut MockService,
) -> Reply {
    let now = request.now;
    let Some(job) = service.job(job) else { return unknown_job() };
    let number = number.parse().unwrap_or(0);
    let is_poll = matches!(call, BuildCall::Info | BuildCall::Record(_));
    let Some(build) = job.named(number, is_poll, now) else {
        return invalid("CB.00060200", "Invalid param: there is no such build");
    };
    let script = &job.script;
    let ended =
        |result: Value| Reply::json(200, &json!({"result": result, "error": null, "status": "success"}));
    match call {
        BuildCall::Info if script.has_build_info => {
            let is_building = job.is_building(&build, now);
            let word = script.info_result.as_ref().unwrap_or(&script.result);
            let word = if is_building { Value::Null } else { job.word(&build, word, now) };
            ended(json!({"building": is_building, "build_result": word, "region": "cn-north-4"}))
        }
        BuildCall::Record(generation)
            if script.record_info.iter().any(|known| known == generation.name()) =>
        {
            let word = script.record_result.as_ref().unwrap_or(&script.result);
            let record = &build.record;
            let has_other = record.tag.is_some() || record.commit.is_some();
            ended(json!({
                "id": "eb9d73c7-61b3-4823-b476-a7c00c493b8a",
                "build_record_id": "9d6169b9-022d-458c-9dc8-48cc94cc4083",
                "build_no": number,
                "branch": record.branch.clone().or_else(|| Some("main".to_owned()).filter(|_| !has_other)),
                "tag": record.tag,
                "commit": record.commit,
                "status": job.word(&build, word, now),
                "duration": 100_068,
            }))
        }
        BuildCall::Info | BuildCall::Record(_) => Reply::no_such_api(),
        BuildCall::Stop => {
            job.stop(number, now);
            Reply::json(200, &json!({"result": "", "success": true}))
        }
        BuildCall::Steps => {
            let has_failed = !["SUCCESS", "blue"].contains(&script.result.as_str().unwrap_or_default());
            let last = if has_failed { "error" } else { "success" };
            Reply::json(
                200,
                &json!({
                    "project_id": "6ecbc5bac7c8442fb3d2563d53c13582",
                    "project_name": "sandbox",
                    "job_name": "sandbox",
                    "build_number": number,
                    "parameters": build.record.parameters,
                    "build_steps": [
                        {"name": "Checkout", "status": "success", "build_time": 8366},
                        {"name": "Maven build", "status": last, "build_time": 1200},
                        {"name": "Upload", "status": if has_failed { "" } else { "success" }, "build_time": 0},
                    ],
                }),
            )
        }
        BuildCall::Output => ended(json!({
            "package_info": null,
            "package_infos": {"1": {"name": "demo.jar", "version": "1.0", "uri": "/demo/1.0/demo.jar", "type": "maven",
                                    "package_type": "jar", "project_id": "a287e712be6c404ca26e5f69040fa12b",
                                    "daily_build_number": format!("20261122.{number}")}},
            "image_infos": null,
        })),
        BuildCall::Log => log(job, &build, request),
    }
}

/// A piece of the log: lines come evenly over the time of the build.
fn log(job: &Job, build: &Build, request: &Request<'_>) -> Reply {
    let script = &job.script;
    let is_building = job.is_building(build, request.now);
    let number = |name: &str| request.query(name).and_then(|value| value.parse::<usize>().ok());
    let Some(offset) = number("offset") else { return invalid("CB.00060200", "Invalid param: offset") };
    let part = if is_building {
        match script.polls {
            Some(polls) => f64::from(build.polls) / f64::from(polls),
            None => {
                let elapsed = request.now.duration_since(build.started).as_secs_f64();
                elapsed / script.duration.as_secs_f64().max(0.001)
            }
        }
    } else {
        1.0
    };
    let written = (f64::from(script.log_lines) * part.min(1.0)) as u32;
    let whole: String = (1..=written)
        .map(|line| format!("[2026/11/22 15:44:18.744 GMT+08:00] [INFO] line {line} of the log\n"))
        .collect();
    let rest = whole.get(offset..).unwrap_or_default();
    let content = rest.get(..number("length").unwrap_or(rest.len())).unwrap_or(rest);
    let next = offset + content.len();
    let result = json!({
        "has_more_data": is_building || content.len() < rest.len(),
        "offset": next,
        "current_offset": offset,
        "content": content,
    });
    Reply::json(200, &json!({"result": result, "error": null, "status": "success"}))
}

fn invalid(code: &str, message: &str) -> Reply {
    Reply::json(400, &json!({"error_code": code, "error_msg": message}))
}
