//! What starting something exactly once takes, runs and builds alike: after a lost answer nobody knows whether it was started, so
//! it is looked for before it is started again.

use super::service::Service;
use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, Tries, retry};
use crate::http::retry::{CONSECUTIVE_REJECTIONS_LIMIT, RetryClass, is_transient};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Times a start is sent in all, each after looks that found nothing.
const SENDS: u32 = 3;
/// Times something whose start brought no answer is looked for before it counts as not started.
const LOOKS: u32 = 4;
/// Pause between two looks.
const LOOK_PAUSE: Duration = Duration::from_secs(2);

impl Service {
    /// How often and until when a start is sent, see [`crate::http::repeat::create_once`].
    pub(super) const fn starts_by(&self, deadline: Instant) -> Tries {
        Tries { limit: SENDS, deadline, backoff: self.backoff() }
    }

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
        retry(RetryPolicy::new(RetryClass::CreateOnce, deadline, self.backoff()), async || {
            // What waits for its turn does not count as sent.
            let _turn = self.starts.acquire().await;
            if !begins() {
                std::future::pending::<()>().await;
            }
            send().await
        })
        .await
    }

    /// Looks several times for what was perhaps started; a failed look says nothing.
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
