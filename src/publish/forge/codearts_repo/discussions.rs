//! The discussion of one key on a merge request. There is no "who am I": what may not be edited is another's.

use crate::codearts::repo::{Discussion, MergeRequest, Repo};
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::CALL_TRIES;
use crate::publish::forge::sticky::{Comment, Conversation, is_marked_visibly};
use std::cell::RefCell;
use std::collections::HashSet;
use tokio::time::Instant;

/// Discussions of one key on one merge request.
#[derive(Debug)]
pub(super) struct Discussions<'a> {
    repo: &'a Repo,
    place: MergeRequest,
    key: &'a str,
    deadline: Instant,
    /// What was found last, the oldest first, and what was created.
    found: RefCell<Vec<Discussion>>,
    /// Notes that others wrote.
    foreign: RefCell<HashSet<u64>>,
}

impl<'a> Discussions<'a> {
    pub(super) fn new(repo: &'a Repo, place: MergeRequest, key: &'a str, deadline: Instant) -> Self {
        let (found, foreign) = (RefCell::default(), RefCell::default());
        Self { repo, place, key, deadline, found, foreign }
    }

    /// A note turned out to be another's; so are all notes of its author.
    pub(super) fn disown(&self, note: u64) {
        let found = self.found.borrow();
        let author = found.iter().find(|entry| entry.note == note).and_then(|entry| entry.author);
        let is_theirs =
            |entry: &&Discussion| entry.note == note || author.is_some() && entry.author == author;
        self.foreign.borrow_mut().extend(found.iter().filter(is_theirs).map(|entry| entry.note));
    }

    /// Whether a note is known to be another's.
    pub(super) fn is_foreign(&self, note: u64) -> bool {
        self.foreign.borrow().contains(&note)
    }

    /// Settles the discussion of a note, or opens it again, unless it is so already.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn resolve(&self, note: u64, is_resolved: bool) -> Result<(), CallError> {
        let found = self.found.borrow().iter().find(|entry| entry.note == note).cloned();
        match found.filter(|discussion| discussion.is_resolved != is_resolved) {
            Some(discussion) => self.repo.resolve(self.place, &discussion, is_resolved, self.deadline).await,
            None => Ok(()),
        }
    }

    /// The latest note that is not another's.
    pub(super) fn latest(&self) -> Option<u64> {
        self.found.borrow().iter().rev().map(|entry| entry.note).find(|note| !self.is_foreign(*note))
    }
}

impl Conversation for Discussions<'_> {
    async fn look(&self) -> Result<Vec<Comment>, CallError> {
        let mut all = self.repo.discussions(self.place, self.deadline).await?;
        all.retain(|discussion| is_marked_visibly(&discussion.body, self.key));
        let comment = |discussion: &Discussion| Comment {
            id: discussion.note,
            url: String::new(),
            body: discussion.body.clone(),
        };
        let comments =
            all.iter().filter(|discussion| !self.is_foreign(discussion.note)).map(comment).collect();
        *self.found.borrow_mut() = all;
        Ok(comments)
    }

    async fn create(&self, body: &str) -> Result<String, CallError> {
        let created = self.repo.discuss(self.place, body, self.deadline).await?;
        self.found.borrow_mut().extend(created);
        Ok(String::new())
    }

    async fn edit(&self, id: u64, body: &str) -> Result<(), CallError> {
        let found = self.found.borrow().iter().find(|entry| entry.note == id).cloned();
        match found {
            Some(discussion) => self.repo.edit(self.place, &discussion, body, self.deadline).await,
            None => Ok(()),
        }
    }

    /// Nothing shows whose a second one is, so it stays.
    async fn delete(&self, _: u64) -> Result<(), CallError> {
        Ok(())
    }

    fn tries(&self) -> Tries {
        Tries { limit: CALL_TRIES, deadline: self.deadline, backoff: self.repo.backoff() }
    }
}
