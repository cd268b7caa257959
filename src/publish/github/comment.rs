//! The one comment of a key on a pull request: made once, edited from then on (`ci/github`, sections 4.1 and 4.2).
//!
//! A comment is ours when its first line is our mark and its author is whoever our token belongs to: anybody can paste
//! a mark.

use super::api::{Api, Order};
use crate::finding::Counts;
use crate::http::error::CallError;
use crate::http::retry::{CALL_TRIES, Failure, Repeat, Verdict, verdict};
use crate::report::markdown::Room;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// GitHub takes 65,536 characters; the rest is left for the marks.
pub(super) const ROOM: Room = Room::Characters(60_000);
/// Comments a page, the most GitHub gives.
const PAGE: usize = 100;
/// Pages that are searched. Beyond that nobody reads the conversation any more.
const PAGES_LIMIT: usize = 50;
/// Authors of what is written with a job's own token: GitHub, Gitea, Forgejo.
const JOB_LOGINS: [&str; 3] = ["github-actions[bot]", "gitea-actions", "forgejo-actions"];

/// REST adds this to the names of apps.
const APP_SUFFIX: &str = "[bot]";

/// A comment that carries our mark, whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Candidate {
    id: u64,
    url: String,
    body: String,
    author: Author,
}

/// Who wrote a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Author {
    login: String,
    is_bot: bool,
}

/// Whose token ours is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Identity {
    /// An app's, by its name with or without the suffix that REST gives it.
    App(String),
    /// A person's.
    Person(String),
    /// The job itself: no server says so, but people and apps have names.
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
            Self::Job => JOB_LOGINS.contains(&author.login.as_str()),
        }
    }
}

/// Comments of one key on one pull request.
#[derive(Debug)]
pub(super) struct Sticky<'a> {
    /// The API.
    pub(super) api: &'a Api,
    /// `owner/name`.
    pub(super) repository: &'a str,
    /// Number of the pull request.
    pub(super) number: u64,
    /// Tells several gates apart.
    pub(super) key: &'a str,
}

/// Our comment as it is now, and further ones that a race has made.
#[derive(Debug, Default)]
pub(super) struct Present {
    own: Vec<Candidate>,
}

impl Present {
    /// The counts that the comment told.
    pub(super) fn counts(&self) -> Option<Counts> {
        self.own.first().and_then(|comment| read_counts(&comment.body))
    }
}

