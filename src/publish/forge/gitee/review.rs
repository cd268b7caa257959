//! Findings in the diff of a pull request of Gitee or GitCode. Each is a comment of the pull request with a path and a `position`.
//!
//! What `position` means: on GitCode the line of the new file. The manual of gitcode-cli/cli (`docs/COMMANDS.md`, 2026-08)
//! says so after a try on the live service, and the list shows `diff_position.start_new_line`. On Gitee the line of the diff, as on
//! GitHub: the generated clients of its API have "Diff的相对行数", relative line of the diff. Whether the `@@` of a later hunk
//! counts there is not documented, so a comment that stands on another line is removed again.

use super::api::Api;
use super::dialect::{Speaks as _, id, number};
use super::read;
use crate::ci::gitee::Kind;
use crate::diff::position;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::{Failure, RetryClass};
use crate::messages::{Attempt, InlineMessage};
use crate::publish::forge::inline::{Diff, InlineComment, Mark, Remark, Thread};
use crate::publish::forge::interface::InDiff;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use tokio::sync::OnceCell;

/// What a forge answers when it takes no comment on a line.
const MISPLACED: u16 = 422;

/// Comments of one key in the diff of one pull request.
#[derive(Debug)]
pub(super) struct Review<'a> {
    /// The API.
    pub(super) api: &'a Api<'a>,
    /// The number of the pull request.
    pub(super) number: u64,
    /// Distinguishes several gates.
    pub(super) key: &'a str,
    /// What is shown.
    pub(super) shown: InDiff<'a>,
    /// The patch of each file, read once.
    pub(super) patches: OnceCell<HashMap<String, String>>,
}

impl Review<'_> {
    fn path(&self) -> String {
        format!("/pulls/{}/comments", self.number)
    }

    /// The comment as its forge takes it.
    async fn placed(&self, remark: &Remark) -> Result<Value, CallError> {
        let Remark { path, line, body, .. } = remark;
        match self.api.job.kind {
            Kind::GitCode => Ok(json!({"body": body, "path": path, "position": line})),
            Kind::Gitee => {
                let patches = self.patches.get_or_try_init(|| read::patches(self.api, self.number)).await?;
                let place = patches.get(path).and_then(|patch| position(patch, *line));
                let place = place.ok_or_else(|| misplaced(remark))?;
                let head = self.shown.head;
                Ok(json!({"body": body, "path": path, "position": place, "commit_id": head}))
            }
        }
    }

    async fn remove(&self, id: u64) -> Result<(), CallError> {
        let path = format!("/pulls/comments/{id}");
        let call = Call { method: Method::DELETE, ..Call::get(Attempt::RemoveInlineComment, path, &[]) };
        self.api.call(call).await.map(drop)
    }
}

impl Diff for Review<'_> {
    const HAS_VISIBLE_MARKS: bool = true;

    fn key(&self) -> &str {
        self.key
    }

    async fn look(&self) -> Result<Vec<InlineComment>, CallError> {
        let list = self.api.list(Call::get(Attempt::ReadInlineComments, self.path(), &[])).await?;
        let answered: HashSet<u64> =
            list.iter().filter_map(|entry| number(&entry["in_reply_to_id"])).filter(|id| *id > 0).collect();
        let mut candidates: Vec<(&Value, InlineComment)> =
            list.iter().filter_map(|entry| Some((entry, comment_in(entry, self.key)?))).collect();
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        // Guessing wrong would leave a second comment, so a failure is a failure.
        let own = self.api.own_id().await?;
        candidates.retain(|(entry, _)| id(&entry["user"]["id"]).as_deref() == Some(own));
        let mut found: Vec<InlineComment> = candidates
            .into_iter()
            .map(|(_, comment)| {
                let is_answered = comment.is_answered || answered.contains(&comment.id);
                InlineComment { is_answered, ..comment }
            })
            .collect();
        // The order of the list is not documented.
        found.sort_by_key(|comment| comment.id);
        Ok(found)
    }

    async fn create(&self, remarks: &[Remark]) -> Result<(), CallError> {
        for remark in remarks {
            let call = Call {
                class: RetryClass::CreateOnce,
                expected: &["id"],
                ..Call::post(
                    Attempt::WriteInlineComments,
                    self.path(),
                    self.placed(remark).await?.to_string(),
                )
            };
            let made = self.api.call(call).await?;
            if let Some(id) = self.api.job.kind.created_id(&made).filter(|_| is_elsewhere(&made, remark)) {
                return Err(match self.remove(id).await {
                    // It is there for certain: nothing is looked for, and it does not count as written.
                    Err(error) if error.failure != Failure::NotFound => {
                        CallError { failure: Failure::Conflict, ..error }
                    }
                    _ => misplaced(remark),
                });
            }
        }
        Ok(())
    }

    async fn edit(&self, comment: &InlineComment, body: &str) -> Result<(), CallError> {
        let path = format!("/pulls/comments/{}", comment.id);
        let body = json!({"body": body}).to_string();
        let call = Call { method: Method::PATCH, ..Call::post(Attempt::EditInlineComment, path, body) };
        self.api.call(call).await.map(drop)
    }

    async fn delete(&self, comment: &InlineComment) -> Result<(), CallError> {
        self.remove(comment.id).await
    }

    /// How Gitee does that is not documented.
    fn can_resolve(&self) -> bool {
        match self.api.job.kind {
            Kind::Gitee => false,
            Kind::GitCode => true,
        }
    }

    async fn resolve(&self, comment: &InlineComment) -> Result<(), CallError> {
        if comment.thread_id.is_empty() {
            return Ok(());
        }
        let path = format!("{}/{}", self.path(), comment.thread_id);
        let body = json!({"resolved": true}).to_string();
        let call = Call { method: Method::PUT, ..Call::post(Attempt::EditInlineComment, path, body) };
        self.api.call(call).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.api.tries()
    }
}

/// A comment that carries a mark, whoever wrote it.
fn comment_in(entry: &Value, key: &str) -> Option<InlineComment> {
    let body = entry["body"].as_str()?;
    Some(InlineComment {
        id: number(&entry["id"])?,
        // It stands in a path.
        thread_id: id(&entry["discussion_id"]).filter(|id| is_plain(id)).unwrap_or_default(),
        mark: Mark::read(body, key, true)?,
        body: body.to_owned(),
        // GitCode lists `diff_position.start_new_line`, which does not follow its line.
        line: None,
        // GitCode lists replies with what they reply to.
        is_answered: entry["reply"].as_array().is_some_and(|replies| !replies.is_empty()),
        thread: if entry["resolved"] == true { Thread::Resolved } else { Thread::Open },
    })
}

/// Whether a new comment stands on another line, or on none, as far as the answer shows that.
fn is_elsewhere(made: &Value, remark: &Remark) -> bool {
    let is_on_other_line = number(&made["new_line"]).is_some_and(|line| line != u64::from(remark.line));
    is_on_other_line || made.get("path").is_some_and(Value::is_null)
}

fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The comment would stand on another line.
fn misplaced(Remark { path, line, .. }: &Remark) -> CallError {
    let why = InlineMessage::NotInDiff { place: format!("{path}:{line}") };
    let unsent = CallError::before_sending(Attempt::WriteInlineComments, Failure::Rejected, why);
    CallError { status: Some(MISPLACED), ..unsent }
}
