//! SIGINT and SIGTERM. Installed first thing, because as process 1 of a container, and under Jenkins, the default
//! actions are not there.

use crate::console::Console;
use crate::outcome::Outcome;
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
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Does the work until its end or a signal; which one is returned. `is_cancelled` is set then, and the answer to a start
    /// that is on its way is waited for a moment: it tells whether there is something to stop.
    pub(super) async fn interrupt<T>(
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
    pub(super) async fn next(&mut self) -> Outcome {
        tokio::select! {
            _ = self.interrupt.recv() => Outcome::Interrupted,
            _ = self.terminate.recv() => Outcome::Terminated,
        }
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) -> Outcome {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Outcome::Interrupted
    }
}
