//! Findings in the diff of a pull request of GitHub: new ones in one review, which GitHub takes as a whole or not at all.

use super::identity::Author;
use super::place::Place;
use super::request::Request;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::messages::{Attempt, InlineMessage};
use crate::publish::forge::inline::{Diff, InlineComment, Mark, Remark, Thread};
use crate::publish::forge::interface::InDiff;
use crate::publish::forge::read::no_list;
use crate::report::lists::on_lines::DIFF_LIMIT;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Comments a page, the most GitHub gives.
const PAGE: usize = 100;
/// Pages that are read. With more comments than on these, none is written.
const PAGES_LIMIT: usize = 100;

/// Comments of one key in the diff of one pull request.
#[derive(Debug)]
pub(super) struct Review<'a> {
    /// Where.
    pub(super) place: Place<'a>,
    /// What is shown.
    pub(super) shown: InDiff<'a>,
}

impl Review<'_> {
    fn route(&self, comment: &InlineComment) -> String {
        format!("/repos/{}/pulls/comments/{}", self.place.repository, comment.id)
    }
}

impl Diff for Review<'_> {
    const AT_ONCE: usize = DIFF_LIMIT;

    fn key(&self) -> &str {
        self.place.key
    }

    async fn look(&self) -> Result<Vec<InlineComment>, CallError> {
        let mut candidates = Vec::new();
        let mut answered = HashSet::new();
        for page in 1..=PAGES_LIMIT {
            let Place { repository, number, .. } = self.place;
            let route = format!("/repos/{repository}/pulls/{number}/comments?per_page={PAGE}&page={page}");
            let response = self.place.api.call(&Request::get(Attempt::ReadInlineComments, route)).await?;
            let Some(list) = response.body.as_array() else {
                return Err(no_list(Attempt::ReadInlineComments, &response.body));
            };
            for entry in list {
                match entry["in_reply_to_id"].as_u64() {
                    Some(first) => drop(answered.insert(first)),
                    None => candidates.extend(comment_in(entry, self.place.key)),
                }
            }
            if !response.has_next_page() {
                break;
            }
            if page == PAGES_LIMIT {
                return Err(CallError::list_too_long(Attempt::ReadInlineComments));
            }
        }
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let identity = self.place.owner.identity(self.place.api).await?;
        let own = candidates.into_iter().filter(|(author, _)| identity.wrote(author));
        Ok(own
            .map(|(_, comment)| InlineComment { is_answered: answered.contains(&comment.id), ..comment })
            .collect())
    }

    async fn create(&self, remarks: &[Remark]) -> Result<(), CallError> {
        let comments: Vec<Value> = remarks
            .iter()
            .map(|Remark { path, line, body, .. }| json!({"path": path, "line": line, "side": "RIGHT", "body": body}))
            .collect();
        let heading = InlineMessage::Heading { number: comments.len() as u64 };
        let body = json!({
            "commit_id": self.shown.head,
            "event": "COMMENT",
            "body": heading.text(self.shown.language),
            "comments": comments,
        });
        let route = format!("/repos/{}/pulls/{}/reviews", self.place.repository, self.place.number);
        self.place.api.call(&Request::create(Attempt::WriteInlineComments, route, body)).await.map(drop)
    }

    async fn edit(&self, comment: &InlineComment, body: &str) -> Result<(), CallError> {
        let body = Some(json!({"body": body}));
        let request = Request::freely(Attempt::EditInlineComment, Method::PATCH, self.route(comment), body);
        self.place.api.call(&request).await.map(drop)
    }

    async fn delete(&self, comment: &InlineComment) -> Result<(), CallError> {
        let request =
            Request::freely(Attempt::RemoveInlineComment, Method::DELETE, self.route(comment), None);
        self.place.api.call(&request).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.place.api.tries()
    }
}

/// A comment that carries a mark, and who wrote it.
fn comment_in(entry: &Value, key: &str) -> Option<(Author, InlineComment)> {
    let body = entry["body"].as_str()?;
    let comment = InlineComment {
        id: entry["id"].as_u64()?,
        thread_id: String::new(),
        mark: Mark::read(body, key, false)?,
        body: body.to_owned(),
        // `null` where a push has changed it.
        line: entry["line"].as_u64().and_then(|line| u32::try_from(line).ok()),
        is_answered: false,
        thread: Thread::Open,
    };
    Some((Author::of(entry), comment))
}
