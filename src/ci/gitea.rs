//! A repository on a Gitea or Forgejo server as variables describe it: plain data (`ci/forges-cn`, section 5).

use super::value::{Lookup, api_address, is_commit, is_path_of_names, parse_number, without_user};
use crate::model::pull_request::ForgeName;
use secrecy::SecretString;
use std::path::PathBuf;
use url::Url;

/// Where the API is on a server.
pub const API_PATH: &str = "/api/v1";
/// Between the page of a repository and the number of a pull request.
const PULLS: &str = "/pulls/";

/// A repository on such a server, and which state of it this run is about.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Which of the two it is.
    pub forge: ForgeName,
    /// Address of the API, without a slash at its end; empty where nothing names one that may get the token.
    pub api_url: String,
    /// Address that people open, without a slash at its end.
    pub server_url: String,
    /// `owner/name`.
    pub name: String,
    /// The commit the workflow runs on.
    pub sha: String,
    /// Such as `refs/heads/main` or `refs/pull/12/head`.
    pub git_ref: String,
    /// What triggered the workflow.
    pub event_name: String,
    /// The event, a JSON file in the form of a webhook.
    pub event_path: Option<PathBuf>,
    /// The pull request that is meant instead of the one of the event.
    pub typed_number: Option<u64>,
    /// Token for the API; never given unasked.
    pub token: Option<SecretString>,
}

impl Repository {
    /// Reads the variables of a job. Nothing is refused here: whoever needs a value reports that it is missing.
    pub(super) fn read(forge: ForgeName, variable: Lookup<'_>) -> Self {
        let text = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let first = |names: [&str; 2]| names.into_iter().find_map(text);
        let server_url = text("GITHUB_SERVER_URL").map(|url| without_user(&url)).unwrap_or_default();
        Self {
            forge,
            api_url: api_address(&first(["GITEA_API_URL", "GITHUB_API_URL"]).unwrap_or_default(), API_PATH),
            server_url: server_url.trim_end_matches('/').to_owned(),
            // It stands in paths of the API and in addresses.
            name: text("GITHUB_REPOSITORY").filter(|text| is_path_of_names(text, 2..=2)).unwrap_or_default(),
            sha: text("GITHUB_SHA").filter(|sha| is_commit(sha)).unwrap_or_default(),
            git_ref: text("GITHUB_REF").unwrap_or_default(),
            event_name: text("GITHUB_EVENT_NAME").unwrap_or_default(),
            event_path: text("GITHUB_EVENT_PATH").map(PathBuf::from),
            typed_number: None,
            token: first(["GITEA_TOKEN", "GITHUB_TOKEN"]).map(SecretString::from),
        }
    }

    /// The repository of `https://HOST/OWNER/REPO/pulls/N`, if that is on the server which `GITEA_API_URL` names: the address
    /// alone is a stranger's word.
    pub(super) fn of_change(change_url: &str, variable: Lookup<'_>) -> Option<Self> {
        let api_url = api_address(&variable("GITEA_API_URL")?, API_PATH);
        let server = Url::parse(api_url.strip_suffix(API_PATH)?).ok()?;
        let server_url = server.as_str().trim_end_matches('/');
        let change = Url::parse(change_url.trim()).ok()?;
        let path = change.as_str().strip_prefix(server_url)?.strip_prefix('/')?;
        let (name, rest) = path.split_once(PULLS)?;
        let number = parse_number(rest.split(['/', '?', '#']).next()?)?;
        if !is_path_of_names(name, 2..=2) {
            return None;
        }
        let token = variable("GITEA_TOKEN").map(|token| token.trim().to_owned());
        Some(Self {
            forge: ForgeName::Gitea,
            api_url,
            server_url: server_url.to_owned(),
            name: name.to_owned(),
            sha: String::new(),
            git_ref: format!("refs/pull/{number}/head"),
            event_name: String::new(),
            event_path: None,
            typed_number: None,
            token: token.filter(|token| !token.is_empty()).map(SecretString::from),
        })
    }

    /// The same for a pull request that the job is not about: its commit is another.
    pub(super) fn about(&self, number: u64) -> Self {
        Self { typed_number: Some(number), sha: String::new(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_server_has_changes() {
        let change = |api_url: &str, address: &str| {
            let lookup = |name: &str| (name == "GITEA_API_URL").then(|| api_url.to_owned());
            Repository::of_change(address, &lookup).map(|found| (found.server_url, found.name, found.git_ref))
        };
        let found = |server: &str| {
            Some((server.to_owned(), "acme/widget".to_owned(), "refs/pull/12/head".to_owned()))
        };
        for (api_url, address, expected) in [
            (
                "https://h.example/api/v1",
                "https://h.example/acme/widget/pulls/12",
                found("https://h.example"),
            ),
            ("https://H.example", "https://h.example:443/acme/widget/pulls/12#x", found("https://h.example")),
            (
                "https://h.example/git/api/v1/",
                "https://h.example/git/acme/widget/pulls/12/files",
                found("https://h.example/git"),
            ),
            ("https://h.example/git", "https://h.example/acme/widget/pulls/12", None),
            ("https://h.example", "https://h.example.evil/acme/widget/pulls/12", None),
            ("https://h.example", "https://h.example@evil/acme/widget/pulls/12", None),
            ("https://h.example", "http://h.example/acme/widget/pulls/12", None),
            ("https://h.example", "https://h.example/acme/%2e%2e/pulls/12", None),
            ("https://h.example", "https://h.example/acme/widget/pulls/x", None),
            ("https://h.example", "https://h.example/acme/widget/issues/12", None),
            ("", "https://h.example/acme/widget/pulls/12", None),
        ] {
            assert_eq!(change(api_url, address), expected, "{api_url} {address}");
        }
    }
}
