//! What every command that talks to someone needs, made once: the console, the runtime, the handlers of signals, the
//! secrets to mask, and the clients.

use crate::auth::Authenticator;
use crate::cli::LogArgs;
use crate::codearts::Service;
use crate::codearts::repo::Repo;
use crate::console::Console;
use crate::error::{Problem, hint_lines, hints_of, outcome_of};
use crate::http::HttpClient;
use crate::http::proxy::ProxyAddress;
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{CommandMessage, Hint, SetupMessage, spoken};
use crate::model::outcome::Outcome;
use crate::settings::{self, Connection, Environment};
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;
use url::Url;

/// Sets up the console, the runtime, and the handlers of signals first of all; then runs the command. Returns its
/// outcome, or that of the error which ended it before there was a result.
///
/// # Errors
/// When something cannot be set up; it is logged.
pub(super) fn talk<F>(
    log: &LogArgs,
    environment: &Environment,
    command: impl FnOnce(Console, Signals) -> F,
) -> anyhow::Result<Outcome>
where
    F: Future<Output = anyhow::Result<Outcome>>,
{
    let (format, verbosity) = settings::log(log);
    let console = Console::new(format, verbosity, environment.log_dialect(), environment.terminal());
    console.install();
    for problem in settings::unknown_variables(environment) {
        log_problem!(warn, problem);
    }
    if let Some(used) = environment.config_used() {
        tracing::info!("{used}");
    }
    let end = console.clone();
    let log_error =
        |error: &anyhow::Error| tracing::error!(hints = hint_lines(&hints_of(error)), "{error:#}");
    let ended = set_up().inspect_err(log_error).map(|(runtime, signals)| {
        // Sessions are renewed beside the work, on this one thread.
        let result = runtime.block_on(LocalSet::new().run_until(command(console, signals)));
        // A name look-up that hangs must not hold up the exit.
        runtime.shutdown_background();
        result.inspect_err(log_error).unwrap_or_else(|error| outcome_of(&error))
    });
    end.finish();
    ended
}

fn set_up() -> anyhow::Result<(Runtime, Signals)> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(SetupMessage::Runtime, &error))?;
    let signals = {
        let _context = runtime.enter();
        Signals::install().map_err(|error| failed(SetupMessage::SignalHandlers, &error))?
    };
    Ok((runtime, signals))
}

fn failed(what: SetupMessage, why: &std::io::Error) -> anyhow::Error {
    Problem::new(what).because(why).hint(Hint::Outcome(Outcome::Internal)).into()
}

/// Has everything secret hidden, before anything is logged.
pub(super) fn mask(connection: &Connection, console: &Console) {
    for secret in connection.secrets() {
        console.mask(secret.expose_secret());
    }
}

/// CodeArts Repo, where its address is known, for the forges that need it.
pub(super) fn repo(origin: Option<Url>, service: &Service) -> Option<Arc<Repo>> {
    origin.map(|origin| Arc::new(Repo::new(service.at(origin))))
}

/// The service behind a connection; nothing is sent yet.
pub(super) fn service(connection: Connection) -> anyhow::Result<Service> {
    let proxy = connection.http.proxies.of(&connection.origin);
    let line = CommandMessage::Service {
        origin: connection.origin.as_str().trim_end_matches('/').to_owned(),
        credentials: connection.credentials.kind(),
        proxy: proxy.map(ProxyAddress::shown),
    };
    tracing::info!("{line}");
    let http = HttpClient::new(&connection.http)?;
    let auth = Authenticator::new(connection.credentials, connection.iam_project_id, &http);
    Ok(Service::new(http, auth, connection.origin, spoken()))
}
