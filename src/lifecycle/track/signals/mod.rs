//! What ends this process: signals, or the events of a console of Windows. Caught first thing, because as process 1 of a
//! container, and under Jenkins, the default actions are not there.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use crate::model::outcome::Outcome;
use std::io;
use tokio::time::Instant;
#[cfg(unix)]
use unix::Source;
#[cfg(windows)]
use windows::Source;

/// The handlers.
#[derive(Debug)]
pub(crate) struct Signals {
    source: Source,
    caught_at: Option<Instant>,
}

impl Signals {
    pub(crate) fn install() -> io::Result<Self> {
        Ok(Self { source: Source::install()?, caught_at: None })
    }

    /// When the first signal came: from then on the whole has 5 s.
    pub(crate) const fn caught_at(&self) -> Option<Instant> {
        self.caught_at
    }

    /// Waits for a signal; which one is the outcome.
    pub(crate) async fn next(&mut self) -> Outcome {
        let signal = self.source.wait().await;
        self.caught_at.get_or_insert_with(Instant::now);
        signal
    }
}
