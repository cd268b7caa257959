//! `check`: all tasks at once, one verdict, and an orderly end whatever happens.

use super::refusal::Refusal;
use super::session::{mask, repo, service};
use super::{standard_input, task_search};
use crate::cli::CheckArgs;
use crate::console::Console;
use crate::diff::DIFF_LIMIT;
use crate::lifecycle::check_run::CheckEnvironment;
use crate::lifecycle::finish::files::leftovers;
use crate::lifecycle::finish::{Destination, EndedReview, Maker, Tidy, finish_checks};
use crate::lifecycle::report::TaskReport;
use crate::lifecycle::review::Review;
use crate::lifecycle::scope::ScopeSource;
use crate::lifecycle::track::board::Board;
use crate::lifecycle::track::check::CheckTask;
use crate::lifecycle::track::remote_job::Tracking;
use crate::lifecycle::track::signals::Signals;
use crate::lifecycle::track::track_all;
use crate::log_problem;
use crate::messages::{CommandMessage, ConsoleMessage, JobKind, StorePlace};
use crate::model::outcome::Outcome;
use crate::report::store::checkout::stays_inside;
use crate::report::store::directory::ReportDirectory;
use crate::settings::{CheckSettings, Connection, Environment, complete_key, is_diff_piped};
use crate::wait::Waiter;
use std::path::Path;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Characters of an id that usually distinguish one task from another.
const LABEL_LENGTH: usize = 8;

pub(super) async fn run(
    mut args: CheckArgs,
    environment: &Environment,
    console: Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let refusal = Refusal::of_check(&args, environment);
    let checked = async {
        if is_diff_piped(&args.findings) {
            args.findings.piped = Some(standard_input::read(DIFF_LIMIT, &mut signals).await?);
        }
        let (settings, connection) = CheckSettings::resolve(args, environment)?;
        check(settings, connection, &console, signals).await
    };
    checked.await.inspect_err(|error| refusal.leave(error, &console))
}

/// Checks as the settings say.
pub(super) async fn check(
    mut settings: CheckSettings,
    connection: Connection,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let deadline = Instant::now() + settings.run.timeout.time;
    mask(&connection, console);
    if let Some(publisher) = &settings.publish {
        publisher.mask(console);
    }
    let directory = ReportDirectory::prepare(&settings.report.directory, &settings.report.workspace)?;
    let repo_origin = connection.repo.clone();
    let service = service(connection)?;
    if let Some(repo) = repo(repo_origin, &service) {
        settings.connect(&repo);
    }
    let review = settings.pull_request.as_ref().map(Review::new);
    if !settings.search.is_empty() {
        let found =
            task_search::find(&settings.search, &service, review.as_ref(), deadline, console, &mut signals);
        settings.tasks = found.await?;
        if let Some(publisher) = &mut settings.publish {
            complete_key(publisher, &settings.tasks);
        }
    }
    let ids: Vec<String> = settings.tasks.iter().map(ToString::to_string).collect();
    directory.remove(leftovers(&ids))?;
    if let Some(place) = settings.write_baseline().and_then(Path::parent) {
        stays_inside(&settings.report.workspace, place, StorePlace::Baseline)?;
    }
    if let Some(publisher) = &settings.publish {
        // The same file is written at the end, and a failure is logged then.
        let _ = publisher.write_outputs(&[("task-id", ids.join(","))]);
    }
    if let Some(why) = &settings.lacks_place {
        log_problem!(info, CommandMessage::NotPublished, why);
    }
    let environment = CheckEnvironment {
        service: &service,
        waiter: &Waiter::new(service.backoff()),
        settings: &settings,
        project_id: settings.project_id.as_ref(),
        review: review.as_ref(),
        directory: &directory,
        console,
        deadline,
        scope: ScopeSource::new(&settings.scope, review.as_ref()),
        list_permit: &Semaphore::new(1),
    };
    console.group(&ConsoleMessage::WaitingForCheck);
    console.begin_batch(ids.len(), JobKind::Task);
    // How a task is shown depends on how many there are.
    let displays: Vec<_> = labels(&ids).iter().map(|label| console.task(label)).collect();
    let tasks: Vec<CheckTask<'_>> = settings
        .tasks
        .iter()
        .zip(&settings.rules)
        .zip(displays)
        .map(|((id, rules), display)| CheckTask::new(&environment, id, rules, display))
        .collect();
    let tracking = Tracking {
        waiter: environment.waiter,
        schedule: settings.run.schedule,
        deadline: environment.deadline,
        starts: settings.run.start,
        cancel: &CancellationToken::new(),
    };
    let board = Board::new(tasks.len(), "run-id", settings.publish.as_ref());
    let (reports, signal) = track_all(&tasks, &tracking, board, console, &mut signals).await;
    drop(tasks);
    console.end_batch();
    console.end_group();
    let destination = Destination { directory: &directory, console, language: settings.report.language };
    let ended = review.as_ref().map(|review| EndedReview {
        pull_request: review.known(),
        head_at_end: review.latest().map(|latest| latest.head),
        cancelled_at: signals.caught_at(),
        tidy: Tidy::new(
            &service,
            review.settings.delete,
            if settings.resume.is_some() { Maker::Other(review.latest()) } else { Maker::This },
            reports.iter().filter_map(TaskReport::review),
        ),
    });
    let outcome = finish_checks(destination, &settings, reports, ended, signal, signals.next()).await;
    directory.close();
    Ok(outcome)
}

/// Names for lines of the log: as much of each id as distinguishes it from the others.
pub(super) fn labels(ids: &[String]) -> Vec<String> {
    let is_distinct = |length: usize| {
        let mut heads: Vec<&str> = ids.iter().map(|id| id.get(..length).unwrap_or(id)).collect();
        heads.sort_unstable();
        heads.windows(2).all(|pair| pair[0] != pair[1])
    };
    let length = (LABEL_LENGTH..).find(|length| is_distinct(*length)).unwrap_or(LABEL_LENGTH);
    ids.iter().map(|id| id.get(..length).unwrap_or(id).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_distinct() {
        let labels = |ids: &[&str]| labels(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(labels(&["2b31ed520aaaaaaebedb6e57aaaaaaaa"]), ["2b31ed52"]);
        assert_eq!(labels(&["aaaaaaaaab", "aaaaaaaaac", "b"]), ["aaaaaaaaab", "aaaaaaaaac", "b"]);
        assert_eq!(labels(&["aaaaaaaa1x", "aaaaaaaa2x"]), ["aaaaaaaa1", "aaaaaaaa2"]);
    }
}
