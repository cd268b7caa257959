//! Which findings count: all, or those on changed lines. The lines may have to be asked for, once a process.

use crate::error::Problem;
use crate::lifecycle::review::Review;
use crate::log_problem;
use crate::messages::ScopeMessage;
use crate::model::changed_lines::ChangedLines;
use crate::model::scope::Scope;
use crate::publish::{CodeReview, ReviewError};
use crate::settings::ScopeSettings;
use std::sync::{Arc, Once};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

/// Where the changed lines come from.
pub(crate) struct ScopeSource<'a> {
    settings: &'a ScopeSettings,
    /// The pull request that is checked, which is asked where there is no diff.
    review: Option<&'a Review<'a>>,
    said: Once,
    said_of_comments: Once,
    learned: OnceCell<Result<Arc<ChangedLines>, Problem>>,
}

impl<'a> ScopeSource<'a> {
    pub(crate) fn new(settings: &'a ScopeSettings, review: Option<&'a Review<'a>>) -> Self {
        Self { settings, review, said: Once::new(), said_of_comments: Once::new(), learned: OnceCell::new() }
    }

    /// The lines on which findings count; `None`: all of them do, also where the lines could not be learned, so that
    /// nothing passes because of that.
    pub(crate) async fn counted_lines(&self, scope: Scope, deadline: Instant) -> Option<Arc<ChangedLines>> {
        match scope {
            Scope::All => return None,
            Scope::Changed => {}
        }
        match self.changed_lines(deadline).await {
            Ok(lines) => {
                let (files, whole) = (lines.files() as u64, lines.whole().count() as u64);
                self.said.call_once(|| tracing::info!("{}", ScopeMessage::Counted { files, whole }));
                Some(lines)
            }
            Err(problem) => {
                let message = ScopeMessage::AllCount(Box::new(problem.clone().into()));
                let problem = Problem::new(message).hints(problem.hints);
                self.said.call_once(|| log_problem!(warn, problem));
                None
            }
        }
    }

    /// The lines on which findings are shown in the diff; `None`: they could not be learned.
    pub(crate) async fn commented_lines(&self, deadline: Instant) -> Option<Arc<ChangedLines>> {
        let problem = match self.changed_lines(deadline).await {
            Ok(lines) => return Some(lines),
            Err(problem) => problem,
        };
        let message = ScopeMessage::NoneCommented(Box::new(problem.clone().into()));
        let problem = Problem::new(message).hints(problem.hints);
        self.said_of_comments.call_once(|| log_problem!(warn, problem));
        None
    }

    /// The changed lines, whether or not only they count.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn changed_lines(&self, deadline: Instant) -> Result<Arc<ChangedLines>, Problem> {
        if let Some(lines) = &self.settings.diff {
            return Ok(Arc::clone(lines));
        }
        let asking = async {
            match (self.review, &self.settings.review) {
                (Some(checked), _) => checked.changed_lines(deadline).await,
                (None, Some(way)) => of_job(way, deadline).await.map_err(ReviewError::problem),
                (None, None) => Err(Problem::new(ScopeMessage::NoSource)),
            }
        };
        let ask = async || match timeout_at(deadline, asking).await {
            Ok(answer) => answer.map(Arc::new),
            Err(_) => Err(Problem::new(ScopeMessage::TimedOut)),
        };
        self.learned.get_or_init(ask).await.clone()
    }
}

/// The lines that the pull request of this job changes, although the task is judged as CodeArts has it.
async fn of_job(way: &CodeReview, deadline: Instant) -> Result<ChangedLines, ReviewError> {
    let pull_request = way.pull_request(None, deadline).await?.pull_request;
    way.changed_lines(&pull_request, deadline).await
}
