//! One file a command. They compose what the rest offers, and decide which outcome an error becomes.

mod build;
mod check;
mod completions;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod explain;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;

use crate::auth::Authenticator;
use crate::cli::{Cli, Command, LogArgs, PublishTarget};
use crate::codearts::Service;
use crate::console::{Console, LogFormat, Verbosity};
use crate::http::HttpClient;
use crate::lifecycle::finish::usage;
use crate::lifecycle::track::signals::Signals;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::settings::{
    self, BuildSettings, CheckSettings, Connection, DoctorSettings, Environment, ReportCommandSettings,
};
use anyhow::Context as _;
use clap::CommandFactory as _;
use secrecy::ExposeSecret as _;
use std::ffi::OsString;
use std::path::PathBuf;
use tokio::task::LocalSet;

/// Runs the chosen command and returns the exit code.
pub fn run(cli: Cli, environment: &Environment) -> u8 {
    match cli.command {
        Command::Explain(args) => explain::run(args.code.as_deref()).exit_code(),
        Command::Completions(args) => completions::completions(args.shell).exit_code(),
        Command::Man => completions::man().exit_code(),
        Command::Check(args) => talk(&args.log.clone(), environment, |console, signals| async move {
            let (directory, json) = (args.files.directory.report_dir.clone(), args.result.json);
            let tasks = settings::readable_tasks(&args.task_ids, environment);
            let publisher = settings::for_refusals(&args.publish.publish, environment, &directory);
            let checked = match CheckSettings::resolve(*args, environment) {
                Ok((settings, connection)) => check::run(settings, connection, &console, signals).await,
                Err(error) => Err(environment.name_sources(error).into()),
            };
            checked.inspect_err(|error| {
                usage::report_usage_error(
                    error,
                    Some(&directory),
                    Some(&tasks),
                    json,
                    publisher.as_ref(),
                    &console,
                );
            })
        }),
        Command::Report(args) => talk(&args.log.clone(), environment, |console, signals| async move {
            let directory = args.files.directory.report_dir.clone();
            let typed: Vec<String> = args.task_id.iter().cloned().collect();
            let tasks = settings::readable_tasks(&typed, environment);
            let publisher = settings::for_refusals(&args.publish.publish, environment, &directory);
            let reported = match ReportCommandSettings::resolve(*args, environment) {
                Ok(settings) => report::run(settings, &console, signals).await,
                Err(error) => Err(environment.name_sources(error).into()),
            };
            reported
                .inspect_err(|_| report::tell_usage_error(&directory, &tasks, publisher.as_ref()))
                .map(Outcome::exit_code)
        }),
        Command::Build(args) => talk(&args.log.clone(), environment, |console, signals| async move {
            let (directory, json) = (args.directory.report_dir.clone(), args.result.json);
            let publisher = settings::for_refusals(&[], environment, &directory);
            let built = match BuildSettings::resolve(*args, environment) {
                Ok((settings, connection)) => build::run(settings, connection, &console, signals).await,
                Err(error) => Err(environment.name_sources(error).into()),
            };
            built.inspect_err(|error| {
                usage::report_usage_error(error, Some(&directory), None, json, publisher.as_ref(), &console);
            })
        }),
        Command::Doctor(args) => talk(&args.log.clone(), environment, |console, signals| async move {
            let settings = DoctorSettings::resolve(*args, environment);
            doctor::run(settings, &console, signals).await.map(Outcome::exit_code)
        }),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(args) => talk(&args.log.clone(), environment, |console, signals| async move {
            sandbox::run(&args, &console, signals).await.map(Outcome::exit_code)
        }),
        #[cfg(feature = "sandbox")]
        Command::Demo(args) => talk(&args.log.clone(), environment, |console, signals| async move {
            demo::run(args, &console, signals).await
        }),
    }
}

/// A command line that could not be understood, and was complained about already: where a command leaves its result, it says so
/// too, as far as the rest of the line tells where. Returns the exit code.
pub fn refuse(arguments: &[OsString], complaint: &str, environment: &Environment) -> u8 {
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(arguments).ok();
    if let Some((command @ ("check" | "build" | "report"), given)) =
        matches.as_ref().and_then(clap::ArgMatches::subcommand)
    {
        let console = Console::new(LogFormat::Text, Verbosity::Normal, environment.log_reader(), false);
        let publish: Vec<PublishTarget> =
            given.try_get_many("publish").ok().flatten().into_iter().flatten().copied().collect();
        let directory = match given.try_get_one::<PathBuf>("report_dir") {
            Ok(Some(directory)) => directory.clone(),
            _ => settings::usual_report_directory(environment),
        };
        let publisher = settings::for_refusals(&publish, environment, &directory);
        let typed = |name| given.try_get_many::<String>(name).ok().flatten().into_iter().flatten().cloned();
        let typed: Vec<String> = typed("task_ids").chain(typed("task_id")).collect();
        let tasks = settings::readable_tasks(&typed, environment);
        if command == "report" {
            report::tell_usage_error(&directory, &tasks, publisher.as_ref());
            return Outcome::Usage.exit_code();
        }
        // The first paragraph says what is wrong, the rest how to type it.
        let complaint = complaint.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
        usage::report_usage_error(
            &anyhow::anyhow!(crate::text::one_line(complaint, crate::text::QUOTE_LIMIT)),
            directory.exists().then_some(directory.as_path()),
            (command == "check").then_some(&*tasks),
            matches!(given.try_get_one("json"), Ok(Some(true))),
            publisher.as_ref(),
            &console,
        );
        console.finish();
    }
    Outcome::Usage.exit_code()
}

/// Sets up what every talking command needs: the console, the runtime, and the signal handlers first of all. An error
/// that comes out of the command is a mistake of the caller.
fn talk<F>(log: &LogArgs, environment: &Environment, command: impl FnOnce(Console, Signals) -> F) -> u8
where
    F: Future<Output = anyhow::Result<u8>>,
{
    let (format, verbosity) = settings::log(log);
    let console = Console::new(format, verbosity, environment.log_reader(), environment.may_draw());
    console.install();
    for sentence in settings::unknown_variables(environment) {
        tracing::warn!("{sentence}");
    }
    let end = console.clone();
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start the runtime")
        .and_then(|runtime| {
            // Sessions are renewed beside the work, on this one thread.
            let local = LocalSet::new();
            let work = local.run_until(async {
                let signals = Signals::install().context("could not install the signal handlers")?;
                command(console, signals).await
            });
            let result = runtime.block_on(work);
            // A name look-up that hangs must not hold up the exit.
            runtime.shutdown_background();
            result
        });
    let exit_code = result.unwrap_or_else(|error| {
        tracing::error!("{error:#}");
        Outcome::Usage.exit_code()
    });
    end.finish();
    exit_code
}

/// Has everything secret hidden, before a word is said.
fn mask(connection: &Connection, console: &Console) {
    for secret in connection.secrets() {
        console.mask(secret.expose_secret());
    }
}

/// The service behind a connection; nothing is sent yet.
fn service(connection: Connection, language: Language) -> anyhow::Result<Service> {
    let proxy = connection.http.proxies.of(&connection.origin);
    tracing::info!(
        "service: {}, credentials: {}{}",
        connection.origin.as_str().trim_end_matches('/'),
        connection.credentials.describe(),
        proxy.map(|proxy| format!(", proxy: {}", proxy.shown())).unwrap_or_default()
    );
    let http = HttpClient::new(&connection.http)?;
    let auth = Authenticator::new(connection.credentials, connection.iam_project_id, &http);
    Ok(Service::new(http, auth, connection.origin, language))
}
