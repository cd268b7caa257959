//! SIGINT, SIGTERM and SIGHUP. Installed first thing, because as process 1 of a container, and under Jenkins, the default
//! actions are not there. And SIGXFSZ, whose default action is to kill.

use crate::console::Console;
use crate::model::outcome::Outcome;
use std::cell::Cell;
use std::io;
use std::time::Duration;
use tokio::time::{interval, timeout};
use tracing::Level;

/// When cancelled while a start is on its way: how long its answer is waited for, so that the run can be stopped.
const START_GRACE: Duration = Duration::from_millis(1500);
/// How often it is looked whether the answer has come.
const START_LOOK: Duration = Duration::from_millis(20);

/// The handlers.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// Nothing where it was ignored when this process was started, as `nohup` does: it is to outlive its terminal.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

/// The number of SIGXFSZ: a file grows beyond what this process may write. Once it is handled, writing fails instead.
#[cfg(unix)]
const FILE_TOO_LARGE: i32 = if cfg!(any(target_arch = "mips", target_arch = "mips64")) { 31 } else { 25 };

/// Whether SIGHUP was ignored when this process was started, where the system tells.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hang_up(&status)
}

/// The same in `/proc/self/status`: a mask in hexadecimal, in which SIGHUP is the lowest bit.
#[cfg(unix)]
fn ignores_hang_up(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

impl Signals {
    #[cfg(unix)]
    pub(crate) fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hang_up = if is_hang_up_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        // The handler stays when this is dropped.
        drop(signal(SignalKind::from_raw(FILE_TOO_LARGE))?);
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up,
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn install() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Does the work until its end or a signal; which one is returned. `is_cancelled` is set then, and the answer to a start
    /// that is on its way is waited for a moment: it tells whether there is something to stop.
    pub(crate) async fn interrupt<T>(
        &mut self,
        work: impl Future<Output = T>,
        console: &Console,
        is_cancelled: &Cell<bool>,
        is_starting: impl Fn() -> bool,
    ) -> Option<Outcome> {
        // Dropped at the end, so that what is unfinished lets go of everything it holds, a login included.
        let mut work = Box::pin(work);
        tokio::select! {
            _ = &mut work => None,
            signal = self.next() => {
                console.hurry();
                console.print(Level::WARN, "cancelled; giving up in order");
                is_cancelled.set(true);
                let nothing_is_starting = async {
                    let mut soon = interval(START_LOOK);
                    while is_starting() {
                        soon.tick().await;
                    }
                };
                let _ = timeout(START_GRACE, async {
                    tokio::select! {
                        _ = &mut work => {}
                        () = nothing_is_starting => {}
                    }
                })
                .await;
                Some(signal)
            }
            never = console.keep_alive() => match never {},
        }
    }

    /// Waits for a signal; which one is the outcome.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) -> Outcome {
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => drop(hang_up.recv().await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Outcome::Interrupted,
            _ = self.terminate.recv() => Outcome::Terminated,
            () = hang_up => Outcome::HungUp,
        }
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) -> Outcome {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Outcome::Interrupted
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_nohup_leaves_is_recognised() {
        let status =
            |mask: &str| format!("Name:\tx\nSigBlk:\t0000000000000001\nSigIgn:\t{mask}\nSigCgt:\t0\n");
        assert!(ignores_hang_up(&status("0000000000000001")));
        assert!(ignores_hang_up(&status("0000000000001007")));
        assert!(!ignores_hang_up(&status("0000000000001006")));
        assert!(!ignores_hang_up(""));
    }
}
