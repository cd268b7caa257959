//! Findings in the diff of a pull request of Gitea or Forgejo: each is a review with one comment, because a server removes only whole
//! reviews (`deleteIssueComment` of go-gitea/gitea answers 204 for a comment in the diff, and leaves it).
//!
//! `new_position` is the line of the new file. The API shows that line ever after, not where a push has moved it. A reply belongs to
//! the same review, which counts its comments: so the list of reviews shows which findings have a comment, and which comments have
//! a reply.

use super::api::{PAGE, total};
use super::owner::{Owners, wrote};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::{Failure, RetryClass};
use crate::messages::{Attempt, GiteaHint, Hint, HttpMessage, InlineMessage};
use crate::publish::forge::inline::{Diff, InlineComment, Mark, Remark, Standing, Thread};
use crate::publish::forge::interface::InDiff;
use crate::publish::forge::rest::Rest;
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use reqwest::Method;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

/// Pages of reviews that are read. No pull request has more.
const PAGES_LIMIT: usize = 20;

/// Reviews that are looked at closely at once.
const LOOKS_AT_ONCE: usize = 4;

/// Comments of one key in the diff of one pull request.
#[derive(Debug)]
pub(super) struct Review<'a> {
    /// The API.
    pub(super) api: &'a Rest,
    /// Whose comments this token has written.
    pub(super) owners: &'a Owners,
    /// `owner/name`.
    pub(super) repository: &'a str,
    /// Number of the pull request.
    pub(super) number: u64,
    /// Distinguishes several gates.
    pub(super) key: &'a str,
    /// What is shown.
    pub(super) shown: InDiff<'a>,
    /// Drafts of the owner of the token that the last look found. The server would publish them with the next review.
    pub(super) drafts: RefCell<Vec<Value>>,
    /// The last page of the list of reviews.
    pub(super) last: Cell<PageOfReviews>,
}

/// A page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageOfReviews {
    /// Its number, from 1.
    number: usize,
    /// How many entries come before it.
    before: usize,
}

impl PageOfReviews {
    /// The first one.
    pub(super) const FIRST: Self = Self { number: 1, before: 0 };
}

impl Review<'_> {
    fn path(&self) -> String {
        format!("/repos/{}/pulls/{}/reviews", self.repository, self.number)
    }

    /// The reviews of the pull request from a page on, the oldest first. Remembers the last page.
    async fn reviews(&self, first: PageOfReviews) -> Result<Vec<Value>, CallError> {
        let call = Call::get(Attempt::ReadInlineComments, self.path(), &[]);
        let (mut reviews, mut seen) = (Vec::new(), HashSet::new());
        let (mut expected, mut is_whole) = (None, false);
        for number in first.number..=PAGES_LIMIT {
            let page = call.clone().with_query("page", number.to_string()).with_query("limit", PAGE);
            let (list, headers) = self.api.list(page).await?;
            if list.is_empty() {
                // The total also counts what this token does not see: the drafts of others.
                return Ok(reviews);
            }
            expected = total(&headers).or(expected);
            let before = first.before + seen.len();
            reviews.extend(list.into_iter().filter(|review| seen.insert(review["id"].as_u64())));
            self.last.set(PageOfReviews { number, before });
            let now = first.before + seen.len();
            // Servers that do not turn pages repeat the first.
            is_whole = now == before || expected.is_some_and(|expected| now >= expected);
            if is_whole {
                break;
            }
        }
        let listed = first.before + seen.len();
        match expected.filter(|expected| listed < *expected) {
            // A comment that is not listed would be written a second time.
            Some(expected) => {
                let cut = HttpMessage::ListCut { listed: listed as u64, total: expected as u64 };
                Err(self.api.unreadable(call, cut))
            }
            None if is_whole => Ok(reviews),
            None => Err(CallError::list_too_long(call.attempt)),
        }
    }

    /// Makes sure that the next review publishes nothing else. What a creation that broke off has left is removed.
    async fn end_drafts(&self) -> Result<(), CallError> {
        let recent = self.reviews(self.last.get()).await?;
        let mut drafts = self.drafts.take();
        drafts.extend(recent.into_iter().filter(is_draft));
        if drafts.is_empty() {
            return Ok(());
        }
        let owners = self.owners.logins(self.api).await?;
        drafts.retain(|entry| wrote(owners, entry));
        let mut ended = HashSet::new();
        for draft in drafts {
            let Some(id) = draft["id"].as_u64().filter(|id| ended.insert(*id)) else { continue };
            let comments = self.comments(id).await?;
            let is_left = !comments.is_empty() && comments.iter().all(|entry| self.is_own(owners, entry));
            if !is_left || draft["body"].as_str().is_some_and(|body| !body.is_empty()) {
                let why = InlineMessage::Draft;
                let error = CallError::before_sending(Attempt::WriteInlineComments, Failure::Conflict, why);
                return Err(CallError { hints: vec![Hint::Gitea(GiteaHint::EndDraft)], ..error });
            }
            self.remove(id).await?;
        }
        Ok(())
    }

    /// Whether this program wrote a comment in the diff.
    fn is_own(&self, owners: &[String], entry: &Value) -> bool {
        let has_mark = |body| Mark::read(body, self.key, false).is_some();
        wrote(owners, entry) && entry["body"].as_str().is_some_and(has_mark)
    }

    /// The comments of a review, replies among them.
    async fn comments(&self, review: u64) -> Result<Vec<Value>, CallError> {
        let path = format!("{}/{review}/comments", self.path());
        Ok(self.api.list(Call::get(Attempt::ReadInlineComments, path, &[])).await?.0)
    }

    /// Removes a whole review.
    async fn remove(&self, review: u64) -> Result<(), CallError> {
        let path = format!("{}/{review}", self.path());
        let call = Call { method: Method::DELETE, ..Call::get(Attempt::RemoveInlineComment, path, &[]) };
        self.api.call(call).await.map(drop)
    }
}

