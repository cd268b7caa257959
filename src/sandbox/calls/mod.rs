//! The calls of the service: which there are, and who answers them.

mod builds;
mod exports;
mod findings;
mod forge;
mod logins;
mod setup;
mod tasks;

pub use forge::FORGE_TOKEN;
pub(super) use logins::make_id_token;
pub use logins::{AGENCY_URN, ID_REQUEST_TOKEN, IDP_ID, POD_TOKEN, PROVIDER_URN};

use super::message::{
    BuildCall, Call, ExportCall, ForgeCall, JobCall, Login, RecordInfo, Reply, Request, RuleSets, TaskCall,
};
use super::state::MockService;
use hyper::Method;

/// Which call this is.
pub(super) fn recognise(method: &Method, path: &str, query: &[(String, String)]) -> Option<Call> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let in_query =
        |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_owned());
    let task = |call, task: &str| Call::Task(call, task.to_owned());
    let job = |call, job: &str| Call::Job(call, job.to_owned());
    let build = |call, job: &str, number: &str| Call::Build(call, job.to_owned(), number.to_owned());
    let start = |task: &str, is_async_job| ExportCall::Start { task: task.to_owned(), is_async_job };
    let call = match (method.as_str(), segments.as_slice()) {
        ("GET", ["v2", "tasks", id, "progress"]) => task(TaskCall::Progress, id),
        ("POST", ["v2", "tasks", id, "run"]) => task(TaskCall::Run, id),
        ("POST", ["v2", "tasks", id, "stop"]) => task(TaskCall::Stop, id),
        ("GET", ["v2", "tasks", id, "defects-summary"]) => task(TaskCall::Summary, id),
        ("GET", ["v2", "tasks", id, "defects-detail"]) => task(TaskCall::Findings, id),
        ("GET", ["v2", _project, "tasks", id, "checkrecord"]) => task(TaskCall::Records, id),
        ("GET", ["v4", "tasks", id, "last-jobs"]) => task(TaskCall::LastJobs, id),
        ("GET", ["v2", _project, "tasks", id, "log-detail"]) => task(TaskCall::LogDetail, id),
        ("GET", ["repos", owner, name, "pulls", number, rest @ ..])
            if rest.is_empty() || *rest == ["files"] =>
        {
            let repository = format!("{owner}/{name}");
            Call::Forge(ForgeCall { repository, number: number.parse().ok()?, is_files: !rest.is_empty() })
        }
        ("POST", ["v2", _project, "task"]) => Call::CreateTask,
        ("DELETE", ["v2", "tasks", id]) => task(TaskCall::Delete, id),
        ("GET", ["v2", _project, "tasks"]) => Call::ListTasks,
        ("GET", ["v3", "task", id]) => task(TaskCall::Info, id),
        ("GET", ["v3", _project, "tasks", id, "branches"]) => task(TaskCall::MergeRequests, id),
        ("GET", ["v3", _project, "tasks", id, "rulesets"]) => task(TaskCall::RuleSets(RuleSets::V3), id),
        ("GET", ["v2", _project, "tasks", id, "rulesets"]) => task(TaskCall::RuleSets(RuleSets::V2), id),
        ("GET", ["v2", _project, "tasks", id, "settings"]) => task(TaskCall::Settings, id),
        ("PUT", ["v1", "tasks", id, "pdf-async-job"]) => Call::Export(start(id, true)),
        ("PUT", ["v1", "tasks", id, "pdf-job"]) => Call::Export(start(id, false)),
        ("GET", ["v2", "async-job"]) => {
            Call::Export(ExportCall::State { task: in_query("task_id"), job: in_query("async_job_id") })
        }
        ("GET", ["v1", "tasks", id, "async-job", export]) => {
            let (task, job) = (Some((*id).to_owned()), Some((*export).to_owned()));
            Call::Export(ExportCall::State { task, job })
        }
        ("GET", ["v1", "tasks", id, "pdf-file"]) => Call::Export(ExportCall::File { task: (*id).to_owned() }),
        ("POST", ["v3", "auth", "tokens"]) => Call::Login(Login::Token),
        ("POST", ["v3.0", "OS-AUTH", "id-token", "tokens"]) => Call::Login(Login::OidcIam),
        ("POST", ["v5", "agencies", "assume-with-oidc"]) => Call::Login(Login::OidcSts),
        ("GET", ["id-token"]) => Call::Login(Login::IdToken),
        ("PUT", ["meta-data", "latest", "api", "token"]) => Call::Login(Login::MetadataToken),
        ("GET", ["openstack", "latest", "securitykey"]) => Call::Login(Login::MetadataKeys),
        ("POST", ["pod-credentials"]) => Call::Login(Login::PodKeys),
        ("GET", ["v3", "jobs", id, "status"]) => job(JobCall::Status, id),
        ("GET", ["v1", "job", id, "running-status"]) => job(JobCall::Latest, id),
        ("POST", ["v3", "jobs", "build"] | ["v1", "job", "execute"]) => Call::StartBuild,
        ("GET", ["v1", "job", id, number, "build-info"]) => build(BuildCall::Info, id, number),
        ("GET", ["v1", "record", id, number, "record-info"]) => {
            build(BuildCall::Record(RecordInfo::V1), id, number)
        }
        ("GET", ["v4", "jobs", id, number, "record-info"]) => {
            build(BuildCall::Record(RecordInfo::V4), id, number)
        }
        ("GET", ["v3", "jobs", id, number, "record-info"]) => {
            build(BuildCall::Record(RecordInfo::V3), id, number)
        }
        ("POST", ["v3", "jobs", id, number, "stop"]) => build(BuildCall::Stop, id, number),
        ("GET", ["v3", "jobs", id, number, "history-details"]) => build(BuildCall::Steps, id, number),
        ("GET", ["v3", "jobs", id, number, "output-info"]) => build(BuildCall::Output, id, number),
        ("GET", ["v3", "jobs", id, number, "real-time-log"]) => build(BuildCall::Log, id, number),
        _ => return None,
    };
    Some(call)
}

/// Carries out a call.
pub(super) fn carry_out(call: &Call, request: &Request<'_>, service: &mut MockService) -> Reply {
    let knows = |service: &mut MockService, task: &str| service.task(task).is_some();
    match call {
        Call::Login(login) => logins::carry_out(*login, request, service),
        Call::Forge(call) => forge::carry_out(call, request, service),
        Call::CreateTask => setup::create(request, service),
        Call::ListTasks => setup::list(request, service),
        Call::StartBuild => builds::start(request, service),
        Call::Job(call, job) => builds::of_job(*call, job, request, service),
        Call::Build(call, job, number) => builds::of_build(*call, job, number, request, service),
        Call::Task(call, task) if knows(service, task) => tasks::carry_out(*call, task, request, service),
        Call::Export(export) if knows(service, call.subject().unwrap_or_default()) => {
            exports::carry_out(export, request, service)
        }
        Call::Task(..) | Call::Export(_) => {
            Reply::error(400, "CC.00000001.400", "Verify request parameter failed: the task does not exist.")
        }
    }
}
