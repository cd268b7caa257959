//! A pull request (GitLab: merge request) as a forge describes it, and how it is checked.

use crate::model::choice::Choice;
use serde::{Deserialize, Serialize};

/// Where a change is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ForgeName {
    /// GitHub, and servers of one's own.
    GitHub,
    /// GitLab, and servers of one's own.
    GitLab,
    /// A Gitea server.
    Gitea,
    /// A Forgejo server.
    Forgejo,
    /// CodeArts Repo.
    #[serde(rename = "codearts-repo")]
    CodeArtsRepo,
    /// Gitee, and servers of one's own.
    Gitee,
    /// GitCode, which is AtomGit too.
    GitCode,
}

impl ForgeName {
    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Gitea => "Gitea",
            Self::Forgejo => "Forgejo",
            Self::CodeArtsRepo => "CodeArts Repo",
            Self::Gitee => "Gitee",
            Self::GitCode => "GitCode",
        }
    }

    /// What CodeArts has to know about fetching: by itself it takes `merge_request`, and `pull` only for Gitee (`pr-mode`,
    /// sections 1.2 and 3).
    pub const fn fetch_ref(self) -> Option<FetchRef> {
        match self {
            Self::GitHub | Self::Gitea | Self::Forgejo | Self::Gitee => Some(FetchRef::Pull),
            Self::GitLab | Self::CodeArtsRepo | Self::GitCode => None,
        }
    }
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// Where it is reviewed.
    pub forge: ForgeName,
    /// The repository that it leads to, such as `acme/widget`.
    pub repository: String,
    /// Address of that repository, as people open or clone it.
    pub repository_url: String,
    /// Its number within that repository.
    pub number: u64,
    /// Its title, written by whoever made it.
    pub title: String,
    /// The branch that is to be merged.
    pub source_branch: String,
    /// The branch into which it is merged.
    pub target_branch: String,
    /// The latest commit of the source branch.
    pub head: String,
    /// Whether the source branch is in another repository.
    pub is_from_fork: bool,
}

/// The kind of ref by which CodeArts fetches a pull request (`pr-mode`, section 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum FetchRef {
    /// `pull/<n>/...`.
    Pull,
    /// `merge_request/<n>/...`.
    MergeRequest,
}

impl FetchRef {
    /// The word of the service.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::MergeRequest => "merge_request",
        }
    }
}

/// `--pull-request`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PullRequestChoice {
    /// The task is judged as CodeArts has it.
    #[default]
    Off,
    /// The pull request that this job is about.
    Auto,
    /// The one with this number.
    Number(u64),
}

/// `--ref`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefChoice {
    /// By forge, and once more with the other one where fetching failed.
    #[default]
    Auto,
    /// This one.
    Pull,
    /// This one.
    MergeRequest,
    /// CodeArts chooses.
    None,
}

impl Choice for RefChoice {
    fn all() -> Vec<Self> {
        vec![Self::Auto, Self::Pull, Self::MergeRequest, Self::None]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Pull => "pull",
            Self::MergeRequest => "merge-request",
            Self::None => "none",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Auto => "By forge; if fetching fails, once more with the other kind of ref",
            Self::Pull => "As pull/NUMBER, the way of GitHub, Gitee and Gitea",
            Self::MergeRequest => "As merge_request/NUMBER",
            Self::None => "CodeArts chooses",
        }
    }
}

/// `--delete-task`: when a merge-request task that this process has created is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeleteTask {
    /// Once its results are on disk.
    #[default]
    Auto,
    /// However the check ended.
    Always,
    /// Never.
    Never,
}

impl Choice for DeleteTask {
    fn all() -> Vec<Self> {
        vec![Self::Auto, Self::Always, Self::Never]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Auto => "Once its results are on disk",
            Self::Always => "However the check ended",
            Self::Never => "Never",
        }
    }
}
