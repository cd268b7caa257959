//! Calls that older servers lack, or that these credentials may not make, and that can be done without.

use super::service::Service;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::retry::{CONSECUTIVE_REJECTIONS_LIMIT, Failure};
use crate::messages::ServiceMessage;
use serde_json::Value;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::time::Instant;

impl Service {
    /// The answer; `None` where the call does not exist, or is refused. `bare`: how often it came to a 404 without a code: one may
    /// come from something in between, several in a row are believed.
    ///
    /// # Errors
    /// The last failure of another kind.
    pub(super) async fn answer_if_there(
        &self,
        call: &Call,
        bare: &AtomicU32,
        deadline: Instant,
    ) -> Result<Option<Value>, CallError> {
        let answer = self
            .until(deadline, async || match self.attempt(call).await {
                Err(error) if error.is_bare(404) => {
                    let refusals = bare.fetch_add(1, Ordering::Relaxed) + 1;
                    if refusals < CONSECUTIVE_REJECTIONS_LIMIT { Err(error) } else { Ok(None) }
                }
                answer => {
                    bare.store(0, Ordering::Relaxed);
                    answer.map(Some)
                }
            })
            .await;
        match answer {
            Err(error)
                if matches!(error.failure, Failure::NotFound | Failure::Rejected | Failure::Denied) =>
            {
                tracing::debug!("{}", ServiceMessage::GoingOnWithout(error.shown()));
                Ok(None)
            }
            answer => answer,
        }
    }
}
