//! What starting something exactly once takes, runs and builds alike: after a lost answer nobody knows whether it was started, so
//! it is looked for before it is started again.

use super::Service;
use crate::http::call::repeat;
use crate::http::error::CallError;
use crate::http::retry::{REFUSALS_BELIEVED, Repeat, Verdict, is_passing, verdict};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Times a start is sent in all, each after looks that found nothing.
pub(super) const SENDS: u32 = 3;
/// Times something whose start brought no answer is looked for before it counts as not started.
const LOOKS: u32 = 4;
/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_secs(2);

/// Whether a start that failed like this may have been carried out.
pub(super) fn may_have_started(error: &CallError) -> bool {
    verdict(Repeat::LookFirst, error.failure, true) == Verdict::Look
}

impl Service {
    /// Sends a start, in its turn, and again where it was clearly refused. `begins` is asked before each request; when it answers
    /// `false` nothing is sent, and this never returns.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn send_start<T>(
        &self,
        deadline: Instant,
        begins: impl Fn() -> bool,
        mut send: impl AsyncFnMut() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        repeat(Repeat::LookFirst, deadline, self.pauses(), async || {
            // What waits for its turn does not count as sent.
            let _turn = self.starts.acquire().await;
            if !begins() {
                std::future::pending::<()>().await;
            }
            send().await
        })
        .await
    }

    /// Looks several times for what was perhaps started; trouble on the way is no answer.
    ///
    /// # Errors
    /// A refusal that repeats, or the last failure at the deadline.
    pub(super) async fn look_for<T>(
        &self,
        deadline: Instant,
        mut look: impl AsyncFnMut() -> Result<Option<T>, CallError>,
    ) -> Result<Option<T>, CallError> {
        let mut looks = 0;
        let mut refusals = 0;
        loop {
            match look().await {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {
                    looks += 1;
                    refusals = 0;
                }
                Err(error) => {
                    refusals = if is_passing(error.failure) { 0 } else { refusals + 1 };
                    if refusals >= REFUSALS_BELIEVED || Instant::now() >= deadline {
                        return Err(error);
                    }
                }
            }
            if looks == LOOKS || looks > 0 && Instant::now() >= deadline {
                return Ok(None);
            }
            sleep(self.pauses().cap(LOOK_PAUSE)).await;
        }
    }
}
