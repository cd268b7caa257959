//! How tasks are set up: created, described, listed, deleted (pages `check-tasks`, sections 4 and 5, and `pr-mode`).

use crate::sandbox::message::{Reply, Request, RuleSets};
use crate::sandbox::state::{Code, MergeRequest, MockService};
use serde_json::{Value, json};

/// The documented languages.
const LANGUAGES: [&str; 10] =
    ["cpp", "java", "js", "python", "php", "css", "html", "go", "typescript", "csharp"];
/// The largest number of a page, and the largest page, of the list of merge-request tasks.
const PAGES_MAX: u64 = 100;
const PAGE_MAX: u64 = 100;
/// The settings that are shown where none is asked for.
const USUAL_SETTINGS: &str = "customImage,authId";

/// `POST /v2/{project_id}/task`.
pub(super) fn create(request: &Request<'_>, service: &mut MockService) -> Reply {
    let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let (Some(repository), Some(branch)) = (text(&body["git_url"]), text(&body["git_branch"])) else {
        return Reply::bad_parameter();
    };
    let has_languages = match (&body["language"], &body["rule_sets"]) {
        (Value::Array(languages), Value::Null) => !languages.is_empty() && languages.iter().all(is_language),
        (Value::Null, Value::Array(rule_sets)) => {
            !rule_sets.is_empty() && rule_sets.iter().all(|rule_set| is_language(&rule_set["language"]))
        }
        _ => return Reply::bad_parameter(),
    };
    if !has_languages {
        return Reply::error(400, "CC.00050005", "There is no proper set of languages");
    }
    let config = &body["inc_config"];
    let code = match body["task_type"].as_str().unwrap_or("full") {
        "full" => Code { name: "sandbox".to_owned(), repository, branch, merge_request: None },
        "inc" => {
            let fields = ["parent_task_id", "merge_id", "git_source_branch", "git_target_branch"];
            let [Some(parent), Some(number), Some(source), Some(target_branch)] =
                fields.map(|field| text(&config[field]))
            else {
                return Reply::bad_parameter();
            };
            if config["event_type"] != "merge_request" || service.task(&parent).is_none() {
                return Reply::bad_parameter();
            }
            let name = text(&config["title"]).unwrap_or_else(|| "sandbox".to_owned());
            let merge_request = Some(MergeRequest { parent, number, target_branch });
            Code { name, repository, branch: source, merge_request }
        }
        _ => return Reply::bad_parameter(),
    };
    Reply::json(200, &json!({"task_id": service.create_task(code)}))
}

fn is_language(language: &Value) -> bool {
    language.as_str().is_some_and(|language| LANGUAGES.contains(&language))
}

/// `DELETE /v2/tasks/{task_id}`.
pub(super) fn delete(task: &str, service: &mut MockService) -> Reply {
    service.delete_task(task);
    Reply::json(200, &Value::Null)
}

/// `GET /v3/task/{task_id}`.
pub(super) fn info(id: &str, service: &mut MockService) -> Reply {
    let Some(task) = service.task(id) else { return Reply::bad_parameter() };
    let Code { name, repository, branch, merge_request } = task.code();
    // Which branch the real service names here is unknown (`pr-mode`, section 5): not the one to compare.
    let branch = merge_request.as_ref().map_or(branch, |merge_request| &merge_request.target_branch);
    let result = json!({
        "taskId": id, "taskName": name, "projectId": task.script().project, "projectName": "sandbox",
        "gitUrl": repository, "branchName": branch, "type": "full",
    });
    Reply::json(200, &json!({"httpStatus": "OK", "status": "success", "result": result}))
}

