//! `doctor`: tests everything that can be tested, with hints for what fails or is missing, all at once.

mod findings;
mod pull_request;

use super::session::{mask, repo};
use crate::auth::{Authenticator, seconds_between, to_minutes};
use crate::ci::CiHost;
use crate::cli::DoctorArgs;
use crate::codearts::build_log::BuildLog;
use crate::codearts::builds::Sources;
use crate::codearts::errors::{outcome_of, with_hints};
use crate::codearts::{Id, Service, endpoints, reach};
use crate::console::Console;
use crate::error::Problem;
use crate::http::{HttpClient, HttpSettings};
use crate::lifecycle::track::signals::Signals;
use crate::messages::{
    DoctorHint, DoctorMessage, JobKind, LoginHint, Surroundings, Tested, Untested, spoken,
};
use crate::model::outcome::Outcome;
use crate::publish::Publisher;
use crate::report::store::directory::{ReportDirectory, Trial};
use crate::report::store::workspace::Workspace;
use crate::settings::{Connection, DoctorSettings, DoctorSubject, Environment, Unresolved};
use findings::{Findings, TEST_LIMIT, in_time};
use pull_request::{Creation, FullTask};
use serde_json::{Value, json};
use std::path::Path;
use std::time::SystemTime;
use tokio::time::Instant;
use url::Url;

/// Reads a task.
const READ: &str = "codeartscheck:task:get";
/// Reads results and reports.
const READ_REPORT: &str = "codeartscheck:task:getReport";
/// Starts a run.
const EXECUTE: &str = "codeartscheck:task:execute";
/// A clock is noted when it is this many seconds off; the service refuses signatures 15 minutes off.
const NOTED_SKEW: i64 = 60;

pub(super) async fn run(
    args: DoctorArgs,
    environment: &Environment,
    console: Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let settings = DoctorSettings::resolve(args, environment);
    if let Ok(connection) = &settings.connection {
        mask(connection, &console);
    }
    let (mut findings, creation) = (Findings::default(), Creation::default());
    {
        let mut work = std::pin::pin!(examine(settings, &creation, &mut findings));
        tokio::select! {
            () = &mut work => {}
            signal = signals.next() => {
                console.hurry();
                if creation.cancel() {
                    work.await;
                }
                return Ok(signal);
            }
        }
    }
    let worst = Outcome::worst(findings.outcomes.iter().copied());
    let exit_code = worst.exit_code();
    match findings.outcomes.iter().filter(|outcome| **outcome != Outcome::Passed).count() {
        0 => {
            let has_permissions = !findings.lacks_permissions;
            tracing::info!("{}", DoctorMessage::NoProblems { has_permissions, exit_code });
        }
        bad => tracing::error!("{}", DoctorMessage::Problems { number: bad as u64, exit_code }),
    }
    Ok(worst)
}

async fn examine(settings: DoctorSettings, creation: &Creation, findings: &mut Findings) {
    environment(&settings, findings);
    // Whether its files are kept shows where it is.
    let trial = report_directory(&settings.directory, &settings.workspace, findings);
    publishing(settings.publish.as_ref(), findings);
    drop(trial);
    let subject = match settings.subject {
        Ok(None) => {
            findings.untested(Untested::NoSubject);
            None
        }
        Ok(subject) => subject,
        Err(problem) => {
            findings.bad(Outcome::Usage, Tested::Task, &problem);
            None
        }
    };
    let given = settings.project_id.unwrap_or_else(|problem| {
        findings.bad(Outcome::Usage, Tested::Project, &problem);
        None
    });
    let wants_pull_request = !matches!(settings.pull_request, Ok(None));
    let mut review = settings.pull_request.unwrap_or_else(|problem| {
        findings.bad(Outcome::Usage, Tested::PullRequest, &problem);
        None
    });
    let repo_origin = settings.connection.as_ref().ok().and_then(|connection| connection.repo.clone());
    let service = reach_service(settings.connection, findings).await;
    match (&service, &subject) {
        (Some(service), Some(DoctorSubject::Tasks(tasks))) => {
            for task in tasks {
                test_task(service, task, findings).await;
            }
        }
        (Some(service), Some(DoctorSubject::Job(job))) => return test_job(service, job, findings).await,
        (None, _) | (_, None) => {}
    }
    let repo = service.as_ref().and_then(|service| repo(repo_origin, service));
    if let (Some(settings), Some(repo)) = (&mut review, &repo) {
        settings.review.connect(repo);
    }
    if let Some(settings) = &review {
        let pull_request = pull_request::read(settings, findings).await;
        if let (Some(service), Some(DoctorSubject::Tasks(tasks))) = (&service, &subject) {
            for id in tasks {
                if creation.is_cancelled() {
                    return;
                }
                let task = FullTask { service, id, given: given.as_ref() };
                pull_request::test(&task, settings, pull_request.as_ref(), creation, findings).await;
            }
        }
    }
    if let (Some(_), Some(DoctorSubject::Tasks(_))) = (&service, &subject) {
        task_policy(wants_pull_request);
    }
}

