//! CodeArts Build: jobs, their builds, and what those leave (page `build`).

use super::routes::{Reply, Request, Route, no_such_api};
use super::scenario::{JobScript, RecordScript};
use super::world::World;
use serde_json::{Value, json};
use std::time::Instant;

/// A build of a job.
#[derive(Clone, Debug)]
struct Build {
    started: Instant,
    stopped: bool,
    /// How often a call named it.
    calls: u32,
    /// How often its state was asked for while it was known.
    polls: u32,
    /// Whether it had ended before the sandbox began.
    is_old: bool,
    /// How it was started.
    record: RecordScript,
}

/// A job and its builds, the first of which has the number 1.
#[derive(Clone, Debug)]
pub(super) struct Job {
    script: JobScript,
    builds: Vec<Build>,
}

impl Job {
    /// As its script says it is at the beginning.
    pub(super) fn new(script: JobScript, began: Instant) -> Self {
        let record = |number| script.records.get(&number).cloned().unwrap_or_default();
        let old = |number| Build {
            started: began,
            stopped: false,
            calls: 0,
            polls: 0,
            is_old: true,
            record: record(number),
        };
        let mut builds: Vec<Build> = (1..=u64::from(script.before)).map(old).collect();
        if let Some(latest) = builds.last_mut() {
            latest.is_old = !script.is_building;
        }
        Self { script, builds }
    }

    /// Starts a build; returns its number.
    pub(super) fn start(&mut self, record: RecordScript, now: Instant) -> u64 {
        self.builds.push(Build { started: now, stopped: false, calls: 0, polls: 0, is_old: false, record });
        self.builds.len() as u64
    }

    /// How many were stopped.
    pub(super) fn stopped(&self) -> usize {
        self.builds.iter().filter(|build| build.stopped).count()
    }

    /// The build that a call names, unless it is not known yet.
    fn named(&mut self, number: u64, is_poll: bool, now: Instant) -> Option<Build> {
        let script = &self.script;
        let build = self.builds.get_mut(usize::try_from(number.checked_sub(1)?).ok()?)?;
        build.calls += 1;
        let is_early = now.duration_since(build.started) < script.hidden_for;
        if !build.is_old && (is_early || build.calls <= script.hidden_calls) {
            return None;
        }
        build.polls += u32::from(is_poll);
        Some(build.clone())
    }

    fn is_building(&self, build: &Build, now: Instant) -> bool {
        let is_under_way = match self.script.polls {
            Some(polls) => build.polls < polls,
            None => now.duration_since(build.started) < self.script.duration,
        };
        !build.is_old && !build.stopped && is_under_way
    }

    fn is_any_building(&self, now: Instant) -> bool {
        self.builds.iter().any(|build| self.is_building(build, now))
    }

    /// The word for how a build stands; `ended`: the one for its end.
    fn word(&self, build: &Build, ended: &Value, now: Instant) -> Value {
        match build {
            _ if self.is_building(build, now) => self.script.running_word.clone(),
            Build { stopped: true, .. } => json!("ABORTED"),
            Build { is_old: true, .. } => json!("SUCCESS"),
            _ => ended.clone(),
        }
    }
}

/// Carries out a call of CodeArts Build.
pub(super) fn carry_out(route: &Route, request: &Request<'_>, world: &mut World) -> Reply {
    let now = request.now;
    let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
    let id = if route.call == "build-run" { body["job_id"].as_str() } else { route.task.as_deref() };
    let Some(job) = id.and_then(|id| world.job(id)) else { return invalid("CB.00060201", "Invalid job id") };
    match route.call {
        "build-run" => {
            let number = job.start(read_record(&body), now);
            Reply::json(
                200,
                &json!({
                    "octopus_job_name": "j_sandbox",
                    "actual_build_number": number.to_string(),
                    "daily_build_number": format!("20261122.{number}"),
                }),
            )
        }
        "build-status" => Reply::json(200, &json!({"result": job.is_any_building(now)})),
        "build-latest" => latest(job, now),
        _ => {
            let number = route.other.as_deref().and_then(|number| number.parse().ok()).unwrap_or(0);
            of_build(route.call, number, job, request)
        }
    }
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
        return no_such_api();
    }
    let is_running = job.is_any_building(now);
    let number = job.builds.len();
    let result = json!({
        "last_job_id": "c798139500d2456d82d95d108f182b5a",
        "last_build_no": (number > 0).then(|| number.to_string()),
        "last_build_status": if is_running { "Running" } else { "Finished" },
        "is_running": is_running,
    });
    Reply::json(200, &json!({"result": result, "error": null, "status": "success"}))
}

/// Calls that name a build.
fn of_build(call: &str, number: u64, job: &mut Job, request: &Request<'_>) -> Reply {
    let now = request.now;
    let script = job.script.clone();
    let is_poll = call == "build-info" || call.starts_with("build-record");
    let Some(build) = job.named(number, is_poll, now) else {
        return invalid("CB.00060200", "Invalid param: there is no such build");
    };
    let ended =
        |result: Value| Reply::json(200, &json!({"result": result, "error": null, "status": "success"}));
    match call {
        "build-info" if script.has_build_info => {
            let is_building = job.is_building(&build, now);
            let word = script.info_result.as_ref().unwrap_or(&script.result);
            let word = if is_building { Value::Null } else { job.word(&build, word, now) };
            ended(json!({"building": is_building, "build_result": word, "region": "cn-north-4"}))
        }
        call if script.record_info.iter().any(|known| call == format!("build-{known}")) => {
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
        "build-info" | "build-record" | "build-record-v4" | "build-record-v3" => no_such_api(),
        "build-stop" => {
            let is_building = job.is_building(&build, now);
            if let Some(build) = job.builds.get_mut(number as usize - 1).filter(|_| is_building) {
                build.stopped = true;
            }
            Reply::json(200, &json!({"result": "", "success": true}))
        }
        "build-steps" => {
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
        "build-output" => ended(json!({
            "package_info": null,
            "package_infos": {"1": {"name": "demo.jar", "version": "1.0", "uri": "/demo/1.0/demo.jar", "type": "maven",
                                    "package_type": "jar", "project_id": "a287e712be6c404ca26e5f69040fa12b",
                                    "daily_build_number": format!("20261122.{number}")}},
            "image_infos": null,
        })),
        _ => log(job, &build, request),
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
