//! Reads the pull request that a job is about, whatever is published: which one it is, its head, and the lines that it changes.

use super::forge::{self, EventPullRequest, Forge};
use super::plan::client;
use super::reviewed::{Identified, ReviewError};
use crate::ci::Change;
use crate::codearts::repo::Repo;
use crate::http::{HttpClient, HttpSettings};
use crate::messages::NowhereMessage;
use crate::model::changed_lines::ChangedLines;
use crate::model::pull_request::{ForgeName, PullRequest};
use std::cell::OnceCell;
use std::sync::Arc;
use tokio::time::Instant;

/// The forge where the change of this job is reviewed.
#[derive(Debug)]
pub struct CodeReview {
    forge: Box<dyn Forge>,
    http: HttpSettings,
    client: OnceCell<HttpClient>,
}

impl CodeReview {
    /// How to read the change that the job is about.
    ///
    /// # Errors
    /// When no known forge reviews it.
    pub fn new(change: Option<&Change>, http: HttpSettings) -> Result<Self, NowhereMessage> {
        let change = change.ok_or(NowhereMessage::NoChange)?;
        let forge = forge::of(change).map_err(NowhereMessage::UnknownForge)?;
        Ok(Self { forge, http, client: OnceCell::new() })
    }

    /// Hands over CodeArts Repo to a forge that needs it.
    pub fn connect(&mut self, repo: &Arc<Repo>) {
        self.forge.connect(repo);
    }

    /// The forge, if it does not show which lines a pull request changes.
    pub fn lacks_changed_lines(&self) -> Option<ForgeName> {
        self.forge.lacks_changed_lines()
    }

    /// The pull request with this number, or the one that the job is about, as it is now.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub async fn pull_request(
        &self,
        number: Option<u64>,
        deadline: Instant,
    ) -> Result<Identified, ReviewError> {
        self.forge.identify(number, self.client()?, deadline).await
    }

    /// The same pull request as it is now. One request.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn current(
        &self,
        pull_request: &PullRequest,
        deadline: Instant,
    ) -> Result<PullRequest, ReviewError> {
        self.forge.current(pull_request, self.client()?, deadline).await
    }

    /// The lines that it adds or changes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn changed_lines(
        &self,
        pull_request: &PullRequest,
        deadline: Instant,
    ) -> Result<ChangedLines, ReviewError> {
        self.forge.changed_lines(pull_request, self.client()?, deadline).await
    }

    /// The client, made once: connections are shared.
    fn client(&self) -> Result<&HttpClient, ReviewError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = client(&self.http, self.forge.api_url()).map_err(ReviewError::Unavailable)?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// The pull request that a job about this change is about, as far as a file on this machine shows it.
pub fn event_pull_request(change: &Change) -> Option<EventPullRequest> {
    forge::of(change).ok()?.of_event()
}
