//! Requests, the calls that they are, and answers.

use bytes::Bytes;
use hyper::HeaderMap;
use serde_json::{Value, json};
use std::time::{Instant, SystemTime};

/// A call, recognised by method and path, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Login(Login),
    /// Of a task, by its id.
    Task(TaskCall, String),
    /// Of a pull request, on the small GitHub.
    Forge(ForgeCall),
    /// A task is created.
    CreateTask,
    /// The tasks of a project.
    ListTasks,
    /// Of an export of a PDF.
    Export(ExportCall),
    /// A build is started; the job is in the body.
    StartBuild,
    /// Of a build job, by its id.
    Job(JobCall, String),
    /// Of a build, by its job and number.
    Build(BuildCall, String, String),
}

/// Calls that need no other credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Login {
    Token,
    IdToken,
    OidcSts,
    OidcIam,
    MetadataToken,
    MetadataKeys,
    PodKeys,
}

/// Calls of CodeArts Check about a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TaskCall {
    Progress,
    Run,
    Stop,
    Summary,
    Findings,
    Records,
    LastJobs,
    LogDetail,
    Info,
    Delete,
    MergeRequests,
    RuleSets(RuleSets),
    Settings,
}

/// The generations of the list of rule sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleSets {
    V2,
    V3,
}

/// A call about a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ForgeCall {
    /// `owner/name`.
    pub(super) repository: String,
    pub(super) number: u64,
    /// Whether it is about the changed files.
    pub(super) is_files: bool,
}

/// Calls about an export; each names its task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ExportCall {
    /// At `pdf-async-job`, or at the older `pdf-job`.
    Start {
        task: String,
        is_async_job: bool,
    },
    State {
        task: Option<String>,
        job: Option<String>,
    },
    File {
        task: String,
    },
}

/// Calls about a build job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobCall {
    Status,
    Latest,
}

/// Calls about one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuildCall {
    Info,
    Record(RecordInfo),
    Stop,
    Steps,
    Output,
    Log,
}

/// The generations of `record-info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordInfo {
    V1,
    V3,
    V4,
}

impl Call {
    /// Its name in scenarios.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Login(login) => login.name(),
            Self::Task(call, _) => call.name(),
            Self::Forge(ForgeCall { is_files: false, .. }) => "forge-pull",
            Self::Forge(ForgeCall { is_files: true, .. }) => "forge-files",
            Self::CreateTask => "task-create",
            Self::ListTasks => "tasks",
            Self::Export(ExportCall::Start { .. }) => "pdf-start",
            Self::Export(ExportCall::State { .. }) => "pdf-state",
            Self::Export(ExportCall::File { .. }) => "pdf-file",
            Self::StartBuild => "build-run",
            Self::Job(JobCall::Status, _) => "build-status",
            Self::Job(JobCall::Latest, _) => "build-latest",
            Self::Build(call, _, _) => call.name(),
        }
    }

    /// Whether it checks its credentials itself: they are not those of CodeArts.
    pub(super) const fn has_own_credentials(&self) -> bool {
        match self {
            Self::Login(_) | Self::Forge(_) => true,
            Self::Task(..)
            | Self::CreateTask
            | Self::ListTasks
            | Self::Export(_)
            | Self::StartBuild
            | Self::Job(..)
            | Self::Build(..) => false,
        }
    }

    /// The task or job in its path or query.
    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Login(_) | Self::Forge(_) | Self::StartBuild | Self::CreateTask | Self::ListTasks => None,
            Self::Task(_, id) | Self::Job(_, id) | Self::Build(_, id, _) => Some(id),
            Self::Export(ExportCall::Start { task, .. } | ExportCall::File { task }) => Some(task),
            Self::Export(ExportCall::State { task, .. }) => task.as_deref(),
        }
    }
}

impl Login {
    const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::IdToken => "id-token",
            Self::OidcSts => "oidc-sts",
            Self::OidcIam => "oidc-iam",
            Self::MetadataToken => "metadata-token",
            Self::MetadataKeys => "metadata-keys",
            Self::PodKeys => "pod-keys",
        }
    }
}

impl TaskCall {
    const fn name(self) -> &'static str {
        match self {
            Self::Progress => "progress",
            Self::Run => "run",
            Self::Stop => "stop",
            Self::Summary => "summary",
            Self::Findings => "findings",
            Self::Records => "records",
            Self::LastJobs => "last-jobs",
            Self::LogDetail => "log-detail",
            Self::Info => "task-info",
            Self::Delete => "task-delete",
            Self::MergeRequests => "merge-requests",
            Self::RuleSets(RuleSets::V2) => "rulesets-v2",
            Self::RuleSets(RuleSets::V3) => "rulesets",
            Self::Settings => "settings",
        }
    }
}

impl BuildCall {
    const fn name(self) -> &'static str {
        match self {
            Self::Info => "build-info",
            Self::Record(RecordInfo::V1) => "build-record",
            Self::Record(RecordInfo::V3) => "build-record-v3",
            Self::Record(RecordInfo::V4) => "build-record-v4",
            Self::Stop => "build-stop",
            Self::Steps => "build-steps",
            Self::Output => "build-output",
            Self::Log => "build-log",
        }
    }
}

impl RecordInfo {
    /// Its name in the script of a job.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::V1 => "record",
            Self::V3 => "record-v3",
            Self::V4 => "record-v4",
        }
    }
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

    /// The gateway knows no such call.
    pub(super) fn no_such_api() -> Self {
        Self::error(404, "APIGW.0101", "The API does not exist or has not been published in the environment")
    }

    /// The service cannot make sense of a parameter.
    pub(super) fn bad_parameter() -> Self {
        Self::error(
            400,
            "CC.00000001.400",
            "Verify request parameter failed. Check whether the request parameters are correct.",
        )
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
