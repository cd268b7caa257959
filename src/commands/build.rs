//! `build`: builds of CodeArts Build jobs, waited for with the same loop, signals and end as checks.

use super::check::labels;
use super::refusal::Refusal;
use super::session::{mask, service};
use crate::cli::BuildArgs;
use crate::console::Console;
use crate::lifecycle::build_environment::BuildEnvironment;
use crate::lifecycle::finish::{Destination, finish_builds};
use crate::lifecycle::track::board::Board;
use crate::lifecycle::track::build::BuildJob;
use crate::lifecycle::track::remote_job::Tracking;
use crate::lifecycle::track::signals::Signals;
use crate::lifecycle::track::track_all;
use crate::messages::{ConsoleMessage, JobKind, spoken};
use crate::model::outcome::Outcome;
use crate::publish::OUTPUT_FILES;
use crate::report::store::directory::{RESULT_FILE, ReportDirectory};
use crate::settings::{BuildSettings, Connection, Environment};
use crate::wait::Waiter;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(
    args: BuildArgs,
    environment: &Environment,
    console: Console,
    signals: Signals,
) -> anyhow::Result<Outcome> {
    let refusal = Refusal::of_build(&args, environment);
    let built = match BuildSettings::resolve(args, environment) {
        Ok((settings, connection)) => build(settings, connection, &console, signals).await,
        Err(error) => Err(error.into()),
    };
    built.inspect_err(|error| refusal.leave(error, &console))
}

async fn build(
    settings: BuildSettings,
    connection: Connection,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let ids: Vec<String> = settings.jobs.iter().map(ToString::to_string).collect();
    mask(&connection, console);
    if let Some(publisher) = &settings.publish {
        publisher.mask(console);
    }
    let directory = ReportDirectory::prepare(&settings.report_dir, &settings.workspace)?;
    directory.remove([RESULT_FILE].iter().chain(OUTPUT_FILES).map(|name| (*name).to_owned()))?;
    let service = service(connection)?;
    let environment = BuildEnvironment {
        service: &service,
        settings: &settings,
        deadline: Instant::now() + settings.timeout.time,
    };
    console.group(&ConsoleMessage::WaitingForBuild);
    console.begin_batch(ids.len(), JobKind::Build);
    let jobs: Vec<BuildJob<'_>> = settings
        .jobs
        .iter()
        .zip(labels(&ids))
        .map(|(id, label)| BuildJob::new(&environment, id, console.task(&label)))
        .collect();
    let tracking = Tracking {
        waiter: &Waiter::new(service.backoff()),
        schedule: settings.schedule,
        deadline: environment.deadline,
        starts: settings.request.is_some(),
        cancel: &CancellationToken::new(),
    };
    let board = Board::new(jobs.len(), "build-no", settings.publish.as_ref());
    let (reports, signal) = track_all(&jobs, &tracking, board, console, &mut signals).await;
    drop(jobs);
    console.end_batch();
    console.end_group();
    let destination = Destination { directory: &directory, console, language: spoken() };
    Ok(finish_builds(destination, &settings, reports, signal).await)
}
