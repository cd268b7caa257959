//! Comments on a pull request of GitHub (`ci/github`, sections 4.1 and 4.2).

use super::api::Api;
use super::request::Request;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::Failure;
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
/// Pages that are searched. Beyond that nobody reads the conversation any more.
const PAGES_LIMIT: usize = 50;
/// Author of what is written with a job's own token.
const JOB_LOGIN: &str = "github-actions[bot]";

/// REST adds this to the names of apps.
const APP_SUFFIX: &str = "[bot]";

/// A comment that carries the mark, whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    comment: Comment,
    author: Author,
}

/// Who wrote a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Author {
    login: String,
    is_bot: bool,
}

/// Whose token this is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Identity {
    /// An app's, by its name with or without the suffix that REST gives it.
    App(String),
    /// A person's.
    Person(String),
    /// The job itself: no server reports that, but people and apps have names.
    Job,
}

impl Identity {
    fn wrote(&self, author: &Author) -> bool {
        match self {
            // A person can have the name of an app.
            Self::App(login) => {
                author.is_bot
                    && author.login.trim_end_matches(APP_SUFFIX) == login.trim_end_matches(APP_SUFFIX)
            }
            Self::Person(login) => !author.is_bot && author.login == *login,
            Self::Job => author.login == JOB_LOGIN,
        }
    }
}

/// Comments of one key on one pull request.
#[derive(Debug)]
pub(super) struct Comments<'a> {
    /// The API.
    pub(super) api: &'a Api,
    /// `owner/name`.
    pub(super) repository: &'a str,
    /// Number of the pull request.
    pub(super) number: u64,
    /// Distinguishes several gates.
    pub(super) key: &'a str,
}

impl Comments<'_> {
    /// Whose token this is. Guessing wrong would leave a second comment, so a failure is a failure.
    async fn identity(&self) -> Result<Identity, CallError> {
        match self.api.viewer().await {
            Ok(Some(login)) if self.api.is_of_app() || login.ends_with(APP_SUFFIX) => {
                return Ok(Identity::App(login));
            }
            Ok(Some(login)) => return Ok(Identity::Person(login)),
            // Servers without GraphQL.
            Ok(None) => {}
            Err(error) if matches!(error.failure, Failure::NotFound | Failure::Denied) => {}
            Err(error) => return Err(error),
        }
        match self.api.call(&Request::get(Attempt::ReadTokenOwner, "/user".to_owned())).await {
            Ok(response) => Ok(match response.body["login"].as_str() {
                Some(login) => Identity::Person(login.to_owned()),
                None => Identity::Job,
            }),
            // The job's own token is nobody's.
            Err(error)
                if matches!(
                    error.failure,
                    Failure::Denied | Failure::NotFound | Failure::Unauthenticated
                ) =>
            {
                Ok(Identity::Job)
            }
            Err(error) => Err(error),
        }
    }

    fn route(&self, id: u64) -> String {
        format!("/repos/{}/issues/comments/{id}", self.repository)
    }
}

impl Conversation for Comments<'_> {
    async fn look(&self) -> Result<Vec<Comment>, CallError> {
        let mut candidates = Vec::new();
        for page in 1..=PAGES_LIMIT {
            let Self { repository, number, .. } = self;
            let route = format!("/repos/{repository}/issues/{number}/comments?per_page={PAGE}&page={page}");
            let response = self.api.call(&Request::get(Attempt::ReadComments, route)).await?;
            if !response.body.is_array() {
                return Err(no_list(Attempt::ReadComments, &response.body));
            }
            candidates.extend(candidates_in(&response.body, self.key));
            if !response.has_next_page() {
                break;
            }
        }
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let identity = self.identity().await?;
        candidates.retain(|candidate| identity.wrote(&candidate.author));
        Ok(candidates.into_iter().map(|candidate| candidate.comment).collect())
    }

    async fn create(&self, body: &str) -> Result<String, CallError> {
        let route = format!("/repos/{}/issues/{}/comments", self.repository, self.number);
        let response =
            self.api.call(&Request::create(Attempt::WriteComment, route, json!({"body": body}))).await?;
        Ok(url_in(&response.body))
    }

    async fn edit(&self, id: u64, body: &str) -> Result<(), CallError> {
        let body = Some(json!({"body": body}));
        // octocrab's own method for this sends POST; GitHub documents PATCH.
        let request = Request::freely(Attempt::EditComment, Method::PATCH, self.route(id), body);
        self.api.call(&request).await.map(drop)
    }

    async fn delete(&self, id: u64) -> Result<(), CallError> {
        let request = Request::freely(Attempt::RemoveComment, Method::DELETE, self.route(id), None);
        self.api.call(&request).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.api.tries()
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
                author: Author {
                    login: text(&entry["user"]["login"]),
                    is_bot: entry["user"]["type"] == "Bot",
                },
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

    #[test]
    fn only_comments_of_the_owner_of_the_token_count() {
        let author = |login: &str, is_bot| Author { login: login.to_owned(), is_bot };
        for app in ["github-actions", "github-actions[bot]"].map(|login| Identity::App(login.to_owned())) {
            assert!(app.wrote(&author("github-actions[bot]", true)));
            assert!(!app.wrote(&author("github-actions", false)));
            assert!(!app.wrote(&author("other[bot]", true)));
        }
        let person = Identity::Person("dev1".to_owned());
        assert!(person.wrote(&author("dev1", false)));
        assert!(!person.wrote(&author("dev1", true)));
        assert!(Identity::Job.wrote(&author("github-actions[bot]", true)));
        assert!(!Identity::Job.wrote(&author("github-actions", false)));
    }
}
