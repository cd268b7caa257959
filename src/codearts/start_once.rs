//! What starting something exactly once takes, runs and builds alike: after a lost answer nobody knows whether it was started, so
//! it is looked for before it is started again.

use super::service::Service;
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, Tries, may_be_created, retry};
use crate::http::retry::{CONSECUTIVE_REJECTIONS_LIMIT, RetryClass, is_transient};
use std::cell::Cell;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// Times a start is sent in all, each after looks that found nothing.
const SENDS: u32 = 3;
/// Times something whose start brought no answer is looked for before it counts as not started.
const LOOKS: u32 = 4;
/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_secs(2);

/// After a cancellation, the answer to a start that is on its way is waited for this long: it names what has to be stopped.
const ANSWER_GRACE: Duration = Duration::from_millis(1500);

/// Why a start was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenOff {
    /// The deadline came.
    TimedOut,
    /// The process was cancelled.
    Cancelled,
}

/// Until when something may be started.
#[derive(Clone, Copy, Debug)]
pub struct StartLimits<'a> {
    /// The end of the whole wait.
    pub deadline: Instant,
    /// Once cancelled, no further request that starts something is sent.
    pub cancel: &'a CancellationToken,
}

impl StartLimits<'_> {
    /// Waits for the end of the limits. `is_sent`: whether a request that may start something is unanswered or was lost; a
    /// cancellation then leaves time for its answer.
    async fn over(&self, is_sent: &Cell<bool>) -> BrokenOff {
        tokio::select! {
            () = sleep_until(self.deadline) => BrokenOff::TimedOut,
            () = self.cancel.cancelled() => {
                if is_sent.get() {
                    sleep_until(self.deadline.min(Instant::now() + ANSWER_GRACE)).await;
                }
                BrokenOff::Cancelled
            }
        }
    }

    /// Does `work` within the limits; if they end first, why, and whether something may have been started.
    ///
    /// # Errors
    /// Why it was broken off, and what `work` had noted in `is_sent`.
    pub(super) async fn hold<T>(
        &self,
        is_sent: &Cell<bool>,
        work: impl Future<Output = T>,
    ) -> Result<T, (BrokenOff, bool)> {
        tokio::select! {
            biased;
            done = work => Ok(done),
            why = self.over(is_sent) => Err((why, is_sent.get())),
        }
    }
}

impl Service {
    /// How often and until when a start is sent, see [`crate::http::repeat::create_once`].
    pub(super) fn starts_by(&self, deadline: Instant) -> Tries {
        Tries { limit: SENDS, deadline, backoff: self.backoff() }
    }

    /// Sends a start, in its turn, and again where it was clearly refused; nothing more once cancelled: then this never
    /// returns. `is_sent` shows meanwhile whether it may have been carried out.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn send_start<T>(
        &self,
        limits: &StartLimits<'_>,
        is_sent: &Cell<bool>,
        mut send: impl AsyncFnMut() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        retry(RetryPolicy::new(RetryClass::CreateOnce, limits.deadline, self.backoff()), async || {
            // What waits for its turn does not count as sent.
            let _permit = self.starts.acquire().await;
            if limits.cancel.is_cancelled() {
                std::future::pending::<()>().await;
            }
            is_sent.set(true);
            let answer = send().await;
            is_sent.set(answer.as_ref().err().is_none_or(may_be_created));
            answer
        })
        .await
    }

    /// Looks several times for what was perhaps started; a failed look reveals nothing.
    ///
    /// # Errors
    /// A refusal that repeats, or the last failure at the deadline.
    pub(super) async fn look_for<T>(
        &self,
        deadline: Instant,
        mut look: impl AsyncFnMut() -> Result<Option<T>, CallError>,
    ) -> Result<Option<T>, CallError> {
        let mut looks = 0;
        let mut rejections = 0;
        loop {
            match look().await {
                Ok(Some(found)) => return Ok(Some(found)),
                Ok(None) => {
                    looks += 1;
                    rejections = 0;
                }
                Err(error) => {
                    rejections = if is_transient(error.failure) { 0 } else { rejections + 1 };
                    if rejections >= CONSECUTIVE_REJECTIONS_LIMIT || Instant::now() >= deadline {
                        return Err(error);
                    }
                }
            }
            if looks == LOOKS || looks > 0 && Instant::now() >= deadline {
                return Ok(None);
            }
            sleep(self.backoff().cap(LOOK_PAUSE)).await;
        }
    }
}
