//! A repository on a GitHub server as variables describe it: plain data (`ci/github`, sections 1.1 and 8).

use super::value::{Lookup, is_commit, is_path_of_names, parse_number, without_user};
use secrecy::SecretString;
use std::path::PathBuf;

/// Where merge queues keep their branches.
pub(crate) const QUEUE_PREFIX: &str = "gh-readonly-queue/";

/// The number in `refs/pull/12/merge` or `refs/pull/12/head`, and which of the two it is.
pub(crate) fn pull_request_in(git_ref: &str) -> Option<(u64, &str)> {
    let (number, kind) = git_ref.strip_prefix("refs/pull/")?.split_once('/')?;
    Some((parse_number(number)?, kind))
}

/// A repository on a GitHub server, and which state of it this run is about.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Address of the REST API, without a slash at its end; empty where nothing names one that may get the token.
    pub api_url: String,
    /// Address of the GraphQL API.
    pub graphql_url: String,
    /// Address that people open, without a slash at its end.
    pub server_url: String,
    /// `owner/name`.
    pub name: String,
    /// The commit the workflow runs on; for pull requests that is a merge commit.
    pub sha: String,
    /// Such as `refs/heads/main` or `refs/pull/12/merge`.
    pub git_ref: String,
    /// What triggered the workflow.
    pub event_name: String,
    /// The event, a JSON file.
    pub event_path: Option<PathBuf>,
    /// The pull request that is meant instead of the one of the event.
    pub typed_number: Option<u64>,
    /// Token for the API; never given unasked.
    pub token: Option<SecretString>,
}

impl Repository {
    /// Reads the variables. Nothing is refused here: whoever needs a value reports that it is missing.
    pub fn read(variable: Lookup<'_>) -> Self {
        let text = |name: &str| variable(name).map(|value| value.trim().to_owned());
        let address = |name: &str, usual: &str| {
            text(name)
                .map_or_else(|| usual.to_owned(), |text| without_user(&text))
                .trim_end_matches('/')
                .to_owned()
        };
        // It stands in paths of the API and in addresses.
        let is_repository = |text: &String| is_path_of_names(text, 2..=2);
        Self {
            api_url: address("GITHUB_API_URL", "https://api.github.com"),
            graphql_url: address("GITHUB_GRAPHQL_URL", "https://api.github.com/graphql"),
            server_url: address("GITHUB_SERVER_URL", "https://github.com"),
            name: text("GITHUB_REPOSITORY").filter(is_repository).unwrap_or_default(),
            sha: text("GITHUB_SHA").filter(|sha| is_commit(sha)).unwrap_or_default(),
            git_ref: text("GITHUB_REF").unwrap_or_default(),
            event_name: text("GITHUB_EVENT_NAME").unwrap_or_default(),
            event_path: variable("GITHUB_EVENT_PATH").map(PathBuf::from),
            typed_number: None,
            token: text("GITHUB_TOKEN").map(SecretString::from),
        }
    }

    /// What is known of a pull request in a build elsewhere.
    pub(super) fn of_pull_request(
        server_url: String,
        name: String,
        number: u64,
        variable: Lookup<'_>,
    ) -> Self {
        // Whoever names the server of a change could name their own, so its API is another's to name; only GitHub's own is known.
        let (api_url, graphql_url) = if server_url == "https://github.com" {
            ("https://api.github.com".to_owned(), "https://api.github.com/graphql".to_owned())
        } else {
            (String::new(), format!("{server_url}/api/graphql"))
        };
        let given = |name: &str| variable(name).map(|text| without_user(&text));
        Self {
            api_url: given("GITHUB_API_URL").unwrap_or(api_url),
            graphql_url: given("GITHUB_GRAPHQL_URL").unwrap_or(graphql_url),
            server_url,
            name,
            git_ref: format!("refs/pull/{number}/head"),
            event_name: String::new(),
            event_path: None,
            ..Self::read(variable)
        }
    }

    /// The same for a pull request that the job is not about: its commit is another.
    pub(super) fn about(&self, number: u64) -> Self {
        Self { typed_number: Some(number), sha: String::new(), ..self.clone() }
    }

    /// Whether the server is GitHub's own, which keeps artifacts for sure (`ci/github`, section 1.2).
    pub fn is_on_github(&self) -> bool {
        let host = self.server_url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
        host == "github.com" || host.ends_with(".ghe.com") || host.ends_with(".localhost")
    }
}
