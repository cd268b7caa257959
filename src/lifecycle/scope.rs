//! Which findings count: all, or those on changed lines. The lines may have to be asked for, once a process.

use crate::error::Problem;
use crate::lifecycle::review::Review;
use crate::log_problem;
use crate::messages::ScopeMessage;
use crate::model::changed_lines::ChangedLines;
use crate::model::scope::Scope;
use crate::settings::ScopeSettings;
use std::sync::{Arc, Once};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

/// Where the changed lines come from.
pub(crate) struct ScopeSource<'a> {
    settings: &'a ScopeSettings,
    /// Who can be asked where there is no diff.
    review: Option<&'a Review<'a>>,
    said: Once,
    learned: OnceCell<Result<Arc<ChangedLines>, Problem>>,
}

impl<'a> ScopeSource<'a> {
    pub(crate) fn new(settings: &'a ScopeSettings, review: Option<&'a Review<'a>>) -> Self {
        Self { settings, review, said: Once::new(), learned: OnceCell::new() }
    }

    /// The lines on which findings count; `None`: all of them do, also where the lines could not be learned, so that
    /// nothing passes because of that.
    pub(crate) async fn counted_lines(&self, deadline: Instant) -> Option<Arc<ChangedLines>> {
        match self.settings.choice {
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

    /// The changed lines, whether or not only they count.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn changed_lines(&self, deadline: Instant) -> Result<Arc<ChangedLines>, Problem> {
        if let Some(lines) = &self.settings.diff {
            return Ok(Arc::clone(lines));
        }
        let Some(review) = self.review else { return Err(Problem::new(ScopeMessage::NoSource)) };
        let ask = async || match timeout_at(deadline, review.changed_lines(deadline)).await {
            Ok(answer) => answer.map(Arc::new),
            Err(_) => Err(Problem::new(ScopeMessage::TimedOut)),
        };
        self.learned.get_or_init(ask).await.clone()
    }
}
