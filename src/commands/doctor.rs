//! `doctor`: tries everything that can be tried and says how to fix what fails or is missing, all at once.

use super::session::mask;
use crate::auth::{Authenticator, seconds_between, to_minutes};
use crate::cli::DoctorArgs;
use crate::codearts::build_log::BuildLog;
use crate::codearts::builds::Sources;
use crate::codearts::errors::{outcome_of, with_hints};
use crate::codearts::{Id, Service, endpoints, reach};
use crate::console::Console;
use crate::error::{Problem, hint_lines};
use crate::http::error::CallError;
use crate::http::{HttpClient, HttpSettings};
use crate::lifecycle::track::signals::Signals;
use crate::messages::HttpMessage;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::publish::Publisher;
use crate::report::store::directory::ReportDirectory;
use crate::report::store::workspace::Workspace;
use crate::settings::{Connection, DoctorSettings, DoctorSubject, Environment, Unresolved};
use crate::text::duration;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout};
use url::Url;

/// Longest time for one examination.
const EXAMINATION_LIMIT: Duration = Duration::from_secs(30);
/// A clock this far off is worth a word; the service refuses signatures 15 minutes off.
const SKEW_WORTH_SAYING: i64 = 60;

/// The worst finding so far, and how findings are said.
struct Findings {
    outcomes: Vec<Outcome>,
}

impl Findings {
    fn good(&mut self, what: &str, detail: &str) {
        self.outcomes.push(Outcome::Passed);
        tracing::info!("ok: {what}: {detail}");
    }

    fn note(what: &str, detail: &str) {
        tracing::info!("note: {what}: {detail}");
    }

    /// Notes what came of one examination; the others go on.
    fn tried<T>(
        &mut self,
        what: &str,
        result: Result<T, (Outcome, Problem)>,
        describe: impl FnOnce(T) -> String,
    ) {
        match result {
            Ok(value) => self.good(what, &describe(value)),
            Err((outcome, problem)) => self.failed(outcome, what, &problem),
        }
    }

    fn failed(&mut self, outcome: Outcome, what: &str, problem: &Problem) {
        self.outcomes.push(outcome);
        tracing::error!(hints = hint_lines(&problem.hints), "{what}: {problem}");
    }

    fn bad(&mut self, outcome: Outcome, what: &str, detail: &str) {
        self.outcomes.push(outcome);
        tracing::error!("{what}: {detail}");
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
    let mut findings = Findings { outcomes: Vec::new() };
    tokio::select! {
        () = examine(settings, &mut findings) => {}
        signal = signals.next() => {
            console.hurry();
            return Ok(signal);
        }
    }
    let worst = Outcome::worst(findings.outcomes.iter().copied());
    let bad = findings.outcomes.iter().filter(|outcome| **outcome != Outcome::Passed).count();
    if bad == 0 {
        tracing::info!("everything that was tried works (exit 0)");
    } else {
        tracing::error!("{} to fix (exit {})", crate::text::count(bad as u64, "thing"), worst.exit_code());
    }
    Ok(worst)
}

async fn examine(settings: DoctorSettings, findings: &mut Findings) {
    surroundings(&settings, findings);
    report_directory(&settings.directory, &settings.workspace, findings);
    publishing(settings.publish.as_ref(), findings);
    let subject = match settings.subject {
        Ok(None) => {
            let detail = "give a TASK_ID (or CODEARTS_TASK_ID), or `--job-id`, to have permissions tried";
            Findings::note("task", detail);
            None
        }
        Ok(subject) => subject,
        Err(problem) => {
            findings.failed(Outcome::Usage, "task", &problem);
            None
        }
    };
    let untried = |why: &str| Findings::note("permissions", &format!("not tried, because {why}"));
    let connection = match settings.connection {
        Ok(connection) => connection,
        Err(unresolved) => {
            let Unresolved { problem, others, reachable } = *unresolved;
            for problem in std::iter::once(problem).chain(others) {
                findings.failed(Outcome::Usage, "configuration", &problem);
            }
            if let Some((origin, http)) = reachable
                && let Some(http) = client(&http, findings)
            {
                endpoint(&http, &origin, findings).await;
            }
            return untried("the configuration is not complete");
        }
    };
    let Connection { origin, http, credentials, iam_project_id } = connection;
    findings.good("credentials", &credentials.kind().to_string());
    let Some(http) = client(&http, findings) else { return };
    let answers = endpoint(&http, &origin, findings).await;
    let auth = Authenticator::new(credentials, iam_project_id, &http);
    let service = Service::new(http, auth, origin, Language::English);
    match in_time(service.log_in()).await {
        Ok(true) => findings.good("login", "the credentials give a session"),
        Ok(false) => {}
        Err((outcome, problem)) => {
            findings.failed(outcome, "login", &problem);
            return untried("there is no session");
        }
    }
    if !answers {
        return untried("the endpoint does not answer");
    }
    match subject {
        Some(DoctorSubject::Task(task)) => try_task(&service, &task, findings).await,
        Some(DoctorSubject::Job(job)) => try_job(&service, &job, findings).await,
        None => {}
    }
}

fn report_directory(path: &Path, workspace: &Workspace, findings: &mut Findings) {
    let prepared = ReportDirectory::shared(path, workspace);
    match prepared.and_then(|directory| directory.check_space(0)) {
        Ok(()) => findings.good("report directory", &format!("`{}` is writable", path.display())),
        Err(problem) => findings.failed(Outcome::Usage, "report directory", &problem),
    }
}

/// What `check` and `report` need, each by itself (page `permissions`).
async fn try_task(service: &Service, task: &Id, findings: &mut Findings) {
    let deadline = Instant::now() + EXAMINATION_LIMIT;
    let (read, report) = ("codeartscheck:task:get", "codeartscheck:task:getReport");
    findings.tried(read, in_time(service.progress_by(task, deadline)).await, |progress| {
        let status = progress.status.number().map_or_else(|| "none yet".to_owned(), |n| n.to_string());
        format!("task {task} can be read, its status is {status}")
    });
    findings.tried(report, in_time(service.may_read_report(task, deadline)).await, |()| {
        "results and PDF can be read".to_owned()
    });
    let start = "codeartscheck:task:execute";
    Findings::note(start, "needed for `--start` only, and cannot be tried without a run");
    Findings::note(
        "smallest IAM policy",
        &format!("{}; for `--start` add `{start}`", smallest_policy(&[read, report])),
    );
}

/// The policy that grants these actions and no others.
fn smallest_policy(actions: &[&str]) -> Value {
    json!({"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": ["*"]}]})
}

