//! `doctor`: tests everything that can be tested, with hints for what fails or is missing, all at once.

use super::session::mask;
use crate::auth::{Authenticator, seconds_between, to_minutes};
use crate::ci::CiHost;
use crate::cli::DoctorArgs;
use crate::codearts::build_log::BuildLog;
use crate::codearts::builds::Sources;
use crate::codearts::errors::{outcome_of, with_hints};
use crate::codearts::{Id, Service, endpoints, reach};
use crate::console::Console;
use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::{HttpClient, HttpSettings};
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{
    DoctorHint, DoctorLabel, DoctorMessage, HttpMessage, JobKind, LoginHint, Message, Surroundings, Tested,
    Untested,
};
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::publish::Publisher;
use crate::report::store::directory::ReportDirectory;
use crate::report::store::workspace::Workspace;
use crate::settings::{Connection, DoctorSettings, DoctorSubject, Environment, Unresolved};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout};
use url::Url;

/// Longest time for one test.
const TEST_LIMIT: Duration = Duration::from_secs(30);
/// A clock is noted when it is this many seconds off; the service refuses signatures 15 minutes off.
const NOTED_SKEW: i64 = 60;

/// How all tests ended, and how their findings are logged.
struct Findings {
    outcomes: Vec<Outcome>,
    /// Whether a line says that permissions are not tested.
    lacks_permissions: bool,
}

impl Findings {
    fn good(&mut self, what: Tested, detail: impl Into<Message>) {
        self.outcomes.push(Outcome::Passed);
        tracing::info!("{}: {}", DoctorLabel::Good(what), detail.into());
    }

    fn note(what: Tested, problem: &Problem) {
        log_problem!(info, DoctorLabel::Note(what), problem);
    }

    fn bad(&mut self, outcome: Outcome, what: Tested, problem: &Problem) {
        self.outcomes.push(outcome);
        log_problem!(error, DoctorLabel::Bad(what), problem);
    }

    /// Permissions are not tested; the first reason is enough.
    fn untested(&mut self, why: Untested) {
        if std::mem::replace(&mut self.lacks_permissions, true) {
            return;
        }
        let hint = (why == Untested::NoSubject).then_some(DoctorHint::GiveSubject.into());
        Self::note(Tested::Permissions, &Problem::new(DoctorMessage::NotTested(why)).hints(hint));
    }

    /// Notes how one test ended; the others go on.
    fn tested<T>(
        &mut self,
        what: Tested,
        result: Result<T, (Outcome, Problem)>,
        describe: impl FnOnce(T) -> DoctorMessage,
    ) {
        match result {
            Ok(value) => self.good(what, describe(value)),
            Err((outcome, problem)) => self.bad(outcome, what, &problem),
        }
    }
}

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
    let mut findings = Findings { outcomes: Vec::new(), lacks_permissions: false };
    tokio::select! {
        () = examine(settings, &mut findings) => {}
        signal = signals.next() => {
            console.hurry();
            return Ok(signal);
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

async fn examine(settings: DoctorSettings, findings: &mut Findings) {
    environment(&settings, findings);
    report_directory(&settings.directory, &settings.workspace, findings);
    publishing(settings.publish.as_ref(), findings);
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
    let connection = match settings.connection {
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
            return findings.untested(Untested::Configuration);
        }
    };
    let Connection { origin, http, credentials, iam_project_id } = connection;
    findings.good(Tested::Credentials, credentials.kind());
    let Some(http) = client(&http, findings) else { return };
    let answers = endpoint(&http, &origin, findings).await;
    let auth = Authenticator::new(credentials, iam_project_id, &http);
    let service = Service::new(http, auth, origin, Language::English);
    match in_time(service.log_in()).await {
        Ok(true) => findings.good(Tested::Login, DoctorMessage::LoggedIn),
        Ok(false) => {}
        Err((outcome, problem)) => {
            findings.bad(outcome, Tested::Login, &problem);
            return findings.untested(Untested::Login);
        }
    }
    if !answers {
        return findings.untested(Untested::Endpoint);
    }
    match subject {
        Some(DoctorSubject::Task(task)) => test_task(&service, &task, findings).await,
        Some(DoctorSubject::Job(job)) => test_job(&service, &job, findings).await,
        None => {}
    }
}

fn report_directory(path: &Path, workspace: &Workspace, findings: &mut Findings) {
    let prepared = ReportDirectory::shared(path, workspace);
    match prepared.and_then(|directory| directory.check_space(0)) {
        Ok(()) => findings
            .good(Tested::ReportDirectory, DoctorMessage::DirectoryWritable(path.display().to_string())),
        Err(problem) => findings.bad(Outcome::Usage, Tested::ReportDirectory, &problem),
    }
}

/// What `check` and `report` need, each by itself (page `permissions`).
async fn test_task(service: &Service, task: &Id, findings: &mut Findings) {
    let deadline = Instant::now() + TEST_LIMIT;
    let (read, report) = ("codeartscheck:task:get", "codeartscheck:task:getReport");
    let progress = in_time(service.progress_by(task, deadline)).await;
    findings.tested(Tested::Permission(read), progress, |progress| DoctorMessage::TaskRead {
        task: task.to_string(),
        status: progress.status.number(),
    });
    let readable = in_time(service.may_read_report(task, deadline)).await;
    findings.tested(Tested::Permission(report), readable, |()| DoctorMessage::ReportRead);
    let start = "codeartscheck:task:execute";
    let only_for_start = Problem::new(DoctorMessage::OnlyForStart(JobKind::Task));
    Findings::note(Tested::Permission(start), &only_for_start);
    let policy = DoctorMessage::TaskPolicy(smallest_policy(&[read, report]).to_string());
    Findings::note(Tested::Policy, &Problem::new(policy).hint(DoctorHint::AddAction(start)));
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

/// A test that does not take for ever.
async fn in_time<T>(test: impl Future<Output = Result<T, CallError>>) -> Result<T, (Outcome, Problem)> {
    match timeout(TEST_LIMIT, test).await {
        Ok(result) => result.map_err(|error| (outcome_of(&error), with_hints(&error))),
        Err(_) => Err((Outcome::Unavailable, Problem::new(HttpMessage::NotInTime(TEST_LIMIT)))),
    }
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
