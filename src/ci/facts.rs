//! What every CI may know about a job, whichever it is: plain data.

use super::codearts_repo;
use super::gitea;
use super::gitee;
use super::github::Repository;
use super::gitlab::Project;
use crate::model::log_dialect::LogDialect;
use std::path::PathBuf;
use std::time::SystemTime;

/// What the variables of a CI describe, as far as it does not matter which CI it is.
#[derive(Clone, Debug, Default)]
pub struct JobFacts {
    /// Repository or job name, as people know it.
    pub repository: Option<String>,
    /// Directory into which the repository was checked out.
    pub workspace: Option<PathBuf>,
    /// Which commands the reader of the log obeys.
    pub log_dialect: LogDialect,
    /// When the job ends by itself.
    pub ends_at: Option<SystemTime>,
    /// A file of further certificates, which the runner trusts.
    pub ca_file: Option<PathBuf>,
    /// The change that the job is about, if there is one.
    pub change: Option<Change>,
    /// The code that the job is about.
    pub code: CodeFacts,
}

/// Which code a job is about, as far as its variables name it. Whoever opens a change has a say in these names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeFacts {
    /// Address of the repository; of a pull request, that of the one it leads to.
    pub repository_url: Option<String>,
    /// The branch, unless the job is about a pull request or a tag.
    pub branch: Option<String>,
    /// The branch that a pull request would merge.
    pub source_branch: Option<String>,
    /// The number of the pull request.
    pub number: Option<u64>,
    /// Whether the pull request comes from another repository.
    pub is_from_fork: Option<bool>,
}

/// Where the change that a job is about is reviewed.
#[derive(Clone, Debug)]
pub enum Change {
    /// On a GitHub server.
    GitHub(Box<Repository>, TokenSource),
    /// On a GitLab server.
    GitLab(Box<Project>, TokenSource),
    /// On a Gitea or Forgejo server.
    Gitea(Box<gitea::Repository>, TokenSource),
    /// On CodeArts Repo, where the credentials of CodeArts are those of the forge.
    CodeArtsRepo(Box<codearts_repo::Repository>),
    /// On Gitee or GitCode.
    Gitee(Box<gitee::Repository>, TokenSource),
    /// At this address, which is not one of a forge that is known here.
    Elsewhere(String),
}

impl Change {
    /// The same for the pull request with this number, which the job is not known to be about.
    pub fn about(&self, number: u64) -> Self {
        match self {
            Self::GitHub(repository, tokens) => Self::GitHub(Box::new(repository.about(number)), *tokens),
            Self::GitLab(project, tokens) => Self::GitLab(Box::new(project.about(number)), *tokens),
            Self::Gitea(repository, tokens) => Self::Gitea(Box::new(repository.about(number)), *tokens),
            Self::CodeArtsRepo(repository) => Self::CodeArtsRepo(Box::new(repository.about(number))),
            Self::Gitee(repository, tokens) => Self::Gitee(Box::new(repository.about(number)), *tokens),
            Self::Elsewhere(address) => Self::Elsewhere(address.clone()),
        }
    }
}

/// How tokens come to the job, so that advice can name the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// The CI makes one for the job, with permissions that the job asks for.
    Job,
    /// People make one and hand it to the build.
    Credentials,
}
