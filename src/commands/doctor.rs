//! `doctor`: tries one thing after the other and says how to mend what fails.

use super::signals::Signals;
use super::{explained, mask, outcome_of};
use crate::auth::{Authenticator, seconds_between, to_minutes};
use crate::codearts::{Language, Service};
use crate::console::Console;
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::outcome::Outcome;
use crate::publish::Publisher;
use crate::report::directory::ReportDirectory;
use crate::settings::{Connection, DoctorSettings, NOWHERE};
use crate::text::duration;
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, timeout};

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

    fn bad(&mut self, outcome: Outcome, what: &str, detail: &str) {
        self.outcomes.push(outcome);
        tracing::error!("{what}: {detail}");
    }
}

pub(super) async fn run(
    settings: DoctorSettings,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    if let Ok(connection) = &settings.connection {
        mask(connection, console);
    }
    let mut findings = Findings { outcomes: Vec::new() };
    tokio::select! {
        () = examine(settings, &mut findings) => {}
        signal = signals.next() => return Ok(signal),
    }
    let worst = Outcome::worst(findings.outcomes.iter().copied());
    let bad = findings.outcomes.iter().filter(|outcome| **outcome != Outcome::Passed).count();
    if bad == 0 {
        tracing::info!("everything that was tried works (exit 0)");
    } else {
        tracing::error!("{} to mend (exit {})", crate::text::count(bad as u64, "thing"), worst.exit_code());
    }
    Ok(worst)
}

async fn examine(settings: DoctorSettings, findings: &mut Findings) {
    surroundings(&settings, findings);
    match ReportDirectory::prepare(&settings.directory) {
        Ok(directory) => match directory.check_space(0) {
            Ok(()) => {
                findings.good("report directory", &format!("`{}` is writable", settings.directory.display()))
            }
            Err(why) => findings.bad(Outcome::Usage, "report directory", &format!("{why}; free some space")),
        },
        Err(error) => {
            let detail = format!("{error:#}; choose another with `--report-dir`");
            findings.bad(Outcome::Usage, "report directory", &detail);
        }
    }
    publishing(settings.publish.as_ref(), findings);
    let connection = match settings.connection {
        Ok(connection) => connection,
        Err(error) => return findings.bad(Outcome::Usage, "configuration", &error.to_string()),
    };
    findings.good("credentials", &connection.credentials.describe());
    let Some(service) = connect(connection, findings).await else { return };
    let Some(crate::settings::DoctorSubject::Task(task)) = settings.subject else {
        Findings::note("permissions", "give a TASK_ID (or CODEARTS_TASK_ID) to try them");
        return;
    };
    let deadline = Instant::now() + EXAMINATION_LIMIT;
    let progress = in_time(service.progress_by(&task, deadline)).await;
    let may_read = progress.is_ok();
    match progress {
        Ok(progress) => {
            let status = progress.status.number().map_or_else(|| "none yet".to_owned(), |n| n.to_string());
            findings
                .good("codeartscheck:task:get", &format!("task {task} can be read, its status is {status}"));
        }
        Err((outcome, why)) => findings.bad(outcome, "codeartscheck:task:get", &why),
    }
    if !may_read {
        return;
    }
    match in_time(service.may_read_report(&task, deadline)).await {
        Ok(()) => findings.good("codeartscheck:task:getReport", "results and PDF can be read"),
        Err((outcome, why)) => findings.bad(outcome, "codeartscheck:task:getReport", &why),
    }
    Findings::note(
        "codeartscheck:task:execute",
        "needed for `--start` only, and can not be tried without a run",
    );
}

/// An examination that does not take for ever.
async fn in_time<T>(examination: impl Future<Output = Result<T, CallError>>) -> Result<T, (Outcome, String)> {
    match timeout(EXAMINATION_LIMIT, examination).await {
        Ok(result) => result.map_err(|error| (outcome_of(&error), explained(&error))),
        Err(_) => Err((Outcome::Unavailable, format!("no answer within {}", duration(EXAMINATION_LIMIT)))),
    }
}

fn surroundings(settings: &DoctorSettings, findings: &mut Findings) {
    let repository = settings.surroundings.repository.as_deref().unwrap_or("no repository name");
    findings.good("surroundings", &format!("{}, {repository}", settings.surroundings.kind.name()));
    if settings.has_proxy {
        Findings::note("proxy", "HTTPS_PROXY (or ALL_PROXY) is set and used for every host outside NO_PROXY");
    }
}

/// What there is for each target, and what is missing; none of it has to be there.
fn publishing(publisher: Option<&Publisher>, findings: &mut Findings) {
    let Some(publisher) = publisher else {
        return Findings::note("publishing", &format!("nothing is published from here: {NOWHERE}"));
    };
    for (target, offer) in publisher.offers() {
        let what = format!("publishing, {}", target.name());
        match offer {
            Ok(detail) => findings.good(&what, &detail),
            Err(missing) => Findings::note(&what, &missing),
        }
    }
}

/// Endpoint, certificate and clock.
async fn connect(connection: Connection, findings: &mut Findings) -> Option<Service> {
    let Connection { origin, http, credentials, iam_project_id, .. } = connection;
    let http = match HttpClient::new(&http) {
        Ok(http) => http,
        Err(error) => {
            findings.bad(Outcome::Usage, "HTTP client", &format!("{error:#}"));
            return None;
        }
    };
    let shown = origin.as_str().trim_end_matches('/').to_owned();
    let auth = Authenticator::new(credentials, iam_project_id, &http);
    let service = Service::new(http, auth, origin, Language::English);
    match service.reach(EXAMINATION_LIMIT).await {
        Ok(date) => {
            findings.good("endpoint", &format!("{shown} answers"));
            if let Some(date) = date {
                clock(date, findings);
            }
            Some(service)
        }
        Err(error) => {
            findings.bad(outcome_of(&error), "endpoint", &explained(&error));
            None
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
