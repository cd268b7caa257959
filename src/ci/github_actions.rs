//! A job of GitHub Actions as its variables describe it: plain data (`ci/github`, sections 1.1 and 8).

use super::facts::{Change, CodeFacts, JobFacts, TokenSource};
use super::github::{QUEUE_PREFIX, Repository, pull_request_in};
use super::value::{Lookup, is_number, is_true, name, shown_url};
use crate::model::log_dialect::LogDialect;
use secrecy::SecretString;
use std::path::PathBuf;

/// Set by this project's `action.yml`: no other program stands between this one and the runner, and the inputs are its own.
pub const ACTION_MARK: &str = "CODEARTS_GATE_ACTION";

/// Whose server the runner belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// GitHub, or a server of one's own.
    GitHub,
    /// Gitea or Forgejo: artifacts are archives, and have no page.
    Gitea,
}

/// The job this process runs in.
#[derive(Clone, Debug)]
pub struct Job {
    /// Whose runner this is.
    pub server: Server,
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
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Job, JobFacts)> {
    if !is_true(variable, "GITHUB_ACTIONS") {
        return None;
    }
    let job = Job::read(variable);
    let change = Some(Change::GitHub(Box::new(job.repository.clone()), TokenSource::Job));
    let facts = JobFacts { change, ..facts(&job, variable) };
    Some((job, facts))
}

/// What the variables of such a runner describe, but for the change.
pub(super) fn facts(job: &Job, variable: Lookup<'_>) -> JobFacts {
    let is_action = variable(ACTION_MARK).is_some();
    JobFacts {
        repository: variable("GITHUB_REPOSITORY"),
        workspace: variable("GITHUB_WORKSPACE").map(PathBuf::from),
        log_dialect: if is_action { LogDialect::Runner } else { LogDialect::PerhapsRunner },
        code: code(&job.repository, variable),
        ..JobFacts::default()
    }
}

/// The ref is that of the pull request, or of the branch that its event runs on.
fn code(repository: &Repository, variable: Lookup<'_>) -> CodeFacts {
    let Repository { server_url, name: path, git_ref, .. } = repository;
    let source_branch = name(variable, "GITHUB_HEAD_REF");
    let is_branch = |git_ref: &str| {
        let branch = git_ref.strip_prefix("refs/heads/");
        source_branch.is_none() && branch.is_some_and(|branch| !branch.starts_with(QUEUE_PREFIX))
    };
    CodeFacts {
        repository_url: shown_url(&format!("{server_url}/{path}")).filter(|_| !path.is_empty()),
        branch: name(variable, "GITHUB_REF_NAME").filter(|_| is_branch(git_ref)),
        number: pull_request_in(git_ref).map(|(number, _)| number),
        source_branch,
        is_from_fork: None,
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
            server: Server::GitHub,
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
        if self.server == Server::Gitea {
            return self.run_url.clone().unwrap_or_default();
        }
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
