//! A job of Gitea or Forgejo Actions as its variables describe it: plain data. The runner behaves like GitHub's, and sets its
//! variables (`ci/forges-cn`, sections 5 and 7).

use super::facts::{Change, JobFacts, TokenSource};
use super::gitea::Repository;
use super::github_actions::{self, Server};
use super::value::{Lookup, is_number, is_true};
use crate::model::pull_request::ForgeName;

/// The job this process runs in.
#[derive(Clone, Debug)]
pub struct Job {
    /// What the runner has in common with GitHub's.
    pub runner: github_actions::Job,
}

/// The job, if this is one of Gitea or Forgejo.
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Job, JobFacts)> {
    // Forgejo's runner sets both.
    let forge = match (is_true(variable, "FORGEJO_ACTIONS"), is_true(variable, "GITEA_ACTIONS")) {
        (true, _) => ForgeName::Forgejo,
        (false, true) => ForgeName::Gitea,
        (false, false) => return None,
    };
    let repository = Repository::read(forge, variable);
    let mut runner = github_actions::Job::read(variable);
    runner.server = Server::Gitea;
    runner.repository.token = repository.token.clone();
    // Pages have the number of the run, not its id.
    let number = variable("GITHUB_RUN_NUMBER").filter(|number| is_number(number));
    let Repository { server_url, name, .. } = &repository;
    runner.run_url = number
        .filter(|_| !server_url.is_empty() && !name.is_empty())
        .map(|number| format!("{server_url}/{name}/actions/runs/{number}"));
    let facts = JobFacts {
        change: Some(Change::Gitea(Box::new(repository), TokenSource::Job)),
        ..github_actions::facts(&runner, variable)
    };
    Some((Job { runner }, facts))
}
