//! Who wrote a comment, and whose token this is.

use super::api::Api;
use super::request::Request;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::Attempt;
use crate::publish::forge::sticky::owner_unknown;
use serde_json::Value;
use tokio::sync::OnceCell;

/// Author of what is written with a job's own token.
const JOB_LOGIN: &str = "github-actions[bot]";

/// REST adds this to the names of apps.
const APP_SUFFIX: &str = "[bot]";

/// Who wrote a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Author {
    login: String,
    is_bot: bool,
}

impl Author {
    /// Of an entry in a list of comments.
    pub(super) fn of(entry: &Value) -> Self {
        let user = &entry["user"];
        let login = user["login"].as_str().unwrap_or_default().to_owned();
        Self { login, is_bot: user["type"] == "Bot" }
    }
}

/// Whose token this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// An app's, by its name with or without the suffix that REST gives it.
    App(String),
    /// A person's.
    Person(String),
    /// The job itself: no server reports that, but people and apps have names.
    Job,
}

impl Identity {
    /// Whether it wrote what this author wrote.
    pub(super) fn wrote(&self, author: &Author) -> bool {
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

/// Whose token the job has, asked for once.
#[derive(Debug, Default)]
pub(super) struct Owner(OnceCell<Identity>);

impl Owner {
    /// Guessing wrong would leave a second comment, so a failure is a failure.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn identity(&self, api: &Api) -> Result<&Identity, CallError> {
        self.0.get_or_try_init(|| identity(api)).await
    }
}

async fn identity(api: &Api) -> Result<Identity, CallError> {
    match api.viewer().await {
        Ok(Some(login)) if api.is_of_app() || login.ends_with(APP_SUFFIX) => {
            return Ok(Identity::App(login));
        }
        Ok(Some(login)) => return Ok(Identity::Person(login)),
        // Servers without GraphQL.
        Ok(None) => {}
        Err(error) if matches!(error.failure, Failure::NotFound | Failure::Denied) => {}
        Err(error) => return Err(error),
    }
    match api.call(&Request::get(Attempt::ReadTokenOwner, "/user".to_owned())).await {
        Ok(response) => {
            let login = response.body["login"].as_str().ok_or_else(owner_unknown)?;
            Ok(Identity::Person(login.to_owned()))
        }
        // The job's own token is nobody's.
        Err(error)
            if matches!(error.failure, Failure::Denied | Failure::NotFound | Failure::Unauthenticated) =>
        {
            Ok(Identity::Job)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
