//! SIGINT, SIGTERM and SIGHUP. Installed first thing, because as process 1 of a container, and under Jenkins, the default
//! actions are not there. And SIGXFSZ, whose default action is to kill.

use crate::model::outcome::Outcome;
use std::io;
use tokio::time::Instant;

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
    caught_at: Option<Instant>,
}

/// The number of SIGXFSZ: a file grows beyond what this process may write. Once it is handled, writing fails instead.
#[cfg(unix)]
const FILE_TOO_LARGE: i32 = if cfg!(any(target_arch = "mips", target_arch = "mips64")) { 31 } else { 25 };

/// Whether SIGHUP was ignored when this process was started, where the system shows it.
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
            caught_at: None,
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn install() -> io::Result<Self> {
        Ok(Self { caught_at: None })
    }

    /// When the first signal came: from then on the whole has 5 s.
    pub(crate) const fn caught_at(&self) -> Option<Instant> {
        self.caught_at
    }

    /// Waits for a signal; which one is the outcome.
    pub(crate) async fn next(&mut self) -> Outcome {
        let signal = self.wait().await;
        self.caught_at.get_or_insert_with(Instant::now);
        signal
    }

    #[cfg(unix)]
    async fn wait(&mut self) -> Outcome {
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
    async fn wait(&mut self) -> Outcome {
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
