//! Where the change is reviewed: comments, check runs, statuses and findings for code scanning. A forge knows no host.

mod address;
mod codearts_repo;
mod event_file;
mod gitea;
mod gitee;
mod github;
mod gitlab;
mod glance;
mod inline;
mod interface;
mod read;
mod rest;
mod sticky;

pub use interface::{CommentMode, EventPullRequest, InDiff};
pub(super) use interface::{Forge, PullRequest, WantedComment};

use crate::ci::Change;

/// The forge of a change; else the address of the change, which is not one of a forge that is known here. To add a forge: its
/// folder and a line here.
pub(super) fn of(change: &Change) -> Result<Box<dyn Forge>, String> {
    match change {
        Change::GitHub(repository, tokens) => {
            Ok(Box::new(github::GitHub::new(repository.as_ref().clone(), *tokens)))
        }
        Change::GitLab(project, tokens) => {
            Ok(Box::new(gitlab::GitLab::new(project.as_ref().clone(), *tokens)))
        }
        Change::Gitea(repository, tokens) => {
            Ok(Box::new(gitea::Gitea::new(repository.as_ref().clone(), *tokens)))
        }
        Change::CodeArtsRepo(repository) => {
            Ok(Box::new(codearts_repo::CodeArtsRepo::new(repository.as_ref().clone())))
        }
        Change::Gitee(repository, tokens) => {
            Ok(Box::new(gitee::Gitee::new(repository.as_ref().clone(), *tokens)))
        }
        Change::Elsewhere(address) => Err(address.clone()),
    }
}
