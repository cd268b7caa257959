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
mod session;

use crate::cli::{Cli, Command};
use crate::console::{Console, LogFormat, Verbosity};
use crate::error::outcome_of;
use crate::lifecycle::finish::usage;
use crate::messages;
use crate::model::outcome::Outcome;
use crate::publish::PublishChoice;
use crate::settings::{
    self, BuildSettings, CheckSettings, DoctorSettings, Environment, ReportCommandSettings,
};
use clap::CommandFactory as _;
use session::talk;
use std::ffi::OsString;
use std::path::PathBuf;

/// Runs the chosen command and returns the exit code.
pub fn run(cli: Cli, environment: &Environment) -> u8 {
    messages::speak(cli.command.language().unwrap_or_default());
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
                usage::report_refusal(
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
                .inspect_err(|error| {
                    report::report_refusal(outcome_of(error), &directory, &tasks, publisher.as_ref());
                })
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
                usage::report_refusal(error, Some(&directory), None, json, publisher.as_ref(), &console);
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
        let console = Console::new(LogFormat::Text, Verbosity::Normal, environment.log_dialect(), false);
        let publish: Vec<PublishChoice> =
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
            report::report_refusal(Outcome::Usage, &directory, &tasks, publisher.as_ref());
            return Outcome::Usage.exit_code();
        }
        // The first paragraph says what is wrong, the rest how to type it.
        let complaint = complaint.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
        usage::report_refusal(
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
