//! SIGINT, SIGTERM and SIGHUP. And SIGXFSZ, whose default action is to kill.

use crate::model::outcome::Outcome;
use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The number of SIGXFSZ: a file grows beyond what this process may write. Once it is handled, writing fails instead.
const FILE_TOO_LARGE: i32 = if cfg!(any(target_arch = "mips", target_arch = "mips64")) { 31 } else { 25 };

#[derive(Debug)]
pub(super) struct Source {
    interrupt: Signal,
    terminate: Signal,
    /// Nothing where it was ignored when this process was started, as `nohup` does: it is to outlive its terminal.
    hang_up: Option<Signal>,
}

impl Source {
    pub(super) fn install() -> io::Result<Self> {
        let hang_up = if is_hang_up_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        // The handler stays when this is dropped.
        drop(signal(SignalKind::from_raw(FILE_TOO_LARGE))?);
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up,
        })
    }

    pub(super) async fn wait(&mut self) -> Outcome {
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
}

/// Whether SIGHUP was ignored when this process was started, where the system shows it.
fn is_hang_up_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hang_up(&status)
}

/// The same in `/proc/self/status`: a mask in hexadecimal, in which SIGHUP is the lowest bit.
fn ignores_hang_up(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
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