/// `GET /v2/{project_id}/tasks`.
pub(super) fn list(request: &Request<'_>, service: &mut MockService) -> Reply {
    let number = |name: &str, default: u64| {
        request.query(name).map_or(Some(default), |value| value.parse::<u64>().ok())
    };
    let (Some(offset), Some(limit @ 1..=PAGE_MAX)) = (number("offset", 0), number("limit", 10)) else {
        return Reply::bad_parameter();
    };
    let ids = service.listed_tasks();
    let (skip, limit) = (service.scenario.tasks_offset.skip(offset, limit) as usize, limit as usize);
    let mut rows = Vec::new();
    for id in ids.iter().skip(skip).take(limit) {
        let Some(task) = service.task(id) else { continue };
        let Code { name, repository, branch, .. } = task.code();
        rows.push(json!({
            "task_id": id, "task_name": name, "creator_id": "ecadebb5041146cc96f9780f3d905e20",
            "git_url": repository, "git_branch": branch, "created_at": "2026-11-22T03:21:11Z",
            "last_check_time": if task.was_checked() { "2026-11-22T03:37:46Z" } else { "" },
        }));
    }
    Reply::json(200, &json!({"tasks": rows, "total": ids.len()}))
}

/// `GET /v3/{project_id}/tasks/{task_id}/branches`; only merge-request tasks are listed.
pub(super) fn merge_requests(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let number = |name: &str, default: u64| {
        request.query(name).map_or(Some(default), |value| value.parse::<u64>().ok())
    };
    let (Some(page @ 1..=PAGES_MAX), Some(size @ 1..=PAGE_MAX)) =
        (number("page_num", 1), number("page_size", 10))
    else {
        return Reply::bad_parameter();
    };
    let Some(script) = service.task(task).map(|task| task.script()) else { return Reply::bad_parameter() };
    let row = |id: &str, number: &str| json!({"taskId": id, "mergeId": number, "jobType": "mr", "status": 2});
    let mut rows: Vec<Value> =
        script.merge_requests.iter().map(|(number, id)| row(id, &number.to_string())).collect();
    if service.scenario.lists_created_tasks {
        let below = service.created_tasks().filter_map(|(id, code)| Some((id, code.merge_request.as_ref()?)));
        let mut below: Vec<_> = below.filter(|(_, merge_request)| merge_request.parent == task).collect();
        below.sort_by_key(|(id, _)| *id);
        rows.extend(below.into_iter().map(|(id, merge_request)| row(id, &merge_request.number)));
    }
    if request.query("check_type") != Some("mr") {
        rows.clear();
    }
    let total = rows.len();
    let skip = ((page - 1) * size) as usize;
    let rows: Vec<Value> = rows.into_iter().skip(skip).take(size as usize).collect();
    Reply::json(200, &json!({"branchTasks": rows, "total": total}))
}

/// `GET /v3/{project_id}/tasks/{task_id}/rulesets`; the older call answers the bare list.
pub(super) fn rule_sets(
    generation: RuleSets,
    task: &str,
    request: &Request<'_>,
    service: &mut MockService,
) -> Reply {
    let Some(task) = service.task(task) else { return Reply::bad_parameter() };
    let number = |name: &str, default: usize| {
        request.query(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let rows = task.script().languages.iter().map(|language| {
        let template = format!("sandbox-{language}");
        json!({"template_id": template, "language": language, "template_name": "General", "type": "0", "status": "1"})
    });
    let all: Vec<Value> = rows.collect();
    match generation {
        RuleSets::V2 => Reply::json(200, &all.into()),
        RuleSets::V3 => {
            let total = all.len();
            let page: Vec<Value> =
                all.into_iter().skip(number("offset", 0)).take(number("limit", 10)).collect();
            Reply::json(200, &json!({"info": page, "total": total}))
        }
    }
}

/// `GET /v2/{project_id}/tasks/{task_id}/settings`.
pub(super) fn settings(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let Some(task) = service.task(task) else { return Reply::bad_parameter() };
    let mut rows = Vec::new();
    for key in request.query("config_list").unwrap_or(USUAL_SETTINGS).split(',') {
        let value = match key {
            "authId" => json!(task.script().endpoint),
            "reviewData" => task.script().gate_policy.clone(),
            "taskName" => json!(task.code().name),
            "customImage" | "includePaths" => Value::Null,
            _ => return Reply::bad_parameter(),
        };
        rows.push(json!({"key": key, "value": value, "option_value": null, "description": ""}));
    }
    Reply::json(200, &json!({"info": rows}))
}
