//! A job of GitHub Actions as its variables describe it: plain data (`ci/github`, sections 1.1 and 8).

use super::{CiEnvironment, CiHost, Lookup, is_commit, is_number, is_path_of_names, is_true, without_user};
use secrecy::SecretString;
use std::path::PathBuf;

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
    /// Token for the API; never given unasked.
    pub token: Option<SecretString>,
}

/// The job this process runs in.
#[derive(Clone, Debug)]
pub struct Job {
    /// The repository whose workflow this is.
    pub repository: Repository,
    /// Id of the workflow run.
    pub run_id: String,
    /// Which try of it.
    pub run_attempt: String,
    /// The page of this run.
    pub run_url: Option<String>,
    /// Most days an artifact may be kept.
    pub retention_days: Option<u32>,
    /// Where outputs of the step go.
    pub output_file: Option<PathBuf>,
    /// Where the summary of the step goes.
    pub summary_file: Option<PathBuf>,
    /// What uploading artifacts needs; `run` steps do not get it.
    pub runtime: Option<Runtime>,
}

/// Access to the service that keeps artifacts.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// Address of the service.
    pub results_url: String,
    /// Token for it.
    pub token: SecretString,
}

/// The job, if this is one of GitHub Actions.
pub(super) fn detect(variable: Lookup<'_>) -> Option<CiEnvironment> {
    is_true(variable, "GITHUB_ACTIONS").then(|| CiEnvironment {
        host: CiHost::GitHubActions(Box::new(Job::read(variable))),
        repository: variable("GITHUB_REPOSITORY"),
        workspace: variable("GITHUB_WORKSPACE"),
    })
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

    /// Whether the server is GitHub's own, which keeps artifacts for sure (`ci/github`, section 1.2).
    pub fn is_on_github(&self) -> bool {
        let host = self.server_url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
        host == "github.com" || host.ends_with(".ghe.com") || host.ends_with(".localhost")
    }
}

impl Job {
    /// Reads the variables. Nothing is refused here: whoever needs a value reports that it is missing.
    pub fn read(variable: Lookup<'_>) -> Self {
        let text = |name: &str| variable(name).map(|value| value.trim().to_owned());
        let number = |name: &str| text(name).filter(|text| is_number(text));
        let repository = Repository::read(variable);
        let run_id = number("GITHUB_RUN_ID").unwrap_or_default();
        let run_attempt = number("GITHUB_RUN_ATTEMPT").unwrap_or_else(|| "1".to_owned());
        let Repository { server_url, name, .. } = &repository;
        let run_url = format!("{server_url}/{name}/actions/runs/{run_id}/attempts/{run_attempt}");
        Self {
            run_url: Some(run_url).filter(|_| !name.is_empty() && !run_id.is_empty()),
            run_id,
            run_attempt,
            retention_days: text("GITHUB_RETENTION_DAYS").and_then(|days| days.parse().ok()),
            output_file: variable("GITHUB_OUTPUT").map(PathBuf::from),
            summary_file: variable("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            runtime: text("ACTIONS_RESULTS_URL")
                .zip(text("ACTIONS_RUNTIME_TOKEN").map(SecretString::from))
                .map(|(results_url, token)| Runtime { results_url, token }),
            repository,
        }
    }

    /// The page of an artifact of this run; without its id, the page that lists all.
    pub fn artifact_url(&self, artifact_id: &str) -> String {
        let Self { repository: Repository { server_url, name, .. }, run_id, .. } = self;
        let run = format!("{server_url}/{name}/actions/runs/{run_id}");
        if artifact_id.is_empty() {
            format!("{run}#artifacts")
        } else {
            format!("{run}/artifacts/{artifact_id}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(variables: &[(&str, &str)]) -> Job {
        Job::read(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn addresses_come_from_the_variables() {
        let job = job(&[
            ("GITHUB_API_URL", "https://ghe.example/api/v3/"),
            ("GITHUB_SERVER_URL", "https://ghe.example"),
            ("GITHUB_REPOSITORY", "acme/widget"),
            ("GITHUB_RUN_ID", "555"),
            ("GITHUB_RUN_ATTEMPT", "2"),
        ]);
        assert_eq!(job.repository.api_url, "https://ghe.example/api/v3");
        let run_url = "https://ghe.example/acme/widget/actions/runs/555/attempts/2";
        assert_eq!(job.run_url.as_deref(), Some(run_url));
        assert_eq!(job.artifact_url("42"), "https://ghe.example/acme/widget/actions/runs/555/artifacts/42");
    }

    #[test]
    fn a_run_step_has_no_upload_token() {
        assert!(job(&[("ACTIONS_RESULTS_URL", "https://r.example/")]).runtime.is_none());
        let token = ("ACTIONS_RUNTIME_TOKEN", "t");
        assert!(job(&[("ACTIONS_RESULTS_URL", "https://r.example/"), token]).runtime.is_some());
    }
}