impl Diff for Review<'_> {
    fn key(&self) -> &str {
        self.key
    }

    async fn look(&self) -> Result<Vec<InlineComment>, CallError> {
        let reviews = self.reviews(PageOfReviews::FIRST).await?;
        let marked: Vec<(&Value, InlineComment)> =
            reviews.iter().filter_map(|entry| Some((entry, review_in(entry, self.key)?))).collect();
        let drafts: Vec<&Value> = reviews.iter().filter(|entry| is_draft(entry)).collect();
        self.drafts.take();
        if marked.is_empty() && drafts.is_empty() {
            return Ok(Vec::new());
        }
        let owners = self.owners.logins(self.api).await?;
        self.drafts.replace(drafts.into_iter().filter(|entry| wrote(owners, entry)).cloned().collect());
        let own = marked.into_iter().filter(|(entry, _)| wrote(owners, entry)).map(async |(_, review)| {
            // Only the comment shows whether it is resolved, or marked as gone: an open finding must not be hidden by such a one.
            let is_found = self.shown.findings.get(review.mark.fingerprint).is_some();
            if review.is_answered || is_found { self.closer(&review).await } else { Ok(review) }
        });
        let mut found: Vec<InlineComment> = iter(own).buffered(LOOKS_AT_ONCE).try_collect().await?;
        found.sort_by_key(|comment| comment.id);
        Ok(found)
    }

    /// The list of reviews has neither the text of a comment nor its replies. A reply is left where our comment was removed.
    async fn closer(&self, review: &InlineComment) -> Result<InlineComment, CallError> {
        let list = self.comments(review.id).await?;
        let owners = self.owners.logins(self.api).await?;
        let is_answered = !list.iter().all(|entry| self.is_own(owners, entry));
        let own = list.iter().filter(|entry| wrote(owners, entry)).find_map(|entry| {
            let body = entry["body"].as_str()?;
            let mark = Mark::read(body, self.key, false)?;
            let thread_id = entry["id"].as_u64()?.to_string();
            let is_resolved = entry["resolver"]["login"].as_str().is_some_and(|login| !login.is_empty());
            let thread = if is_resolved { Thread::Resolved } else { Thread::Open };
            let body = body.to_owned();
            Some(InlineComment { thread_id, mark, body, thread, is_answered, ..review.clone() })
        });
        // Somebody removed the comment: what is left shows nothing.
        let gone = Mark { standing: Standing::Gone, ..review.mark };
        Ok(own.unwrap_or(InlineComment { mark: gone, is_answered, ..review.clone() }))
    }

    async fn create(&self, remarks: &[Remark]) -> Result<(), CallError> {
        for Remark { path, line, body, .. } in remarks {
            self.end_drafts().await?;
            let mark = body.lines().next().unwrap_or_default();
            let heading = InlineMessage::Heading { number: 1 }.text(self.shown.language);
            let review = json!({
                "event": "COMMENT",
                "commit_id": self.shown.head,
                "body": format!("{mark}\n{heading}"),
                "comments": [{"path": path, "new_position": line, "body": body}],
            });
            let call = Call {
                class: RetryClass::CreateOnce,
                expected: &["id"],
                ..Call::post(Attempt::WriteInlineComments, self.path(), review.to_string())
            };
            self.api.call(call).await?;
        }
        Ok(())
    }

    async fn edit(&self, comment: &InlineComment, body: &str) -> Result<(), CallError> {
        let path = format!("/repos/{}/issues/comments/{}", self.repository, comment.thread_id);
        let body = json!({"body": body}).to_string();
        let call = Call { method: Method::PATCH, ..Call::post(Attempt::EditInlineComment, path, body) };
        self.api.call(call).await.map(drop)
    }

    async fn delete(&self, comment: &InlineComment) -> Result<(), CallError> {
        self.remove(comment.id).await
    }

    fn can_resolve(&self) -> bool {
        true
    }

    /// Newer servers offer that.
    async fn resolve(&self, comment: &InlineComment) -> Result<(), CallError> {
        let path = format!("/repos/{}/pulls/comments/{}/resolve", self.repository, comment.thread_id);
        self.api.call(Call::post(Attempt::EditInlineComment, path, "{}")).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.api.tries()
    }
}

/// Whether a review is not published yet. A refused comment may leave one without anything in it, which does no harm.
fn is_draft(entry: &Value) -> bool {
    let is_empty = entry["comments_count"] == 0 && entry["body"].as_str().is_none_or(str::is_empty);
    entry["state"] == "PENDING" && !is_empty
}

/// A review that carries a mark, whoever wrote it.
fn review_in(entry: &Value, key: &str) -> Option<InlineComment> {
    let mark = Mark::read(entry["body"].as_str()?, key, false)?;
    let count = entry["comments_count"].as_u64();
    // A review whose comment somebody removed shows nothing.
    let standing = if count == Some(0) { Standing::Gone } else { mark.standing };
    Some(InlineComment {
        id: entry["id"].as_u64()?,
        thread_id: String::new(),
        // It was written for the text of the comment, which is not here.
        mark: Mark { standing, is_edited: false, ..mark },
        body: String::new(),
        line: None,
        // Where they are not counted, there may be one.
        is_answered: count.is_none_or(|count| count > 1),
        thread: Thread::Open,
    })
}
