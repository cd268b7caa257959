//! `start`: everything of `check` up to the started run; `check --run` waits for it later.

use super::check::labels;
use super::refusal::Refusal;
use super::session::{mask, repo, service};
use super::task_search;
use crate::cli::StartArgs;
use crate::codearts::{Id, Service};
use crate::console::{Console, TaskDisplay};
use crate::error::Problem;
use crate::lifecycle::check_run::StartEnvironment;
use crate::lifecycle::finish::{Maker, Tidy};
use crate::lifecycle::report::Verdict;
use crate::lifecycle::review::Review;
use crate::lifecycle::track::check_start::{StartedRun, Starter};
use crate::lifecycle::track::check_stop::Stopper;
use crate::lifecycle::track::remote_job::Begun;
use crate::lifecycle::track::signals::Signals;
use crate::lifecycle::track::start_all;
use crate::log_problem;
use crate::messages::RunFileMessage;
use crate::model::outcome::Outcome;
use crate::model::policy::{GivenUp, StopOnCancel};
use crate::publish::Publisher;
use crate::report::run_file::{RUN_FILE, RunFile, StartedTask};
use crate::report::store::directory::ReportDirectory;
use crate::settings::{Connection, Environment, StartSettings};
use crate::wait::Waiter;
use futures_util::future::join_all;
use std::time::SystemTime;
use tokio::time::Instant;

pub(super) async fn run(
    args: StartArgs,
    environment: &Environment,
    console: Console,
    signals: Signals,
) -> anyhow::Result<Outcome> {
    let refusal = Refusal::of_start(&args, environment);
    let started = match StartSettings::resolve(args, environment) {
        Ok((settings, connection)) => start(settings, connection, &console, signals).await,
        Err(error) => Err(error),
    };
    started.inspect_err(|error| refusal.leave(error, &console))
}

async fn start(
    mut settings: StartSettings,
    connection: Connection,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    mask(&connection, console);
    if let Some(publisher) = &settings.publish {
        publisher.mask(console);
    }
    let directory = ReportDirectory::prepare(&settings.directory, &settings.workspace)?;
    directory.remove([RUN_FILE.to_owned()])?;
    let repo_origin = connection.repo.clone();
    let service = service(connection)?;
    if let (Some(repo), Some(pull_request)) = (repo(repo_origin, &service), &mut settings.pull_request) {
        pull_request.review.connect(&repo);
    }
    let review = settings.pull_request.as_ref().map(Review::new);
    let deadline = Instant::now() + settings.run.timeout.time;
    if !settings.search.is_empty() {
        let found =
            task_search::find(&settings.search, &service, review.as_ref(), deadline, console, &mut signals);
        settings.tasks = found.await?;
    }
    let environment = StartEnvironment {
        service: &service,
        waiter: &Waiter::new(service.backoff()),
        settings: &settings.run,
        project_id: settings.project_id.as_ref(),
        review: review.as_ref(),
        deadline,
    };
    let ids: Vec<String> = settings.tasks.iter().map(ToString::to_string).collect();
    let displays: Vec<_> = labels(&ids).iter().map(|label| console.task(label)).collect();
    let tasks = settings.tasks.iter().zip(&displays);
    let starters: Vec<Starter<'_>> =
        tasks.map(|(id, display)| Starter { environment, id, display }).collect();
    let (started, signal) = start_all(&starters, deadline, console, &mut signals).await;
    let outcomes: Vec<Outcome> = started.iter().map(|(_, begun)| log_begun(begun, signal)).collect();
    let overall = signal.unwrap_or_else(|| Outcome::worst(outcomes.iter().copied()));
    let started: Vec<StartedRun> = started.into_iter().map(|(run, _)| run).collect();
    let entries: Vec<_> = settings.tasks.iter().zip(&started).map(|(task, run)| run.entry(task)).collect();
    if let Some(publisher) = &settings.publish {
        write_ids(publisher, &entries);
    }
    let runs = started.iter().filter(|run| run.run.is_some()).count() as u64;
    let of = entries.len() as u64;
    let path = directory.path().join(RUN_FILE);
    let mut failure = None;
    if overall == Outcome::Passed {
        let pull_request = review.as_ref().and_then(Review::known);
        let file = RunFile::new(pull_request, entries, SystemTime::now());
        match directory.write(&path, file.to_text().as_bytes()) {
            Ok(()) => {
                let path = settings.workspace.name(&path);
                tracing::info!("{}", RunFileMessage::Written { path, runs });
                return Ok(overall);
            }
            Err(error) => failure = Some(error),
        }
    }
    let tasks = settings.tasks.iter().zip(&displays);
    let cancelled_at = signals.caught_at();
    let abandoned = Abandoned { service: &service, console, review: review.as_ref(), cancelled_at };
    let signal = signal.or(abandoned.give_up(started, tasks, signals.next()).await);
    tracing::error!("{}", RunFileMessage::NotWritten { started: runs, of });
    match (signal, failure) {
        (Some(signal), _) => Ok(signal),
        (None, Some(error)) => Err(error.into()),
        (None, None) => Ok(overall),
    }
}

