//! What comes through standard input, without keeping a signal waiting.

use crate::error::Problem;
use crate::lifecycle::track::signals::Signals;
use crate::messages::{FinishMessage, ScopeHint, ScopeMessage, SetupMessage};
use std::io::{self, IsTerminal as _, Read as _};
use std::thread;
use tokio::sync::oneshot;

/// Reads to the end, but at most one byte more than the limit, which shows that there is more.
///
/// # Errors
/// When it cannot be read, or a signal came first; then the outcome of the error is that of the signal.
pub(super) async fn read(limit: usize, signals: &mut Signals) -> Result<Vec<u8>, Problem> {
    if io::stdin().is_terminal() {
        return Err(Problem::new(ScopeMessage::Terminal).hint(ScopeHint::PipeDiff));
    }
    let (sender, receiver) = oneshot::channel();
    // On a thread of its own, which nobody waits for: the other end may never close.
    let reading = thread::Builder::new().spawn(move || {
        let mut content = Vec::new();
        let read = io::stdin().lock().take(limit as u64 + 1).read_to_end(&mut content);
        let _ = sender.send(read.map(|_| content));
    });
    reading.map_err(|error| Problem::new(SetupMessage::Runtime).because(error))?;
    let read = tokio::select! {
        read = receiver => read.map_err(|_| io::ErrorKind::BrokenPipe.into()).flatten(),
        outcome = signals.next() => return Err(Problem::new(FinishMessage::NoResult(outcome))),
    };
    read.map_err(|error| Problem::new(ScopeMessage::InputNotRead).because(error))
}