/// Tests everything on the way to the service; `None`: it was not reached, which is noted.
async fn reach_service(
    connection: Result<Connection, Box<Unresolved>>,
    findings: &mut Findings,
) -> Option<Service> {
    let connection = match connection {
        Ok(connection) => connection,
        Err(unresolved) => {
            let Unresolved { problem, others, reachable } = *unresolved;
            for problem in std::iter::once(problem).chain(others) {
                findings.bad(Outcome::Usage, Tested::Configuration, &problem);
            }
            if let Some((origin, http)) = reachable
                && let Some(http) = client(&http, findings)
            {
                endpoint(&http, &origin, findings).await;
            }
            findings.untested(Untested::Configuration);
            return None;
        }
    };
    let Connection { origin, http, credentials, iam_project_id, .. } = connection;
    findings.good(Tested::Credentials, credentials.kind());
    let http = client(&http, findings)?;
    let answers = endpoint(&http, &origin, findings).await;
    let auth = Authenticator::new(credentials, iam_project_id, &http);
    let service = Service::new(http, auth, origin, spoken());
    match in_time(service.log_in()).await {
        Ok(true) => findings.good(Tested::Login, DoctorMessage::LoggedIn),
        Ok(false) => {}
        Err((outcome, problem)) => {
            findings.bad(outcome, Tested::Login, &problem);
            findings.untested(Untested::Login);
            return None;
        }
    }
    if !answers {
        findings.untested(Untested::Endpoint);
        return None;
    }
    Some(service)
}

fn report_directory(path: &Path, workspace: &Workspace, findings: &mut Findings) -> Option<Trial> {
    match ReportDirectory::try_out(path, workspace) {
        Ok(trial) => {
            let writable = DoctorMessage::DirectoryWritable(path.display().to_string());
            findings.good(Tested::ReportDirectory, writable);
            Some(trial)
        }
        Err(problem) => {
            findings.bad(Outcome::Usage, Tested::ReportDirectory, &problem);
            None
        }
    }
}

/// What `check` and `report` need, each by itself (page `permissions`).
async fn test_task(service: &Service, task: &Id, findings: &mut Findings) {
    let deadline = Instant::now() + TEST_LIMIT;
    let progress = in_time(service.progress_by(task, deadline)).await;
    findings.tested(Tested::Permission(READ), progress, |progress| DoctorMessage::TaskRead {
        task: task.to_string(),
        status: progress.status.number(),
    });
    let readable = in_time(service.may_read_report(task, deadline)).await;
    findings.tested(Tested::Permission(READ_REPORT), readable, |()| DoctorMessage::ReportRead);
}

/// What cannot be tested, and the policy that is enough.
fn task_policy(wants_pull_request: bool) {
    let (only_for, actions, hint) = if wants_pull_request {
        let actions = [READ, READ_REPORT, EXECUTE, pull_request::CREATE, pull_request::DELETE];
        (DoctorMessage::OnlyForRun, actions.to_vec(), None)
    } else {
        let hint = DoctorHint::AddAction(EXECUTE);
        (DoctorMessage::OnlyForStart(JobKind::Task), vec![READ, READ_REPORT], Some(hint.into()))
    };
    Findings::note(Tested::Permission(EXECUTE), &Problem::new(only_for));
    let policy = DoctorMessage::TaskPolicy(smallest_policy(&actions).to_string());
    Findings::note(Tested::Policy, &Problem::new(policy).hints(hint));
}

/// The policy that grants these actions and no others.
fn smallest_policy(actions: &[&str]) -> Value {
    json!({"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": ["*"]}]})
}

