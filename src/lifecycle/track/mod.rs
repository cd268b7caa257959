//! Follows remote jobs to their end: start, poll, stop, signals.

pub(crate) mod board;
pub(crate) mod build;
mod build_end;
pub(crate) mod check;
mod check_confirm;
mod check_end;
mod check_poll;
pub(crate) mod check_start;
pub(crate) mod check_stop;
pub(crate) mod merge_request;
pub(crate) mod remote_job;
pub(crate) mod signals;

use crate::codearts::start_once::StartLimits;
use crate::console::Console;
use crate::messages::WaitMessage;
use crate::model::outcome::Outcome;
use board::Board;
use check_start::{StartedRun, Starter};
use futures_util::future::join_all;
use remote_job::{Begun, RemoteJob, Tracking, drive};
use signals::Signals;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Level;

/// Starts a run of each task, and leaves. After a signal no further request that starts something is sent.
pub(crate) async fn start_all(
    starters: &[Starter<'_>],
    deadline: Instant,
    console: &Console,
    signals: &mut Signals,
) -> (Vec<(StartedRun, Begun)>, Option<Outcome>) {
    let cancel = CancellationToken::new();
    let limits = StartLimits { deadline, cancel: &cancel };
    let starts = starters.iter().map(async |starter| {
        let mut run = StartedRun::default();
        let begun = starter.start(&mut run, &limits).await;
        starter.display.end(matches!(begun, Begun::Watching));
        (run, begun)
    });
    let mut work = Box::pin(join_all(starts));
    let mut signal = None;
    loop {
        tokio::select! {
            started = &mut work => return (started, signal),
            caught = signals.next(), if signal.is_none() => {
                console.hurry();
                console.print(Level::WARN, WaitMessage::ShuttingDown);
                cancel.cancel();
                signal = Some(caught);
            }
            never = console.keep_alive() => match never {},
        }
    }
}

/// Takes all jobs to their reports. After a signal, which is the outcome then, each stops what it has started and reports
/// what it knows.
pub(crate) async fn track_all<J: RemoteJob>(
    jobs: &[J],
    tracking: &Tracking<'_>,
    mut board: Board<'_>,
    console: &Console,
    signals: &mut Signals,
) -> (Vec<J::Report>, Option<Outcome>) {
    let all: Vec<_> = jobs.iter().enumerate().map(|(number, job)| (job, board.events(number))).collect();
    let mut work = Box::pin(join_all(all.iter().map(|(job, events)| drive(*job, tracking, events))));
    let mut signal = None;
    let reports = loop {
        tokio::select! {
            reports = &mut work => break reports,
            caught = signals.next(), if signal.is_none() => {
                console.hurry();
                console.print(Level::WARN, WaitMessage::ShuttingDown);
                tracking.cancel.cancel();
                signal = Some(caught);
            }
            never = board.serve() => match never {},
            never = console.keep_alive() => match never {},
        }
    };
    board.settle();
    (reports, signal)
}
