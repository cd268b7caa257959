//! Comments on a pull request of GitHub (`ci/github`, sections 4.1 and 4.2).

use super::identity::Author;
use super::place::Place;
use super::request::Request;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::messages::Attempt;
use crate::publish::forge::address::shown_address;
use crate::publish::forge::read::no_list;
use crate::publish::forge::sticky::{Comment, Conversation, is_marked};
use crate::report::formats::markdown::Room;
use reqwest::Method;
use serde_json::{Value, json};

/// GitHub takes 65,536 characters; the rest is left for the marks.
pub(super) const ROOM: Room = Room::Characters(60_000);
/// Comments a page, the most GitHub gives.
const PAGE: usize = 100;
/// Pages that are searched. No conversation that anybody reads has more.
const PAGES_LIMIT: usize = 50;

/// A comment that carries the mark, whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    comment: Comment,
    author: Author,
}

/// Comments of one key on one pull request.
#[derive(Debug)]
pub(super) struct Comments<'a> {
    /// Where.
    pub(super) place: Place<'a>,
}

impl Comments<'_> {
    fn route(&self, id: u64) -> String {
        format!("/repos/{}/issues/comments/{id}", self.place.repository)
    }
}

impl Conversation for Comments<'_> {
    async fn look(&self) -> Result<Vec<Comment>, CallError> {
        let mut candidates = Vec::new();
        for page in 1..=PAGES_LIMIT {
            let Place { repository, number, .. } = self.place;
            let route = format!("/repos/{repository}/issues/{number}/comments?per_page={PAGE}&page={page}");
            let response = self.place.api.call(&Request::get(Attempt::ReadComments, route)).await?;
            if !response.body.is_array() {
                return Err(no_list(Attempt::ReadComments, &response.body));
            }
            candidates.extend(candidates_in(&response.body, self.place.key));
            if !response.has_next_page() {
                break;
            }
            if page == PAGES_LIMIT {
                return Err(CallError::list_too_long(Attempt::ReadComments));
            }
        }
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let identity = self.place.owner.identity(self.place.api).await?;
        candidates.retain(|candidate| identity.wrote(&candidate.author));
        Ok(candidates.into_iter().map(|candidate| candidate.comment).collect())
    }

    async fn create(&self, body: &str) -> Result<String, CallError> {
        let route = format!("/repos/{}/issues/{}/comments", self.place.repository, self.place.number);
        let response = self
            .place
            .api
            .call(&Request::create(Attempt::WriteComment, route, json!({"body": body})))
            .await?;
        Ok(url_in(&response.body))
    }

    async fn edit(&self, id: u64, body: &str) -> Result<(), CallError> {
        let body = Some(json!({"body": body}));
        // octocrab's own method for this sends POST; GitHub documents PATCH.
        let request = Request::freely(Attempt::EditComment, Method::PATCH, self.route(id), body);
        self.place.api.call(&request).await.map(drop)
    }

    async fn delete(&self, id: u64) -> Result<(), CallError> {
        let request = Request::freely(Attempt::RemoveComment, Method::DELETE, self.route(id), None);
        self.place.api.call(&request).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.place.api.tries()
    }
}

/// The address of a comment; empty if none is given that can be shown.
fn url_in(comment: &Value) -> String {
    comment["html_url"].as_str().and_then(shown_address).unwrap_or_default()
}

fn candidates_in(list: &Value, key: &str) -> Vec<Candidate> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter(|entry| entry["body"].as_str().is_some_and(|body| is_marked(body, key)))
        .filter_map(|entry| {
            Some(Candidate {
                comment: Comment {
                    id: entry["id"].as_u64()?,
                    url: url_in(entry),
                    body: text(&entry["body"]),
                },
                author: Author::of(entry),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u64, login: &str, body: &str) -> Value {
        json!({"id": id, "html_url": format!("https://h/{id}"), "body": body, "user": {"login": login}})
    }

    #[test]
    fn only_a_first_line_is_a_mark() {
        let list = json!([
            entry(1, "a", "text\n<!-- codearts-gate:k -->"),
            entry(2, "a", "<!-- codearts-gate:k2 -->\n"),
            entry(3, "a", "<!-- codearts-gate:k -->\r\ntext"),
            {"id": 4, "body": null},
            entry(5, "b", "<!-- codearts-gate:k -->"),
        ]);
        let found: Vec<u64> =
            candidates_in(&list, "k").iter().map(|candidate| candidate.comment.id).collect();
        assert_eq!(found, [3, 5]);
        assert_eq!(candidates_in(&json!({"message": "odd"}), "k"), []);
    }
}
