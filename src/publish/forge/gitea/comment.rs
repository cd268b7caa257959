//! Comments on a pull request of Gitea or Forgejo: those of the issue that it is, too.

use super::api::total;
use super::owner::{Owners, wrote};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::RetryClass;
use crate::messages::{Attempt, HttpMessage};
use crate::publish::forge::address::shown_address;
use crate::publish::forge::rest::Rest;
use crate::publish::forge::sticky::{Comment, Conversation, is_marked};
use reqwest::Method;
use serde_json::{Value, json};

/// Comments of one key on one pull request.
#[derive(Debug)]
pub(super) struct Comments<'a> {
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
}

impl Comments<'_> {
    fn list_path(&self) -> String {
        format!("/repos/{}/issues/{}/comments", self.repository, self.number)
    }

    fn path(&self, id: u64) -> String {
        format!("/repos/{}/issues/comments/{id}", self.repository)
    }
}

impl Conversation for Comments<'_> {
    async fn look(&self) -> Result<Vec<Comment>, CallError> {
        // This list has no pages.
        let call = Call::get(Attempt::ReadComments, self.list_path(), &[]);
        let (list, headers) = self.api.list(call.clone()).await?;
        if let Some(total) = total(&headers).filter(|total| list.len() < *total) {
            // A comment that is not listed would be written a second time.
            let cut = HttpMessage::ListCut { listed: list.len() as u64, total: total as u64 };
            return Err(self.api.unreadable(call, cut));
        }
        let marked: Vec<&Value> = list
            .iter()
            .filter(|entry| entry["body"].as_str().is_some_and(|body| is_marked(body, self.key)))
            .collect();
        if marked.is_empty() {
            return Ok(Vec::new());
        }
        let owners = self.owners.logins(self.api).await?;
        let is_own = |entry: &&&Value| wrote(owners, entry);
        let comment = |entry: &&Value| {
            let body = entry["body"].as_str().unwrap_or_default().to_owned();
            Some(Comment { id: entry["id"].as_u64()?, url: url_in(entry), body })
        };
        Ok(marked.iter().filter(is_own).filter_map(comment).collect())
    }

    async fn create(&self, body: &str) -> Result<String, CallError> {
        let call = Call {
            class: RetryClass::CreateOnce,
            expected: &["id"],
            ..Call::post(Attempt::WriteComment, self.list_path(), json!({"body": body}).to_string())
        };
        Ok(url_in(&self.api.call(call).await?.0))
    }

    async fn edit(&self, id: u64, body: &str) -> Result<(), CallError> {
        let call = Call {
            method: Method::PATCH,
            expected: &["id"],
            ..Call::post(Attempt::EditComment, self.path(id), json!({"body": body}).to_string())
        };
        self.api.call(call).await.map(drop)
    }

    async fn delete(&self, id: u64) -> Result<(), CallError> {
        let call = Call { method: Method::DELETE, ..Call::get(Attempt::RemoveComment, self.path(id), &[]) };
        self.api.call(call).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.api.tries()
    }
}

/// The address of a comment; empty if none is given that can be shown.
fn url_in(comment: &Value) -> String {
    comment["html_url"].as_str().and_then(shown_address).unwrap_or_default()
}
