//! Which findings count: all, or those on changed lines. The lines may have to be asked for, once a process.

use crate::error::Problem;
use crate::log_problem;
use crate::messages::ScopeMessage;
use crate::model::changed_lines::ChangedLines;
use crate::model::scope::Scope;
use crate::settings::ScopeSettings;
use futures_util::future::LocalBoxFuture;
use std::sync::Arc;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

/// Who can be asked which lines a pull request changes.
pub(crate) trait LinesOfForge {
    /// The lines, until a time.
    fn changed_lines(&self, deadline: Instant) -> LocalBoxFuture<'_, Result<ChangedLines, Problem>>;
}

/// Where the changed lines come from.
pub(crate) struct ScopeSource<'a> {
    settings: &'a ScopeSettings,
    /// Where there is no diff.
    forge: Option<&'a dyn LinesOfForge>,
    learned: OnceCell<Result<Arc<ChangedLines>, Problem>>,
}

impl<'a> ScopeSource<'a> {
    pub(crate) fn new(settings: &'a ScopeSettings, forge: Option<&'a dyn LinesOfForge>) -> Self {
        Self { settings, forge, learned: OnceCell::new() }
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
                tracing::info!("{}", ScopeMessage::Counted { files, whole });
                Some(lines)
            }
            Err(problem) => {
                let message = ScopeMessage::AllCount(Box::new(problem.clone().into()));
                log_problem!(warn, Problem::new(message).hints(problem.hints));
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
        let Some(forge) = self.forge else { return Err(Problem::new(ScopeMessage::NoSource)) };
        let ask = async || match timeout_at(deadline, forge.changed_lines(deadline)).await {
            Ok(answer) => answer.map(Arc::new),
            Err(_) => Err(Problem::new(ScopeMessage::TimedOut)),
        };
        self.learned.get_or_init(ask).await.clone()
    }
}