/// Hands the ids to later steps.
fn write_ids(publisher: &Publisher, entries: &[StartedTask]) {
    let tasks = entries.iter().map(|entry| {
        entry.merge_request.as_ref().map_or_else(|| entry.task_id.clone(), |task| task.task_id.clone())
    });
    let runs: Vec<String> = entries.iter().filter_map(|entry| entry.run_id.clone()).collect();
    let values = [("task-id", tasks.collect::<Vec<_>>().join(",")), ("run-id", runs.join(","))];
    if let Err(error) = publisher.write_outputs(&values) {
        log_problem!(warn, error.problem);
    }
}

/// A start of which no file is written, so that nobody can wait for its runs.
struct Abandoned<'a> {
    service: &'a Service,
    console: &'a Console,
    review: Option<&'a Review<'a>>,
    /// When a signal has cancelled it.
    cancelled_at: Option<Instant>,
}

impl Abandoned<'_> {
    /// Stops the runs that were started, and deletes the merge-request tasks that were made. A signal that came meanwhile.
    async fn give_up<'t>(
        &self,
        mut runs: Vec<StartedRun>,
        tasks: impl Iterator<Item = (&'t Id, &'t TaskDisplay)>,
        next_signal: impl Future<Output = Outcome>,
    ) -> Option<Outcome> {
        let Self { service, console, review, cancelled_at } = *self;
        let why = cancelled_at.map_or(GivenUp::NotAllStarted, |_| GivenUp::Cancelled);
        let stopper = Stopper { service, console, choice: StopOnCancel::Auto };
        let stops = runs
            .iter_mut()
            .zip(tasks)
            .map(|(run, (id, display))| run.stop(&stopper, id, display.label(), why));
        join_all(stops).await;
        let made = runs.into_iter().filter_map(StartedRun::into_review);
        Tidy::new(service, review?.settings.delete, Maker::This, made).tidy(cancelled_at, next_signal).await
    }
}

/// Logs why a run was not started. What came of the start.
fn log_begun(begun: &Begun, signal: Option<Outcome>) -> Outcome {
    match begun {
        Begun::Watching => Outcome::Passed,
        Begun::Cancelled => signal.unwrap_or(Outcome::Internal),
        Begun::Concluded(verdict) => {
            let Verdict { outcome, .. } = verdict;
            log_problem!(error, Problem::from(verdict.clone()));
            *outcome
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::RunMessage;

    #[test]
    fn what_came_of_a_start() {
        let verdict = Verdict::new(Outcome::TimedOut, RunMessage::ActiveAlready);
        assert_eq!(log_begun(&Begun::Watching, None), Outcome::Passed);
        assert_eq!(log_begun(&Begun::Concluded(verdict), None), Outcome::TimedOut);
        assert_eq!(log_begun(&Begun::Cancelled, Some(Outcome::Terminated)), Outcome::Terminated);
    }
}
