//! Where the change is reviewed: comments, check runs, statuses and findings for code scanning. A forge knows no host.

mod address;
mod github;
mod gitlab;
mod interface;
mod sticky;

pub(super) use interface::{Forge, PullRequest};

use crate::ci::CiHost;
use crate::ci::jenkins::Change;
use interface::TokenSource;

/// The forge of the change that this process is about; else the address of the change, which is not one of a forge that is
/// known here, if there is one. To add a forge: its folder and a line here.
pub(super) fn of(ci: &CiHost) -> Result<Box<dyn Forge>, Option<String>> {
    use TokenSource::{Credentials, Job};
    Ok(match ci {
        CiHost::GitHubActions(job) => Box::new(github::GitHub::new(job.repository.clone(), Job)),
        CiHost::GitLabCi(job) => Box::new(gitlab::GitLab::new(job.project.clone(), Job)),
        CiHost::Jenkins(build) => match &build.change {
            Some(Ok(Change::GitHub(repository))) => {
                Box::new(github::GitHub::new(repository.as_ref().clone(), Credentials))
            }
            Some(Ok(Change::GitLab(project))) => {
                Box::new(gitlab::GitLab::new(project.as_ref().clone(), Credentials))
            }
            Some(Err(address)) => return Err(Some(address.clone())),
            None => return Err(None),
        },
        CiHost::Other | CiHost::None => return Err(None),
    })
}
