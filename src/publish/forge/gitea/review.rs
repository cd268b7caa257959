//! Findings in the diff of a pull request of Gitea or Forgejo: each is a review with one comment, because a server removes only whole
//! reviews (`deleteIssueComment` of go-gitea/gitea answers 204 for a comment in the diff, and leaves it).
//!
//! `new_position` is the line of the new file. A reply belongs to the same review, which counts its comments: so the list of
//! reviews shows which findings have a comment, and which comments have a reply.

use super::api::{PAGE, total};
use super::owner::{Owners, wrote};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::{Failure, RetryClass};
use crate::messages::{Attempt, GiteaHint, Hint, HttpMessage, InlineMessage};
use crate::publish::forge::inline::{Diff, InlineComment, Mark, Remark};
use crate::publish::forge::interface::InDiff;
use crate::publish::forge::rest::Rest;
use reqwest::Method;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::HashSet;

/// Pages of reviews that are read. No pull request has more.
const PAGES_LIMIT: usize = 20;

/// Comments of one key in the diff of one pull request.
#[derive(Debug)]
pub(super) struct Review<'a> {
    /// The API.
    pub(super) api: &'a Rest,
    /// Whose comments this token has written.
    pub(super) owners: Owners<'a>,
    /// `owner/name`.
    pub(super) repository: &'a str,
    /// Number of the pull request.
    pub(super) number: u64,
    /// Distinguishes several gates.
    pub(super) key: &'a str,
    /// What is shown.
    pub(super) shown: InDiff<'a>,
    /// Whether the last look found a draft of the owner of the token. The server would publish it with the next review.
    pub(super) has_draft: Cell<bool>,
}

impl Review<'_> {
    fn path(&self) -> String {
        format!("/repos/{}/pulls/{}/reviews", self.repository, self.number)
    }

    /// All reviews of the pull request.
    async fn reviews(&self) -> Result<Vec<Value>, CallError> {
        let call = Call::get(Attempt::ReadInlineComments, self.path(), &[]);
        let (mut reviews, mut seen) = (Vec::new(), HashSet::new());
        let mut expected = None;
        for page in 1..=PAGES_LIMIT {
            let page = call.clone().with_query("page", page.to_string()).with_query("limit", PAGE);
            let (list, headers) = self.api.list(page).await?;
            if list.is_empty() {
                // The total also counts what this token does not see: the drafts of others.
                return Ok(reviews);
            }
            expected = total(&headers).or(expected);
            let before = seen.len();
            reviews.extend(list.into_iter().filter(|review| seen.insert(review["id"].as_u64())));
            // Servers that do not turn pages repeat the first.
            if seen.len() == before || expected.is_some_and(|expected| seen.len() >= expected) {
                break;
            }
        }
        match expected.filter(|expected| seen.len() < *expected) {
            // A comment that is not listed would be written a second time.
            Some(expected) => {
                let cut = HttpMessage::ListCut { listed: seen.len() as u64, total: expected as u64 };
                Err(self.api.unreadable(call, cut))
            }
            None => Ok(reviews),
        }
    }

    /// The comments of a review, replies among them.
    async fn comments(&self, review: &InlineComment) -> Result<Vec<Value>, CallError> {
        let path = format!("{}/{}/comments", self.path(), review.id);
        Ok(self.api.list(Call::get(Attempt::ReadInlineComments, path, &[])).await?.0)
    }

    /// What there is of a review with a reply: the comment, as it is now.
    async fn answered(&self, review: InlineComment) -> Result<InlineComment, CallError> {
        let list = self.comments(&review).await?;
        let owners = self.owners.logins().await?;
        let own = list.iter().filter(|entry| wrote(owners, entry)).find_map(|entry| {
            let body = entry["body"].as_str()?;
            let mark = Mark::read(body, self.key, false)?;
            let thread = entry["id"].as_u64()?.to_string();
            let is_resolved = entry["resolver"]["login"].as_str().is_some_and(|login| !login.is_empty());
            Some(InlineComment { thread, mark, body: body.to_owned(), is_resolved, ..review.clone() })
        });
        // Somebody removed the comment: what is left shows nothing.
        let gone = Mark { is_gone: true, ..review.mark };
        Ok(own.unwrap_or(InlineComment { mark: gone, ..review }))
    }
}

