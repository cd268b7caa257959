//! What `doctor` was asked to try.

use super::connection::{Connection, SESSION_MARGIN, Site, Unresolved};
use super::environment::Environment;
use super::ids::{IdKind, parse_id, read_ids, task_ids_or_tables};
use super::publish;
use super::pull_request::{self, PullRequestSettings};
use crate::ci::CiEnvironment;
use crate::cli::DoctorArgs;
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::IdMessage;
use crate::model::pull_request::DeleteTask;
use crate::publish::Publisher;
use crate::report::store::workspace::Workspace;
use std::path::PathBuf;

/// What `doctor` tries.
#[derive(Debug)]
pub enum DoctorSubject {
    /// Check tasks.
    Tasks(Vec<Id>),
    /// A build job.
    Job(Id),
}

/// Everything `doctor` needs; what is wrong with the connection is one of its findings.
#[derive(Debug)]
pub struct DoctorSettings {
    /// What to try, if anything.
    pub subject: Result<Option<DoctorSubject>, Problem>,
    /// Directory to try.
    pub directory: PathBuf,
    /// Where it lies.
    pub workspace: Workspace,
    /// How to reach the service.
    pub connection: Result<Connection, Box<Unresolved>>,
    /// The CodeArts project of the task, if it was given.
    pub project_id: Result<Option<Id>, Problem>,
    /// The pull request whose check is tried.
    pub pull_request: Result<Option<PullRequestSettings>, Problem>,
    /// What is known from the CI.
    pub ci: CiEnvironment,
    /// How to publish from here, or why not.
    pub publish: Result<Publisher, Problem>,
}

impl DoctorSettings {
    /// Resolves what was typed; what is wrong with it is for `doctor` to say.
    pub fn resolve(args: DoctorArgs, environment: &Environment) -> Self {
        let (subject, site, endpoint) = match args.job_id {
            Some(list) => {
                let jobs = read_ids(IdKind::Job, &environment.sourced("--job-id", vec![list]));
                let job = jobs.and_then(|jobs| match jobs.into_iter().next() {
                    Some(job) => Ok(Some(DoctorSubject::Job(job))),
                    None => Err(Problem::new(IdMessage::Empty(environment.origin("--job-id")))),
                });
                (job, Site::Build, args.build_site.build_endpoint)
            }
            None => {
                let tasks = task_ids_or_tables("doctor", args.task_id.into_iter().collect(), environment);
                let tasks = tasks.map(|tasks| (!tasks.is_empty()).then_some(DoctorSubject::Tasks(tasks)));
                (tasks, Site::Check, args.site.endpoint)
            }
        };
        let allows_plain = args.connection.allow_http;
        let http = crate::http::HttpSettings { allows_plain, ..Default::default() };
        let connection =
            Connection::resolve_all(args.connection, site, endpoint, SESSION_MARGIN, environment);
        let pull_request = match &connection {
            Ok(connection) => {
                pull_request::resolve(args.pull_request, DeleteTask::Auto, environment, connection)
            }
            Err(_) => Ok(None),
        };
        let project_id = args
            .project_id
            .map(|id| parse_id(IdKind::Other, environment.sourced("--project-id", &id)))
            .transpose();
        Self {
            subject,
            publish: publish::on_offer(environment, &http, &args.directory.report_dir),
            directory: args.directory.report_dir,
            workspace: environment.workspace(),
            connection,
            project_id,
            pull_request,
            ci: environment.ci().clone(),
        }
    }
}