/// What `build` needs, each by itself; reading needs no IAM policy, but membership in the project.
async fn try_job(service: &Service, job: &Id, findings: &mut Findings) {
    let deadline = Instant::now() + EXAMINATION_LIMIT;
    findings.tried("job", in_time(service.is_job_running(job, deadline)).await, |is_running| {
        format!("job {job} can be read, {}", if is_running { "something runs" } else { "nothing runs" })
    });
    let latest = in_time(service.latest_build_by(job, deadline)).await;
    let number = latest.as_ref().ok().copied().flatten();
    findings.tried("latest build", latest, |number| {
        number.map_or_else(|| "there is none yet".to_owned(), |number| format!("number {number}"))
    });
    if let Some(number) = number {
        let mut sources = Sources::default();
        let state = service.until(deadline, async || service.build_state(job, number, &mut sources).await);
        findings.tried("its outcome", in_time(state).await, |state| format!("`{}`", state.word()));
        let log = BuildLog::new(service, job, number);
        let readable = |()| "can be read".to_owned();
        findings.tried("its log", in_time(log.try_to_read(deadline)).await, readable);
        let steps = in_time(service.failing_build_steps(job, number, deadline)).await;
        findings.tried("its steps", steps.map(drop), readable);
        let packages = in_time(service.build_packages(job, number, deadline)).await;
        findings.tried("its packages", packages.map(drop), readable);
    }
    Findings::note("starting and stopping", "needed for `--start` only, and cannot be tried without a build");
    Findings::note(
        "smallest IAM policy",
        "reading builds needs none, by the service's pages; the user must be a member of the project, in a role that may run the job",
    );
}

/// An examination that does not take for ever.
async fn in_time<T>(
    examination: impl Future<Output = Result<T, CallError>>,
) -> Result<T, (Outcome, Problem)> {
    match timeout(EXAMINATION_LIMIT, examination).await {
        Ok(result) => result.map_err(|error| (outcome_of(&error), with_hints(&error))),
        Err(_) => Err((Outcome::Unavailable, Problem::new(HttpMessage::NotInTime(EXAMINATION_LIMIT)))),
    }
}

fn surroundings(settings: &DoctorSettings, findings: &mut Findings) {
    let repository = settings.ci.facts.repository.as_deref().unwrap_or("no repository name");
    findings.good("surroundings", &format!("{}, {repository}", settings.ci.host.name()));
    let http = match &settings.connection {
        Ok(connection) => Some(&connection.http),
        Err(unresolved) => unresolved.reachable.as_ref().map(|(_, http)| http),
    };
    if let Some(proxy) = http.and_then(|http| http.proxies.https.as_ref()) {
        Findings::note("proxy", &format!("{} is used for every https host outside NO_PROXY", proxy.shown()));
    }
}

/// What there is for each target, and what is missing; none of it has to be there.
fn publishing(publisher: Result<&Publisher, &Problem>, findings: &mut Findings) {
    let publisher = match publisher {
        Ok(publisher) => publisher,
        Err(problem) => {
            let hints = hint_lines(&problem.hints);
            return tracing::info!(hints, "note: publishing: nothing is published from here: {problem}");
        }
    };
    for (target, offer) in publisher.offers() {
        let what = format!("publishing, {}", target.name());
        match offer {
            Ok(detail) => findings.good(&what, &detail.to_string()),
            Err(problem) => {
                let hints = crate::error::hint_lines(&problem.hints);
                tracing::info!(hints, "note: {what}: {problem}");
            }
        }
    }
}

fn client(settings: &HttpSettings, findings: &mut Findings) -> Option<HttpClient> {
    HttpClient::new(settings)
        .map_err(|error| findings.bad(crate::error::outcome_of(&error), "HTTP client", &format!("{error:#}")))
        .ok()
}

/// Endpoint, certificate and clock; whether there is an answer.
async fn endpoint(http: &HttpClient, origin: &Url, findings: &mut Findings) -> bool {
    match reach(http, origin, EXAMINATION_LIMIT).await {
        Ok(date) => {
            let shown = origin.as_str().trim_end_matches('/');
            findings.good("endpoint", &format!("{shown} answers ({})", endpoints::family(origin)));
            if let Some(date) = date {
                clock(date, findings);
            }
            true
        }
        Err(error) => {
            findings.failed(outcome_of(&error), "endpoint", &with_hints(&error));
            false
        }
    }
}

fn clock(server: SystemTime, findings: &mut Findings) {
    let skew = seconds_between(SystemTime::now(), server);
    if skew.abs() < SKEW_WORTH_SAYING {
        findings.good("clock", "agrees with the service's");
    } else {
        let direction = if skew > 0 { "behind" } else { "ahead of" };
        let off = duration(to_minutes(skew));
        Findings::note(
            "clock",
            &format!(
                "{off} {direction} the service's; signatures are corrected for it, but please set the clock"
            ),
        );
    }
}
