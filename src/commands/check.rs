//! `check`: all tasks at once, one verdict, and an orderly end whatever happens.

use super::{mask, service};
use crate::console::Console;
use crate::lifecycle::finish::ending::Ending;
use crate::lifecycle::finish::lines::leftovers;
use crate::lifecycle::track::signals::Signals;
use crate::lifecycle::track::task::{self, Context, Ownership, TaskState};
use crate::model::outcome::Outcome;
use crate::report::store::checkout::stays_inside;
use crate::report::store::directory::ReportDirectory;
use crate::settings::{CheckSettings, Connection};
use crate::wait::Waiter;
use anyhow::Context as _;
use futures_util::future::join_all;
use std::cell::{Cell, RefCell};
use std::path::Path;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Characters of an id that usually tell one task from another.
const LABEL_LENGTH: usize = 8;

pub(super) async fn run(
    settings: CheckSettings,
    connection: Connection,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<u8> {
    let ids: Vec<String> = settings.tasks.iter().map(ToString::to_string).collect();
    mask(&connection, console);
    if let Some(publisher) = &settings.publish {
        publisher.mask(console);
    }
    let directory = ReportDirectory::prepare(&settings.report.directory)?;
    directory.remove(leftovers(&ids))?;
    if let Some(place) = settings.gate.write_baseline.as_deref().and_then(Path::parent) {
        stays_inside(place).context("could not use the place of `--write-baseline`")?;
    }
    if let Some(publisher) = &settings.publish {
        // The same file is written at the end, and trouble is told then.
        let _ = publisher.write_outputs(&[("task-id", ids.join(","))]);
    }
    let service = service(connection, settings.report.language)?;
    if let Some(why) = &settings.lacks_place {
        tracing::info!("no comment: {why}");
    }
    let states: Vec<RefCell<TaskState>> = labels(&ids)
        .into_iter()
        .map(|label| RefCell::new(TaskState { label, ..TaskState::default() }))
        .collect();
    let context = Context {
        service: &service,
        waiter: &Waiter::new(service.backoff()),
        settings: &settings,
        project_id: settings.project_id.as_ref(),
        directory: &directory,
        console,
        states: &states,
        deadline: Instant::now() + settings.timeout.time,
        decided_at: Cell::new(None),
        listing: Mutex::new(()),
        told_runs: Cell::default(),
        is_cancelled: Cell::new(false),
    };
    console.group("Waiting for CodeArts Check");
    console.begin_crowd(states.len(), "task");
    let tasks =
        join_all(settings.tasks.iter().zip(&states).map(|(task, state)| task::run(&context, task, state)));
    let work = async {
        tokio::select! {
            _ = tasks => {}
            never = context.keep_runs_told() => match never {},
        }
    };
    let is_starting = || states.iter().any(|state| state.borrow().ownership == Ownership::Starting);
    let signal = signals.interrupt(work, console, &context.is_cancelled, is_starting).await;
    let is_cancelled = signal.is_some();
    let fate = signal.unwrap_or(Outcome::Internal);
    if is_cancelled {
        let all = settings.tasks.iter().zip(&states);
        join_all(all.map(|(task, state)| context.give_up(task, state, "cancelled"))).await;
    }
    console.end_crowd();
    console.end_group();
    let end = if is_cancelled {
        Ending::cancelled(&context, fate)
    } else {
        let mut ending = Ending::new(&context, fate);
        // Should this process be killed while it publishes, the result is there.
        ending.write_result();
        tokio::select! {
            () = ending.publish() => {}
            signal = signals.next() => {
                console.hurry();
                tracing::warn!("cancelled while the result was being published");
                ending.cancel(signal);
                ending.correct_comment().await;
            }
            never = console.keep_alive() => match never {},
        }
        ending
    };
    Ok(end.tell().await)
}

/// Names for lines of the log: as much of each id as tells it from the others.
pub(super) fn labels(ids: &[String]) -> Vec<String> {
    let is_telling = |length: usize| {
        let mut heads: Vec<&str> = ids.iter().map(|id| id.get(..length).unwrap_or(id)).collect();
        heads.sort_unstable();
        heads.windows(2).all(|pair| pair[0] != pair[1])
    };
    let length = (LABEL_LENGTH..).find(|length| is_telling(*length)).unwrap_or(LABEL_LENGTH);
    ids.iter().map(|id| id.get(..length).unwrap_or(id).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_but_tell_tasks_apart() {
        let labels = |ids: &[&str]| labels(&ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert_eq!(labels(&["2b31ed520aaaaaaebedb6e57aaaaaaaa"]), ["2b31ed52"]);
        assert_eq!(labels(&["aaaaaaaaab", "aaaaaaaaac", "b"]), ["aaaaaaaaab", "aaaaaaaaac", "b"]);
        assert_eq!(labels(&["aaaaaaaa1x", "aaaaaaaa2x"]), ["aaaaaaaa1", "aaaaaaaa2"]);
    }
}
