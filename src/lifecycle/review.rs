//! The pull request whose code is checked: which one it is, and whether its head has moved. Asked once for all tasks.

use crate::error::Problem;
use crate::lifecycle::report::Verdict;
use crate::log_problem;
use crate::messages::{Hint, JobHint, ReviewHint, ReviewMessage, RunFileHint};
use crate::model::changed_lines::ChangedLines;
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::model::repository::same_repository;
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
    /// When the forge was asked last, and how the pull request was then.
    latest: Mutex<Option<(Instant, PullRequest)>>,
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
            Err(_) => return Err(Verdict::new(Outcome::Unavailable, ReviewMessage::CreationTimedOut)),
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
            Some(job) if job != head => {
                Err(stale(ReviewMessage::MovedBefore { job, now: head }, ReviewHint::NewerJob))
            }
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

    /// What has changed that the result depends on, as it was read at `since` or later: tasks that end at the same time ask once.
    async fn change(
        &self,
        pull_request: &PullRequest,
        since: Instant,
        deadline: Instant,
    ) -> Result<Option<Verdict>, ReviewError> {
        let mut latest = self.latest.lock().await;
        if let Some((_, now)) = latest.as_ref().filter(|(asked, _)| *asked >= since) {
            return Ok(change(pull_request, now));
        }
        let asked = Instant::now();
        let now = self.settings.review.current(pull_request, deadline).await?;
        let change = change(pull_request, &now);
        *latest = Some((asked, now));
        Ok(change)
    }

    /// Makes sure that the head is the commit that is checked, and the branches are the same.
    ///
    /// # Errors
    /// What is another one, or why it is not known.
    pub(crate) async fn ensure_head(&self, deadline: Instant) -> Result<(), Verdict> {
        let pull_request = self.pull_request(deadline).await?;
        let unknown = |verdict: Verdict| verdict.within(ReviewMessage::HeadNotKnown);
        match timeout_at(deadline, self.change(pull_request, Instant::now(), deadline)).await {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some(change))) => Err(change),
            Ok(Err(error)) => Err(unknown(verdict(error))),
            Err(_) => {
                let out_of_time = Verdict::new(Outcome::Unavailable, ReviewMessage::HeadNotInTime);
                Err(unknown(out_of_time))
            }
        }
    }

    /// The pull request as the forge showed it last, after it was identified.
    pub(crate) fn latest(&self) -> Option<PullRequest> {
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
            match self.change(pull_request, since, deadline.min(now + self.gap)).await {
                Ok(None) => {}
                Ok(Some(change)) => return change,
                Err(error) => tracing::debug!("{}: {}", ReviewMessage::HeadNotConfirmed, error.problem()),
            }
        }
    }
}

/// What stands in the way of a pull request, as the end of a job.
fn verdict(error: ReviewError) -> Verdict {
    Verdict::of(error.outcome(), error.problem())
}

/// What has changed in a pull request that a result depends on: its head, and the branches that it is about.
fn change(then: &PullRequest, now: &PullRequest) -> Option<Verdict> {
    let branches = |of: &PullRequest| (of.source_branch.clone(), of.target_branch.clone());
    if now.head != then.head {
        let (from, to) = (then.head.clone(), now.head.clone());
        Some(stale(ReviewMessage::Moved { from, to }, ReviewHint::NewerJob))
    } else if branches(now) != branches(then) {
        let (from, to) = (branches(then), branches(now));
        Some(stale(ReviewMessage::Redirected { from, to }, JobHint::RunAgain))
    } else if now.repository_url != then.repository_url
        && !same_repository(&now.repository_url, &then.repository_url)
    {
        let (then, now) = (then.repository_url.clone(), now.repository_url.clone());
        Some(stale(ReviewMessage::Elsewhere { then, now }, RunFileHint::SamePullRequest))
    } else {
        None
    }
}

/// The result is not about the head, or would not be.
pub(crate) fn stale(why: ReviewMessage, hint: impl Into<Hint>) -> Verdict {
    Verdict::new(Outcome::Stale, why).hint(hint)
}

/// What is worth knowing, and changes nothing.
pub(crate) fn notice(label: &str, message: ReviewMessage, hint: Option<ReviewHint>) {
    log_problem!(info, label, Problem::new(message).hints(hint.map(Hint::Review)));
}
