//! The pull request whose code is checked: which one it is, and whether its head has moved. Asked once for all tasks.

use crate::error::Problem;
use crate::lifecycle::report::Verdict;
use crate::log_problem;
use crate::messages::{Hint, Message, ReviewHint, ReviewMessage};
use crate::model::changed_lines::ChangedLines;
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::publish::{Identified, ReviewError};
use crate::settings::PullRequestSettings;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};
use tokio::time::{Instant, sleep, timeout_at};

/// Shortest time between two looks at the head while a check runs.
const HEAD_GAP: Duration = Duration::from_secs(60);

/// The pull request whose code is checked.
#[derive(Debug)]
pub(crate) struct Review<'a> {
    pub(crate) settings: &'a PullRequestSettings,
    /// How often the head is looked at; tests cannot sit through it.
    gap: Duration,
    identified: OnceCell<Result<PullRequest, Verdict>>,
    /// When the head was asked for last, and what it was.
    latest: Mutex<Option<(Instant, String)>>,
}

impl<'a> Review<'a> {
    /// Nothing is asked yet.
    pub(crate) fn new(settings: &'a PullRequestSettings) -> Self {
        let gap = settings.head_gap.unwrap_or(HEAD_GAP);
        let identified = OnceCell::new_with(settings.known.clone().map(Ok));
        Self { settings, gap, identified, latest: Mutex::new(None) }
    }

    /// Which pull request it is.
    ///
    /// # Errors
    /// Why it is not known, or that its head is not the commit of this job any more.
    pub(crate) async fn pull_request(&self, deadline: Instant) -> Result<&PullRequest, Verdict> {
        let identified = self.identified.get_or_init(async || self.identify(deadline).await).await;
        identified.as_ref().map_err(Clone::clone)
    }

    /// The pull request, if it was identified.
    pub(crate) fn known(&self) -> Option<&PullRequest> {
        self.identified.get()?.as_ref().ok()
    }

    async fn identify(&self, deadline: Instant) -> Result<PullRequest, Verdict> {
        let asking = self.settings.review.pull_request(self.settings.number, deadline);
        let Identified { pull_request, job_head } = match timeout_at(deadline, asking).await {
            Ok(answer) => answer.map_err(verdict)?,
            Err(_) => return Err(Verdict::new(Outcome::TimedOut, ReviewMessage::CreationTimedOut)),
        };
        let PullRequest { forge, repository, number, source_branch, target_branch, head, .. } =
            pull_request.clone();
        let identified = ReviewMessage::Identified {
            forge: forge.title(),
            repository,
            number,
            source: source_branch,
            target: target_branch,
            head: head.clone(),
            is_from_fork: pull_request.is_from_fork,
        };
        tracing::info!("{identified}");
        match job_head {
            Some(job) if job != head => Err(stale(ReviewMessage::MovedBefore { job, now: head })),
            Some(_) | None => Ok(pull_request),
        }
    }

    /// The lines that it adds or changes.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn changed_lines(&self, deadline: Instant) -> Result<ChangedLines, Problem> {
        let pull_request = self.pull_request(deadline).await?;
        self.settings.review.changed_lines(pull_request, deadline).await.map_err(ReviewError::problem)
    }

    /// The head, as it was read at `since` or later: tasks that end at the same time ask once.
    async fn head(
        &self,
        pull_request: &PullRequest,
        since: Instant,
        deadline: Instant,
    ) -> Result<String, ReviewError> {
        let mut latest = self.latest.lock().await;
        if let Some((_, head)) = latest.as_ref().filter(|(asked, _)| *asked >= since) {
            return Ok(head.clone());
        }
        let asked = Instant::now();
        let head = self.settings.review.head(pull_request, deadline).await?;
        *latest = Some((asked, head.clone()));
        Ok(head)
    }

    /// Makes sure that the head is the commit that is checked.
    ///
    /// # Errors
    /// That it is another one, or why it is not known.
    pub(crate) async fn ensure_head(&self, deadline: Instant) -> Result<(), Verdict> {
        let pull_request = self.pull_request(deadline).await?;
        let unknown = |verdict: Verdict| verdict.within(ReviewMessage::HeadNotKnown);
        match timeout_at(deadline, self.head(pull_request, Instant::now(), deadline)).await {
            Ok(Ok(head)) if head == pull_request.head => Ok(()),
            Ok(Ok(head)) => Err(moved(pull_request, head)),
            Ok(Err(error)) => Err(unknown(verdict(error))),
            Err(_) => {
                let out_of_time = Verdict::new(Outcome::Unavailable, ReviewMessage::HeadNotInTime);
                Err(unknown(out_of_time))
            }
        }
    }

    /// The head that was seen last, after the pull request was identified.
    pub(crate) fn last_head(&self) -> Option<String> {
        Some(self.latest.try_lock().ok()?.as_ref()?.1.clone())
    }

    /// Looks at the head from time to time; ends when it moved. That it could not be read changes nothing: it is read again at
    /// the end.
    pub(crate) async fn watch_head(&self, deadline: Instant) -> Verdict {
        // A run that was started before may be outdated already.
        let mut pause = if self.settings.known.is_some() { Duration::ZERO } else { self.gap };
        loop {
            sleep(std::mem::replace(&mut pause, self.gap)).await;
            let Some(pull_request) = self.known() else { continue };
            let now = Instant::now();
            // Other tasks look as well.
            let since = now.checked_sub(self.gap / 2).unwrap_or(now);
            match self.head(pull_request, since, deadline.min(now + self.gap)).await {
                Ok(head) if head == pull_request.head => {}
                Ok(head) => return moved(pull_request, head),
                Err(error) => tracing::debug!("{}: {}", ReviewMessage::HeadNotConfirmed, error.problem()),
            }
        }
    }
}

/// What stands in the way of a pull request, as the end of a job.
fn verdict(error: ReviewError) -> Verdict {
    Verdict::of(error.outcome(), error.problem())
}

fn moved(pull_request: &PullRequest, to: String) -> Verdict {
    stale(ReviewMessage::Moved { from: pull_request.head.clone(), to })
}

/// The result is not about the head, or would not be.
pub(crate) fn stale(why: ReviewMessage) -> Verdict {
    let hints = vec![Hint::Review(ReviewHint::NewerJob)];
    Verdict { outcome: Outcome::Stale, reason: Message::from(why), hints }
}

/// What is worth knowing, and changes nothing.
pub(crate) fn notice(label: &str, message: ReviewMessage, hint: Option<ReviewHint>) {
    log_problem!(info, label, Problem::new(message).hints(hint.map(Hint::Review)));
}