impl Sticky<'_> {
    /// Looks for our comment.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn look(&self) -> Result<Present, CallError> {
        let mut candidates = Vec::new();
        for page in 1..=PAGES_LIMIT {
            let Self { repository, number, .. } = self;
            let route = format!("/repos/{repository}/issues/{number}/comments?per_page={PAGE}&page={page}");
            let answer = self.api.call(&Order::get("read the comments of the pull request", route)).await?;
            candidates.extend(candidates_in(&answer.body, self.key));
            if !answer.has_next_page() {
                break;
            }
        }
        if candidates.is_empty() {
            return Ok(Present::default());
        }
        let identity = self.identity().await?;
        candidates.retain(|candidate| identity.wrote(&candidate.author));
        Ok(Present { own: candidates })
    }

    /// Whose token this is. Guessing wrong would leave a second comment, so trouble is trouble.
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
        match self.api.call(&Order::get("find out whose token this is", "/user".to_owned())).await {
            Ok(answer) => Ok(match answer.body["login"].as_str() {
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

    /// Makes the comment say `text`; returns its address. Nothing is sent when it says so already.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn write(
        &self,
        present: Present,
        text: &str,
        counts: Option<Counts>,
    ) -> Result<String, CallError> {
        let body = marked(self.key, text, counts);
        let url = match present.own.first() {
            Some(comment) => self.update(comment, &body).await?,
            None => self.create(&body).await?,
        };
        for surplus in present.own.iter().skip(1) {
            self.delete(surplus).await;
        }
        Ok(url)
    }

    async fn update(&self, comment: &Candidate, body: &str) -> Result<String, CallError> {
        if is_same(&comment.body, body) {
            return Ok(comment.url.clone());
        }
        let route = format!("/repos/{}/issues/comments/{}", self.repository, comment.id);
        // octocrab's own method for this sends POST; GitHub documents PATCH.
        let order = Order::freely("edit the comment", Method::PATCH, route, Some(json!({"body": body})));
        self.api.call(&order).await?;
        Ok(comment.url.clone())
    }

    /// After a lost answer the comment is looked for before it is written again.
    async fn create(&self, body: &str) -> Result<String, CallError> {
        let route = format!("/repos/{}/issues/{}/comments", self.repository, self.number);
        let order = Order::create("write the comment", route, json!({"body": body}));
        let mut tries = 0;
        loop {
            let error = match self.api.call(&order).await {
                Ok(answer) => return Ok(answer.body["html_url"].as_str().unwrap_or_default().to_owned()),
                Err(error) => error,
            };
            tries += 1;
            if verdict(Repeat::LookFirst, error.failure, true) != Verdict::Look || tries >= CALL_TRIES {
                return Err(error);
            }
            tracing::info!("{}; looking whether it was written", error.brief());
            tokio::time::sleep(self.api.pauses().after(tries, error.retry_after)).await;
            if let Some(comment) = self.look().await?.own.first() {
                return self.update(comment, body).await;
            }
        }
    }

    async fn delete(&self, comment: &Candidate) {
        let route = format!("/repos/{}/issues/comments/{}", self.repository, comment.id);
        let order = Order::freely("remove a second comment of ours", Method::DELETE, route, None);
        if let Err(error) = self.api.call(&order).await {
            tracing::warn!("{error}");
        }
    }
}

/// First line of our comments.
fn mark(key: &str) -> String {
    format!("<!-- codearts-gate:{key} -->")
}

/// Begins the line that keeps the counts for the next comment.
const COUNTS_MARK: &str = "<!-- codearts-gate-counts:";

fn marked(key: &str, text: &str, counts: Option<Counts>) -> String {
    let mut body = format!("{}\n{text}", mark(key));
    if let Some(counts) = counts {
        let numbers = counts.by_name().map(|(_, count)| count.to_string()).join(",");
        let _ = writeln!(body, "{COUNTS_MARK}{numbers} -->");
    }
    body
}

fn read_counts(body: &str) -> Option<Counts> {
    // The last such line is ours: all text before it is escaped.
    let line = body.lines().rev().find_map(|line| line.trim().strip_prefix(COUNTS_MARK))?;
    let numbers: Vec<u64> = line
        .strip_suffix("-->")?
        .trim()
        .split(',')
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    Some(Counts::from_array(numbers.try_into().ok()?))
}

fn candidates_in(list: &Value, key: &str) -> Vec<Candidate> {
    let mark = mark(key);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .filter(|entry| {
            entry["body"].as_str().is_some_and(|body| body.lines().next().map(str::trim) == Some(&mark))
        })
        .filter_map(|entry| {
            Some(Candidate {
                id: entry["id"].as_u64()?,
                url: text(&entry["html_url"]),
                body: text(&entry["body"]),
                author: Author {
                    login: text(&entry["user"]["login"]),
                    is_bot: entry["user"]["type"] == "Bot",
                },
            })
        })
        .collect()
}

/// GitHub may change line ends and trim.
fn is_same(stored: &str, body: &str) -> bool {
    stored.trim().lines().map(str::trim_end).eq(body.trim().lines().map(str::trim_end))
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
        let found: Vec<u64> = candidates_in(&list, "k").iter().map(|candidate| candidate.id).collect();
        assert_eq!(found, [3, 5]);
        assert_eq!(candidates_in(&json!({"message": "odd"}), "k"), []);
    }

    #[test]
    fn only_what_our_token_wrote_is_ours() {
        let author = |login: &str, is_bot| Author { login: login.to_owned(), is_bot };
        for app in ["github-actions", "github-actions[bot]"].map(|login| Identity::App(login.to_owned())) {
            assert!(app.wrote(&author("github-actions[bot]", true)));
            assert!(!app.wrote(&author("github-actions", false)));
            assert!(!app.wrote(&author("other[bot]", true)));
        }
        let person = Identity::Person("dev1".to_owned());
        assert!(person.wrote(&author("dev1", false)));
        assert!(!person.wrote(&author("dev1", true)));
        assert!(Identity::Job.wrote(&author("gitea-actions", false)));
        assert!(!Identity::Job.wrote(&author("github-actions", false)));
    }

    #[test]
    fn counts_survive_the_comment() {
        let counts = Counts::from_array([1, 2, 3, 4, 10]);
        let body = marked("k", "hostile <!-- codearts-gate-counts:9,9,9,9,9 -->\n", Some(counts));
        assert_eq!(read_counts(&body), Some(counts));
        assert_eq!(read_counts(&body.replace('\n', "\r\n")), Some(counts));
        assert_eq!(read_counts(&marked("k", "text\n", None)), None);
        assert_eq!(read_counts("<!-- codearts-gate-counts:1,2,3 -->"), None);
        assert_eq!(read_counts("<!-- codearts-gate-counts:1,2,3,4,x -->"), None);
    }

    #[test]
    fn line_ends_make_no_difference() {
        assert!(is_same("a\r\nb \r\n", "a\nb\n\n"));
        assert!(!is_same("a\nb", "a\nc"));
    }
}