impl Diff for Review<'_> {
    fn key(&self) -> &str {
        self.key
    }

    async fn look(&self) -> Result<Vec<InlineComment>, CallError> {
        let reviews = self.reviews().await?;
        let marked: Vec<(&Value, InlineComment)> =
            reviews.iter().filter_map(|entry| Some((entry, review_in(entry, self.key)?))).collect();
        let drafts: Vec<&Value> = reviews.iter().filter(|entry| is_draft(entry)).collect();
        self.has_draft.set(false);
        if marked.is_empty() && drafts.is_empty() {
            return Ok(Vec::new());
        }
        let owners = self.owners.logins().await?;
        self.has_draft.set(drafts.iter().any(|entry| wrote(owners, entry)));
        let mut found = Vec::new();
        for (_, review) in marked.into_iter().filter(|(entry, _)| wrote(owners, entry)) {
            // Only the comment shows whether it is resolved, or marked already.
            found.push(if review.is_answered { self.answered(review).await? } else { review });
        }
        found.sort_by_key(|comment| comment.id);
        Ok(found)
    }

    async fn create(&self, remarks: &[Remark]) -> Result<(), CallError> {
        if self.has_draft.get() {
            let why = InlineMessage::Draft;
            let error = CallError::before_sending(Attempt::WriteInlineComments, Failure::Conflict, why);
            return Err(CallError { hints: vec![Hint::Gitea(GiteaHint::EndDraft)], ..error });
        }
        for Remark { path, line, body, .. } in remarks {
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
        let path = format!("/repos/{}/issues/comments/{}", self.repository, comment.thread);
        let body = json!({"body": body}).to_string();
        let call = Call { method: Method::PATCH, ..Call::post(Attempt::EditInlineComment, path, body) };
        self.api.call(call).await.map(drop)
    }

    /// Removes the whole review, unless anything in it is somebody else's: a reply is left where our comment was removed.
    async fn delete(&self, comment: &InlineComment) -> Result<(), CallError> {
        let owners = self.owners.logins().await?;
        let is_own = |entry: &Value| {
            wrote(owners, entry)
                && entry["body"].as_str().is_some_and(|body| Mark::read(body, self.key, false).is_some())
        };
        if !self.comments(comment).await?.iter().all(is_own) {
            let why = InlineMessage::Gone;
            return Err(CallError::before_sending(Attempt::RemoveInlineComment, Failure::NotFound, why));
        }
        let path = format!("{}/{}", self.path(), comment.id);
        let call = Call { method: Method::DELETE, ..Call::get(Attempt::RemoveInlineComment, path, &[]) };
        self.api.call(call).await.map(drop)
    }

    /// Newer servers offer that. Elsewhere, and where this token may not, the text shows it all the same.
    async fn resolve(&self, comment: &InlineComment) -> Result<(), CallError> {
        let path = format!("/repos/{}/pulls/comments/{}/resolve", self.repository, comment.thread);
        match self.api.call(Call::post(Attempt::EditInlineComment, path, "{}")).await {
            Err(error) if matches!(error.status, Some(403..=405)) => Ok(()),
            answer => answer.map(drop),
        }
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
    let Mark { fingerprint, .. } = Mark::read(entry["body"].as_str()?, key, false)?;
    let count = entry["comments_count"].as_u64();
    Some(InlineComment {
        id: entry["id"].as_u64()?,
        thread: String::new(),
        // A review whose comment somebody removed shows nothing.
        mark: Mark { fingerprint, is_gone: count == Some(0) },
        body: String::new(),
        // Where they are not counted, there may be one.
        is_answered: count.is_none_or(|count| count > 1),
        is_resolved: false,
    })
}
