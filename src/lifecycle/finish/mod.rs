//! From the reports of tasks and builds to the exit code: `result.json`, pages, publishing and the last lines.

mod delivery;
mod document;
mod ending;
pub(crate) mod files;
mod lines;
mod overall;
mod pages;
mod task_findings;
mod tidy;
pub(crate) mod usage;

pub(crate) use delivery::Destination;
pub(crate) use tidy::{Maker, Tidy};

use crate::lifecycle::report::{BuildReport, TaskReport};
use crate::messages::FinishMessage;
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::settings::{BuildSettings, CheckSettings};
use delivery::Delivery;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// Time for the answer of what is on its way to the pull request when a signal comes; the whole has 5 s.
const ANSWER_LIMIT: Duration = Duration::from_millis(1500);

/// The pull request whose code was checked, and what was made for that.
pub(crate) struct EndedReview<'a> {
    /// Which one it is, if that was found out.
    pub(crate) pull_request: Option<&'a PullRequest>,
    /// The head that was read last.
    pub(crate) head_at_end: Option<String>,
    pub(crate) tidy: Tidy<'a>,
    /// When a signal came, if one did.
    pub(crate) cancelled_at: Option<Instant>,
}

/// Finishes a `check`: publishes and writes the result, and returns what the process ends as. `signal`: what has cancelled it;
/// `next_signal`: what may cancel it yet.
pub(crate) async fn finish_checks(
    destination: Destination<'_>,
    settings: &CheckSettings,
    reports: Vec<TaskReport>,
    review: Option<EndedReview<'_>>,
    mut signal: Option<Outcome>,
    next_signal: impl Future<Output = Outcome>,
) -> Outcome {
    let mut next_signal = pin!(next_signal);
    let pull_request =
        review.as_ref().and_then(|review| Some((review.pull_request?, review.head_at_end.as_deref())));
    let decided_at = reports.iter().filter_map(|report| report.job.decided_at).max();
    let mut delivery = Delivery::of_checks(destination, settings, reports, pull_request, signal);
    // Should this process be killed while it publishes, the result is there. What publishing finds out, addresses and failures,
    // is written after it.
    let is_written = delivery.write_result();
    if let Some(EndedReview { mut tidy, cancelled_at, .. }) = review {
        if !is_written {
            tidy.lack_results();
        }
        if let Some(late) = tidy.tidy(cancelled_at, &mut next_signal).await {
            signal = Some(late);
            destination.console.hurry();
            delivery.cancel(late);
        }
    }
    if signal.is_none() {
        let deadline = decided_at.unwrap_or_else(Instant::now) + settings.report.timeout;
        let stop = CancellationToken::new();
        let late = {
            let mut publishing = pin!(delivery.publish(deadline, &stop));
            tokio::select! {
                () = &mut publishing => None,
                late = &mut next_signal => {
                    destination.console.hurry();
                    tracing::warn!("{}", FinishMessage::PublishingCancelled);
                    stop.cancel();
                    // What is still on its way then is taken to have arrived.
                    let _ = timeout(ANSWER_LIMIT, publishing).await;
                    Some(late)
                }
                never = destination.console.keep_alive() => match never {},
            }
        };
        if let Some(late) = late {
            delivery.cancel(late);
            delivery.correct().await;
        }
    }
    delivery.conclude().await
}

/// Finishes a `build` in the same way; there is nothing to publish but values for later steps.
pub(crate) async fn finish_builds(
    destination: Destination<'_>,
    settings: &BuildSettings,
    reports: Vec<BuildReport>,
    signal: Option<Outcome>,
) -> Outcome {
    Delivery::of_builds(destination, settings, reports, signal).conclude().await
}
