//! Comments on a pull request (`ci/forges-cn`, sections 1.1 and 2.1).

use super::api::Api;
use super::dialect::{Speaks as _, id, number};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::RetryClass;
use crate::messages::Attempt;
use crate::publish::forge::sticky::{Comment, Conversation, is_marked_visibly};
use reqwest::Method;
use serde_json::{Value, json};

/// Comments of one key on one pull request.
#[derive(Debug)]
pub(super) struct Comments<'a> {
    /// The API.
    pub(super) api: &'a Api<'a>,
    /// The number of the pull request.
    pub(super) number: u64,
    /// Distinguishes several gates.
    pub(super) key: &'a str,
}

impl Comments<'_> {
    fn path(&self) -> String {
        format!("/pulls/{}/comments", self.number)
    }

    /// Address of a comment, from its description.
    fn url(&self, comment: &Value) -> String {
        let job = self.api.job;
        let page = job.url().unwrap_or_default();
        job.kind.comment_url(comment, &format!("{page}/{}/{}", job.kind.page_word(), self.number))
    }
}

impl Conversation for Comments<'_> {
    async fn look(&self) -> Result<Vec<Comment>, CallError> {
        let mut comments = self.api.list(Call::get(Attempt::ReadComments, self.path(), &[])).await?;
        comments
            .retain(|comment| comment["body"].as_str().is_some_and(|body| is_marked_visibly(body, self.key)));
        if comments.is_empty() {
            return Ok(Vec::new());
        }
        // Guessing wrong would leave a second comment, so a failure is a failure.
        let own = self.api.own_id().await?;
        let is_own = |comment: &&Value| id(&comment["user"]["id"]).as_deref() == Some(own);
        let read = |comment: &Value| {
            let body = comment["body"].as_str().unwrap_or_default().to_owned();
            Some(Comment { id: number(&comment["id"])?, url: self.url(comment), body })
        };
        let mut found: Vec<Comment> = comments.iter().filter(is_own).filter_map(read).collect();
        // The order of the list is not documented.
        found.sort_by_key(|comment| comment.id);
        Ok(found)
    }

    async fn create(&self, body: &str) -> Result<String, CallError> {
        let call = Call {
            class: RetryClass::CreateOnce,
            expected: &["id"],
            ..Call::post(Attempt::WriteComment, self.path(), json!({"body": body}).to_string())
        };
        let mut comment = self.api.call(call).await?;
        match self.api.job.kind.created_id(&comment) {
            Some(id) => {
                comment["id"] = id.into();
                Ok(self.url(&comment))
            }
            // The comment is there: what is missing is only where.
            None => {
                let found = self.look().await.unwrap_or_default();
                Ok(found.into_iter().next().map(|comment| comment.url).unwrap_or_default())
            }
        }
    }

    async fn edit(&self, id: u64, body: &str) -> Result<(), CallError> {
        let call = Call {
            method: Method::PATCH,
            ..Call::post(
                Attempt::EditComment,
                format!("/pulls/comments/{id}"),
                json!({"body": body}).to_string(),
            )
        };
        self.api.call(call).await.map(drop)
    }

    async fn delete(&self, id: u64) -> Result<(), CallError> {
        let path = format!("/pulls/comments/{id}");
        let call = Call { method: Method::DELETE, ..Call::get(Attempt::RemoveComment, path, &[]) };
        self.api.call(call).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.api.tries()
    }
}