/// What `build` needs, each by itself; reading needs no IAM policy, but membership in the project.
async fn test_job(service: &Service, job: &Id, findings: &mut Findings) {
    let deadline = Instant::now() + TEST_LIMIT;
    let is_running = in_time(service.is_job_running(job, deadline)).await;
    findings.tested(Tested::Job, is_running, |is_running| DoctorMessage::JobRead {
        job: job.to_string(),
        is_running,
    });
    let latest = in_time(service.latest_build_by(job, deadline)).await;
    let number = latest.as_ref().ok().copied().flatten();
    findings.tested(Tested::LatestBuild, latest, DoctorMessage::LatestBuild);
    if let Some(number) = number {
        let mut sources = Sources::default();
        let state = service.until(deadline, async || service.build_state(job, number, &mut sources).await);
        findings.tested(Tested::BuildStatus, in_time(state).await, |state| {
            DoctorMessage::BuildStatus(state.word().to_owned())
        });
        let log = BuildLog::new(service, job, number);
        let readable = |()| DoctorMessage::Readable;
        findings.tested(Tested::BuildLog, in_time(log.try_to_read(deadline)).await, readable);
        let steps = in_time(service.failing_build_steps(job, number, deadline)).await;
        findings.tested(Tested::BuildSteps, steps.map(drop), readable);
        let packages = in_time(service.build_packages(job, number, deadline)).await;
        findings.tested(Tested::BuildPackages, packages.map(drop), readable);
    }
    let only_for_start = Problem::new(DoctorMessage::OnlyForStart(JobKind::Build));
    Findings::note(Tested::StartAndStop, &only_for_start);
    let policy = Problem::new(DoctorMessage::BuildPolicy);
    Findings::note(Tested::Policy, &policy.hint(DoctorHint::Membership));
}

fn environment(settings: &DoctorSettings, findings: &mut Findings) {
    let repository = settings.ci.facts.repository.clone();
    let ci = match (settings.ci.host.name(), &settings.ci.host) {
        (Some(name), _) => Surroundings::Ci(name),
        (None, CiHost::Other) => Surroundings::UnknownCi,
        (None, _) => Surroundings::NoCi,
    };
    findings.good(Tested::Environment, DoctorMessage::Environment { ci, repository });
    let http = match &settings.connection {
        Ok(connection) => Some(&connection.http),
        Err(unresolved) => unresolved.reachable.as_ref().map(|(_, http)| http),
    };
    if let Some(proxy) = http.and_then(|http| http.proxies.https.as_ref()) {
        Findings::note(Tested::Proxy, &Problem::new(DoctorMessage::ProxyUsed(proxy.shown())));
    }
}

/// What there is for each target, and what is missing; none of it has to be there.
fn publishing(publisher: Result<&Publisher, &Problem>, findings: &mut Findings) {
    let publisher = match publisher {
        Ok(publisher) => publisher,
        Err(problem) => {
            let what = DoctorMessage::NothingPublished(Box::new(problem.what.clone()));
            let problem = Problem { what: what.into(), ..problem.clone() };
            return Findings::note(Tested::Publishing, &problem);
        }
    };
    for (target, offer) in publisher.offers() {
        let target = Tested::Target(target.name());
        match offer {
            Ok(detail) => findings.good(target, detail),
            Err(problem) => Findings::note(target, &problem),
        }
    }
}

fn client(settings: &HttpSettings, findings: &mut Findings) -> Option<HttpClient> {
    let not_set_up = |problem: Problem| findings.bad(problem.outcome(), Tested::HttpClient, &problem);
    HttpClient::new(settings).map_err(not_set_up).ok()
}

/// Endpoint, certificate and clock; whether there is an answer.
async fn endpoint(http: &HttpClient, origin: &Url, findings: &mut Findings) -> bool {
    match reach(http, origin, TEST_LIMIT).await {
        Ok(date) => {
            let (family, origin) =
                (endpoints::family(origin), origin.as_str().trim_end_matches('/').to_owned());
            findings.good(Tested::Endpoint, DoctorMessage::EndpointAnswers { origin, family });
            if let Some(date) = date {
                clock(date, findings);
            }
            true
        }
        Err(error) => {
            findings.bad(outcome_of(&error), Tested::Endpoint, &with_hints(&error));
            false
        }
    }
}

fn clock(server: SystemTime, findings: &mut Findings) {
    let skew = seconds_between(SystemTime::now(), server);
    if skew.abs() < NOTED_SKEW {
        findings.good(Tested::Clock, DoctorMessage::ClockMatches);
    } else {
        let off = DoctorMessage::ClockOff { off: to_minutes(skew), is_behind: skew > 0 };
        Findings::note(Tested::Clock, &Problem::new(off).hint(LoginHint::SetClock));
    }
}
